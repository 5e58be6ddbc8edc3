"""The oracles of layers, update rules and deep nets, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from grading.oracles.fully_connected_nets import (
    adam_steps,
    affine,
    affine_gradients,
    fc_gradients,
    fc_loss,
    fc_scores,
    momentum_steps,
    relu,
    relu_gradient,
    rmsprop_steps,
    softmax_of_scores,
    softmax_of_scores_gradient,
    svm_of_scores,
    svm_of_scores_gradient,
)

pytestmark = pytest.mark.assignment2

ONE = np.array([1.0])


def test_affine():
    x, w, b = (
        np.array([[[1.0], [2.0]]]),
        np.array([[1.0, 0.0], [3.0, -1.0]]),
        np.array([10.0, 20.0]),
    )
    np.testing.assert_array_equal(affine(x, w, b), [[17.0, 18.0]])
    dx, dw, db = affine_gradients(np.array([[1.0, -1.0]]), x, w, b)
    np.testing.assert_array_equal(dx, [[[1.0], [4.0]]])
    np.testing.assert_array_equal(dw, [[1.0, -1.0], [2.0, -2.0]])
    np.testing.assert_array_equal(db, [1.0, -1.0])


def test_relu():
    x = np.array([[-1.0, 0.0, 2.0]])
    np.testing.assert_array_equal(relu(x), [[0.0, 0.0, 2.0]])
    np.testing.assert_array_equal(relu_gradient(np.array([[5.0, 6.0, 7.0]]), x), [[0.0, 0.0, 7.0]])


def test_losses_of_scores():
    x, y = np.log([[1.0, 2.0, 5.0]]), np.array([1])
    assert softmax_of_scores(x, y) == pytest.approx(math.log(4), rel=1e-14)
    expected = [[1 / 8, -6 / 8, 5 / 8]]
    np.testing.assert_allclose(softmax_of_scores_gradient(x, y), expected, rtol=1e-14)
    x, y = np.array([[1.0, 0.5, 3.0], [0.0, 4.0, 3.0]]), np.array([0, 1])
    assert svm_of_scores(x, y) == 1.75
    expected = [[-1.0, 0.5, 0.5], [0.0, 0.0, 0.0]]
    np.testing.assert_array_equal(svm_of_scores_gradient(x, y), expected)


def test_two_steps_of_momentum():
    w, velocity = momentum_steps(ONE, [2 * ONE, 2 * ONE], 0.1, 0.5, 0 * ONE)
    np.testing.assert_allclose((w[0], velocity[0]), (0.5, -0.3), rtol=1e-14)


def test_a_step_of_rmsprop():
    w, cache = rmsprop_steps(ONE, [2 * ONE], 0.1, 0.75, 0.5, 0 * ONE)
    np.testing.assert_allclose((w[0], cache[0]), (1 - 0.2 / 1.5, 1.0), rtol=1e-14)


def test_the_sixth_step_of_adam():
    w, m, v = adam_steps(ONE, [2 * ONE], 0.01, 0.9, 0.999, 1e-8, 0.5 * ONE, 0.25 * ONE, 5)
    np.testing.assert_allclose((m[0], v[0]), (0.65, 0.25375), rtol=1e-12)
    step = 0.01 * 0.65 / (1 - 0.9**6) / (math.sqrt(0.25375 / (1 - 0.999**6)) + 1e-8)
    np.testing.assert_allclose(w, 1 - step, rtol=1e-14)


def test_a_net_of_three_layers():
    params = {
        "W1": np.array([[1.0, -1.0]]), "b1": np.array([0.0, 1.0]),
        "W2": np.array([[2.0], [1.0]]), "b2": np.array([-1.0]),
        "W3": np.array([[1.0, -1.0]]), "b3": np.array([0.0, 4.0]),
    }  # fmt: skip
    X, y = np.array([[2.0], [-2.0]]), np.array([0, 1])
    # 2: units 2 and 0, then 3; -2: units 0 and 3, then 2
    np.testing.assert_array_equal(fc_scores(params, X), [[3.0, 1.0], [2.0, 2.0]])
    data, squares = (math.log(1 + math.exp(-2)) + math.log(2)) / 2, 9.0
    assert fc_loss(params, X, y, 0.2) == pytest.approx(data + 0.1 * squares, rel=1e-14)
    grads = fc_gradients(params, X, y, 0.2)
    p = 1 / (1 + math.exp(2))  # of the wrong class in the first example
    np.testing.assert_allclose(grads["b3"], [(0.5 - p) / 2, (p - 0.5) / 2], rtol=1e-13)
    # the unit 3 of the first example and 2 of the second go into both scores
    down = (3 * -p + 2 * 0.5) / 2
    np.testing.assert_allclose(grads["W3"], [[down + 0.2, -down - 0.2]], rtol=1e-13)
    assert set(grads) == set(params)
