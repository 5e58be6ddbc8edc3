"""Recurrent layers on top of each other, with dropout between them, on the kit's fast kernels.

A model that is made of them has `params`, `cell_type` ("rnn" or "lstm"), `activation` (of an RNN)
and `num_layers`. Layer 1 has the parameters Wx, Wh, b, the others Wx2, Wh2, b2 and so on. States
are a flat tuple, layer by layer: (h, h2, ...) of an RNN, (h, c, h2, c2, ...) of an LSTM, each
(N, H). Dropout never touches what a layer hands on to its own next step.
"""

import numpy as np

from cs231n.kernels import fast_recurrent as fast

__all__ = [
    "draw_mask",
    "first_states",
    "last_states",
    "masked",
    "names_of",
    "run",
    "run_back",
    "step",
    "top_of",
]


def names_of(layer):
    """The names of a layer's Wx, Wh and b: the first has the historical ones."""
    number = "" if layer == 1 else str(layer)
    return f"Wx{number}", f"Wh{number}", f"b{number}"


def first_states(model, N):
    """States of zeros for N sequences."""
    empty = np.zeros((N, model.params["Wh"].shape[0]), dtype=model.dtype)
    return (empty,) * (_each(model) * model.num_layers)


def top_of(model, states):
    """The hidden state of the highest layer."""
    return states[-_each(model)]


def run(model, x, states, masks, added=None, lengths=None):
    """Take whole sequences through all layers.

    Parameters
    ----------
    model : object
    x : ndarray, shape (N, T, D)
    states : tuple of ndarray (N, H)
    masks : dict
        "between2", ... (N, T, H) are multiplied with what enters a layer, where they are given.
    added : ndarray or None
        To what enters the first layer's cells, as the kernels take it.
    lengths : ndarray, shape (N,), int, or None

    Returns
    -------
    h : ndarray, shape (N, T, H)
        The highest layer's.
    caches : list
        For `run_back` and `last_states`, one a layer.
    """
    caches, each = [], _each(model)
    for layer in range(1, model.num_layers + 1):
        x = masked(x, masks, f"between{layer}")
        weights = [model.params[name] for name in names_of(layer)]
        options = {"added": added if layer == 1 else None, "lengths": lengths}
        of_layer = states[each * (layer - 1) : each * layer]
        if model.cell_type == "lstm":
            h0, c0 = of_layer
            x, cache = fast.lstm_forward_fast(x, h0, *weights, c0=c0, **options)
        else:
            options["activation"] = model.activation
            x, cache = fast.rnn_forward_fast(x, *of_layer, *weights, **options)
        caches.append((cache, x))
    return x, caches


def last_states(model, caches):
    """The states after the last step of sequences that all took T steps, T at least 1."""
    states = []
    for cache, h in caches:
        states.append(np.ascontiguousarray(h[:, -1]))
        if model.cell_type == "lstm":
            states.append(fast.lstm_last_cell(cache))
    return tuple(states)


def run_back(model, dh, caches, masks):
    """Go back through `run`.

    Returns
    -------
    dx : ndarray, shape (N, T, D)
    grads : dict of ndarray
        By the layers' parameters.
    dh0 : ndarray, shape (N, H)
        By the first layer's first state.
    dadded : ndarray or None
    """
    backward = fast.lstm_backward_fast if model.cell_type == "lstm" else fast.rnn_backward_fast
    dx, grads = dh, {}
    for layer in range(model.num_layers, 0, -1):
        cache, _ = caches[layer - 1]
        dx, dh0, dWx, dWh, db, dadded, *_ = backward(dx, cache)
        grads |= dict(zip(names_of(layer), (dWx, dWh, db)))
        dx = masked(dx, masks, f"between{layer}")
    return dx, grads, dh0, dadded


def step(model, x, states, added=None):
    """Take one step of every layer, x (N, D): the next states."""
    after = []
    for layer in range(1, model.num_layers + 1):
        Wx, Wh, b = (model.params[name] for name in names_of(layer))
        h = states[len(after)]
        gates = x @ Wx + h @ Wh + b
        if layer == 1 and added is not None:
            gates += added
        if model.cell_type == "lstm":
            x, c = _lstm_cell(gates, states[len(after) + 1])
            after += [x, c]
        else:
            x = np.tanh(gates) if model.activation == "tanh" else np.maximum(gates, 0)
            after.append(x)
    return tuple(after)


def masked(x, masks, name):
    """x times the mask of this name, if there is one."""
    return x * masks[name] if name in masks else x


def draw_mask(rng, shape, rate, dtype):
    """Draw a mask of inverted dropout: each number is 0, or 1 / (share kept)."""
    return (rng.random(shape) >= rate) * dtype.type(1 / (1 - rate))


def _each(model):
    """States of a layer."""
    return 2 if model.cell_type == "lstm" else 1


def _lstm_cell(gates, c):
    """The next h and c (N, H), from the four blocks of gates (N, 4H): i, f, o, g."""
    H = c.shape[1]
    i, f, o = (np.tanh(gates[:, k * H : (k + 1) * H] / 2) / 2 + 0.5 for k in range(3))
    c = f * c + i * np.tanh(gates[:, 3 * H :])
    return o * np.tanh(c), c
