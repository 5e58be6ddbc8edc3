"""Pictures as columns, so that a convolution is one matrix product.

`im2col` and `col2im` use the kernels of im2col_cython.pyx where they are compiled and written, and
otherwise the NumPy twins `im2col_indices` and `col2im_indices`. The numbers are the same to the
bit. Nothing else of the kit needs those kernels: `fast_layers` has its own.
"""

import contextlib
import importlib

import numpy as np

from cs231n.kernels.windows import (
    check_pictures,
    check_precision,
    count_places,
    pad_batch_last,
    unpad_batch_last,
)

try:
    importlib.import_module("cs231n.im2col_cython")
except ImportError:  # no compiler, or not built yet
    KERNELS = "numpy"
else:
    KERNELS = "cython"

__all__ = ["KERNELS", "col2im", "col2im_indices", "get_im2col_indices", "im2col", "im2col_indices"]


def im2col(x, HH, WW, pad, stride):
    """Write what a filter sees at each of its places into a column.

    cols[(c, i, j), (oh, ow, n)] = padded[n, c, oh * stride + i, ow * stride + j]

    So `w.reshape(F, -1) @ cols` holds all products of F filters w (F, C, HH, WW) with the pictures.

    Parameters
    ----------
    x : ndarray (N, C, H, W) of float32 or float64
    HH, WW : int
        Height and width of the filter.
    pad : int
        Zeros added on each side.
    stride : int

    Returns
    -------
    ndarray (C * HH * WW, OH * OW * N), dtype of x
        The pictures of the batch change fastest along a row.

    Raises
    ------
    ValueError
        If x has not four axes, or the filter fits nowhere (see `windows.count_places`).
    TypeError
        If x is not float32 or float64.

    References
    ----------
    K. Chellapilla, S. Puri, P. Simard: High Performance Convolutional Neural Networks for Document
    Processing, 2006, section 3.
    """
    check_pictures("im2col", x)
    with _unless_unwritten():
        return _kernels().im2col_cython(x, HH, WW, pad, stride)
    return im2col_indices(x, HH, WW, pad, stride)


def col2im(cols, x_shape, HH, WW, pad, stride):
    """Add each column back to the pixels it was read from: the transpose of `im2col`.

    This is the derivative by x where `cols` is the derivative by im2col(x): pixels that several
    windows see receive the sum.

    Parameters
    ----------
    cols : ndarray (C * HH * WW, OH * OW * N) of float32 or float64
    x_shape : (N, C, H, W)
    HH, WW, pad, stride : int

    Returns
    -------
    ndarray (N, C, H, W), dtype of cols

    Raises
    ------
    ValueError
        If cols has another shape than im2col gives for these pictures and this filter.
    TypeError
        If cols is not float32 or float64.
    """
    check_columns(cols, x_shape, HH, WW, pad, stride)
    with _unless_unwritten():
        return _kernels().col2im_cython(cols, *x_shape, HH, WW, pad, stride)
    return col2im_indices(cols, x_shape, HH, WW, pad, stride)


def im2col_indices(x, field_height, field_width, padding=1, stride=1):
    """Do what `im2col` does, in NumPy: one strided copy for each entry of the filter.

    Parameters
    ----------
    x : ndarray (N, C, H, W)
    field_height, field_width, padding, stride : int

    Returns
    -------
    ndarray (C * HH * WW, OH * OW * N), dtype of x
    """
    N, C, H, W = x.shape
    OH, OW = count_places(H, W, field_height, field_width, padding, stride)
    padded = pad_batch_last(x, padding)
    cols = np.empty((C, field_height, field_width, OH, OW, N), dtype=x.dtype)
    for i in range(field_height):
        for j in range(field_width):
            cols[:, i, j] = seen_by(padded, i, j, OH, OW, stride)
    return cols.reshape(C * field_height * field_width, OH * OW * N)


def col2im_indices(cols, x_shape, field_height=3, field_width=3, padding=1, stride=1):
    """Do what `col2im` does, in NumPy: one strided sum for each entry of the filter.

    Parameters
    ----------
    cols : ndarray (C * HH * WW, OH * OW * N)
    x_shape : (N, C, H, W)
    field_height, field_width, padding, stride : int

    Returns
    -------
    ndarray (N, C, H, W), dtype of cols
    """
    N, C, H, W = x_shape
    OH, OW = count_places(H, W, field_height, field_width, padding, stride)
    windows = cols.reshape(C, field_height, field_width, OH, OW, N)
    dpadded = np.zeros((C, H + 2 * padding, W + 2 * padding, N), dtype=cols.dtype)
    for i in range(field_height):
        for j in range(field_width):
            pixels = seen_by(dpadded, i, j, OH, OW, stride)
            pixels += windows[:, i, j]
    return unpad_batch_last(dpadded, padding)


def get_im2col_indices(x_shape, field_height, field_width, padding=1, stride=1):
    """Tell which entries of the padded pictures stand in the columns.

    With (k, i, j) as returned, `padded[:, k, i, j]` is (N, C * HH * WW, OH * OW).

    Parameters
    ----------
    x_shape : (N, C, H, W)
    field_height, field_width, padding, stride : int

    Returns
    -------
    k : ndarray (C * HH * WW, 1) of int64
        Channel.
    i, j : ndarray (C * HH * WW, OH * OW) of int64
        Row and column.
    """
    _, C, H, W = x_shape
    OH, OW = count_places(H, W, field_height, field_width, padding, stride)
    k, i, j = np.indices((C, field_height, field_width), dtype=np.int64).reshape(3, -1, 1)
    oh, ow = np.indices((OH, OW), dtype=np.int64).reshape(2, 1, -1)
    return k, i + stride * oh, j + stride * ow


def seen_by(padded, i, j, OH, OW, stride):
    """View what entry (i, j) of the filter sees from all places, (C, OH, OW, N)."""
    return padded[:, i : i + stride * OH : stride, j : j + stride * OW : stride]


def _kernels():
    """The kernels as they were loaded last: `check` loads what students have just written."""
    return importlib.import_module("cs231n.im2col_cython")


def _unless_unwritten():
    return contextlib.suppress(ImportError, NotImplementedError)


def check_columns(cols, x_shape, HH, WW, pad, stride):
    """Raise unless cols are the columns of pictures of this shape."""
    N, C, H, W = x_shape
    OH, OW = count_places(H, W, HH, WW, pad, stride)
    expected = (C * HH * WW, OH * OW * N)
    if cols.shape != expected:
        raise ValueError(
            f"col2im: cols has shape {cols.shape}, but for pictures of shape {tuple(x_shape)} and "
            f"a filter of {HH} x {WW} with pad {pad} and stride {stride} it should be {expected}."
        )
    check_precision("col2im", "cols", cols)
