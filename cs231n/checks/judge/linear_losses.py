"""The checks that every loss of a linear classifier passes, written once for all of them.

A loss is a function (W, X, y, reg) -> (loss, dW): the mean of the examples' losses, plus
reg * sum(W * W).
"""

import numpy as np

from cs231n.checks.asserts import assert_close, assert_gradient, take
from cs231n.checks.judge.loops import require_no_loop
from cs231n.checks.runner import exercise

from .diagnosis import assert_no_mistake

PENALTY = 0.7  # large, so that a penalty that is wrong or missing shows


def draw(rng, N=13, D=7, C=4):
    """Draw (W, X, y): all sizes differ, scores are about 1 in size, every class is in y."""
    W, X = 0.5 * rng.normal(size=(D, C)), rng.normal(size=(N, D))
    return W, X, rng.permutation(np.arange(N) % C)


def check_loss(name, loss_of, expected_loss, expected_gradient, slips):
    """Register the checks of the values of a loss and of its gradient.

    Parameters
    ----------
    name : str
        The exercise.
    loss_of : callable
        student -> the student's function.
    expected_loss, expected_gradient : callable
        (W, X, y, reg) -> what comes from the oracle.
    slips : callable
        (expected loss, expected gradient) -> two lists of (value, sentence): mistakes that only
        this loss invites.
    """

    @exercise(name, weight=2)
    def loss_is_the_mean_over_the_examples(student, rng):
        W, X, y = draw(rng)
        loss, _ = take(loss_of(student)(W, X, y, 0.0), "loss", "dW")
        expected = expected_loss(W, X, y, 0.0)
        mistakes = [
            (len(X) * expected, "This is the sum over the examples: divide by their number N."),
            *slips(expected, 0.0)[0],
        ]
        assert_no_mistake(loss, expected, "the loss at reg = 0", mistakes)

    @exercise(name, weight=3)
    def gradient_is_the_mean_over_the_examples(student, rng):
        W, X, y = draw(rng)
        _, dW = take(loss_of(student)(W, X, y, 0.0), "loss", "dW")
        expected = expected_gradient(W, X, y, 0.0)
        mistakes = [
            (len(X) * expected, "dW is the sum over the examples: divide by N, like the loss."),
            (-expected, "dW points the other way: every sign in it is turned round."),
            *slips(0.0, expected)[1],
        ]
        assert_no_mistake(dW, expected, "dW at reg = 0", mistakes)

    @exercise(name)
    def penalty_is_reg_times_the_sum_of_squares(student, rng):
        W, X, y = draw(rng)
        loss, _ = take(loss_of(student)(W, X, y, PENALTY), "loss", "dW")
        expected, data = expected_loss(W, X, y, PENALTY), expected_loss(W, X, y, 0.0)
        penalty = expected - data
        mistakes = [
            (data, "The penalty is missing: add reg * sum(W * W) to the mean."),
            (data + penalty / 2, "The penalty is reg * sum(W * W) here, without a factor 1/2."),
            (data + penalty / len(X), "The penalty is divided by N: add it after the mean."),
            (data + np.sqrt(penalty * PENALTY), "The penalty is a sum of squares, without a root."),
        ]
        assert_no_mistake(loss, expected, "the loss at reg = 0.7", mistakes)

    @exercise(name)
    def penalty_enters_the_gradient(student, rng):
        W, X, y = draw(rng)
        _, dW = take(loss_of(student)(W, X, y, PENALTY), "loss", "dW")
        expected, data = expected_gradient(W, X, y, PENALTY), expected_gradient(W, X, y, 0.0)
        penalty = expected - data
        mistakes = [
            (data, "dW lacks the penalty: what is the derivative of reg * sum(W * W)?"),
            (data + penalty / 2, "A square has the derivative 2 w: the penalty adds 2 * reg * W."),
            (data + penalty / len(X), "The penalty is divided by N: add it after the mean."),
        ]
        assert_no_mistake(dW, expected, "dW at reg = 0.7", mistakes)


def require_derivative(loss_of, expected_loss, W, X, y, rng):
    """Require the right loss at W, and that dW says how it changes from there.

    The changes are those of the right loss: two functions that agree with each other prove nothing.
    """
    loss, dW = take(loss_of(W, X, y, PENALTY), "loss", "dW")
    assert_close(loss, expected_loss(W, X, y, PENALTY), "the loss")
    assert_gradient(lambda V: expected_loss(V, X, y, PENALTY), W, dW, what="dW", rng=rng)


def require_vectorized(student, loss_of, expected_loss, rng):
    """Require the right loss, and that no loop goes over examples or their numbers.

    A loop over the few classes may stay: measured from outside, it costs nothing.
    """
    W, X, y = draw(rng)
    loss, _ = take(loss_of(student)(W, X, y, PENALTY), "loss", "dW")
    assert_close(loss, expected_loss(W, X, y, PENALTY), "the loss")
    count = student.checks.beside.steps.count_steps

    def measure(N, D, C):
        return count(loss_of(student), *draw(rng, N, D, C), PENALTY)

    require_no_loop(measure, (6, 7, 4), 40, ("examples", "numbers of an example", None))
