"""Checks of the notebook `training_recipe`: clipping, first guesses, perplexity, checkpoints."""

import numpy as np

from cs231n.checks.api import ROUNDING32, assert_close, assert_that, exercise, oracle
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.recipe import (
    CLOSE,
    SCALES,
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

GOES_ON = "The losses after restore are not those of the unbroken run."


@exercise("clip-elementwise", weight=3)
def numbers_outside_are_brought_to_the_bound(student, rng):
    grads = draw_grads(rng, scale=3)
    got = clip(student, "clip_elementwise", grads, 1.5)
    expected = {key: oracle.numbers_clipped(g, 1.5) for key, g in grads.items()}
    for name, grad in grads.items():
        slips = [
            (np.minimum(grad, 1.5), "Numbers below -bound are to be clipped, too."),
            (
                np.clip(grad, 0, 1.5),
                "Negative numbers stay negative: the range is -bound ... bound.",
            ),
            (np.clip(grad, -5, 5), "These are clipped at 5, whatever bound says."),
            (1.5 * np.sign(grad), "Numbers between -bound and bound stay what they are."),
            (
                grad * 1.5 / np.abs(grad).max(),
                "All numbers are scaled; those within stay as they are.",
            ),
        ]
        assert_no_mistake(got.get(name), expected[name], f'clipped["{name}"]', slips)
    require_grads(got, expected, "clipped at 1.5")


@exercise("clip-elementwise")
def small_numbers_stay_what_they_are(student, rng):
    grads = draw_grads(rng, scale=1e-3)
    require_grads(clip(student, "clip_elementwise", grads, 5), grads, "all within -5 ... 5")


@exercise("clip-elementwise")
def clipped_float32_stays_float32(student, rng):
    grads = draw_grads(rng, scale=3, dtype=np.float32)
    got = clip(student, "clip_elementwise", grads, np.float64(0.5))
    expected = {key: oracle.numbers_clipped(g, 0.5) for key, g in grads.items()}
    expected = {key: g.astype(np.float32) for key, g in expected.items()}
    require_grads(got, expected, "of float32", ROUNDING32)


@exercise("clip-elementwise")
def what_is_no_number_is_not_hidden(student, rng):
    grads = draw_grads(rng, scale=3)
    name = min(grads)
    grads[name].flat[1] = np.nan
    got = clip(student, "clip_elementwise", grads, 2)
    message = "nan stays nan: with another number in its place, nobody sees that training diverged."
    value = np.ravel(got[name])[1]
    assert_that(np.isnan(value), message, "nan", f"{value:g}", f'clipped["{name}"]')


@exercise("clip-by-norm", weight=3)
def long_gradients_are_shortened_and_keep_their_direction(student, rng):
    grads = draw_grads(rng, scale=3)
    got, norm = clip(student, "clip_by_norm", grads, 2.5)
    length = oracle.length_of_all([*grads.values()])
    slips = [
        (sum(oracle.length_of_all([grad]) for grad in grads.values()), SCALES["sum"]),
        (length**2, "The norm is the root of the sum of squares."),
        (sum(float(np.abs(grad).sum()) for grad in grads.values()), SCALES["absolute"]),
        (2.5, "norm should be the length before clipping: it is worth watching."),
    ]
    assert_no_mistake(norm, length, "norm", slips)
    each = {key: 2.5 / oracle.length_of_all([g]) * g for key, g in grads.items()}
    expected = {key: 2.5 / length * g for key, g in grads.items()}
    for name in expected:
        if np.shape(got.get(name)) == np.shape(each[name]):
            slips = [(each[name], SCALES["each"])]
            assert_no_mistake(got[name], expected[name], f'clipped["{name}"]', slips, CLOSE)
    require_grads(got, expected, "shortened to 2.5", CLOSE)


@exercise("clip-by-norm", weight=2)
def short_gradients_are_not_lengthened(student, rng):
    grads = draw_grads(rng, scale=1e-2)
    got, norm = clip(student, "clip_by_norm", grads, 100.0)
    length = oracle.length_of_all([*grads.values()])
    assert_close(norm, length, "norm of a short gradient")
    message = "A gradient shorter than the bound became longer: it should stay what it is."
    for name, grad in grads.items():
        slips = [(100 / length * grad, message)]
        assert_no_mistake(got.get(name), grad, f'clipped["{name}"]', slips, CLOSE)
    require_grads(got, grads, "shorter than the bound before")


@exercise("clip-by-norm")
def a_gradient_of_zeros_stays_one(student, rng):
    grads = {name: np.zeros_like(grad) for name, grad in draw_grads(rng).items()}
    got, norm = clip(student, "clip_by_norm", grads, 5.0)
    assert_close(norm, 0.0, "norm of zeros")
    require_grads(got, grads, "of zeros")


@exercise("clip-by-norm")
def the_norm_of_large_float32_gradients_is_finite(student, rng):
    grads = {name: 1e25 * grad for name, grad in draw_grads(rng, dtype=np.float32).items()}
    grads = {key: g.astype(np.float32) for key, g in grads.items()}
    got, norm = clip(student, "clip_by_norm", grads, np.float64(5))
    length = oracle.length_of_all([*grads.values()])
    message = "The squares of large float32 numbers are more than float32 can hold: add in float64."
    assert_that(np.all(np.isfinite(norm)), message, f"{length:.3g}", str(norm), "norm")
    assert_close(float(norm), length, "norm of large float32 gradients", CLOSE)
    expected = {key: (5.0 / length * g.astype(np.float64)) for key, g in grads.items()}
    expected = {key: g.astype(np.float32) for key, g in expected.items()}
    require_grads(got, expected, "of float32", ROUNDING32)


@exercise("bias-from-counts", weight=3)
def the_bias_is_the_logarithm_of_frequencies(student, rng):
    captions, null = draw_captions(rng, V=9, null=3, start=5, end=0)
    got = student.training.training_recipe.bias_from_counts(captions, 9, null)
    require_finite(got)
    expected = oracle.log_frequencies(captions, 9, null)
    counts = np.maximum(np.bincount(captions[:, 1:][captions[:, 1:] != null], minlength=9), 1)
    with_start = np.maximum(np.bincount(captions[captions != null], minlength=9), 1)
    with_null = np.maximum(np.bincount(captions[:, 1:].ravel(), minlength=9), 1)
    of_null = np.bincount(captions[:, 1:][captions[:, 1:] != 0], minlength=9)
    of_null = np.maximum(of_null, 1)
    inputs = np.maximum(np.bincount(captions[:, :-1][captions[:, :-1] != null], minlength=9), 1)
    more = np.bincount(captions[:, 1:][captions[:, 1:] != null], minlength=9) + 1
    no_end = np.where(np.arange(9) == 0, 1, counts)
    slips = [
        (np.log(with_start / with_start.sum()), "<START> is counted, which is never predicted."),
        (np.log(with_null / with_null.sum()), "<NULL> is counted, which only fills rows up."),
        (np.log(no_end / no_end.sum()), "<END> is not counted, but it has to be predicted, too."),
        (
            np.log(inputs / inputs.sum()),
            "These are the words that go in; counted are those to predict.",
        ),
        (np.log(of_null / of_null.sum()), "The number of <NULL> is null, which need not be 0."),
        (
            np.log(more / more.sum()),
            "Only words that never come count as 1, the others as often as they come.",
        ),
        (expected / np.log(2), "These are logarithms to the base 2; softmax takes natural ones."),
        (np.exp(expected), "These are frequencies; as scores they need a logarithm."),
        (np.log(counts), "Counts are divided by their sum: exp(bias) should sum up to 1."),
    ]
    assert_no_mistake(got, expected, "bias", slips)


@exercise("bias-from-counts")
def words_that_never_come_count_once(student, rng):
    captions, null = draw_captions(rng, V=6, null=0, start=1, end=2)
    got = student.training.training_recipe.bias_from_counts(captions, 12, null)
    require_finite(got)
    expected = oracle.log_frequencies(captions, 12, null)
    assert_close(got, expected, "bias with words 6 to 11 that never come")


@exercise("caption-perplexity", weight=3)
def perplexity_is_over_all_words_alike(student, rng):
    logprobs, mask = -3 * rng.random((4, 6)), np.arange(6) < np.array([[2], [6], [3], [5]])
    got = student.training.training_recipe.perplexity(logprobs, mask)
    expected = oracle.choices_per_word(logprobs, mask)
    rows = [oracle.choices_per_word(logprobs[i : i + 1], mask[i : i + 1]) for i in range(4)]
    total = float(np.sum(logprobs[mask]))
    slips = [
        (np.exp(-np.mean(logprobs)), "The mean is over all entries, masked ones too."),
        (np.exp(-np.mean(logprobs * mask)), "The sum is divided by all entries, not by words."),
        (np.mean(rows), "These are means of sentences; every word should count alike."),
        (np.exp(np.mean(np.log(rows))), "Sentences count alike here; words should."),
        (2 ** (-total / mask.sum()), "The logarithms are natural ones: exp undoes them, not 2**."),
        (
            np.exp(-total / (mask.sum() - 4)),
            "<END> is predicted, too: divide by mask.sum().",
        ),
        (-total / mask.sum(), "This is the mean of - log p: exp of it is missing."),
        (np.exp(total / mask.sum()), "The sign is wrong: a perplexity is never below 1."),
    ]
    assert_no_mistake(got, expected, "perplexity", slips)


@exercise("caption-perplexity")
def what_is_masked_may_be_anything(student, rng):
    logprobs, mask = -rng.random((3, 5)), rng.random((3, 5)) < 0.6
    mask[0, :2] = True, False
    expected = oracle.choices_per_word(logprobs, mask)
    for anything in (7.0, np.nan, -np.inf):
        got = student.training.training_recipe.perplexity(np.where(mask, logprobs, anything), mask)
        message = "0 times nan is nan: choose the words by the mask, do not multiply by it."
        assert_that(np.all(np.isfinite(got)), message, f"{expected:.8g}", str(got), "perplexity")
        assert_close(got, expected, f"perplexity where {anything} is masked")


@exercise("caption-perplexity")
def who_knows_nothing_has_as_many_choices_as_words(student, rng):
    logprobs = np.full((3, 4), -np.log(11), dtype=np.float32)
    got = student.training.training_recipe.perplexity(logprobs, np.ones((3, 4), dtype=bool))
    assert_close(got, 11.0, "perplexity of 11 words that are equally likely", ROUNDING32)


@exercise("exchange-pictures", weight=3)
def no_sentence_keeps_its_picture(student, rng):
    for count in (2, 3, 7):
        pictures = rng.choice(40, size=count, replace=False)
        image_idxs = rng.permutation(np.concatenate([pictures, rng.choice(pictures, size=9)]))
        require_exchanged(exchange(student, image_idxs, int(rng.integers(100))), image_idxs)


@exercise("exchange-pictures")
def who_gets_which_is_drawn_from_rng(student, rng):
    image_idxs = np.repeat(np.arange(12), 2)
    got = [exchange(student, image_idxs, seed) for seed in (1, 1, 2, 3)]
    for others in got:
        require_exchanged(others, image_idxs)
    message = "The same seed gives another exchange: draw from rng, and from nothing else."
    assert_that(np.array_equal(got[0], got[1]), message)
    same = [np.array_equal(got[0], others) for others in got[2:]]
    assert_that(not all(same), "Three seeds give one and the same exchange: draw it from rng.")


@exercise("solver-snapshot", weight=3)
def a_snapshot_has_all_that_decides_about_the_next_step(student, rng):
    for settings in ({"shuffle": True}, {"lr_decay": 0.5}):
        start = draw_start(rng, **settings)
        pieces, _, _ = unbroken(start, 7)
        solver = start_solver(student, start)
        solver.train(7)
        require_state(student.training.training_recipe.snapshot(solver), pieces)


@exercise("solver-snapshot", weight=2)
def a_snapshot_does_not_change_when_training_goes_on(student, rng):
    start = draw_start(rng, shuffle=True)
    pieces, _, _ = unbroken(start, 7)
    solver = start_solver(student, start)
    solver.train(7)
    probe = student.checks.beside.recipe.snapshot_then_and_later
    then, later = probe(student.training.training_recipe.snapshot, solver, 4)
    require_state(then, pieces)
    require_state(later, pieces, "It was right when it was taken, and changed with the solver: ")


@exercise("solver-restore", weight=3)
def a_restored_run_goes_on_as_the_unbroken_one(student, rng):
    for settings in ({"shuffle": True}, {"lr_decay": 0.5}):
        start = draw_start(rng, **settings)
        state, numbers, losses = unbroken(start, 7, 6)
        other = start_solver(student, start, seed=start["seed"] + 5)
        student.training.training_recipe.restore(other, state)
        require_state(pieces_of(student, other), state, "After restore, a solver differs. ")
        require_numbers(student.checks.both.noisy_solver.next_numbers(other), numbers)
        other.train(6)
        assert_that(other.get("loss_history") == losses, GOES_ON)


@exercise("solver-restore")
def a_solver_without_a_generator_gets_one(student, rng):
    start = draw_start(rng, shuffle=True)
    state, _, losses = unbroken(start, 7, 6)
    other = start_solver(student, start, own_rng=False, seed=start["seed"] + 5)
    student.training.training_recipe.restore(other, state)
    other.train(6)
    message = (
        "A solver that was made without a seed goes on with other sentences: what "
        "restore_randomness returns is the generator that it has to draw from."
    )
    same = other.get("loss_history") == losses
    assert_that(same, message, "the losses of the unbroken run", "others")


@exercise("solver-restore", weight=2)
def a_state_can_be_restored_twice(student, rng):
    start = draw_start(rng, shuffle=True)
    state, _, losses = unbroken(start, 7, 5)
    solver = start_solver(student, start)
    solver.train(7)
    probe = student.checks.beside.recipe.restored_twice
    first, second = probe(student.training.training_recipe.restore, solver, state, 5)
    assert_that(first == losses, GOES_ON)
    message = "Training changed the state that was restored: give the solver copies of it."
    assert_that(second == losses, message)


def require_numbers(got, expected):
    """Require the next random numbers of a solver to be those of another."""
    names = ("solver.rng", "np.random", "the model's rng")
    for name, number, wanted in zip(names, got, expected):
        message = f"After restore, {name} draws other numbers than in the unbroken run."
        assert_that(number == wanted, message, f"{wanted:.8g}", f"{number:.8g}", name)
