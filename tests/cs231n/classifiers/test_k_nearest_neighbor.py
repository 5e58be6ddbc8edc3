"""Nearest neighbour classification."""

import math

import numpy as np
import pytest

from cs231n.classifiers import KNearestNeighbor, k_nearest_neighbor
from cs231n.classifiers.k_nearest_neighbor import cross_validate

WAYS = ("two_loops", "one_loop", "no_loops")
# A rounding error of 1e-16 in a squared length is one of 1e-8 in the distance.
CANCELLATION = 1e-6


def trained(X, y=None):
    knn = KNearestNeighbor()
    knn.train(X, np.zeros(len(X), dtype=int) if y is None else y)
    return knn


def distances(way, test, train):
    return getattr(trained(train), f"compute_distances_{way}")(test)


@pytest.mark.parametrize("way", WAYS)
def test_distances_by_hand(way):
    dists = distances(way, np.array([[3.0, 4.0], [0.0, 8.0]]), np.array([[0.0, 0.0], [6.0, 0.0]]))
    np.testing.assert_allclose(dists, [[5.0, 5.0], [8.0, 10.0]], rtol=1e-12)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", [(3, 5, 7), (1, 5, 7), (3, 1, 7), (3, 5, 1)])
def test_distances_match_the_definition(way, shape, rng):
    num_test, num_train, D = shape
    test, train = rng.normal(size=(num_test, D)), rng.normal(size=(num_train, D))
    expected = [[math.dist(x, t) for t in train] for x in test]
    np.testing.assert_allclose(distances(way, test, train), expected, rtol=1e-9)


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_at_distance_0_from_itself(way, rng):
    pictures = 100 * rng.normal(size=(200, 30))
    dists = distances(way, pictures, pictures.copy())
    assert np.max(np.abs(np.diag(dists))) <= CANCELLATION * np.max(dists)  # false for nan, too


@pytest.mark.parametrize("way", WAYS)
def test_bytes_do_not_wrap_around(way):
    dists = distances(way, np.array([[3, 255]], np.uint8), np.array([[5, 0]], np.uint8))
    np.testing.assert_allclose(dists, [[math.hypot(2, 255)]])


@pytest.mark.parametrize("way", WAYS)
def test_distances_are_float64_and_inputs_unchanged(way, rng):
    test, train = (rng.normal(size=(N, 7)).astype(np.float32) for N in (3, 5))
    copies = test.copy(), train.copy()
    assert distances(way, test, train).dtype == np.float64
    np.testing.assert_array_equal(test, copies[0])
    np.testing.assert_array_equal(train, copies[1])


def test_labels_keep_the_dtype_of_the_training_labels():
    knn = trained(np.zeros((2, 1)), np.array([1, 0], np.int16))
    assert knn.predict_labels(np.array([[1.0, 2.0]])).dtype == np.int16


def test_majority_wins():
    knn = trained(np.zeros((5, 1)), np.array([4, 1, 1, 4, 1]))
    dists = np.array([[1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 5.0, 6.0, 2.0, 3.0]])
    np.testing.assert_array_equal(knn.predict_labels(dists, k=3), [1, 4])


def test_of_equal_votes_the_smaller_label_wins_though_the_other_is_nearer():
    knn = trained(np.zeros((4, 1)), np.array([7, 2, 2, 7]))
    assert knn.predict_labels(np.array([[1.0, 2.0, 3.0, 4.0]]), k=4).tolist() == [2]


@pytest.mark.parametrize("num_loops", [0, 1, 2])
def test_predict_uses_any_number_of_loops(num_loops):
    knn = trained(np.array([[0.0], [1.0], [9.0]]), np.array([3, 3, 5]))
    labels = knn.predict(np.array([[8.0], [0.4]]), k=1, num_loops=num_loops)
    assert labels.tolist() == [5, 3]


