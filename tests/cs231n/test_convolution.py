"""Convolution and pooling by hand-sized examples, another way of computing, and properties."""

import numpy as np
import pytest

from cs231n.convolution import (
    conv_backward_naive,
    conv_forward_naive,
    max_pool_backward_naive,
    max_pool_forward_naive,
)
from cs231n.fast_layers import (
    conv_backward_fast,
    conv_forward_fast,
    max_pool_backward_fast,
    max_pool_forward_fast,
)
from cs231n.gradient_check import eval_numerical_gradient_array

pytestmark = pytest.mark.assignment2

SHAPES = [  # x, w, stride, pad
    ((2, 3, 7, 5), (4, 3, 3, 2), 1, 1),
    ((3, 2, 4, 6), (5, 2, 2, 3), 1, 0),
    ((2, 3, 9, 7), (4, 3, 3, 3), 2, 1),
    ((1, 1, 10, 6), (3, 1, 4, 2), 3, 2),
    ((1, 2, 3, 3), (2, 2, 3, 3), 2, 0),
]
POOLS = [  # x, window, stride
    ((2, 3, 6, 8), (2, 2), 2),
    ((2, 3, 9, 8), (3, 2), 2),
    ((1, 1, 7, 5), (3, 3), 1),
    ((3, 2, 9, 8), (2, 2), 3),
]


def conv_param(stride, pad):
    return {"stride": stride, "pad": pad}


def pool_param(window, stride):
    return {"pool_height": window[0], "pool_width": window[1], "stride": stride}


def draw(rng, x, w, dtype=np.float64):
    return [rng.normal(size=shape).astype(dtype) for shape in (x, w, w[0])]


def test_a_convolution_by_hand():
    x = np.array([[[[1.0, 2, 3], [4, 5, 6]]]])
    w, b = np.array([[[[1.0, 10], [100, 1000]]]]), np.array([0.5])
    out, _ = conv_forward_naive(x, w, b, conv_param(1, 0))
    np.testing.assert_array_equal(out, [[[[5421.5, 6532.5]]]])
    out, _ = conv_forward_naive(x, w, b, conv_param(2, 1))
    np.testing.assert_array_equal(out, [[[[1000.5, 3200.5], [40.5, 65.5]]]])


def test_the_derivatives_of_a_convolution_by_hand():
    x, w = np.array([[[[1.0, 2, 3]]]]), np.array([[[[10.0, 20]]]])
    _, cache = conv_forward_naive(x, w, np.zeros(1), conv_param(1, 0))
    dx, dw, db = conv_backward_naive(np.array([[[[1.0, 100]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[10, 1020, 2000]]]])
    np.testing.assert_array_equal(dw, [[[[201, 302]]]])
    np.testing.assert_array_equal(db, [101])


@pytest.mark.parametrize(("x", "w", "stride", "pad"), SHAPES)
def test_naive_equals_fast(x, w, stride, pad, rng):
    arrays, param = draw(rng, x, w), conv_param(stride, pad)
    out, cache = conv_forward_naive(*arrays, param)
    fast, fast_cache = conv_forward_fast(*arrays, param)
    np.testing.assert_allclose(out, fast, rtol=1e-10, atol=1e-12)
    dout = rng.normal(size=out.shape)
    for got, expected in zip(
        conv_backward_naive(dout, cache), conv_backward_fast(dout, fast_cache), strict=True
    ):
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("x", "w", "stride", "pad"), SHAPES[:4])
def test_derivatives_are_those_of_the_convolution(x, w, stride, pad, rng):
    arrays, param = draw(rng, x, w), conv_param(stride, pad)
    out, cache = conv_forward_naive(*arrays, param)
    dout = rng.normal(size=out.shape)
    for number, (array, grad) in enumerate(zip(arrays, conv_backward_naive(dout, cache))):

        def changed(value, number=number):
            return conv_forward_fast(*arrays[:number], value, *arrays[number + 1 :], param)[0]

        numeric = eval_numerical_gradient_array(changed, array.copy(), dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-8)


def test_a_convolution_moves_with_its_picture(rng):
    x, w, b = draw(rng, (1, 2, 6, 9), (3, 2, 3, 2))
    out, _ = conv_forward_naive(x, w, b, conv_param(1, 0))
    moved, _ = conv_forward_naive(np.roll(x, 2, axis=3), w, b, conv_param(1, 0))
    np.testing.assert_array_equal(moved[..., 2:], out[..., :-2])


