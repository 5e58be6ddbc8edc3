"""Memory that a kernel works in and gives back: fresh pages would cost more than their use."""

from itertools import pairwise
from math import prod

import numpy as np

__all__ = ["give_back", "take"]

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
