"""The oracles of decoding and of sentences' scores, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from cs231n.checks.beside.decoding import WordMachine
from grading.oracles import decoding as oracles

pytestmark = pytest.mark.assignment3

END, START = 0, 1
# After <START>: <END> 0.4, word 2 0.5, word 3 0.1. After word 2: <END> 0.6, word 3 0.4, which then
# ends. <START> is never said.
MOVES = np.array([[0, 1, 2, 3]] * 4)
CHANCES = np.array([[0.25] * 4, [0.4, 0, 0.5, 0.1], [0.6, 0, 0, 0.4], [1.0, 0, 0, 0]])
with np.errstate(divide="ignore"):
    MACHINE = MOVES, np.maximum(np.log(CHANCES), -700.0), 0, START


def test_logarithms():
    got = oracles.log_softmax_decimal(np.array([[0.0, math.log(3)], [1e4, 0.0]]))
    np.testing.assert_allclose(got, [[math.log(1 / 4), math.log(3 / 4)], [0, -1e4]], atol=1e-15)


def test_tempered_shares():
    logprobs = np.array([math.log(0.2), math.log(0.8), -math.inf])
    np.testing.assert_allclose(oracles.tempered_shares(logprobs, 0.5), [1 / 17, 16 / 17, 0])
    np.testing.assert_allclose(oracles.tempered_shares(logprobs, 1e-6), [0, 1, 0], atol=1e-15)


def test_a_given_sentence():
    sentence = oracles.given_sentence(MACHINE, [2, 3, END], END)
    assert (sentence["words"], sentence["finished"]) == ([2, 3], True)
    np.testing.assert_allclose(np.exp(sentence["logprobs"]), [0.5, 0.4, 1])


def test_walks():
    assert oracles.walked_sentence(MACHINE, END, 5, "largest")["words"] == [2]
    cut = oracles.walked_sentence(MACHINE, END, 1, "largest")
    assert (cut["words"], cut["finished"]) == ([2], False)
    assert oracles.walked_sentence(MACHINE, END, 3, "smallest")["words"][0] == START


def test_the_best_of_all():
    best = oracles.best_sentences(MACHINE, END, 3, 0.0, 4)
    assert [sentence["words"] for sentence in best] == [[], [2], [2, 3], [3]]
    # the means of a word's log-probabilities: log 0.4; log 0.3 / 2; log 0.2 / 3; log 0.1 / 2
    best = oracles.best_sentences(MACHINE, END, 3, 1.0, 4)
    assert [sentence["words"] for sentence in best] == [[2, 3], [2], [], [3]]


def test_beams():
    one = oracles.beam_sentences(MACHINE, END, 1, 3, 0.0, 1)
    assert [sentence["words"] for sentence in one] == [[2]]
    two = oracles.beam_sentences(MACHINE, END, 2, 3, 0.0, 2)
    assert [sentence["words"] for sentence in two] == [[], [2]]


def test_continuations():
    logprobs = np.array([[-5.0, -0.5, -3.0], [-0.1, -4.0, -0.3]])
    assert oracles.best_continuations([-1.0, -2.0], logprobs, 3) == [(0, 1), (1, 0), (1, 2)]


def test_what_metrics_count():
    references = [["the", "cat", "the", "mat"], ["the", "dog"]]
    assert oracles.ngram_matches(["the"] * 7, references, 1) == (2, 7)
    assert oracles.ngram_matches(["the", "cat", "the"], references, 2) == (2, 2)
    shorter = oracles.brevity_by_steps([["a"] * 5], [[["a"] * 9, ["a"] * 6]])
    assert shorter == pytest.approx(math.exp(-1 / 5))
    assert oracles.brevity_by_steps([["a"] * 5], [[["a"] * 4, ["a"] * 6]]) == 1
    assert oracles.longest_common_by_trying(["a", "b", "c"], ["b", "x", "a", "c"]) == 2
    assert oracles.longest_common_by_trying([], ["b"]) == 0


def test_the_machine_wants_one_word_for_each_row():
    machine = WordMachine(*MACHINE[:2])
    scores, state = machine.advance(machine.begin(np.zeros((2, 3))), np.array([START, 2]))
    np.testing.assert_allclose(scores, MACHINE[1][[1, 2]])
    assert [part.tolist() for part in state] == [[1, 2]] * 2
    with pytest.raises(ValueError, match=r"words has the shape \(1,\), but the state has 2 rows"):
        machine.advance(state, np.array([2]))
