"""What the checks of fully connected nets share: nets with known parameters, and their answers."""

from itertools import pairwise

import numpy as np

from cs231n.checks.asserts import assert_that, kind, require_array, take
from cs231n.checks.failures import CheckFailure

PENALTY = 0.7  # large, so that a penalty that is wrong or missing shows


def draw_params(rng, *sizes):
    """Draw parameters of a net with these sizes, from inputs to scores; biases are not zero.

    Weights shrink with the number of inputs, so that activations stay about 1 in size; the last
    biases have both signs and are large, and so have the scores.
    """
    params = {}
    for layer, (before, after) in enumerate(pairwise(sizes), 1):
        params[f"W{layer}"] = rng.normal(size=(before, after)) * np.sqrt(2 / before)
        params[f"b{layer}"] = 0.5 * rng.normal(size=after)
    signs = np.where(np.arange(sizes[-1]) % 2, 1.0, -1.0)
    params[f"b{len(sizes) - 1}"] = 3 * rng.permutation(signs)
    return params


def two_layer_net(student, params, reg=0.0):
    """A student's TwoLayerNet with these parameters."""
    (D, H), C = params["W1"].shape, len(params["b2"])
    net = student.classifiers.fc_net.TwoLayerNet(D, H, C, reg=reg)
    net.set("params", params)
    return net


def deep_net(student, params, **options):
    """A student's FullyConnectedNet with these parameters, in float64 unless told otherwise.

    Parameters
    ----------
    student : Student
    params : dict of ndarray
    **options
        For FullyConnectedNet, such as reg or normalization.
    """
    sizes = [len(params[f"b{i}"]) for i in range(1, sum(name[0] == "W" for name in params) + 1)]
    D, options = params["W1"].shape[0], {"dtype": "float64", **options}
    net = student.classifiers.fc_net.FullyConnectedNet(sizes[:-1], D, sizes[-1], **options)
    net.set("params", params)
    return net


def loss_and_gradients(net, X, y, names):
    """A net's loss, and its gradients by these parameters as a dict.

    Raises
    ------
    CheckFailure
        If it is no pair of a number and a dict with arrays of these names.
    """
    loss, grads = take(net.loss(X, y), "loss", "grads")
    number = isinstance(loss, float | int | np.number | np.ndarray) and np.ndim(loss) == 0
    if isinstance(loss, bool) or not number:
        raise CheckFailure("the loss should be one number.", "a float", kind(loss))
    if not isinstance(grads, dict):
        raise CheckFailure("grads should be a dict.", "a dict", kind(grads), "grads")
    for name in names:
        found = ", ".join(map(str, grads)) or "nothing"
        assert_that(name in grads, f"grads lacks {name}.", f"an entry {name}", found, "grads")
        require_array(grads[name], f'grads["{name}"]')
    return loss, {name: grads[name] for name in names}


def require_first_params(params, shapes, weight_scale, dtype):
    """Require parameters as a net begins with: these shapes and precision, W random and b zero.

    Parameters
    ----------
    params : what the student's net has as `params`
    shapes : dict of str to tuple
        All of them, W1 and so on with at least a thousand entries.
    weight_scale : float
    dtype : dtype
    """
    if not isinstance(params, dict):
        raise CheckFailure("params should be a dict.", "a dict", kind(params), "params")
    expected, found = ", ".join(sorted(shapes)), ", ".join(sorted(map(str, params))) or "nothing"
    message = "params has other names than the docstring says."
    assert_that(set(params) == set(shapes), message, expected, found, "params")
    for name in shapes:
        what = f'params["{name}"]'
        require_array(params[name], what, shape=shapes[name], dtype=dtype)
        if name.startswith("b"):
            first = float(np.abs(params[name]).max())
            message = f"{what} should begin at 0."
            assert_that(first == 0, message, "0", f"up to {first:.3g}", what)
        else:
            _require_normal(params[name], weight_scale, what)


def _require_normal(weights, scale, what):
    """Require entries of mean 0 and standard deviation `scale`, all different."""
    std, mean = float(weights.std()), float(weights.mean())
    message = f"{what} has another standard deviation than weight_scale."
    if abs(std - scale**0.5) < 0.05 * scale**0.5:
        message = f"{what} has weight_scale as its variance: it is the standard deviation."
    # at a thousand entries and more, four standard errors are below nine per cent
    assert_that(abs(std - scale) < 0.1 * scale, message, f"{scale:.4g}", f"{std:.4g}", what)
    message = f"{what} should have both signs alike: its mean is not 0."
    assert_that(abs(mean) < 0.2 * scale, message, "about 0", f"{mean:.4g}", what)
    different = len(np.unique(weights))
    message = f"{what} repeats its numbers: draw every entry by itself."
    assert_that(different > 0.9 * weights.size, message, str(weights.size), str(different), what)
