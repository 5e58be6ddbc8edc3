"""Hidden checks of the notebook `two_layer_net`: other shapes, idle units, other rates."""

import numpy as np

from cs231n.checks.api import assert_close, assert_labels, exercise, oracle
from cs231n.checks.suites.two_layer_net import data_loss, draw_params, gradients, network

SHAPES = ((1, 3, 2, 5), (4, 4, 4, 4), (9, 2, 11, 3))  # N, D, H, C


@exercise("net-scores", hidden=True)
def scores_of_other_shapes(student, rng):
    for N, D, H, C in SHAPES:
        params, X = draw_params(rng, D, H, C), rng.normal(size=(N, D))
        scores = network(student, params).loss(X)
        assert_close(scores, oracle.net_scores(params, X), what=f"scores of {N} examples")


@exercise("net-loss", hidden=True)
def loss_of_other_shapes(student, rng):
    for N, D, H, C in SHAPES:
        params, X, y = draw_params(rng, D, H, C), rng.normal(size=(N, D)), rng.integers(C, size=N)
        expected = oracle.net_loss(params, X, y, 0.3)
        loss = data_loss(network(student, params), X, y, reg=0.3)
        assert_close(loss, expected, what=f"the loss of {N} examples with reg = 0.3")


@exercise("net-gradients", weight=2, hidden=True)
def gradients_of_other_shapes(student, rng):
    for N, D, H, C in SHAPES:
        params, X, y = draw_params(rng, D, H, C), rng.normal(size=(N, D)), rng.integers(C, size=N)
        expected = oracle.net_gradients(params, X, y, 0.3)
        grads = gradients(network(student, params), X, y, 0.3, "W1", "b1", "W2", "b2")
        for name in grads:
            assert_close(grads[name], expected[name], what=f'grads["{name}"] of {N} examples')


@exercise("net-gradients", hidden=True)
def idle_units_get_no_gradient(student, rng):
    params = draw_params(rng, 4, 6, 3)
    params["b1"] = params["b1"] - 1e3 * (np.arange(6) < 3)  # three units that are never on
    X, y = rng.normal(size=(5, 4)), rng.integers(3, size=5)
    expected = oracle.net_gradients(params, X, y, 0.0)
    grads = gradients(network(student, params), X, y, 0.0, "W1", "b1")
    for name in grads:
        assert_close(grads[name], expected[name], what=f'grads["{name}"] with idle units')


@exercise("net-predict", hidden=True)
def labels_of_other_shapes(student, rng):
    for N, D, H, C in SHAPES:
        params, X = draw_params(rng, D, H, C), rng.normal(size=(N, D))
        labels = network(student, params).predict(X)
        assert_labels(labels, oracle.net_labels(params, X), what="the prediction")


@exercise("net-train", hidden=True)
def steps_follow_the_learning_rate(student, rng):
    rate, steps = float(rng.uniform(0.01, 0.2)), int(rng.integers(5, 12))
    params = draw_params(rng, 3, 5, 4)
    net = student.checks.beside.nets.ProbeNet(3, 5, 4)
    net.set("params", params)
    X, y = rng.normal(size=(30, 3)), rng.integers(4, size=30)
    options = {"learning_rate": rate, "learning_rate_decay": 1.0, "num_iters": steps}
    net.train(X, y, X, y, batch_size=7, **options)
    after = net.get("params")
    for name, value in params.items():
        expected = (1 - rate) ** steps * value  # the probe's gradient is the parameter itself
        assert_close(after[name], expected, what=f'params["{name}"] after {steps} steps')