def test_pixels_that_no_filter_sees_get_no_gradient(rng):
    arrays = draw(rng, (2, 3, 8, 7), (4, 3, 3, 2))
    out, cache = conv_forward_naive(*arrays, conv_param(3, 0))
    dx, _, _ = conv_backward_naive(np.ones_like(out), cache)
    assert out.shape == (2, 4, 2, 2)
    assert not dx[:, :, 6:].any()
    assert not dx[..., 2].any()
    assert dx[:, :, :6, :2].all()


def test_a_convolution_keeps_float32_its_inputs_and_its_cache(rng):
    arrays, param = draw(rng, (2, 3, 7, 5), (4, 3, 3, 2), np.float32), conv_param(2, 1)
    before = [array.copy() for array in arrays]
    out, cache = conv_forward_naive(*arrays, param)
    grads = conv_backward_naive(out, cache)
    assert {array.dtype for array in (out, *grads)} == {np.dtype(np.float32)}
    for array, kept, then in zip(arrays, cache, before):
        assert kept is array
        np.testing.assert_array_equal(array, then)
    assert cache[3] is param


WRONG = {
    "channels": (((2, 3, 5, 5), (4, 2, 3, 3), 4), r"w is \(4, 2, 3, 3\); .* with the same C"),
    "one picture": (((3, 5, 5), (4, 3, 3, 3), 4), r"x is \(3, 5, 5\) and w is"),
    "biases": (((2, 3, 5, 5), (4, 3, 3, 3), 3), r"b is \(3,\), but there are 4 filters"),
    "too large": (((2, 3, 5, 5), (4, 3, 9, 3), 4), "a filter of 9 x 3 does not fit"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_convolution_refuses_what_does_not_fit(case):
    shapes, message = WRONG[case]
    with pytest.raises(ValueError, match=message):
        conv_forward_naive(*map(np.zeros, shapes), conv_param(1, 1))


def test_max_pooling_by_hand():
    x = np.array([[[[1.0, 5, 2], [4, 3, 9], [-7, -8, -6]]]])
    out, cache = max_pool_forward_naive(x, pool_param((2, 2), 1))
    np.testing.assert_array_equal(out, [[[[5, 9], [4, 9]]]])
    dx = max_pool_backward_naive(np.array([[[[1.0, 10], [100, 1000]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[0, 1, 0], [100, 0, 1010], [0, 0, 0]]]])


@pytest.mark.parametrize(("x", "window", "stride"), POOLS)
def test_naive_pooling_equals_fast(x, window, stride, rng):
    x, param = rng.normal(size=x), pool_param(window, stride)
    out, cache = max_pool_forward_naive(x, param)
    fast, fast_cache = max_pool_forward_fast(x, param)
    np.testing.assert_array_equal(out, fast)
    dout = rng.normal(size=out.shape)
    dx, expected = max_pool_backward_naive(dout, cache), max_pool_backward_fast(dout, fast_cache)
    np.testing.assert_allclose(dx, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("x", "window", "stride"), POOLS)
def test_the_derivative_of_pooling(x, window, stride, rng):
    x = rng.permutation(np.arange(np.prod(x), dtype=float)).reshape(x)
    out, cache = max_pool_forward_naive(x, pool_param(window, stride))
    dout = rng.normal(size=out.shape)
    numeric = eval_numerical_gradient_array(
        lambda x: max_pool_forward_naive(x, pool_param(window, stride))[0], x.copy(), dout
    )
    np.testing.assert_allclose(max_pool_backward_naive(dout, cache), numeric, atol=1e-7)


def test_of_equal_pixels_the_first_gets_everything():
    x = np.array([[[[0.0, 3, 3], [3, 3, 1]]]])
    _, cache = max_pool_forward_naive(x, pool_param((2, 3), 1))
    dx = max_pool_backward_naive(np.array([[[[7.0]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[0, 7, 0], [0, 0, 0]]]])


def test_pooling_keeps_float32_and_its_input(rng):
    x = -rng.uniform(1, 2, size=(2, 3, 5, 4)).astype(np.float32)
    before, param = x.copy(), pool_param((3, 2), 2)
    out, cache = max_pool_forward_naive(x, param)
    dx = max_pool_backward_naive(out, cache)
    assert (out.dtype, dx.dtype) == (np.float32, np.float32)
    assert cache[0] is x
    assert cache[1] is param
    np.testing.assert_array_equal(x, before)


def test_pooling_refuses_a_window_that_fits_nowhere():
    with pytest.raises(ValueError, match="a filter of 4 x 2 does not fit"):
        max_pool_forward_naive(np.zeros((1, 1, 3, 5)), pool_param((4, 2), 2))
