"""The checks of word vectors say what the slip is."""

import re

import pytest
from slips import judged_code, messages_of

pytestmark = pytest.mark.assignment4

MESSAGES = [
    ("context-pairs/with-itself", "a word is no context of itself"),
    ("context-pairs/only-to-the-right", "reaches to both sides"),
    ("context-pairs/whole-windows-alone", "cut off at the ends of a sentence"),
    ("context-pairs/exchanged", "the right pairs in another order"),
    ("keep-probabilities/left-out", "probabilities of leaving a word out"),
    ("keep-probabilities/above-one", "A probability is at most 1"),
    ("keep-probabilities/without-a-root", "The square root is missing"),
    ("noise-distribution/not-normalised", "divide by their sum"),
    ("noise-distribution/without-the-power", "The power has no effect"),
    ("noise-distribution/zero-to-the-zero", "with the count 0 has a probability above 0"),
    ("draw-negatives/hits-stay", "draw those again, until none is"),
    ("draw-negatives/the-next-word-instead", "too often or too rarely"),
    ("draw-negatives/same-for-all-pairs", "All pairs get the same negatives"),
    ("draw-negatives/another-generator", "draw with rng alone"),
    ("draw-negatives/always-the-same", "Generators in different states"),
    ("pair-loss/sign-turned", "a loss is above 0"),
    ("pair-loss/negatives-attract", "Negatives should have low scores"),
    ("pair-loss/mean-of-negatives", "summed, not averaged"),
    ("pair-loss/overflows", "an exponential of a large score overflows"),
    ("batch-loss/plus-equals-for-centres", "adds once a word, however often it comes"),
    ("batch-loss/sum-of-losses", "take the mean over the B pairs"),
    ("batch-loss/mean-of-negatives-too", "divided by 1 + K, too"),
    ("nearest-words/by-dot-product", "sorted by their dot products"),
    ("ppmi/not-positive", "0 is the least"),
    ("ppmi/nan-where-nothing-is", "0 / 0"),
]


@pytest.mark.parametrize(("name", "words"), MESSAGES)
def test_a_slip_is_named(name, words):
    said = messages_of(name)
    assert any(words in message for message in said), said


@pytest.mark.parametrize(
    ("exercise", "code", "words"),
    [
        ("context-pairs", "return 1", r"The function should return \(centres, contexts\)"),
        ("context-pairs", "return [1], [2]", "centres should be a NumPy array"),
        ("draw-negatives", "return np.ones((len(contexts), K))", "holds numbers of words"),
        ("draw-negatives", "return np.full((len(contexts), K), 99)", "from 0 to 4"),
        ("pair-loss", "return 3.0", r"should return \(loss, dv, du, dnegatives\)"),
        ("nearest-words", "return 3", r"The function should return \(words, cosines\)"),
    ],
)
def test_another_kind_of_answer_is_named(exercise, code, words):
    result = judged_code(exercise, code)
    assert result.points == 0
    assert re.search(words, result.message), result.message
