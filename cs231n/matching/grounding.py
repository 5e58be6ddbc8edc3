"""Where on a picture words are: regions for phrases, and whether these are the right ones.

Boxes are rows of left, top, width and height.
"""

import numpy as np

__all__ = ["box_iou", "ground_phrase", "pointing_accuracy"]


def ground_phrase(products, bonus=0.0):
    """Give each word of a phrase its region, so that neighbours like to share one.

    Of all R^T ways a_1 ... a_T to choose regions, one of the largest

    E(a) = sum_t products[t, a_t] + bonus * (number of t > 1 with a_t = a_(t-1))

    is found by dynamic programming, in a time that grows with T, not with R^T.

    Parameters
    ----------
    products : ndarray, shape (T, R), float
        How well each region suits each word; -inf where a region cannot be chosen.
    bonus : float
        For staying on a region; from 0 up.

    Returns
    -------
    regions : ndarray, shape (T,), int64
        Any of the best ways, if there are several.
    total : float
        E of it; 0 for a phrase without words.

    References
    ----------
    A. Karpathy and L. Fei-Fei, CVPR 2015, section 3.1.4; A. Viterbi, 1967.
    """
    T, R = products.shape
    regions, total = np.zeros(T, dtype=np.int64), 0.0
    ### BEGIN SOLUTION: the best total up to each word and region, and where it came from; then back
    if not T:
        return regions, total
    best, came_from = products[0].astype(np.float64), np.zeros((T, R), dtype=np.int64)
    for t in range(1, T):
        jump = int(best.argmax())
        stays = best + bonus >= best[jump]
        came_from[t] = np.where(stays, np.arange(R), jump)
        best = products[t] + np.where(stays, best + bonus, best[jump])
    regions[-1], total = best.argmax(), float(best.max())
    for t in range(T - 1, 0, -1):
        regions[t - 1] = came_from[t, regions[t]]
    ### END SOLUTION
    return regions, total


def box_iou(first, second):
    """Compare boxes with boxes: the area they share, divided by the area that either covers.

    Parameters
    ----------
    first : ndarray, shape (A, 4), of any numbers
        Left, top, width and height.
    second : ndarray, shape (B, 4)

    Returns
    -------
    ndarray, shape (A, B), float64
        From 0, also for two boxes without an area, to 1.
    """
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    ### BEGIN SOLUTION: overlap in either direction, not below 0; shared area over the union's
    low = np.maximum(first[:, None, :2], second[:, :2])  # (A, B, 2)
    high = np.minimum((first[:, :2] + first[:, 2:])[:, None], second[:, :2] + second[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2)
    union = first[:, 2:].prod(axis=1)[:, None] + second[:, 2:].prod(axis=1) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    ### END SOLUTION


def pointing_accuracy(chosen, right, threshold=0.5):
    """Count how often the box chosen for a word is one of those that the word is about.

    Parameters
    ----------
    chosen : ndarray, shape (P, 4)
        The box chosen for each of P words.
    right : list of ndarray, shape (k, 4)
        For each word the boxes that it is about; words about none (k = 0) do not count.
    threshold : float
        A box counts as the right one from this `box_iou` on.

    Returns
    -------
    float
        From 0 to 1; nan if no word counts.
    """
    ### BEGIN SOLUTION: for each word that counts, whether its best IoU reaches the threshold
    hits = [
        box_iou(box[None], boxes).max() >= threshold
        for box, boxes in zip(chosen, right)
        if len(boxes)
    ]
    return float(np.mean(hits)) if hits else float("nan")
    ### END SOLUTION
