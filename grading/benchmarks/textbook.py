"""The textbook's way, in the place of the fast layers: columns kept for backward, and products.

These are the historical functions of `cs231n.fast_layers`, as the course has long used them; what
has none, such as normalisation, is done in NumPy.
"""

from typing import Any

import numpy as np

from cs231n import fast_layers

Cache = tuple[Any, ...]
Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]


def install() -> None:
    """Let every net of this process, made from now on, compute the textbook's way."""
    fast_layers.KERNELS = "numpy"
    for name, function in LAYERS.items():
        setattr(fast_layers, name, function)


def conv_backward(dout: np.ndarray, cache: Cache, need_dx: bool = True) -> Gradients:
    """As always: dx is computed whether it is needed or not."""
    return fast_layers.conv_backward_strides(dout, cache)


def max_pool_forward(x: np.ndarray, pool_param: dict[str, int]) -> tuple[np.ndarray, Cache]:
    """By a reshape where windows tile the picture, otherwise by columns."""
    HH, WW, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    tiles = HH == WW == stride and x.shape[2] % HH == 0 and x.shape[3] % WW == 0
    kind = "reshape" if tiles else "im2col"
    out, cache = getattr(fast_layers, f"max_pool_forward_{kind}")(x, pool_param)
    return out, (kind, cache)


def max_pool_backward(dout: np.ndarray, cache: Cache) -> np.ndarray:
    """Back the same way."""
    kind, cache = cache
    return getattr(fast_layers, f"max_pool_backward_{kind}")(dout, cache)


LAYERS = {
    "conv_forward_fast": fast_layers.conv_forward_strides,
    "conv_backward_fast": conv_backward,
    "max_pool_forward_fast": max_pool_forward,
    "max_pool_backward_fast": max_pool_backward,
}
