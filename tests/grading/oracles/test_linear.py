"""The oracles of assignment 1's first three notebooks, against numbers worked out by hand."""

import math

import numpy as np

from grading.oracles._complex_step import complex_step_gradient
from grading.oracles.knn import euclidean_distances, held_out_accuracies, nearest_votes
from grading.oracles.softmax import softmax_gradient, softmax_loss
from grading.oracles.svm import svm_gradient, svm_loss

ONE = np.array([[1.0]])


def test_complex_steps_have_all_digits():
    x = np.array([[0.5, 2.0], [-1.0, 3.0]])
    gradient = complex_step_gradient(lambda p: p[0][0] ** 3 + p[0][1] * p[1][0] + 7, x)
    np.testing.assert_array_equal(gradient, [[0.75, -1.0], [2.0, 0.0]])


def test_distances():
    dists = euclidean_distances(np.array([[3.0, 4.0]]), np.array([[0.0, 0.0], [3.0, 1.0]]))
    np.testing.assert_array_equal(dists, [[5.0, 3.0]])


def test_votes_and_ties():
    dists, y = np.array([[1.0, 2.0, 3.0, 4.0]] * 2), np.array([7, 2, 2, 7])
    assert nearest_votes(dists, y, 1).tolist() == [7, 7]
    assert nearest_votes(dists, y, 3).tolist() == [2, 2]
    assert nearest_votes(dists, y, 4).tolist() == [2, 2]


def test_held_out_accuracies():
    # in folds of two and one: 0 and 1 have the neighbour 5 alone, 5 has 1 and then 0
    accuracies = held_out_accuracies(np.array([[0.0], [1.0], [5.0]]), np.array([3, 4, 3]), [1], 2)
    np.testing.assert_array_equal(accuracies, [[0.5, 0.0]])


def test_svm():
    W = np.array([[3.0, 2.5, -1.0]])
    assert svm_loss(W, ONE, np.array([0]), 0.0) == 0.5
    assert svm_loss(W, ONE, np.array([0]), 2.0) == 0.5 + 2 * (9 + 6.25 + 1)
    np.testing.assert_array_equal(svm_gradient(W, ONE, np.array([0]), 0.0), [[-1.0, 1.0, 0.0]])
    np.testing.assert_array_equal(svm_gradient(W, ONE, np.array([0]), 0.5), [[2.0, 3.5, -1.0]])


def test_softmax():
    W = np.log(np.array([[1.0, 2.0, 5.0]]))
    np.testing.assert_allclose(softmax_loss(W, ONE, np.array([1]), 0.0), math.log(4), rtol=1e-14)
    gradient = softmax_gradient(W, ONE, np.array([1]), 0.0)
    np.testing.assert_allclose(gradient, [[1 / 8, -6 / 8, 5 / 8]], rtol=1e-14)


def test_softmax_of_scores_far_apart():
    W = np.array([[-1e4, 0.0]])
    assert softmax_loss(W, ONE, np.array([0]), 0.0) == 1e4
    np.testing.assert_array_equal(softmax_gradient(W, ONE, np.array([0]), 0.0), [[-1.0, 1.0]])
