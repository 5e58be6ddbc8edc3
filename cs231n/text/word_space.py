"""Words and their vectors, asked by name: neighbours, analogies, maps, how kinds keep together.

space = WordSpace.load("runs/words.bin")
space.neighbours(["dog"])  # [("puppy", 0.71), ...]
"""

import difflib

import numpy as np

from cs231n.files.vector_files import read_vectors, write_vectors
from cs231n.language.word_relations import analogy, nearest
from cs231n.seeing.tsne import principal_components, tsne

__all__ = ["LAYOUTS", "WordSpace", "kinds_together"]

LAYOUTS = ("tsne", "pca")
PERPLEXITY, STEPS = 12.0, 700  # of t-SNE
ROUNDS = 50  # of k-means, which mostly stands still after ten


class WordSpace:
    """Words, and a vector for each.

    Parameters
    ----------
    words : sequence of str
    vectors : ndarray, shape (V, D)
    """

    def __init__(self, words, vectors):
        self.words, self.vectors = list(words), np.asarray(vectors, dtype=np.float32)
        self.number = {word: i for i, word in enumerate(self.words)}

    @classmethod
    def load(cls, path):
        """Read a file of word2vec or GloVe; errors are those of `read_vectors`."""
        return cls(*read_vectors(path))

    def save(self, path):
        """Write them in the format of the file's ending; errors are those of `write_vectors`."""
        write_vectors(path, self.words, self.vectors)

    def numbers(self, words):
        """Return the numbers of words.

        Raises
        ------
        LookupError
            If one is not known; the message lists near ones.
        """
        unknown = [word for word in words if word not in self.number]
        if unknown:
            near = difflib.get_close_matches(unknown[0], self.words, n=3)
            there = f"near: {', '.join(near)}" if near else "and none is spelled like it"
            raise LookupError(
                f"There is no vector for {unknown[0]!r} among {len(self.words):,} words; {there}."
            )
        return [self.number[word] for word in words]

    def neighbours(self, words, k=10):
        """Return the words nearest to the mean of some words' directions.

        Parameters
        ----------
        words : sequence of str
            One or more.
        k : int

        Returns
        -------
        list of (str, float)
            Words and cosines, the nearest first, none of those given.

        Raises
        ------
        LookupError
            If a word is not known.
        """
        numbers = self.numbers(words)
        query = unit(self.vectors[numbers]).sum(axis=0)
        return self._named(*nearest(self.vectors, query, k, numbers))

    def analogy(self, a, b, c, k=5):
        """Return what is to c as b is to a, as `neighbours` does."""
        return self._named(*analogy(self.vectors, *self.numbers([a, b, c]), k))

    def _named(self, words, cosines):
        return [(self.words[word], float(cosine)) for word, cosine in zip(words, cosines)]

    def map_of(self, words, layout="tsne"):
        """Lay out some words on a plane, those in like directions near each other.

        Parameters
        ----------
        words : sequence of str
        layout : {"tsne", "pca"}

        Returns
        -------
        ndarray, shape (n, 2), float64

        Raises
        ------
        LookupError
            If a word is not known.
        ValueError
            If there are fewer than five words, or the layout is another.
        """
        rows = unit(self.vectors[self.numbers(words)].astype(np.float64))
        if len(rows) < 5:
            raise ValueError(f"a map of {len(rows)} words shows nothing; take 5 or more.")
        if layout == "pca":
            return principal_components(rows)
        if layout != "tsne":
            raise ValueError(f"layout is {layout!r}, but should be one of {', '.join(LAYOUTS)}.")
        return tsne(rows, min(PERPLEXITY, len(rows) / 4), STEPS)[0]

    def groups(self, words, count, seed=0):
        """Split words into groups of like directions, by k-means.

        Parameters
        ----------
        words : sequence of str
        count : int
            How many groups, at most.
        seed : int

        Returns
        -------
        dict of str to list of str
            The words of each group, under the names of the three nearest to its middle.

        Raises
        ------
        LookupError
            If a word is not known.
        """
        rows, rng = unit(self.vectors[self.numbers(words)].astype(np.float64)), np.random
        middles = _spread(rows, count, rng.default_rng(seed))
        for _ in range(ROUNDS):
            group = np.argmax(rows @ middles.T, axis=1)
            middles = unit(np.array([rows[group == g].sum(axis=0) for g in range(len(middles))]))
        named = {}
        for g in np.unique(group):
            inside = np.flatnonzero(group == g)
            central = inside[np.argsort(-(rows[inside] @ middles[g]), kind="stable")]
            named[", ".join(words[i] for i in central[:3])] = [words[i] for i in inside]
        return named


def _spread(rows, count, rng):
    """Rows to begin k-means with: each drawn with the squared distance to the nearest before."""
    chosen = [int(rng.integers(len(rows)))]
    while len(chosen) < count:
        far = np.maximum(0, 1 - (rows @ rows[chosen].T).max(axis=1))
        if not far.any():
            break  # all that is left is like one of them
        chosen.append(int(rng.choice(len(rows), p=far / far.sum())))
    return rows[chosen]


def unit(vectors):
    """Divide vectors (N, D) by their lengths; what is all zeros stays so."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def kinds_together(space, kinds):
    """Measure how often the word nearest to a word is of its kind, and how often by chance.

    Parameters
    ----------
    space : WordSpace
    kinds : dict of str to list of str
        Kinds of words; those without a vector do not count. Neighbours are looked for among all
        words of all kinds.

    Returns
    -------
    right, chance : float
        Shares of the words, from 0 to 1.
    """
    pairs = [(space.number[w], kind) for kind, ws in kinds.items() for w in ws if w in space.number]
    numbers, labels = (np.array(part) for part in zip(*pairs))
    rows = unit(space.vectors[numbers].astype(np.float64))
    alike = rows @ rows.T
    np.fill_diagonal(alike, -np.inf)
    same = labels[:, None] == labels
    chance = (same.sum(axis=1) - 1) / (len(labels) - 1)
    return float(np.mean(labels[alike.argmax(axis=1)] == labels)), float(chance.mean())
