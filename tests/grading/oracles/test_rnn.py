"""The oracles of recurrent networks, against numbers worked out by hand."""

import numpy as np
import pytest

from grading.oracles.rnn_captioning import (
    caption_gradients,
    caption_loss,
    caption_scores,
    greedy_captions,
    recurrent_gradients,
    recurrent_states,
    sentence_loss,
    sentence_loss_gradient,
    vectors_gradient,
    vectors_of_words,
)

pytestmark = pytest.mark.assignment3
HALF = np.log(3) / 2  # tanh of this is a half, and its slope there 3/4
START, A, B, END, NULL = range(5)


def one_unit(*inputs):
    """x (1, T, 1) and h0, Wx, Wh, b of an RNN with one unit that adds what comes in to 2 h."""
    x = np.array(inputs).reshape(1, -1, 1)
    return x, np.array([[0.25]]), np.array([[1.0]]), np.array([[2.0]]), np.array([-0.5])


def test_states():
    # a = x + 2 h - 1/2: x makes it log(3) / 2, then 0
    h = recurrent_states(*one_unit(HALF, -0.5))
    np.testing.assert_allclose(h[0, :, 0], [0.5, 0], atol=1e-15)


def test_gradients_of_states():
    # loss = 4 h_1 + h_2, h_2' = 1: reaches h_1 as 4 + 2 = 6, times 3/4 is 4.5 before tanh
    dh = np.array([4.0, 1.0]).reshape(1, 2, 1)
    dx, dh0, dWx, dWh, db = recurrent_gradients(dh, *one_unit(HALF, -0.5))
    np.testing.assert_allclose(dx[0, :, 0], [4.5, 1])
    np.testing.assert_allclose((dh0, dWx), ([[9]], [[4.5 * HALF - 0.5]]))
    np.testing.assert_allclose((dWh[0, 0], db[0]), (4.5 * 0.25 + 0.5, 5.5))


def test_vectors():
    x, W = np.array([[1, 0, 1]]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    np.testing.assert_array_equal(vectors_of_words(x, W), [[[3, 4], [1, 2], [3, 4]]])
    np.testing.assert_array_equal(vectors_gradient(W[None], x, 3), [[3, 4], [6, 8], [0, 0]])


def test_loss_of_sentences():
    # two sentences, equal scores of 4 words: log 4 for each of the three steps that count
    x, y = np.full((2, 2, 4), 7.0), np.array([[0, 1], [2, 3]])
    mask = np.array([[True, True], [False, True]])
    assert sentence_loss(x, y, mask) == pytest.approx(1.5 * np.log(4))
    gradient = sentence_loss_gradient(x, y, mask)
    np.testing.assert_allclose(gradient[0, 0], [-0.375, 0.125, 0.125, 0.125])
    np.testing.assert_array_equal(gradient[1, 0], np.zeros(4))


def test_loss_of_scores_too_large_for_exp():
    x, y = np.array([[[3000.0, -3000.0]]]), np.array([[1]])
    assert sentence_loss(x, y, np.array([[True]])) == 6000
    np.testing.assert_array_equal(sentence_loss_gradient(x, y, np.array([[True]])), [[[1, -1]]])


def writer():
    """A network with one unit, whose state is tanh(last word's number + 0.1): b, a, b, a ..."""
    return {
        "W_proj": np.array([[1.0]]),
        "b_proj": np.array([0.0]),
        "W_embed": np.array([[0.0], [1.0], [-1.0], [0.0], [0.0]]),
        "Wx": np.array([[1.0]]),
        "Wh": np.array([[0.0]]),
        "b": np.array([0.1]),
        "W_vocab": np.array([[0.0, -1.0, 1.0, 0.0, 0.0]]),
        "b_vocab": np.array([-9.0, 0.0, -0.05, -9.0, -9.0]),
    }


def test_scores_of_a_captioner():
    params, words = writer(), np.array([[START, B]])
    scores = caption_scores(params, np.array([[0.7]]), words)
    h = np.tanh([0.1, -0.9])
    np.testing.assert_allclose(scores[0, :, A], -h)
    np.testing.assert_allclose(scores[0, :, B], h - 0.05)


def test_loss_of_a_captioner_and_its_gradients():
    params, captions = writer(), np.array([[START, B, END, NULL], [START, A, NULL, NULL]])
    features = np.array([[0.7], [0.2]])
    scores = caption_scores(params, features, captions[:, :-1])
    logs = scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))
    expected = -(logs[0, 0, B] + logs[0, 1, END] + logs[1, 0, A]) / 2
    assert caption_loss(params, features, captions, NULL) == pytest.approx(expected)
    p, grads = np.exp(logs), caption_gradients(params, features, captions, NULL)
    assert grads["b_vocab"][END] == pytest.approx((p[0, :2, END].sum() - 1 + p[1, 0, END]) / 2)
    assert grads["W_proj"] == 0  # no way from the picture, as Wh is 0
    assert list(grads) == list(params)


def test_greedy_captions():
    params = writer()
    # <START> gives h = tanh(0.1) > 0.025, so b; b gives -0.9, so a; a gives 1.1, so b
    features = np.array([[0.3]])
    got = greedy_captions(params, features, START, -1, NULL, 4)
    np.testing.assert_array_equal(got, [[B, A, B, A]])
    params["b_vocab"][END] = 0.3  # more than <START> gives a and b, less than they give each other
    got = greedy_captions(params, features, START, END, NULL, 3)
    np.testing.assert_array_equal(got, [[END, NULL, NULL]])
    np.testing.assert_array_equal(greedy_captions(params, features, A, -1, NULL, 3), [[B, A, B]])
