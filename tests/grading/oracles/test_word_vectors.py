"""The oracles of word vectors, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from grading.oracles import word_vectors as oracles

pytestmark = pytest.mark.assignment4


def test_pairs_of_a_window():
    centres, contexts = oracles.window_pairs([7, 3, 7], 1)
    np.testing.assert_array_equal(centres, [7, 3, 3, 7])
    np.testing.assert_array_equal(contexts, [3, 7, 7, 3])


def test_chances_to_stay():
    np.testing.assert_allclose(oracles.chances_to_stay([16, 4, 0, 80], 0.04), [0.5, 1, 1, 20**-0.5])


def test_chances_of_noise():
    np.testing.assert_allclose(oracles.chances_of_noise([16, 0, 1], 0.5), [0.8, 0, 0.2])


def test_skipgram_of_one_number():
    table = np.array([[2.0], [0.0]])
    zero, one = np.array([0]), np.array([1])
    loss, dV_in, dV_out = oracles.skipgram(table, table, zero, zero, one[None])
    assert loss == pytest.approx(math.log(1 + math.exp(-4)) + math.log(2))
    slope = -1 / (1 + math.exp(4))
    np.testing.assert_allclose(dV_in, [[2 * slope], [0]])
    np.testing.assert_allclose(dV_out, [[2 * slope], [2 * 0.5]])


def test_skipgram_of_large_scores():
    table = np.array([[1000.0], [1.0], [-1.0]])
    zero, one, two = (np.array([word]) for word in (0, 1, 2))
    assert oracles.skipgram(table, table, zero, two, one[None])[0] == 2000
    assert oracles.skipgram(table, table, zero, one, two[None])[0] == 0


def test_excess_of_pairs():
    expected = [[0, math.log(1.5)], [math.log(1.5), 0]]
    np.testing.assert_allclose(oracles.excess_of_pairs(np.array([[0, 3], [3, 3]])), expected)


def test_nearness_and_offsets():
    vectors = np.array([[2.0, 0], [0, 1], [0, 0], [3, 3], [-1, 0]])
    words, cosines = oracles.by_nearness(vectors, [1, 0], [3])
    np.testing.assert_array_equal(words, [0, 1, 2, 4])
    np.testing.assert_allclose(cosines, [1, 0, 0, -1])
    words, cosines = oracles.by_offset(vectors, 0, 1, 4)  # (0, 1) - (1, 0) + (-1, 0)
    np.testing.assert_array_equal(words, [2, 3])
    np.testing.assert_allclose(cosines, [0, -1 / math.sqrt(10)])
