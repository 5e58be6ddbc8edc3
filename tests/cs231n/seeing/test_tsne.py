"""t-SNE: perplexities are right, the derivative is one, and clusters come apart."""

import numpy as np
import pytest

from cs231n.seeing.tsne import (
    conditional_probabilities,
    principal_components,
    squared_distances,
    tsne,
    tsne_gradient,
)

pytestmark = pytest.mark.assignment2


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_squared_distances_by_definition(rng):
    X = rng.normal(size=(6, 4))
    expected = ((X[:, None] - X) ** 2).sum(axis=2)
    np.testing.assert_allclose(squared_distances(X), expected, atol=1e-12)


@pytest.mark.parametrize("perplexity", [2.0, 5.0, 15.0])
def test_rows_are_probabilities_of_the_wanted_perplexity(perplexity, rng):
    P = conditional_probabilities(squared_distances(rng.normal(size=(20, 3))), perplexity)
    np.testing.assert_allclose(P.sum(axis=1), 1)
    np.testing.assert_array_equal(np.diag(P), 0)
    logs = np.log(P, where=P > 0, out=np.zeros_like(P))
    np.testing.assert_allclose(np.exp(-(P * logs).sum(axis=1)), perplexity, rtol=1e-6)


def test_probabilities_do_not_depend_on_the_scale(rng):
    distances = squared_distances(rng.normal(size=(10, 3)))
    one, other = (conditional_probabilities(c * distances, 4.0) for c in (1, 1e6))
    np.testing.assert_allclose(one, other, atol=1e-9)


def test_points_at_one_place_are_neighbours_alike():
    P = conditional_probabilities(np.zeros((4, 4)), 2.0)
    np.testing.assert_allclose(P, (1 - np.eye(4)) / 3)


def symmetric(rng, N):
    P = rng.uniform(0.1, 1, size=(N, N)) * (1 - np.eye(N))
    return (P + P.T) / (P + P.T).sum()


def test_gradient_is_the_numeric_one(rng):
    P, Y, v, h = symmetric(rng, 8), rng.normal(size=(8, 2)), rng.normal(size=(8, 2)), 1e-6
    loss, dY = tsne_gradient(P, Y)
    numeric = (tsne_gradient(P, Y + h * v)[0] - tsne_gradient(P, Y - h * v)[0]) / (2 * h)
    np.testing.assert_allclose(np.sum(dY * v), numeric, rtol=1e-6)
    assert loss > 0


def test_a_map_that_agrees_costs_nothing_and_stays(rng):
    Y = rng.normal(size=(5, 2))
    near = (1 - np.eye(5)) / (1 + squared_distances(Y))
    loss, dY = tsne_gradient(near / near.sum(), Y)
    assert loss == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(dY, 0, atol=1e-12)


def test_clusters_come_apart(rng):
    centres = 10 * rng.normal(size=(3, 20))
    X = np.repeat(centres, 15, axis=0) + rng.normal(size=(45, 20))
    Y, losses = tsne(X, perplexity=8, num_iterations=250)
    distances = squared_distances(Y) + np.diag(np.full(45, np.inf))
    np.testing.assert_array_equal(distances.argmin(axis=1) // 15, np.arange(45) // 15)
    assert losses[-1] < losses[100]
    assert len(losses) == 250


def test_the_first_map_may_be_drawn(rng):
    X = rng.normal(size=(12, 5))
    one, same, other = (
        tsne(X, 3, num_iterations=5, rng=None if seed is None else np.random.default_rng(seed))[0]
        for seed in (1, 1, None)
    )
    np.testing.assert_array_equal(one, same)
    assert np.any(one != other)


def test_principal_components_are_centred_and_of_unit_deviation(rng):
    Y = principal_components(rng.normal(size=(30, 4)) * [5, 3, 1, 1] + 7)
    np.testing.assert_allclose(Y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(Y.std(axis=0), 1)
