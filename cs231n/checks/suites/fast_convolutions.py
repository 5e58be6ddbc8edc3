"""Checks of the notebook `fast_convolutions`: windows, columns, one product, and what they cost."""

import numpy as np

from cs231n.checks.api import ROUNDING32, assert_close, assert_that, exercise, kind, oracle, take
from cs231n.checks.judge import kernels  # noqa: F401  registers those of the kernels
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.loops import require_no_loop
from cs231n.im2col import im2col_indices

SIZES = ("pictures", "channels", "rows", "columns", "filters")


def forward_by_windows(student):
    return student.strides.conv_forward_windows


def forward_by_product(student):
    return student.strides.conv_forward_by_product


def draw_convolution(rng, x=(2, 3, 7, 5), w=(4, 3, 3, 2)):
    """Draw (x, w, b) of a convolution: all dimensions differ."""
    return rng.normal(size=x), rng.normal(size=w), rng.normal(size=w[0])


def param(stride, pad):
    return {"stride": stride, "pad": pad}


def pool_param(HH, WW, stride):
    return {"pool_height": HH, "pool_width": WW, "stride": stride}


# --- where windows lie


@exercise("windows-layout", weight=2)
def shape_and_strides_of_contiguous_pictures(student, rng):
    require_layout(student, np.zeros((2, 3, 9, 7)), 4, 3, 2)


@exercise("windows-layout")
def windows_at_every_pixel(student, rng):
    require_layout(student, np.zeros((2, 3, 6, 5), dtype=np.float32), 3, 2, 1)


@exercise("windows-layout")
def rows_need_not_be_neighbours_in_memory(student, rng):
    last = np.zeros((9, 7, 2, 3)).transpose(2, 3, 0, 1)
    require_layout(student, last, 2, 3, 2)
    require_layout(student, np.zeros((2, 3, 20, 9))[:, :, ::2], 3, 2, 3)


