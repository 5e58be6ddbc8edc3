"""Convolutions as sums over the taps of the filter, dense and depthwise, with SAME padding.

A filter of HH x WW taps sees HH * WW shifted copies of the picture. Tap (i, j) of a dense
convolution is one matrix product of all channels, out[f] += sum_c w[f, c, i, j] * shifted[c]; of a
depthwise one, where each channel has a filter of its own, it is out[c] += w[c, i, j] * shifted[c].
A 1 x 1 convolution is a single product.

SAME padding gives OH = ceil(H / stride) and puts the odd row or column of zeros below and right,
as TensorFlow does; networks trained with it are off by far with equal padding on all sides.
"""

import numpy as np

__all__ = [
    "depthwise_dw",
    "depthwise_dx",
    "depthwise_forward",
    "same_conv_dw",
    "same_conv_dx",
    "same_conv_forward",
    "same_padding",
]

CHUNK = 1 << 17  # numbers of a channel group that stays in the processor's cache


def same_padding(size, taps, stride):
    """Return zeros before and after a side of this size, and the number of places on it."""
    places = -(-size // stride)
    total = max((places - 1) * stride + taps - size, 0)
    return total // 2, total - total // 2, places


def same_conv_forward(x, w, b, stride=1):
    """Convolve with SAME padding.

    Parameters
    ----------
    x : ndarray (N, C, H, W)
    w : ndarray (F, C, HH, WW)
    b : ndarray (F,)
    stride : int

    Returns
    -------
    ndarray (N, F, ceil(H / stride), ceil(W / stride))
    """
    F, C, HH, WW = w.shape
    padded, OH, OW = _pad(x, HH, WW, stride)
    out = None
    for i, j in np.ndindex(HH, WW):
        shifted = _shift(padded, i, j, OH, OW, stride).reshape(len(x), C, OH * OW)
        term = np.matmul(w[:, :, i, j], shifted)  # (N, F, OH*OW)
        out = term if out is None else np.add(out, term, out=out)
    out += b[:, None]
    return out.reshape(len(x), F, OH, OW)


def same_conv_dx(dout, w, shape, stride=1):
    """Return the derivative by x, of the given shape, from that by the output."""
    N, C, H, W = shape
    F, _, HH, WW = w.shape
    OH, OW = dout.shape[2:]
    flat = dout.reshape(N, F, OH * OW)
    if HH == WW == stride == 1:
        return np.matmul(w[:, :, 0, 0].T, flat).reshape(shape)
    padded, top, left = _zeros(shape, HH, WW, stride, dout.dtype)
    for i, j in np.ndindex(HH, WW):
        term = np.matmul(w[:, :, i, j].T, flat).reshape(N, C, OH, OW)
        _shift(padded, i, j, OH, OW, stride)[...] += term
    return padded[:, :, top : top + H, left : left + W]


def same_conv_dw(dout, x, w_shape, stride=1):
    """Return the derivative by w from that by the output; that by b is `dout.sum((0, 2, 3))`."""
    F, C, HH, WW = w_shape
    padded, OH, OW = _pad(x, HH, WW, stride)
    flat = dout.reshape(len(x), F, OH * OW)
    dw = np.empty(w_shape, dtype=dout.dtype)
    for i, j in np.ndindex(HH, WW):
        shifted = _shift(padded, i, j, OH, OW, stride).reshape(len(x), C, OH * OW)
        dw[:, :, i, j] = np.matmul(flat, shifted.transpose(0, 2, 1)).sum(0)
    return dw


def depthwise_forward(x, w, b, stride=1):
    """Convolve each channel with its own filter, with SAME padding.

    Parameters
    ----------
    x : ndarray (N, C, H, W)
    w : ndarray (C, HH, WW)
    b : ndarray (C,)
    stride : int

    Returns
    -------
    ndarray (N, C, ceil(H / stride), ceil(W / stride))
    """
    _, HH, WW = w.shape
    OH, OW = (same_padding(side, taps, stride)[2] for side, taps in zip(x.shape[2:], (HH, WW)))
    out = np.empty((*x.shape[:2], OH, OW), dtype=x.dtype)
    for n, group in _groups(x):
        padded, _, _ = _pad(x[n : n + 1, group], HH, WW, stride)
        total = out[n, group]  # a view
        total[...] = b[group, None, None]
        term = np.empty_like(total)
        for i, j in np.ndindex(HH, WW):
            shifted = _shift(padded, i, j, OH, OW, stride)[0]
            np.add(total, np.multiply(shifted, w[group, i, j, None, None], out=term), out=total)
    return out


def depthwise_dx(dout, w, shape, stride=1):
    """Return the derivative by x, of the given shape, from that by the output."""
    _, _, H, W = shape
    _, HH, WW = w.shape
    OH, OW = dout.shape[2:]
    dx = np.empty(shape, dtype=dout.dtype)
    for n, group in _groups(dx):
        one = dout[n, group]
        padded, top, left = _zeros((1, len(one), H, W), HH, WW, stride, dout.dtype)
        term = np.empty_like(one)
        for i, j in np.ndindex(HH, WW):
            shifted = _shift(padded, i, j, OH, OW, stride)[0]
            np.add(shifted, np.multiply(one, w[group, i, j, None, None], out=term), out=shifted)
        dx[n, group] = padded[0, :, top : top + H, left : left + W]
    return dx


def depthwise_dw(dout, x, w_shape, stride=1):
    """Return the derivative by w from that by the output; that by b is `dout.sum((0, 2, 3))`."""
    _, HH, WW = w_shape
    padded, OH, OW = _pad(x, HH, WW, stride)
    dw = np.empty(w_shape, dtype=dout.dtype)
    for i, j in np.ndindex(HH, WW):
        dw[:, i, j] = np.einsum("nchw,nchw->c", dout, _shift(padded, i, j, OH, OW, stride))
    return dw


def _pad(x, HH, WW, stride):
    """Return x with its zeros, and the number of places (OH, OW)."""
    top, bottom, OH = same_padding(x.shape[2], HH, stride)
    left, right, OW = same_padding(x.shape[3], WW, stride)
    if not (top or bottom or left or right):
        return x, OH, OW
    N, C, H, W = x.shape
    padded = np.zeros((N, C, top + H + bottom, left + W + right), dtype=x.dtype)
    padded[:, :, top : top + H, left : left + W] = x
    return padded, OH, OW


def _zeros(shape, HH, WW, stride, dtype):
    """Return a padded picture of zeros, and where the picture itself begins in it."""
    N, C, H, W = shape
    top, bottom, _ = same_padding(H, HH, stride)
    left, right, _ = same_padding(W, WW, stride)
    # Where the stride is larger than the filter, the last step may leave the picture.
    padded = np.zeros((N, C, top + H + bottom, left + W + right), dtype=dtype)
    return padded, top, left


def _shift(padded, i, j, OH, OW, stride):
    """Return the view of a padded picture that tap (i, j) sees, (N, C, OH, OW)."""
    rows = slice(i, i + stride * (OH - 1) + 1, stride)
    columns = slice(j, j + stride * (OW - 1) + 1, stride)
    return padded[:, :, rows, columns]


def _groups(x):
    """Yield pairs (picture, slice of channels) that fit into the processor's cache."""
    N, C, H, W = x.shape
    step = max(1, CHUNK // (H * W))
    for n in range(N):
        for start in range(0, C, step):
            yield n, slice(start, start + step)
