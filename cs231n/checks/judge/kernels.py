"""Checks of the kernels that students write in Cython, part of the notebook `fast_convolutions`."""

import time
from functools import partial

import numpy as np

from cs231n.checks.api import ROUNDING32, assert_close, assert_that, exercise, oracle
from cs231n.checks.both import kernels
from cs231n.im2col import col2im_indices, im2col_indices
from cs231n.kernels.windows import count_places

from .diagnosis import assert_no_mistake

# (N, C, H, W), HH, WW, pad, stride: all sizes differ
USUAL = ((2, 3, 5, 7), 3, 2, 1, 2)
OTHERS = [
    ((3, 2, 7, 5), 2, 4, 0, 1),
    ((2, 3, 8, 6), 3, 3, 0, 3),
    ((4, 1, 5, 9), 1, 2, 2, 2),
]
# Of so many numbers, loops over Python's numbers take 30 times as long as NumPy; those of a kernel
# that checks every index take as long, to 4 times. Small enough to stay near the processor, so
# that other programs, which keep memory busy, slow both alike.
LONG = ((16, 2, 16, 16), 5, 5, 2, 1)
BATCHES, SAMPLES = 40, 500
SLOWER, TRAVEL = 8, 0.04  # seconds to get there and back
TRIES = 5


def im2col_of(student):
    """The student's im2col_cython."""
    return student.im2col_cython.im2col_cython


def col2im_of(student):
    """The student's col2im_cython."""
    return student.im2col_cython.col2im_cython


def draw(rng, case, dtype=np.float64):
    """Draw pictures x and, of the same window, columns; returns both."""
    x = rng.normal(size=case[0]).astype(dtype)
    return x, rng.normal(size=im2col_indices(x, *case[1:]).shape).astype(dtype)


# --- im2col


@exercise("im2col-cython", weight=2)
def columns_match_the_definition(student, rng):
    for case in (USUAL, OTHERS[1]):
        x, _ = draw(rng, case)
        expected = oracle.columns_of_windows(x, *case[1:])
        assert_no_mistake(
            im2col_of(student)(x, *case[1:]), expected, "cols", im2col_slips(x, *case[1:])
        )


@exercise("im2col-cython")
def other_filters_paddings_and_strides(student, rng):
    for case in OTHERS:
        x, _ = draw(rng, case)
        expected = oracle.columns_of_windows(x, *case[1:])
        assert_close(im2col_of(student)(x, *case[1:]), expected, "cols")


@exercise("im2col-cython")
def columns_of_float32_are_float32(student, rng):
    x, _ = draw(rng, USUAL, np.float32)
    expected = oracle.columns_of_windows(x, *USUAL[1:])
    assert_close(im2col_of(student)(x, *USUAL[1:]), expected, "cols", ROUNDING32)


@exercise("im2col-cython", weight=2)
def columns_come_about_as_fast_as_with_numpy(student, rng):
    shape, *window = LONG
    probe = student.checks.both.kernels.some_of_columns

    def draw_long():
        x = rng.normal(size=(BATCHES, *shape))
        return x, window, rng.integers(np.prod(shape_of_columns(*LONG)), size=(BATCHES, SAMPLES))

    require_compiled(
        student,
        lambda *long: probe(im2col_of(student), *long),
        lambda *long: kernels.some_of_columns(im2col_indices, *long),
        draw_long,
        "numbers of large cols",
    )


