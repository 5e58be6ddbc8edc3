"""Derivatives by the picture on real layers, and the pictures that come of following them."""

import numpy as np
import pytest

from cs231n import net_visualization
from cs231n.checks.beside.seeing import SeeingProbe, numeric_score_gradient
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.net_visualization import (
    class_visualization_update_step,
    compute_saliency_maps,
    create_class_visualization,
    deconv_relu_backward,
    guided_relu_backward,
    jitter,
    make_fooling_image,
    occlusion_map,
    score_gradient,
)
from cs231n.seeing import image_synthesis

pytestmark = pytest.mark.assignment2


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def net():
    """A small chain of every kind of layer that a derivative goes back through."""
    layers = [
        ("conv", 4, 3),
        "batchnorm",
        "relu",
        ("pool", 2),
        ("conv", 5, 3),
        "relu",
        ("affine", 6),
    ]
    return LayeredNet(layers, input_dim=(3, 8, 10), seed=1, dtype=np.float64)


class Line:
    """Scores w x: seeing it is arithmetic."""

    layers = ["scores"]

    def __init__(self, w):
        self.w = w  # (K, C, H, W)

    def forward(self, X, start=None, end=None, mode="test"):
        return np.einsum("nchw,kchw->nk", X, self.w), X

    def backward(self, dout, cache, relu_backward=None):
        return np.einsum("nk,kchw->nchw", dout, self.w), {}


@pytest.fixture
def line(rng):
    return Line(rng.normal(size=(4, 3, 5, 6)))


def test_score_gradient_is_the_numeric_one_of_a_real_net(net, rng):
    X, y, h = rng.normal(size=(2, 3, 8, 10)), np.array([4, 1]), 1e-6
    scores, dX = score_gradient(X, y, net)
    direction = rng.normal(size=X.shape)
    ahead, behind = (net.forward(X + s * h * direction)[0] for s in (1, -1))
    numeric = ((ahead - behind) / (2 * h))[np.arange(2), y]
    np.testing.assert_allclose((dX * direction).sum(axis=(1, 2, 3)), numeric, rtol=1e-6)
    np.testing.assert_array_equal(scores, net.forward(X)[0])


def test_score_gradient_of_a_line_is_its_weight(line, rng):
    _, dX = score_gradient(rng.normal(size=(2, 3, 5, 6)), np.array([3, 0]), line)
    np.testing.assert_allclose(dX, line.w[[3, 0]])


def test_the_stand_in_of_the_checks_agrees(rng):
    shapes = {"w1": (4, 2, 3, 2, 3, 2), "w2": (3, 2, 2, 4, 2, 3), "w3": (5, 3, 2, 2)}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    params |= {"b1": rng.normal(size=(4, 2, 3)), "b2": np.zeros((3, 2, 2)), "b3": np.ones(5)}
    probe, X, y = SeeingProbe(params), rng.normal(size=(2, 2, 3, 2)), np.array([1, 4])
    for one, other in zip(score_gradient(X, y, probe), numeric_score_gradient(X, y, probe)):
        np.testing.assert_allclose(one, other, rtol=1e-10)


def test_saliency_of_a_line_is_its_largest_weight(line, rng):
    saliency = compute_saliency_maps(rng.normal(size=(1, 3, 5, 6)), np.array([2]), line)
    np.testing.assert_allclose(saliency, np.abs(line.w[2:3]).max(axis=1))


def test_float32_stays_float32(rng):
    net = LayeredNet([("conv", 3, 3), "relu", ("affine", 4)], input_dim=(3, 6, 6), seed=0)
    X, y = rng.normal(size=(1, 3, 6, 6)).astype(np.float32), np.array([1])
    assert score_gradient(X, y, net)[1].dtype == np.float32
    assert compute_saliency_maps(X, y, net).dtype == np.float32
    assert occlusion_map(X, 1, net, size=3, stride=2).dtype == np.float32
    assert make_fooling_image(X, 2, net).dtype == np.float32
    assert image_synthesis.deepdream_step(X, net, "relu1", 0.1).dtype == np.float32


@pytest.mark.parametrize(
    ("rule", "expected"),
    [(deconv_relu_backward, [0, 2, 0, 4, 5]), (guided_relu_backward, [0, 0, 0, 4, 0])],
)
def test_rules_of_a_relu(rule, expected):
    dout, x = np.array([-1.0, 2, -3, 4, 5]), np.array([1.0, -1, -1, 1, 0])
    np.testing.assert_array_equal(rule(dout, x), expected)


def test_a_guided_way_back_is_positive_through_positive_weights(net, rng):
    for name in net.params:
        net.params[name] = np.abs(net.params[name])
    X = rng.normal(size=(1, 3, 8, 10))
    assert score_gradient(X, np.array([0]), net, guided_relu_backward)[1].min() >= 0


def test_occlusion_of_a_line_is_what_the_window_held(line, rng):
    X = rng.normal(size=(1, 3, 5, 6))
    heat = occlusion_map(X, 1, line, size=1, stride=1)
    np.testing.assert_allclose(heat, (X[0] * line.w[1]).sum(axis=0))


def test_a_window_as_large_as_the_picture_covers_all(line, rng):
    X = rng.normal(size=(1, 3, 5, 5))
    square = Line(line.w[:, :, :, :5])
    heat = occlusion_map(X, 1, square, size=5, stride=3)
    np.testing.assert_allclose(heat, square.forward(X)[0][0, 1])


def test_an_update_step_has_the_given_length_and_returns_nothing(net, rng):
    img = rng.normal(size=(1, 3, 8, 10))
    before = img.copy()
    assert class_visualization_update_step(img, net, 2, 0.1, 0.7) is None
    np.testing.assert_allclose(np.linalg.norm(img - before), 0.7)


def test_class_visualization_raises_the_score_and_keeps_its_limits(net):
    img = create_class_visualization(3, net, (3, 8, 10), learning_rate=1.0, num_iterations=20)
    start = np.random.default_rng(0).normal(scale=0.1, size=(1, 3, 8, 10))
    assert img.shape == (1, 3, 8, 10)
    assert img.dtype == np.float32
    assert net.forward(img)[0][0, 3] > net.forward(start)[0][0, 3] + 1
    assert np.abs(img).max() <= 1.5


def test_class_visualization_draws_from_its_generator(net):
    one, same, other = (
        create_class_visualization(
            3, net, (3, 8, 10), num_iterations=3, rng=np.random.default_rng(seed)
        )
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert np.any(one != other)


def test_fooling_stops_as_soon_as_it_fools(net, rng):
    X = rng.normal(size=(1, 3, 8, 10))
    target = int(np.argmin(net.forward(X)[0][0]))
    before, fooling = X.copy(), make_fooling_image(X, target, net, learning_rate=0.1)
    np.testing.assert_array_equal(X, before)
    assert net.forward(fooling)[0][0].argmax() == target
    steps = net_visualization.make_fooling_image(X, target, net, 0.1, max_iterations=1)
    assert net.forward(steps)[0][0].argmax() != target


def test_jitter_goes_right_and_down_and_back():
    X = np.arange(12).reshape(1, 1, 3, 4)
    assert jitter(X, 1, 2)[0, 0, 2, 1] == 0
    np.testing.assert_array_equal(jitter(jitter(X, 3, -2), -3, 2), X)
