"""Checks of the notebook `decoding`: what BLEU and ROUGE-L count in sentences."""

import numpy as np

from cs231n.checks.api import assert_close, assert_that, exercise, oracle, take
from cs231n.checks.judge.diagnosis import assert_no_mistake

# --- bleu-matches


def draw_words(rng, length, letters="abcd"):
    """A sentence of so many words."""
    return [str(word) for word in rng.choice(list(letters), size=length)]


def require_matches(student, words, references, n, what):
    """Require clipped_matches to count as its definition does."""
    result = student.language.sentence_scores.clipped_matches(words, references, n)
    right, total = take(result, "right", "total")
    expected = oracle.ngram_matches(words, references, n)
    assert_close(total, expected[1], f"{what}: total")
    assert_close(right, expected[0], f"{what}: right")


@exercise("bleu-matches", weight=3)
def n_grams_that_stand_in_a_reference_count(student, rng):
    for n in (1, 2, 3, 4):
        words = draw_words(rng, 9)
        references = [draw_words(rng, length) for length in (7, 12, 10)]
        require_matches(student, words, references, n, f"n = {n}")


@exercise("bleu-matches", weight=2)
def a_word_counts_as_often_as_a_reference_has_it(student, rng):
    words, references = ["the"] * 7, [["the", "cat", "the", "mat"], ["one", "the"]]
    right, _ = take(
        student.language.sentence_scores.clipped_matches(words, references, 1), "right", "total"
    )
    assert_that(right != 7, 'Counts are clipped: no reference has "the" seven times.', "2", "7")
    message = "Take the one reference that has the n-gram most often, not all of them together."
    assert_that(right != 3, message, "2", "3")
    require_matches(student, words, references, 1, "seven times one word")


@exercise("bleu-matches")
def each_n_gram_has_the_reference_that_suits_it(student, rng):
    words, references = ["a", "a", "b", "b"], [["a", "a"], ["b", "b", "c"]]
    right, _ = take(
        student.language.sentence_scores.clipped_matches(words, references, 1), "right", "total"
    )
    message = "Each n-gram is clipped by itself: two may owe their counts to different references."
    assert_that(right != 2, message, "4", "2")
    require_matches(student, words, references, 1, "two references, each with one of the words")


@exercise("bleu-matches")
def a_sentence_may_be_shorter_than_n(student, rng):
    for words in ([], ["a"], ["a", "b", "c"]):
        require_matches(student, words, [draw_words(rng, 6)], 4, f"{len(words)} words, n = 4")
    require_matches(student, draw_words(rng, 4), [["a"]], 4, "four words, n = 4")
    require_matches(student, draw_words(rng, 5), [["a", "b"]], 2, "five words, n = 2")


# --- bleu-brevity


def draw_set(rng, shift):
    """Candidates of 3 to 8 words, and references of about so many words more."""
    lengths = rng.integers(3, 9, size=6)
    candidates = [draw_words(rng, int(length)) for length in lengths]
    references = [
        [draw_words(rng, max(1, int(length + shift + rng.integers(-2, 3)))) for _ in range(3)]
        for length in lengths
    ]
    return candidates, references


def require_penalty(student, candidates, references, what):
    """Require brevity_penalty to be that of its definition."""
    got = student.language.sentence_scores.brevity_penalty(candidates, references)
    assert_close(got, oracle.brevity_by_steps(candidates, references), what)


@exercise("bleu-brevity", weight=3)
def short_sentences_pay_by_the_closest_references(student, rng):
    for shift in (2, 3, 4):
        require_penalty(student, *draw_set(rng, shift), "the penalty of short sentences")


@exercise("bleu-brevity", weight=2)
def the_closest_length_is_neither_the_shortest_nor_the_longest(student, rng):
    candidates, references = [], []
    for length in rng.integers(5, 9, size=4):
        candidates.append(draw_words(rng, int(length)))
        lengths = rng.permutation([length - 4, length + 2, length + 9])
        references.append([draw_words(rng, int(other)) for other in lengths])
    require_penalty(student, candidates, references, "the penalty by the closest of three lengths")


