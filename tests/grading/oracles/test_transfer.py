"""The oracles of transfer learning, against numbers worked out by hand."""

import numpy as np
import pytest

from grading.oracles.transfer_learning import (
    averages_of_cells,
    most_alike,
    nearest_keys,
    probe_scores_by_entry,
    rates_by_layer,
    ridge_probe,
    transplanted,
)

pytestmark = pytest.mark.assignment3


def test_cells_are_averaged():
    # One pixel x makes two maps of 2 x 2: x times 1 ... 8.
    params = {"w1": np.arange(1.0, 9).reshape(2, 2, 2, 1, 1, 1), "b1": np.zeros((2, 2, 2))}
    params |= {"w2": np.ones((1, 1, 1, 2, 2, 2)), "b2": np.zeros((1, 1, 1))}
    params |= {"w3": np.ones((1, 1, 1, 1)), "b3": np.zeros(1)}
    X = np.full((1, 1, 1, 1), 3.0)
    got = averages_of_cells(params, X, "maps1", 1)
    np.testing.assert_allclose(got["right"], [[7.5, 19.5]])
    np.testing.assert_allclose(got["largest"], [[12, 24]])
    np.testing.assert_allclose(got["twice"], [[15, 39]])
    got = averages_of_cells(params, X, "maps1", 2)
    np.testing.assert_allclose(got["right"], [[3, 6, 9, 12, 15, 18, 21, 24]])
    np.testing.assert_allclose(got["turned"], [[3, 9, 6, 12, 15, 21, 18, 24]])
    np.testing.assert_allclose(got["cells first"], [[3, 15, 6, 18, 9, 21, 12, 24]])
    np.testing.assert_allclose(averages_of_cells(params, X, "scores", 2)["right"], [[108]])


def test_a_probe_of_one_column():
    got = ridge_probe(np.array([[1.0, 5], [3, 5]]), np.array([0, 1]), 3, 1.0)
    np.testing.assert_allclose(got["mean"], [2, 5])
    np.testing.assert_allclose(got["std"], [1, 1])
    np.testing.assert_allclose(got["W"], [[-0.25, 0.25, 0], [0, 0, 0]], atol=1e-15)
    np.testing.assert_allclose(got["b"], [0.5, 0.5, 0])
    np.testing.assert_allclose(got["W with a sum"][0], [-1 / 3, 1 / 3, 0], atol=1e-15)


def test_scores_of_a_probe():
    probe = {"mean": np.array([1.0]), "std": np.array([2.0]), "W": np.array([[1.0, -3.0]])}
    got = probe_scores_by_entry(probe | {"b": np.array([0.5, 0.0])}, np.array([[5.0], [3.0]]))
    np.testing.assert_allclose(got["right"], [[2.5, -6], [1.5, -3]])
    np.testing.assert_allclose(got["by their own"], [[1.5, -3], [-0.5, 3]])
    np.testing.assert_allclose(got["raw"], [[5.5, -15], [3.5, -9]])
    np.testing.assert_allclose(got["without b"], [[2, -6], [1, -3]])


def test_parameters_come_from_where_they_should():
    params, source = {"conv1.w": 1, "conv10.w": 2}, {"conv1.w": 3, "conv10.w": 4}
    assert transplanted(params, source, ["conv1", "relu1"]) == {"conv1.w": 3, "conv10.w": 2}


def test_rates_of_layers():
    got = rates_by_layer(["b.w", "a.w"], ["a", "relu", "b"], 8.0, 0.5)
    assert got["right"] == {"b.w": 8, "a.w": 4}
    assert got["all count"] == {"b.w": 8, "a.w": 2}
    assert got["upside down"] == {"b.w": 4, "a.w": 8}


def test_nearest_keys():
    keys = np.array([[2.0, 0], [0, 1], [-2, 0], [0, -1]]) + 5
    got = nearest_keys(np.array([[6.0, 7.0], [5.0, 5.0]]), keys, 2)
    np.testing.assert_array_equal(got["right"], [[1, 0], [0, 1]])
    np.testing.assert_array_equal(got["farthest"], [[3, 2], [0, 1]])
    np.testing.assert_array_equal(got["scalar products"], [[0, 1], [0, 1]])
    np.testing.assert_array_equal(got["own means"][0], [1, 0])
    np.testing.assert_array_equal(got["as they came"][0], [1, 2])


def test_the_sentence_most_alike():
    table = np.array([[9.0, 1, 1], [4, 0, 2], [0, 5, 0]])
    assert most_alike([0, 1, 2], table)["right"] == 1  # 1 + 1, 4 + 2, 0 + 5
    assert most_alike([0, 1, 2], table)["itself"] == 0
    assert most_alike([0, 1, 2], table)["turned"] == 1  # 4 + 0, 1 + 5, 1 + 2
    assert most_alike([0, 1, 2], table)["least"] == 0
    assert most_alike([0, 0, 1], table)["right"] == 0
    assert most_alike([0, 0, 1], table)["once"] == 2
