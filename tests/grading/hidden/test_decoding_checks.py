"""The checks of decoding say what the slip is."""

import re

import pytest
from slips import judged_code, messages_of

pytestmark = pytest.mark.assignment3

MESSAGES = [
    ("log-softmax/of-all-rows-together", "Every row has a sum of its own"),
    ("log-softmax/to-base-two", "not to base 2"),
    ("log-softmax/not-shifted", "subtract the largest first"),
    ("decode-walk/end-is-a-word", "has <END> among its words"),
    ("decode-walk/reads-start-every-time", "each step reads the word that was chosen last"),
    ("decode-walk/one-step-more", "goes on too long"),
    ("decode-walk/one-step-less", "stops too early"),
    ("decode-walk/end-costs-nothing", "and one for <END> where it was said"),
    ("decode-walk/end-unfinished", "finished says whether <END> was said"),
    ("decode-score/begins-with-start", "has <START> among its words"),
    ("tempered-probabilities/multiplied", "Divide by the temperature"),
    ("tempered-probabilities/divides-probabilities", "The temperature has no effect"),
    ("tempered-probabilities/not-normalised", "These do not sum to 1"),
    ("extend-beams/by-the-last-word-alone", "by the whole sentence's sum"),
    ("extend-beams/the-best-last", "the likeliest first"),
    ("extend-beams/end-goes-on", "what says <END> is done"),
    ("extend-beams/its-own-number-in-rows", "rows says which beginning"),
    ("beam-search/nothing-to-say", "There is always an answer"),
    ("beam-search/the-first-that-ends", "`best` says how many come back"),
    ("bleu-matches/not-clipped", "no reference has"),
    ("bleu-matches/all-references-together", "not all of them together"),
    ("bleu-matches/the-best-reference", "two may owe their counts to different references"),
    ("bleu-brevity/the-longer-of-two", "Of two equally close lengths take the shorter"),
    ("bleu-brevity/the-mean-of-sentences", "sums over the whole set"),
]


@pytest.mark.parametrize(("name", "words"), MESSAGES)
def test_a_slip_is_named(name, words):
    said = messages_of(name)
    assert any(words in message for message in said), said


@pytest.mark.parametrize(
    ("exercise", "code", "words"),
    [
        ("decode-walk", "return words", "the sentence should be a Sentence"),
        ("beam-search", "return None", "a list of Sentence"),
        ("extend-beams", "return going", r"The function should return \(going, rows, done\)"),
        ("bleu-matches", "return 3", r"The function should return \(right, total\)"),
    ],
)
def test_another_kind_of_answer_is_named(exercise, code, words):
    result = judged_code(exercise, code)
    assert result.points == 0
    assert re.search(words, result.message), result.message
