"""The captioning network: its loss and derivatives, and that it writes what it thinks likely."""

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.gradient_check import eval_numerical_gradient
from cs231n.recurrent import captioning_graph
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


OPTIONS = [
    {
        "cell_type": cell,
        "picture": picture,
        "num_layers": layers,
        "activation": activation,
        "dropout": dropout,
    }
    for cell, activation in (("rnn", "tanh"), ("rnn", "relu"), ("lstm", "tanh"))
    for picture in ("state", "start", "every", "step")
    for layers, dropout in ((1, 0.5), (2, 0.3))
]


def named(options):
    return "-".join(map(str, options.values()))


def make_with(dtype=np.float64, **options):
    return CaptioningRNN(WORDS, 7, 4, 6, dtype=dtype, seed=3, **options)


@pytest.mark.parametrize("options", OPTIONS, ids=named)
def test_gradients_of_every_option_are_right_with_its_masks(options, features):
    model = make_with(**options)
    for name in model.params:
        if name.startswith("b"):
            model.params[name] += 0.3  # away from the kinks of ReLU
    masks = model.masks(3, 4)
    _, grads = model.loss(features, CAPTIONS, masks=masks)
    assert {name: grad.shape for name, grad in grads.items()} == {
        name: value.shape for name, value in model.params.items()
    }
    for name, value in model.params.items():
        numeric = eval_numerical_gradient(
            lambda _: model.loss(features, CAPTIONS, masks=masks)[0], value, verbose=False
        )
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-5, atol=1e-8, err_msg=name)


@pytest.mark.parametrize("options", OPTIONS, ids=named)
def test_word_by_word_is_the_same_as_all_at_once(options, features):
    model = make_with(**options)
    state, total = model.begin(features), 0.0
    logprobs = model.logprobs(features, CAPTIONS)
    for t in range(4):
        scores, state = model.advance(state, CAPTIONS[:, t])
        scores = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        said = np.where(CAPTIONS[:, t + 1] == 0, 0, scores[np.arange(3), CAPTIONS[:, t + 1]])
        np.testing.assert_allclose(logprobs[:, t], said, atol=1e-12)
        total -= said.sum() / 3
    assert model.loss(features, CAPTIONS, mode="test")[0] == pytest.approx(total)


@pytest.mark.parametrize("cell_type", ["rnn", "lstm"])
def test_the_kits_layers_compute_the_historical_model(cell_type, features):
    plain, fast = (make_with(cell_type=cell_type, fast=fast) for fast in (False, True))
    assert plain.historical
    assert not fast.historical
    (loss, grads), (fast_loss, fast_grads) = (m.loss(features, CAPTIONS) for m in (plain, fast))
    assert fast_loss == pytest.approx(loss)
    for name, grad in grads.items():
        np.testing.assert_allclose(fast_grads[name], grad, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("options", OPTIONS[::3], ids=named)
def test_a_gap_in_a_sentence_is_a_step_that_counts_nothing(options, features):
    model, gap = make_with(**options), np.array([[1, 3, 0, 4, 2], *CAPTIONS[1:]])
    logprobs = model.logprobs(features, gap)
    state = model.begin(features)
    for t in range(4):
        scores, state = model.advance(state, gap[:, t])
        scores = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        said = np.where(gap[:, t + 1] == 0, 0, scores[np.arange(3), gap[:, t + 1]])
        np.testing.assert_allclose(logprobs[:, t], said, atol=1e-12)
    assert model.loss(features, gap, mode="test")[0] == pytest.approx(-logprobs.sum() / 3)


def test_the_graph_leaves_the_historical_loss_to_students(features):
    model = make_with(cell_type="rnn")
    with pytest.raises(ValueError, match="this model's loss is yours to write"):
        captioning_graph.loss(model, features, CAPTIONS, {})


def test_the_picture_at_the_start_is_the_decks_network(features):
    model = make_with(cell_type="rnn", picture="start", activation="relu")
    p = model.params
    words = np.array([1, 1, 1])
    h = np.maximum(0, p["W_embed"][words] @ p["Wx"] + features @ p["W_proj"])
    scores, state = model.advance(model.begin(features), words)
    np.testing.assert_allclose(scores, h @ p["W_vocab"])
    after = np.maximum(0, p["W_embed"][words] @ p["Wx"] + h @ p["Wh"])
    np.testing.assert_allclose(model.advance(state, words)[0], after @ p["W_vocab"])


def test_dropout_keeps_the_mean_and_is_drawn_from_the_seed(features):
    model, twin = (make_with(cell_type="lstm", dropout={"words": 0.25}) for _ in range(2))
    masks = model.masks(200, 50)
    assert set(masks) == {"words"}
    assert set(np.unique(masks["words"])) == {0.0, 1 / 0.75}
    assert masks["words"].mean() == pytest.approx(1, abs=0.02)
    np.testing.assert_array_equal(twin.masks(200, 50)["words"], masks["words"])
    losses = {model.loss(features, CAPTIONS)[0] for _ in range(3)}
    assert len(losses) == 3
    assert len({model.loss(features, CAPTIONS, mode="test")[0] for _ in range(3)}) == 1


def test_with_options_float32_stays_float32(features):
    model = make_with(np.float32, cell_type="lstm", picture="every", num_layers=2, dropout=0.5)
    _, grads = model.loss(features, CAPTIONS)
    scores, state = model.advance(model.begin(features), np.array([1, 1, 1]))
    arrays = [*grads.values(), scores, *state, *model.masks(2, 3).values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_a_model_can_be_made_again_from_its_settings(features):
    model = make_with(np.float32, cell_type="lstm", picture="step", num_layers=2, dropout=0.5)
    again = CaptioningRNN(WORDS, **model.settings, seed=3)
    for name, value in model.params.items():
        np.testing.assert_array_equal(again.params[name], value)
    assert again.settings == model.settings


@pytest.mark.parametrize("picture", ["start", "every", "step"])
def test_a_model_with_options_learns_by_heart(picture, features):
    model = make_with(cell_type="lstm", picture=picture, num_layers=2)
    for _ in range(600):
        _, grads = model.loss(features, CAPTIONS)
        for name, grad in grads.items():
            model.params[name] -= 0.3 * grad
    np.testing.assert_array_equal(model.sample(features, max_length=4), CAPTIONS[:, 1:])


def test_options_that_make_no_sense_are_refused():
    for options, message in [
        ({"picture": "end"}, 'picture is "end"; it should be one of "state", "start"'),
        ({"activation": "elu"}, 'activation is "elu"; it should be one of "tanh", "relu"'),
        ({"activation": "relu", "cell_type": "lstm"}, 'is for cell_type="rnn"'),
        ({"num_layers": 0}, "num_layers is 0; there should be 1 layer or more"),
        ({"dropout": 1.0}, "dropout at picture is 1.0, but should be at least 0, below 1"),
        ({"dropout": {"gates": 0.5}}, 'a place of dropout is "gates"; it should be one of'),
    ]:
        with pytest.raises(ValueError, match=message):
            CaptioningRNN(WORDS, 7, 4, 6, **options)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match='cell_type is "gru"; it should be one of "rnn", "lstm"'):
        CaptioningRNN(WORDS, cell_type="gru")
    with pytest.raises(ValueError, match='no word "<NULL>"'):
        CaptioningRNN({"a": 0})
