"""The oracles of translation, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from grading.oracles import sequence_to_sequence as oracles

pytestmark = pytest.mark.assignment4


def test_rows_of_sources():
    words, lengths = oracles.source_rows([[4, 5, 6], [7, 9, 9]], 9, True)
    assert (words.tolist(), lengths.tolist()) == ([[6, 5, 4], [7, 9, 9]], [3, 1])


def test_a_translator_of_zeros_finds_all_words_alike():
    params = {"W_source": (5, 2), "W_target": (6, 2), "W_vocab": (3, 6), "b_vocab": (6,)}
    for where in ("enc", "dec"):
        params |= {f"Wx_{where}": (2, 12), f"Wh_{where}": (3, 12), f"b_{where}": (12,)}
    params = {name: np.zeros(shape) for name, shape in params.items()}
    targets = np.array([[1, 4, 5, 2], [1, 4, 2, 0]])
    given = params, [[4], [4, 4]], targets, True, False
    assert oracles.translation_loss(*given) == pytest.approx(5 * math.log(6) / 2)
    grads = oracles.translation_gradients(*given)
    np.testing.assert_allclose(
        grads["b_vocab"][[2, 4, 5]], [5 / 12 - 1, 5 / 12 - 1, 5 / 12 - 1 / 2]
    )
    scores, h, c = oracles.written_steps(params, [4], [1, 4], True, False)
    assert scores.shape == (2, 6)
    assert not scores.any()
    assert not h.any()
    assert not c.any()


def test_attention_by_hand():
    h, encoded = np.array([[[1.0, 0]]]), np.array([[[0.0, 1], [0, 0], [9, 9]]])
    W = np.array([[0.0, math.log(3)], [0, 0]])
    context, weights = oracles.contexts(h, encoded, W, np.array([2]))
    np.testing.assert_allclose(weights, [[[0.75, 0.25, 0]]])
    np.testing.assert_allclose(context, [[[0, 0.75]]])
    scores = np.array([[[math.log(3), 0, 7]]])
    np.testing.assert_allclose(oracles.softmax_of_places(scores, np.array([2])), weights)


def test_places_and_shares():
    weights = np.array([[0.5, 0.5, 9]])
    assert oracles.looked_at_most(weights, 2, True).tolist() == [0]
    assert oracles.exact_by_words([[1, 2], [1]], [[1, 2], [1, 1]]) == 0.5
    states = np.arange(6.0).reshape(1, 3, 2)
    assert oracles.ends_of(states, np.array([3])).tolist() == [[4, 5]]
