"""CIDEr-D of one sentence beside all known ones, at once."""

import numpy as np
import pytest

from cs231n.language.likeness import Likeness
from cs231n.language.metrics import cider_d_each

pytestmark = pytest.mark.assignment3
SENTENCES = [
    [["a", "red", "star"], ["a", "star", "and", "a", "star", "and", "a", "ring"]],
    [["two", "blue", "rings"]],
    [["a", "red", "ring"], ["a", "red", "star"], ["red"]],
]


def test_likeness_knows_each_sentence_once():
    likeness = Likeness(SENTENCES)
    assert likeness.known[:3] == [
        ("a", "red", "star"),
        tuple(SENTENCES[0][1]),
        tuple(SENTENCES[1][0]),
    ]
    assert [rows.tolist() for rows in likeness.rows] == [[0, 1], [2], [3, 0, 4]]


@pytest.mark.parametrize("candidate", ["a red star", "a star and a star", "star", "a a a", "two"])
def test_likeness_averages_to_cider_d(candidate):
    words, likeness = candidate.split(), Likeness(SENTENCES)
    got = [likeness(words)[rows].mean() for rows in likeness.rows]
    np.testing.assert_allclose(got, cider_d_each([words] * 3, SENTENCES), rtol=1e-12, atol=1e-12)


def test_likeness_of_unknown_words_is_zero():
    np.testing.assert_array_equal(Likeness(SENTENCES)(["green", "moon"]), np.zeros(5))
    np.testing.assert_array_equal(Likeness(SENTENCES)([]), np.zeros(5))
