"""Checks of the notebook `transfer_learning`."""

import numpy as np

from cs231n.checks.api import ROUNDING32, assert_that, exercise
from cs231n.checks.judge.transfer import (
    LAYERS,
    OWNERS,
    draw_features,
    draw_params,
    draw_probe,
    require_consensus,
    require_nearest,
    require_nested,
    require_pooled,
    require_probe,
    require_rates,
    require_scores,
    require_transplant,
    subsets_of,
)

DRAWS = 8  # of sentences: one answer is right by chance now and then


@exercise("pooled-features", weight=2)
def maps_are_averaged_over_all_places(student, rng):
    require_pooled(student, rng, "relu1")


@exercise("pooled-features", weight=2)
def cells_of_a_grid_are_averaged_one_by_one(student, rng):
    require_pooled(student, rng, "maps1", grid=2)


@exercise("pooled-features")
def what_is_no_map_stays_as_it_is(student, rng):
    require_pooled(student, rng, "scores", grid=2)


@exercise("pooled-features")
def pictures_are_run_in_batches_once_each(student, rng):
    batches = require_pooled(student, rng, "relu2", N=8, batch_size=3)
    message = "More pictures went through the model at once than batch_size."
    assert_that(max(batches) <= 3, message, "3 at most", str(max(batches)))
    message = "Each picture should go through the model once."
    assert_that(sum(batches) == 8, message, "8 pictures in all", str(sum(batches)))


@exercise("pooled-features")
def features_in_float32_stay_float32(student, rng):
    require_pooled(student, rng, "relu1", grid=2, dtype=np.float32, tol=ROUNDING32)


@exercise("fit-probe", weight=3)
def weights_solve_the_ridge_equations(student, rng):
    require_probe(student, draw_features(rng, 9, 5), rng.integers(3, size=9), 3, reg=0.7)


@exercise("fit-probe")
def columns_that_never_vary_are_shifted_only(student, rng):
    features = draw_features(rng, 8, 6)
    features[:, [1, 4]] = [0.5, -7.0]
    require_probe(student, features, rng.integers(4, size=8), 4, reg=0.2)


@exercise("fit-probe")
def classes_may_be_missing(student, rng):
    y = rng.permutation([0, 2, 2, 0, 2, 0, 0])
    require_probe(student, draw_features(rng, 7, 3), y, 5, reg=0.05)


@exercise("fit-probe")
def fewer_examples_than_columns_are_enough(student, rng):
    features = draw_features(rng, 4, 9).astype(np.float32)
    require_probe(student, features, rng.permutation([0, 1, 2, 1]), 3, reg=0.5)


@exercise("probe-scores", weight=2)
def new_features_are_scaled_as_the_old_ones(student, rng):
    require_scores(student, draw_probe(rng, 5, 3), draw_features(rng, 7, 5))


@exercise("probe-scores")
def a_single_picture_has_scores(student, rng):
    require_scores(student, draw_probe(rng, 4, 6), draw_features(rng, 1, 4))


@exercise("nested-subsets", weight=2)
def subsets_are_balanced_and_nested(student, rng):
    y = rng.permutation(np.repeat([0, 1, 2], [9, 12, 10]))
    require_nested(student, y, [2, 7, 27], int(rng.integers(1000)))


@exercise("nested-subsets")
def labels_and_sizes_may_come_in_any_order(student, rng):
    y = rng.permutation(np.repeat([7, 2, 5, 11], [8, 6, 6, 9]))
    require_nested(student, y, [13, 3, 24, 5], int(rng.integers(1000)))


@exercise("nested-subsets")
def every_example_has_its_chance(student, rng):
    y = np.repeat([0, 1, 2], [4, 5, 7])
    results = subsets_of(student, y, [3, 1], 1000 + rng.permutation(9000)[:120])
    chosen = {int(n) for threes, _ in results for n in threes}
    never = sorted(set(range(len(y))) - chosen)
    message = "Some examples are in none of 120 subsets, drawn with different generators."
    assert_that(not never, message, "all 16 now and then", f"never {never}")
    first = {int(y[one[0]]) for _, one in results}
    message = "With a size of 1, it is always the same classes that are chosen from."
    assert_that(len(first) == 3, message, "all classes now and then", str(sorted(first)))


