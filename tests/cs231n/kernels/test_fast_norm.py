"""Normalised pictures and ReLU: by hand, by definition, by differences."""

import numpy as np
import pytest

from cs231n.kernels.fast_norm import (
    relu_backward_fast,
    relu_forward_fast,
    spatial_batchnorm_backward_fast,
    spatial_batchnorm_forward_fast,
)

pytestmark = pytest.mark.assignment2
X, ONES, ZEROS = np.ones((2, 3, 4, 5)), np.ones(3), np.zeros(3)


def test_channels_have_the_mean_and_spread_that_is_asked_for(rng):
    x = 3 * rng.normal(size=(4, 2, 5, 7)) + 100
    gamma, beta = np.array([2.0, 3.0]), np.array([-1.0, 5.0])
    out, _ = spatial_batchnorm_forward_fast(x, gamma, beta, {"mode": "train", "eps": 0.0})
    np.testing.assert_allclose(out.mean(axis=(0, 2, 3)), beta, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=(0, 2, 3)), gamma, rtol=1e-12)


def test_a_large_mean_takes_no_digits_from_the_variance(rng):
    small = rng.normal(size=(4, 2, 5, 7)).astype(np.float32)
    x = (small + 2**12).astype(np.float32)
    out, _ = spatial_batchnorm_forward_fast(
        x, np.ones(2, np.float32), np.zeros(2, np.float32), {"mode": "train"}
    )
    np.testing.assert_allclose(out.std(axis=(0, 2, 3)), 1, rtol=1e-4)


def test_running_averages_by_hand():
    x = np.array([[[[1.0, 3.0]], [[0.0, 8.0]]]])  # (1, 2, 1, 2): means 2 and 4, variances 1 and 16
    param = {"mode": "train", "momentum": 0.75}
    spatial_batchnorm_forward_fast(x, np.ones(2), np.zeros(2), param)
    np.testing.assert_array_equal(param["running_mean"], [0.5, 1])
    np.testing.assert_array_equal(param["running_var"], [0.25, 4])
    param |= {"mode": "test", "eps": 0.0}
    out, cache = spatial_batchnorm_forward_fast(x, np.array([1.0, 2.0]), np.zeros(2), param)
    np.testing.assert_array_equal(out, [[[[1, 5]], [[-1, 7]]]])
    np.testing.assert_array_equal(param["running_mean"], [0.5, 1])  # testing leaves them alone
    dx, _, dbeta = spatial_batchnorm_backward_fast(np.ones_like(x), cache)
    np.testing.assert_array_equal(dx, [[[[2, 2]], [[1, 1]]]])
    np.testing.assert_array_equal(dbeta, [2, 2])


@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("relu", [False, True])
def test_derivatives_are_those_of_differences(rng, mode, relu):
    x, gamma, beta = rng.normal(size=(3, 2, 2, 3)), rng.normal(size=2), rng.normal(size=2)
    averages = {"running_mean": rng.normal(size=2), "running_var": 1 + rng.random(2)}

    def forward():
        return spatial_batchnorm_forward_fast(
            x, gamma, beta, {"mode": mode, "eps": 1e-2, **averages}, relu=relu
        )

    out, cache = forward()
    dout, step = rng.normal(size=out.shape), 1e-5
    for array, derivative in zip((x, gamma, beta), spatial_batchnorm_backward_fast(dout, cache)):
        for index in np.ndindex(array.shape):
            before, sums = array[index], []
            for array[index] in (before + step, before - step):
                sums.append(np.sum(forward()[0] * dout))
            array[index] = before
            np.testing.assert_allclose(derivative[index], (sums[0] - sums[1]) / 2 / step, atol=1e-7)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_relu_by_hand(dtype):
    x = np.array([-1.0, 0.0, 2.0, np.nan, np.inf, -np.inf], dtype=dtype)
    out, cache = relu_forward_fast(x)
    np.testing.assert_array_equal(out, np.array([0, 0, 2, np.nan, np.inf, 0], dtype), strict=True)
    dx = relu_backward_fast(np.full(6, 5, dtype), cache)
    np.testing.assert_array_equal(dx, np.array([0, 0, 5, 0, 5, 0], dtype), strict=True)


@pytest.mark.parametrize("shape", [(0,), (1,), (33, 2), (5, 7, 40, 50)])
def test_relu_takes_any_shape_and_order(rng, shape):
    x = np.asfortranarray(rng.normal(size=shape))
    out, cache = relu_forward_fast(x)
    np.testing.assert_array_equal(out, np.maximum(x, 0))
    np.testing.assert_array_equal(relu_backward_fast(x, cache), out)


def test_inputs_stay_as_they_are(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    before = x.copy()
    for relu in (False, True):
        out, cache = spatial_batchnorm_forward_fast(x, ONES, ZEROS, {"mode": "train"}, relu=relu)
        dout = np.ones_like(out)
        spatial_batchnorm_backward_fast(dout, cache)
        assert (dout == 1).all()
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((X[0], ONES, ZEROS, {"mode": "train"}), ValueError, r"x has shape \(3, 4, 5\)"),
        ((X, ONES[:2], ZEROS, {"mode": "train"}), ValueError, r"gamma has shape \(2,\); for 3"),
        ((X, ONES, ZEROS[:, None], {"mode": "test"}), ValueError, r"beta has shape \(3, 1\)"),
        ((X, ONES, ZEROS, {"mode": "tset"}), ValueError, "'tset'; it should be 'train' or 'test'"),
        ((X > 0, ONES, ZEROS, {"mode": "train"}), TypeError, "x is of bool; it should be float"),
        ((X, ONES.astype("f4"), ZEROS, {"mode": "train"}), TypeError, "gamma is of float32"),
    ],
)
def test_what_cannot_be_normalised_is_told(arguments, error, message):
    with pytest.raises(error, match=message):
        spatial_batchnorm_forward_fast(*arguments)


def test_upstream_of_another_shape_or_kind_is_told():
    out, cache = spatial_batchnorm_forward_fast(X, ONES, ZEROS, {"mode": "train"})
    with pytest.raises(ValueError, match=r"dout has shape \(2, 3, 4, 1\)"):
        spatial_batchnorm_backward_fast(out[..., :1], cache)
    with pytest.raises(TypeError, match="dout is of float32; it should be float64"):
        spatial_batchnorm_backward_fast(out.astype(np.float32), cache)
    with pytest.raises(TypeError, match="x is of int64; it should be float32 or float64"):
        relu_forward_fast(np.arange(3))
    with pytest.raises(ValueError, match=r"dout has shape \(2,\); it should be \(3,\)"):
        relu_backward_fast(np.zeros(2), np.zeros(3))
