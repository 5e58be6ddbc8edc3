"""The order in which sentences are taken, so that those of a batch are of about one length."""

import numpy as np

__all__ = ["order_by_length"]

POOL = 8  # batches whose sentences are sorted by their length together


def order_by_length(rng, lengths, size):
    """Draw an order of an epoch's sentences, from which batches are cut.

    Parameters
    ----------
    rng : numpy.random.Generator
    lengths : ndarray, shape (M,), int
    size : int
        Sentences of a batch.

    Returns
    -------
    ndarray, int
        Numbers of sentences; those that fill no batch are left out.
    """
    count = len(lengths)
    order = rng.permutation(count)
    pools = [
        pool[np.argsort(lengths[pool], kind="stable")]
        for pool in np.split(order, range(POOL * size, count, POOL * size))
    ]
    order = np.concatenate(pools)
    batches = rng.permutation(max(1, count // size))
    return np.concatenate([order[i * size : (i + 1) * size] for i in batches])
