"""Hidden checks of the notebook `svm`."""

import numpy as np

from cs231n.checks.api import assert_close, assert_labels, exercise, take
from cs231n.checks.suites.svm import (
    draw_with_known_winners,
    expected_gradient,
    expected_loss,
    naive,
    probe,
    vectorized,
)
from grading.hidden.losses import check_shapes

check_shapes("svm-loss-naive", naive, expected_loss, expected_gradient)
check_shapes("svm-loss-vectorized", vectorized, expected_loss, expected_gradient)


@exercise("svm-loss-naive", hidden=True)
def untrained_weights_lose_one_for_each_other_class(student, rng):
    X, y = rng.normal(size=(5, 7)), rng.integers(4, size=5)
    loss, _ = take(naive(student)(np.zeros((7, 4)), X, y, 0.7), "loss", "dW")
    assert_close(loss, 3.0, "the loss of W = 0 and 4 classes")


@exercise("linear-train", hidden=True)
def training_goes_on_from_the_weights_there_are(student, rng):
    start = rng.normal(size=(3, 4))
    classifier = probe(student, W=start)
    X, y = rng.normal(size=(30, 3)), rng.integers(4, size=30)
    for _ in range(2):
        classifier.train(X, y, learning_rate=0.25, num_iters=3, batch_size=10)
    assert_close(classifier.get("W"), 0.75**6 * start, "W after two times three steps")


@exercise("linear-predict", hidden=True)
def many_examples(student, rng):
    X, W, best = draw_with_known_winners(rng, N=40, D=60, C=10)
    assert_labels(probe(student, W=W).predict(X), best, "the prediction")
