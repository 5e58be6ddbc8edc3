"""What the checks of the nearest neighbour exercises expect."""

import math

import numpy as np


def euclidean_distances(X, Y):
    """Distance of every row of X from every row of Y, number by number.

    Parameters
    ----------
    X : ndarray, shape (N, D)
    Y : ndarray, shape (M, D)

    Returns
    -------
    ndarray, shape (N, M), float64
    """
    return np.array([[math.dist(x, y) for y in Y.tolist()] for x in X.tolist()])


ORACLES = [euclidean_distances]
