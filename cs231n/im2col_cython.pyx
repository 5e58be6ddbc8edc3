# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""im2col and col2im, compiled. Their NumPy twins are in `cs231n.im2col`, with the same results."""

from cython cimport floating

import numpy as np

from cs231n.windows import count_places, pad_batch_last, unpad_batch_last


def im2col_cython(x, HH, WW, pad, stride):
    """Write what a filter sees at each of its places into a column.

    cols[(c, i, j), (oh, ow, n)] = padded[n, c, oh * stride + i, ow * stride + j]

    Parameters
    ----------
    x : ndarray (N, C, H, W) of float32 or float64
    HH, WW, pad, stride : int

    Returns
    -------
    ndarray (C * HH * WW, OH * OW * N), dtype of x
    """
    N, C, H, W = x.shape
    OH, OW = count_places(H, W, HH, WW, pad, stride)
    cols = np.empty((C, HH, WW, OH, OW, N), dtype=x.dtype)
    if x.dtype == np.float32:
        read_windows[float](pad_batch_last(x, pad), cols, stride)
    else:
        read_windows[double](pad_batch_last(x, pad), cols, stride)
    return cols.reshape(C * HH * WW, OH * OW * N)


def col2im_cython(cols, N, C, H, W, HH, WW, pad, stride):
    """Add each column back to the pixels it was read from: the transpose of `im2col_cython`.

    dpadded[n, c, oh * stride + i, ow * stride + j] += cols[(c, i, j), (oh, ow, n)]

    Parameters
    ----------
    cols : ndarray (C * HH * WW, OH * OW * N) of float32 or float64
    N, C, H, W, HH, WW, pad, stride : int

    Returns
    -------
    ndarray (N, C, H, W), dtype of cols
    """
    OH, OW = count_places(H, W, HH, WW, pad, stride)
    windows = np.ascontiguousarray(cols).reshape(C, HH, WW, OH, OW, N)
    dpadded = np.zeros((C, H + 2 * pad, W + 2 * pad, N), dtype=cols.dtype)
    if cols.dtype == np.float32:
        add_windows[float](windows, dpadded, stride)
    else:
        add_windows[double](windows, dpadded, stride)
    return unpad_batch_last(dpadded, pad)


cdef void read_windows(
    const floating[:, :, :, ::1] padded, floating[:, :, :, :, :, ::1] cols, Py_ssize_t stride
) noexcept:
    """cols[c, i, j, oh, ow, n] = padded[c, oh * stride + i, ow * stride + j, n]"""
    cdef Py_ssize_t c, i, j, oh, ow, n
    with nogil:
        for c in range(cols.shape[0]):
            for i in range(cols.shape[1]):
                for j in range(cols.shape[2]):
                    for oh in range(cols.shape[3]):
                        for ow in range(cols.shape[4]):
                            for n in range(cols.shape[5]):
                                cols[c, i, j, oh, ow, n] = padded[
                                    c, oh * stride + i, ow * stride + j, n
                                ]


cdef void add_windows(
    const floating[:, :, :, :, :, ::1] cols, floating[:, :, :, ::1] dpadded, Py_ssize_t stride
) noexcept:
    """dpadded[c, oh * stride + i, ow * stride + j, n] += cols[c, i, j, oh, ow, n]"""
    cdef Py_ssize_t c, i, j, oh, ow, n
    with nogil:
        for c in range(cols.shape[0]):
            for i in range(cols.shape[1]):
                for j in range(cols.shape[2]):
                    for oh in range(cols.shape[3]):
                        for ow in range(cols.shape[4]):
                            for n in range(cols.shape[5]):
                                dpadded[c, oh * stride + i, ow * stride + j, n] += cols[
                                    c, i, j, oh, ow, n
                                ]