def im2col_slips(x, HH, WW, pad, stride):
    """What comes out of common mistakes, and what to say."""
    cols = im2col_indices(x, HH, WW, pad, stride)
    OH, OW = (1 + (x.shape[2 + i] + 2 * pad - (HH, WW)[i]) // stride for i in (0, 1))
    axes = (x.shape[1], HH, WW, OH, OW, len(x))
    dense = im2col_indices(x, HH, WW, pad, 1).reshape(*axes[:3], -1)
    dense = dense.reshape(*axes[:3], x.shape[2] + 2 * pad - HH + 1, -1, len(x))
    six = cols.reshape(axes)
    slips = [
        (dense[:, :, :, :OH, :OW], "The next place is `stride` pixels further: oh * stride + i."),
        (np.zeros(axes), "Nothing has been written into cols."),
        (np.broadcast_to(six[..., :1], axes), "Every picture of the batch has the first's values."),
    ]
    if HH == WW:
        slips.append(
            (six.swapaxes(1, 2), "i counts the filter's rows, j its columns: not so here.")
        )
    return [(value.reshape(cols.shape), words) for value, words in slips]


# --- col2im


@exercise("col2im-cython", weight=2)
def pixels_receive_the_sum_of_their_columns(student, rng):
    for case in (USUAL, OTHERS[0]):
        x, cols = draw(rng, case)
        expected = oracle.sums_of_columns(cols, *case)
        slips = [
            (
                last_of_columns(cols, *case),
                "A pixel that several windows see receives their sum: +=",
            ),
            (np.zeros(x.shape), "Nothing has been added to dpadded."),
        ]
        assert_no_mistake(col2im_of(student)(cols, *case[0], *case[1:]), expected, "dx", slips)


@exercise("col2im-cython")
def other_filters_paddings_and_strides_of_columns(student, rng):
    for case in OTHERS:
        _, cols = draw(rng, case)
        dx = col2im_of(student)(cols, *case[0], *case[1:])
        assert_close(dx, oracle.sums_of_columns(cols, *case), "dx")


@exercise("col2im-cython")
def it_is_the_transpose_of_im2col(student, rng):
    case = ((2, 3, 6, 9), 4, 3, 2, 1)
    x, cols = draw(rng, case)
    dx = col2im_of(student)(cols, *case[0], *case[1:])
    assert_that(dx.shape == x.shape, "dx should have the shape of the pictures.")
    inner = float(np.sum(cols * im2col_indices(x, *case[1:])))
    assert_close(float(np.sum(x * dx)), inner, "sum(x * col2im(cols)), as sum(im2col(x) * cols),")


@exercise("col2im-cython")
def pixels_of_float32_are_float32(student, rng):
    _, cols = draw(rng, USUAL, np.float32)
    dx = col2im_of(student)(cols, *USUAL[0], *USUAL[1:])
    assert_close(dx, oracle.sums_of_columns(cols, *USUAL), "dx", ROUNDING32)


@exercise("col2im-cython", weight=2)
def sums_come_about_as_fast_as_with_numpy(student, rng):
    shape, *window = LONG
    probe = student.checks.both.kernels.pixels_of_products

    def twin(cols, N, C, H, W, *window):
        return col2im_indices(cols, (N, C, H, W), *window)

    require_compiled(
        student,
        lambda *long: probe(col2im_of(student), *long),
        lambda *long: kernels.pixels_of_products(twin, *long),
        lambda: (shape, window, *(rng.normal(size=(BATCHES, n)) for n in shape_of_columns(*LONG))),
        "dx of many columns",
    )


def last_of_columns(cols, shape, HH, WW, pad, stride):
    """What `=` in place of `+=` leaves: the last column that was written."""
    where = im2col_indices(
        np.arange(np.prod(shape), dtype=float).reshape(shape) + 1, HH, WW, pad, stride
    )
    dx = np.zeros(int(np.prod(shape)) + 1)
    for row, pixels in zip(cols, where.astype(int)):  # the padding is pixel 0
        dx[pixels] = row
    return dx[1:].reshape(shape)


def shape_of_columns(shape, HH, WW, pad, stride):
    """The rows and columns that im2col makes of pictures of this shape."""
    N, C, H, W = shape
    OH, OW = count_places(H, W, HH, WW, pad, stride)
    return C * HH * WW, OH * OW * N


def require_compiled(student, call, twin, draw_long, what):
    """Require that the best of a few calls takes not much longer than with NumPy.

    What counts is processor time, of the student's process and of this one, in turn. Inputs are
    new in each call, and what it returns is compared.
    """
    kernel = numpy = np.inf
    for _ in range(TRIES):  # a limit that a moment of noise has raised would let slow loops pass
        numpy = min(numpy, _seconds(twin, draw_long())[0])
    for _ in range(TRIES):
        long = draw_long()
        seconds, expected = _seconds(twin, long)
        numpy = min(numpy, seconds)
        seconds, got = student.measure(partial(call, *long))
        kernel = min(kernel, seconds)
        assert_close(got, expected, what)
        limit = SLOWER * numpy + TRAVEL
        if kernel <= limit:
            return
    assert_that(
        False,
        "The loops are right, but run on Python's numbers: declare every counter with "
        "`cdef Py_ssize_t`, and index the memoryviews number by number.",
        f"at most {limit:.2f} s of a processor's time, {SLOWER} times what NumPy takes and some",
        f"{kernel:.2f} s",
    )


def _seconds(function, arguments):
    """Processor time that a call takes in this process, and what it returns."""
    start = time.process_time()
    result = function(*arguments)
    return time.process_time() - start, result
