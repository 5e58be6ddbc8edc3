"""Convolution and pooling without loops over places: windows as views, columns, one product.

Letters as in README.md. `conv_param` has "stride" and "pad", `pool_param` has "pool_height",
"pool_width" and "stride".
"""

import numpy as np
from numpy.lib.array_utils import byte_bounds

from cs231n.im2col import col2im_indices, im2col_indices
from cs231n.kernels.windows import count_places

__all__ = [
    "conv_backward_by_product",
    "conv_cost",
    "conv_forward_by_product",
    "conv_forward_windows",
    "max_pool_backward_windows",
    "max_pool_forward_windows",
    "windows_layout",
    "windows_view",
]


def windows_layout(x_shape, x_strides, HH, WW, stride):
    """Tell where the entries of all windows lie in memory.

    A view V of x with this shape and these strides has V[n, c, oh, ow, i, j] at the place of
    x[n, c, oh * stride + i, ow * stride + j], so that no number need be copied.

    Parameters
    ----------
    x_shape : (N, C, H, W)
    x_strides : tuple of 4 int
        Bytes from an entry of x to the next along each axis, as `x.strides` says.
    HH, WW : int
        Height and width of a window.
    stride : int
        Step between windows, in pixels.

    Returns
    -------
    shape : tuple of 6 int
        (N, C, OH, OW, HH, WW), with OH and OW from `windows.count_places` for pad 0.
    strides : tuple of 6 int
        In bytes.

    References
    ----------
    NumPy manual: "The N-dimensional array", internal memory layout of an ndarray.
    """
    N, C, H, W = x_shape
    OH, OW = count_places(H, W, HH, WW, 0, stride)
    ### BEGIN SOLUTION: how far, in bytes, to the next window and to the next row within one?
    sN, sC, sH, sW = x_strides
    shape = (N, C, OH, OW, HH, WW)
    strides = (sN, sC, stride * sH, stride * sW, sH, sW)
    ### END SOLUTION
    return shape, strides


def windows_view(x, HH, WW, stride):
    """View x as its windows, without copying a number; the view cannot be written to.

    Parameters
    ----------
    x : ndarray (N, C, H, W)
    HH, WW, stride : int

    Returns
    -------
    ndarray (N, C, OH, OW, HH, WW), a view of x

    Raises
    ------
    ValueError
        If `windows_layout` reaches beyond the memory of x, where anything might stand.
    """
    shape, strides = windows_layout(x.shape, x.strides, HH, WW, stride)
    reach = [(size - 1) * step for size, step in zip(shape, strides, strict=True)]
    low, high = byte_bounds(x)
    start = x.__array_interface__["data"][0]
    first = start + sum(step for step in reach if step < 0)
    last = start + sum(step for step in reach if step > 0) + x.itemsize
    if x.size and (first < low or last > high):
        beyond = max(low - first, last - high)
        raise ValueError(
            f"windows_view: strides {strides} for shape {shape} reach {beyond} bytes beyond the "
            f"{high - low} bytes of x, whose strides are {x.strides}; the last window should end "
            "at the last pixels."
        )
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)


def conv_forward_windows(x, w, b, conv_param):
    """Convolve by one sum over a view of the windows, as `conv_forward_naive` does with loops.

    out[n, f, oh, ow] = b[f] + sum_cij V[n, c, oh, ow, i, j] w[f, c, i, j]

    Parameters
    ----------
    x : ndarray (N, C, H, W)
    w : ndarray (F, C, HH, WW)
    b : ndarray (F,)
    conv_param : dict

    Returns
    -------
    out : ndarray (N, F, OH, OW), dtype of x
    cache : tuple
        (x, w, b, conv_param)

    References
    ----------
    NumPy reference: numpy.einsum, whose subscripts are those of the formula.
    """
    _, _, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    ### BEGIN SOLUTION: pad, view, and sum over c, i and j in one call
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = windows_view(padded, HH, WW, stride)  # (N, C, OH, OW, HH, WW)
    out = np.einsum("nchwij,fcij->nfhw", windows, w) + b[:, np.newaxis, np.newaxis]
    ### END SOLUTION
    return out, (x, w, b, conv_param)


def max_pool_forward_windows(x, pool_param):
    """Take the largest number of each window, of all windows at once.

    Parameters
    ----------
    x : ndarray (N, C, H, W)
    pool_param : dict

    Returns
    -------
    out : ndarray (N, C, OH, OW), dtype of x
    cache : tuple
        (x, pool_param)
    """
    HH, WW, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    ### BEGIN SOLUTION: view the windows, and take the maximum of each
    out = windows_view(x, HH, WW, stride).max(axis=(4, 5))
    ### END SOLUTION
    return out, (x, pool_param)


