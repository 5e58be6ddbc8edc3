"""Checks of the notebook `image_sentence_ranking`: scores, a loss, ranks, and grounding."""

import numpy as np

from cs231n.checks.api import (
    ROUNDING32,
    assert_close,
    assert_labels,
    assert_that,
    exercise,
    oracle,
    take,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.matching import (
    draw_boxes,
    draw_masked,
    draw_pairs,
    draw_right,
    require_alignment,
    require_alignment_back,
    require_grounding,
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
    lengths = np.sqrt((x * x).sum(axis=-1, keepdims=True))
    return student.matching.scores.unit_backward(dy, (x / lengths, lengths))


@exercise("match-unit-backward", weight=3)
def the_derivative_of_a_unit_vector(student, rng):
    x, dy = rng.normal(size=(3, 4, 5)), rng.normal(size=(3, 4, 5))
    lengths = np.sqrt((x * x).sum(axis=-1, keepdims=True))
    y = x / lengths
    along = (dy * y).sum(axis=-1, keepdims=True)
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


# --- match-best-ranks


def require_ranks(student, scores, right, what, mistakes=()):
    """Require `best_ranks` to give the ranks of the oracle."""
    got = student.matching.retrieval.best_ranks(scores, right)
    expected = oracle.ranks_by_sorting(scores, right)
    for wrong, sentence in mistakes:
        same = isinstance(got, np.ndarray) and np.array_equal(got, wrong)
        message = sentence if same and not np.array_equal(wrong, expected) else None
        assert_that(message is None, message, str(expected.tolist()), str(np.asarray(wrong)))
    assert_labels(got, expected, what)


@exercise("match-best-ranks", weight=3)
def the_rank_of_the_right_answer(student, rng):
    scores = rng.normal(size=(6, 8))
    right = np.arange(8) == rng.integers(8, size=6)[:, None]
    expected = oracle.ranks_by_sorting(scores, right)
    mistakes = [
        (expected - 1, "Ranks begin at 1."),
        (9 - expected, "Higher scores come first."),
    ]
    require_ranks(student, scores, right, "the ranks", mistakes)


@exercise("match-best-ranks", weight=2)
def the_best_of_several_counts(student, rng):
    scores, right = rng.normal(size=(7, 9)), draw_right(rng, 7, 9)
    require_ranks(student, scores, right, "ranks of queries with several right answers")
    right[0], right[1] = True, False
    right[1, 4] = True
    require_ranks(student, scores, right, "ranks where all answers of a query are right")


@exercise("match-best-ranks", weight=2)
def ties_count_against_the_search(student, rng):
    scores, right = rng.integers(3, size=(8, 7)) * 1.0, draw_right(rng, 8, 7)
    require_ranks(student, scores, right, "ranks of tied scores")
    right = np.eye(4, dtype=bool)
    require_ranks(student, np.zeros((4, 4)), right, "ranks of a model that scores all alike")
    scores = np.full((4, 4), -np.inf)
    require_ranks(student, scores, right, "ranks where every score is -inf")


@exercise("match-best-ranks")
def scores_of_any_size(student, rng):
    right = draw_right(rng, 3, 5)
    for scale in (1e-9, 1e6):
        scores = scale * rng.normal(size=(3, 5)) - 5 * scale
        require_ranks(student, scores, right, f"ranks of scores about {scale:g}")
    scores = rng.normal(size=(3, 5)).astype(np.float32)
    require_ranks(student, scores, right, "ranks of float32 scores")
    require_ranks(student, scores[:1, :1], np.array([[True]]), "the rank of the only answer")


@exercise("match-best-ranks")
def ranks_leave_scores_as_they_are(student, rng):
    scores, right = rng.normal(size=(5, 4)), draw_right(rng, 5, 4)
    function = student.matching.retrieval.best_ranks
    got = require_unchanged(student, function, (scores, right), NAMES)
    assert_labels(got, oracle.ranks_by_sorting(scores, right), "ranks of views")


# --- match-recall


def require_recalls(student, ranks, ks, what, mistakes=()):
    """Require `recall_summary` to give the numbers of the oracle."""
    result = student.matching.retrieval.recall_summary(ranks, ks)
    recalls, median = take(result, "recalls", "median")
    expected, middle = oracle.recalls_by_counting(ranks, ks)
    assert_no_mistake(recalls, expected, f"recall {what}", mistakes)
    assert_close(median, middle, f"the median rank {what}")


@exercise("match-recall", weight=3)
def the_share_of_ranks_up_to_k(student, rng):
    ranks = np.concatenate([[1, 1, 5, 10, 5], rng.integers(1, 30, size=8)])
    share = oracle.recalls_by_counting(ranks, [1, 5, 10])[0]
    below = oracle.recalls_by_counting(ranks + 1, [1, 5, 10])[0]
    mistakes = [
        (share / 100, "Recall is in percent."),
        (below, "Rank k is among the first k."),
        (share * len(ranks) / 100, "Divide by the number of queries."),
    ]
    require_recalls(student, ranks, (1, 5, 10), "at 1, 5 and 10", mistakes)


@exercise("match-recall")
def an_even_number_of_ranks(student, rng):
    ranks = rng.integers(1, 60, size=12)
    require_recalls(student, ranks, [1, 5, 10], "of 12 ranks")
    require_recalls(student, np.array([3, 3, 4, 90]), [1, 5, 10], "of four ranks")


@exercise("match-recall")
def other_ks_and_a_single_rank(student, rng):
    require_recalls(student, rng.integers(1, 9, size=7), [2, 3], "at 2 and 3")
    require_recalls(student, np.array([4]), np.array([3, 4, 100]), "of a single rank")
    result = student.matching.retrieval.recall_summary(np.array([2, 7]))
    recalls, _ = take(result, "recalls", "median")
    assert_close(recalls, np.array([0.0, 50.0, 100.0]), "recall at the default 1, 5 and 10")


# --- match-ceiling


def require_ceiling(student, fits, k, what, mistakes=()):
    """Require `recall_ceiling` to give the number of the oracle."""
    got = student.matching.retrieval.recall_ceiling(fits, k)
    assert_no_mistake(got, oracle.ceiling_by_places(fits, k), what, mistakes)


@exercise("match-ceiling", weight=3)
def who_knows_all_still_has_to_guess(student, rng):
    fits = draw_right(rng, 6, 9)
    fits[0] = np.arange(9) < 1
    fits[1] = np.arange(9) < 5
    counts = fits.sum(axis=1)
    mistakes = [
        (100 * np.mean(counts <= 2), "With four that fit, the right one still may be among two."),
        (np.mean(np.minimum(2, counts) / counts), "The ceiling is in percent."),
        (100 * np.mean(2 / counts), "A probability is at most 1."),
        (100 * np.mean(1 / counts), "With k = 2 there are two places."),
        (
            100 * np.minimum(2, counts).sum() / counts.sum(),
            "Take the mean of the queries' probabilities: every query counts the same.",
        ),
    ]
    require_ceiling(student, fits, 2, "the ceiling at 2", mistakes)


@exercise("match-ceiling")
def ceilings_at_one_and_beyond_all(student, rng):
    for k in (1, 3, 10, np.int64(4)):
        require_ceiling(student, draw_right(rng, 5, 7), k, f"the ceiling at {k}")


@exercise("match-ceiling")
def one_that_fits_is_always_found(student, rng):
    require_ceiling(student, np.eye(5, dtype=bool), 1, "the ceiling where one answer fits each")
    require_ceiling(student, np.ones((1, 4), dtype=bool), 1, "the ceiling of a single query")


# --- match-ground-phrase


@exercise("match-ground-phrase", weight=3)
def the_best_of_all_ways(student, rng):
    for bonus in (0.3, 1.0, 2.5):
        for _ in range(3):
            products = rng.normal(size=(5, 3))
            require_grounding(student, products, bonus, f"bonus {bonus:g}")


@exercise("match-ground-phrase")
def without_a_bonus_each_word_goes_where_it_likes(student, rng):
    products = rng.normal(size=(4, 5))
    require_grounding(student, products, 0.0, "bonus 0")


@exercise("match-ground-phrase")
def a_large_bonus_keeps_all_together(student, rng):
    products = rng.normal(size=(4, 3))
    for bonus in (50.0, 1e6):
        require_grounding(student, products, bonus, f"bonus {bonus:g}")
    require_grounding(student, 1000.0 * products, 800.0, "products of thousands")


@exercise("match-ground-phrase")
def regions_that_cannot_be_chosen(student, rng):
    products = rng.normal(size=(4, 4))
    products[:, 2] = -np.inf
    products[1, :2] = -np.inf
    for bonus in (0.0, 1.5):
        require_grounding(student, products, bonus, "where products are -inf")


@exercise("match-ground-phrase")
def one_word_none_and_one_region(student, rng):
    require_grounding(student, rng.normal(size=(1, 4)), 1.0, "a phrase of one word")
    require_grounding(student, rng.normal(size=(4, 1)), 1.0, "a single region")
    require_grounding(student, np.zeros((3, 3)), 0.5, "equal products")
    result = student.matching.grounding.ground_phrase(np.zeros((0, 3)), 1.0)
    regions, total = take(result, "regions", "total")
    empty = isinstance(regions, np.ndarray) and regions.shape == (0,)
    assert_that(
        empty, "A phrase without words has no regions.", "an empty array", str(regions)[:60]
    )
    assert_close(total, 0.0, "the total of a phrase without words")


@exercise("match-ground-phrase")
def long_phrases_take_no_longer_a_word(student, rng):
    require_grounding(student, rng.normal(size=(6, 4)), 0.5, "a phrase of six words")
    function = student.matching.grounding.ground_phrase
    count = student.checks.beside.steps.count_steps
    short, long = (count(function, rng.normal(size=(T, 4)), 0.5) for T in (3, 12))
    message = f"3 words ran {short} lines and 12 words {long}: do not try all ways there are."
    assert_that(long <= 8 * short, message, f"about {4 * short}", str(long))


@exercise("match-ground-phrase")
def grounding_leaves_products_as_they_are(student, rng):
    products = rng.normal(size=(4, 3)).astype(np.float32)
    function = student.matching.grounding.ground_phrase
    result = require_unchanged(student, function, (products, 0.5), NAMES)
    _, total = take(result, "regions", "total")
    expected = oracle.best_grounding(products, 0.5)
    assert_close(total, expected, "the total of float32 products", ROUNDING32)


# --- match-box-iou


def require_iou(student, first, second, what):
    """Require `box_iou` to give what the oracle gives."""
    got = student.matching.grounding.box_iou(first, second)
    assert_close(got, oracle.iou_by_fractions(first, second), what)


@exercise("match-box-iou", weight=3)
def shared_area_over_all_area(student, rng):
    first, second = draw_boxes(rng, 4), draw_boxes(rng, 6)
    first[0], second[0] = (2, 3, 6, 4), (4, 1, 5, 5)
    require_iou(student, first * 1.0, second * 1.0, "the overlap")


@exercise("match-box-iou")
def boxes_apart_share_nothing(student, rng):
    first = np.array([[0.0, 0, 3, 4], [3, 4, 2, 2]])
    second = np.array([[5.0, 6, 3, 4], [3, 0, 2, 4], [10, 10, 1, 7]])
    require_iou(student, first, second, "the overlap of boxes that are apart or touch")


@exercise("match-box-iou")
def a_box_in_a_box_and_the_same_box(student, rng):
    boxes = np.array([[1.0, 2, 8, 5], [2, 3, 3, 2], [1, 2, 8, 5], [4, 4, 0, 0]])
    require_iou(student, boxes, boxes, "the overlap of nested, equal and empty boxes")


@exercise("match-box-iou")
def boxes_of_whole_numbers_and_of_none(student, rng):
    for dtype in (np.uint8, np.int32, np.float32):
        boxes = draw_boxes(rng, 5).astype(dtype)
        require_iou(student, boxes, boxes[:3], f"the overlap of {np.dtype(dtype).name} boxes")
    require_iou(student, np.zeros((0, 4)), np.ones((2, 4)), "the overlap without boxes")


# --- match-pointing


def require_pointing(student, chosen, right, threshold, what, mistakes=()):
    """Require `pointing_accuracy` to give what the oracle gives."""
    got = student.matching.grounding.pointing_accuracy(chosen, right, threshold)
    expected = oracle.pointing_by_fractions(chosen, right, threshold)
    assert_no_mistake(got, expected, what, mistakes)


@exercise("match-pointing", weight=3)
def the_share_of_words_that_point_right(student, rng):
    right = [draw_boxes(rng, k) * 1.0 for k in (1, 0, 2, 1, 3, 0, 1)]
    chosen = draw_boxes(rng, 7) * 1.0
    chosen[2], chosen[4], chosen[6] = right[2][1], right[4][0], right[6][0] + [0, 0, 0.5, 0]
    share = oracle.pointing_by_fractions(chosen, right, 0.5)
    mistakes = [
        (share * 5 / 7, "Words about nothing do not count, not even as misses."),
        ((share * 5 + 2) / 7, "Words about nothing do not count, not even as hits."),
        (100 * share, "The accuracy is from 0 to 1."),
    ]
    require_pointing(student, chosen, right, 0.5, "the accuracy", mistakes)


@exercise("match-pointing")
def the_threshold_itself_is_enough(student, rng):
    right = [np.array([[0.0, 0, 4, 2]]), np.array([[0.0, 0, 4, 4]])]
    chosen = np.array([[0.0, 0, 4, 1], [1.0, 1, 2, 2]])
    for threshold in (0.2, 0.25, 0.5, 0.6):
        require_pointing(student, chosen, right, threshold, f"the accuracy from {threshold} on")
    got = student.matching.grounding.pointing_accuracy(chosen, right)
    assert_close(got, 0.5, "the accuracy at the default of 0.5")


@exercise("match-pointing")
def no_word_that_counts_is_nan(student, rng):
    right = [np.zeros((0, 4)), np.zeros((0, 4))]
    got = student.matching.grounding.pointing_accuracy(np.ones((2, 4)), right, 0.5)
    is_nan = isinstance(got, float | np.floating) and np.isnan(got)
    message = "Where no word is about anything, the accuracy is nan: 0 would be a result."
    assert_that(is_nan, message, "nan", str(got)[:40])
