"""Fully connected nets: parameters, losses by hand, derivatives with every option, files."""

import numpy as np
import pytest

from cs231n.classifiers import fc_net
from cs231n.classifiers.fc_net import FullyConnectedNet, TwoLayerNet
from cs231n.gradient_check import assert_gradient
from cs231n.solver import Solver

pytestmark = pytest.mark.assignment2

# The same sums in another order.
ROUNDING = 1e-12
OPTIONS = {
    "plain": {},
    "batchnorm": {"normalization": "batchnorm"},
    "layernorm": {"normalization": "layernorm"},
    "dropout": {"dropout_keep_ratio": 0.6, "seed": 7},
    "all": {"normalization": "batchnorm", "dropout_keep_ratio": 0.6, "seed": 7},
}


def drawn(rng, hidden_dims=(7, 5), dtype=np.float64, reg=0.3, **options):
    """A net whose parameters are all different from 0, with X (6, 2, 2) and y."""
    net = FullyConnectedNet(list(hidden_dims), 4, 3, reg=reg, dtype=dtype, **options)
    for name, value in net.params.items():
        net.params[name] = (rng.normal(size=value.shape) + (name[0] == "g")).astype(dtype)
    return net, rng.normal(size=(6, 2, 2)), rng.integers(3, size=6)


def two_layers(rng, dtype=np.float64):
    net = TwoLayerNet(4, 7, 3, reg=0.3)
    shapes = {name: value.shape for name, value in net.params.items()}
    net.params = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    return net, rng.normal(size=(6, 2, 2)).astype(dtype), rng.integers(3, size=6)


def test_two_layers_by_hand():
    net = TwoLayerNet(2, 2, 2, reg=0.2)
    net.params["W1"] = np.array([[1.0, -1.0], [2.0, 1.0]])
    net.params["b1"] = np.array([0.0, 1.0])
    net.params["W2"] = np.array([[1.0, 0.0], [0.0, 3.0]])
    net.params["b2"] = np.array([-4.0, 1.0])
    np.testing.assert_array_equal(net.loss(np.array([[1.0, 1.0]])), [[-1.0, 4.0]])
    loss, _ = net.loss(np.array([[1.0, 1.0]]), np.array([1]))
    # log(1 + exp(-1 - 4)), and half of 0.2 times (1 + 1 + 4 + 1 + 1 + 9)
    assert loss == pytest.approx(np.log1p(np.exp(-5)) + 1.7, rel=ROUNDING)


def test_a_deep_net_of_one_hidden_layer_is_a_two_layer_net(rng):
    two, X, y = two_layers(rng)
    deep = FullyConnectedNet([7], 4, 3, reg=0.3, dtype=np.float64)
    deep.params = {name: value.copy() for name, value in two.params.items()}
    (loss, grads), (expected, wanted) = deep.loss(X, y), two.loss(X, y)
    assert loss == pytest.approx(expected, rel=ROUNDING)
    for name in wanted:
        np.testing.assert_allclose(grads[name], wanted[name], rtol=1e-10, atol=ROUNDING)


def test_a_net_without_hidden_layers_is_a_linear_classifier(rng):
    net, X, _ = drawn(rng, hidden_dims=())
    expected = X.reshape(6, 4) @ net.params["W1"] + net.params["b1"]
    np.testing.assert_allclose(net.loss(X), expected, rtol=ROUNDING, atol=ROUNDING)


def test_first_parameters_have_their_shapes_and_sizes():
    np.random.seed(0)
    net = FullyConnectedNet([200, 30], 100, 5, weight_scale=0.5, normalization="batchnorm")
    shapes = {"W1": (100, 200), "W2": (200, 30), "W3": (30, 5), "b1": (200,), "b2": (30,)}
    shapes |= {"b3": (5,), "gamma1": (200,), "gamma2": (30,), "beta1": (200,), "beta2": (30,)}
    assert {name: value.shape for name, value in net.params.items()} == shapes
    assert {value.dtype for value in net.params.values()} == {np.dtype(np.float32)}
    assert net.params["W1"].std() == pytest.approx(0.5, rel=0.02)
    for name, value in net.params.items():
        if name[0] != "W":
            assert np.all(value == (name[0] == "g"))


def test_a_fresh_net_is_as_good_as_guessing(rng):
    loss, _ = FullyConnectedNet([30, 20]).loss(
        rng.normal(size=(50, 3072)), rng.integers(10, size=50)
    )
    assert loss == pytest.approx(np.log(10), abs=0.02)


@pytest.mark.parametrize("case", OPTIONS)
def test_gradients_are_derivatives_of_the_loss(rng, case):
    net, X, y = drawn(rng, **OPTIONS[case])
    _, grads = net.loss(X, y)
    assert set(grads) == set(net.params)
    assert_gradient(lambda _: net.loss(X, y)[0], net.params, grads)


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_gradients_of_other_depths(rng, depth):
    net, X, y = drawn(rng, hidden_dims=(7, 6, 5, 8)[:depth])
    assert_gradient(lambda _: net.loss(X, y)[0], net.params, net.loss(X, y)[1])


def test_two_layer_gradients(rng):
    net, X, y = two_layers(rng)
    assert_gradient(lambda _: net.loss(X, y)[0], net.params, net.loss(X, y)[1])


@pytest.mark.parametrize("case", OPTIONS)
def test_float32_stays_float32_for_pictures_of_whole_numbers(rng, case):
    net, _, y = drawn(rng, dtype=np.float32, reg=np.float64(0.3), **OPTIONS[case])
    X = rng.integers(0, 255, size=(6, 4)).astype(np.uint8)
    _, grads = net.loss(X, y)
    assert {value.dtype for value in (net.loss(X), *grads.values())} == {np.dtype(np.float32)}