def max_pool_backward_windows(dout, cache):
    """Give each upstream number to the largest of its window, without a loop over windows.

    Windows may overlap, so that a pixel can receive several numbers. Of equal numbers in a
    window, the first receives all: the uppermost, and in its row the leftmost.

    Parameters
    ----------
    dout : ndarray (N, C, OH, OW)
    cache : tuple
        From `max_pool_forward_windows`.

    Returns
    -------
    dx : ndarray (N, C, H, W), dtype of dout
    """
    x, pool_param = cache
    HH, WW, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    dx = np.zeros(x.shape, dtype=dout.dtype)
    ### BEGIN SOLUTION: find the winner of each window, then add for one place within it at a time
    N, C, OH, OW = dout.shape
    windows = windows_view(x, HH, WW, stride)
    winner = windows.reshape(N, C, OH, OW, HH * WW).argmax(axis=-1)
    for i in range(HH):
        for j in range(WW):
            seen = dx[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
            seen += np.where(winner == i * WW + j, dout, 0)
    ### END SOLUTION
    return dx


def conv_forward_by_product(x, w, b, conv_param, im2col=im2col_indices):
    """Convolve by one matrix product: filters as rows, what they see as columns.

    out = rows(w) @ im2col(x) + b, with rows (F, C HH WW) and columns (C HH WW, OH OW N)

    Parameters
    ----------
    x : ndarray (N, C, H, W)
    w : ndarray (F, C, HH, WW)
    b : ndarray (F,)
    conv_param : dict
    im2col : callable
        (x, HH, WW, pad, stride) -> columns; along a row the pictures change fastest. Call this one.

    Returns
    -------
    out : ndarray (N, F, OH, OW), dtype of x
    cache : tuple
        (x.shape, w, conv_param, columns)

    References
    ----------
    K. Chellapilla, S. Puri, P. Simard: High Performance Convolutional Neural Networks for Document
    Processing, 2006, section 3.
    """
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    OH, OW = count_places(H, W, HH, WW, pad, stride)
    ### BEGIN SOLUTION: columns, one product, and the axes in the order (N, F, OH, OW)
    cols = im2col(x, HH, WW, pad, stride)  # (C*HH*WW, OH*OW*N)
    out = w.reshape(F, -1) @ cols + b[:, np.newaxis]  # (F, OH*OW*N)
    out = out.reshape(F, OH, OW, N).transpose(3, 0, 1, 2)
    ### END SOLUTION
    return out, (x.shape, w, conv_param, cols)


def conv_backward_by_product(dout, cache, col2im=col2im_indices):
    """Go back through `conv_forward_by_product`: two matrix products, and columns become pictures.

    Parameters
    ----------
    dout : ndarray (N, F, OH, OW)
    cache : tuple
        From `conv_forward_by_product`.
    col2im : callable
        (cols, x_shape, HH, WW, pad, stride) -> pictures; the sums that undo im2col. Call this one.

    Returns
    -------
    dx : ndarray (N, C, H, W)
    dw : ndarray (F, C, HH, WW)
    db : ndarray (F,)
    """
    x_shape, w, conv_param, cols = cache
    F, _, HH, WW = w.shape
    stride, pad = conv_param["stride"], conv_param["pad"]
    ### BEGIN SOLUTION: dout in the shape of the forward product, then as for an affine layer
    rows = dout.transpose(1, 2, 3, 0).reshape(F, -1)  # (F, OH*OW*N)
    db = rows.sum(axis=1)
    dw = (rows @ cols.T).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ rows, x_shape, HH, WW, pad, stride)
    ### END SOLUTION
    return dx, dw, db


def conv_cost(x_shape, w_shape, conv_param, itemsize=4, columns=False):
    """Count what a convolution forward computes, and what it must move at the least.

    Their quotient is its arithmetic intensity: operations for each byte.

    Parameters
    ----------
    x_shape : (N, C, H, W)
    w_shape : (F, C, HH, WW)
    conv_param : dict
    itemsize : int
        Bytes of a number.
    columns : bool
        Whether the columns of im2col are written to memory and read again.

    Returns
    -------
    flops : int
        Multiplications and additions of filters with pixels, padding included; those of b are not
        counted.
    moved : int
        Bytes: x, w and b read once and out written once; and the columns, if there are any.

    References
    ----------
    S. Williams, A. Waterman, D. Patterson: Roofline, Communications of the ACM 52(4), 2009.
    """
    N, C, H, W = x_shape
    F, _, HH, WW = w_shape
    OH, OW = count_places(H, W, HH, WW, conv_param["pad"], conv_param["stride"])
    ### BEGIN SOLUTION: two operations for each entry of a filter at each place; then count numbers
    products = N * F * OH * OW * C * HH * WW
    numbers = N * C * H * W + F * C * HH * WW + F + N * F * OH * OW
    if columns:
        numbers += 2 * C * HH * WW * OH * OW * N
    flops, moved = 2 * products, numbers * itemsize
    ### END SOLUTION
    return flops, moved
