"""Inversion finds pictures with the wanted activations; dreams grow what a layer finds."""

import numpy as np
import pytest

from cs231n.classifiers.layered_net import LayeredNet
from cs231n.seeing.image_synthesis import (
    deepdream,
    deepdream_step,
    inversion_loss,
    invert_features,
    roughness,
)

pytestmark = pytest.mark.assignment2
SHAPE = (3, 8, 10)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def net():
    layers = [("conv", 8, 3), "relu", ("conv", 6, 3), "relu", ("affine", 5)]
    return LayeredNet(layers, input_dim=SHAPE, seed=1, dtype=np.float64)


def energy(net, X, layer):
    return float(np.sum(net.forward(X, end=layer)[0] ** 2)) / 2


def test_roughness_counts_neighbours():
    X = np.array([[[[0.0, 1.0], [3.0, 3.0]]]])
    value, dX = roughness(X)
    assert value == (1 + 0 + 9 + 4) / 4
    np.testing.assert_allclose(dX, [[[[-2.0, -0.5], [1.5, 1.0]]]])


def test_roughness_has_the_derivative_it_says(rng):
    X, v, h = rng.normal(size=(1, 2, 4, 5)), rng.normal(size=(1, 2, 4, 5)), 1e-6
    numeric = (roughness(X + h * v)[0] - roughness(X - h * v)[0]) / (2 * h)
    np.testing.assert_allclose(np.sum(roughness(X)[1] * v), numeric, rtol=1e-7)


def test_inversion_loss_has_the_derivative_it_says(net, rng):
    X, target = (
        rng.normal(size=(1, *SHAPE)),
        net.forward(rng.normal(size=(1, *SHAPE)), end="relu2")[0],
    )
    v, h = rng.normal(size=X.shape), 1e-6
    ahead, behind = (inversion_loss(X + s * h * v, target, net, "relu2", 0.3)[0] for s in (1, -1))
    dX = inversion_loss(X, target, net, "relu2", 0.3)[1]
    np.testing.assert_allclose(np.sum(dX * v), (ahead - behind) / (2 * h), rtol=1e-6)


def test_the_loss_of_the_picture_itself_is_its_roughness(net, rng):
    X = rng.normal(size=(1, *SHAPE))
    target = net.forward(X, end="relu1")[0]
    assert inversion_loss(X, target, net, "relu1", 0.5)[0] == pytest.approx(0.5 * roughness(X)[0])
    assert inversion_loss(X, target, net, "relu1", 0.0)[0] == 0


def test_inversion_finds_the_activations_again(net, rng):
    X = rng.normal(size=(1, *SHAPE))
    target = net.forward(X, end="relu1")[0]
    found, losses = invert_features(
        target, net, "relu1", SHAPE, smoothness=0, learning_rate=0.1, num_iterations=150
    )
    assert found.shape == X.shape
    assert losses[-1] < 0.02 < losses[0]
    assert np.corrcoef(found.ravel(), X.ravel())[0, 1] > 0.9


def test_a_step_of_a_dream_has_the_given_mean_size_and_goes_up(net, rng):
    X = rng.normal(size=(1, *SHAPE))
    before, after = X.copy(), deepdream_step(X, net, "relu2", 0.01)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_allclose(np.mean(np.abs(after - X)), 0.01)
    assert energy(net, after, "relu2") > energy(net, X, "relu2")


@pytest.mark.parametrize("octaves", [1, 3])
def test_a_dream_keeps_shape_and_grows(octaves, rng):
    class AnySize:
        """The first layer of a net, for pictures of any size."""

        def forward(self, X, start=None, end=None, mode="test"):
            return np.maximum(X, 0), X

        def backward(self, dout, cache, relu_backward=None):
            return dout * (cache > 0), {}

    X = rng.uniform(-0.5, 0.5, size=(1, 3, 12, 18))
    dream = deepdream(X, AnySize(), "relu", octaves=octaves, num_iterations=3)
    assert dream.shape == X.shape
    assert np.sum(np.maximum(dream, 0) ** 2) > np.sum(np.maximum(X, 0) ** 2)
