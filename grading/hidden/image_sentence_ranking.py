"""Hidden checks of the notebook `image_sentence_ranking`: other shapes, options and values."""

import numpy as np

from cs231n.checks.api import assert_close, assert_labels, exercise, oracle, take
from cs231n.checks.judge.matching import (
    draw_boxes,
    draw_masked,
    draw_pairs,
    draw_right,
    require_alignment,
    require_alignment_back,
    require_grounding,
    require_margin,
)

SHAPES = ({"N": 2, "R": 7, "M": 3, "T": 5, "H": 2}, {"N": 6, "R": 2, "M": 1, "T": 3, "H": 9})


@exercise("match-score", hidden=True)
def scores_of_any_shape(student, rng):
    for sizes in SHAPES:
        mean = bool(rng.integers(2))
        require_alignment(student, draw_pairs(rng, **sizes), f"the scores of {sizes}", mean)
        require_alignment(student, draw_masked(rng, N=3, R=4, M=6, T=4), "masked scores", mean)


@exercise("match-score-backward", hidden=True)
def derivatives_of_any_shape(student, rng):
    for sizes in SHAPES:
        for mean in (False, True):
            require_alignment_back(student, rng, draw_pairs(rng, **sizes), f"of {sizes}", mean)


@exercise("match-unit-backward", hidden=True)
def unit_vectors_of_any_shape(student, rng):
    for shape in ((1, 1), (2, 7), (2, 3, 2, 4)):
        x, dy = rng.normal(size=shape), rng.normal(size=shape)
        lengths = np.sqrt((x * x).sum(axis=-1, keepdims=True))
        got = student.matching.scores.unit_backward(dy, (x / lengths, lengths))
        expected = oracle.unit_slopes(x, dy)
        if shape == (1, 1):
            expected, got = expected + 1, got + 1  # 0 but for rounding
        assert_close(got, expected, f"dx of {shape}")


@exercise("match-attention", hidden=True)
def attention_of_any_shape(student, rng):
    for sizes in SHAPES:
        options = (bool(rng.integers(2)), float(rng.uniform(0, 6)))
        inputs = draw_pairs(rng, **sizes)
        result = student.matching.scores.attention_forward(*inputs, *options)
        scores, _ = take(result, "scores", "cache")
        expected = oracle.attention_by_loops(*inputs, *options)
        assert_close(scores, expected, f"the scores of {sizes}")


@exercise("match-margin-loss", hidden=True)
def losses_of_any_size(student, rng):
    for N in (2, 3, 9):
        for hardest in (False, True):
            fits = rng.random((N, N)) < 0.2 if rng.integers(2) else None
            margin = float(rng.uniform(0, 2))
            require_margin(student, rng.normal(size=(N, N)), f"of {N}", margin, hardest, fits)


@exercise("match-reverse-words", hidden=True)
def sentences_of_any_length(student, rng):
    for M, T in ((1, 1), (5, 9), (7, 2)):
        x, lengths = rng.normal(size=(M, T, 2)), rng.integers(0, T + 1, size=M)
        got = student.matching.encoders.reverse_words(x, lengths)
        assert_close(got, oracle.turned_sentences(x, lengths), f"{M} sentences of up to {T} words")


@exercise("match-best-ranks", hidden=True)
def ranks_of_any_size(student, rng):
    for Q, A in ((1, 2), (12, 3), (4, 30)):
        right = draw_right(rng, Q, A)
        for scores in (rng.normal(size=(Q, A)), rng.integers(4, size=(Q, A)) / 4):
            got = student.matching.retrieval.best_ranks(scores, right)
            assert_labels(got, oracle.ranks_by_sorting(scores, right), f"ranks of {Q} x {A}")


@exercise("match-recall", hidden=True)
def recalls_of_any_ranks(student, rng):
    for count in (1, 2, 9, 40):
        ranks, ks = rng.integers(1, 25, size=count), [1, 4, 10, 20]
        result = student.matching.retrieval.recall_summary(ranks, ks)
        recalls, median = take(result, "recalls", "median")
        expected, middle = oracle.recalls_by_counting(ranks, ks)
        assert_close(recalls, expected, f"recalls of {count} ranks")
        assert_close(median, middle, f"the median of {count} ranks")


@exercise("match-ceiling", hidden=True)
def ceilings_of_any_size(student, rng):
    for Q, A, k in ((1, 1, 1), (9, 4, 2), (3, 20, 5)):
        fits = draw_right(rng, Q, A)
        got = student.matching.retrieval.recall_ceiling(fits, k)
        assert_close(got, oracle.ceiling_by_places(fits, k), f"the ceiling at {k} of {Q} x {A}")


@exercise("match-ground-phrase", hidden=True)
def phrases_of_any_length(student, rng):
    for T, R in ((2, 6), (7, 3), (6, 2), (3, 1)):
        bonus = float(rng.uniform(0, 2))
        require_grounding(student, rng.normal(size=(T, R)), bonus, f"{T} words, {R} regions")
        ties = rng.integers(3, size=(T, R)) * 1.0
        require_grounding(student, ties, 1.0, f"{T} words with ties")


@exercise("match-box-iou", hidden=True)
def boxes_anywhere(student, rng):
    for count in (1, 7):
        first, second = draw_boxes(rng, count) - 3.5, draw_boxes(rng, 4) * 0.75 - 3
        got = student.matching.grounding.box_iou(first, second)
        assert_close(got, oracle.iou_by_fractions(first, second), f"the overlap of {count} boxes")


@exercise("match-pointing", hidden=True)
def accuracies_of_any_words(student, rng):
    for threshold in (0.1, 0.3):
        right = [draw_boxes(rng, int(k)) * 1.0 for k in [1, *rng.integers(0, 4, size=8)]]
        chosen = draw_boxes(rng, 9) * 1.0
        got = student.matching.grounding.pointing_accuracy(chosen, right, threshold)
        expected = oracle.pointing_by_fractions(chosen, right, threshold)
        assert_close(got, expected, f"the accuracy from {threshold} on")