def test_predict_uses_k():
    knn = trained(np.array([[0.0], [1.0], [9.0]]), np.array([3, 3, 5]))
    assert knn.predict(np.array([[8.0]]), k=3).tolist() == [3]


def test_predict_refuses_other_numbers_of_loops():
    with pytest.raises(ValueError, match="num_loops is 3; it should be 0, 1 or 2"):
        trained(np.zeros((1, 2))).predict(np.zeros((1, 2)), num_loops=3)


def test_train_refuses_pictures_that_are_not_rows():
    with pytest.raises(ValueError, match=r"shape \(2, 3, 4\); each picture should be one row"):
        KNearestNeighbor().train(np.zeros((2, 3, 4)), np.zeros(2, int))


def test_train_refuses_labels_that_do_not_match():
    with pytest.raises(ValueError, match=r"y has shape \(3,\) but X holds 2 pictures"):
        KNearestNeighbor().train(np.zeros((2, 3)), np.zeros(3, int))


@pytest.mark.parametrize("way", WAYS)
def test_distances_refuse_pictures_of_another_length(way):
    with pytest.raises(ValueError, match=r"shape \(2, 4\) but each training picture has 3 numbers"):
        distances(way, np.zeros((2, 4)), np.zeros((5, 3)))


def test_distances_need_training():
    with pytest.raises(ValueError, match="no training pictures; call train first"):
        KNearestNeighbor().compute_distances_no_loops(np.zeros((2, 4)))


@pytest.mark.parametrize("k", [0, 3])
def test_predict_labels_refuses_a_k_out_of_range(k):
    with pytest.raises(ValueError, match=f"k is {k}; it should be from 1 to 2"):
        trained(np.zeros((2, 1))).predict_labels(np.zeros((1, 2)), k=k)


def test_predict_labels_refuses_distances_of_another_set():
    with pytest.raises(ValueError, match=r"dists has shape \(1, 3\) but there are 2 training"):
        trained(np.zeros((2, 1))).predict_labels(np.zeros((1, 3)))


def test_cross_validation_by_hand():
    # On a line, in two folds: 0 1 | 2 9. With k = 1 the neighbour of 0 and 1 is 2, that of 2 and
    # 9 is 1; with k = 2 both pictures of the other fold vote, and the smaller label wins.
    X, y = np.array([[0.0], [1.0], [2.0], [9.0]]), np.array([1, 0, 0, 1])
    expected = {1: [0.5, 0.5], 2: [0.5, 0.5]}
    assert cross_validate(X, y, [1, 2], num_folds=2) == expected


def test_cross_validation_equals_training_on_the_rest(rng):
    X, y = rng.normal(size=(23, 3)), rng.integers(3, size=23)
    accuracies = cross_validate(X, y, [1, 4], num_folds=4)
    folds = np.split(np.arange(23), [6, 12, 18])
    for k in (1, 4):
        expected = []
        for fold in folds:
            others = np.setdiff1d(np.arange(23), fold)
            labels = trained(X[others], y[others]).predict(X[fold], k=k, num_loops=2)
            expected.append(np.mean(labels == y[fold]))
        assert accuracies[k] == expected


def test_cross_validation_has_five_folds_by_default(rng):
    accuracies = cross_validate(rng.normal(size=(10, 2)), rng.integers(2, size=10), [3])
    assert [*accuracies] == [3]
    assert len(accuracies[3]) == 5


def test_cross_validation_computes_distances_once_a_fold(rng, monkeypatch):
    calls = []

    class Counting(KNearestNeighbor):
        def compute_distances_no_loops(self, X):
            calls.append(len(X))
            return super().compute_distances_no_loops(X)

    monkeypatch.setattr(k_nearest_neighbor, "KNearestNeighbor", Counting)
    cross_validate(rng.normal(size=(10, 2)), rng.integers(2, size=10), [1, 2, 3], num_folds=4)
    assert calls == [3, 3, 2, 2]
