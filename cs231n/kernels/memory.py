"""Memory that a kernel works in and gives back: fresh pages would cost more than their use."""

from itertools import pairwise
from math import prod

import numpy as np

__all__ = ["filled", "give_back", "panels_of", "states_of", "take"]

LINE = 64  # bytes of a line of the cache
MOST = 2**28  # bytes; what is larger goes back to the system

_spare = []  # whoever takes from it has it alone, and so do Python threads


def take(dtype, **shapes):
    """Take memory for some arrays, in which anything may stand.

    Parameters
    ----------
    dtype : dtype
        Of all arrays.
    **shapes : tuple of int
        By name.

    Returns
    -------
    memory : ndarray of uint8
        For `give_back`, when no array is needed any more.
    arrays : list of ndarray of uint8
        One for each shape, large enough, from the beginning of a line of the cache on.
    """
    sizes = [-(-prod(shape) * dtype.itemsize // LINE) * LINE for shape in shapes.values()]
    needed = sum(sizes) + LINE
    memory = _spare.pop() if _spare else np.empty(0, dtype=np.uint8)
    if memory.size < needed:
        memory = np.empty(needed, dtype=np.uint8)
    ends = np.cumsum([-memory.ctypes.data % LINE, *sizes])
    return memory, [memory[start:end] for start, end in pairwise(ends)]


def give_back(memory):
    """Keep memory for the next call, unless it is very large."""
    if memory.size <= MOST:
        _spare.append(memory)


def filled(plan, shape, dtype):
    """An array for results; with zeros, if some sequences end early."""
    return (np.zeros if plan[1].min() < shape[1] else np.empty)(shape, dtype=dtype)


def panels_of(states, lanes):
    """Cut rows of states (N, H) into panels (units, N, lanes), a new array; zeros fill it up."""
    (N, H), units = states.shape, -(-states.shape[1] // lanes)
    filled = np.zeros((N, units * lanes), dtype=states.dtype)
    filled[:, :H] = states
    return np.ascontiguousarray(filled.reshape(N, units, lanes).transpose(1, 0, 2))


def states_of(panels, order, H):
    """Put panels (units, N, lanes), whose row n is that of sequence order[n], together: (N, H)."""
    states = np.empty((len(order), H), dtype=panels.dtype)
    states[order] = panels.transpose(1, 0, 2).reshape(len(order), -1)[:, :H]
    return states
