"""Convolution and max pooling, fast: the historical functions in NumPy, and compiled kernels.

`conv_forward_fast`, `conv_backward_fast`, `max_pool_forward_fast` and `max_pool_backward_fast` use
the kernels that docs/kernels.md explains where they are built, and otherwise the NumPy functions
of this module, which are their twins; `KERNELS` says which. Each backward function takes the cache
of its own forward function.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cs231n.im2col import col2im_indices, im2col_indices
from cs231n.kernels.built import KERNELS, conv_kernels, layer_kernels
from cs231n.kernels.threads import get_threads
from cs231n.kernels.windows import (
    check_pictures,
    check_same_dtype,
    check_upstream,
    count_places,
)

__all__ = [
    "KERNELS",
    "conv_backward_fast",
    "conv_backward_im2col",
    "conv_backward_strides",
    "conv_forward_fast",
    "conv_forward_im2col",
    "conv_forward_strides",
    "max_pool_backward_fast",
    "max_pool_backward_im2col",
    "max_pool_backward_reshape",
    "max_pool_forward_fast",
    "max_pool_forward_im2col",
    "max_pool_forward_reshape",
]


def conv_forward_fast(x, w, b, conv_param, threads=None):
    """Slide F filters over pictures and take the product with what each sees.

    out[n, f, oh, ow] = b[f] + sum_cij w[f, c, i, j] padded[n, c, oh * stride + i, ow * stride + j]

    Parameters
    ----------
    x : ndarray (N, C, H, W) of float32 or float64
    w : ndarray (F, C, HH, WW), dtype of x
    b : ndarray (F,), dtype of x
    conv_param : dict
        "stride", the step of the filter, and "pad", the zeros added on each side.
    threads : int or None
        None takes the number of `fast_threads.get_threads`.

    Returns
    -------
    out : ndarray (N, F, OH, OW), dtype of x
    cache : tuple
        (x, w, b, conv_param): nothing is kept for the backward pass that was not there before.

    Raises
    ------
    ValueError
        If the shapes do not fit together.
    TypeError
        If the arrays are not all float32, or all float64.
    """
    check_convolution("conv_forward_fast", x, w, b, conv_param)
    stride, pad = conv_param["stride"], conv_param["pad"]
    threads = get_threads(threads)
    if KERNELS == "cython" and x.size and w.size:
        out = conv_kernels.conv_forward(x, w, b, stride, pad, threads)
    else:
        out, _ = conv_forward_strides(x, w, b, conv_param)
    return out, (x, w, b, conv_param)


def conv_backward_fast(dout, cache, need_dx=True, threads=None):
    """Go back through `conv_forward_fast`.

    Parameters
    ----------
    dout : ndarray (N, F, OH, OW), dtype of x
    cache : tuple
        From `conv_forward_fast`.
    need_dx : bool
        False leaves dx out, which nobody needs of a network's first layer.
    threads : int or None

    Returns
    -------
    dx : ndarray (N, C, H, W), or None if need_dx is false
    dw : ndarray (F, C, HH, WW)
    db : ndarray (F,)

    Raises
    ------
    ValueError
        If dout has not the shape that the forward function returned.
    TypeError
        If dout is not of the dtype of x.
    """
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    OH, OW = count_places(*x.shape[2:], *w.shape[2:], pad, stride)
    check_upstream("conv_backward_fast", dout, (len(x), len(w), OH, OW), x.dtype)
    threads = get_threads(threads)
    if KERNELS == "cython" and x.size and w.size:
        dw, db = conv_kernels.conv_backward_filters(dout, x, w.shape, stride, pad, threads)
        if not need_dx:
            return None, dw, db
        return conv_kernels.conv_backward_pictures(dout, w, x.shape, stride, pad, threads), dw, db
    dx, dw, db = conv_backward_strides(dout, (*cache, None))
    return (dx if need_dx else None), dw, db


def max_pool_forward_fast(x, pool_param, threads=None):
    """Take the largest number of each window.

    A window that holds NaN gives NaN. The first of several equal numbers counts as the largest.

    Parameters
    ----------
    x : ndarray (N, C, H, W) of float32 or float64
    pool_param : dict
        "pool_height", "pool_width" and "stride".
    threads : int or None

    Returns
    -------
    out : ndarray (N, C, OH, OW), dtype of x
    cache : tuple
        (shape of x, pool_param, places): places is an ndarray (N, C, OH, OW) of uint8 (of uint32
        for windows of more than 256), the place of the largest number in its window, row by row.

    Raises
    ------
    ValueError
        If x has not four axes, or the window fits nowhere.
    TypeError
        If x is not float32 or float64.
    """
    HH, WW, stride = check_pool("max_pool_forward_fast", x, pool_param)
    threads = get_threads(threads)
    if KERNELS == "cython" and x.size and HH * WW <= 256:
        shape = (*x.shape[:2], *count_places(*x.shape[2:], HH, WW, 0, stride))
        out, places = np.empty(shape, dtype=x.dtype), np.empty(shape, dtype=np.uint8)
        x = np.ascontiguousarray(x)
        layer_kernels.max_pool_forward(x, out, places, HH, WW, stride, threads)
    else:
        out, places = max_of_windows(x, HH, WW, stride)
    return out, (x.shape, pool_param, places)


def max_pool_backward_fast(dout, cache, threads=None):
    """Give each upstream number to the place that won its window in `max_pool_forward_fast`.

    Parameters
    ----------
    dout : ndarray (N, C, OH, OW) of float32 or float64
    cache : tuple
        From `max_pool_forward_fast`.
    threads : int or None

    Returns
    -------
    dx : ndarray (N, C, H, W), dtype of dout

    Raises
    ------
    ValueError
        If dout has not the shape that the forward function returned.
    TypeError
        If dout is not float32 or float64.
    """
    shape, pool_param, places = cache
    HH, WW, stride = window_of(pool_param)
    check_upstream("max_pool_backward_fast", dout, places.shape)
    threads = get_threads(threads)
    if KERNELS == "cython" and dout.size and places.dtype == np.uint8:
        dout, dx = np.ascontiguousarray(dout), np.empty(shape, dtype=dout.dtype)
        layer_kernels.max_pool_backward(dout, places, dx, HH, WW, stride, threads)
        return dx
    return give_to_places(dout, places, shape, WW, stride)


def conv_forward_strides(x, w, b, conv_param):
    """Do what `conv_forward_fast` does by one copy of a strided view and one matrix product.

    The cache is (x, w, b, conv_param, x_cols), with x_cols (C * HH * WW, N * OH * OW).
    """
    check_convolution("conv_forward_strides", x, w, b, conv_param)
    N, F = len(x), len(w)
    x_cols, OH, OW = columns_of(x, w.shape, conv_param)
    out = w.reshape(F, -1) @ x_cols + b[:, None]  # (F, N*OH*OW)
    out = np.ascontiguousarray(out.reshape(F, N, OH, OW).transpose(1, 0, 2, 3))
    return out, (x, w, b, conv_param, x_cols)


def conv_backward_strides(dout, cache):
    """Go back through `conv_forward_strides`; where x_cols is None, it is computed again.

    Returns
    -------
    dx, dw, db : ndarrays of the shapes of x, w and b
    """
    x, w, _, conv_param, x_cols = cache
    N, _, H, W = x.shape
    F, C, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    OH, OW = count_places(H, W, HH, WW, pad, stride)
    check_upstream("conv_backward_strides", dout, (N, F, OH, OW), x.dtype)
    if x_cols is None:
        x_cols, _, _ = columns_of(x, w.shape, conv_param)
    rows = dout.transpose(1, 0, 2, 3).reshape(F, -1)  # (F, N*OH*OW)
    dw = (rows @ x_cols.T).reshape(w.shape)
    dcols = (w.reshape(F, -1).T @ rows).reshape(C, HH, WW, N, OH, OW)
    dpadded = np.zeros((C, N, H + 2 * pad, W + 2 * pad), dtype=x.dtype)
    for i in range(HH):
        for j in range(WW):
            seen = dpadded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
            seen += dcols[:, i, j]
    dx = dpadded[:, :, pad : pad + H, pad : pad + W].transpose(1, 0, 2, 3)
    return np.ascontiguousarray(dx), dw, rows.sum(axis=1)


def conv_forward_im2col(x, w, b, conv_param):
    """Do what `conv_forward_fast` does by columns and one product, an exercise in strides.py."""
    check_convolution("conv_forward_im2col", x, w, b, conv_param)
    from cs231n import strides  # a slip in that file does not stop the layers of this one

    return strides.conv_forward_by_product(x, w, b, conv_param)


def conv_backward_im2col(dout, cache):
    """Go back through `conv_forward_im2col`: dx, dw, db of the shapes of x, w and b."""
    from cs231n import strides

    (N, _, H, W), w, conv_param, _ = cache
    OH, OW = count_places(H, W, *w.shape[2:], conv_param["pad"], conv_param["stride"])
    check_upstream("conv_backward_im2col", dout, (N, len(w), OH, OW), w.dtype)
    return strides.conv_backward_by_product(dout, cache)


def max_pool_forward_reshape(x, pool_param):
    """Take the largest number of each window by one reshape, where windows tile the picture.

    The cache is (x, x_reshaped, out), with x_reshaped (N, C, OH, HH, OW, WW).

    Raises
    ------
    ValueError
        If the windows overlap, are not square, or leave something out.
    """
    HH, WW, stride = check_pool("max_pool_forward_reshape", x, pool_param)
    N, C, H, W = x.shape
    if not HH == WW == stride or H % HH or W % WW:
        raise ValueError(
            f"max_pool_forward_reshape: windows of {HH} x {WW} with stride {stride} do not tile a "
            f"picture of {H} x {W}; use max_pool_forward_im2col, which takes all windows."
        )
    x_reshaped = x.reshape(N, C, H // HH, HH, W // WW, WW)
    out = x_reshaped.max(axis=(3, 5))
    return out, (x, x_reshaped, out)


def max_pool_backward_reshape(dout, cache):
    """Go back through `max_pool_forward_reshape`: the first of several equal numbers gets it all.

    Returns
    -------
    dx : ndarray (N, C, H, W)
    """
    x, x_reshaped, out = cache
    N, C, OH, HH, OW, WW = x_reshaped.shape
    check_upstream("max_pool_backward_reshape", dout, out.shape)
    windows = x_reshaped.transpose(0, 1, 2, 4, 3, 5).reshape(N, C, OH, OW, HH * WW)
    first = windows.argmax(axis=-1)  # argmax takes the first of equals, and NaN for the largest
    dwindows = np.zeros(windows.shape, dtype=dout.dtype)
    np.put_along_axis(dwindows, first[..., None], dout[..., None], axis=-1)
    return dwindows.reshape(N, C, OH, OW, HH, WW).transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)


def max_pool_forward_im2col(x, pool_param):
    """Do what `max_pool_forward_fast` does with `im2col.im2col_indices`: a window is a column.

    The cache is (x, x_cols, places, pool_param), with x_cols (HH * WW, OH * OW * N * C).
    """
    HH, WW, stride = check_pool("max_pool_forward_im2col", x, pool_param)
    N, C, H, W = x.shape
    OH, OW = count_places(H, W, HH, WW, 0, stride)
    x_cols = im2col_indices(x.reshape(N * C, 1, H, W), HH, WW, 0, stride)
    places = x_cols.argmax(axis=0)
    out = np.take_along_axis(x_cols, places[None], axis=0).reshape(OH, OW, N, C)
    return np.ascontiguousarray(out.transpose(2, 3, 0, 1)), (x, x_cols, places, pool_param)


def max_pool_backward_im2col(dout, cache):
    """Go back through `max_pool_forward_im2col`.

    Returns
    -------
    dx : ndarray (N, C, H, W)
    """
    x, x_cols, places, pool_param = cache
    HH, WW, stride = window_of(pool_param)
    N, C, H, W = x.shape
    OH, OW = count_places(H, W, HH, WW, 0, stride)
    check_upstream("max_pool_backward_im2col", dout, (N, C, OH, OW))
    dcols = np.zeros(x_cols.shape, dtype=dout.dtype)
    flat = dout.transpose(2, 3, 0, 1).reshape(1, -1)  # in the order of the columns
    np.put_along_axis(dcols, places[None], flat, axis=0)
    return col2im_indices(dcols, (N * C, 1, H, W), HH, WW, 0, stride).reshape(x.shape)


def columns_of(x, w_shape, conv_param):
    """Copy a strided view of the padded pictures, (C * HH * WW, N * OH * OW); give OH, OW too."""
    _, C, HH, WW = w_shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    OH, OW = count_places(*x.shape[2:], HH, WW, pad, stride)
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(padded, (HH, WW), axis=(2, 3))[:, :, ::stride, ::stride]
    x_cols = windows.transpose(1, 4, 5, 0, 2, 3).reshape(C * HH * WW, -1)
    return x_cols, OH, OW


def max_of_windows(x, HH, WW, stride):
    """Give the largest number of each window, and its place: the twin of the pooling kernel."""
    windows = sliding_window_view(x, (HH, WW), axis=(2, 3))[:, :, ::stride, ::stride]
    flat = windows.reshape(*windows.shape[:4], HH * WW)
    places = flat.argmax(axis=-1)
    out = np.take_along_axis(flat, places[..., None], axis=-1)[..., 0]
    return out, places.astype(np.uint8 if HH * WW <= 256 else np.uint32)


def give_to_places(dout, places, shape, WW, stride):
    """Add each upstream number to the place of its window: the twin of the pooling kernel."""
    n, c, oh, ow = np.indices(dout.shape, sparse=True)
    i, j = np.divmod(places.astype(np.intp), WW)
    dx = np.zeros(shape, dtype=dout.dtype)
    np.add.at(dx, (n, c, oh * stride + i, ow * stride + j), dout)
    return dx


def check_convolution(name, x, w, b, conv_param):
    """Raise unless these pictures, filters and biases make a convolution."""
    check_pictures(name, x)
    if w.ndim != 4 or w.shape[1] != x.shape[1]:
        raise ValueError(
            f"{name}: w has shape {w.shape}, but x has {x.shape[1]} channels; w should be "
            f"(F, {x.shape[1]}, HH, WW)."
        )
    if b.shape != (len(w),):
        raise ValueError(
            f"{name}: b has shape {b.shape}; for {len(w)} filters it should be ({len(w)},)."
        )
    for what, array in (("w", w), ("b", b)):
        check_same_dtype(name, what, array, x.dtype)
    count_places(*x.shape[2:], *w.shape[2:], conv_param["pad"], conv_param["stride"])


def check_pool(name, x, pool_param):
    """Raise unless the window fits; give its height, width and stride."""
    check_pictures(name, x)
    HH, WW, stride = window_of(pool_param)
    count_places(*x.shape[2:], HH, WW, 0, stride)
    return HH, WW, stride


def window_of(pool_param):
    """Read height, width and stride of a pooling window."""
    return pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
