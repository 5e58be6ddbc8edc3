# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Convolution, compiled. docs/kernels.md explains it; the loops are in conv_kernels_block.h.

Everything is checked by `cs231n.fast_layers` before, whose NumPy functions are the twins.
"""

from cpython.pycapsule cimport PyCapsule_New
from cython cimport floating

import numpy as np

from cs231n.kernels.windows import count_places


cdef extern from "conv_kernels.h" nogil:
    ctypedef struct Convolution:
        long N, C, H, W, F, HH, WW, OH, OW, stride, pad
    int c_forward "conv_forward"(
        const Convolution *, const void *x, const void *w, const void *b, void *out,
        int is_double, int threads)
    int c_backward_pictures "conv_backward_pictures"(
        const Convolution *, const void *dout, const void *w, void *dx,
        int is_double, int threads)
    int c_backward_filters "conv_backward_filters"(
        const Convolution *, const void *dout, const void *x, void *dw, void *db,
        int is_double, int threads)
    void run_alone(void (*task)(void *, long, int), void *job, long count, int threads)


RUN = PyCapsule_New(<void *>run_alone, NULL, NULL)  # the pool of threads, for layer_kernels


def conv_forward(x, w, b, stride, pad, threads):
    """Convolve pictures x (N, C, H, W) with filters w (F, C, HH, WW); b (F,) is added."""
    cdef Convolution conv = sizes(x.shape, w.shape, stride, pad)
    out = np.empty((conv.N, conv.F, conv.OH, conv.OW), dtype=x.dtype)
    x, w, b = map(np.ascontiguousarray, (x, w, b))
    if x.dtype == np.float32:
        forward[float](&conv, x, w, b, out, threads)
    else:
        forward[double](&conv, x, w, b, out, threads)
    return out


def conv_backward_pictures(dout, w, x_shape, stride, pad, threads):
    """Give dx, of shape x_shape, for dout (N, F, OH, OW)."""
    cdef Convolution conv = sizes(x_shape, w.shape, stride, pad)
    dx = np.empty(x_shape, dtype=dout.dtype)
    dout, w = map(np.ascontiguousarray, (dout, w))
    if dout.dtype == np.float32:
        backward_pictures[float](&conv, dout, w, dx, threads)
    else:
        backward_pictures[double](&conv, dout, w, dx, threads)
    return dx


def conv_backward_filters(dout, x, w_shape, stride, pad, threads):
    """Give dw, of shape w_shape, and db for dout (N, F, OH, OW)."""
    cdef Convolution conv = sizes(x.shape, w_shape, stride, pad)
    dw, db = np.empty(w_shape, dtype=x.dtype), np.empty(conv.F, dtype=x.dtype)
    dout, x = map(np.ascontiguousarray, (dout, x))
    if x.dtype == np.float32:
        backward_filters[float](&conv, dout, x, dw, db, threads)
    else:
        backward_filters[double](&conv, dout, x, dw, db, threads)
    return dw, db


cdef Convolution sizes(x_shape, w_shape, stride, pad):
    """Gather what the kernels need to know of shapes."""
    cdef Convolution conv
    conv.N, conv.C, conv.H, conv.W = x_shape
    conv.F, conv.C, conv.HH, conv.WW = w_shape
    conv.OH, conv.OW = count_places(conv.H, conv.W, conv.HH, conv.WW, pad, stride)
    conv.stride, conv.pad = stride, pad
    return conv


cdef void forward(
    const Convolution *conv, const floating[:, :, :, ::1] x, const floating[:, :, :, ::1] w,
    const floating[::1] b, floating[:, :, :, ::1] out, int threads
) except *:
    cdef int is_double = sizeof(floating) == 8, done
    with nogil:
        done = c_forward(
            conv, &x[0, 0, 0, 0], &w[0, 0, 0, 0], &b[0], &out[0, 0, 0, 0], is_double, threads)
    check(done)


cdef void backward_pictures(
    const Convolution *conv, const floating[:, :, :, ::1] dout, const floating[:, :, :, ::1] w,
    floating[:, :, :, ::1] dx, int threads
) except *:
    cdef int is_double = sizeof(floating) == 8, done
    with nogil:
        done = c_backward_pictures(
            conv, &dout[0, 0, 0, 0], &w[0, 0, 0, 0], &dx[0, 0, 0, 0], is_double, threads)
    check(done)


cdef void backward_filters(
    const Convolution *conv, const floating[:, :, :, ::1] dout, const floating[:, :, :, ::1] x,
    floating[:, :, :, ::1] dw, floating[::1] db, int threads
) except *:
    cdef int is_double = sizeof(floating) == 8, done
    with nogil:
        done = c_backward_filters(
            conv, &dout[0, 0, 0, 0], &x[0, 0, 0, 0], &dw[0, 0, 0, 0], &db[0], is_double, threads)
    check(done)


cpdef check(bint done):
    """Raise MemoryError where a kernel got no memory."""
    if not done:
        raise MemoryError("conv_kernels: there is no memory for the planes of one strip.")
