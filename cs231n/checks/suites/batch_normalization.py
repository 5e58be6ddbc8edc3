"""Checks of the notebook `batch_normalization`: rows normalised by feature and by example."""

import numpy as np

from cs231n.checks.api import ROUNDING32, assert_close, assert_gradient, exercise, oracle, take
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.fc_nets import loss_and_gradients
from cs231n.checks.judge.row_norms import (
    EPS,
    MOMENTUM,
    back_through,
    backward_slips,
    draw_rows,
    forward_slips,
    hidden_scores,
    normalized_net,
    require_derivatives,
    require_running,
    run_batches,
)


@exercise("batchnorm-forward-train", weight=3)
def features_are_normalised_over_the_batch(student, rng):
    x, gamma, beta = draw_rows(rng)
    (out,), _, _ = run_batches(student, [("train", x)], gamma, beta, eps=EPS)
    expected, _, _ = oracle.features_normalized(x, gamma, beta, EPS)
    assert_no_mistake(out, expected, "out", forward_slips(x, gamma, beta, EPS, expected))


@exercise("batchnorm-forward-train")
def eps_is_small_unless_said_otherwise(student, rng):
    x, gamma, beta = draw_rows(rng)
    x = 1e-2 * x  # so small that eps shows
    (out,), _, _ = run_batches(student, [("train", x)], gamma, beta)
    expected, _, _ = oracle.features_normalized(x, gamma, beta, 1e-5)
    assert_close(out, expected, "out of small numbers, with eps as it is by default,")


@exercise("batchnorm-forward-train", weight=2)
def running_averages_move_towards_each_batch(student, rng):
    (first, gamma, beta), (second, _, _) = draw_rows(rng), draw_rows(rng, (5, 4))
    batches, averages = [("train", first), ("train", second)], [np.zeros(4), np.zeros(4)]
    _, *running = run_batches(student, batches, gamma, beta, eps=EPS, momentum=MOMENTUM)
    for x in (first, second):
        _, *batch = oracle.features_normalized(x, gamma, beta, EPS)
        averages = [MOMENTUM * a + (1 - MOMENTUM) * b for a, b in zip(averages, batch)]
    turned = np.zeros(4)
    for x in (first, second):
        _, mean, _ = oracle.features_normalized(x, gamma, beta, EPS)
        turned = (1 - MOMENTUM) * turned + MOMENTUM * mean
    if running[0] is not None:
        message = "momentum is what remains of the old average, and 1 - momentum what comes new."
        what = "running_mean after two batches with momentum 0.6"
        assert_no_mistake(running[0], averages[0], what, [(turned, message)])
    require_running(running, averages, "after two batches with momentum 0.6")


@exercise("batchnorm-forward-train")
def momentum_is_nine_tenths_unless_said_otherwise(student, rng):
    x, gamma, beta = draw_rows(rng)
    _, *running = run_batches(student, [("train", x)], gamma, beta)
    _, mean, var = oracle.features_normalized(x, gamma, beta, 1e-5)
    require_running(running, [0.1 * mean, 0.1 * var], "after one batch, with momentum by default")


@exercise("batchnorm-forward-train")
def training_in_float32_stays_float32(student, rng):
    x, gamma, beta = draw_rows(rng, dtype=np.float32)
    (out,), *running = run_batches(student, [("train", x)], gamma, beta)
    wide = [a.astype(np.float64) for a in (x, gamma, beta)]
    expected, mean, var = oracle.features_normalized(*wide, 1e-5)
    assert_close(out, expected.astype(np.float32), "out of float32 inputs", ROUNDING32)
    for name, got, value in zip(("running_mean", "running_var"), running, (mean, var)):
        assert_close(got, (0.1 * value).astype(np.float32), f"{name} of float32", ROUNDING32)


@exercise("batchnorm-forward-test", weight=3)
def testing_goes_by_the_running_averages(student, rng):
    (x, gamma, beta), (mean, var) = draw_rows(rng), draw_averages(rng, 4)
    settings = {"eps": EPS, "running_mean": mean, "running_var": var}
    (out,), _, _ = run_batches(student, [("test", x)], gamma, beta, **settings)
    expected = oracle.features_by_averages(x, gamma, beta, EPS, mean, var)
    by_batch, _, _ = oracle.features_normalized(x, gamma, beta, EPS)
    outside = gamma * (x - mean) / (np.sqrt(var) + EPS) + beta
    slips = [
        (by_batch, "Testing takes the batch's mean and variance, not the running ones."),
        (outside, "eps is added to the standard deviation; it belongs below the root."),
    ]
    assert_no_mistake(out, expected, "out in testing", slips)


