"""Two acceptance rates of the gradient check: right gradients refused, planted errors missed.

Both are counted on random models under several master seeds, so that the seed of a run decides
nothing.
"""

import os

import numpy as np
import pytest
from foreign_arrays import FrozenArray

from cs231n.gradient_check import check_gradient, fixed_randomness

TRIALS = int(os.environ.get("CS231N_TRIALS", "300"))  # of each master seed; `make soak` takes more


def affine(params, data):
    """Squared distance of x w + b from a target."""
    x, target = data["x"], data["target"]
    off = x @ params["W1"] + params["b1"] - target
    return np.sum(off * off) / len(x), {"W1": 2 * x.T @ off / len(x), "b1": 2 * off.mean(axis=0)}


def softmax(scores, y):
    """Mean cross-entropy of scores (N, C) and its derivative."""
    rows = np.arange(len(y))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return -log_p[rows, y].mean(), dscores / np.asarray(len(y), dtype=scores.dtype)


def softmax_classifier(params, data):
    loss, dscores = softmax(data["x"] @ params["W1"] + params["b1"], data["y"])
    return loss, {"W1": data["x"].T @ dscores, "b1": dscores.sum(axis=0)}


def _net(params, data, activate):
    """Two layers and softmax; `activate` returns the hidden layer and its backward function."""
    hidden, back = activate(data["x"] @ params["W1"] + params["b1"])
    loss, dscores = softmax(hidden @ params["W2"] + params["b2"], data["y"])
    dz = back(dscores @ params["W2"].T)
    return loss, {
        "W1": data["x"].T @ dz,
        "b1": dz.sum(axis=0),
        "W2": hidden.T @ dscores,
        "b2": dscores.sum(axis=0),
    }


def tanh_net(params, data):
    def activate(z):
        hidden = np.tanh(z)
        return hidden, lambda d: d * (1 - hidden * hidden)

    return _net(params, data, activate)


def relu_net(params, data):
    return _net(params, data, lambda z: (np.maximum(z, 0), lambda d: d * (z > 0)))


def dropout_net(params, data):
    def activate(z):
        mask = ((np.random.rand(*z.shape) < 0.6) / 0.6).astype(z.dtype)
        return np.maximum(z, 0) * mask, lambda d: d * mask * (z > 0)

    return _net(params, data, activate)


def max_pool_net(params, data):
    """Pairs of neighbouring hidden units, of which the larger counts."""

    def activate(z):
        pairs = z.reshape(len(z), -1, 2)
        largest = pairs.argmax(axis=2)[:, :, None]

        def back(d):
            dpairs = np.zeros_like(pairs)
            np.put_along_axis(dpairs, largest, d[:, :, None], axis=2)
            return dpairs.reshape(z.shape)

        return pairs.max(axis=2), back

    return _net(params, data, activate)


MODELS = [affine, softmax_classifier, tanh_net, relu_net, max_pool_net, dropout_net]


def draw(model, rng, dtype):
    """Draw sizes, data and parameters for a model, now and then with zero biases or a zero row."""
    n, d, c = rng.integers(1, 7), rng.integers(1, 6), rng.integers(2, 5)
    h = 2 * rng.integers(1, 4)
    hidden = h // 2 if model is max_pool_net else h
    scale = 10.0 ** rng.uniform(-2, 0.5)
    data = {
        "x": rng.normal(size=(n, d)).astype(dtype),
        "y": rng.integers(c, size=n),
        "target": rng.normal(size=(n, c)).astype(dtype),
    }
    shapes = {"W1": (d, c), "b1": (c,)}
    if model not in (affine, softmax_classifier):
        shapes = {"W1": (d, h), "b1": (h,), "W2": (hidden, c), "b2": (c,)}
    params = {name: (scale * rng.normal(size=s)).astype(dtype) for name, s in shapes.items()}
    if rng.random() < 0.2:
        params["b1"][...] = 0
    if rng.random() < 0.1:
        data["x"][0] = 0  # with a zero bias, this example sits on every ReLU's kink
    return params, data


def nested(flat):
    """Return W1, b1 ... as a network's layers: the first in a dict, the second in a tuple."""
    layers = {"first": {"W": flat["W1"], "b": flat["b1"]}}
    return {**layers, "rest": [(flat["W2"], flat["b2"])]} if "W2" in flat else layers


def flat(layers):
    """Return what :func:`nested` was given, as NumPy arrays."""
    found = {f"{name}1": np.asarray(array) for name, array in layers["first"].items()}
    if "rest" in layers:
        found |= zip(("W2", "b2"), map(np.asarray, layers["rest"][0]))
    return found


def nest(loss, params, wrap=np.array):
    """Return a loss and its parameters in layers of arrays of the kind that `wrap` makes."""

    def layered(layers):
        value, gradient = loss(flat(layers))
        return wrap(value), nested({name: wrap(part) for name, part in gradient.items()})

    return layered, nested({name: wrap(part) for name, part in params.items()})


def jax_without_x64(array):
    return FrozenArray(array)


def jax_with_x64(array):
    return FrozenArray(array, wide=True)


