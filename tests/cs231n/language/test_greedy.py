"""Greedy decoding of many sentences at once, beside one sentence at a time."""

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.language import decoding
from cs231n.language.greedy import likeliest_words
from cs231n.language.vocabulary import END, NULL, START, Vocabulary

pytestmark = pytest.mark.assignment3
LONGEST = 6
VOCABULARY = Vocabulary(["a", "star", "ring"])


@pytest.fixture(params=["state", "every", "step"])
def model(request):
    sizes = (VOCABULARY.word_to_idx, 5, 4, 7)
    model = CaptioningRNN(*sizes, dtype=np.float64, picture=request.param, fast=True, seed=3)
    model.params["W_vocab"] *= 4
    model.params["b_vocab"][END] = 0.5
    return model


@pytest.fixture
def features(rng):
    return rng.normal(size=(23, 5))


def test_all_at_once_say_what_each_says_alone(model, features):
    found = likeliest_words(model, features, START, END, LONGEST)
    for row, picture in zip(found, features):
        alone = decoding.greedy(model, picture, START, END, LONGEST)
        filled = [*alone.words, *[END] * (LONGEST - len(alone.words))]
        assert row.tolist() == filled


def test_all_at_once_say_what_the_model_samples(model, features):
    found = likeliest_words(model, features, START, END, LONGEST)
    sampled = model.sample(features, LONGEST)
    assert np.array_equal(np.where(sampled == NULL, END, sampled), np.where(found == 0, END, found))
    assert (found[:, 0] != END).any()


def test_sentences_that_never_end_are_cut(model, features):
    model.params["b_vocab"][END] = -1e9
    found = likeliest_words(model, features, START, END, LONGEST)
    assert found.shape == (23, LONGEST)
    assert not (found == END).any()


def test_no_picture_has_no_sentence(model):
    assert likeliest_words(model, np.zeros((0, 5)), START, END, LONGEST).shape == (0, LONGEST)


def test_no_step_is_taken_once_all_sentences_have_ended(model, features):
    model.params["b_vocab"][END], steps = 1e9, []
    plain = model.advance
    model.advance = lambda *args: steps.append(1) or plain(*args)
    likeliest_words(model, features, START, END, LONGEST)
    assert len(steps) == 1


def test_a_slip_in_the_students_decoder_changes_nothing(model, features, monkeypatch):
    expected = likeliest_words(model, features, START, END, LONGEST)
    for name in ("walk", "greedy", "log_softmax"):
        monkeypatch.setattr(decoding, name, None)
    monkeypatch.setattr(CaptioningRNN, "sample", None)
    assert np.array_equal(likeliest_words(model, features, START, END, LONGEST), expected)
