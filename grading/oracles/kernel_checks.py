"""What the checks of kernels expect: pixel by pixel, from the pictures' own rows and columns."""

import itertools

import numpy as np


def columns_of_windows(x, HH, WW, pad, stride):
    """What a filter sees at each of its places, one column each, places before pictures.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    HH, WW, pad, stride : int

    Returns
    -------
    ndarray, shape (C * HH * WW, OH * OW * N), dtype of x
    """
    columns = [
        [pixel(x[n], c, top + i, left + j) for c, i, j in _entries(x.shape, HH, WW)]
        for top, left in _places(x.shape, HH, WW, pad, stride)
        for n in range(len(x))
    ]
    return np.array(columns, dtype=x.dtype).T


def sums_of_columns(cols, shape, HH, WW, pad, stride):
    """For each pixel the sum of the entries of columns that saw it.

    Parameters
    ----------
    cols : ndarray, shape (C * HH * WW, OH * OW * N)
    shape : tuple of int, (N, C, H, W)
    HH, WW, pad, stride : int

    Returns
    -------
    ndarray of that shape, dtype of cols
    """
    N, _, H, W = shape
    dx = np.zeros(shape)
    for place, (top, left) in enumerate(_places(shape, HH, WW, pad, stride)):
        for row, (c, i, j) in enumerate(_entries(shape, HH, WW)):
            if 0 <= top + i < H and 0 <= left + j < W:
                dx[:, c, top + i, left + j] += cols[row, place * N : (place + 1) * N]
    return dx.astype(cols.dtype)


def pixel(picture, c, h, w):
    """One number of a picture, 0 outside of it."""
    _, H, W = picture.shape
    return picture[c, h, w] if 0 <= h < H and 0 <= w < W else 0


def _places(shape, HH, WW, pad, stride):
    """(row, column) of the window's corner on the picture, at every place; negative in padding."""
    tops = range(-pad, shape[2] + pad - HH + 1, stride)
    lefts = range(-pad, shape[3] + pad - WW + 1, stride)
    return itertools.product(tops, lefts)


def _entries(shape, HH, WW):
    return itertools.product(range(shape[1]), range(HH), range(WW))


ORACLES = [columns_of_windows, sums_of_columns]