@exercise("nested-subsets")
def the_generator_decides(student, rng):
    y, seed = rng.permutation(np.repeat([0, 1], 20)), int(rng.integers(1000))
    (a,), (b,), (c,) = subsets_of(student, y, [12], [seed, seed, seed + 1])
    message = "Two generators of the same seed give different subsets: draw from rng alone."
    assert_that(np.array_equal(a, b), message)
    message = "Generators of different seeds give the same subset: draw from rng."
    assert_that(set(a.tolist()) != set(c.tolist()), message)


@exercise("transplant", weight=2)
def layers_come_from_the_source(student, rng):
    require_transplant(student, rng, ("conv1", "batchnorm1"))


@exercise("transplant")
def layers_without_parameters_are_ignored(student, rng):
    require_transplant(student, rng, ("relu1", "conv2", "pool1", "relu7"), more=("conv3.w",))


@exercise("transplant")
def both_nets_stay_as_they_are(student, rng):
    require_transplant(student, rng, ("conv2", "affine1"))
    params, source = draw_params(rng), draw_params(rng)
    plant = student.checks.beside.transfer.plant
    shared, replaced = plant(params, source, ["conv2", "affine1"])
    message = "Arrays of the source itself come back: training in place would change both nets."
    assert_that(not shared, message, "copies", f"the source's own {', '.join(shared)}")
    message = "params itself has changed: the net that receives is still needed as it was."
    found = f"other numbers for {', '.join(replaced)}"
    assert_that(not replaced, message, "a new dict of copies", found)


@exercise("layer-rates", weight=2)
def rates_fall_from_the_last_layer_to_the_first(student, rng):
    require_rates(student, rng, LAYERS, OWNERS, 0.3, 0.5)


@exercise("layer-rates")
def factor_zero_freezes_all_but_the_last(student, rng):
    require_rates(student, rng, LAYERS, OWNERS, 0.02, 0.0)


@exercise("layer-rates")
def a_last_layer_without_parameters_changes_nothing(student, rng):
    layers = ["conv1", "relu1", "conv2", "relu2", "pool1"]
    require_rates(student, rng, layers, ("conv1", "conv2"), 0.1, 0.2)


@exercise("nearest-by-cosine", weight=3)
def keys_of_the_largest_cosine_come_first(student, rng):
    keys = draw_features(rng, 11, 4)
    require_nearest(student, draw_features(rng, 5, 4) + 2, keys, 3)


@exercise("nearest-by-cosine")
def all_keys_can_be_asked_for(student, rng):
    require_nearest(student, rng.normal(size=(3, 5)) + 1, rng.normal(size=(7, 5)), 7)


@exercise("nearest-by-cosine")
def rows_of_zeros_are_near_to_nothing(student, rng):
    half = rng.integers(1, 9, size=(3, 4)).astype(float) * rng.choice([-1, 1], size=(3, 4))
    keys = np.concatenate([half, np.zeros((1, 4)), -half]) + 2.0  # whose mean is 2, exactly
    queries = np.concatenate([rng.normal(size=(2, 4)), np.full((1, 4), 2.0)])
    require_nearest(student, queries, keys, 7)


@exercise("consensus-sentence", weight=2)
def the_sentence_most_like_the_others_wins(student, rng):
    for _ in range(DRAWS):
        table = rng.uniform(size=(7, 7))
        table[np.arange(7), np.arange(7)] = 0
        require_consensus(student, rng.permutation(7), table)


@exercise("consensus-sentence")
def a_sentence_does_not_vote_for_itself(student, rng):
    for _ in range(DRAWS):
        table = rng.uniform(size=(6, 6))
        table = table + table.T + np.diag(3.0 * rng.permutation(6))
        require_consensus(student, rng.permutation(6), table)


@exercise("consensus-sentence")
def twins_count_for_each_other(student, rng):
    table = rng.integers(500, 510, size=(4, 4)) + 400 * np.eye(4)
    require_consensus(student, [3, 0, 2, 1, 2], table / 1024)  # whose sums have no rounding


@exercise("consensus-sentence")
def one_sentence_agrees_with_itself(student, rng):
    require_consensus(student, [0], np.ones((1, 1)))
    require_consensus(student, [1, 2, 0], np.full((3, 3), float(rng.uniform())))
