"""Hidden checks of the notebook `fast_convolutions`; speed is measured from outside."""

from functools import partial

import numpy as np

from cs231n.checks.api import assert_close, assert_that, exercise, oracle, take
from cs231n.checks.suites.fast_convolutions import (
    draw_convolution,
    forward_by_product,
    forward_by_windows,
    param,
    pool_param,
    require_gradients,
    require_largest,
    require_layout,
    require_received,
)
from cs231n.im2col import im2col_indices
from grading.hidden.speed import LONG, require_quick

SIDE = 247  # a picture has 245 * 245 places of a filter of 3 x 3, which are LONG
LONG_SHAPES = {"pictures": (LONG, 1, 3, 3), "places": (1, 1, SIDE, SIDE)}


@exercise("windows-layout", hidden=True)
def axes_may_run_backwards(student, rng):
    x = np.zeros((2, 3, 9, 7))[:, :, ::-1, ::-1]
    require_layout(student, x, 2, 4, 3)
    sides = rng.integers(5, 12, size=2)
    require_layout(
        student, np.zeros((3, 2, *sides), dtype=np.float32), 5, 1, int(rng.integers(1, 5))
    )


def check_forward(name, forward_of):
    """Register hidden checks of a convolution forward."""

    @exercise(name, hidden=True)
    def one_picture_one_channel_one_filter(student, rng):
        x, w, b = draw_convolution(rng, (1, 1, 4, 9), (1, 1, 4, 1))
        out, _ = take(forward_of(student)(x, w, b, param(2, 0)), "out", "cache")
        assert_close(out, oracle.convolve(x, w, b, 2, 0), "out")

    @exercise(name, weight=2, hidden=True, once=True)
    def long_arrays_take_no_longer_than_numpy(student, rng):
        for what, shape in LONG_SHAPES.items():

            def draw(shape=shape):
                x, w, b = draw_convolution(rng, shape, (2, 1, 3, 3))
                judge = partial(require_taps, x=x, w=w, b=b)
                return partial(forward_of(student), x, w, b, param(1, 0)), judge

            require_quick(student, draw, what)


def require_taps(result, x, w, b):
    """Require out of stride 1 without padding, summed tap by tap."""
    out, _ = take(result, "out", "cache")
    H, W = x.shape[2] - 2, x.shape[3] - 2
    taps = [(i, j, x[:, :, i : i + H, j : j + W]) for i in range(3) for j in range(3)]
    expected = sum(pixels * w[:, 0, i, j][:, None, None] for i, j, pixels in taps)
    assert_close(out, expected + b[:, None, None], "out of long arrays")


check_forward("conv-windows", forward_by_windows)
check_forward("conv-product-forward", forward_by_product)


@exercise("conv-product-forward", hidden=True)
def the_given_columns_are_kept_for_the_way_back(student, rng):
    x, w, b = draw_convolution(rng)
    _, cache = take(forward_by_product(student)(x, w, b, param(2, 1)), "out", "cache")
    assert_that(isinstance(cache, tuple) and len(cache) == 4, "The cache should have four entries.")
    assert_close(cache[3], im2col_indices(x, 3, 2, 1, 2), "the columns in the cache")


@exercise("conv-product-backward", hidden=True)
def derivatives_of_one_picture_and_one_filter(student, rng):
    require_gradients(student, rng, 2, 0, x=(1, 1, 4, 9), w=(1, 1, 4, 1))
    require_gradients(student, rng, 1, 2, x=(1, 2, 3, 4), w=(3, 2, 5, 3))


@exercise("conv-product-backward", weight=2, hidden=True, once=True)
def long_arrays_go_back_as_fast_as_numpy(student, rng):
    for what, shape in LONG_SHAPES.items():

        def draw(shape=shape):
            x, w, _ = draw_convolution(rng, shape, (2, 1, 3, 3))
            places = len(x), 2, shape[2] - 2, shape[3] - 2
            dout = rng.normal(size=places)
            cache = (x.shape, w, param(1, 0), im2col_indices(x, 3, 3, 0, 1))
            judge = partial(require_taps_back, x=x, w=w, dout=dout)
            return partial(student.strides.conv_backward_by_product, dout, cache), judge

        require_quick(student, draw, what)


