"""Normalisation of rows: examples by hand, the definition, derivatives, running averages."""

import math

import numpy as np
import pytest

from cs231n import layers, normalization
from cs231n.gradient_check import assert_gradient
from cs231n.normalization import (
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
)

pytestmark = pytest.mark.assignment2

# The same sums in another order.
ROUNDING = 1e-12
BATCH_BACK = [batchnorm_backward, batchnorm_backward_alt]
# The functions forwards and backwards of each way to normalise.
WAYS = [
    pytest.param(batchnorm_forward, batchnorm_backward, id="batch"),
    pytest.param(batchnorm_forward, batchnorm_backward_alt, id="batch-alt"),
    pytest.param(layernorm_forward, layernorm_backward, id="layer"),
]
FORWARDS = [batchnorm_forward, layernorm_forward]


def draw(rng, shape=(5, 3), dtype=np.float64):
    x = 2 + 3 * rng.normal(size=shape)
    gamma, beta = rng.uniform(0.5, 2, size=shape[1]), rng.normal(size=shape[1])
    return [a.astype(dtype) for a in (x, gamma, beta)]


def normalized_by_definition(x, gamma, beta, eps):
    """Every column of a list of rows, number by number."""
    out = [[0.0] * len(x[0]) for _ in x]
    for j in range(len(x[0])):
        column = [row[j] for row in x]
        mean = math.fsum(column) / len(column)
        var = math.fsum((value - mean) ** 2 for value in column) / len(column)
        for i, value in enumerate(column):
            out[i][j] = gamma[j] * (value - mean) / math.sqrt(var + eps) + beta[j]
    return np.array(out)


def test_a_batch_by_hand():
    x = np.array([[1.0, 10.0], [3.0, 10.0]])  # means 2 and 10, variances 1 and 0
    param = {"mode": "train", "eps": 3.0, "momentum": 0.75}
    out, _ = batchnorm_forward(x, np.array([4.0, 5.0]), np.array([1.0, 7.0]), param)
    np.testing.assert_allclose(out, [[-1, 7], [3, 7]], rtol=ROUNDING)  # 1 -+ 4 / sqrt(1 + 3)
    np.testing.assert_allclose(param["running_mean"], [0.5, 2.5], rtol=ROUNDING)
    np.testing.assert_allclose(param["running_var"], [0.25, 0], rtol=ROUNDING)


def test_examples_by_hand():
    x = np.array([[1.0, 3.0], [8.0, 8.0]])
    out, _ = layernorm_forward(x, np.array([4.0, 6.0]), np.array([1.0, 0.0]), {"eps": 3.0})
    np.testing.assert_allclose(out, [[-1, 3], [1, 0]], rtol=ROUNDING)


@pytest.mark.parametrize("eps", [1e-5, 0.5])
@pytest.mark.parametrize("shape", [(2, 1), (5, 3), (3, 7), (1, 4)])
def test_features_are_normalised_as_defined(rng, shape, eps):
    x, gamma, beta = draw(rng, shape)
    out, _ = batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})
    expected = normalized_by_definition(x.tolist(), gamma, beta, eps)
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=ROUNDING)


@pytest.mark.parametrize("shape", [(2, 1), (5, 3), (3, 7), (1, 4)])
def test_examples_are_normalised_as_defined(rng, shape):
    x, gamma, beta = draw(rng, shape)
    out, _ = layernorm_forward(x, gamma, beta, {"eps": 0.5})
    ones, zeros = np.ones(shape[0]), np.zeros(shape[0])
    expected = normalized_by_definition(x.T.tolist(), ones, zeros, 0.5).T * gamma + beta
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=ROUNDING)


def test_defaults_of_eps_and_momentum(rng):
    x, gamma, beta = draw(rng)
    x = x * 1e-3
    said, unsaid = {"mode": "train", "eps": 1e-5, "momentum": 0.9}, {"mode": "train"}
    outs = [batchnorm_forward(x, gamma, beta, param)[0] for param in (said, unsaid)]
    np.testing.assert_array_equal(*outs)
    np.testing.assert_array_equal(said["running_var"], unsaid["running_var"])
    outs = [layernorm_forward(x, gamma, beta, param)[0] for param in ({"eps": 1e-5}, {})]
    np.testing.assert_array_equal(*outs)


def test_running_averages_forget_by_powers_of_the_momentum(rng):
    x, gamma, beta = draw(rng)
    param = {"mode": "train", "momentum": 0.6}
    for _ in range(4):
        batchnorm_forward(x, gamma, beta, param)
    np.testing.assert_allclose(param["running_mean"], (1 - 0.6**4) * x.mean(axis=0))
    np.testing.assert_allclose(param["running_var"], (1 - 0.6**4) * x.var(axis=0))


