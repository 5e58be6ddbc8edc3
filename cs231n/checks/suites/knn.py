"""Checks of the notebook `knn`."""

import numpy as np

from cs231n.checks.api import (
    CheckFailure,
    assert_close,
    assert_labels,
    assert_that,
    exercise,
    kind,
    oracle,
    require_array,
    take,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.loops import require_no_loop


def trained(student, train, labels=None):
    """A student's classifier that has seen these pictures."""
    knn = student.classifiers.k_nearest_neighbor.KNearestNeighbor()
    knn.train(train, np.arange(len(train)) % 3 if labels is None else labels)
    return knn


def check_distances(name, method):
    """Register the checks of one of the three ways of computing distances.

    Parameters
    ----------
    name : str
        The exercise.
    method : str
        Its name.
    """

    @exercise(name)
    def a_distance_by_hand(student, rng):
        train, test = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 8.0]]), np.array([[3.0, 4.0]])
        order = rng.permutation(3)  # so that nobody can know the answer by heart
        dists = getattr(trained(student, train[order]), method)(test)
        expected = np.array([[5.0, 4.0, 5.0]])[:, order]
        require_distances(dists, expected, test, train[order], "dists of (3, 4)")

    @exercise(name, weight=3)
    def distances_match_the_definition(student, rng):
        train, test = rng.normal(size=(5, 7)), rng.normal(size=(3, 7))
        expected = oracle.euclidean_distances(test, train)
        require_distances(
            getattr(trained(student, train), method)(test), expected, test, train, "dists"
        )

    @exercise(name)
    def pictures_may_be_bytes(student, rng):
        train, test = (rng.integers(256, size=(N, 12), dtype=np.uint8) for N in (6, 4))
        expected = oracle.euclidean_distances(test, train)
        dists = getattr(trained(student, train), method)(test)
        wide = test.astype(np.float64), train.astype(np.float64)
        require_distances(dists, expected, *wide, "dists of bytes")


def require_distances(got, expected, test, train, what):
    """Require these distances, or say which others came."""
    absolute = np.abs(test[:, None] - train).sum(axis=2)
    mistakes = [
        (expected**2, "These are squared distances: take the square root."),
        (expected / np.sqrt(test.shape[1]), "This is the root of a mean: add the D squares up."),
        (absolute, "These are sums of absolute differences, the L1 distance: Euclid squares them."),
    ]
    assert_no_mistake(got, expected, what, mistakes)


check_distances("knn-two-loops", "compute_distances_two_loops")
check_distances("knn-one-loop", "compute_distances_one_loop")
check_distances("knn-no-loops", "compute_distances_no_loops")


def require_no_loop_over(names, student, method, rng):
    """Require right distances, and no loop over what `names` names."""
    train, test = rng.normal(size=(5, 7)), rng.normal(size=(3, 7))
    dists = getattr(trained(student, train), method)(test)
    require_distances(dists, oracle.euclidean_distances(test, train), test, train, "dists")

    def measure(num_test, num_train, D):
        knn = trained(student, rng.normal(size=(num_train, D)))
        test = rng.normal(size=(num_test, D))
        return student.checks.beside.steps.count_steps(knn, test, method=method)

    require_no_loop(measure, (4, 5, 7), 40, names)


@exercise("knn-one-loop", weight=2, local=True)
def one_loop_is_enough(student, rng):
    names = (None, "training pictures", "numbers of a picture")
    require_no_loop_over(names, student, "compute_distances_one_loop", rng)


@exercise("knn-no-loops", weight=2, local=True)
def no_loops(student, rng):
    names = ("test pictures", "training pictures", "numbers of a picture")
    require_no_loop_over(names, student, "compute_distances_no_loops", rng)


@exercise("knn-no-loops", weight=2)
def a_picture_is_at_distance_0_from_itself(student, rng):
    pictures = 100 * rng.normal(size=(80, 30))
    dists = trained(student, pictures).compute_distances_no_loops(pictures)
    require_array(dists, "dists", shape=(80, 80))
    message = (
        "Where a test picture is a training picture too, the distance is nan: rounding leaves the "
        "squared distance a little below 0. What should become of it before the square root?"
    )
    assert_that(not np.isnan(dists).any(), message, "0", "nan", "the diagonal of dists")
    # A rounding error of 1e-16 in a square is one of 1e-8 in the distance.
    assert_close(dists, oracle.euclidean_distances(pictures, pictures), "dists", tol=1e-6)


@exercise("knn-predict-labels")
def nearest_neighbour_decides_alone(student, rng):
    y = rng.permutation([3, 5, 5, 8, 8, 9, 3])
    dists = distinct_distances(rng, 50, len(y))
    y_pred = voter(student, y).predict_labels(dists, k=1)
    assert_labels(y_pred, y[dists.argmin(axis=1)], "y_pred at k = 1")


@exercise("knn-predict-labels", weight=2)
def most_of_the_k_nearest_win(student, rng):
    y = rng.permutation(np.repeat([3, 8], 10))  # two labels and an odd k: no ties
    dists = distinct_distances(rng, 200, len(y))
    y_pred = voter(student, y).predict_labels(dists, k=7)
    assert_labels(y_pred, oracle.nearest_votes(dists, y, 7), "y_pred at k = 7")


