"""A small EfficientNet with random weights: derivatives, running in part, and what is refused."""

import numpy as np
import pytest

from cs231n.classifiers.efficientnet import EfficientNetLite0, fold_batchnorm
from cs231n.classifiers.efficientnet_parts import Relu6

pytestmark = pytest.mark.assignment2
SMALL = ((1, 3, 1, 1, 4, 3), (2, 3, 2, 2, 3, 5), (2, 5, 1, 3, 5, 6))
STEP = 1e-6
CLOSE = {"rtol": 2e-5, "atol": 1e-8}  # centred differences of step 1e-6 in float64


@pytest.fixture
def net():
    net = EfficientNetLite0(num_classes=7, dtype=np.float64, blocks=SMALL, head=8, seed=3)
    rng = np.random.default_rng(4)
    for name in net.params:
        if name.endswith(".b"):  # off the kinks, and some units beyond 6
            net.params[name] = rng.standard_normal(net.params[name].shape)
    return net


@pytest.fixture
def X(rng):
    return 3 * rng.standard_normal((2, 3, 13, 10))


def directional(f, value, direction):
    """The derivative of f along a direction, by centred differences."""
    return (f(value + STEP * direction) - f(value - STEP * direction)) / (2 * STEP)


def test_layers_are_named_in_order(net):
    assert net.layers[:5] == [
        "stem.conv",
        "stem.relu",
        "block1.depthwise",
        "block1.depthwise_relu",
        "block1.project",
    ]
    assert net.layers[-6:] == [
        "block5.project",
        "block5.add",
        "head.conv",
        "head.relu",
        "pool",
        "classifier",
    ]
    assert [name for name in net.layers if "add" in name] == ["block3.add", "block5.add"]


def test_the_real_one_has_its_size():
    net = EfficientNetLite0()
    assert sum(value.size for value in net.params.values()) == 4_631_000  # averages folded
    assert sum(name.endswith("depthwise") for name in net.layers) == 16
    assert sum(name.endswith("add") for name in net.layers) == 9


def test_dX_is_the_numeric_derivative(net, X, rng):
    scores, cache = net.forward(X)
    dout = rng.standard_normal(scores.shape)
    dX, grads = net.backward(dout, cache)
    assert grads == {}
    assert dX.shape == X.shape
    for _ in range(5):
        direction = rng.standard_normal(X.shape)
        numeric = directional(lambda x: np.vdot(dout, net.forward(x)[0]), X, direction)
        np.testing.assert_allclose(np.vdot(dX, direction), numeric, **CLOSE)


def test_every_parameter_has_its_numeric_derivative(net, X, rng):
    scores, cache = net.forward(X, mode="train")
    dout = rng.standard_normal(scores.shape)
    grads = net.backward(dout, cache)[1]
    assert grads.keys() == net.params.keys()
    for name, value in list(net.params.items()):
        direction = rng.standard_normal(value.shape)

        def at(moved, name=name):
            net.params[name] = moved
            return np.vdot(dout, net.forward(X)[0])

        numeric = directional(at, value, direction)
        net.params[name] = value
        np.testing.assert_allclose(np.vdot(grads[name], direction), numeric, **CLOSE, err_msg=name)


def test_units_beyond_six_pass_nothing_back():
    x = np.array([-1.0, 0.0, 2.0, 6.0, 7.0])
    relu = Relu6()
    np.testing.assert_array_equal(relu.forward(x, None, None), [0, 0, 2, 6, 6])
    np.testing.assert_array_equal(relu.dx(np.ones(5), x.shape, x, None), [0, 0, 1, 0, 0])


@pytest.mark.parametrize("cut", ["stem.relu", "block2.expand", "block3.add", "head.conv", "pool"])
def test_two_parts_in_a_row_are_the_whole(net, X, cut):
    whole, cache = net.forward(X)
    first, low = net.forward(X, end=cut)
    second, high = net.forward(first, start=net.layers.index(cut) + 1)
    np.testing.assert_allclose(second, whole, rtol=1e-12)
    dX = net.backward(net.backward(np.ones_like(whole), high)[0], low)[0]
    np.testing.assert_allclose(dX, net.backward(np.ones_like(whole), cache)[0], rtol=1e-9)


def test_ending_inside_a_block_goes_back_along_the_main_way_only(net, X, rng):
    out, cache = net.forward(X, end="block3.depthwise")
    dout, direction = rng.standard_normal(out.shape), rng.standard_normal(X.shape)
    dX = net.backward(dout, cache)[0]
    numeric = directional(
        lambda x: np.vdot(dout, net.forward(x, end="block3.depthwise")[0]), X, direction
    )
    np.testing.assert_allclose(np.vdot(dX, direction), numeric, **CLOSE)


