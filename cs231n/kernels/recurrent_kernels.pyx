# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Recurrent networks, compiled: see recurrent_kernels.h; checks and twins: fast_recurrent.py."""

from cpython.pycapsule cimport PyCapsule_GetPointer
import numpy as np

from cs231n.kernels.conv_kernels import RUN
from cs231n.kernels.memory import filled, give_back, panels_of, take


cdef extern from "recurrent_kernels.h" nogil:
    enum: CELL, KEPT, MOST_TILE
    ctypedef void (*Run)(void (*task)(void *, long, int), void *job, long count, int threads)
    ctypedef const void *Given
    ctypedef void *Made
    ctypedef const long *Numbers
    ctypedef struct Gradient:
        Given x, h, h0
        Numbers order, counts, offset
        Made panels, packed, dWx, dWh, db
        long N, T, D, H, G, W, terms
    ctypedef struct Recurrence:
        Given x, h0, Wx, Wh, b, added, dh
        Made h, kept, weights, packed, dx, dh0, dc, dadded
        Numbers order, counts, starts, offset
        Gradient gradient
        long N, T, D, H, G
        int cell, every
    ctypedef struct Words:
        Given h, W, b
        Numbers rows, words, offset
        Made dh, weights, back, scratch, sums, of_right
        Gradient gradient
        long R, H, V, tiles, tile, scratch_size
        double share
    ctypedef struct Sums:
        Given source
        Made to
        Numbers places
        long count, width
    long vector_length(int is_double, long columns)
    void recurrence_forward(Run, Recurrence *, int is_double, int threads)
    void recurrence_backward(Run, Recurrence *, int is_double, int threads)
    void softmax_words(Run, Words *, int is_double, int threads)
    void add_rows(Run, Sums *, int is_double, int threads)


cdef Run run = <Run>PyCapsule_GetPointer(RUN, NULL)  # the one pool of threads, in conv_kernels
CELLS = {"tanh": 0, "relu": 1, "lstm": 2}
CELL_KEPT = CELL  # where the state of an LSTM's cell stands in what is kept

cdef void *at(array) noexcept:
    """Give the address of the first number of a contiguous array, or NULL for None."""
    return NULL if array is None else <void *><size_t>array.ctypes.data


cdef Recurrence sizes(cell, x, h0, Wx, Wh, added, plan):
    """Gather what both directions need to know."""
    cdef Recurrence job
    job.cell = CELLS[cell]
    (job.N, job.T, job.D), job.H, job.G = x.shape, h0.shape[1], 4 if cell == "lstm" else 1
    job.x, job.h0, job.Wx, job.Wh = at(x), at(h0), at(Wx), at(Wh)
    job.every = added is not None and added.ndim == 3
    job.order, job.counts = <Numbers>at(plan[0]), <Numbers>at(plan[2])
    job.starts = <Numbers>at(plan[3])
    return job