def one_trial(number, master_seed, models=MODELS, wrap=None, dtypes=(np.float64, np.float32)):
    """Return a right gradient's report for one random model; models and dtypes take turns."""
    rng = np.random.default_rng([master_seed, number])
    model = models[number % len(models)]
    params, data = draw(model, rng, dtypes[number // len(models) % len(dtypes)])
    loss = fixed_randomness(number)(lambda p: model(p, data))
    if wrap:
        loss, params = nest(loss, params, wrap)
    return check_gradient(loss, params, seed=number)


def refused(trials, *arguments):
    """Return the reports that refuse a right gradient."""
    reports = ((number, one_trial(number, *arguments)) for number in range(trials))
    return "\n".join(f"trial {number}:\n{report}" for number, report in reports if not report.ok)


@pytest.mark.slow
@pytest.mark.parametrize("master_seed", [0, 1, 2])
def test_right_gradients_are_accepted_in_every_random_trial(master_seed):
    assert not refused(TRIALS, master_seed)


@pytest.mark.slow
@pytest.mark.parametrize("wrap", [np.array, jax_with_x64])
def test_right_gradients_in_layers_are_accepted_in_every_random_trial(wrap):
    assert not refused(TRIALS // 3, 3, MODELS, wrap)


@pytest.mark.slow
def test_right_gradients_of_smooth_functions_are_accepted_where_all_is_float32():
    """Without float64 a kink beside x looks like an error, so the models have none."""
    smooth = [affine, softmax_classifier, tanh_net]
    assert not refused(TRIALS // 3, 4, smooth, jax_without_x64, (np.float32,))


def ten_parameters(rng):
    """Draw a model of 10 parameters whose gradient's entries differ by orders of magnitude."""
    x = rng.normal(size=(5, 2)) * 10.0 ** rng.uniform(-4, 0.5, size=2)
    target = rng.normal(size=(5, 3)) * 10.0 ** rng.uniform(-2, 1, size=3)
    params = {"W": rng.normal(size=(2, 3)), "b": rng.normal(size=3), "s": np.array(rng.normal())}

    def loss(p):
        hidden = np.tanh(x @ p["W"] + p["b"])
        off = p["s"] * hidden - target
        dhidden = 2 * p["s"] * off * (1 - hidden * hidden)
        return np.sum(off * off), {
            "W": x.T @ dhidden,
            "b": dhidden.sum(axis=0),
            "s": np.sum(2 * off * hidden),
        }

    return loss, params


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("wrap", [np.array, jax_with_x64])
def test_an_error_of_1e_4_is_found_in_every_entry_of_a_net_in_layers(wrap, seed):
    rng = np.random.default_rng([5, seed])
    params, data = draw(tanh_net, rng, np.float64)
    gradient, tried = tanh_net(params, data)[1], 0
    loss, layers = nest(lambda p: tanh_net(p, data), params, wrap)
    for name, part in gradient.items():
        index = tuple(int(i) for i in np.unravel_index(np.argmax(np.abs(part)), part.shape))
        wrong = {key: np.array(value) for key, value in gradient.items()}
        wrong[name][index] *= 1 + 1e-4
        report = check_gradient(lambda p: loss(p)[0], layers, nested(wrong))
        (found,) = [p for p in report.parameters if p.verdict == "wrong"]
        path = f"first/{name[0]}" if name[1] == "1" else f"rest[0][{'Wb'.index(name[0])}]"
        assert (found.name, found.worst, found.count("wrong")) == (path, index, 1), report
        tried += 1
    assert tried == 4


def planted_errors(seed):
    """Yield the model with each entry of its gradient, in turn, off by 1e-4 up or down."""
    rng = np.random.default_rng(seed)
    loss, params = ten_parameters(rng)
    _, gradient = loss(params)
    for name in gradient:
        for index in np.ndindex(np.shape(gradient[name])):
            wrong = {key: np.array(value) for key, value in gradient.items()}
            wrong[name][index] *= 1 + 1e-4 * rng.choice([-1, 1])
            yield loss, params, wrong, name, index


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("method", ["auto", "central", "complex"])
def test_an_error_of_1e_4_is_found_in_every_entry_of_ten(method, seed):
    tried = 0
    for loss, params, wrong, name, index in planted_errors(seed):
        report = check_gradient(lambda p, f=loss: f(p)[0], params, wrong, method=method)
        marked = [
            (p.name, *map(int, i))
            for p in report.parameters
            for i in np.argwhere(p.verdicts == "wrong")
        ]
        assert marked == [(name, *index)], f"planted in {name}{list(index)}:\n{report}"
        tried += 1
    assert tried == 10


def test_the_entries_of_the_models_of_ten_differ_by_orders_of_magnitude():
    spreads = []
    for seed in range(20):
        loss, params = ten_parameters(np.random.default_rng(seed))
        sizes = np.abs(np.concatenate([np.ravel(g) for g in loss(params)[1].values()]))
        spreads.append(sizes.max() / sizes.min())
    assert np.median(spreads) > 1e3
