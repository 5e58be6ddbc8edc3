"""The oracles of normalised rows and of dropout, against numbers worked out by hand."""

import numpy as np
import pytest

from grading.oracles.batch_normalization import (
    examples_normalized,
    examples_normalized_gradients,
    features_by_averages,
    features_normalized,
    features_normalized_gradients,
)
from grading.oracles.dropout import elementwise

pytestmark = pytest.mark.assignment2

X = np.array([[1.0, 8.0], [3.0, 8.0]])
GAMMA, BETA = np.array([4.0, 5.0]), np.array([1.0, 7.0])
# dout = [a, 0] at x = [1, 3] with eps = 3: std 2, normalised -+1/2, so that
# dx = gamma/std (dout - mean(dout) - normalised mean(dout normalised)) = 2 [1 - 1/2 - 1/8, ...].
DOUT = np.array([[1.0, 0.0], [0.0, 0.0]])


def test_features():
    out, mean, var = features_normalized(X, GAMMA, BETA, 3.0)
    np.testing.assert_allclose(out, [[-1, 7], [3, 7]])
    np.testing.assert_allclose((mean, var), ([2, 8], [1, 0]))


def test_features_by_averages():
    out = features_by_averages(X, GAMMA, BETA, 1.0, np.array([1.0, 6.0]), np.array([3.0, 0.0]))
    np.testing.assert_allclose(out, [[1, 17], [5, 17]])


def test_gradients_of_features():
    dx, dgamma, dbeta = features_normalized_gradients(DOUT, X, GAMMA, BETA, 3.0)
    np.testing.assert_allclose(dx, [[0.75, 0], [-0.75, 0]], atol=1e-15)
    np.testing.assert_allclose((dgamma, dbeta), ([-0.5, 0], [1, 0]), atol=1e-15)


def test_examples():
    out = examples_normalized(X.T, GAMMA, BETA, 3.0)
    np.testing.assert_allclose(out, [[-1, 9.5], [1, 7]])


def test_gradients_of_examples():
    dx, dgamma, dbeta = examples_normalized_gradients(DOUT, X.T, GAMMA, BETA, 3.0)
    np.testing.assert_allclose(dx, [[0.75, -0.75], [0, 0]], atol=1e-15)
    np.testing.assert_allclose((dgamma, dbeta), ([-0.5, 0], [1, 0]), atol=1e-15)


def test_products():
    product = elementwise(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, 0.0], [0.0, 0.5]]))
    np.testing.assert_array_equal(product, [[2, 0], [0, 2]])