def forward(cell, x, h0, Wx, Wh, b, added, c0, plan, int threads):
    """All steps forward: h (N, T, H), and what the way back needs of each, for an LSTM."""
    cdef Recurrence job = sizes(cell, x, h0, Wx, Wh, added, plan)
    cdef long is_double = x.dtype == np.float64, L = vector_length(is_double, job.H)
    cdef long K = job.D + job.H, units = -(-job.H // L)
    h = filled(plan, (job.N, job.T, job.H), x.dtype)
    kept = np.empty((units, job.T + 1, job.N, KEPT if cell == "lstm" else 0, L), dtype=x.dtype)
    if cell == "lstm":
        kept[:, 0, :, CELL] = panels_of(c0[plan[0]], L)
    memory, (weights, packed) = take(x.dtype, Wxh=(units, job.G, K, L), xh=(job.T, job.N, K))
    offset = np.arange(K, dtype="l") * L  # of rows in a panel
    job.b, job.added, job.h, job.kept = at(b), at(added), at(h), at(kept)
    job.weights, job.packed, job.offset = at(weights), at(packed), <Numbers>at(offset)
    with nogil:
        recurrence_forward(run, &job, is_double, threads)
    give_back(memory)
    return h, kept


def backward(cell, dh, dc, x, h0, Wx, Wh, added, plan, h, kept, int threads):
    """All steps back, and the derivatives by everything; dc, in panels, becomes that by c0."""
    cdef Recurrence job = sizes(cell, x, h0, Wx, Wh, added, plan)
    cdef long is_double = x.dtype == np.float64, L = vector_length(is_double, job.H)
    cdef long K = job.G * job.H, terms = plan[3][job.T]
    units, inputs = -(-job.H // L), -(-job.D // L)
    dx, db = filled(plan, x.shape, x.dtype), np.empty(K, dtype=x.dtype)
    dh0, dWx, dWh = (np.empty_like(like) for like in (h0, Wx, Wh))
    dadded = None if added is None else np.zeros_like(added)
    memory, (weights, packed, panels, turned) = take(
        x.dtype, weights=(units + inputs, K, L), packed=(2, job.N, K),
        panels=(job.G, units, terms, L), turned=(job.D + job.H + 1, terms))
    offset = np.arange(max(K, terms), dtype="l") * L  # of rows in a panel
    job.dh, job.h, job.kept, job.dx, job.dh0 = at(dh), at(h), at(kept), at(dx), at(dh0)
    job.weights, job.packed, job.dc, job.dadded = at(weights), at(packed), at(dc), at(dadded)
    job.offset = <Numbers>at(offset)
    job.gradient = Gradient(
        at(x), at(h), at(h0), job.order, job.counts, job.offset, at(panels), at(turned), at(dWx),
        at(dWh), at(db), job.N, job.T, job.D, job.H, job.G, job.H, terms)
    with nogil:
        recurrence_backward(run, &job, is_double, threads)
    give_back(memory)
    return dx, dh0, dWx, dWh, db, dadded


def words(h, W, b, rows, right, double share, int threads):
    """Sums of exponentials and scores of the right words of some rows of h; dh, dW and db."""
    cdef Words job
    (job.H, job.V), job.R, job.share = W.shape, len(rows), share
    cdef long is_double = h.dtype == np.float64, L = vector_length(is_double, job.V)
    job.tiles = threads * -(-job.R // (MOST_TILE * threads))  # as many for each thread
    job.tile = -(-job.R // job.tiles)
    job.scratch_size = -(-job.tile * (job.H + job.V) // 16) * 16
    vectors, states = -(-job.V // L), -(-job.H // L)
    dh, dW, db = np.zeros(h.shape, dtype=h.dtype), np.empty_like(W), np.empty_like(b)
    sums, of_right = np.empty(job.R, dtype=h.dtype), np.empty(job.R, dtype=h.dtype)
    memory, (weights, back, panels, turned, scratch) = take(
        h.dtype, weights=(vectors, job.H, L), back=(states, job.V, L), panels=(vectors, job.R, L),
        turned=(job.H + 1, job.R), scratch=(threads, job.scratch_size))
    offset = np.arange(max(job.V, job.H, job.R), dtype="l") * L  # of rows in a panel
    job.h, job.W, job.b, job.dh = at(h), at(W), at(b), at(dh)
    job.rows, job.words, job.offset = <Numbers>at(rows), <Numbers>at(right), <Numbers>at(offset)
    job.weights, job.back, job.scratch = at(weights), at(back), at(scratch)
    job.sums, job.of_right = at(sums), at(of_right)
    job.gradient = Gradient(
        at(h), NULL, NULL, job.rows, &job.R, job.offset, at(panels), at(turned), at(dW), NULL,
        at(db), job.R, 1, job.H, 0, 1, job.V, job.R)
    with nogil:
        softmax_words(run, &job, is_double, threads)
    give_back(memory)
    return sums, of_right, dh, dW, db


def sum_rows(rows, places, to, int threads):
    """Add each row to the row of `to` that stands at its place."""
    cdef Sums job
    cdef int is_double = to.dtype == np.float64
    job.source, job.to, job.places = at(rows), at(to), <Numbers>at(places)
    job.count, job.width = len(places), to.shape[1]
    with nogil:
        add_rows(run, &job, is_double, threads)
