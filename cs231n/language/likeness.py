"""How like many sentences a sentence is, as CIDEr-D compares two, and all of them at once."""

import math
from collections import Counter, defaultdict

import numpy as np

__all__ = ["LONGEST", "Likeness", "NgramWeights", "length_penalty"]

LONGEST = 4  # words in an n-gram
SIGMA = 6.0  # of the penalty on a difference in length, in n-grams


class NgramWeights:
    """Weighs the n-grams of sentences: the fewer pictures have one, the more it counts.

    g(s)[w] = count(w) (log N - log max(1, d(w))), where d(w) of the N pictures have the n-gram w in
    a sentence.

    Parameters
    ----------
    sentences_of : sequence of iterable of sequence of str
        For each picture its sentences.
    """

    def __init__(self, sentences_of):
        self._seen = Counter()
        for said in sentences_of:
            self._seen.update({gram for words in said for gram in _ngrams(words)})
        self._log_count = math.log(max(1, len(sentences_of)))

    def __call__(self, words):
        """A weight for each n-gram, and the length (4,) of those weights for each n."""
        squares, weights = np.zeros(LONGEST), {}
        for gram, count in _ngrams(words).items():
            weights[gram] = count * (self._log_count - math.log(max(1, self._seen[gram])))
            squares[len(gram) - 1] += weights[gram] ** 2
        return weights, np.sqrt(squares)


def length_penalty(difference):
    """What a likeness is multiplied by, given differences in length."""
    return np.exp(-(np.square(difference)) / (2 * SIGMA**2))


class Likeness:
    """Compares sentences with those that are known.

    Parameters
    ----------
    sentences_of : sequence of list of list of str
        For each picture its sentences. How rare an n-gram is, is counted over these pictures.

    Attributes
    ----------
    known : list of tuple of str
        The sentences, each once, in the order they come.
    rows : list of ndarray of int
        For each picture the numbers in `known` of its sentences.

    References
    ----------
    R. Vedantam et al., "CIDEr: consensus-based image description evaluation", CVPR 2015; see
    `metrics.cider_d_each`.
    """

    def __init__(self, sentences_of):
        numbers = {}
        self.rows = [
            np.array([numbers.setdefault(tuple(words), len(numbers)) for words in said])
            for said in sentences_of
        ]
        self.known = list(numbers)
        self._weights = NgramWeights(
            [[self.known[i] for i in set(row.tolist())] for row in self.rows]
        )
        self._bigrams = np.array([max(0, len(words) - 1) for words in self.known])
        self._lengths = np.zeros((LONGEST, len(self.known)))
        where = defaultdict(list)
        for i, words in enumerate(self.known):
            weights, self._lengths[:, i] = self._weights(words)
            for gram, weight in weights.items():
                where[gram].append((i, weight))
        self._where = {gram: tuple(map(np.array, zip(*rows))) for gram, rows in where.items()}

    def __call__(self, words):
        """Compare a sentence with all that are known.

        Parameters
        ----------
        words : sequence of str

        Returns
        -------
        ndarray, shape (len(known),)
            From 0 to 10: what each, as the only reference, would give the sentence for CIDEr-D.
        """
        weights, lengths = self._weights(words)
        total = np.zeros((LONGEST, len(self.known)))
        for gram, weight in weights.items():
            if gram in self._where:
                rows, theirs = self._where[gram]
                total[len(gram) - 1, rows] += np.minimum(weight, theirs) * theirs
        both = lengths[:, None] * self._lengths
        total = np.divide(total, both, out=np.zeros_like(total), where=both > 0).sum(axis=0)
        return 10 / LONGEST * total * length_penalty(max(0, len(words) - 1) - self._bigrams)


def _ngrams(words):
    """How often each n-gram comes, of 1 to 4 words."""
    words = tuple(words)
    spans = ((n, i) for n in range(1, LONGEST + 1) for i in range(len(words) - n + 1))
    return Counter(words[i : i + n] for n, i in spans)
