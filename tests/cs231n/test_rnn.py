"""The captioning network: its loss and derivatives, and that it writes what it thinks likely."""

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.gradient_check import eval_numerical_gradient
from cs231n.rnn_layers import temporal_softmax_loss

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "cat": 3, "dog": 4, "red": 5}
CAPTIONS = np.array([[1, 3, 2, 0, 0], [1, 5, 4, 2, 0], [1, 5, 5, 3, 2]])


def make(cell_type, dtype=np.float64):
    np.random.seed(5)
    return CaptioningRNN(WORDS, 7, 4, 6, cell_type, dtype)


@pytest.fixture
def features(rng):
    return rng.normal(size=(3, 7))


@pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
def test_gradients_are_the_derivatives_of_the_loss(cell_type, features):
    model = make(cell_type)
    _, grads = model.loss(features, CAPTIONS)
    assert set(grads) == set(model.params)
    for name, value in model.params.items():
        numeric = eval_numerical_gradient(
            lambda _: model.loss(features, CAPTIONS)[0], value, verbose=False
        )
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-5, atol=1e-8, err_msg=name)


@pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
def test_the_loss_is_that_of_each_word_given_those_before(cell_type, features):
    model = make(cell_type)
    state, scores = model.begin(features), []
    for t in range(4):
        step_scores, state = model.advance(state, CAPTIONS[:, t])
        scores.append(step_scores)
    out = CAPTIONS[:, 1:]
    expected, _ = temporal_softmax_loss(np.stack(scores, axis=1), out, out != 0)
    assert model.loss(features, CAPTIONS)[0] == pytest.approx(expected)


def test_untrained_it_expects_every_word_alike(features):
    model = make("lstm")
    for name in ("W_vocab", "b_vocab"):
        model.params[name][:] = 0
    words = np.sum(CAPTIONS[:, 1:] != 0) / 3
    assert model.loss(features, CAPTIONS)[0] == pytest.approx(words * np.log(6))


@pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
def test_float32_stays_float32(cell_type, features):
    model = make(cell_type, np.float32)
    _, grads = model.loss(features, CAPTIONS)
    assert {grad.dtype for grad in grads.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
def test_it_learns_three_sentences_by_heart(cell_type, features):
    model = make(cell_type)
    for _ in range(400):
        _, grads = model.loss(features, CAPTIONS)
        for name, grad in grads.items():
            model.params[name] -= 0.3 * grad
    assert model.loss(features, CAPTIONS)[0] < 0.1
    np.testing.assert_array_equal(model.sample(features, max_length=4), CAPTIONS[:, 1:])
    assert model.sample(features, max_length=7)[0].tolist() == [3, 2, 0, 0, 0, 0, 0]


def test_without_an_end_it_writes_on(features):
    model = CaptioningRNN({"<NULL>": 0, "<START>": 1, "a": 2}, 7, 4, 6)
    model.params["b_vocab"][:] = [-50, -50, 50]
    np.testing.assert_array_equal(model.sample(features, max_length=5), np.full((3, 5), 2))


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match='cell_type is "gru"; it should be "rnn" or "lstm"'):
        CaptioningRNN(WORDS, cell_type="gru")
    with pytest.raises(ValueError, match='no word "<NULL>"'):
        CaptioningRNN({"a": 0})
