"""What BLEU and ROUGE-L count, by hand."""

import math
import time

import pytest

from cs231n.language.sentence_scores import brevity_penalty, clipped_matches, longest_common, ngrams

pytestmark = pytest.mark.assignment3


def test_n_grams_are_counted():
    assert ngrams(["a", "b", "a", "b"], 2) == {("a", "b"): 2, ("b", "a"): 1}
    assert ngrams(["a"], 2) == {}


def test_matches_are_clipped_by_the_reference_that_has_most():
    references = [["the", "cat", "the", "mat"], ["the", "dog"]]
    assert clipped_matches(["the"] * 7, references, 1) == (2, 7)
    assert clipped_matches(["a", "a", "b", "b"], [["a", "a"], ["b", "b"]], 1) == (4, 4)
    assert clipped_matches(["the", "cat", "the"], references, 2) == (2, 2)
    assert clipped_matches(["the"], references, 2) == (0, 0)


def test_the_penalty_is_that_of_the_closest_lengths():
    five = [["a"] * 5]
    assert brevity_penalty(five, [[["a"] * 6, ["a"] * 9]]) == pytest.approx(math.exp(1 - 6 / 5))
    assert brevity_penalty(five, [[["a"] * 6, ["a"] * 4]]) == 1
    assert brevity_penalty([["a"] * 2, ["b"] * 9], [[["a"] * 6], [["b"] * 6]]) == pytest.approx(
        math.exp(1 - 12 / 11)
    )
    assert brevity_penalty([[], []], [[["a"]], [["b"]]]) == 0


def test_common_subsequences_keep_order_and_leave_out():
    red = ["a", "red", "circle"]
    assert longest_common(red, ["a", "small", "red", "or", "blue", "circle"]) == 3
    assert longest_common(["red", "above", "blue"], ["blue", "above", "red"]) == 1
    assert longest_common(red, []) == longest_common([], red) == 0


def test_common_subsequences_of_long_sentences_take_no_time():
    begin = time.process_time()
    assert longest_common(["a", "b"] * 300, ["b"] * 400) == 300
    assert time.process_time() - begin < 2  # took 0.03 s
