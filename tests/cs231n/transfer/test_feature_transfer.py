"""Using again what a net has learnt: examples by hand, and properties."""

import numpy as np
import pytest

from cs231n.classifiers.layered_net import LayeredNet
from cs231n.transfer.feature_transfer import (
    consensus_sentence,
    fit_probe,
    layer_rates,
    nearest_by_cosine,
    nested_subsets,
    pooled_features,
    probe_accuracy,
    probe_scores,
    transplant,
)

pytestmark = pytest.mark.assignment3


class Echo:
    """A model that puts out what comes in."""

    def forward(self, X, end=None):
        return X, None


def net(classes=2):
    layers = [
        ("conv", 3, 3),
        "batchnorm",
        "relu",
        ("pool", 2),
        ("dropout", 0.5),
        ("affine", classes),
    ]
    return LayeredNet(layers, input_dim=(2, 4, 8), seed=0)


def test_cells_of_a_grid_are_listed_row_by_row():
    maps = np.arange(32.0).reshape(1, 2, 4, 4)
    np.testing.assert_allclose(pooled_features(Echo(), maps, "any"), [[7.5, 23.5]])
    cells = [2.5, 4.5, 10.5, 12.5]
    expected = [[*cells, *(cell + 16 for cell in cells)]]
    np.testing.assert_allclose(pooled_features(Echo(), maps, "any", grid=2), expected)


def test_features_do_not_depend_on_batches_nor_on_chance():
    X = np.random.default_rng(0).normal(size=(7, 2, 4, 8)).astype(np.float32)
    whole = pooled_features(net(), X, "dropout1", grid=2)
    assert whole.shape == (7, 12)
    assert whole.dtype == np.float32
    parts = pooled_features(net(), X, "dropout1", grid=2, batch_size=3)
    np.testing.assert_allclose(parts, whole, atol=1e-6)
    assert pooled_features(net(), X, "affine1").shape == (7, 2)


def test_a_probe_of_one_column_by_hand():
    probe = fit_probe(np.array([[1.0], [3.0]]), np.array([0, 1]), 2, reg=1.0)
    # Z = [-1, 1]; Z^T Z / N + reg = 2; Z^T Y / N = [-1/2, 1/2].
    expected = {"mean": [2], "std": [1], "W": [[-0.25, 0.25]], "b": [0.5, 0.5]}
    for name, value in expected.items():
        np.testing.assert_allclose(probe[name], value)
    np.testing.assert_allclose(probe_scores(probe, np.array([[4.0]])), [[0, 1]])
    assert probe_accuracy(probe, np.array([[4.0], [2.5], [0.0]]), np.array([1, 0, 0])) == 2 / 3


def test_a_probe_does_not_mind_the_units_of_its_columns():
    rng = np.random.default_rng(1)
    F, y = rng.normal(size=(20, 4)), rng.integers(3, size=20)
    moved = F * [1, 10, 1e-3, 7] + [0, 5, 1, -2]
    np.testing.assert_allclose(
        probe_scores(fit_probe(moved, y, 3), moved), probe_scores(fit_probe(F, y, 3), F)
    )


def test_subsets_are_nested_and_balanced():
    y = np.repeat([4, 9], [5, 3])
    for seed in range(5):
        subsets = nested_subsets(y, [4, 1, 6], np.random.default_rng(seed))
        assert [len(subset) for subset in subsets] == [4, 1, 6]
        four, one, six = (set(subset.tolist()) for subset in subsets)
        assert one < four < six
        assert sorted(y[subsets[2]]) == [4, 4, 4, 9, 9, 9]


def test_transplanted_layers_are_copies_and_the_rest_stays():
    giver, taker = net(classes=2), net(classes=5)
    giver.params = {name: value + 1 for name, value in giver.params.items()}
    grown = transplant(taker.params, giver.params, giver.layers[:-1])
    assert grown.keys() == taker.params.keys()
    for name, value in grown.items():
        planted = not name.startswith("affine1.")
        assert (value is taker.params[name]) != planted
        if planted:
            np.testing.assert_array_equal(value, giver.params[name])
            assert not np.shares_memory(value, giver.params[name])


def test_rates_fall_towards_the_first_layer():
    model = net()
    rates = layer_rates(model.params, model.layers, 0.8, 0.5)
    by_layer = {name.split(".")[0]: rate for name, rate in rates.items()}
    assert by_layer == {"conv1": 0.2, "batchnorm1": 0.4, "affine1": 0.8}
    assert rates.keys() == model.params.keys()


def test_nearest_keys_by_hand():
    keys = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]]) + 10
    queries = np.array([[13.0, 12], [10, 10]])
    nearest = nearest_by_cosine(queries, keys, 4)
    np.testing.assert_array_equal(nearest, [[0, 1, 3, 2], [0, 1, 2, 3]])
    assert nearest_by_cosine(queries, keys, 1).dtype == np.int64


def test_the_sentence_most_like_the_others_has_its_place_returned():
    def shared(one, other):
        return len(set(one.split()) & set(other.split()))

    said = ["a ring", "a red ring on a hill", "two blue stars", "a red hill"]
    assert consensus_sentence(said, shared) == 1
    assert consensus_sentence(said[2:3], shared) == 0
    assert consensus_sentence(["x", "y", "y"], lambda one, other: float(one == other)) == 1
