"""Sentences that need no captioner: what every score of one has to be compared with.

Each function returns a sentence, a list of words, for each of the pictures.
"""

from collections import Counter
from functools import cache

import numpy as np

from cs231n.captioning.consensus import Memory, unit
from cs231n.captioning.sets import CaptionSet

__all__ = [
    "commonest",
    "exchanged",
    "nearest",
    "neighbours_consensus",
    "of_its_kind",
    "one_of_its_own",
]

RIDGE = 0.1  # of the linear classifier, as a share of the number of pictures


def commonest(memory: Memory, count: int) -> list[list[str]]:
    """Return the commonest sentence of the memory, `count` times."""
    said = Counter(tuple(words) for five in memory.sentences for words in five)
    return [list(said.most_common(1)[0][0])] * count


def nearest(memory: Memory, features: np.ndarray, scale: np.ndarray) -> list[list[str]]:
    """Return the first sentence of the most alike picture; see `neighbours_consensus`."""
    return [list(memory.sentences[row[0]][0]) for row in _nearest(memory, features, scale, 1)]


def neighbours_consensus(
    memory: Memory, features: np.ndarray, scale: np.ndarray, count: int = 12
) -> list[list[str]]:
    """Return, of all sentences of the nearest pictures, the one most like all the others.

    Nearest are those with the largest cosine of features from which the mean was subtracted.

    Parameters
    ----------
    memory : Memory
    features : ndarray, shape (N, D)
        Standardised, as those of the memory.
    scale : ndarray, shape (D,)
        What they were divided by for that, which is undone here.
    count : int
        How many pictures' sentences.

    Returns
    -------
    list of list of str

    References
    ----------
    J. Devlin et al., "Exploring nearest neighbor approaches for image captioning", 2015.
    """
    alike = cache(lambda number: memory.likeness(memory.likeness.known[number]))
    chosen = []
    for rows in _nearest(memory, features, scale, count):
        pool = np.concatenate([memory.likeness.rows[i] for i in rows])
        chosen.append(list(memory.likeness.known[_most_like_the_others(pool, alike)]))
    return chosen


def of_its_kind(memory: Memory, features: np.ndarray) -> list[list[str]]:
    """Return the sentence that stands for the kind that a linear classifier sees in a picture.

    The classifier is ridge regression on the kinds of the memory; a kind's sentence is the one, of
    all sentences of its pictures, that is most like all the others.

    Raises
    ------
    ValueError
        If the kinds of the memory are not known.
    """
    if (memory.kinds < 0).any():
        raise ValueError("kinds of pictures are not known in this set")
    alike = cache(lambda number: memory.likeness(memory.likeness.known[number]))
    kinds, labels = np.unique(memory.kinds, return_inverse=True)
    sentences = []
    for kind in range(len(kinds)):
        pool = np.concatenate([memory.likeness.rows[i] for i in np.flatnonzero(labels == kind)])
        sentences.append(list(memory.likeness.known[_most_like_the_others(pool, alike)]))
    Z = memory.features.astype(np.float64)
    mean, Y = Z.mean(axis=0), np.eye(len(kinds))[labels]
    Z = Z - mean
    W = np.linalg.solve(Z.T @ Z / len(Z) + RIDGE * np.eye(Z.shape[1]), Z.T @ Y / len(Z))
    scores = (features - mean) @ W + Y.mean(axis=0)
    return [sentences[kind] for kind in scores.argmax(axis=1)]


def one_of_its_own(data: CaptionSet, which: int) -> tuple[list, list, np.ndarray]:
    """Take one sentence of every picture, and leave the others to compare it with.

    Parameters
    ----------
    data : CaptionSet
    which : int
        The number of the sentence; where there are fewer, it is counted around.

    Returns
    -------
    sentences, references : list
        Of the pictures that have two sentences or more.
    rows : ndarray of int
        Which pictures those are.
    """
    rows = np.array([i for i, said in enumerate(data.sentences) if len(said) > 1], dtype=int)
    sentences, references = [], []
    for i in rows:
        said = list(data.sentences[i])
        sentences.append(said.pop(which % len(said)))
        references.append(said)
    return sentences, references, rows


def exchanged(sentences: list, rng: np.random.Generator) -> list:
    """Give every picture the sentence that was meant for another one."""
    if len(sentences) < 2:
        raise ValueError("one picture alone has none to exchange sentences with")
    order = rng.permutation(len(sentences))
    return [sentences[i] for _, i in sorted(zip(order, np.roll(order, 1)))]


def _nearest(memory, features, scale, count):
    """The rows of the memory nearest to each of the features, (N, count)."""
    cosines = unit(features * scale) @ unit(memory.features * scale).T  # (N, M)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :count]


def _most_like_the_others(pool, alike):
    """Of numbers of known sentences, one that others like most; twins count as others."""
    numbers, counts = np.unique(pool, return_counts=True)
    sums = [alike(int(i))[numbers] @ counts - alike(int(i))[i] for i in numbers]
    return numbers[int(np.argmax(sums))]
