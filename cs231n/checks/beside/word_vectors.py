"""Negatives that are drawn with a generator made from a seed."""

import numpy as np

from cs231n.language import word_vectors


def drawn(noise, contexts, K, seed, times=1):
    """What `draw_negatives` returns, several times in a row, from one generator of this seed."""
    rng = np.random.default_rng(seed)
    return [word_vectors.draw_negatives(noise, contexts, K, rng) for _ in range(times)]
