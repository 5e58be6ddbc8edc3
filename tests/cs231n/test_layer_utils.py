"""The sandwich layers do what their layers do one by one, and their derivatives are right."""

import numpy as np
import pytest

from cs231n import layer_utils, layers
from cs231n.gradient_check import eval_numerical_gradient_array

pytestmark = pytest.mark.assignment2

CONV, POOL = {"stride": 1, "pad": 1}, {"pool_height": 2, "pool_width": 2, "stride": 2}


@pytest.fixture
def rows(rng):
    """x, w, b, gamma, beta of an affine layer."""
    shapes = [(4, 2, 3), (6, 5), 5, 5, 5]
    return [rng.normal(size=shape) for shape in shapes]


@pytest.fixture
def pictures(rng):
    """x, w, b, gamma, beta of a convolution."""
    shapes = [(2, 3, 6, 8), (4, 3, 3, 3), 4, 4, 4]
    return [rng.normal(size=shape) for shape in shapes]


def require_derivatives(forward, backward, arrays, rng):
    """Compare what `backward` returns with numeric derivatives of `forward`."""
    out, cache = forward(*arrays)
    dout = rng.normal(size=out.shape)
    grads = backward(dout, cache)
    assert len(grads) == len(arrays)
    for number, (array, grad) in enumerate(zip(arrays, grads)):

        def changed(value, number=number):
            return forward(*arrays[:number], value, *arrays[number + 1 :])[0]

        numeric = eval_numerical_gradient_array(changed, array.copy(), dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-5, atol=1e-7)


def test_affine_relu(rows, rng):
    x, w, b, *_ = rows
    out, _ = layer_utils.affine_relu_forward(x, w, b)
    np.testing.assert_allclose(out, np.maximum(x.reshape(4, 6) @ w + b, 0))
    require_derivatives(
        layer_utils.affine_relu_forward, layer_utils.affine_relu_backward, rows[:3], rng
    )


@pytest.mark.parametrize(
    ("kind", "normalize", "param"),
    [
        ("bn", layers.batchnorm_forward, {"mode": "train"}),
        ("ln", layers.layernorm_forward, {}),
    ],
)
def test_affine_normalised_relu(kind, normalize, param, rows, rng):
    forward = getattr(layer_utils, f"affine_{kind}_relu_forward")
    x, w, b, gamma, beta = rows
    expected, _ = normalize(x.reshape(4, 6) @ w + b, gamma, beta, dict(param))
    np.testing.assert_allclose(forward(*rows, dict(param))[0], np.maximum(expected, 0))
    backward = getattr(layer_utils, f"affine_{kind}_relu_backward")
    require_derivatives(lambda *arrays: forward(*arrays, dict(param)), backward, rows, rng)


def test_conv_relu(pictures, rng):
    x, w, b, *_ = pictures
    out, _ = layer_utils.conv_relu_forward(x, w, b, CONV)
    expected = np.maximum(layers.conv_forward_naive(x, w, b, CONV)[0], 0)
    np.testing.assert_allclose(out, expected, atol=1e-12)
    require_derivatives(
        lambda *arrays: layer_utils.conv_relu_forward(*arrays, CONV),
        layer_utils.conv_relu_backward,
        pictures[:3],
        rng,
    )


def test_conv_bn_relu(pictures, rng):
    x, w, b, gamma, beta = pictures
    out, _ = layer_utils.conv_bn_relu_forward(*pictures, CONV, {"mode": "train"})
    a, _ = layers.conv_forward_naive(x, w, b, CONV)
    expected, _ = layers.spatial_batchnorm_forward(a, gamma, beta, {"mode": "train"})
    np.testing.assert_allclose(out, np.maximum(expected, 0), atol=1e-10)
    require_derivatives(
        lambda *arrays: layer_utils.conv_bn_relu_forward(*arrays, CONV, {"mode": "train"}),
        layer_utils.conv_bn_relu_backward,
        pictures,
        rng,
    )


def test_conv_relu_pool(pictures, rng):
    x, w, b, *_ = pictures
    out, _ = layer_utils.conv_relu_pool_forward(x, w, b, CONV, POOL)
    a, _ = layer_utils.conv_relu_forward(x, w, b, CONV)
    np.testing.assert_array_equal(out, layers.max_pool_forward_naive(a, POOL)[0])
    require_derivatives(
        lambda *arrays: layer_utils.conv_relu_pool_forward(*arrays, CONV, POOL),
        layer_utils.conv_relu_pool_backward,
        pictures[:3],
        rng,
    )


def test_star_imports_bring_the_historical_names():
    names = {}
    exec("from cs231n.layer_utils import *\nfrom cs231n.layers import *", names)
    assert {*layer_utils.__all__, *layers.__all__} <= set(names)
    assert {"affine_forward", "conv_relu_pool_forward", "max_pool_backward_naive"} <= set(names)
