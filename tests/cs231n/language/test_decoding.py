"""Decoding on a model small enough to try every sentence."""

import itertools

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.language import decoding

pytestmark = pytest.mark.assignment3
WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "b": 4}
START, END, LONGEST = 1, 2, 4


@pytest.fixture(params=["rnn", "lstm"])
def model(request):
    np.random.seed(3)
    model = CaptioningRNN(WORDS, 5, 4, 6, request.param, np.float64)
    model.params["W_vocab"] *= 4
    return model


@pytest.fixture
def features(rng):
    return rng.normal(size=5)


def every_sentence(model, features):
    """All finished sentences of up to LONGEST words, "<END>" counted; the likeliest first."""
    others = [w for w in range(len(WORDS)) if w != END]
    found = [
        decoding.score(model, features, words, START, END)
        for length in range(LONGEST)
        for words in itertools.product(others, repeat=length)
    ]
    return sorted(found, key=lambda s: -s.logprob)


def test_a_score_is_the_sum_of_what_each_word_was_given(model, features):
    sentence = decoding.score(model, features, (3, 4), START, END)
    captions = np.array([[START, 3, 4, END]])
    loss, _ = model.loss(features[None], captions)
    assert sentence.logprob == pytest.approx(-loss)
    assert (sentence.words, len(sentence.logprobs), sentence.finished) == ((3, 4), 3, True)


def test_the_probabilities_of_all_sentences_and_of_those_unfinished_add_up(model, features):
    finished = sum(np.exp(s.logprob) for s in every_sentence(model, features))
    rng = np.random.default_rng(1)
    drawn = [decoding.sample(model, features, START, END, rng, 1.0, LONGEST) for _ in range(2000)]
    share = np.mean([sentence.finished for sentence in drawn])
    assert abs(share - finished) < 5 * np.sqrt(finished * (1 - finished) / 2000)


def test_a_beam_of_one_is_greedy(model, features):
    for seed in range(20):
        picture = np.random.default_rng(seed).normal(size=5)
        greedy = decoding.greedy(model, picture, START, END, LONGEST)
        (beam,) = decoding.beam_search(model, picture, START, END, 1, LONGEST)
        assert beam == greedy
        captions = model.sample(picture[None], LONGEST)[0].tolist()
        said = [*greedy.words, *([END] if greedy.finished else [])]
        assert captions == said + [0] * (LONGEST - len(said))


@pytest.mark.parametrize("best", [1, 5])
def test_a_beam_as_wide_as_the_tree_finds_the_best_sentences(model, features, best):
    width = len(WORDS) ** LONGEST
    found = decoding.beam_search(model, features, START, END, width, LONGEST, best=best)
    expected = every_sentence(model, features)[:best]
    assert [s.words for s in found] == [s.words for s in expected]
    np.testing.assert_allclose([s.logprob for s in found], [s.logprob for s in expected])


@pytest.mark.parametrize("penalty", [0.5, 1.0])
def test_with_a_length_penalty_too(model, features, penalty):
    width = len(WORDS) ** LONGEST
    (found,) = decoding.beam_search(model, features, START, END, width, LONGEST, penalty, best=1)
    expected = max(every_sentence(model, features), key=lambda s: s.rank(penalty))
    assert found.words == expected.words


def test_what_a_beam_finds_scores_what_it_says(model, features):
    for sentence in decoding.beam_search(model, features, START, END, 4, LONGEST):
        if sentence.finished:
            again = decoding.score(model, features, sentence.words, START, END)
            np.testing.assert_allclose(sentence.logprobs, again.logprobs)


def test_a_wider_beam_with_room_is_never_worse_than_greedy_here(model):
    better = 0
    for seed in range(30):
        picture = np.random.default_rng(seed).normal(size=5)
        greedy = decoding.greedy(model, picture, START, END, LONGEST)
        beam = decoding.beam_search(model, picture, START, END, 50, LONGEST)[0]
        if greedy.finished:
            assert beam.logprob >= greedy.logprob - 1e-12
            better += beam.words != greedy.words
    assert better >= 1  # greedy does not always find the likeliest


