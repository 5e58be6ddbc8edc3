"""Checks of the notebook `image_sentence_ranking`: scores, a loss, sentences turned round.

Those of searches are in `retrieval`, and those of words on pictures in `grounding`.
"""

import numpy as np

from cs231n.checks.api import (
    ROUNDING32,
    assert_close,
    exercise,
    oracle,
    take,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.matching import (
    draw_masked,
    draw_pairs,
    require_alignment,
    require_alignment_back,
    require_margin,
    require_unchanged,
    wide,
)

NAMES = ("the result", "whether it changed its arguments")

# --- match-score


@exercise("match-score", weight=3)
def every_word_takes_its_best_region(student, rng):
    inputs = draw_pairs(rng, whole=True)
    products = np.einsum("nrh,mth->nmtr", *inputs[:2])
    mistakes = [
        (products.max(axis=2).sum(axis=2), "Each word looks for a region, not each region."),
        (products.sum(axis=(2, 3)), "Take the largest over the regions, not the sum."),
        (np.maximum(0, products).sum(axis=(2, 3)), "That is the older score, with max(0, .)."),
        (
            np.maximum(0, products.max(axis=3)).sum(axis=2),
            "A word may count against a picture: its best product can be negative.",
        ),
        (products.max(axis=3).mean(axis=2), "Add the words up; the mean is asked for by `mean`."),
        (products.max(axis=(2, 3)), "Every word counts, not only the best one."),
    ]
    require_alignment(student, inputs, "the scores", mistakes=mistakes)


@exercise("match-score", weight=2)
def what_is_not_there_does_not_count(student, rng):
    require_alignment(student, draw_masked(rng), "the scores where regions and words are missing")
    regions, words, *masks = draw_pairs(rng, N=2, R=3)
    inputs = (regions, -abs(words) * np.sign(regions[0, 0]), np.array([[True, False, False]] * 2))
    require_alignment(student, (*inputs, masks[1]), "the scores of one region in two pictures")


@exercise("match-score")
def the_mean_divides_by_the_words_that_are_there(student, rng):
    for inputs in (draw_pairs(rng, whole=True), draw_masked(rng)):
        require_alignment(student, inputs, "the mean scores", mean=True)


@exercise("match-score")
def one_region_one_word_and_float32(student, rng):
    require_alignment(student, draw_pairs(rng, 1, 1, 1, 1, 3, whole=True), "a single score")
    for mean in (False, True):
        inputs = draw_pairs(rng, dtype=np.float32)
        require_alignment(student, inputs, "the scores of float32 vectors", mean, tol=ROUNDING32)


@exercise("match-score")
def scores_leave_vectors_as_they_are(student, rng):
    inputs = draw_masked(rng)
    function = student.matching.scores.alignment_forward
    scores, _ = take(require_unchanged(student, function, inputs, NAMES), "scores", "cache")
    assert_close(scores, oracle.alignment_by_loops(*inputs, False), "the scores of views")


# --- match-score-backward


@exercise("match-score-backward", weight=3)
def derivatives_go_to_the_best_region(student, rng):
    require_alignment_back(student, rng, draw_pairs(rng, whole=True), "")


@exercise("match-score-backward")
def of_equal_regions_the_first_gets_it(student, rng):
    inputs = draw_pairs(rng, R=6, H=2, ties=True, whole=True)
    require_alignment_back(student, rng, inputs, "where regions are equally good")


@exercise("match-score-backward")
def what_is_not_there_gets_no_derivative(student, rng):
    require_alignment_back(student, rng, draw_masked(rng), "where regions and words are missing")


@exercise("match-score-backward")
def derivatives_of_the_mean(student, rng):
    for inputs in (draw_pairs(rng, whole=True), draw_masked(rng)):
        require_alignment_back(student, rng, inputs, "of the mean", mean=True)


@exercise("match-score-backward")
def derivatives_of_float32_scores_are_float32(student, rng):
    for mean in (False, True):
        inputs = draw_pairs(rng, N=1, M=2, dtype=np.float32)
        require_alignment_back(student, rng, inputs, "of float32 vectors", mean)


# --- match-unit-backward


def unit_back(student, x, dy):
    """The student's dx, for the y and the lengths that belong to x."""
    lengths = np.linalg.norm(x, axis=-1)[..., None]
    return student.matching.scores.unit_backward(dy, (x / lengths, lengths))


@exercise("match-unit-backward", weight=3)
def the_derivative_of_a_unit_vector(student, rng):
    x, dy = rng.normal(size=(3, 4, 5)), rng.normal(size=(3, 4, 5))
    lengths = np.linalg.norm(x, axis=-1)[..., None]
    y = x / lengths
    along = np.einsum("nrd,nrd->nr", dy, y)[:, :, None]
    mistakes = [
        (dy / lengths, "The length depends on x, too: take away what points along x."),
        (dy - along * y, "Divide by the length."),
        ((dy + along * y) / lengths, "The part along x is taken away, not added."),
        ((dy - along * x) / lengths, "The part along x is (dy . y) y, with y of length 1."),
        (dy / lengths - along * y, "Both terms are divided by the length."),
    ]
    assert_no_mistake(unit_back(student, x, dy), oracle.unit_slopes(x, dy), "dx", mistakes)


@exercise("match-unit-backward")
def vectors_of_any_length(student, rng):
    for size in (1e-5, 1000.0):
        x, dy = size * rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
        assert_close(unit_back(student, x, dy), oracle.unit_slopes(x, dy), f"dx, lengths {size:g}")


@exercise("match-unit-backward")
def a_single_vector_and_float32(student, rng):
    x, dy = rng.normal(size=4), rng.normal(size=4)
    assert_close(unit_back(student, x, dy), oracle.unit_slopes(x, dy), "dx of a single vector")
    x, dy = x.astype(np.float32), dy.astype(np.float32)
    expected = oracle.unit_slopes(*wide(x, dy)).astype(np.float32)
    assert_close(unit_back(student, x, dy), expected, "dx of float32", ROUNDING32)


# --- match-attention


def require_attention(student, inputs, what, options=(False, 9.0), mistakes=()):
    """Require `attention_forward` to give the scores of the oracle."""
    result = student.matching.scores.attention_forward(*inputs, *options)
    scores, _ = take(result, "scores", "cache")
    expected = oracle.attention_by_loops(*wide(*inputs), *options).astype(inputs[0].dtype)
    tol = ROUNDING32 if inputs[0].dtype == np.float32 else 1e-9
    assert_no_mistake(scores, expected, what, mistakes, tol)


@exercise("match-attention", weight=3)
def words_attend_to_regions(student, rng):
    inputs = draw_pairs(rng, H=3, whole=True)
    products = np.einsum("nrh,mth->nmtr", *inputs[:2])

    def score(weights, axis=3):
        return (weights / weights.sum(axis=axis, keepdims=True) * products).sum(axis=(2, 3))

    mistakes = [
        (score(np.exp(products)), "The softmax is of sharpness times the products."),
        (score(np.exp(2 * products), 2), "The softmax runs over the regions, not over the words."),
        (2 * score(np.exp(2 * products)), "What is added up are the products, not 2 times them."),
        (score(np.exp(-2 * products)), "The sign is turned: better regions get more attention."),
        (products.max(axis=3).sum(axis=2), "That takes the best region alone."),
    ]
    require_attention(student, inputs, "the scores at sharpness 2", (False, 2.0), mistakes)


@exercise("match-attention")
def the_defaults_are_a_sum_and_nine(student, rng):
    inputs = draw_pairs(rng, whole=True)
    scores, _ = take(student.matching.scores.attention_forward(*inputs), "scores", "cache")
    assert_close(scores, oracle.attention_by_loops(*inputs, False, 9.0), "the scores")


@exercise("match-attention", weight=2)
def what_is_not_there_gets_no_attention(student, rng):
    for mean in (False, True):
        for sharpness in (0.0, 3.0):
            inputs = draw_masked(rng)
            what = "the scores where regions and words are missing"
            require_attention(student, inputs, what, (mean, sharpness))


@exercise("match-attention")
def sharp_attention_does_not_overflow(student, rng):
    for sharpness in (1e3, 1e5):
        inputs = draw_pairs(rng)
        what = f"the scores at sharpness {sharpness:g}"
        require_attention(student, inputs, what, (False, sharpness))


@exercise("match-attention")
def attention_of_float32_vectors(student, rng):
    for mean in (False, True):
        inputs = draw_pairs(rng, dtype=np.float32)
        require_attention(student, inputs, "the scores of float32 vectors", (mean, 4.0))


# --- match-margin-loss


@exercise("match-margin-loss", weight=3)
def all_others_in_both_directions(student, rng):
    scores = 0.3 * rng.normal(size=(5, 5))
    own = np.diag(scores)
    rows = np.maximum(0, 0.2 + scores - own[:, None])
    columns = np.maximum(0, 0.2 + scores - own)
    both = rows + columns
    mistakes = [
        (both.sum(), "The right pairs count, too: leave the diagonal out."),
        (rows.sum() - 1, "Sentences that look for pictures count, too: the other direction."),
        (columns.sum() - 1, "Pictures that look for sentences count, too: the other direction."),
        ((both.sum() - 2) / 5, "The loss is a sum over the pictures, not a mean."),
        ((both.sum() - 2) / 2, "Both directions are added up, not averaged."),
    ]
    require_margin(student, scores, "of all", mistakes=mistakes)


@exercise("match-margin-loss", weight=2)
def the_hardest_of_each_direction(student, rng):
    for _ in range(3):
        scores = 0.4 * rng.normal(size=(6, 6))
        require_margin(student, scores, "of the hardest", hardest=True)


@exercise("match-margin-loss")
def any_margin_and_pairs_that_also_fit(student, rng):
    for margin in (0.0, 1.0):
        for hardest in (False, True):
            scores, fits = rng.normal(size=(5, 5)), rng.random((5, 5)) < 0.3
            what = f"at margin {margin:g}, where other pairs fit"
            require_margin(student, scores, what, margin, hardest, fits)


@exercise("match-margin-loss")
def ties_and_terms_that_are_zero(student, rng):
    for hardest in (False, True):
        scores = rng.integers(0, 3, (6, 6)) * 1.0
        require_margin(student, scores, "of scores with ties", 1.0, hardest)
        require_margin(student, np.zeros((4, 4)), "of equal scores", 0.0, hardest)


@exercise("match-margin-loss")
def one_pair_none_and_float32(student, rng):
    for hardest in (False, True):
        require_margin(student, rng.normal(size=(1, 1)), "of a single pair", 0.2, hardest)
        fits = np.ones((3, 3), dtype=bool)
        require_margin(student, rng.normal(size=(3, 3)), "where all fit", 0.2, hardest, fits)
        scores = rng.normal(size=(4, 4)).astype(np.float32)
        require_margin(student, scores, "of float32 scores", 0.25, hardest)


@exercise("match-margin-loss")
def losses_leave_scores_as_they_are(student, rng):
    scores, fits = rng.normal(size=(4, 4)), rng.random((4, 4)) < 0.3
    for hardest in (False, True):
        arguments = (scores, 0.2, hardest, fits)
        function = student.matching.losses.margin_loss
        loss, _ = take(require_unchanged(student, function, arguments, NAMES), "loss", "dscores")
        assert_close(loss, oracle.margin_loss_by_loops(*arguments)[0], "the loss of views")


# --- match-reverse-words


def require_turned(student, x, lengths, what):
    """Require `reverse_words` to turn sentences round."""
    got = student.matching.encoders.reverse_words(x, lengths)
    assert_close(got, oracle.turned_sentences(x, lengths), what)


@exercise("match-reverse-words", weight=3)
def the_last_word_comes_first(student, rng):
    x, lengths = rng.normal(size=(4, 6, 3)), np.array([6, 4, 1, 5])
    right = oracle.turned_sentences(x, lengths)
    filled = np.where((np.arange(6) < lengths[:, None])[..., None], right, 0)
    mistakes = [
        (x[:, ::-1], "What fills up has to stay behind the words: turn each sentence by itself."),
        (x[::-1], "Turn the words of each sentence round, not the sentences."),
        (filled, "What fills up should stay what it is."),
    ]
    got = student.matching.encoders.reverse_words(x, lengths)
    assert_no_mistake(got, right, "the turned sentences", mistakes)


@exercise("match-reverse-words")
def empty_sentences_stay(student, rng):
    x = rng.normal(size=(3, 4, 2))
    require_turned(student, x, np.array([0, 4, 0]), "sentences of no words")
    require_turned(student, x[:, :1], np.array([1, 0, 1]), "sentences of one word")


@exercise("match-reverse-words")
def numbers_of_words_turn_too(student, rng):
    x = rng.integers(9, size=(3, 5))
    require_turned(student, x, np.array([2, 5, 3]), "rows of numbers of words")
    x = rng.normal(size=(2, 3, 4)).astype(np.float32)
    require_turned(student, x, np.array([3, 2], dtype=np.int32), "float32 vectors of words")


@exercise("match-reverse-words")
def turning_leaves_sentences_as_they_are(student, rng):
    x, lengths = rng.normal(size=(3, 5, 2)), np.array([5, 2, 4])
    function = student.matching.encoders.reverse_words
    got = require_unchanged(student, function, (x, lengths), NAMES)
    assert_close(got, oracle.turned_sentences(x, lengths), "turned views")
