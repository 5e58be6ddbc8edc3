"""Convolution and max pooling as they are defined, loop by loop: slow, and easy to check.

Letters: N pictures of C channels, H x W; F filters of HH x WW; outputs OH x OW. All functions keep
the precision of x, and change none of their arguments. What trains networks stands in
cs231n/fast_layers.py and gives the same numbers.
"""

import numpy as np

from cs231n.kernels.windows import count_places

__all__ = [
    "conv_backward_naive",
    "conv_forward_naive",
    "max_pool_backward_naive",
    "max_pool_forward_naive",
]


def conv_forward_naive(x, w, b, conv_param):
    """Slide F filters over pictures; each output is the product of a filter with what it sees.

    out[n, f, oh, ow] = b[f] + sum_cij w[f, c, i, j] padded[n, c, oh * stride + i, ow * stride + j]

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    w : ndarray, shape (F, C, HH, WW)
    b : ndarray, shape (F,)
    conv_param : dict
        "stride", the step of a filter, and "pad", the zeros added on each side.

    Returns
    -------
    out : ndarray, shape (N, F, OH, OW), dtype of x
        OH = 1 + (H + 2 pad - HH) // stride, and OW likewise: rows and columns at the end that the
        steps do not reach stay unseen.
    cache : tuple
        (x, w, b, conv_param)

    Raises
    ------
    ValueError
        If the shapes do not fit together.

    References
    ----------
    CS231n notes: "Convolutional Networks", convolutional layer.
    """
    _require_filters(x, w, b)
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
    OH, OW = count_places(H, W, HH, WW, pad, stride)
    ### BEGIN SOLUTION: pad a copy of x with zeros, then fill out, (N, F, OH, OW), place by place
    out = np.zeros((N, F, OH, OW), dtype=x.dtype)
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))  # (N, C, H+2pad, W+2pad)
    for n in range(N):
        for f in range(F):
            for oh in range(OH):
                for ow in range(OW):
                    top, left = oh * stride, ow * stride
                    seen = padded[n, :, top : top + HH, left : left + WW]  # (C, HH, WW)
                    out[n, f, oh, ow] = np.sum(seen * w[f]) + b[f]
    ### END SOLUTION
    return out, (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    """Go back through `conv_forward_naive`: each output hands its derivative to all that made it.

    An output out[n, f, oh, ow] is b[f] plus a sum of products of a weight and a pixel. So dout
    there, times the pixel, goes to the weight; times the weight, to the pixel; and as it is, to the
    bias.

    Parameters
    ----------
    dout : ndarray, shape (N, F, OH, OW)
        Derivative of the loss by the layer's output.
    cache : tuple
        (x, w, b, conv_param)

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dw : ndarray, shape (F, C, HH, WW)
    db : ndarray, shape (F,)

    References
    ----------
    CS231n notes: "Convolutional Networks", convolutional layer, backpropagation.
    """
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
    ### BEGIN SOLUTION: add what every output gives to dx, dw and db; the padding is no part of dx
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))  # (N, C, H+2pad, W+2pad)
    dpadded, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            for oh in range(dout.shape[2]):
                for ow in range(dout.shape[3]):
                    rows = slice(oh * stride, oh * stride + HH)
                    columns = slice(ow * stride, ow * stride + WW)
                    dpadded[n, :, rows, columns] += dout[n, f, oh, ow] * w[f]
                    dw[f] += dout[n, f, oh, ow] * padded[n, :, rows, columns]
                    db[f] += dout[n, f, oh, ow]
    dx = dpadded[:, :, pad : pad + H, pad : pad + W]  # (N, C, H, W)
    ### END SOLUTION
    return dx, dw, db


def max_pool_forward_naive(x, pool_param):
    """Take the largest number of each window.

    out[n, c, oh, ow] = max_ij x[n, c, oh * stride + i, ow * stride + j]

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    pool_param : dict
        "pool_height" and "pool_width", of a window, and "stride", its step. Windows may overlap.

    Returns
    -------
    out : ndarray, shape (N, C, OH, OW), dtype of x
        OH = 1 + (H - pool_height) // stride, and OW likewise.
    cache : tuple
        (x, pool_param)

    Raises
    ------
    ValueError
        If no window fits.

    References
    ----------
    CS231n notes: "Convolutional Networks", pooling layer.
    """
    HH, WW, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    N, C, H, W = x.shape
    OH, OW = count_places(H, W, HH, WW, 0, stride)
    ### BEGIN SOLUTION: fill out, (N, C, OH, OW), window by window
    out = np.zeros((N, C, OH, OW), dtype=x.dtype)
    for oh in range(OH):
        for ow in range(OW):
            top, left = oh * stride, ow * stride
            window = x[:, :, top : top + HH, left : left + WW]  # (N, C, HH, WW)
            out[:, :, oh, ow] = window.max(axis=(2, 3))
    ### END SOLUTION
    return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
    """Go back through `max_pool_forward_naive`: what arrives goes to the winner of each window.

    Where several pixels of a window are equally large there is a kink, and no derivative; here the
    first of them, row by row, gets everything. A pixel that won several windows gets the sum.

    Parameters
    ----------
    dout : ndarray, shape (N, C, OH, OW)
        Derivative of the loss by the layer's output.
    cache : tuple
        (x, pool_param)

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    """
    x, pool_param = cache
    HH, WW, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    ### BEGIN SOLUTION: dx, shape of x: add every upstream number where its window has its maximum
    dx = np.zeros_like(x)
    for n, c, oh, ow in np.ndindex(dout.shape):
        top, left = oh * stride, ow * stride
        window = x[n, c, top : top + HH, left : left + WW]  # (HH, WW)
        i, j = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, top + i, left + j] += dout[n, c, oh, ow]
    ### END SOLUTION
    return dx


def _require_filters(x, w, b):
    """Raise ValueError unless filters w and biases b fit pictures x."""
    if x.ndim != 4 or w.ndim != 4 or w.shape[1] != x.shape[1]:
        msg = f"conv_forward_naive: x is {x.shape} and w is {w.shape}"
        raise ValueError(f"{msg}; they should be (N, C, H, W) and (F, C, HH, WW), with the same C.")
    if b.shape != w.shape[:1]:
        msg = f"conv_forward_naive: b is {b.shape}, but there are {w.shape[0]} filters"
        raise ValueError(f"{msg}; b should be {w.shape[:1]}.")
