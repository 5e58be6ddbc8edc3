"""How well a search finds what it should: ranks, recall, and the best that anybody could reach.

Queries stand in rows and what is searched in columns: for sentences that look for pictures hand the
scores over transposed. `right` says which answers are right ones, any number of them for a query.
"""

import numpy as np

__all__ = ["best_ranks", "owned_by", "recall_ceiling", "recall_summary"]


def owned_by(owners, count):
    """Say which sentences belong to which pictures.

    Parameters
    ----------
    owners : ndarray, shape (M,), int
        For each sentence the number of its picture.
    count : int
        N, of the pictures.

    Returns
    -------
    ndarray, shape (N, M), bool
    """
    return np.arange(count)[:, None] == np.asarray(owners)[None, :]


def best_ranks(scores, right):
    """Find the rank of each query's best right answer, 1 being the first.

    Ties count against the search: the rank is 1 more than the number of wrong answers that do not
    score below the best right one. So a model that scores all alike ranks last, not first. Other
    right answers do not count.

    Parameters
    ----------
    scores : ndarray, shape (Q, A), float
        Of Q queries and A answers, without nan.
    right : ndarray, shape (Q, A), bool
        Each query has a right answer or more.

    Returns
    -------
    ndarray, shape (Q,), int64

    Raises
    ------
    ValueError
        If a query has no right answer.
    """
    without = np.flatnonzero(~right.any(axis=1))
    if len(without):
        raise ValueError(
            f"best_ranks: query {without[0]} has no right answer, so no answer has a rank; leave "
            "such queries out."
        )
    ### BEGIN SOLUTION: count the wrong answers that score at least as high as the best right one
    best = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)  # (Q, 1)
    return 1 + np.count_nonzero(~right & (scores >= best), axis=1)
    ### END SOLUTION


def recall_summary(ranks, ks=(1, 5, 10)):
    """Sum ranks up: how many queries find a right answer among the first k, and the median rank.

    Parameters
    ----------
    ranks : ndarray, shape (Q,), int
        1 is the first; there is one at least.
    ks : sequence of int

    Returns
    -------
    recalls : ndarray, shape (len(ks),), float64
        Percentages: recall at k.
    median : float
        With the mean of the middle two, if the ranks are even in number.
    """
    ### BEGIN SOLUTION: the share of ranks up to k, in percent, for each k; the median
    recalls = np.array([100 * np.mean(np.asarray(ranks) <= k) for k in ks])
    median = float(np.median(ranks))
    ### END SOLUTION
    return recalls, median


def recall_ceiling(fits, k):
    """Compute the recall at k that a perfect search would have, where several answers fit a query.

    A sentence was written about one picture, and fits c of them. Who knows all that is to know puts
    these c first, in an order by chance; the one that it was written about is among the first k
    with probability min(k, c) / c.

    Parameters
    ----------
    fits : ndarray, shape (Q, A), bool
        Which answers fit each query; one of each query's was meant, so there is one at least.
    k : int

    Returns
    -------
    float
        The mean over the queries, in percent.
    """
    ### BEGIN SOLUTION: count what fits each query; the mean of the probabilities
    counts = np.count_nonzero(fits, axis=1)
    return 100 * float(np.mean(np.minimum(k, counts) / counts))
    ### END SOLUTION
