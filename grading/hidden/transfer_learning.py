"""Hidden checks of the notebook `transfer_learning`: other sizes, other shares, finer grids."""

import numpy as np

from cs231n.checks.api import exercise
from cs231n.checks.judge.transfer import (
    draw_features,
    draw_probe,
    require_consensus,
    require_nearest,
    require_nested,
    require_pooled,
    require_probe,
    require_rates,
    require_scores,
    require_transplant,
)


@exercise("pooled-features", hidden=True)
def batches_of_one_and_batches_too_large(student, rng):
    require_pooled(student, rng, "maps1", grid=2, N=3, batch_size=1)
    require_pooled(student, rng, "relu2", N=4, batch_size=50)


@exercise("fit-probe", hidden=True)
def a_probe_of_many_classes(student, rng):
    features = draw_features(rng, 30, 11)
    features[:, 3] = 4.0
    require_probe(student, features, rng.integers(7, size=30), 7, reg=1e-2)


@exercise("probe-scores", hidden=True)
def scores_of_many_classes(student, rng):
    require_scores(student, draw_probe(rng, 9, 7), draw_features(rng, 4, 9))


@exercise("nested-subsets", hidden=True)
def subsets_of_many_classes(student, rng):
    y = rng.permutation(np.repeat(np.arange(3, 12), rng.integers(5, 9, size=9)))
    require_nested(student, y, [45, 1, 20, 31, 9], int(rng.integers(1000)))


@exercise("transplant", hidden=True)
def nothing_and_everything_is_planted(student, rng):
    require_transplant(student, rng, ())
    require_transplant(student, rng, ("conv1", "conv2", "conv10", "batchnorm1", "affine1"))


@exercise("layer-rates", hidden=True)
def rates_of_another_net(student, rng):
    layers = ["conv1", "conv2", "relu1", "pool1", "affine1", "relu2", "affine2"]
    require_rates(student, rng, layers, ("affine2", "conv1", "affine1", "conv2"), 1e-3, 0.3)
    require_rates(student, rng, layers, ("affine2", "conv1"), 1e-3, 1.0)


@exercise("nearest-by-cosine", hidden=True)
def one_neighbour_of_one_query(student, rng):
    require_nearest(student, draw_features(rng, 1, 6), draw_features(rng, 19, 6), 1)


@exercise("consensus-sentence", hidden=True)
def consensus_of_many(student, rng):
    table = rng.integers(1000, size=(15, 15)) / 1024
    require_consensus(student, rng.integers(15, size=20), table)
