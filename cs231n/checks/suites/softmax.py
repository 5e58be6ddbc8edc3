"""Checks of the notebook `softmax`."""

import numpy as np

from cs231n.checks.api import assert_close, assert_that, exercise, oracle, take
from cs231n.checks.judge.linear_losses import (
    check_loss,
    draw,
    require_derivative,
    require_vectorized,
)


def naive(student):
    return student.classifiers.softmax.softmax_loss_naive


def vectorized(student):
    return student.classifiers.softmax.softmax_loss_vectorized


def expected_loss(W, X, y, reg):
    return oracle.softmax_loss(W, X, y, reg)


def expected_gradient(W, X, y, reg):
    return oracle.softmax_gradient(W, X, y, reg)


def slips(loss, gradient):
    """A turned sign, and another base."""
    return [
        (-loss, "The loss is below 0: it is minus the logarithm of a probability."),
        (loss / np.log(2), "This is the logarithm to base 2: np.log is the natural one."),
        (loss / np.log(10), "This is the logarithm to base 10: np.log is the natural one."),
    ], []


check_loss("softmax-loss-naive", naive, expected_loss, expected_gradient, slips)
check_loss("softmax-loss-vectorized", vectorized, expected_loss, expected_gradient, slips)


@exercise("softmax-loss-naive")
def gradient_is_the_derivative_of_the_loss(student, rng):
    require_derivative(naive(student), expected_loss, *draw(rng, 9, 5, 4), rng)


@exercise("softmax-loss-vectorized")
def derivative_is_that_of_the_loss(student, rng):
    require_derivative(vectorized(student), expected_loss, *draw(rng, 9, 5, 4), rng)


@exercise("softmax-loss-naive")
def scores_of_ten_thousand_do_not_overflow(student, rng):
    require_no_overflow(naive(student), rng)


@exercise("softmax-loss-vectorized")
def large_scores_do_not_overflow(student, rng):
    require_no_overflow(vectorized(student), rng)


def require_no_overflow(loss_of, rng):
    """Require the right loss and gradient where all scores of an example are near +-1e4."""
    W, X, y = draw(rng)
    X[:, 0] = 1e4 * rng.choice([-1, 1], size=len(X))
    W[0] = 1  # adds the same to all scores of an example, so that no probability changes
    loss, dW = take(loss_of(W, X, y, 0.0), "loss", "dW")
    message = (
        "Scores of 10,000 give a loss that is no number: exp(10000) overflows. Which number may be "
        "subtracted from all scores of an example without changing its probabilities?"
    )
    require_finite(loss, message, "the loss")
    assert_close(loss, oracle.softmax_loss(W, X, y, 0.0), "the loss of large scores")
    message = message.replace("a loss that is no number", "a dW that is no number")
    require_finite(dW, message, "dW")
    assert_close(dW, oracle.softmax_gradient(W, X, y, 0.0), "dW at large scores")


@exercise("softmax-loss-naive")
def hopeless_examples_have_a_finite_loss(student, rng):
    require_finite_where_hopeless(naive(student), rng)


@exercise("softmax-loss-vectorized")
def a_lost_class_has_a_finite_loss(student, rng):
    require_finite_where_hopeless(vectorized(student), rng)


def require_finite_where_hopeless(loss_of, rng):
    """Require the right loss where scores lie so far apart that probabilities are 0."""
    W, X, y = draw(rng)
    W *= 2e4
    y[:] = np.argmin(X @ W, axis=1)
    loss, _ = take(loss_of(W, X, y, 0.0), "loss", "dW")
    message = (
        "Where the right class is far behind, its probability is too small for a float, and the "
        "logarithm of 0 is no number. Take the logarithm of the quotient first, on paper."
    )
    require_finite(loss, message, "the loss")
    assert_close(loss, oracle.softmax_loss(W, X, y, 0.0), "the loss of scores far apart")


def require_finite(value, message, what):
    """Refuse nan and infinities with a sentence; other kinds of values are not judged here."""
    number = isinstance(value, float | np.number | np.ndarray)
    assert_that(not number or np.all(np.isfinite(value)), message, "finite", "nan or inf", what)


@exercise("softmax-loss-vectorized", weight=2, local=True)
def no_loops(student, rng):
    require_vectorized(student, vectorized, expected_loss, rng)
