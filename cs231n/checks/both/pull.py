"""A trace that every minibatch leaves in what is learned from it."""

import numpy as np


def pull_of(X_batch, y_batch):
    """A number that depends on every example of a minibatch, and on its label.

    A probe adds it to its gradient where a check asks for that, and the check computes again where
    the minibatches lead that are said to have been drawn: others would have led elsewhere.

    Parameters
    ----------
    X_batch : ndarray, shape (B, D)
    y_batch : ndarray, shape (B,), int

    Returns
    -------
    float
        0 where these are no minibatch; what is wrong with them is for the check to say.
    """
    if np.ndim(X_batch) != 2 or np.shape(y_batch) != (len(X_batch),):
        return 0.0
    return float(np.mean(np.sum(X_batch, axis=1) * (1 + y_batch)))


def pulled(start, batches, learning_rate):
    """Where a bowl's descent from `start` to the target 0 ends, pulled by these minibatches.

    Parameters
    ----------
    start : ndarray
    batches : iterable of (X_batch, y_batch)
    learning_rate : float

    Returns
    -------
    ndarray, of the shape of `start`
    """
    for X_batch, y_batch in batches:
        start = start - learning_rate * (start + pull_of(X_batch, y_batch))
    return start
