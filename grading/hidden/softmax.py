"""Hidden checks of the notebook `softmax`."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, take
from cs231n.checks.suites.softmax import expected_gradient, expected_loss, naive, vectorized
from grading.hidden.losses import check_shapes

check_shapes("softmax-loss-naive", naive, expected_loss, expected_gradient)
check_shapes("softmax-loss-vectorized", vectorized, expected_loss, expected_gradient)


@exercise("softmax-loss-naive", hidden=True)
def untrained_weights_guess(student, rng):
    X, y = rng.normal(size=(5, 7)), rng.integers(4, size=5)
    loss, _ = take(naive(student)(np.zeros((7, 4)), X, y, 0.7), "loss", "dW")
    assert_close(loss, np.log(4.0), "the loss of W = 0 and 4 classes")