def require_taps_back(result, x, w, dout):
    """Require dx, dw and db of stride 1 without padding, tap by tap."""
    dx, dw, db = take(result, "dx", "dw", "db")
    H, W = dout.shape[2:]
    expected_dx, expected_dw = np.zeros(x.shape), np.zeros(w.shape)
    for i in range(3):
        for j in range(3):
            seen = x[:, :, i : i + H, j : j + W]
            expected_dw[:, 0, i, j] = (seen * dout).sum(axis=(0, 2, 3))
            back = (dout * w[:, 0, i, j][:, None, None]).sum(axis=1, keepdims=True)
            expected_dx[:, :, i : i + H, j : j + W] += back
    assert_close(db, dout.sum(axis=(0, 2, 3)), "db of long arrays")
    assert_close(dw, expected_dw, "dw of long arrays")
    assert_close(dx, expected_dx, "dx of long arrays")


@exercise("pool-windows-forward", hidden=True)
def a_window_may_cover_the_picture(student, rng):
    require_largest(student, rng.normal(size=(1, 2, 5, 3)), 5, 3, 1)
    require_largest(student, rng.normal(size=(3, 1, 4, 9)), 1, 4, 5)


@exercise("pool-windows-forward", weight=2, hidden=True, once=True)
def long_arrays_are_pooled_as_fast_as_numpy(student, rng):
    for what, shape in pooled_shapes().items():

        def draw(shape=shape):
            x = rng.normal(size=shape)
            call = partial(student.strides.max_pool_forward_windows, x, pool_param(2, 2, 2))
            return call, partial(require_tiles, x=x)

        require_quick(student, draw, what)


def pooled_shapes():
    """Pictures of one window, and one picture of many windows: a turn of a loop is short here."""
    count = 4 * LONG
    side = 2 * int(np.ceil(np.sqrt(count)))
    return {"pictures": (count, 1, 2, 2), "windows": (1, 1, side, side)}


def tiles_of(x):
    """The windows of 2 x 2 as rows, (N, C, OH, OW, 4)."""
    N, C, H, W = x.shape
    tiles = x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5)
    return tiles.reshape(N, C, H // 2, W // 2, 4)


def require_tiles(result, x):
    """Require the largest of windows of 2 x 2 side by side."""
    out, _ = take(result, "out", "cache")
    assert_close(out, tiles_of(x).max(axis=-1), "out of long arrays")


@exercise("pool-windows-backward", hidden=True)
def a_window_that_covers_the_picture_gives_to_one_pixel(student, rng):
    require_received(student, rng, rng.normal(size=(1, 2, 5, 3)), 5, 3, 1)
    require_received(student, rng, rng.integers(3, size=(3, 1, 4, 9)).astype(float), 1, 4, 2)


@exercise("pool-windows-backward", weight=2, hidden=True, once=True)
def long_arrays_receive_as_fast_as_numpy(student, rng):
    for what, shape in pooled_shapes().items():

        def draw(shape=shape):
            x = rng.normal(size=shape)
            dout = rng.normal(size=tiles_of(x).shape[:4])
            cache = (x, pool_param(2, 2, 2))
            call = partial(student.strides.max_pool_backward_windows, dout, cache)
            return call, partial(require_shares, x=x, dout=dout)

        require_quick(student, draw, what)


def require_shares(dx, x, dout):
    """Require that of each window of 2 x 2 the largest has its number, and others nothing."""
    tiles = tiles_of(x)
    expected = np.where(tiles == tiles.max(axis=-1, keepdims=True), dout[..., np.newaxis], 0)
    N, C, OH, OW, _ = expected.shape
    expected = expected.reshape(N, C, OH, OW, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)
    assert_close(dx, expected, "dx of long arrays")
