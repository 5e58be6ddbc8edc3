"""What the checks of matching share: regions and words, scores with ties, boxes."""

import numpy as np

from cs231n.checks.asserts import ROUNDING, ROUNDING32, assert_close, assert_that, take
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.oracles import oracle


def draw_pairs(rng, N=3, R=4, M=5, T=2, H=6, whole=False, ties=False, dtype=np.float64):
    """(regions, words, region_mask, word_mask); with ties, small whole numbers, regions twice."""
    regions, words = rng.normal(size=(N, R, H)), rng.normal(size=(M, T, H))
    if ties:
        regions, words = rng.integers(-2, 3, (N, R, H)) * 1.0, rng.integers(-2, 3, (M, T, H)) * 1.0
        regions[:, R // 2 :] = regions[:, : R - R // 2]
    region_mask = np.arange(R) < rng.integers(1, R + 1, N)[:, None]
    word_mask = np.arange(T) < rng.integers(0, T + 1, M)[:, None]
    if whole:
        region_mask[:], word_mask[:] = True, True
    return regions.astype(dtype), words.astype(dtype), region_mask, word_mask


def draw_masked(rng, **sizes):
    """As `draw_pairs`, where a region that is missing would suit all words best."""
    regions, words, region_mask, word_mask = draw_pairs(rng, **sizes)
    region_mask[0], word_mask[0], word_mask[1] = True, True, False
    region_mask[:, 1], region_mask[1:, 0] = True, False
    regions[1:, 0] = 50 * words[word_mask].sum(axis=0)
    words[~word_mask] = 40
    return regions, words, region_mask, word_mask


def require_alignment(student, inputs, what, mean=False, mistakes=(), tol=ROUNDING):
    """Require `alignment_forward` to give the scores of the oracle."""
    arguments = (*inputs, mean) if mean else inputs
    result = student.matching.scores.alignment_forward(*arguments)
    scores, _ = take(result, "scores", "cache")
    expected = oracle.alignment_by_loops(*wide(*inputs), mean).astype(inputs[0].dtype)
    assert_no_mistake(scores, expected, what, mistakes, tol)


def require_alignment_back(student, rng, inputs, what, mean=False):
    """Require `alignment_backward` to give the derivatives of the oracle."""
    arguments = (*inputs, mean) if mean else inputs
    result = student.matching.scores.alignment_forward(*arguments)
    _, cache = take(result, "scores", "cache")
    dtype = inputs[0].dtype
    dscores = rng.normal(size=(len(inputs[0]), len(inputs[1]))).astype(dtype)
    got = take(student.matching.scores.alignment_backward(dscores, cache), "dregions", "dwords")
    expected = oracle.alignment_slopes(*wide(dscores, *inputs), mean)
    tol = ROUNDING32 if dtype == np.float32 else ROUNDING
    for name, one, right in zip(("dregions", "dwords"), got, expected):
        assert_close(one, right.astype(dtype), f"{name} {what}", tol)


def require_margin(student, scores, what, margin=0.2, hardest=False, fits=None, mistakes=()):
    """Require `margin_loss` to give the loss and the derivatives of the oracle."""
    result = student.matching.losses.margin_loss(scores, margin, hardest, fits)
    loss, dscores = take(result, "loss", "dscores")
    right, dright = oracle.margin_loss_by_loops(*wide(scores), margin, hardest, fits)
    tol = ROUNDING32 if scores.dtype == np.float32 else ROUNDING
    assert_no_mistake(loss, right, f"the loss {what}", mistakes, tol)
    assert_close(dscores, dright.astype(scores.dtype), f"dscores {what}", tol)


def draw_right(rng, Q, A):
    """Which answers are right, (Q, A): one or more of each query's."""
    right = rng.random((Q, A)) < 0.3
    right[np.arange(Q), rng.integers(A, size=Q)] = True
    return right


def draw_boxes(rng, count, side=12):
    """Boxes of whole numbers, which often overlap."""
    corners = rng.integers(0, side // 2, (count, 2))
    return np.concatenate([corners, rng.integers(1, side // 2, (count, 2))], axis=1)


def require_grounding(student, products, bonus, what):
    """Require one of the best ways to choose regions, and its total."""
    result = student.matching.grounding.ground_phrase(products, bonus)
    regions, total = take(result, "regions", "total")
    T, R = products.shape
    fine = isinstance(regions, np.ndarray) and regions.shape == (T,) and regions.dtype.kind in "iu"
    message = f"{what}: regions should be an array with a whole number for each word."
    assert_that(fine, message, f"{T} whole numbers", str(regions)[:60])
    message = f"{what}: a region's number should be from 0 to {R - 1}."
    assert_that(np.all((regions >= 0) & (regions < R)), message, f"below {R}", str(regions)[:60])
    best = oracle.best_grounding(products, bonus)
    reached = oracle.grounding_total(products, bonus, regions.tolist())
    rounding = 1e-9 * max(1.0, abs(best))
    message = (
        f"{what}: the regions {regions.tolist()} add up to {reached:.6g}, and others to {best:.6g}."
    )
    assert_that(reached >= best - rounding, message, f"{best:.6g}", f"{reached:.6g}", "E(regions)")
    assert_close(total, best, f"{what}: the total", 1e-9)


def require_unchanged(student, function, arguments, names):
    """Call a function on views of larger arrays, which it should leave as they are."""
    probe = student.checks.beside.matching.called_on_views
    result, changed = take(probe(function, *arguments), *names)
    message = "The arrays that came in were changed: write into new ones."
    assert_that(changed is False, message, "unchanged", "changed")
    return result


def wide(*arrays):
    """Arrays of float32 as float64; others as they are."""
    return [a.astype(np.float64) if a.dtype == np.float32 else a for a in arrays]