def test_testing_goes_by_the_averages_and_leaves_them(rng):
    x, gamma, beta = draw(rng, (1, 3))
    mean, var = rng.normal(size=3), rng.uniform(1, 2, size=3)
    param = {"mode": "test", "eps": 0.25, "running_mean": mean.copy(), "running_var": var.copy()}
    out, _ = batchnorm_forward(x, gamma, beta, param)
    np.testing.assert_allclose(out, gamma * (x - mean) / np.sqrt(var + 0.25) + beta)
    np.testing.assert_array_equal(param["running_mean"], mean)
    np.testing.assert_array_equal(param["running_var"], var)


def test_testing_writes_the_first_averages_into_the_dict(rng):
    x, gamma, beta = draw(rng, dtype=np.float32)
    param = {"mode": "test"}
    batchnorm_forward(x, gamma, beta, param)
    for name in ("running_mean", "running_var"):
        np.testing.assert_array_equal(param[name], np.zeros(3, np.float32))
        assert param[name].dtype == np.float32


def test_another_mode_is_refused(rng):
    with pytest.raises(ValueError, match='Invalid forward batchnorm mode "evaluate"'):
        batchnorm_forward(*draw(rng), {"mode": "evaluate"})


def test_a_feature_without_spread_gives_beta_and_no_gradient_by_gamma(rng):
    x, gamma, beta = draw(rng)
    x[:, 1] = 5.0
    out, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
    np.testing.assert_array_equal(out[:, 1], beta[1])
    for backward in BATCH_BACK:
        _, dgamma, _ = backward(rng.normal(size=x.shape), cache)
        assert dgamma[1] == 0


@pytest.mark.parametrize("shape", [(2, 1), (5, 3), (3, 7)])
@pytest.mark.parametrize(("forward", "backward"), WAYS)
def test_gradients(rng, forward, backward, shape):
    x, gamma, beta = draw(rng, shape)
    dout, param = rng.normal(size=shape), {"mode": "train", "eps": 0.1}
    _, cache = forward(x, gamma, beta, dict(param))
    grads = dict(zip(("x", "gamma", "beta"), backward(dout, cache), strict=True))
    inputs = {"x": x, "gamma": gamma, "beta": beta}
    assert_gradient(
        lambda p: np.sum(dout * forward(p["x"], p["gamma"], p["beta"], dict(param))[0]),
        inputs,
        grads,
    )


def test_both_ways_back_through_a_batch_agree(rng):
    x, gamma, beta = draw(rng, (50, 9))
    _, cache = batchnorm_forward(x, gamma, beta, {"mode": "train"})
    dout = rng.normal(size=x.shape)
    for got, expected in zip(*(backward(dout, cache) for backward in BATCH_BACK)):
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=ROUNDING)


@pytest.mark.parametrize(("forward", "backward"), WAYS)
def test_float32_stays_float32(rng, forward, backward):
    x, gamma, beta = draw(rng, dtype=np.float32)
    param = {"mode": "train", "eps": np.float64(1e-5), "momentum": np.float64(0.9)}
    out, cache = forward(x, gamma, beta, param)
    arrays = [out, *backward(np.ones_like(out), cache)]
    arrays += [value for name, value in param.items() if name.startswith("running")]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("forward", "backward"), WAYS)
def test_inputs_are_left_alone(rng, forward, backward):
    x, gamma, beta = inputs = draw(rng)
    dout = rng.normal(size=x.shape)
    copies = [a.copy() for a in (*inputs, dout)]
    backward(dout, forward(x, gamma, beta, {"mode": "train"})[1])
    for array, copy in zip((*inputs, dout), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("forward", FORWARDS)
def test_scale_and_shift_of_what_is_normalised_do_not_matter(rng, forward):
    x, gamma, beta = draw(rng)
    outs = [forward(a, gamma, beta, {"mode": "train", "eps": 0.0})[0] for a in (x, 1e4 * x - 7)]
    np.testing.assert_allclose(*outs, rtol=1e-9, atol=1e-9)


def test_the_order_of_a_batch_does_not_matter(rng):
    x, gamma, beta = draw(rng)
    order = rng.permutation(len(x))
    out, _ = batchnorm_forward(x, gamma, beta, {"mode": "train"})
    shuffled, _ = batchnorm_forward(x[order], gamma, beta, {"mode": "train"})
    np.testing.assert_allclose(shuffled, out[order], rtol=1e-9, atol=ROUNDING)


def test_an_example_is_normalised_without_the_others(rng):
    x, gamma, beta = draw(rng)
    out, _ = layernorm_forward(x, gamma, beta, {"mode": "train"})
    alone, _ = layernorm_forward(x[2:3], gamma, beta, {"mode": "test"})
    np.testing.assert_array_equal(alone, out[2:3])


def test_layers_has_them_all():
    for name in normalization.__all__:
        assert getattr(layers, name) is getattr(normalization, name)
