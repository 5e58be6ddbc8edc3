"""Hidden checks of the notebook `batch_normalization`: other shapes and settings."""

import numpy as np

from cs231n.checks.api import assert_close, exercise, oracle, take
from cs231n.checks.judge.row_norms import (
    back_through,
    draw_rows,
    normalized_net,
    require_derivatives,
    require_running,
    run_batches,
)
from cs231n.checks.suites.batch_normalization import draw_averages, require_net_gradients

SHAPES = ((2, 3), (9, 1), (7, 5))


@exercise("batchnorm-forward-train", hidden=True)
def batches_of_other_shapes(student, rng):
    for shape in SHAPES:
        x, gamma, beta = draw_rows(rng, shape)
        eps, momentum = rng.uniform(0.01, 1), rng.uniform(0.1, 0.9)
        settings = {"eps": eps, "momentum": momentum}
        (out,), *running = run_batches(student, [("train", x)], gamma, beta, **settings)
        expected, mean, var = oracle.features_normalized(x, gamma, beta, eps)
        assert_close(out, expected, f"out of {shape}")
        averages = [(1 - momentum) * mean, (1 - momentum) * var]
        require_running(running, averages, f"after a batch of {shape}")


@exercise("batchnorm-forward-test", hidden=True)
def testing_of_other_shapes(student, rng):
    for shape in SHAPES:
        (x, gamma, beta), (mean, var) = draw_rows(rng, shape), draw_averages(rng, shape[1])
        settings = {"eps": rng.uniform(0.01, 1), "running_mean": mean, "running_var": var}
        (out,), _, _ = run_batches(student, [("test", x)], gamma, beta, **settings)
        expected = oracle.features_by_averages(x, gamma, beta, settings["eps"], mean, var)
        assert_close(out, expected, f"out of {shape} in testing")


def check_other_shapes(name, function, gradients):
    """Register a check of a way back with other shapes; `gradients` names the oracle."""

    @exercise(name, hidden=True)
    def derivatives_of_other_shapes(student, rng):
        for shape in SHAPES:
            eps = rng.uniform(0.01, 1)
            got, inputs = back_through(student, function, rng, shape, eps=eps)
            require_derivatives(got, getattr(oracle, gradients)(*inputs, eps))


check_other_shapes("batchnorm-backward", "batchnorm_backward", "features_normalized_gradients")
check_other_shapes(
    "batchnorm-backward-alt", "batchnorm_backward_alt", "features_normalized_gradients"
)
check_other_shapes("layernorm-backward", "layernorm_backward", "examples_normalized_gradients")


@exercise("layernorm-forward", hidden=True)
def examples_of_other_shapes(student, rng):
    for shape in ((2, 3), (1, 6), (7, 5)):
        x, gamma, beta = draw_rows(rng, shape)
        eps = rng.uniform(0.01, 1)
        result = student.normalization.layernorm_forward(x, gamma, beta, {"eps": eps})
        expected = oracle.examples_normalized(x, gamma, beta, eps)
        assert_close(take(result, "out", "cache")[0], expected, f"out of {shape}")


@exercise("fc-net-normalize", hidden=True)
def a_deeper_net_normalises_every_hidden_layer(student, rng):
    sizes = (3, 4, 6, 5, 2)
    net, params = normalized_net(student, rng, "batchnorm", sizes)
    for layer in (3, 1, 2):
        a = rng.normal(size=(5, sizes[layer])) - 1
        out, _ = take(net._normalize(a, layer), "out", "cache")
        gamma, beta = params[f"gamma{layer}"], params[f"beta{layer}"]
        expected, _, _ = oracle.features_normalized(a, gamma, beta, 1e-5)
        assert_close(out, expected, f"what hidden layer {layer} of 3 passes on")


@exercise("fc-net-normalize-backward", hidden=True)
def gradients_of_deeper_nets(student, rng):
    for normalization in ("batchnorm", "layernorm"):
        require_net_gradients(student, rng, normalization, (4, 5, 6, 5, 3))


@exercise("batchnorm-forward-train", hidden=True)
def the_batch_decides_whatever_the_averages_are(student, rng):
    (x, gamma, beta), (mean, var) = draw_rows(rng), draw_averages(rng, 4)
    settings = {"running_mean": mean, "running_var": var, "momentum": 0.25, "eps": 0.1}
    (out,), *running = run_batches(student, [("train", x)], gamma, beta, **settings)
    expected, *batch = oracle.features_normalized(x, gamma, beta, 0.1)
    assert_close(out, expected, "out of a batch in training")
    averages = [0.25 * a + 0.75 * np.array(b) for a, b in zip((mean, var), batch)]
    require_running(running, averages, "after a batch in training")
