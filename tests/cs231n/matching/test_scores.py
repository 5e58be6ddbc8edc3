"""Scores of words and regions: by hand, and their derivatives by differences."""

import numpy as np
import pytest

from cs231n.matching import scores

pytestmark = pytest.mark.assignment4
EVERY = np.ones((1, 2), dtype=bool)


def slope(function, x, v, h=1e-6):
    return (function(x + h * v) - function(x - h * v)) / (2 * h)


def test_a_score_by_hand():
    regions = np.array([[[1.0, 0], [0, 2]]])
    words = np.array([[[3.0, 1], [-1, -1]]])  # products 3 and 2; -1 and -2
    assert scores.alignment_forward(regions, words, EVERY, EVERY)[0] == 2
    assert scores.alignment_forward(regions, words, EVERY, EVERY, mean=True)[0] == 1


@pytest.mark.parametrize("mean", [False, True])
def test_attention_has_the_derivative_that_differences_have(mean):
    rng = np.random.default_rng(0)
    regions, words = rng.normal(size=(2, 3, 4)), rng.normal(size=(5, 2, 4))
    region_mask, word_mask = np.array([[1, 1, 0], [1, 1, 1]], bool), rng.random((5, 2)) < 0.8
    dscores = rng.normal(size=(2, 5))

    def loss(regions, words):
        found = scores.attention_forward(regions, words, region_mask, word_mask, mean, 3.0)
        return (found[0] * dscores).sum()

    _, cache = scores.attention_forward(regions, words, region_mask, word_mask, mean, 3.0)
    dregions, dwords = scores.attention_backward(dscores, cache)
    v, w = rng.normal(size=regions.shape), rng.normal(size=words.shape)
    expected = slope(lambda x: loss(x, words), regions, v)
    np.testing.assert_allclose((dregions * v).sum(), expected, rtol=1e-6)
    expected = slope(lambda x: loss(regions, x), words, w)
    np.testing.assert_allclose((dwords * w).sum(), expected, rtol=1e-6)


def test_sharp_attention_takes_the_best_region():
    rng = np.random.default_rng(1)
    regions, words = rng.normal(size=(2, 3, 4)), rng.normal(size=(5, 2, 4))
    masks = np.ones((2, 3), bool), np.ones((5, 2), bool)
    soft, _ = scores.attention_forward(regions, words, *masks, sharpness=1e6)
    np.testing.assert_allclose(soft, scores.alignment_forward(regions, words, *masks)[0])


def test_zeros_have_no_direction():
    y, (_, lengths) = scores.unit_forward(np.array([[3.0, 4.0], [0.0, 0.0]]))
    np.testing.assert_array_equal(y, [[0.6, 0.8], [0, 0]])
    np.testing.assert_array_equal(lengths, [[5], [1e-8]])
