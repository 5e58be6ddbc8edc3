"""The oracles of matching, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from grading.oracles import image_sentence_ranking as oracles

pytestmark = pytest.mark.assignment4
REGIONS, WORDS = np.array([[[1.0, 0], [0, 2]]]), np.array([[[3.0, 1], [-1, -1]]])
BOTH = np.ones((1, 2), dtype=bool)


def test_scores():
    assert oracles.alignment_by_loops(REGIONS, WORDS, BOTH, BOTH, False) == 2
    assert oracles.alignment_by_loops(REGIONS, WORDS, BOTH, BOTH, True) == 1
    alike = oracles.attention_by_loops(REGIONS, WORDS, BOTH, BOTH, False, 0.0)
    np.testing.assert_allclose(alike, 2.5 - 1.5)
    e = math.e
    one = oracles.attention_by_loops(REGIONS, WORDS, BOTH, BOTH & [True, False], False, 1.0)
    np.testing.assert_allclose(one, (3 * e + 2) / (e + 1))


def test_slopes():
    dregions, dwords = oracles.alignment_slopes(np.ones((1, 1)), REGIONS, WORDS, BOTH, BOTH, False)
    np.testing.assert_array_equal(dregions, [[[2, 0], [0, 0]]])
    np.testing.assert_array_equal(dwords, [[[1, 0], [1, 0]]])
    np.testing.assert_allclose(
        oracles.unit_slopes(np.array([3.0, 4]), np.array([1.0, 0])),
        [
            0.128,
            -0.096,
        ],
    )


def test_losses():
    scores = np.array([[1.0, 0.9], [0.0, 0.5]])
    loss, dscores = oracles.margin_loss_by_loops(scores, 0.2, False, None)
    np.testing.assert_allclose(loss, 0.1 + 0.6)
    np.testing.assert_array_equal(dscores, [[-1, 2], [0, -1]])


def test_ranks_recall_and_ceiling():
    right = np.array([[True, False, False], [False, True, True]])
    ranks = oracles.ranks_by_sorting(np.array([[1.0, 1, 2], [5, 4, 6]]), right)
    np.testing.assert_array_equal(ranks, [3, 1])
    recalls, median = oracles.recalls_by_counting(ranks, [1, 3])
    assert (recalls.tolist(), median) == ([50, 100], 2)
    assert oracles.ceiling_by_places(right, 1) == 75


def test_words_and_boxes():
    turned = oracles.turned_sentences(np.array([[1, 2, 3]]), np.array([2]))
    np.testing.assert_array_equal(turned, [[2, 1, 3]])
    products = np.array([[1.0, 0], [0, 0.5]])
    assert oracles.best_grounding(products, 0.0) == 1.5
    assert oracles.best_grounding(products, 1.0) == 2
    boxes = np.array([[0.0, 0, 2, 2], [1, 0, 2, 2]])
    np.testing.assert_allclose(oracles.iou_by_fractions(boxes[:1], boxes), [[1, 1 / 3]])
    assert oracles.pointing_by_fractions(boxes, [boxes[:1], boxes[:1]], 0.5) == 0.5
    assert math.isnan(oracles.pointing_by_fractions(boxes[:1], [boxes[:0]], 0.5))
