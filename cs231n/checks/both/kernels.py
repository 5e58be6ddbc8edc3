"""What runs beside a student's kernel: much work for it, and little that has to travel."""

import numpy as np


def some_of_columns(im2col, x, window, places):
    """Make the columns of several batches, and return some numbers of each.

    Parameters
    ----------
    im2col : callable, (x, HH, WW, pad, stride) -> cols
    x : ndarray (K, N, C, H, W)
        K batches.
    window : (HH, WW, pad, stride)
    places : ndarray (K, P) of int
        Where in cols, row by row.

    Returns
    -------
    ndarray (K, P), dtype of cols
    """
    columns = (im2col(one, *window) for one in x)
    return np.array([cols.ravel()[here] for cols, here in zip(columns, places)])


def pixels_of_products(col2im, shape, window, lefts, rights):
    """Turn columns left[:, None] * right into pictures, several times.

    Parameters
    ----------
    col2im : callable, (cols, N, C, H, W, HH, WW, pad, stride) -> (N, C, H, W)
    shape : (N, C, H, W)
    window : (HH, WW, pad, stride)
    lefts : ndarray (K, rows)
    rights : ndarray (K, places)

    Returns
    -------
    ndarray (K, N, C, H, W)
    """
    return np.array([col2im(np.outer(*pair), *shape, *window) for pair in zip(lefts, rights)])