def require_layout(student, x, HH, WW, stride):
    """Require shape and strides of the windows of x, and name common slips."""
    result = student.strides.windows_layout(x.shape, x.strides, HH, WW, stride)
    shape, strides = take(result, "shape", "strides")
    expected_shape, expected = oracle.layout_of_windows(x.shape, x.strides, HH, WW, stride)
    require_numbers(shape, expected_shape, "shape", [])
    outer, pixel = list(x.strides[:2]), list(x.strides[2:])
    window = [stride * step for step in pixel]
    side_by_side = [HH * pixel[0], WW * pixel[1]]
    slips = [
        ([step // x.itemsize for step in expected], "Strides count bytes, as x.strides does."),
        (outer + pixel + pixel, "The next window begins `stride` pixels further, not one."),
        (
            outer + window + window,
            "Within a window the next row is one row of the picture further: `stride` is the step "
            "between windows.",
        ),
        (outer + pixel + window, "The steps of windows and those within are swapped."),
        (
            outer + side_by_side + pixel,
            "Windows are `stride` apart, whatever their size: they may overlap.",
        ),
    ]
    require_numbers(strides, expected, "strides", slips)


def require_numbers(got, expected, what, slips):
    """Require a tuple of whole numbers."""
    whole = isinstance(got, tuple | list) and all(type(number) is int for number in got)
    assert_that(whole, f"{what} should be a tuple of 6 whole numbers.", str(expected), kind(got))
    for value, sentence in slips:
        wrong = list(got) == value and value != list(expected)
        assert_that(not wrong, sentence, str(tuple(expected)), str(tuple(got)), what)
    right = list(got) == list(expected)
    assert_that(right, f"{what} is wrong.", str(tuple(expected)), str(tuple(got)), what)


# --- forward, by a view and by a product


def check_forward(name, forward_of, mixed):
    """Register the checks of a convolution forward; `mixed` are slips that only this way invites.

    Parameters
    ----------
    name : str
        The exercise.
    forward_of : callable
        student -> the student's function.
    mixed : callable
        expected out -> list of (value, sentence).
    """

    def require_out(student, rng, stride, pad, **shapes):
        x, w, b = draw_convolution(rng, **shapes)
        out, _ = take(forward_of(student)(x, w, b, param(stride, pad)), "out", "cache")
        expected = oracle.convolve(x, w, b, stride, pad)
        flipped = oracle.convolve(x, w[:, :, ::-1, ::-1], b, stride, pad)
        slips = [
            (expected - b.reshape(-1, 1, 1), "The bias is missing: one number a filter."),
            (flipped, "The filter is turned round: w[i, j] meets the pixel i below and j right."),
            *mixed(expected),
        ]
        assert_no_mistake(out, expected, "out", slips)

    @exercise(name, weight=3)
    def out_is_the_sum_over_each_window(student, rng):
        require_out(student, rng, stride=1, pad=1)

    @exercise(name)
    def without_padding(student, rng):
        require_out(student, rng, stride=1, pad=0, x=(3, 2, 5, 4), w=(5, 2, 2, 3))

    @exercise(name)
    def steps_of_two_and_three(student, rng):
        require_out(student, rng, stride=2, pad=2)
        require_out(student, rng, stride=3, pad=1, x=(2, 3, 10, 7))

    @exercise(name)
    def single_precision_stays_single(student, rng):
        x, w, b = (array.astype(np.float32) for array in draw_convolution(rng))
        out, _ = take(forward_of(student)(x, w, b, param(1, 1)), "out", "cache")
        expected = oracle.convolve(*(a.astype(np.float64) for a in (x, w, b)), 1, 1)
        assert_close(out, expected.astype(np.float32), "out", ROUNDING32)

    @exercise(name, weight=2, local=True)
    def no_loops(student, rng):
        x, w, b = draw_convolution(rng)
        out, _ = take(forward_of(student)(x, w, b, param(1, 1)), "out", "cache")
        assert_close(out, oracle.convolve(x, w, b, 1, 1), "out")
        count = student.checks.beside.steps.count_steps

        def measure(N, C, H, W, F):
            drawn = draw_convolution(rng, (N, C, H, W), (F, C, 3, 2))
            return count(forward_of(student), *drawn, param(1, 1))

        require_no_loop(measure, (2, 3, 6, 5, 4), 30, SIZES)


def order_of_the_product(expected):
    """What comes out where the axes of the product are taken for (N, F, OH, OW) as they stand."""
    sentence = (
        "The numbers are right and in the wrong places: the product's axes are F and (OH, OW, N), "
        "pictures last. Reshape to those, then transpose."
    )
    flat = expected.transpose(1, 2, 3, 0)
    F, OH, OW, N = flat.shape
    return [
        (flat.reshape(expected.shape), sentence),
        (flat.reshape(F, N, OH, OW).transpose(1, 0, 2, 3), sentence),
    ]


check_forward("conv-windows", forward_by_windows, lambda expected: [])
check_forward("conv-product-forward", forward_by_product, order_of_the_product)


# --- backward, by two products


@exercise("conv-product-backward", weight=3)
def derivatives_are_those_of_the_loops(student, rng):
    require_gradients(student, rng, stride=1, pad=1)


@exercise("conv-product-backward")
def derivatives_without_padding(student, rng):
    require_gradients(student, rng, stride=1, pad=0, x=(3, 2, 5, 4), w=(5, 2, 2, 3))


@exercise("conv-product-backward")
def derivatives_where_steps_leave_pixels_out(student, rng):
    require_gradients(student, rng, stride=2, pad=1, x=(2, 3, 8, 7), w=(4, 3, 3, 2))
    require_gradients(student, rng, stride=3, pad=0, x=(2, 3, 9, 8), w=(4, 3, 2, 2))


@exercise("conv-product-backward")
def single_precision_stays_single_on_the_way_back(student, rng):
    require_gradients(student, rng, stride=1, pad=1, dtype=np.float32)


@exercise("conv-product-backward", weight=2, local=True)
def no_loops_over_pictures_or_places(student, rng):
    require_gradients(student, rng, stride=1, pad=1)
    count = student.checks.beside.steps.count_steps

    def measure(N, C, H, W, F):
        x, w, _ = draw_convolution(rng, (N, C, H, W), (F, C, 3, 2))
        cache = (x.shape, w, param(1, 1), im2col_indices(x, 3, 2, 1, 1))
        dout = rng.normal(size=(N, F, H, W + 1))
        return count(student.strides.conv_backward_by_product, dout, cache)

    require_no_loop(measure, (2, 3, 6, 5, 4), 30, SIZES)


def require_gradients(student, rng, stride, pad, dtype=np.float64, **shapes):
    """Require dx, dw and db, given the columns that the forward pass leaves."""
    x, w, b = (array.astype(dtype) for array in draw_convolution(rng, **shapes))
    cols = im2col_indices(x, *w.shape[2:], pad, stride)
    wide = [array.astype(np.float64) for array in (x, w, b)]
    dout = rng.normal(size=oracle.convolve(*wide, stride, pad).shape).astype(dtype)
    cache = (x.shape, w, param(stride, pad), cols)
    result = student.strides.conv_backward_by_product(dout, cache)
    dx, dw, db = take(result, "dx", "dw", "db")
    gradients = oracle.convolution_gradients(*wide[:2], dout.astype(np.float64), stride, pad)
    expected_dx, expected_dw, expected_db = (array.astype(dtype) for array in gradients)
    tol = 1e-9 if dtype == np.float64 else ROUNDING32
    mean = "This is divided by the number of pictures: the loss has done that already."
    order = (
        "dw mixes numbers of different places: bring dout into the order of the columns first, "
        "(F, OH, OW, N)."
    )
    # the order that dout lies in, and pictures before places
    as_it_lies = dout.reshape(len(w), -1) @ cols.T
    pictures_first = dout.transpose(1, 0, 2, 3).reshape(len(w), -1) @ cols.T
    slips = [(wrong.reshape(w.shape), order) for wrong in (as_it_lies, pictures_first)]
    mixed = dout.reshape(len(w), -1).sum(axis=1)
    front = "db mixes filters: dout is (N, F, OH, OW), so move F to the front before reshaping."
    assert_no_mistake(db, expected_db, "db", [(expected_db / len(x), mean), (mixed, front)], tol)
    assert_no_mistake(dw, expected_dw, "dw", [(expected_dw / len(x), mean), *slips], tol)
    assert_close(dx, expected_dx, "dx", tol)


# --- pooling


@exercise("pool-windows-forward", weight=2)
def out_holds_the_largest_of_each_window(student, rng):
    require_largest(student, rng.normal(size=(2, 3, 8, 6)), 2, 3, 2)
    require_largest(student, rng.normal(size=(2, 3, 8, 6)), 2, 2, 2)


@exercise("pool-windows-forward")
def windows_may_overlap_or_leave_pixels_out(student, rng):
    require_largest(student, rng.normal(size=(2, 3, 9, 7)), 3, 2, 1)
    require_largest(student, rng.normal(size=(2, 3, 9, 8)), 2, 2, 3)


@exercise("pool-windows-forward")
def numbers_below_zero_keep_their_precision(student, rng):
    require_largest(student, -rng.uniform(1, 2, size=(2, 3, 6, 4)).astype(np.float32), 3, 2, 2)


@exercise("pool-windows-forward", local=True)
def no_loops_over_windows(student, rng):
    require_largest(student, rng.normal(size=(2, 3, 8, 6)), 2, 2, 2)
    count = student.checks.beside.steps.count_steps

    def measure(*shape):
        x = rng.normal(size=shape)
        return count(student.strides.max_pool_forward_windows, x, pool_param(2, 2, 2))

    require_no_loop(measure, (2, 3, 8, 6), 40, SIZES[:4])


def require_largest(student, x, HH, WW, stride):
    """Require the largest number of each window."""
    result = student.strides.max_pool_forward_windows(x, pool_param(HH, WW, stride))
    out, _ = take(result, "out", "cache")
    expected = oracle.largest_of_windows(x, HH, WW, stride)
    slips = [
        (np.maximum(expected, 0), "Where all numbers of a window are below 0, so is their largest.")
    ]
    assert_no_mistake(out, expected, "out", slips)


@exercise("pool-windows-backward", weight=2)
def the_largest_of_each_window_receives_its_number(student, rng):
    require_received(student, rng, rng.normal(size=(2, 3, 8, 6)), 2, 3, 2)


@exercise("pool-windows-backward", weight=2)
def a_pixel_may_win_in_several_windows(student, rng):
    require_received(student, rng, rng.normal(size=(2, 3, 7, 6)), 3, 2, 1)
    require_received(student, rng, rng.normal(size=(2, 3, 9, 8)), 3, 3, 2)


@exercise("pool-windows-backward", weight=2)
def of_equal_numbers_the_first_receives_all(student, rng):
    require_received(student, rng, rng.integers(2, size=(2, 3, 8, 6)).astype(float), 2, 3, 2)
    require_received(student, rng, rng.integers(2, size=(2, 3, 7, 5)).astype(float), 3, 2, 1)


@exercise("pool-windows-backward")
def windows_may_leave_pixels_out(student, rng):
    require_received(student, rng, rng.normal(size=(2, 3, 9, 8)), 2, 2, 3)


@exercise("pool-windows-backward")
def single_precision_stays_single_through_the_pool(student, rng):
    x = rng.normal(size=(2, 3, 6, 4)).astype(np.float32)
    require_received(student, rng, x, 2, 2, 2)


@exercise("pool-windows-backward", weight=2, local=True)
def no_loops_over_windows_on_the_way_back(student, rng):
    require_received(student, rng, rng.normal(size=(2, 3, 8, 6)), 2, 2, 2)
    count = student.checks.beside.steps.count_steps

    def measure(N, C, H, W):
        x, dout = rng.normal(size=(N, C, H, W)), rng.normal(size=(N, C, H // 2, W // 2))
        cache = (x, pool_param(2, 2, 2))
        return count(student.strides.max_pool_backward_windows, dout, cache)

    require_no_loop(measure, (2, 3, 8, 6), 60, SIZES[:4])


def require_received(student, rng, x, HH, WW, stride):
    """Require dx of a pooling."""
    shape = oracle.largest_of_windows(x, HH, WW, stride).shape
    dout = rng.normal(size=shape).astype(x.dtype)
    dx = student.strides.max_pool_backward_windows(dout, (x, pool_param(HH, WW, stride)))
    expected = oracle.received_by_pixels(x, dout, HH, WW, stride)
    last, every = (oracle.received_by_pixels(x, dout, HH, WW, stride, who) for who in LOSERS)
    slips = [
        (last, "Of equal numbers the first of the window receives, not the last."),
        (every, "Of equal numbers only the first of the window receives, and it receives all."),
    ]
    assert_no_mistake(dx, expected, "dx", slips)


LOSERS = ("last", "every")


# --- what it costs


@exercise("conv-cost", weight=2)
def operations_are_two_for_each_product(student, rng):
    for x, w, stride, pad in COSTS:
        flops, _ = take(student.strides.conv_cost(x, w, param(stride, pad)), "flops", "moved")
        expected, _ = oracle.cost_of_convolution(x, w, stride, pad, 4, False)
        slips = [(expected // 2, "A product and its sum are two operations.")]
        require_count(flops, expected, "flops", slips)


@exercise("conv-cost")
def every_number_is_moved_once(student, rng):
    for x, w, stride, pad in COSTS:
        for itemsize in (4, 8):
            result = student.strides.conv_cost(x, w, param(stride, pad), itemsize)
            _, moved = take(result, "flops", "moved")
            _, expected = oracle.cost_of_convolution(x, w, stride, pad, itemsize, False)
            slips = [
                (expected // itemsize, "These are numbers; each has `itemsize` bytes."),
                (expected - w[0] * itemsize, "b is read, too: one number a filter."),
            ]
            require_count(moved, expected, "moved", slips)


@exercise("conv-cost")
def columns_are_written_and_read(student, rng):
    for x, w, stride, pad in COSTS:
        result = student.strides.conv_cost(x, w, param(stride, pad), 4, True)
        _, moved = take(result, "flops", "moved")
        _, expected = oracle.cost_of_convolution(x, w, stride, pad, 4, True)
        _, without = oracle.cost_of_convolution(x, w, stride, pad, 4, False)
        half = (expected + without) // 2
        slips = [
            (half, "Columns are moved twice: im2col writes them, and the product reads them."),
            (without, "With columns=True the columns are moved, too."),
        ]
        require_count(moved, expected, "moved", slips)


COSTS = [((2, 3, 9, 7), (5, 3, 4, 2), 1, 1), ((4, 2, 11, 8), (3, 2, 2, 3), 3, 0)]


def require_count(got, expected, what, slips):
    """Require a whole number, of any type that holds one."""
    number = isinstance(got, int | float | np.integer | np.floating) and not isinstance(got, bool)
    assert_that(number, f"{what} should be one number.", str(expected), kind(got), what)
    for value, sentence in slips:
        wrong = got == value and value != expected
        assert_that(not wrong, sentence, str(expected), str(got), what)
    assert_that(got == expected, f"{what} is wrong.", str(expected), str(got), what)
