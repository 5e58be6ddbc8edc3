"""Windows, columns and one product agree with each other, and with examples done by hand."""

import numpy as np
import pytest

from cs231n import fast_layers, strides
from cs231n.im2col import im2col

pytestmark = pytest.mark.assignment2

SHAPES = [  # x, w, stride, pad
    ((2, 3, 7, 5), (4, 3, 3, 3), 1, 1),
    ((2, 3, 8, 7), (4, 3, 2, 3), 2, 0),
    ((1, 1, 4, 9), (1, 1, 4, 1), 3, 2),
    ((3, 2, 5, 6), (5, 2, 1, 1), 1, 0),
]
POOLS = [(2, 2, 2), (3, 2, 1), (2, 3, 3)]


def draw(x, w, dtype=np.float64):
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape).astype(dtype) for shape in (x, w, w[:1])]


def test_windows_of_a_small_picture():
    x = np.arange(12.0).reshape(1, 1, 3, 4)
    windows = strides.windows_view(x, 2, 2, 1)
    assert windows.shape == (1, 1, 2, 3, 2, 2)
    assert windows[0, 0, 1, 2].tolist() == [[6, 7], [10, 11]]


def test_layout_of_a_small_picture():
    layout = strides.windows_layout((1, 1, 3, 4), (96, 96, 32, 8), 2, 2, 2)
    assert layout == ((1, 1, 1, 2, 2, 2), (96, 96, 64, 16, 32, 8))


@pytest.mark.parametrize("step", [1, 2, 3])
def test_windows_are_numpys(step):
    x = np.random.default_rng(1).normal(size=(7, 9, 2, 3)).transpose(2, 3, 0, 1)[:, :, ::-1]
    every = np.lib.stride_tricks.sliding_window_view(x, (3, 2), axis=(2, 3))
    assert np.array_equal(strides.windows_view(x, 3, 2, step), every[:, :, ::step, ::step])


def test_windows_are_a_view_that_cannot_be_written():
    x = np.zeros((1, 1, 3, 3))
    windows = strides.windows_view(x, 2, 2, 1)
    assert np.shares_memory(windows, x)
    with pytest.raises(ValueError, match="read-only"):
        windows[...] = 1


@pytest.mark.parametrize("sign", [1, -1])
def test_a_layout_that_leaves_the_picture_is_refused(monkeypatch, sign):
    def too_far(x_shape, x_strides, HH, WW, stride):
        return (1, 1, 2, 2, 2, 2), (0, 0, 32, 8, 32, sign * 64)

    monkeypatch.setattr(strides, "windows_layout", too_far)
    with pytest.raises(ValueError, match="bytes beyond the 128 bytes of x"):
        strides.windows_view(np.zeros((1, 1, 4, 4)), 2, 2, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("x", "w", "stride", "pad"), SHAPES)
def test_three_ways_forward_agree(x, w, stride, pad, dtype):
    arrays, param = draw(x, w, dtype), {"stride": stride, "pad": pad}
    expected, _ = fast_layers.conv_forward_strides(*arrays, param)
    tol = 1e-12 if dtype == np.float64 else 1e-5
    for forward in (strides.conv_forward_windows, strides.conv_forward_by_product):
        out, _ = forward(*arrays, param)
        assert out.dtype == dtype
        np.testing.assert_allclose(out, expected, rtol=tol, atol=tol)


@pytest.mark.parametrize(("x", "w", "stride", "pad"), SHAPES)
def test_backward_agrees_with_the_fast_layers(x, w, stride, pad):
    arrays, param = draw(x, w), {"stride": stride, "pad": pad}
    out, cache = strides.conv_forward_by_product(*arrays, param)
    dout = np.random.default_rng(2).normal(size=out.shape)
    expected = fast_layers.conv_backward_fast(dout, (*arrays, param))
    for got, wanted in zip(strides.conv_backward_by_product(dout, cache), expected):
        np.testing.assert_allclose(got, wanted, atol=1e-12)


def test_columns_may_come_from_another_function():
    arrays, param = draw(*SHAPES[0][:2]), {"stride": 1, "pad": 1}
    out, _ = strides.conv_forward_by_product(*arrays, param, im2col=im2col)
    assert np.array_equal(out, strides.conv_forward_by_product(*arrays, param)[0])


@pytest.mark.parametrize(("HH", "WW", "stride"), POOLS)
def test_pooling_agrees_with_the_fast_layers(HH, WW, stride):
    x = np.random.default_rng(3).integers(4, size=(2, 3, 8, 7)).astype(np.float32)  # with ties
    param = {"pool_height": HH, "pool_width": WW, "stride": stride}
    out, cache = strides.max_pool_forward_windows(x, param)
    expected, fast = fast_layers.max_pool_forward_fast(x, param)
    assert np.array_equal(out, expected)
    dout = np.random.default_rng(4).normal(size=out.shape).astype(np.float32)
    dx = strides.max_pool_backward_windows(dout, cache)
    assert dx.dtype == np.float32
    np.testing.assert_allclose(dx, fast_layers.max_pool_backward_fast(dout, fast), atol=1e-6)


def test_cost_of_a_small_convolution():
    # 2 filters of 3 numbers at 4 places; 4 + 2 numbers in x, 6 in w, 2 in b, 8 in out
    x, w, param = (1, 1, 1, 6), (2, 1, 1, 3), {"stride": 1, "pad": 0}
    assert strides.conv_cost(x, w, param) == (2 * 2 * 3 * 4, 4 * (6 + 6 + 2 + 8))
    assert strides.conv_cost(x, w, param, 8, columns=True)[1] == 8 * (6 + 6 + 2 + 8 + 2 * 12)
