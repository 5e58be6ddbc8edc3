"""The loss of the softmax classifier."""

import math

import numpy as np
import pytest

from cs231n.classifiers.softmax import softmax_loss_naive, softmax_loss_vectorized

BOTH = pytest.mark.parametrize("softmax_loss", [softmax_loss_naive, softmax_loss_vectorized])
# The same sums in another order, in float64 and in float32.
ROUNDING, ROUNDING32 = 1e-12, 1e-5


def draw(rng, N=5, D=7, C=4):
    return rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(C, size=N)


@BOTH
def test_loss_and_gradient_by_hand(softmax_loss):
    # scores log 1, log 2, log 5: probabilities 1/8, 2/8, 5/8
    W = np.log(np.array([[1.0, 2.0, 5.0]]))
    loss, dW = softmax_loss(W, np.array([[1.0]]), np.array([1]), 0.0)
    np.testing.assert_allclose(loss, math.log(4), rtol=ROUNDING)
    np.testing.assert_allclose(dW, [[1 / 8, -6 / 8, 5 / 8]], rtol=ROUNDING)


@BOTH
def test_penalty_by_hand(softmax_loss):
    W = np.array([[400.0, -200.0]])  # so far apart that the data cost nothing
    loss, dW = softmax_loss(W, np.array([[1.0]]), np.array([0]), 0.5)
    np.testing.assert_allclose(loss, 0.5 * (160_000 + 40_000), rtol=ROUNDING)
    np.testing.assert_allclose(dW, W, rtol=ROUNDING)


@pytest.mark.parametrize("shape", [(5, 7, 4), (1, 7, 4), (5, 1, 4), (5, 7, 2)])
def test_naive_equals_vectorized(shape, rng):
    args = *draw(rng, *shape), 0.7
    (loss, dW), (expected_loss, expected_dW) = (
        softmax_loss_vectorized(*args),
        softmax_loss_naive(*args),
    )
    np.testing.assert_allclose(loss, expected_loss, rtol=ROUNDING)
    np.testing.assert_allclose(dW, expected_dW, rtol=ROUNDING, atol=ROUNDING)


@BOTH
def test_loss_grows_along_the_gradient_as_it_says(softmax_loss, rng):
    W, X, y = draw(rng)
    _, dW = softmax_loss(W, X, y, 0.7)
    v, h = rng.normal(size=W.shape), 1e-5
    slope = (softmax_loss(W + h * v, X, y, 0.7)[0] - softmax_loss(W - h * v, X, y, 0.7)[0]) / (
        2 * h
    )
    np.testing.assert_allclose(slope, np.sum(dW * v), rtol=1e-7)


@BOTH
def test_untrained_weights_guess(softmax_loss, rng):
    _, X, y = draw(rng)
    np.testing.assert_allclose(softmax_loss(np.zeros((7, 4)), X, y, 0.7)[0], math.log(4))


@BOTH
@pytest.mark.parametrize("height", [1e4, -1e4])
def test_a_number_added_to_all_scores_changes_nothing(softmax_loss, height, rng):
    W, X, y = draw(rng)
    X = np.column_stack([X, np.ones(len(X))])
    low, high = (softmax_loss(np.vstack([W, np.full(4, c)]), X, y, 0.0)[0] for c in (0.0, height))
    np.testing.assert_allclose(high, low, rtol=1e-10)  # a score of 1e4 holds four digits fewer


@BOTH
def test_a_class_10000_behind_loses_10000(softmax_loss):
    W = np.array([[-1e4, 0.0]])
    loss, dW = softmax_loss(W, np.array([[1.0]]), np.array([0]), 0.0)
    assert loss == 1e4
    np.testing.assert_array_equal(dW, [[-1.0, 1.0]])


@BOTH
def test_gradients_of_the_classes_cancel(softmax_loss, rng):
    _, dW = softmax_loss(*draw(rng), 0.0)
    np.testing.assert_allclose(dW.sum(axis=1), 0, atol=ROUNDING)


@BOTH
def test_inputs_are_unchanged(softmax_loss, rng):
    args = draw(rng)
    copies = [array.copy() for array in args]
    softmax_loss(*args, 0.7)
    for array, copy in zip(args, copies):
        np.testing.assert_array_equal(array, copy)


@BOTH
def test_float32_stays_float32(softmax_loss, rng):
    W, X, y = draw(rng)
    expected_loss, expected_dW = softmax_loss(W, X, y, 0.7)
    loss, dW = softmax_loss(W.astype(np.float32), X.astype(np.float32), y, 0.7)
    assert dW.dtype == np.float32
    np.testing.assert_allclose(loss, expected_loss, rtol=ROUNDING32)
    np.testing.assert_allclose(dW, expected_dW, rtol=ROUNDING32, atol=ROUNDING32)