@exercise("batchnorm-forward-test")
def testing_leaves_the_running_averages_alone(student, rng):
    (x, gamma, beta), averages = draw_rows(rng), draw_averages(rng, 4)
    settings = dict(zip(("running_mean", "running_var"), averages))
    _, *running = run_batches(student, [("test", x), ("test", x)], gamma, beta, **settings)
    require_running(running, averages, "after testing, which only reads it")


@exercise("batchnorm-forward-test")
def one_example_can_be_tested_alone(student, rng):
    (x, gamma, beta), (mean, var) = draw_rows(rng, (1, 5)), draw_averages(rng, 5)
    settings = {"running_mean": mean, "running_var": var}
    (out,), _, _ = run_batches(student, [("test", x)], gamma, beta, **settings)
    expected = oracle.features_by_averages(x, gamma, beta, 1e-5, mean, var)
    assert_close(out, expected, "out of a single example")


@exercise("batchnorm-forward-test")
def testing_in_float32_stays_float32(student, rng):
    x, gamma, beta = draw_rows(rng, dtype=np.float32)
    mean, var = draw_averages(rng, 4)
    narrow = {"running_mean": mean.astype(np.float32), "running_var": var.astype(np.float32)}
    (out,), _, _ = run_batches(student, [("test", x)], gamma, beta, **narrow)
    wide = [a.astype(np.float64) for a in (x, gamma, beta)]
    averages = [a.astype(np.float64) for a in narrow.values()]
    expected = oracle.features_by_averages(*wide, 1e-5, *averages).astype(np.float32)
    assert_close(out, expected, "out of float32 inputs in testing", ROUNDING32)


def draw_averages(rng, D):
    """Running averages (mean, variance), each (D,)."""
    return rng.normal(size=D), rng.uniform(0.5, 2, size=D)


def check_batchnorm_backward(name, function):
    """Register the checks of one of the two ways back through batch normalisation."""

    @exercise(name, weight=3)
    def derivatives_reach_x_on_every_way(student, rng):
        got, (dout, x, gamma, beta) = back_through(student, function, rng)
        expected = oracle.features_normalized_gradients(dout, x, gamma, beta, EPS)
        require_derivatives(got, expected, slips=backward_slips(dout, x, gamma, EPS))

    @exercise(name)
    def derivatives_of_another_batch(student, rng):
        got, inputs = back_through(student, function, rng, (3, 7), eps=1e-5)
        require_derivatives(got, oracle.features_normalized_gradients(*inputs, 1e-5))

    @exercise(name)
    def float32_has_float32_derivatives(student, rng):
        got, inputs = back_through(student, function, rng, dtype=np.float32)
        expected = oracle.features_normalized_gradients(*inputs, EPS)
        require_derivatives(got, expected, np.float32)


check_batchnorm_backward("batchnorm-backward", "batchnorm_backward")
check_batchnorm_backward("batchnorm-backward-alt", "batchnorm_backward_alt")


@exercise("layernorm-forward", weight=3)
def examples_are_normalised_over_their_features(student, rng):
    x, gamma, beta = draw_rows(rng)
    result = student.normalization.layernorm_forward(x, gamma, beta, {"eps": EPS})
    expected = oracle.examples_normalized(x, gamma, beta, EPS)
    slips = [
        (oracle.features_normalized(x, gamma, beta, EPS)[0], "This is batch normalisation."),
        ((expected - beta) / gamma, "gamma and beta are not applied."),
    ]
    assert_no_mistake(take(result, "out", "cache")[0], expected, "out", slips)


@exercise("layernorm-forward")
def an_example_does_not_depend_on_the_others(student, rng):
    x, gamma, beta = draw_rows(rng, (3, 5))
    forward = student.normalization.layernorm_forward
    out, _ = take(forward(x, gamma, beta, {"mode": "train"}), "out", "cache")
    expected = oracle.examples_normalized(x, gamma, beta, 1e-5)
    assert_close(out, expected, "out with eps by default")
    alone, _ = take(forward(x[1:2], gamma, beta, {}), "out", "cache")
    assert_close(alone, expected[1:2], "out of a single example")


