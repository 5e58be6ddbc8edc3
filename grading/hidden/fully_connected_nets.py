"""Hidden checks of the notebook `fully_connected_nets`: other shapes, depths and settings."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, oracle, take
from cs231n.checks.judge.fc_nets import (
    deep_net,
    draw_params,
    loss_and_gradients,
    require_first_params,
    two_layer_net,
)
from cs231n.checks.judge.score_losses import draw_scores
from cs231n.checks.judge.update_rules import adam_state, draw, require_state, run
from cs231n.checks.suites.fully_connected_nets import affine_back, draw_affine, net_shapes

AFFINE_SHAPES = ((1, (3,), 5), (6, (2, 4), 1), (2, (2, 3, 1, 4), 3))  # N, shape, M
DEPTHS = ((3, 5), (6, 4, 2), (4, 3, 5, 6, 2, 3))  # sizes from inputs to scores


@exercise("affine-forward", hidden=True)
def outputs_of_other_shapes(student, rng):
    for N, shape, M in AFFINE_SHAPES:
        x, w, b = draw_affine(rng, N, shape, M)
        out, _ = take(student.layers.affine_forward(x, w, b), "out", "cache")
        assert_close(out, oracle.affine(x, w, b), what=f"out of x {x.shape}")


@exercise("affine-backward", hidden=True)
def derivatives_of_other_shapes(student, rng):
    for N, shape, M in AFFINE_SHAPES:
        x, w, b = draw_affine(rng, N, shape, M)
        dout = rng.normal(size=(N, M))
        expected = oracle.affine_gradients(dout, x, w, b)
        for name, got, value in zip(
            ("dx", "dw", "db"), affine_back(student, dout, x, w, b), expected
        ):
            assert_close(got, value, what=f"{name} of x {x.shape}")


@exercise("relu-forward", hidden=True)
def large_numbers_go_through(student, rng):
    for shape in ((1,), (2, 3), (2, 3, 4, 5)):
        x = 10 ** rng.uniform(-6, 6, size=shape) * rng.choice([-1, 1], size=shape)
        out, _ = take(student.layers.relu_forward(x), "out", "cache")
        assert_close(out, oracle.relu(x), what=f"out of x {shape}")


@exercise("relu-backward", hidden=True)
def gradients_of_other_shapes(student, rng):
    for shape in ((1,), (2, 3), (2, 3, 4, 5)):
        x, dout = rng.normal(size=shape), rng.normal(size=shape)
        dx = student.layers.relu_backward(dout, x)
        assert_close(dx, oracle.relu_gradient(dout, x), what=f"dx of x {shape}")


def require_losses(loss_of, expected_loss, expected_gradient, rng):
    """Require loss and dx for one example, two classes, and one class for all."""
    for N, C in ((1, 3), (8, 2), (12, 10)):
        x, y = draw_scores(rng, N, C)
        for labels in (y, np.full(N, C - 1)):
            loss, dx = take(loss_of(x, labels), "loss", "dx")
            what = f"of {N} examples and {C} classes"
            assert_close(loss, expected_loss(x, labels), f"the loss {what}")
            assert_close(dx, expected_gradient(x, labels), f"dx {what}")


@exercise("softmax-layer-loss", hidden=True)
def softmax_of_other_shapes(student, rng):
    expected = oracle.softmax_of_scores, oracle.softmax_of_scores_gradient
    require_losses(student.layers.softmax_loss, *expected, rng)


@exercise("svm-layer-loss", hidden=True)
def svm_of_other_shapes(student, rng):
    expected = oracle.svm_of_scores, oracle.svm_of_scores_gradient
    require_losses(student.layers.svm_loss, *expected, rng)


@exercise("fc-two-layer-init", hidden=True)
def parameters_of_another_scale(student, rng):
    scale = float(rng.uniform(0.01, 10))
    net = student.classifiers.fc_net.TwoLayerNet(60, 40, 80, weight_scale=scale)
    shapes = {"W1": (60, 40), "b1": (40,), "W2": (40, 80), "b2": (80,)}
    require_first_params(net.get("params"), shapes, scale, np.float64)


@exercise("fc-two-layer-net", hidden=True)
def two_layers_of_other_sizes(student, rng):
    for sizes in ((3, 2, 5), (4, 4, 4), (2, 11, 3)):
        require_net(student, rng, two_layer_net, sizes)


@exercise("fc-net-init", hidden=True)
def parameters_of_other_depths(student, rng):
    scale = float(rng.uniform(0.01, 10))
    for sizes in ((60, 50), (50, 60, 70, 40, 60, 50)):
        net = student.classifiers.fc_net.FullyConnectedNet(
            list(sizes[1:-1]), sizes[0], sizes[-1], weight_scale=scale
        )
        require_first_params(net.get("params"), net_shapes(*sizes), scale, np.float32)


@exercise("fc-net-scores", hidden=True)
def scores_of_other_depths(student, rng):
    for sizes in DEPTHS:
        params, X = draw_params(rng, *sizes), rng.normal(size=(7, sizes[0]))
        scores = deep_net(student, params).loss(X)
        assert_close(scores, oracle.fc_scores(params, X), what=f"scores of sizes {sizes}")


@exercise("fc-net-loss", hidden=True)
def nets_of_other_depths(student, rng):
    for sizes in DEPTHS:
        require_net(student, rng, deep_net, sizes)


def require_net(student, rng, make, sizes):
    """Require loss and gradients of a net of these sizes, with a penalty."""
    params, X = draw_params(rng, *sizes), rng.normal(size=(6, sizes[0]))
    y, reg = rng.integers(sizes[-1], size=6), float(rng.uniform(0.1, 1))
    loss, grads = loss_and_gradients(make(student, params, reg=reg), X, y, params)
    assert_close(loss, oracle.fc_loss(params, X, y, reg), what=f"the loss of sizes {sizes}")
    expected = oracle.fc_gradients(params, X, y, reg)
    for name in params:
        assert_close(grads[name], expected[name], what=f'grads["{name}"] of sizes {sizes}')


@exercise("sgd-momentum", hidden=True)
def momentum_with_other_settings(student, rng):
    w, gradients = draw(rng, 5, shape=(2, 3, 4))
    settings = {"learning_rate": float(rng.uniform(0.01, 1)), "momentum": float(rng.uniform(0, 1))}
    got, config = run(student.optim.sgd_momentum, student, w, gradients, dict(settings))
    expected, velocity = oracle.momentum_steps(w, gradients, **settings, velocity=np.zeros(w.shape))
    assert_close(got, expected, what="w after five steps")
    require_state(config, {"velocity": velocity})


@exercise("rmsprop", hidden=True)
def rmsprop_with_other_settings(student, rng):
    w, gradients = draw(rng, 5, shape=(2, 3, 4))
    settings = {
        "learning_rate": float(rng.uniform(0.01, 1)),
        "decay_rate": float(rng.uniform(0.1, 0.9)),
        "epsilon": float(rng.uniform(0.1, 1)),
    }
    got, config = run(student.optim.rmsprop, student, w, gradients, dict(settings))
    expected, cache = oracle.rmsprop_steps(w, gradients, **settings, cache=np.zeros(w.shape))
    assert_close(got, expected, what="w after five steps")
    require_state(config, {"cache": cache})


@exercise("adam", hidden=True)
def adam_with_other_settings(student, rng):
    w, gradients = draw(rng, 5, shape=(2, 3, 4))
    settings = {
        "learning_rate": float(rng.uniform(0.01, 1)),
        "beta1": float(rng.uniform(0.1, 0.9)),
        "beta2": float(rng.uniform(0.1, 0.9)),
        "epsilon": 1e-12,
    }
    got, config = run(student.optim.adam, student, w, gradients, dict(settings))
    expected, m, v = oracle.adam_steps(w, gradients, **settings, **adam_state(w))
    assert_close(got, expected, what="w after five steps")
    require_state(config, {"m": m, "v": v})
