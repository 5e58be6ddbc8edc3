"""Neighbours and analogies, on vectors that can be seen through."""

import numpy as np
import pytest

from cs231n.language.word_relations import analogy, nearest

pytestmark = pytest.mark.assignment4
CROSS = np.array([[1.0, 0], [0, 5], [-2, 0], [0, 0], [1, 1]])


def test_directions_count_and_lengths_do_not():
    words, cosines = nearest(CROSS, [0, 0.1], k=3)
    np.testing.assert_array_equal(words, [1, 4, 0])
    np.testing.assert_allclose(cosines, [1, np.sqrt(0.5), 0])


def test_equally_near_words_come_by_number_and_zeros_are_like_nothing():
    words, cosines = nearest(CROSS, CROSS[0], k=9, leave_out=[0, 4])
    np.testing.assert_array_equal(words, [1, 3, 2])
    np.testing.assert_array_equal(cosines, [0, 0, -1])


def test_nothing_may_be_left():
    words, cosines = nearest(CROSS, CROSS[0], leave_out=range(5))
    assert words.shape == cosines.shape == (0,)


@pytest.mark.parametrize("scale", [1, 40])
def test_the_fourth_corner(scale):
    corners = np.array([[1, 0, 1.0], [1, 0, -1], [0, 1, 1], [0, 1, -1], [1, 1, 1]])
    corners[0] *= scale
    words, _ = analogy(corners, 0, 1, 2)
    np.testing.assert_array_equal(words, [3])
