"""Convolution and max pooling, loop by loop, as they are defined.

Letters: N pictures of C channels, H x W; F filters of HH x WW; outputs OH x OW.
"""

import numpy as np

from cs231n.windows import count_places

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
    out : ndarray, shape (N, F, OH, OW)
        OH = 1 + (H + 2 pad - HH) // stride, and OW likewise.
    cache : tuple
        (x, w, b, conv_param)
    """
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
    OH, OW = count_places(H, W, HH, WW, pad, stride)
    out = np.zeros((N, F, OH, OW), dtype=x.dtype)
    ### BEGIN SOLUTION: pad x with zeros, then fill out place by place
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
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
    """Go back through `conv_forward_naive`.

    Parameters
    ----------
    dout : ndarray, shape (N, F, OH, OW)
    cache : tuple
        (x, w, b, conv_param)

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dw : ndarray, shape (F, C, HH, WW)
    db : ndarray, shape (F,)
    """
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros_like(b)
    ### BEGIN SOLUTION: add what every output gives to dpadded, dw and db
    for n in range(N):
        for f in range(F):
            for oh in range(dout.shape[2]):
                for ow in range(dout.shape[3]):
                    rows = slice(oh * stride, oh * stride + HH)
                    columns = slice(ow * stride, ow * stride + WW)
                    dpadded[n, :, rows, columns] += dout[n, f, oh, ow] * w[f]
                    dw[f] += dout[n, f, oh, ow] * padded[n, :, rows, columns]
                    db[f] += dout[n, f, oh, ow]
    ### END SOLUTION
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, db


def max_pool_forward_naive(x, pool_param):
    """Take the largest number of each window.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    pool_param : dict
        "pool_height", "pool_width" and "stride".

    Returns
    -------
    out : ndarray, shape (N, C, OH, OW)
        OH = 1 + (H - pool_height) // stride, and OW likewise.
    cache : tuple
        (x, pool_param)
    """
    HH, WW, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    N, C, H, W = x.shape
    OH, OW = count_places(H, W, HH, WW, 0, stride)
    out = np.zeros((N, C, OH, OW), dtype=x.dtype)
    ### BEGIN SOLUTION: fill out window by window
    for oh in range(OH):
        for ow in range(OW):
            rows, columns = (
                slice(oh * stride, oh * stride + HH),
                slice(ow * stride, ow * stride + WW),
            )
            out[:, :, oh, ow] = x[:, :, rows, columns].max(axis=(2, 3))
    ### END SOLUTION
    return out, (x, pool_param)


def max_pool_backward_naive(dout, cache):
    """Give each upstream number to the largest number of its window; of equals, to the first.

    Parameters
    ----------
    dout : ndarray, shape (N, C, OH, OW)
    cache : tuple
        (x, pool_param)

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    """
    x, pool_param = cache
    HH, WW, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    dx = np.zeros_like(x)
    ### BEGIN SOLUTION: add every upstream number where its window has its maximum
    for n, c, oh, ow in np.ndindex(dout.shape):
        top, left = oh * stride, ow * stride
        window = x[n, c, top : top + HH, left : left + WW]
        i, j = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, top + i, left + j] += dout[n, c, oh, ow]
    ### END SOLUTION
    return dx
