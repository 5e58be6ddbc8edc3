"""The checks that every loss of scores passes, written once for all of them.

A loss is a function (x, y) -> (loss, dx): the mean of the examples' losses, and its derivative by
the scores x (N, C).
"""

import numpy as np

from cs231n.checks.asserts import ROUNDING32, assert_close, assert_gradient, take
from cs231n.checks.runner import exercise

from .diagnosis import assert_no_mistake


def draw_scores(rng, N=11, C=4):
    """Draw (x, y): scores about 3 in size, every class in y."""
    return 3 * rng.normal(size=(N, C)), rng.permutation(np.arange(N) % C)


def check_score_loss(name, loss_of, expected_loss, expected_gradient, slips):
    """Register the checks of a loss and of its derivative.

    Parameters
    ----------
    name : str
        The exercise.
    loss_of : callable
        student -> the student's function.
    expected_loss, expected_gradient : callable
        (x, y) -> what comes from the oracle.
    slips : callable
        (expected loss, expected gradient, y) -> two lists of (value, sentence): mistakes that only
        this loss invites.
    """

    @exercise(name, weight=2)
    def loss_is_the_mean_over_the_examples(student, rng):
        x, y = draw_scores(rng)
        loss, _ = take(loss_of(student)(x, y), "loss", "dx")
        expected = expected_loss(x, y)
        mistakes = [
            (len(x) * expected, "This is the sum over the examples: divide by their number N."),
            (expected * len(x) / x.size, "This is the mean over all scores: divide by N alone."),
            *slips(expected, np.zeros_like(x), y)[0],
        ]
        assert_no_mistake(loss, expected, "the loss", mistakes)

    @exercise(name, weight=3)
    def dx_is_the_derivative_of_the_mean(student, rng):
        x, y = draw_scores(rng)
        _, dx = take(loss_of(student)(x, y), "loss", "dx")
        expected = expected_gradient(x, y)
        mistakes = [
            (len(x) * expected, "dx is that of the sum over the examples: divide by N."),
            (-expected, "dx points the other way: every sign in it is turned round."),
            *slips(0.0, expected, y)[1],
        ]
        assert_no_mistake(dx, expected, "dx", mistakes)

    @exercise(name)
    def loss_changes_as_dx_says(student, rng):
        x, y = draw_scores(rng, N=5, C=3)
        _, dx = take(loss_of(student)(x, y), "loss", "dx")
        assert_gradient(lambda moved: expected_loss(moved, y), x, dx, "dx", rng)

    @exercise(name)
    def float32_stays_float32(student, rng):
        x, y = draw_scores(rng, N=7, C=5)
        x = x.astype(np.float32)
        loss, dx = take(loss_of(student)(x, y), "loss", "dx")
        wide = x.astype(np.float64)
        assert_close(loss, expected_loss(wide, y), "the loss of float32 scores", ROUNDING32)
        expected = expected_gradient(wide, y).astype(np.float32)
        assert_close(dx, expected, "dx of float32 scores", ROUNDING32)