@exercise("layernorm-forward")
def layers_of_float32_stay_float32(student, rng):
    x, gamma, beta = draw_rows(rng, dtype=np.float32)
    out, _ = take(student.normalization.layernorm_forward(x, gamma, beta, {}), "out", "cache")
    wide = [a.astype(np.float64) for a in (x, gamma, beta)]
    expected = oracle.examples_normalized(*wide, 1e-5).astype(np.float32)
    assert_close(out, expected, "out of float32 inputs", ROUNDING32)


@exercise("layernorm-backward", weight=3)
def derivatives_of_normalised_examples(student, rng):
    got, inputs = back_through(student, "layernorm_backward", rng)
    require_derivatives(got, oracle.examples_normalized_gradients(*inputs, EPS))


@exercise("layernorm-backward")
def derivatives_of_other_examples(student, rng):
    got, inputs = back_through(student, "layernorm_backward", rng, (3, 7), eps=1e-5)
    require_derivatives(got, oracle.examples_normalized_gradients(*inputs, 1e-5))


@exercise("layernorm-backward")
def float32_examples_have_float32_derivatives(student, rng):
    got, inputs = back_through(student, "layernorm_backward", rng, dtype=np.float32)
    require_derivatives(got, oracle.examples_normalized_gradients(*inputs, EPS), np.float32)


@exercise("fc-net-normalize", weight=2)
def hidden_layers_are_normalised_by_batch(student, rng):
    net, params = normalized_net(student, rng, "batchnorm")
    for layer, size in ((2, 5), (1, 7)):
        a = 2 + 3 * rng.normal(size=(4, size))
        out, _ = take(net._normalize(a, layer), "out", "cache")
        gamma, beta = params[f"gamma{layer}"], params[f"beta{layer}"]
        expected, mean, var = oracle.features_normalized(a, gamma, beta, 1e-5)
        assert_close(out, expected, f"what hidden layer {layer} passes on, normalised by batch")
        state = net.get("bn_params")[layer - 1]
        running = [state.get("running_mean"), state.get("running_var")]
        require_running(running, [0.1 * mean, 0.1 * var], f"of hidden layer {layer} in training")


@exercise("fc-net-normalize", weight=2)
def hidden_layers_are_normalised_by_example(student, rng):
    net, params = normalized_net(student, rng, "layernorm")
    for layer, size in ((2, 5), (1, 7)):
        a = 2 + 3 * rng.normal(size=(4, size))
        out, _ = take(net._normalize(a, layer), "out", "cache")
        expected = oracle.examples_normalized(
            a, params[f"gamma{layer}"], params[f"beta{layer}"], 1e-5
        )
        assert_close(out, expected, f"what hidden layer {layer} passes on, normalised by example")


@exercise("fc-net-normalize")
def scores_in_testing_go_by_the_running_averages(student, rng):
    net, params = normalized_net(student, rng, "batchnorm")
    averages = {1: draw_averages(rng, 7), 2: draw_averages(rng, 5)}
    names = ("mode", "running_mean", "running_var")
    net.set("bn_params", [dict(zip(names, ("train", *averages[layer]))) for layer in (1, 2)])

    def normalize(a, gamma, beta, layer):
        return oracle.features_by_averages(a, gamma, beta, 1e-5, *averages[layer])

    X = rng.normal(size=(3, 6))
    assert_close(net.loss(X), hidden_scores(params, X, normalize), "scores in testing")


@exercise("fc-net-normalize-backward", weight=3)
def gradients_of_a_net_with_batchnorm(student, rng):
    require_net_gradients(student, rng, "batchnorm")


@exercise("fc-net-normalize-backward", weight=3)
def gradients_of_a_net_with_layernorm(student, rng):
    require_net_gradients(student, rng, "layernorm")


def require_net_gradients(student, rng, normalization, sizes=(6, 7, 5, 4)):
    """Require the gradients of W1 and of every gamma and beta to be the loss's derivatives."""
    net, params = normalized_net(student, rng, normalization, sizes, reg=0.3)
    X, y = rng.normal(size=(5, sizes[0])), rng.integers(sizes[-1], size=5)
    names = [name for name in params if name.startswith(("gamma", "beta")) or name == "W1"]
    _, grads = loss_and_gradients(net, X, y, names)
    for name in names:

        def loss(value, name=name):
            net.set("params", params | {name: value})
            return take(net.loss(X, y), "loss", "grads")[0]

        what = f'grads["{name}"] with {normalization}'
        assert_gradient(loss, params[name], grads[name], what, rng, directions=2)
