"""The textbook's convolution and pooling, under the names of `cs231n.fast_layers`.

Windows are written out as columns, so that a convolution is one matrix product.

Written as well as NumPy allows without kernels: columns are read through a strided view, kept from
forward for backward, and added back with one strided sum for each entry of the filter.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Cache = tuple[Any, ...]


def conv_forward_fast(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, conv_param: dict[str, int]
) -> tuple[np.ndarray, Cache]:
    """As `conv_forward_naive`, by im2col and `np.dot`."""
    N, C, _, _ = x.shape
    F, _, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(padded, (HH, WW), (2, 3))[:, :, ::stride, ::stride]
    OH, OW = windows.shape[2:4]
    cols = windows.transpose(1, 4, 5, 0, 2, 3).reshape(C * HH * WW, N * OH * OW)
    out = np.dot(w.reshape(F, -1), cols) + b[:, np.newaxis]
    out = np.ascontiguousarray(out.reshape(F, N, OH, OW).transpose(1, 0, 2, 3))
    return out, (x.shape, w, conv_param, cols)


def conv_backward_fast(
    dout: np.ndarray, cache: Cache, need_dx: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As `conv_backward_naive`, by two products and col2im; dx is computed in any case."""
    (N, C, H, W), w, conv_param, cols = cache
    F, _, HH, WW = w.shape
    _, _, OH, OW = dout.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    flat = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    dw = np.dot(flat, cols.T).reshape(w.shape)
    dcols = np.dot(w.reshape(F, -1).T, flat).reshape(C, HH, WW, N, OH, OW)
    dpadded = np.zeros((C, N, H + 2 * pad, W + 2 * pad), dtype=dout.dtype)
    for i in range(HH):
        for j in range(WW):
            dpadded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += dcols[
                :, i, j
            ]
    dx = dpadded[:, :, pad : pad + H, pad : pad + W].transpose(1, 0, 2, 3)
    return np.ascontiguousarray(dx), dw, dout.sum(axis=(0, 2, 3))


def max_pool_forward_fast(x: np.ndarray, pool_param: dict[str, int]) -> tuple[np.ndarray, Cache]:
    """As `max_pool_forward_naive`, by im2col and one argmax for each window."""
    N, C, _, _ = x.shape
    size = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    windows = sliding_window_view(x, size, (2, 3))[:, :, ::stride, ::stride]
    OH, OW = windows.shape[2:4]
    cols = windows.reshape(N, C, OH, OW, size[0] * size[1])
    winner = cols.argmax(axis=-1)
    out = np.take_along_axis(cols, winner[..., np.newaxis], axis=-1)[..., 0]
    return out, (x.shape, winner, pool_param)


def max_pool_backward_fast(dout: np.ndarray, cache: Cache) -> np.ndarray:
    """As `max_pool_backward_naive`, by one strided sum for each entry of the window."""
    shape, winner, pool_param = cache
    HH, WW, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    OH, OW = dout.shape[2:]
    dx = np.zeros(shape, dtype=dout.dtype)
    for number in range(HH * WW):
        i, j = divmod(number, WW)
        place = dx[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
        place += (winner == number) * dout
    return dx
