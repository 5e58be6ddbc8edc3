"""Arrays in layouts that cannot be sent, made beside the student's code."""

import numpy as np

from cs231n.pages.live import moving

__all__ = ["packed", "unpacked"]


def packed(values, kind, layout):
    """Pack numbers that lie in memory in another way than in C order."""
    values = {
        "transposed": lambda: np.ascontiguousarray(values.T).T,
        "every other": lambda: np.repeat(values, 2, axis=-1)[..., ::2],
        "big-endian": lambda: values.astype(">f8"),
        "a list": values.tolist,
    }[layout]()
    return moving.pack_floats(values, kind)


def unpacked(text, shape, kind):
    """Unpack numbers, add 1 to the first in place, and return all and the dtype's byte order."""
    values = moving.unpack_floats(text, shape, kind)
    first = (0,) * values.ndim
    values[first] += 1
    return values, values.dtype.isnative
