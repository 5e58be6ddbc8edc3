"""What the checks of language networks share: drawn stacks and networks, known mistakes."""

import numpy as np

from cs231n.checks.asserts import (
    ROUNDING,
    ROUNDING32,
    assert_close,
    assert_that,
    kind,
    require_array,
    take,
)
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake
from .recurrent import NAMES, wide

TOKENS = 5


def single(x, h0, *weights):
    """States (N, T, H) of one rectified layer, from the oracle."""
    return oracle.stacked_states(x, [h0], [weights], "relu")[0]


def layer_back(student, rng, inputs):
    """The student's derivatives of a rectified layer, those expected, and mistakes to be told."""
    _, cache = take(student.language.recurrence.relu_rnn_forward(*inputs), "h", "cache")
    dh = rng.normal(size=(*inputs[0].shape[:2], inputs[1].shape[1])).astype(inputs[0].dtype)
    got = take(student.language.recurrence.relu_rnn_backward(dh, cache), *NAMES)
    dh, x, h0, *weights = wide(dh, *inputs)
    expected = _of_layer(dh, x, h0, weights, "relu")
    T, h = x.shape[1], single(x, h0, *weights)
    before = [h0, *(h[:, t] for t in range(T - 1))]
    alone = [_of_layer(dh[:, [t]], x[:, [t]], before[t], weights, "relu") for t in range(T)]
    local = "What comes from later steps is missing: a state also reaches the loss through them."
    flat = "The slope of max(0, a) is missing: a cell that is 0 passes nothing back."
    tanh = "These are the slopes of tanh, not of max(0, a)."
    through = _of_layer(dh, x, h0, weights, "none")
    slips = {"db": [(dh.sum(axis=(0, 1)), flat), (through[4], flat)]}
    for i in (2, 3, 4):
        told = [(sum(part[i] for part in alone), local)]
        told.append((_of_layer(dh, x, h0, weights, "tanh")[i], tanh))
        slips[NAMES[i]] = slips.get(NAMES[i], []) + told
    return got, expected, slips


def _of_layer(dh, x, h0, weights, cell):
    """dx, dh0, dWx, dWh, db of one layer, from the oracle."""
    found = oracle.stacked_gradients(dh, x, [h0], [weights], cell)
    return [found["x"], found["states"][0], *found["layers"][0]]


def draw_stack(rng, L, N=2, T=3, D=3, H=4):
    """Draw x (N, T, D), first states and weights of L layers."""
    states = [rng.uniform(0.2, 1, size=(N, H)) for _ in range(L)]
    layers = []
    for k in range(L):
        below = H if k else D
        Wx, Wh = rng.normal(size=(below, H)) / np.sqrt(below), rng.normal(size=(H, H)) / np.sqrt(H)
        layers.append((Wx, Wh, rng.uniform(0.1, 0.6, size=H)))
    return rng.normal(size=(N, T, D)), states, layers


def require_stack(student, x, states, layers, cell, expected, slips=(), dtype=np.float64):
    """Require the highest states, and the last ones of every layer."""
    tol = ROUNDING32 if dtype == np.float32 else ROUNDING
    x, states = x.astype(dtype), [h0.astype(dtype) for h0 in states]
    layers = [tuple(weight.astype(dtype) for weight in weights) for weights in layers]
    result = student.language.recurrence.stack_forward(x, states, layers, cell)
    h, last, _ = take(result, "h", "last", "caches")
    what = f"{len(layers)} layer(s) of {cell}"
    assert_no_mistake(h, expected[-1].astype(dtype), f"{what}: h", slips, tol)
    is_list = isinstance(last, list | tuple) and len(last) == len(layers)
    message = f"{what}: last should be a list of one state (N, H) for each layer."
    assert_that(is_list, message, f"a list of {len(layers)}", kind(last))
    for k, state in enumerate(last):
        right = expected[k][:, -1].astype(dtype)
        told = [
            (expected[-1 - k][:, -1], "They are in the wrong order: the lowest layer comes first."),
            (
                states[k],
                "These are the states before the first step: those after the last are due.",
            ),
            (expected[k][:, 0], "These are the states after the first step, not after the last."),
        ]
        assert_no_mistake(state, right, f"{what}: last[{k}]", told, tol)


