"""The network: its derivatives, and its states, which go from one piece of a text to the next."""

import numpy as np
import pytest

from cs231n.text.recurrent_lm import RecurrentLM

pytestmark = pytest.mark.assignment4

CELLS = [("lstm", "tanh"), ("rnn", "tanh"), ("rnn", "relu")]


def small(cell="lstm", activation="tanh", **options):
    options = {"num_layers": 2, "dtype": np.float64, "seed": 1} | options
    return RecurrentLM(7, 3, 5, cell_type=cell, activation=activation, **options)


def tokens(N=2, T=6):
    text = np.random.default_rng(2).integers(7, size=(N, T + 1))
    return text[:, :-1], text[:, 1:]


@pytest.mark.parametrize(("cell", "activation"), CELLS)
@pytest.mark.parametrize("layers", [1, 3])
def test_derivatives_are_those_of_the_loss(cell, activation, layers):
    model, (x, y) = small(cell, activation, num_layers=layers), tokens(3, 4)
    mask = np.arange(4) < np.array([[4], [2], [3]])
    _, grads, after = model.loss(x, y, mask)
    assert after is None
    assert grads.keys() == model.params.keys()
    rng = np.random.default_rng(3)
    for name, value in list(model.params.items()):
        direction, losses = rng.standard_normal(value.shape), []
        for step in (1e-6, -1e-6):
            model.params[name] = value + step * direction
            losses.append(model.loss(x, y, mask)[0])
        model.params[name] = value
        expected = (losses[0] - losses[1]) / 2e-6
        assert np.sum(grads[name] * direction) == pytest.approx(expected, rel=1e-5, abs=1e-9), name


def test_the_loss_is_the_mean_of_what_counts():
    model, (x, y) = small(), tokens(3, 4)
    mask = np.arange(4) < np.array([[4], [2], [3]])
    rows, _ = model.logprobs(x, y, lengths=mask.sum(axis=1))
    assert model.loss(x, y, mask)[0] == pytest.approx(-rows[mask].mean())


@pytest.mark.parametrize(("cell", "activation"), CELLS)
def test_a_text_in_pieces_is_the_whole_text(cell, activation):
    model, (x, y) = small(cell, activation), tokens()
    whole, after = model.logprobs(x, y)
    first, states = model.logprobs(x[:, :2], y[:, :2])
    second, last = model.logprobs(x[:, 2:], y[:, 2:], states)
    np.testing.assert_allclose(np.hstack([first, second]), whole, rtol=1e-12)
    _, _, of_loss = model.loss(x[:, 2:], y[:, 2:], states=states)
    for one, other, third in zip(after, last, of_loss):
        np.testing.assert_allclose(one, other, rtol=1e-12)
        np.testing.assert_allclose(one, third, rtol=1e-12)


@pytest.mark.parametrize(("cell", "activation"), CELLS)
def test_token_by_token_is_the_whole_text(cell, activation):
    model, (x, _) = small(cell, activation), tokens()
    whole, _ = model.scores(x)
    states = model.begin(x)
    for t in range(x.shape[1]):
        scores, states = model.advance(states, x[:, t])
        np.testing.assert_allclose(scores, whole[:, t], rtol=1e-10)


def test_the_first_scores_are_the_frequencies():
    counts = np.array([0, 1, 2, 3, 4, 5, 6])
    model = RecurrentLM(7, 3, 5, counts=counts)
    expected = np.maximum(counts, 1) / np.maximum(counts, 1).sum()
    np.testing.assert_allclose(np.exp(model.params["b_vocab"]), expected, rtol=1e-6)
    assert all(value.dtype == np.float32 for value in model.params.values())
    np.testing.assert_array_equal(model.params["b"], [0] * 5 + [1] * 5 + [0] * 10)


def test_dropout_works_while_training_only_and_comes_from_the_models_own_numbers():
    (x, y), losses = tokens(), []
    for drop_vectors in (False, True, True):
        model = small(dropout=0.5, drop_vectors=drop_vectors)
        losses.append(model.loss(x, y)[0])
        assert model.logprobs(x, y)[0].tolist() == small().logprobs(x, y)[0].tolist()
    assert losses[1] == losses[2]
    assert len({*losses, small().loss(x, y)[0]}) == 3
