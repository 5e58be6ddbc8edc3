"""A translator: gradients, padding, decoding by the decoders of assignment 3, attention."""

import itertools

import numpy as np
import pytest

from cs231n.language import decoding
from cs231n.language.attention import align_words, attend, attention_weights
from cs231n.language.greedy import likeliest_words
from cs231n.language.translation import exact_share, last_states, source_batch
from cs231n.language.translation_figures import plot_alignment
from cs231n.language.translator import Translator
from cs231n.language.vocabulary import END, START

pytestmark = pytest.mark.assignment4
SOURCES = np.array([[4, 5, 6], [7, 0, 0], [5, 4, 0]])
TARGETS = np.array([[1, 5, 6, 2, 0], [1, 4, 2, 0, 0], [1, 7, 7, 4, 2]])


def make(attention=False, reverse=True, dtype="float64"):
    model = Translator(8, 8, 3, 5, attention, reverse, dtype, seed=2)
    rng = np.random.default_rng(3)
    for name, value in model.params.items():
        model.params[name] = value + 0.3 * rng.normal(size=value.shape).astype(dtype)
    return model


@pytest.mark.parametrize("reverse", [True, False])
@pytest.mark.parametrize("attention", [True, False])
def test_gradients_are_those_of_the_loss(attention, reverse, rng):
    model = make(attention, reverse)
    _, grads = model.loss(SOURCES, TARGETS)
    assert grads.keys() == model.params.keys()
    for name, value in model.params.items():
        direction, sides = rng.normal(size=value.shape), []
        for sign in (1, -1):
            model.params[name] = value + sign * 1e-5 * direction
            sides.append(model.loss(SOURCES, TARGETS)[0])
        model.params[name] = value
        slope = (sides[0] - sides[1]) / 2e-5
        np.testing.assert_allclose(np.sum(grads[name] * direction), slope, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("attention", [True, False])
def test_a_sentence_alone_costs_what_it_costs_in_a_batch(attention):
    model = make(attention)
    alone = [model.loss([s[s > 0]], t[None])[0] for s, t in zip(SOURCES, TARGETS)]
    np.testing.assert_allclose(model.loss(SOURCES, TARGETS)[0], np.mean(alone))


@pytest.mark.parametrize("attention", [True, False])
def test_words_told_one_by_one_have_the_scores_of_the_loss(attention):
    model = make(attention)
    logprobs = model.logprobs(SOURCES, TARGETS)
    np.testing.assert_allclose(-logprobs.sum() / 3, model.loss(SOURCES, TARGETS)[0])
    for n, target in enumerate(TARGETS):
        words = [word for word in target if word > END]
        told = decoding.score(model, SOURCES[n], words, START, END)
        np.testing.assert_allclose(told.logprobs, logprobs[n, : len(words) + 1])


def test_the_decoders_agree():
    model = make(attention=True)
    rows = likeliest_words(model, SOURCES, START, END, 7)
    for row, source in zip(rows, SOURCES):
        greedy = decoding.greedy(model, source, START, END, 7)
        (beam,) = decoding.beam_search(model, source, START, END, 1, 7)
        assert greedy == beam
        assert list(greedy.words) == [word for word in row if word != END]
    wide = decoding.beam_search(model, SOURCES[0], START, END, 5, 7)
    assert all(one.logprob >= other.logprob for one, other in itertools.pairwise(wide))


def test_reading_forwards_is_reading_reversed_sources_backwards():
    one, other = make(), make(reverse=False)
    turned = [[6, 5, 4], [7], [4, 5]]
    np.testing.assert_allclose(one.loss(SOURCES, TARGETS)[0], other.loss(turned, TARGETS)[0])


def test_a_model_of_float32_stays_so():
    loss, grads = make(attention=True, dtype="float32").loss(SOURCES, TARGETS)
    assert isinstance(loss, float)
    assert {grad.dtype for grad in grads.values()} == {np.dtype("float32")}


def test_settings_make_a_model_of_the_same_shapes():
    model = make(attention=True)
    again = Translator(**model.settings)
    shapes = [{name: value.shape for name, value in m.params.items()} for m in (model, again)]
    assert shapes[0] == shapes[1]


def test_a_source_without_words_is_translated():
    model = make(attention=True)
    loss, grads = model.loss([[], [4, 5]], TARGETS[:2])
    assert np.isfinite(loss)
    assert all(np.isfinite(grad).all() for grad in grads.values())


def test_source_batch_by_hand():
    words, lengths = source_batch([(4, 5), [6, 0, 0], np.array([7, 8, 9])])
    assert words.tolist() == [[5, 4, 0], [6, 0, 0], [9, 8, 7]]
    assert lengths.tolist() == [2, 1, 3]
    words, lengths = source_batch([[], []])
    assert (words.tolist(), lengths.tolist()) == ([[0], [0]], [0, 0])


def test_last_states_by_hand():
    states = np.arange(12.0).reshape(2, 3, 2)
    assert last_states(states, np.array([2, 0])).tolist() == [[2, 3], [0, 0]]


def test_exact_share_by_hand():
    assert exact_share([["a", "b"], ["a"], []], [("a", "b"), ["a", "a"], []]) == 2 / 3
    with pytest.raises(ValueError, match="there are 1 translations and 2 references"):
        exact_share([[1]], [[1], [2]])


def test_weights_by_hand():
    weights = attention_weights(np.log([[[1.0, 3.0, 5.0]]]), np.array([2]))
    np.testing.assert_allclose(weights, [[[0.25, 0.75, 0]]])


def test_a_context_lies_where_the_score_is_largest(rng):
    encoded = rng.normal(size=(1, 3, 2))
    context, weights, _ = attend(1e3 * encoded[:, 1:2], encoded, np.eye(2), np.array([3]))
    place = int(np.argmax(encoded[0] @ encoded[0, 1]))
    assert weights[0, 0].argmax() == place
    np.testing.assert_allclose(context[0, 0], weights[0, 0] @ encoded[0])


def test_alignment_by_hand():
    weights = np.array([[0.1, 0.6, 0.3, 0.0], [0.5, 0.0, 0.5, 0.0]])
    assert align_words(weights, 3).tolist() == [1, 0]
    assert align_words(weights, 3, reverse=False).tolist() == [1, 0]
    assert align_words(weights[:1, ::-1], 4).tolist() == [1]


def test_the_figure_of_an_alignment():
    weights = np.eye(2)
    ax = plot_alignment(weights, ["a", "b"], ["x", "y"], [1, 0])
    assert [text.get_text() for text in ax.get_xticklabels()] == ["a", "b"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["x", "y"]
    assert len(ax.patches) == 2
    with pytest.raises(ValueError, match=r"for 1 words of the target and 2 of the source"):
        plot_alignment(weights, ["a", "b"], ["x"])
