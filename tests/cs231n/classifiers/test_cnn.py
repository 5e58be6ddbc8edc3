"""The network of three layers: its parameters, its loss, and every gradient."""

import numpy as np
import pytest

from cs231n.classifiers import cnn
from cs231n.classifiers.cnn import ThreeLayerConvNet
from cs231n.gradient_check import check_gradient
from cs231n.solver import Solver

pytestmark = pytest.mark.assignment2


def small(**options):
    sizes = {"input_dim": (2, 7, 6), "num_filters": 3, "filter_size": 3, "hidden_dim": 5}
    np.random.seed(0)
    settings = {"num_classes": 4, "weight_scale": 0.3, "dtype": np.float64}
    return ThreeLayerConvNet(**{**sizes, **settings, **options})


def test_parameters_have_the_shapes_of_the_docstring():
    shapes = {name: value.shape for name, value in ThreeLayerConvNet().params.items()}
    weights = {"W1": (32, 3, 7, 7), "W2": (32 * 16 * 16, 100), "W3": (100, 10)}
    assert shapes == weights | {"b1": (32,), "b2": (100,), "b3": (10,)}
    assert {value.dtype for value in ThreeLayerConvNet().params.values()} == {np.dtype("float32")}


@pytest.mark.parametrize(("size", "rows"), [(1, 9), (3, 9), (5, 9), (2, 6), (4, 6)])
def test_a_net_of_any_filter_size_fits_together(size, rows):
    net = small(filter_size=size)
    assert net.params["W2"].shape == (3 * rows, 5)
    assert net.loss(np.zeros((2, 2, 7, 6))).shape == (2, 4)


def test_a_fresh_net_guesses(rng):
    X, y = rng.normal(size=(20, 3, 32, 32)), rng.integers(10, size=20)
    np.testing.assert_allclose(ThreeLayerConvNet().loss(X, y)[0], np.log(10), atol=1e-3)


def test_the_penalty_is_half_of_all_squared_weights(rng):
    X, y = rng.normal(size=(4, 2, 7, 6)), rng.integers(4, size=4)
    plain, with_reg = small(), small(reg=0.7)
    added = with_reg.loss(X, y)[0] - plain.loss(X, y)[0]
    squares = sum(np.sum(plain.params[name] ** 2) for name in ("W1", "W2", "W3"))
    np.testing.assert_allclose(added, 0.35 * squares)


@pytest.mark.parametrize("reg", [0.0, 0.7])
@pytest.mark.parametrize("size", [3, 5])
def test_gradients_are_those_of_the_loss(rng, reg, size):
    net = small(reg=reg, filter_size=size)
    X, y = rng.normal(size=(4, 2, 7, 6)), rng.integers(4, size=4)
    report = check_gradient(lambda _: net.loss(X, y)[0], net.params, net.loss(X, y)[1])
    assert report.ok, str(report)


def test_a_float32_net_stays_float32(rng):
    net = small(dtype=np.float32, reg=np.float64(0.1))
    X, y = rng.normal(size=(4, 2, 7, 6)), rng.integers(4, size=4)
    assert net.loss(X).dtype == np.float32
    assert {grad.dtype for grad in net.loss(X, y)[1].values()} == {np.dtype(np.float32)}


def test_it_learns_a_few_pictures_by_heart(rng):
    X, y = rng.normal(size=(20, 2, 7, 6)), rng.integers(4, size=20)
    data = {"X_train": X, "y_train": y, "X_val": X, "y_val": y}
    options = {"update_rule": "adam", "optim_config": {"learning_rate": 1e-2}, "verbose": False}
    solver = Solver(small(hidden_dim=20), data, num_epochs=60, batch_size=20, seed=0, **options)
    solver.train()
    assert solver.best_val_acc == 1


def test_it_refuses_pictures_that_are_too_small():
    with pytest.raises(ValueError, match="does not fit on a picture of 1 x 6"):
        small(input_dim=(2, 1, 6))


def test_a_star_import_brings_the_layers_along():
    names = {}
    exec("from cs231n.classifiers.cnn import *", names)
    wanted = {"ThreeLayerConvNet", "conv_forward_fast", "conv_relu_pool_forward", "relu_forward"}
    assert wanted | {"max_pool_forward_naive", "spatial_batchnorm_forward"} <= set(names)


def test_there_is_nothing_else_to_import():
    with pytest.raises(AttributeError, match="has no 'conv_forward_slow'"):
        cnn.conv_forward_slow  # noqa: B018
