"""Checks of the notebook `image_sentence_ranking`: ranks, recall, and its ceiling."""

import numpy as np

from cs231n.checks.api import (
    assert_close,
    assert_labels,
    assert_that,
    exercise,
    oracle,
    take,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.matching import (
    draw_right,
    require_unchanged,
)

NAMES = ("the result", "whether it changed its arguments")

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
