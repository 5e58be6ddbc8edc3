# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Max pooling, batch normalisation of pictures and ReLU, compiled; loops in layer_kernels_block.h.

Everything is checked by `cs231n.fast_layers` and `cs231n.kernels.fast_norm` before, where the twins are.
"""

from cpython.pycapsule cimport PyCapsule_GetPointer

import numpy as np

from cs231n.kernels.conv_kernels import RUN


cdef extern from "layer_kernels.h" nogil:
    ctypedef void (*Run)(void (*task)(void *, long, int), void *job, long count, int threads)
    ctypedef struct Pool:
        const void *x
        const void *dout
        void *out
        void *dx
        unsigned char *places
        long planes, H, W, OH, OW, HH, WW, stride
    ctypedef struct Norm:
        const void *x
        const void *dout
        const void *gamma
        const void *beta
        void *out
        void *dx
        void *dgamma
        void *dbeta
        double *mean
        double *variance
        long N, C, area
        double eps
        int given, relu
    ctypedef struct Relu:
        const void *x
        const void *dout
        void *out
        long count
    void c_pool_forward "pool_forward"(Run, Pool *, int is_double, int threads)
    void c_pool_backward "pool_backward"(Run, Pool *, int is_double, int threads)
    void c_norm_forward "norm_forward"(Run, Norm *, int is_double, int threads)
    void c_norm_backward "norm_backward"(Run, Norm *, int is_double, int threads)
    void c_relu_forward "relu_forward"(Run, Relu *, int is_double, int threads)
    void c_relu_backward "relu_backward"(Run, Relu *, int is_double, int threads)


cdef Run run = <Run>PyCapsule_GetPointer(RUN, NULL)  # the one pool of threads, in conv_kernels


cdef const void *start(array) except? NULL:
    """Give the address of the first number of a contiguous array."""
    cdef const unsigned char[::1] numbers = array.reshape(-1).view(np.uint8)
    return &numbers[0]


cdef Pool sizes(x_shape, out_shape, HH, WW, stride):
    """Gather what the pooling kernels need to know of shapes."""
    cdef Pool pool
    pool.planes = x_shape[0] * x_shape[1]
    pool.H, pool.W = x_shape[2:]
    pool.OH, pool.OW = out_shape[2:]
    pool.HH, pool.WW, pool.stride = HH, WW, stride
    return pool


def max_pool_forward(x, out, places, HH, WW, stride, int threads):
    """Write the largest number of each window to out, and its place to places (uint8)."""
    cdef Pool pool = sizes(x.shape, out.shape, HH, WW, stride)
    cdef int is_double = x.dtype == np.float64
    pool.x, pool.out = start(x), <void *>start(out)
    pool.places = <unsigned char *>start(places)
    with nogil:
        c_pool_forward(run, &pool, is_double, threads)


def max_pool_backward(dout, places, dx, HH, WW, stride, int threads):
    """Write to dx what arrives at each pixel."""
    cdef Pool pool = sizes(dx.shape, dout.shape, HH, WW, stride)
    cdef int is_double = dout.dtype == np.float64
    pool.dout, pool.dx = start(dout), <void *>start(dx)
    pool.places = <unsigned char *>start(places)
    with nogil:
        c_pool_backward(run, &pool, is_double, threads)


def norm_forward(x, gamma, beta, double[::1] mean, double[::1] variance, out,
                 bint given, double eps, bint relu, int threads):
    """Normalise x (N, C, H, W) over N, H and W; mean and variance are found, or else given."""
    cdef Norm norm
    cdef int is_double = x.dtype == np.float64
    norm.given, norm.eps, norm.relu = given, eps, relu
    norm.N, norm.C, norm.area = x.shape[0], x.shape[1], x.shape[2] * x.shape[3]
    norm.x, norm.gamma, norm.beta = start(x), start(gamma), start(beta)
    norm.mean, norm.variance, norm.out = &mean[0], &variance[0], <void *>start(out)
    with nogil:
        c_norm_forward(run, &norm, is_double, threads)


def norm_backward(dout, x, gamma, beta, double[::1] mean, double[::1] variance, dx, dgamma, dbeta,
                  bint given, double eps, bint relu, int threads):
    """Go back through norm_forward: write dx, dgamma and dbeta."""
    cdef Norm norm
    cdef int is_double = x.dtype == np.float64
    norm.given, norm.eps, norm.relu = given, eps, relu
    norm.N, norm.C, norm.area = x.shape[0], x.shape[1], x.shape[2] * x.shape[3]
    norm.x, norm.dout, norm.gamma, norm.beta = start(x), start(dout), start(gamma), start(beta)
    norm.mean, norm.variance, norm.dx = &mean[0], &variance[0], <void *>start(dx)
    norm.dgamma, norm.dbeta = <void *>start(dgamma), <void *>start(dbeta)
    with nogil:
        c_norm_backward(run, &norm, is_double, threads)


def relu(x, dout, out, int threads):
    """Write max(x, 0) to out; or, if there is dout, dout where x is above 0."""
    cdef Relu job
    cdef int is_double = x.dtype == np.float64
    job.x, job.out, job.count = start(x), <void *>start(out), x.size
    if dout is None:
        with nogil:
            c_relu_forward(run, &job, is_double, threads)
    else:
        job.dout = start(dout)
        with nogil:
            c_relu_backward(run, &job, is_double, threads)
