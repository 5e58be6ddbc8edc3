"""Checks of the notebook `image_sentence_ranking`: regions for words, and how right they are."""

import numpy as np

from cs231n.checks.api import (
    ROUNDING32,
    assert_close,
    assert_that,
    exercise,
    oracle,
    take,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.matching import (
    draw_boxes,
    require_grounding,
    require_unchanged,
)

NAMES = ("the result", "whether it changed its arguments")

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
