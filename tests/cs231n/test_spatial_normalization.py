"""Normalisation of pictures: what has mean 0 and variance 1, derivatives, shapes and precision."""

import numpy as np
import pytest

from cs231n.gradient_check import eval_numerical_gradient_array
from cs231n.normalization import layernorm_forward
from cs231n.spatial_normalization import (
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
    spatial_groupnorm_backward,
    spatial_groupnorm_forward,
)

pytestmark = pytest.mark.assignment2

SHAPE = (3, 6, 4, 5)


@pytest.fixture
def drawn(rng):
    """x, gamma (C,), beta (C,) and dout."""
    x = rng.normal(size=SHAPE) * rng.uniform(1, 5, size=(1, 6, 1, 1)) + rng.normal(
        size=(3, 6, 1, 1)
    )
    return x, rng.uniform(0.5, 2, size=6), rng.normal(size=6), rng.normal(size=SHAPE)


def ones_and_zeros(shape=6):
    return np.ones(shape), np.zeros(shape)


def require_derivatives(forward, back, arrays, dout):
    out, cache = forward(*arrays)
    assert out.shape == SHAPE
    for number, (array, grad) in enumerate(zip(arrays, back(dout, cache), strict=True)):

        def changed(value, number=number):
            return forward(*arrays[:number], value, *arrays[number + 1 :])[0]

        assert grad.shape == array.shape
        numeric = eval_numerical_gradient_array(changed, array.copy(), dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-5, atol=1e-7)


def test_batchnorm_gives_every_channel_mean_0_and_variance_1(drawn):
    param = {"mode": "train", "eps": 0.0, "momentum": 0.25}
    out, _ = spatial_batchnorm_forward(drawn[0], *ones_and_zeros(), param)
    np.testing.assert_allclose(out.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(out.var(axis=(0, 2, 3)), 1)
    np.testing.assert_allclose(param["running_mean"], 0.75 * drawn[0].mean(axis=(0, 2, 3)))
    np.testing.assert_allclose(param["running_var"], 0.75 * drawn[0].var(axis=(0, 2, 3)))


def test_batchnorm_scales_and_shifts_channels(drawn):
    x, gamma, beta, _ = drawn
    plain, _ = spatial_batchnorm_forward(x, *ones_and_zeros(), {"mode": "train"})
    out, _ = spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})
    np.testing.assert_allclose(out, plain * gamma[:, None, None] + beta[:, None, None])


def test_batchnorm_in_testing_takes_each_number_by_itself(drawn, rng):
    x, gamma, beta, _ = drawn
    param = {"mode": "test", "running_mean": rng.normal(size=6), "running_var": np.full(6, 4.0)}
    out, _ = spatial_batchnorm_forward(x, gamma, beta, param)
    one, _ = spatial_batchnorm_forward(x[1:2, :, :1, 2:], gamma, beta, param)
    np.testing.assert_array_equal(one, out[1:2, :, :1, 2:])


def test_batchnorm_of_pictures_that_are_put_in_another_order(drawn):
    x, gamma, beta, dout = drawn
    out, cache = spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})
    dx, *_ = spatial_batchnorm_backward(dout, cache)
    turned, cache = spatial_batchnorm_forward(x[::-1], gamma, beta, {"mode": "train"})
    np.testing.assert_allclose(turned[::-1], out)
    np.testing.assert_allclose(spatial_batchnorm_backward(dout[::-1], cache)[0][::-1], dx)


def test_derivatives_of_batchnorm(drawn):
    def forward(*arrays):
        return spatial_batchnorm_forward(*arrays, {"mode": "train", "eps": 0.1})

    require_derivatives(forward, spatial_batchnorm_backward, drawn[:3], drawn[3])


@pytest.mark.parametrize("G", [1, 2, 3, 6])
def test_groupnorm_gives_neighbouring_channels_mean_0_and_variance_1(drawn, G):
    x, flat = drawn[0], ones_and_zeros((1, 6, 1, 1))
    out, _ = spatial_groupnorm_forward(x, *flat, G, {"eps": 0.0})
    assert out.shape == SHAPE
    for n in range(3):
        for first in range(0, 6, 6 // G):
            group = out[n, first : first + 6 // G]
            np.testing.assert_allclose([group.mean(), group.var()], [0, 1], atol=1e-12)


def test_groupnorm_with_one_group_is_layernorm_of_whole_pictures(drawn):
    x = drawn[0]
    expected, _ = layernorm_forward(x.reshape(3, -1), np.ones(120), np.zeros(120), {"eps": 0.2})
    out, _ = spatial_groupnorm_forward(x, *ones_and_zeros(), 1, {"eps": 0.2})
    np.testing.assert_allclose(out.reshape(3, -1), expected)


@pytest.mark.parametrize("shape", [(6,), (1, 6, 1, 1)])
@pytest.mark.parametrize("G", [2, 3])
def test_derivatives_of_groupnorm_have_the_shapes_of_gamma_and_beta(drawn, G, shape):
    def forward(*arrays):
        return spatial_groupnorm_forward(*arrays, G, {"eps": 0.1})

    x, gamma, beta, dout = drawn
    arrays = [x, gamma.reshape(shape), beta.reshape(shape)]
    require_derivatives(forward, spatial_groupnorm_backward, arrays, dout)


@pytest.mark.parametrize("constant", [0.0, 7.5])
def test_a_constant_picture_gives_beta(constant, drawn):
    _, gamma, beta, dout = drawn
    x, expected = np.full(SHAPE, constant), np.broadcast_to(beta[:, None, None], SHAPE)
    out, cache = spatial_groupnorm_forward(x, gamma, beta, 3, {})
    np.testing.assert_allclose(out, expected)
    assert np.all(np.isfinite(spatial_groupnorm_backward(dout, cache)[0]))
    out, cache = spatial_batchnorm_forward(x, gamma, beta, {"mode": "train"})
    np.testing.assert_allclose(out, expected)
    assert np.all(np.isfinite(spatial_batchnorm_backward(dout, cache)[0]))


def test_both_keep_float32_and_their_inputs(drawn):
    x, gamma, beta, dout = arrays = [array.astype(np.float32) for array in drawn]
    before = [array.copy() for array in arrays]
    param = {"mode": "train"}
    out, cache = spatial_batchnorm_forward(x, gamma, beta, param)
    results = [out, *spatial_batchnorm_backward(dout, cache), *list(param.values())[1:]]
    out, cache = spatial_groupnorm_forward(x, gamma, beta, 2, {})
    results += [out, *spatial_groupnorm_backward(dout, cache)]
    assert {result.dtype for result in results} == {np.dtype(np.float32)}
    for array, then in zip(arrays, before):
        np.testing.assert_array_equal(array, then)


@pytest.mark.parametrize("G", [4, 0, 12])
def test_groupnorm_refuses_groups_that_are_not_equal(drawn, G):
    message = f"6 channels cannot be parted into G = {G} equal groups"
    with pytest.raises(ValueError, match=message):
        spatial_groupnorm_forward(*drawn[:3], G, {})