@exercise("knn-predict-labels")
def of_equal_votes_the_smallest_label_wins(student, rng):
    y = np.array([7, 7, 7, 6, 6, 6, 2, 2, 2])
    ranks = np.empty((6, len(y)))
    for row in ranks:  # of two labels with two votes each, the larger is the nearest
        large, small = 3 * np.sort(rng.choice(3, size=2, replace=False))
        nearest = [large, small, small + 1, large + 1]
        row[[*nearest, *(j for j in range(len(y)) if j not in nearest)]] = np.arange(len(y))
    dists = ranks + rng.uniform(0.1, 0.9, size=ranks.shape)
    y_pred = voter(student, y).predict_labels(dists, k=4)
    assert_labels(y_pred, oracle.nearest_votes(dists, y, 4), "y_pred where two labels tie")


def voter(student, y):
    """A student's classifier with these labels; its pictures do not matter."""
    return trained(student, np.zeros((len(y), 2)), y)


def distinct_distances(rng, num_test, num_train):
    """Distances of which no two in a row are close."""
    ranks = rng.permuted(np.tile(np.arange(num_train), (num_test, 1)), axis=1)
    return ranks + rng.uniform(0.1, 0.9, size=ranks.shape)


@exercise("knn-cross-validation", weight=2)
def accuracies_of_each_k_and_fold(student, rng):
    X, y = draw_labelled(rng)
    k_choices, num_folds = [1, 3, 6], 4
    accuracies, _ = watch(student, X, y, k_choices, num_folds)
    expected = oracle.held_out_accuracies(X, y, k_choices, num_folds)
    assert_that(
        isinstance(accuracies, dict),
        "cross_validate should return a dict: k -> the accuracies.",
        "a dict",
        kind(accuracies),
    )
    for i, k in enumerate(k_choices):
        what = f"accuracies[{k}]"
        keys = (f"keys {k_choices}", f"keys {[*accuracies]}")
        assert_that(k in accuracies, f"There is no {what}.", *keys)
        found = accuracies[k]
        message = f"{what} should hold the accuracy of each of the {num_folds} folds."
        right = isinstance(found, list | tuple | np.ndarray) and np.shape(found) == (num_folds,)
        assert_that(right, message, f"a list of {num_folds}", kind(found))
        mistakes = [
            (100 * expected[i], "These are per cent: an accuracy is a share, from 0 to 1."),
            (expected[i][::-1], "The accuracies stand in the wrong order: the first fold first."),
        ]
        assert_no_mistake(np.array(found, dtype=float), expected[i], what, mistakes)


@exercise("knn-cross-validation", weight=2)
def every_fold_is_held_out_once(student, rng):
    X, y = draw_labelled(rng)
    num_folds = 4
    _, log = watch(student, X, y, [1, 3], num_folds)
    label_of, seen = dict(zip(X[:, 0].tolist(), y.tolist())), None
    tested = set()
    for entry in log:
        if entry[0] == "train":
            seen = entry[1].tolist()
            expected = np.array([label_of[x] for x in seen])
            assert_labels(entry[2], expected, "the labels of the training pictures")
            continue
        held_out = entry[1].tolist()
        assert_that(seen is not None, "Distances are asked for before there was any training.")
        both = set(seen) & set(held_out)
        message = "Pictures that the classifier was trained on are used to measure it."
        assert_that(not both, message, "no picture in both", f"{len(both)} pictures in both")
        message = "Each fold should be measured by a classifier that has seen all the others."
        count = f"{len(seen)} + {len(held_out)} pictures"
        assert_that(len({*seen, *held_out}) == len(X), message, f"{len(X)} pictures", count)
        tested.add(tuple(held_out))
    folds = {tuple(fold.tolist()) for fold in np.array_split(X[:, 0], num_folds)}
    message = "The folds should be the contiguous pieces that np.array_split makes."
    sizes = [sorted(map(len, pieces)) for pieces in (folds, tested)]
    assert_that(tested == folds, message, *(f"sizes {size}" for size in sizes))


@exercise("knn-cross-validation")
def distances_are_computed_once_a_fold(student, rng):
    X, y = draw_labelled(rng)
    _, log = watch(student, X, y, [1, 2, 3, 5, 6], 4)
    count = sum(entry[0] == "distances" for entry in log)
    message = (
        "Computing distances is what takes the time, and they are the same for every k: "
        "compute them once in each fold, and let predict_labels vote for every k."
    )
    assert_that(count == 4, message, "4 times for 4 folds", f"{count} times")


def draw_labelled(rng, N=38):
    """Draw pictures whose first number tells something of their label, in no order."""
    X = rng.normal(size=(N, 3))
    y = (X[:, 0] > 0) + rng.integers(2, size=N)
    return X, y


def watch(student, X, y, k_choices, num_folds):
    """What cross_validate returns, and what it asked of its classifiers."""
    run = student.checks.beside.neighbors.watch_cross_validation
    accuracies, log = take(run(X, y, k_choices, num_folds), "accuracies", "log")
    if not isinstance(log, list) or not log:
        message = "cross_validate makes no KNearestNeighbor: train one in every fold."
        raise CheckFailure(message, "4 of them", "none")
    return accuracies, log