@exercise("bleu-brevity")
def long_sentences_pay_nothing(student, rng):
    candidates, references = draw_set(rng, -4)
    require_penalty(student, candidates, references, "the penalty of long sentences")
    require_penalty(student, candidates, [[words] for words in candidates], "of equal lengths")


@exercise("bleu-brevity", weight=2)
def of_two_equally_close_lengths_the_shorter_counts(student, rng):
    candidates = [["a"] * 5, ["b"] * 3]
    for order in (1, -1):
        references = [[["a"] * 4, ["a"] * 6][::order], [["b"] * 5, ["b"] * 7][::order]]
        got = student.language.sentence_scores.brevity_penalty(candidates, references)
        mistakes = [
            (np.exp(1 - 11 / 8), "Of two equally close lengths take the shorter: 4, not 6."),
            (np.exp(1 - 8 / 9), "The exponent is 1 - r / c, with c words in the candidates."),
        ]
        expected = oracle.brevity_by_steps(candidates, references)
        assert_no_mistake(got, expected, "the penalty where two lengths are close", mistakes)


@exercise("bleu-brevity", weight=2)
def the_set_pays_not_each_sentence(student, rng):
    candidates, references = [["a"] * 2, ["b"] * 9], [[["a"] * 6], [["b"] * 6]]
    got = student.language.sentence_scores.brevity_penalty(candidates, references)
    message = "c and r are sums over the whole set: a long sentence makes up for a short one."
    mistakes = [((np.exp(1 - 6 / 2) + 1) / 2, message), (np.exp(1 - 6 / 2), message)]
    expected = oracle.brevity_by_steps(candidates, references)
    assert_no_mistake(got, expected, "the penalty of two sentences", mistakes)


# --- longest-common


def require_common(student, first, second, what):
    """Require longest_common to find what trying all subsequences finds."""
    got = student.language.sentence_scores.longest_common(first, second)
    assert_close(got, oracle.longest_common_by_trying(first, second), what)


@exercise("longest-common", weight=3)
def the_longest_of_all_common_subsequences(student, rng):
    for lengths in ((6, 8), (9, 5), (7, 7)):
        first, second = (draw_words(rng, length, "abc") for length in lengths)
        require_common(student, first, second, f"of {' '.join(first)} | {' '.join(second)}")


@exercise("longest-common", weight=2)
def order_counts_and_gaps_do_not(student, rng):
    pairs = [
        ("a red circle", "a small red or blue circle"),
        ("red above blue", "blue above red"),
        ("a b c d e", "e d c b a"),
        ("a x b y c", "c a b c b"),
        ("a a a", "b a b"),
    ]
    for first, second in pairs:
        require_common(student, first.split(), second.split(), f"of {first} | {second}")


@exercise("longest-common")
def nothing_in_common_is_zero(student, rng):
    for first, second in (([], ["a"]), (["a", "b"], []), (["a", "b"], ["c"])):
        require_common(student, first, second, f"of {len(first)} and {len(second)} words")
    require_common(student, ["a"], ["a"], "of one word and itself")


@exercise("longest-common", weight=2)
def long_sentences_take_no_time(student, rng):
    words, other = draw_words(rng, 60, "abcdef"), draw_words(rng, 50, "uvwxyz")
    mixed = iter(words), iter(other)
    order = rng.permutation([0] * 60 + [1] * 50)
    both = [next(mixed[which]) for which in order]
    for first, second in ((words, both), (both, words)):
        got = student.language.sentence_scores.longest_common(first, second)
        assert_close(got, 60, "of 60 words and the same with 50 others between")
    got = student.language.sentence_scores.longest_common(words, other)
    assert_close(got, 0, "of sentences without a common word")
