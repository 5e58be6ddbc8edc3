"""Normalised rows: mean and spread, running averages, derivatives, precision, what is refused."""

import numpy as np
import pytest

from cs231n.gradient_check import eval_numerical_gradient_array
from cs231n.normalization import (
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
)

pytestmark = pytest.mark.assignment2


@pytest.fixture
def layer(rng):
    """x (5, 4), gamma and beta."""
    return 3 * rng.normal(size=(5, 4)) + 2, rng.normal(size=4), rng.normal(size=4)


def require_derivatives(forward, backward, arrays, rng):
    out, cache = forward(*arrays)
    dout = rng.normal(size=out.shape)
    for number, (array, grad) in enumerate(zip(arrays, backward(dout, cache), strict=True)):

        def changed(value, number=number):
            return forward(*arrays[:number], value, *arrays[number + 1 :])[0]

        numeric = eval_numerical_gradient_array(changed, array.copy(), dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-9)


def test_a_batch_has_mean_beta_and_spread_gamma(layer):
    x, gamma, beta = layer
    out, _ = batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": 0})
    np.testing.assert_allclose(out.mean(axis=0), beta)
    np.testing.assert_allclose(out.std(axis=0), np.abs(gamma))


@pytest.mark.parametrize("backward", [batchnorm_backward, batchnorm_backward_alt])
@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_derivatives_of_a_batch(layer, backward, eps, rng):
    def forward(*arrays):
        return batchnorm_forward(*arrays, {"mode": "train", "eps": eps})

    require_derivatives(forward, backward, layer, rng)


def test_running_averages_end_near_those_of_all(rng):
    param = {"mode": "train", "momentum": 0.95}
    for _ in range(400):
        x = rng.normal([1, -2, 3], [0.5, 1, 2], size=(100, 3))
        batchnorm_forward(x, np.ones(3), np.zeros(3), param)
    np.testing.assert_allclose(param["running_mean"], [1, -2, 3], atol=0.1)
    np.testing.assert_allclose(param["running_var"], [0.25, 1, 4], rtol=0.1)
    out, _ = batchnorm_forward(x, np.ones(3), np.zeros(3), {**param, "mode": "test"})
    np.testing.assert_allclose(out.std(axis=0), 1, atol=0.25)


def test_testing_writes_the_averages_back_unchanged(layer):
    param = {"mode": "test"}
    out, _ = batchnorm_forward(*layer, param)
    np.testing.assert_array_equal(param["running_mean"], np.zeros(4))
    np.testing.assert_array_equal(param["running_var"], np.zeros(4))
    assert np.all(np.isfinite(out))


@pytest.mark.parametrize("mode", ["train", "test"])
def test_float32_stays_float32(layer, mode):
    x, gamma, beta = (a.astype(np.float32) for a in layer)
    param = {"mode": mode, "eps": np.float64(1e-5), "momentum": np.float64(0.9)}
    out, cache = batchnorm_forward(x, gamma, beta, param)
    arrays = [out, param["running_mean"], param["running_var"]]
    arrays += [*batchnorm_backward(out, cache), *batchnorm_backward_alt(out, cache)]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_an_unknown_mode_is_refused(layer):
    with pytest.raises(ValueError, match='Invalid forward batchnorm mode "fast"'):
        batchnorm_forward(*layer, {"mode": "fast"})


def test_an_example_is_normalised_over_its_features(layer):
    x, _, _ = layer
    out, _ = layernorm_forward(x, np.ones(4), np.zeros(4), {"mode": "train", "eps": 0})
    np.testing.assert_allclose(out.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(out.std(axis=1), 1)


@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_derivatives_of_examples(layer, eps, rng):
    require_derivatives(
        lambda *arrays: layernorm_forward(*arrays, {"eps": eps}), layernorm_backward, layer, rng
    )


def test_layernorm_keeps_float32(layer):
    x, gamma, beta = (a.astype(np.float32) for a in layer)
    out, cache = layernorm_forward(x, gamma, beta, {"eps": np.float64(1e-5)})
    assert {a.dtype for a in (out, *layernorm_backward(out, cache))} == {np.dtype(np.float32)}