def test_there_is_always_an_answer(model, features):
    model.params["b_vocab"][END] = -1e4
    cut = decoding.beam_search(model, features, START, END, 3, LONGEST)
    assert [len(s.words) for s in cut] == [LONGEST] * 3
    assert not any(s.finished for s in cut)
    model.params["b_vocab"][END] = 1e4
    assert decoding.greedy(model, features, START, END, LONGEST).words == ()


def test_cold_sampling_is_greedy_and_warm_sampling_varies(model, features):
    rng = np.random.default_rng(0)
    cold = decoding.sample(model, features, START, END, rng, 1e-4, LONGEST)
    assert cold.words == decoding.greedy(model, features, START, END, LONGEST).words
    warm = {
        decoding.sample(model, features, START, END, rng, 5.0, LONGEST).words for _ in range(50)
    }
    assert len(warm) > 10


def test_what_makes_no_sense_is_refused(model, features):
    with pytest.raises(ValueError, match="width is 0, but a beam has a width of 1 or more"):
        decoding.beam_search(model, features, START, END, 0)
    with pytest.raises(ValueError, match="temperature is 0, but should be above 0"):
        decoding.sample(model, features, START, END, np.random.default_rng(0), 0)
    with pytest.raises(ValueError, match="temperature is -1, but should be above 0"):
        decoding.tempered_probabilities(np.zeros(3), -1)


def test_logarithms_of_probabilities_of_far_and_of_impossible_words():
    scores = np.array([[1e4, 1e4 - 900, -np.inf], [0.0, 0.0, 0.0]], dtype=np.float32)
    expected = [[0.0, -900.0, -np.inf], [-np.log(3)] * 3]
    got = decoding.log_softmax(scores)
    np.testing.assert_allclose(got, expected)
    assert got.dtype == np.float64


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_words_are_drawn_with_their_tempered_probabilities(model, features, temperature):
    rng = np.random.default_rng(2)
    scores, _ = model.advance(model.begin(features[None]), np.array([START]))
    p = decoding.tempered_probabilities(decoding.log_softmax(scores)[0], temperature)
    drawn = [
        decoding.sample(model, features, START, END, rng, temperature, max_length=1)
        for _ in range(3000)
    ]
    firsts = [sentence.words[0] if sentence.words else END for sentence in drawn]
    shares = np.bincount(firsts, minlength=len(WORDS)) / 3000
    assert p.sum() == pytest.approx(1)
    assert np.all(np.abs(shares - p) < 5 * np.sqrt(p * (1 - p) / 3000) + 1e-9)


def test_a_step_of_a_beam_by_hand():
    beams = [decoding.Sentence((7,), (-1.0,), False), decoding.Sentence((8,), (-2.0,), False)]
    logprobs = np.array([[-5.0, -0.5, -3.0], [-0.1, -4.0, -0.3]])
    going, rows, done = decoding.extend_beams(beams, logprobs, end=2, width=3)
    assert [s.words for s in going] == [(7, 1), (8, 0)]
    assert rows == [0, 1]
    assert [(s.words, s.logprobs, s.finished) for s in done] == [((8,), (-2.0, -0.3), True)]


@pytest.mark.parametrize("picture", ["start", "every", "step"])
def test_models_of_other_options_are_searched_as_well(picture, features):
    model = CaptioningRNN(
        WORDS, 5, 4, 6, "lstm", np.float64, picture=picture, num_layers=2, dropout=0.5, seed=4
    )
    model.params["W_vocab"] *= 4
    found = decoding.beam_search(model, features, START, END, len(WORDS) ** LONGEST, LONGEST)[:4]
    expected = every_sentence(model, features)[:4]
    assert [s.words for s in found] == [s.words for s in expected]
    np.testing.assert_allclose([s.logprob for s in found], [s.logprob for s in expected])
