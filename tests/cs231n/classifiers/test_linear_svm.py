"""The loss of the support vector machine."""

import numpy as np
import pytest

from cs231n.classifiers.linear_svm import svm_loss_naive, svm_loss_vectorized

BOTH = pytest.mark.parametrize("svm_loss", [svm_loss_naive, svm_loss_vectorized])
# The same sums in another order, in float64 and in float32.
ROUNDING, ROUNDING32 = 1e-12, 1e-5


def draw(rng, N=5, D=7, C=4):
    return rng.normal(size=(D, C)), rng.normal(size=(N, D)), rng.integers(C, size=N)


@BOTH
def test_loss_and_gradient_by_hand(svm_loss):
    # scores 3, 2.5, -1: the margins are 0.5 and -3, so only class 1 comes too near
    loss, dW = svm_loss(np.array([[3.0, 2.5, -1.0]]), np.array([[1.0]]), np.array([0]), 0.0)
    assert loss == 0.5
    np.testing.assert_array_equal(dW, [[-1.0, 1.0, 0.0]])


@BOTH
def test_penalty_by_hand(svm_loss):
    W = np.array([[4.0, -2.0]])
    loss, dW = svm_loss(W, np.array([[1.0]]), np.array([0]), 0.5)
    assert loss == 0.5 * (16 + 4)
    np.testing.assert_array_equal(dW, [[4.0, -2.0]])


@pytest.mark.parametrize("shape", [(5, 7, 4), (1, 7, 4), (5, 1, 4), (5, 7, 2)])
def test_naive_equals_vectorized(shape, rng):
    args = *draw(rng, *shape), 0.7
    (loss, dW), (expected_loss, expected_dW) = svm_loss_vectorized(*args), svm_loss_naive(*args)
    np.testing.assert_allclose(loss, expected_loss, rtol=ROUNDING)
    np.testing.assert_allclose(dW, expected_dW, rtol=ROUNDING, atol=ROUNDING)


@BOTH
def test_loss_grows_along_the_gradient_as_it_says(svm_loss, rng):
    W, X, y = draw(rng)
    _, dW = svm_loss(W, X, y, 0.7)
    v, h = rng.normal(size=W.shape), 1e-6
    slope = (svm_loss(W + h * v, X, y, 0.7)[0] - svm_loss(W - h * v, X, y, 0.7)[0]) / (2 * h)
    np.testing.assert_allclose(slope, np.sum(dW * v), rtol=1e-7)


@BOTH
def test_untrained_weights_lose_one_for_each_other_class(svm_loss, rng):
    _, X, y = draw(rng)
    assert svm_loss(np.zeros((7, 4)), X, y, 0.7)[0] == 3


@BOTH
def test_a_margin_of_exactly_0_adds_nothing_to_the_gradient(svm_loss):
    loss, dW = svm_loss(np.array([[2.0, 1.0]]), np.array([[1.0]]), np.array([0]), 0.0)
    assert loss == 0
    assert not dW.any()


@BOTH
def test_a_number_added_to_all_scores_changes_nothing(svm_loss, rng):
    W, X, y = draw(rng)
    X = np.column_stack([X, np.ones(len(X))])
    low, high = (svm_loss(np.vstack([W, np.full(4, c)]), X, y, 0.0)[0] for c in (0.0, 64.0))
    np.testing.assert_allclose(high, low, rtol=ROUNDING)


@BOTH
def test_examples_repeated_change_nothing(svm_loss, rng):
    W, X, y = draw(rng)
    loss, dW = svm_loss(W, X, y, 0.7)
    loss2, dW2 = svm_loss(W, np.vstack([X, X]), np.hstack([y, y]), 0.7)
    np.testing.assert_allclose(loss2, loss, rtol=ROUNDING)
    np.testing.assert_allclose(dW2, dW, rtol=ROUNDING, atol=ROUNDING)


@BOTH
def test_inputs_are_unchanged(svm_loss, rng):
    args = draw(rng)
    copies = [array.copy() for array in args]
    svm_loss(*args, 0.7)
    for array, copy in zip(args, copies):
        np.testing.assert_array_equal(array, copy)


@BOTH
def test_float32_stays_float32(svm_loss, rng):
    W, X, y = draw(rng)
    expected_loss, expected_dW = svm_loss(W, X, y, 0.7)
    loss, dW = svm_loss(W.astype(np.float32), X.astype(np.float32), y, 0.7)
    assert dW.dtype == np.float32
    np.testing.assert_allclose(loss, expected_loss, rtol=ROUNDING32)
    np.testing.assert_allclose(dW, expected_dW, rtol=ROUNDING32, atol=ROUNDING32)


@BOTH
def test_an_unknown_class_is_refused(svm_loss, rng):
    W, X, _ = draw(rng)
    with pytest.raises(IndexError, match="index 4 is out of bounds"):
        svm_loss(W, X, np.full(5, 4), 0.0)
