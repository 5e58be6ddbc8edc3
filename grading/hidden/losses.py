"""The hidden check that every loss of a linear classifier passes."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, take
from cs231n.checks.judge.linear_losses import PENALTY, draw


def check_shapes(name, loss_of, expected_loss, expected_gradient):
    """Register a check with one example, with two classes, and with one class for all."""

    @exercise(name, hidden=True)
    def other_shapes_and_labels(student, rng):
        for N, D, C in ((1, 5, 3), (8, 3, 2), (12, 6, 10)):
            W, X, y = draw(rng, N, D, C)
            for labels in (y, np.full(N, C - 1)):
                loss, dW = take(loss_of(student)(W, X, labels, PENALTY), "loss", "dW")
                what = f"with {N} examples of {D} numbers and {C} classes"
                assert_close(loss, expected_loss(W, X, labels, PENALTY), f"the loss {what}")
                assert_close(dW, expected_gradient(W, X, labels, PENALTY), f"dW {what}")
