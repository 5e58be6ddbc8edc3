"""Hidden checks of the notebook `knn`."""

import numpy as np

from cs231n.checks.api import assert_close, assert_labels, exercise, oracle
from cs231n.checks.suites.knn import distinct_distances, draw_labelled, trained, voter, watch


def check_real_sizes(name, method):
    """Register a check with pictures of real length, and with a single picture on either side."""

    @exercise(name, hidden=True)
    def one_picture_on_either_side(student, rng):
        for num_test, num_train in ((1, 6), (4, 1)):
            train, test = rng.normal(size=(num_train, 3)), rng.normal(size=(num_test, 3))
            dists = getattr(trained(student, train), method)(test)
            assert_close(dists, oracle.euclidean_distances(test, train), "dists")

    @exercise(name, hidden=True)
    def pictures_of_3072_numbers(student, rng):
        train, test = (rng.uniform(-128, 128, size=(N, 3072)) for N in (9, 5))
        dists = getattr(trained(student, train), method)(test)
        assert_close(dists, oracle.euclidean_distances(test, train), "dists")


check_real_sizes("knn-two-loops", "compute_distances_two_loops")
check_real_sizes("knn-one-loop", "compute_distances_one_loop")
check_real_sizes("knn-no-loops", "compute_distances_no_loops")


@exercise("knn-predict-labels", hidden=True)
def votes_of_ten_classes(student, rng):
    y = rng.integers(10, size=60)
    dists = distinct_distances(rng, 20, len(y))
    for k in (5, 60):
        y_pred = voter(student, y).predict_labels(dists, k=k)
        assert_labels(y_pred, oracle.nearest_votes(dists, y, k), f"y_pred at k = {k}")


@exercise("knn-cross-validation", hidden=True)
def other_numbers_of_folds(student, rng):
    X, y = draw_labelled(rng, N=29)
    for num_folds in (2, 7):
        accuracies, _ = watch(student, X, y, [5, 2], num_folds)
        expected = oracle.held_out_accuracies(X, y, [5, 2], num_folds)
        for i, k in enumerate((5, 2)):
            assert_close(np.array(accuracies[k], dtype=float), expected[i], f"accuracies[{k}]")
