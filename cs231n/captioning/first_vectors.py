"""Word vectors from a file, as those that the words of a captioner start from."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cs231n.captioning.settings import Settings
from cs231n.files.vector_files import read_vectors

__all__ = ["FirstVectors", "read_first_vectors"]


class FirstVectors:
    """Vectors of some words, on the scale on which a captioner's start.

    Parameters
    ----------
    words : sequence of str
    vectors : ndarray, shape (V, D)
    """

    def __init__(self, words: Sequence[str], vectors: np.ndarray) -> None:
        self.words, self.vectors = list(words), np.asarray(vectors, dtype=np.float32)

    def put(self, table: np.ndarray, word_to_idx: dict) -> int:
        """Overwrite the rows of words that have a vector; the others keep their random start.

        All are multiplied by one number, after which they spread as the random ones do: how fast a
        vector learns depends on its scale.

        Parameters
        ----------
        table : ndarray, shape (M, D), float
            Changed in place.
        word_to_idx : dict
            The row of each word of the captioner.

        Returns
        -------
        int
            How many rows were overwritten.
        """
        places = [place for place, word in enumerate(self.words) if word in word_to_idx]
        rows = [word_to_idx[self.words[place]] for place in places]
        chosen = self.vectors[places]
        spread = float(np.sqrt(np.mean(np.square(chosen)))) if places else 0.0
        table[rows] = chosen * (table.std() / (spread or 1.0))
        return len(rows)


def read_first_vectors(
    settings: Settings, words: Sequence[str]
) -> tuple[Settings, FirstVectors | None]:
    """Read the file of word vectors that the settings name, if they do.

    Parameters
    ----------
    settings : Settings
    words : sequence of str
        Those of the captioner.

    Returns
    -------
    settings : Settings
        With as many numbers a word as the file has.
    first : FirstVectors or None

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is none of word vectors, or has none of the words.
    """
    if not settings.word_vectors:
        return settings, None
    known, vectors = read_vectors(settings.word_vectors, only=words)
    if not known:
        raise ValueError(
            f"{settings.word_vectors} has a vector for none of the {len(words)} words of the "
            "sentences; give a file of the same language, in lower case."
        )
    return replace(settings, wordvec_dim=vectors.shape[1]), FirstVectors(known, vectors)
