"""What word vectors say about words: which are alike, and which relate as two others do.

Words are numbers from 0 to V - 1, and row w of `vectors` (V, D) is the vector of word w.
"""

import numpy as np

__all__ = ["analogy", "nearest"]


def nearest(vectors, query, k=10, leave_out=()):
    """Find the words whose vectors point most nearly where a query does.

        cosine(a, b) = a . b / (|a| |b|),   0 if one of them is all zeros

    Parameters
    ----------
    vectors : ndarray, shape (V, D), float32 or float64
    query : ndarray, shape (D,)
    k : int
        How many words to find, at most.
    leave_out : sequence of int
        Words that are not wanted: those of the query.

    Returns
    -------
    words : ndarray, shape (k,), int64
        The nearest first; of equally near ones, the smallest number first. Fewer than k if not so
        many are left.
    cosines : ndarray, shape (k,), float64
    """
    vectors, query = np.asarray(vectors, np.float64), np.asarray(query, np.float64)
    ### BEGIN SOLUTION: cosines of all words, those left out gone, and the k largest in order
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    cosines = np.divide(vectors @ query, lengths, out=np.zeros(len(vectors)), where=lengths > 0)
    wanted = np.setdiff1d(np.arange(len(vectors)), np.asarray(leave_out, dtype=np.int64))
    words = wanted[np.argsort(-cosines[wanted], kind="stable")[:k]]
    return words, cosines[words]
    ### END SOLUTION


def analogy(vectors, a, b, c, k=1):
    """Find what is to c as b is to a: the words nearest to b - a + c.

    The three vectors are divided by their lengths first, so that none of them outweighs the others.

    Parameters
    ----------
    vectors : ndarray, shape (V, D), float32 or float64
    a, b, c : int
        Words whose vectors are not all zeros. They are no answers themselves.
    k : int

    Returns
    -------
    words : ndarray, shape (k,), int64
        The nearest first, as of `nearest`.
    cosines : ndarray, shape (k,), float64

    References
    ----------
    T. Mikolov et al.: Efficient estimation of word representations in vector space, 2013,
    section 4; with unit vectors: O. Levy, Y. Goldberg: Linguistic regularities in sparse and
    explicit word representations, 2014, equation 1.
    """
    vectors = np.asarray(vectors, np.float64)
    ### BEGIN SOLUTION: three unit vectors, their offset, and its nearest words beside the three
    unit = vectors[[a, b, c]] / np.linalg.norm(vectors[[a, b, c]], axis=1, keepdims=True)
    return nearest(vectors, unit[1] - unit[0] + unit[2], k, leave_out=(a, b, c))
    ### END SOLUTION
