"""What the checks of normalised rows share: drawn layers, known mistakes, nets with them."""

import numpy as np

from cs231n.checks.asserts import ROUNDING, ROUNDING32, assert_close, assert_that, take
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake
from .fc_nets import deep_net, draw_params

EPS, MOMENTUM = 0.3, 0.6  # not those that a function takes unless told otherwise


def draw_rows(rng, shape=(6, 4), dtype=np.float64):
    """Draw x (N, D), gamma and beta (D,): features and examples differ in mean and spread."""
    N, D = shape
    spread, mean = rng.permutation(np.arange(1.0, D + 1)), 3.0 * rng.permutation(np.arange(D))
    x = rng.normal(size=shape) * spread + mean + rng.normal(size=(N, 1))
    gamma, beta = rng.uniform(0.5, 2, size=D) * rng.choice([-1, 1], size=D), rng.normal(size=D)
    return tuple(a.astype(dtype) for a in (x, gamma, beta))


def run_batches(student, batches, gamma, beta, **settings):
    """Outputs, running mean and running variance after these batches (mode, x)."""
    run = student.checks.judge.convnets.normalize_batches
    forward = student.normalization.batchnorm_forward
    return take(run(forward, batches, gamma, beta, settings), "outs", "mean", "var")


def require_running(got, expected, what):
    """Require both running averages; `what` says after which work."""
    for name, value, wanted in zip(("running_mean", "running_var"), got, expected):
        message = f"bn_param has no {name} {what}: write it back under this name."
        assert_that(value is not None, message, f"an array {wanted.shape}", "None", name)
        assert_close(value, wanted, f"{name} {what}")


def forward_slips(x, gamma, beta, eps, out):
    """What comes out of the usual mistakes in normalising the features of x (N, D)."""
    N = len(x)
    _, mean, var = oracle.features_normalized(x, gamma, beta, eps)
    sample = gamma * (x - mean) / np.sqrt(var * N / (N - 1) + eps) + beta
    outside = gamma * (x - mean) / (np.sqrt(var) + eps) + beta
    undivided = gamma * (x - mean) / (var + eps) + beta
    across = oracle.examples_normalized(x, gamma, beta, eps)
    return [
        (sample, "This variance divides by N - 1; batch normalisation's divides by N."),
        (outside, "eps is added to the standard deviation; it belongs below the root."),
        (undivided, "Divided by the variance: the root is missing."),
        (across, "Each example is normalised over its features: take the other axis."),
        ((out - beta) / gamma, "gamma and beta are not applied."),
        (out - beta, "beta is missing."),
    ]


def back_through(student, name, rng, shape=(6, 4), dtype=np.float64, eps=EPS):
    """Go forward and back with the student's functions.

    Parameters
    ----------
    name : str
        Of the backward function.

    Returns
    -------
    got : tuple
        (dx, dgamma, dbeta)
    inputs : tuple of ndarray
        (dout, x, gamma, beta), as float64.
    """
    (x, gamma, beta), dout = draw_rows(rng, shape, dtype), rng.normal(size=shape).astype(dtype)
    module = student.normalization
    if name.startswith("layer"):
        result = module.layernorm_forward(x, gamma, beta, {"eps": eps})
    else:
        result = module.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})
    cache = take(result, "out", "cache")[1]
    got = take(getattr(module, name)(dout, cache), "dx", "dgamma", "dbeta")
    return got, tuple(a.astype(np.float64) for a in (dout, x, gamma, beta))


def require_derivatives(got, expected, dtype=np.float64, slips=()):
    """Require dx, dgamma and dbeta; those by gamma and beta first, for they are simpler."""
    dx, dgamma, dbeta = got
    wanted = [a.astype(dtype) for a in expected]
    tol = ROUNDING if dtype == np.float64 else ROUNDING32
    N = len(expected[0])
    mean = "This is a mean over the batch: dout has all that the loss divides by in it already."
    swapped = "dgamma and dbeta are swapped: the function returns dx, dgamma, dbeta."
    beta_slips = [(wanted[2] / N, mean), (wanted[1], swapped)]
    assert_no_mistake(dbeta, wanted[2], "dbeta", beta_slips, tol)
    assert_no_mistake(dgamma, wanted[1], "dgamma", [(wanted[1] / N, mean)], tol)
    assert_no_mistake(dx, wanted[0], "dx", slips, tol)


def backward_slips(dout, x, gamma, eps):
    """The dx of those who forget a way on which x reaches the output (batch normalisation)."""
    ones, zeros = np.ones(len(gamma)), np.zeros(len(gamma))
    normalized, _, var = oracle.features_normalized(x, ones, zeros, eps)
    scaled = gamma * dout / (var + eps) ** 0.5
    direct = "x reaches out through the mean and the variance, too: their ways back are missing."
    no_var = "The way through the variance is missing: it depends on every x of the batch."
    along = normalized * np.mean(scaled * normalized, axis=0)
    no_mean = "The way through the mean is missing: every x of the batch moves it."
    return [
        (scaled, direct),
        (scaled - scaled.mean(axis=0), no_var),
        (scaled - along, no_mean),
    ]


def normalized_net(student, rng, normalization, sizes=(6, 7, 5, 4), **options):
    """A student's FullyConnectedNet with normalisation and drawn parameters, and these."""
    params = draw_params(rng, *sizes)
    for layer, size in enumerate(sizes[1:-1], 1):
        params[f"gamma{layer}"] = rng.uniform(0.5, 2, size=size)
        params[f"beta{layer}"] = rng.normal(size=size)
    return deep_net(student, params, normalization=normalization, **options), params


def hidden_scores(params, X, normalize):
    """Scores of such a net, given what normalises one hidden layer: (a, gamma, beta, number)."""
    layers = sum(name[0] == "W" for name in params)
    out = X
    for layer in range(1, layers):
        only = {"W1": params[f"W{layer}"], "b1": params[f"b{layer}"]}
        a = oracle.fc_scores(only, out)  # one affine layer
        a = normalize(a, params[f"gamma{layer}"], params[f"beta{layer}"], layer)
        out = oracle.relu(a)
    return oracle.fc_scores({"W1": params[f"W{layers}"], "b1": params[f"b{layers}"]}, out)