def require_stack_gradients(student, rng, x, states, layers, cell, dtype=np.float64):
    """Require dx, and the derivatives with respect to the weights of every layer."""
    dh = rng.normal(size=(*x.shape[:2], len(layers[0][2])))
    expected = oracle.stacked_gradients(dh, x, states, layers, cell)
    small = [tuple(weight.astype(dtype) for weight in weights) for weights in layers]
    first = [h0.astype(dtype) for h0 in states]
    recurrence = student.language.recurrence
    result = recurrence.stack_forward(x.astype(dtype), first, small, cell)
    _, _, caches = take(result, "h", "last", "caches")
    result = recurrence.stack_backward(dh.astype(dtype), caches, cell)
    dx, grads = take(result, "dx", "grads")
    tol, what = ROUNDING32 if dtype == np.float32 else ROUNDING, f"{len(layers)} layer(s) of {cell}"
    is_list = isinstance(grads, list | tuple) and len(grads) == len(layers)
    message = f"{what}: grads should be a list of (dWx, dWh, db) for each layer."
    assert_that(is_list, message, f"a list of {len(layers)}", kind(grads))
    for k, (of_layer, right) in enumerate(zip(grads, expected["layers"])):
        where = f"grads[{k}]"
        three = take(of_layer, "dWx", "dWh", "db")
        turned = expected["layers"][-1 - k]
        message = "The layers are in the wrong order: the lowest comes first."
        for name, got, value, other in zip(("dWx", "dWh", "db"), three, right, turned):
            require_array(got, f"{what}: {name} of {where}")
            in_order = got.shape != other.shape or other.shape == value.shape
            assert_that(in_order, message, str(value.shape), str(got.shape), f"{name} of {where}")
            told = [(other, message)]
            assert_no_mistake(got, value.astype(dtype), f"{what}: {name} of {where}", told, tol)
    assert_close(dx, expected["x"].astype(dtype), f"{what}: dx", tol)


def draw_model(rng, layers=1, V=TOKENS, D=3, H=4):
    """Draw parameters of a LanguageModel, none of them 0."""
    params = {
        "W_embed": rng.normal(size=(V, D)),
        "W_vocab": rng.normal(size=(H, V)),
        "b_vocab": rng.normal(size=V),
    }
    for k in range(1, layers + 1):
        below = D if k == 1 else H
        params[f"Wx{k}"] = rng.normal(size=(below, H)) / np.sqrt(below)
        params[f"Wh{k}"] = rng.normal(size=(H, H)) / np.sqrt(H)
        params[f"b{k}"] = rng.uniform(0.2, 0.7, size=H)
    return params


def draw_case(rng, layers=1, N=3, T=4, H=4):
    """Draw (x, y, mask, states); rows end after different numbers of tokens."""
    x, y = rng.integers(TOKENS, size=(2, N, T))
    x[:, 1] = x[0, 0]  # a token that comes more than once
    mask = np.arange(T) < np.linspace(T, 1, N).round()[:, None]
    return x, y, mask, [rng.uniform(0.2, 1, size=(N, H)) for _ in range(layers)]


def language_model(student, params, cell, dtype="float64"):
    """A student's LanguageModel with these parameters."""
    (V, D), H = params["W_embed"].shape, len(params["W_vocab"])
    layers = sum(name.startswith("Wh") for name in params)
    model = student.language.language_model.LanguageModel(V, D, H, layers, cell, dtype)
    model.set("params", {name: value.astype(dtype) for name, value in params.items()})
    return model


def run(student, params, case, cell):
    """The loss, gradients and last states of a student's model."""
    model = language_model(student, params, cell)
    return loss_and_gradients(model.loss(*case), params)


def loss_and_gradients(result, params):
    """Unpack what `loss` returned, its gradients of the names and shapes of the parameters."""
    loss, grads, last = take(result, "loss", "grads", "last")
    is_right = isinstance(grads, dict) and grads.keys() == params.keys()
    message = "grads should have one array for each parameter, by its name."
    got = ", ".join(sorted(map(str, grads))) if isinstance(grads, dict) else kind(grads)
    assert_that(is_right, message, ", ".join(sorted(params)), got)
    for name, value in params.items():
        require_array(grads[name], f"grads[{name!r}]", shape=value.shape)
    return loss, grads, last