def test_two_layers_keep_float32(rng):
    net, X, y = two_layers(rng, np.float32)
    net.reg = 0.3
    loss, grads = net.loss(X, y)
    found = {np.asarray(value).dtype for value in (loss, net.loss(X), *grads.values())}
    assert found == {np.dtype(np.float32)}


@pytest.mark.parametrize("case", OPTIONS)
def test_loss_changes_neither_inputs_nor_parameters(rng, case):
    net, X, y = drawn(rng, **OPTIONS[case])
    before = {name: value.copy() for name, value in {**net.params, "X": X}.items()}
    net.loss(X, y)
    for name, value in {**net.params, "X": X}.items():
        np.testing.assert_array_equal(value, before[name])


def test_modes_follow_the_labels(rng):
    net, X, y = drawn(rng, **OPTIONS["all"])
    net.loss(X, y)
    modes = [net.dropout_param["mode"], *(param["mode"] for param in net.bn_params)]
    assert modes == ["train"] * 3
    running = net.bn_params[0]["running_mean"].copy()
    scores = net.loss(X)
    assert net.dropout_param["mode"] == net.bn_params[1]["mode"] == "test"
    np.testing.assert_array_equal(net.bn_params[0]["running_mean"], running)
    np.testing.assert_allclose(net.loss(X[:1]), scores[:1], rtol=1e-10)  # no statistics of a batch


def test_attributes_are_the_historical_ones():
    net = FullyConnectedNet(
        [7, 5], 4, 3, normalization="batchnorm", dropout_keep_ratio=0.25, seed=3
    )
    assert (net.num_layers, net.use_dropout, net.normalization) == (3, True, "batchnorm")
    assert net.dropout_param == {"mode": "train", "p": 0.25, "seed": 3}
    assert net.bn_params == [{"mode": "train"}, {"mode": "train"}]
    assert FullyConnectedNet([7, 5], 4, 3, normalization="layernorm").bn_params == [{}, {}]
    plain = FullyConnectedNet([7, 5], 4, 3)
    assert (plain.bn_params, plain.dropout_param, plain.use_dropout) == ([], {}, False)


def test_positional_arguments_and_the_older_name_of_dropout():
    net = FullyConnectedNet([7], 4, 3, 0.5, "layernorm", 0.1, 1e-2, np.float64, 11)
    assert (net.dropout_param["p"], net.reg, net.dtype) == (0.5, 0.1, np.float64)
    assert FullyConnectedNet([7], dropout=0.75).dropout_param["p"] == 0.75
    assert not FullyConnectedNet([7], dropout=1).use_dropout


@pytest.mark.parametrize("keep", [0, -0.5, 1.5])
def test_a_share_outside_its_range_is_refused(keep):
    with pytest.raises(ValueError, match=r"dropout_keep_ratio is .*above 0 and at most 1"):
        FullyConnectedNet([7], dropout_keep_ratio=keep)


def test_an_unknown_normalization_is_refused():
    with pytest.raises(ValueError, match="normalization is 'groupnorm'; it should be None, 'batch"):
        FullyConnectedNet([7], normalization="groupnorm")


def test_a_solver_trains_it_and_keeps_running_averages(rng):
    X, y = rng.normal(size=(60, 4)), np.arange(60) % 3
    X[np.arange(60), y] += 4
    data = {"X_train": X, "y_train": y, "X_val": X[:30], "y_val": y[:30]}
    np.random.seed(0)
    net = FullyConnectedNet([20, 20], 4, 3, normalization="batchnorm", weight_scale=0.1)
    options = {"update_rule": "adam", "optim_config": {"learning_rate": 1e-2}, "batch_size": 20}
    solver = Solver(net, data, **options, num_epochs=10, verbose=False, seed=0)
    solver.train()
    assert solver.check_accuracy(X, y) > 0.9


@pytest.mark.parametrize("case", OPTIONS)
def test_a_saved_net_comes_back(rng, tmp_path, case):
    net, X, y = drawn(rng, **OPTIONS[case])
    net.loss(X, y)  # so that there are running averages
    path = net.save(tmp_path / "new" / "net.npz")
    other, _, _ = drawn(rng, **OPTIONS[case])
    other.load(path)
    np.testing.assert_array_equal(other.loss(X), net.loss(X))


def test_two_saved_layers_come_back(rng, tmp_path):
    net, X, _ = two_layers(rng)
    other = TwoLayerNet(4, 7, 3)
    other.load(net.save(tmp_path / "net.npz"))
    np.testing.assert_array_equal(other.loss(X), net.loss(X))


@pytest.mark.parametrize("make", [TwoLayerNet, lambda *sizes: FullyConnectedNet([sizes[1]])])
def test_loading_refuses_another_net(tmp_path, make):
    path = make(4, 8, 3).save(tmp_path / "net.npz")
    with pytest.raises(ValueError, match=r"net.npz is of another net: .* shapes \{'W1': \(4, 7\)"):
        TwoLayerNet(4, 7, 3).load(path)


def test_loading_says_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint"):
        TwoLayerNet(4, 7, 3).load(tmp_path / "none.npz")


def test_star_import_brings_layers_and_pairs_along():
    names = {}
    exec("from cs231n.classifiers.fc_net import *", names)
    wanted = {"FullyConnectedNet", "TwoLayerNet", "affine_relu_forward", "batchnorm_forward"}
    assert wanted <= set(names)
    with pytest.raises(AttributeError, match="fc_net has no 'ThreeLayerNet'"):
        fc_net.ThreeLayerNet  # noqa: B018
