"""The network: layers and stacks against numeric gradients, its loss, and what it can learn."""

import numpy as np
import pytest

from cs231n.gradient_check import eval_numerical_gradient, rel_error
from cs231n.language.language_model import LanguageModel
from cs231n.language.recurrence import (
    relu_rnn_backward,
    relu_rnn_forward,
    stack_backward,
    stack_forward,
)
from cs231n.language.streams import Trainer, run_stream, sentence_batch, stream_batches

pytestmark = pytest.mark.assignment4


def test_rectified_states_by_hand():
    x, h0 = np.array([[[1.0], [-3.0]]]), np.array([[2.0]])
    one = np.ones((1, 1))
    h, _ = relu_rnn_forward(x, h0, one, 0.5 * one, np.array([1.0]))
    np.testing.assert_allclose(h, [[[3.0], [0.0]]])  # 1 + 1 + 1, then -3 + 1.5 + 1 < 0


@pytest.mark.parametrize("cell", ["relu", "tanh"])
def test_gradients_of_a_stack_are_numeric_ones(cell, rng):
    x, dh = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 5))
    states = [rng.normal(size=(2, 5)) for _ in range(2)]
    shapes = [((4, 5), (5, 5), (5,)), ((5, 5), (5, 5), (5,))]
    layers = [tuple(rng.normal(size=shape) for shape in group) for group in shapes]
    _, _, caches = stack_forward(x, states, layers, cell)
    dx, grads = stack_backward(dh, caches, cell)

    def total(_):
        return float(np.sum(dh * stack_forward(x, states, layers, cell)[0]))

    assert rel_error(dx, eval_numerical_gradient(total, x, verbose=False)) < 1e-6
    for weights, of_layer in zip(layers, grads):
        for weight, grad in zip(weights, of_layer):
            numeric = eval_numerical_gradient(total, weight, verbose=False)
            assert rel_error(grad, numeric) < 1e-6


def test_a_rectified_layer_keeps_float32_and_its_inputs(rng):
    inputs = [
        rng.normal(size=shape).astype(np.float32)
        for shape in ((2, 3, 4), (2, 5), (4, 5), (5, 5), (5,))
    ]
    copies = [a.copy() for a in inputs]
    h, cache = relu_rnn_forward(*inputs)
    grads = relu_rnn_backward(np.ones_like(h), cache)
    assert {h.dtype, *(grad.dtype for grad in grads)} == {np.dtype(np.float32)}
    for a, copy in zip(inputs, copies):
        np.testing.assert_array_equal(a, copy)


def test_the_loss_is_the_mean_of_what_logprobs_say(rng):
    model = LanguageModel(7, 3, 4, num_layers=2, cell="tanh", dtype=np.float64)
    x, y, mask = sentence_batch([[1, 2, 3], [4]], boundary=6)
    loss, _, _ = model.loss(x, y, mask, model.begin(x))
    rows = [model.logprobs([6, 1, 2, 3], [1, 2, 3, 6]), model.logprobs([6, 4], [4, 6])]
    assert loss == pytest.approx(-np.concatenate(rows).mean())


def test_advance_reads_as_scores_does(rng):
    model = LanguageModel(6, 3, 4, num_layers=2, dtype=np.float64, seed=1)
    x = rng.integers(6, size=(2, 3))
    scores, last, _ = model.scores(x, model.begin(x))
    states = model.begin(x)
    for t in range(3):
        got, states = model.advance(states, x[:, t])
        np.testing.assert_allclose(got, scores[:, t])
    np.testing.assert_allclose(states, last)


def test_an_untrained_network_knows_nothing():
    model = LanguageModel(50)
    x, y, mask = sentence_batch([[1, 2, 3]] * 4, boundary=49)
    assert model.loss(x, y, mask, model.begin(x))[0] == pytest.approx(np.log(50), abs=0.3)


def test_it_learns_a_few_sentences_by_heart():
    sentences = [[0, 1, 2, 3], [4, 1, 0]]
    model = LanguageModel(6, 8, 16, seed=2)
    trainer = Trainer(model, 1e-2)
    losses = trainer.fit_sentences(sentences, 5, 120, np.random.default_rng(0), size=8)
    assert losses[0] > 1.4
    # which of the two it is, one bit a sentence, is all that is left
    assert np.mean(losses[-10:]) < 0.25


def test_it_learns_a_text_from_batch_to_batch():
    text = np.tile([0, 1, 2, 3, 2, 1], 60)
    model = LanguageModel(4, 6, 12, num_layers=2, cell="tanh", seed=3)
    trainer = Trainer(model, 1e-2)
    x, y = stream_batches(text, 4, 8)
    losses = [loss for _ in range(8) for loss in run_stream(model, x, y, trainer.step)]
    assert losses[0] > 1.2
    assert losses[-1] < 0.2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "gru"}, "cell is 'gru'; it should be one of relu, tanh"),
        ({"num_layers": 0}, "num_layers is 0; there should be 1 layer or more"),
    ],
)
def test_what_a_network_cannot_be_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        LanguageModel(5, **options)
