"""Hidden checks of the notebook `training_recipe`: other numbers, shapes and moments."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, oracle
from cs231n.checks.judge.recipe import (
    CLOSE,
    clip,
    draw_captions,
    draw_grads,
    draw_start,
    exchange,
    pieces_of,
    require_exchanged,
    require_finite,
    require_grads,
    require_state,
    start_solver,
    unbroken,
)


@exercise("clip-elementwise", hidden=True)
def other_bounds(student, rng):
    for bound in (0.1, 1, rng.uniform(2, 4)):
        grads = draw_grads(rng, scale=2)
        expected = {name: oracle.numbers_clipped(grad, bound) for name, grad in grads.items()}
        require_grads(clip(student, "clip_elementwise", grads, bound), expected, f"at {bound:.3g}")


@exercise("clip-by-norm", hidden=True)
def other_lengths(student, rng):
    for bound in (0.1, 3, rng.uniform(20, 80)):
        grads = draw_grads(rng, scale=2)
        length = oracle.length_of_all([*grads.values()])
        got, norm = clip(student, "clip_by_norm", grads, bound)
        assert_close(norm, length, "norm")
        expected = {name: min(1.0, bound / length) * grad for name, grad in grads.items()}
        require_grads(got, expected, f"at {bound:.3g}", CLOSE)


@exercise("bias-from-counts", hidden=True)
def other_vocabularies(student, rng):
    for V, null, start, end in ((8, 0, 1, 2), (30, 29, 4, 11), (5, 1, 0, 3)):
        captions, null = draw_captions(rng, V, null, start, end, M=11, T=6)
        got = student.training.training_recipe.bias_from_counts(captions, V, null)
        require_finite(got)
        assert_close(got, oracle.log_frequencies(captions, V, null), f"bias of {V} words")


@exercise("caption-perplexity", hidden=True)
def other_masks(student, rng):
    for shape in ((1, 7), (9, 2), (5, 11)):
        logprobs, mask = -4 * rng.random(shape), rng.random(shape) < 0.5
        mask[0, 0] = True
        got = student.training.training_recipe.perplexity(logprobs, mask)
        assert_close(got, oracle.choices_per_word(logprobs, mask), f"perplexity of {shape}")


@exercise("exchange-pictures", hidden=True)
def many_pictures(student, rng):
    for count, sentences in ((2, 2), (4, 31), (60, 200)):
        pictures = rng.choice(500, size=count, replace=False)
        drawn = rng.choice(pictures, size=sentences - count)
        image_idxs = rng.permutation(np.concatenate([pictures, drawn]))
        require_exchanged(exchange(student, image_idxs, int(rng.integers(1000))), image_idxs)


@exercise("solver-snapshot", hidden=True)
def snapshots_at_other_moments(student, rng):
    for steps, settings in ((0, {"shuffle": True}), (5, {"batch_size": 3})):
        start = draw_start(rng, **settings)
        pieces, _, _ = unbroken(start, steps)
        solver = start_solver(student, start)
        solver.train(steps)
        require_state(student.training.training_recipe.snapshot(solver), pieces)


@exercise("solver-restore", hidden=True)
def restoring_at_other_moments(student, rng):
    for steps, settings in ((0, {"shuffle": True}), (5, {"batch_size": 3})):
        start = draw_start(rng, **settings)
        state, _, _ = unbroken(start, steps)
        other = start_solver(student, start, seed=start["seed"] + 5)
        other.train(3)
        student.training.training_recipe.restore(other, state)
        require_state(pieces_of(student, other), state, "After restore, a solver differs. ")
