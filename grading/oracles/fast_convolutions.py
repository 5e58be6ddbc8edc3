"""What the checks of windows, columns and costs expect: definitions, one number at a time."""

import itertools

import numpy as np


def layout_of_windows(x_shape, x_strides, HH, WW, stride):
    """Find shape and strides of all windows by asking for the addresses of their entries.

    Returns
    -------
    shape, strides : lists of 6 int
    """
    N, C, H, W = x_shape
    shape = [N, C, len(starts(H, HH, stride, 0)), len(starts(W, WW, stride, 0)), HH, WW]

    def address(n, c, oh, ow, i, j):
        place = (n, c, oh * stride + i, ow * stride + j)
        return sum(index * step for index, step in zip(place, x_strides, strict=True))

    return shape, [address(*(int(k == axis) for k in range(6))) for axis in range(6)]


def convolve(x, w, b, stride, pad):
    """Convolve by the definition, one output at a time -> (N, F, OH, OW)."""
    rows, columns = (starts(s, k, stride, pad) for s, k in zip(x.shape[2:], w.shape[2:]))
    out = np.empty((len(x), len(w), len(rows), len(columns)))
    for n, f, oh, ow in np.ndindex(out.shape):
        terms = (
            w[f, c, i, j] * x[n, c, rows[oh] + i, columns[ow] + j]
            for c, i, j in seen(x.shape, w.shape, rows[oh], columns[ow])
        )
        out[n, f, oh, ow] = b[f] + sum(terms)
    return out


def convolution_gradients(x, w, dout, stride, pad):
    """Derivatives of sum(out * dout), one product at a time -> dx, dw, db."""
    rows, columns = (starts(s, k, stride, pad) for s, k in zip(x.shape[2:], w.shape[2:]))
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(w))
    for n, f, oh, ow in np.ndindex(dout.shape):
        upstream = dout[n, f, oh, ow]
        db[f] += upstream
        for c, i, j in seen(x.shape, w.shape, rows[oh], columns[ow]):
            pixel = n, c, rows[oh] + i, columns[ow] + j
            dx[pixel] += upstream * w[f, c, i, j]
            dw[f, c, i, j] += upstream * x[pixel]
    return dx, dw, db


def largest_of_windows(x, HH, WW, stride):
    """The largest number of each window, in the precision of x -> (N, C, OH, OW)."""
    rows, columns = starts(x.shape[2], HH, stride, 0), starts(x.shape[3], WW, stride, 0)
    out = np.empty((*x.shape[:2], len(rows), len(columns)), dtype=x.dtype)
    for n, c, oh, ow in np.ndindex(out.shape):
        out[n, c, oh, ow] = max(x[pixel] for pixel in window(n, c, rows[oh], columns[ow], HH, WW))
    return out


def received_by_pixels(x, dout, HH, WW, stride, who="first"):
    """What each pixel receives through a pooling, where the "first", "last" or "every" equal does.

    Returns
    -------
    ndarray, shape of x, dtype of dout
    """
    rows, columns = starts(x.shape[2], HH, stride, 0), starts(x.shape[3], WW, stride, 0)
    dx = np.zeros(x.shape)
    for n, c, oh, ow in np.ndindex(dout.shape):
        pixels = window(n, c, rows[oh], columns[ow], HH, WW)
        top = max(x[pixel] for pixel in pixels)
        winners = [pixel for pixel in pixels if x[pixel] == top]
        for pixel in {"first": winners[:1], "last": winners[-1:], "every": winners}[who]:
            dx[pixel] += dout[n, c, oh, ow]
    return dx.astype(dout.dtype)


def cost_of_convolution(x_shape, w_shape, stride, pad, itemsize, columns):
    """Count operations and bytes by walking over the places -> two int."""
    N, C, H, W = x_shape
    F, _, HH, WW = w_shape
    places = len(starts(H, HH, stride, pad)) * len(starts(W, WW, stride, pad)) * N
    seen_at_a_place = sum(1 for _ in itertools.product(range(C), range(HH), range(WW)))
    numbers = np.prod(x_shape) + np.prod(w_shape) + F + places * F
    if columns:
        numbers += places * seen_at_a_place + places * seen_at_a_place
    return sum(2 * seen_at_a_place for _ in range(places * F)), int(numbers) * itemsize


def starts(side, filter_side, stride, pad):
    """Pixels, from -pad on, at which a filter begins that ends within the padded picture."""
    return [at for at in range(-pad, side + pad, stride) if at + filter_side <= side + pad]


def seen(x_shape, w_shape, row, column):
    """Channel, row and column of a filter's entries that see a pixel, and not the padding."""
    for c, i, j in np.ndindex(*w_shape[1:]):
        if 0 <= row + i < x_shape[2] and 0 <= column + j < x_shape[3]:
            yield c, i, j


def window(n, c, row, column, HH, WW):
    """Pixels of one window, row by row."""
    return [(n, c, row + i, column + j) for i in range(HH) for j in range(WW)]


ORACLES = [
    layout_of_windows,
    convolve,
    convolution_gradients,
    largest_of_windows,
    received_by_pixels,
    cost_of_convolution,
]