def test_another_rule_takes_the_place_of_every_relu(net, X):
    scores, cache = net.forward(X)
    seen = []

    def rule(dout, x):
        seen.append(x.shape)
        return dout * (x > 0) * (x < 6)

    own = net.backward(np.ones_like(scores), cache)[0]
    dX = net.backward(np.ones_like(scores), cache, relu_backward=rule)[0]
    assert len(seen) == sum(name.endswith("relu") for name in net.layers)
    np.testing.assert_array_equal(dX, own)
    assert not np.any(net.backward(np.ones_like(scores), cache, lambda dout, x: 0 * dout)[0])


def test_scores_features_and_predictions_are_those_of_forward(net, X):
    expected = net.forward(X)[0]
    np.testing.assert_allclose(net.scores(X, batch_size=1), expected, rtol=1e-12)
    np.testing.assert_allclose(net.features(X), net.forward(X, end="pool")[0], rtol=1e-12)
    np.testing.assert_array_equal(net.predict(X), expected.argmax(axis=1))
    assert net.features(X[:0]).shape == (0, 8)


def test_loss_without_labels_is_the_scores(net, X):
    np.testing.assert_allclose(net.loss(X), net.forward(X)[0], rtol=1e-12)


def test_loss_falls_along_its_derivatives(net, X):
    y = np.array([1, 5])
    loss, grads = net.loss(X, y)
    for name, grad in grads.items():
        net.params[name] = net.params[name] - 1e-4 * grad
    slope = sum(np.vdot(grad, grad) for grad in grads.values())
    assert (loss - net.loss(X, y)[0]) / 1e-4 == pytest.approx(slope, rel=0.2)


def test_inputs_stay_as_they_are(net, X):
    before = X.copy()
    net.backward(net.forward(X)[0], net.forward(X)[1])
    net.forward(net.forward(X, end="stem.conv")[0], start="stem.relu")
    np.testing.assert_array_equal(X, before)
    inner = net.forward(X, end="stem.conv")[0]
    kept = inner.copy()
    net._run(inner, "stem.relu", "block2.project", keep=None)
    np.testing.assert_array_equal(inner, kept)


def test_float32_stays_float32(X):
    net = EfficientNetLite0(num_classes=7, blocks=SMALL, head=8, seed=3)
    scores, cache = net.forward(X, mode="train")
    dX, grads = net.backward(np.ones(scores.shape), cache)
    assert {one.dtype for one in (scores, dX, *grads.values())} == {np.dtype(np.float32)}


def test_folding_is_convolving_then_normalising(rng):
    w, x = rng.standard_normal((4, 3)), rng.standard_normal(3)
    gamma, beta, mean = rng.standard_normal((3, 4))
    var = rng.uniform(0.5, 2, 4)
    folded, b = fold_batchnorm(w, gamma, beta, mean, var, eps=0.1)
    expected = gamma * (w @ x - mean) / np.sqrt(var + 0.1) + beta
    np.testing.assert_allclose(folded @ x + b, expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": "conv9"}, "no layer 'conv9'; there are stem.conv"),
        ({"end": 99}, "no layer 99"),
        ({"start": "pool", "end": "stem.conv"}, "Layer pool comes after stem.conv"),
        ({"start": "block3.depthwise"}, "start at block3.expand, or end before block3.add"),
        ({"mode": "guess"}, 'should be "test" or "train"'),
        ({"start": "classifier"}, r"classifier takes \(N, 8\), but X is"),
        ({"start": "block2.expand"}, r"block2.expand takes \(N, 3, H, W\)|block3"),
        ({"start": "head.conv"}, r"head.conv takes \(N, 6, H, W\), but X is \(2, 3, 13, 10\)"),
        ({"start": "pool"}, r"pool takes \(N, 8, H, W\)"),
        ({"start": "block2.depthwise_relu"}, r"takes \(N, 6, H, W\)"),
    ],
)
def test_what_makes_no_sense_is_refused(net, X, arguments, message):
    if arguments == {"start": "block2.expand"}:
        X = X[:, :2]
    with pytest.raises(ValueError, match=message):
        net.forward(X, **arguments)


@pytest.mark.parametrize("shape", [(3, 13, 10), (2, 4, 13, 10), (2, 3, 0, 10)])
def test_pictures_of_another_shape_are_refused(net, shape):
    with pytest.raises(ValueError, match=r"stem.conv takes \(N, 3, H, W\)"):
        net.forward(np.zeros(shape))
