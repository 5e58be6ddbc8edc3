"""What the checks of LSTMs expect: cells unit by unit, and derivatives by complex steps.

Where a derivative can be got nearly right, `cut` names a way that is left out, as a slip does.
"""

import numpy as np

from grading.oracles._complex_step import slopes


def lstm_step(x, prev_h, prev_c, Wx, Wh, b, slip=""):
    """One step: (next_h, next_c), each (N, H).

    A slip is "order" (g before o), "no tanh" (next_h = o next_c), "g by sigmoid", "swapped" (i and
    f), or "no bias".
    """
    arrays = [np.asarray(a, dtype=np.complex128) for a in (x, prev_h, prev_c, Wx, Wh, b)]
    return tuple(a.real for a in _step(*arrays, slip=slip)[:2])


def lstm_step_gradients(dnext_h, dnext_c, x, prev_h, prev_c, Wx, Wh, b, cut=""):
    """Derivatives of sum(dnext_h next_h + dnext_c next_c) by the six arrays, in their order.

    A cut is "h" (the way from next_h through next_c) or "c" (all that comes by dnext_c).
    """

    def loss(*arrays):
        next_h, next_c, gates = _step(*arrays)
        if cut == "h":
            next_h = gates["o"] * np.tanh(next_c.real)
        return (dnext_h * next_h).sum() + (0 if cut == "c" else (dnext_c * next_c).sum())

    return _gradients(loss, (x, prev_h, prev_c, Wx, Wh, b))


def lstm_states(x, h0, Wx, Wh, b, slip=""):
    """All of a run over sequences: {"h", "i", "f", "o", "g", "c"}, each (N, T, H).

    A slip is "cells from h0" (the first cell state is h0) or one of `lstm_step`.
    """
    arrays = [np.asarray(a, dtype=np.complex128) for a in (x, h0, Wx, Wh, b)]
    return {name: value.real for name, value in _run(*arrays, slip=slip).items()}


def lstm_gradients(dh, x, h0, Wx, Wh, b, cut=""):
    """Derivatives of sum(dh h) by x, h0, Wx, Wh, b.

    A cut is "cells" or "states": nothing comes back through those of the step before.
    """
    return _gradients(lambda *arrays: (dh * _run(*arrays, cut=cut)["h"]).sum(), (x, h0, Wx, Wh, b))


def bias_that_halves(steps):
    """The number whose sigmoid, multiplied by itself so many times, is one half; by bisection."""
    low, high = -50.0, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        if steps * np.log1p(np.exp(-middle)) > np.log(2):  # what is left is less than half
            low = middle
        else:
            high = middle
    return (low + high) / 2


def shut_and_open(gate, counts, low, high):
    """Shares of the steps that count in which each unit's gate is below low, and above high."""
    H, pairs = gate.shape[2], [(n, t) for n, t in np.ndindex(counts.shape) if counts[n, t]]
    shut, opened = np.zeros(H), np.zeros(H)
    for k in range(H):
        shut[k] = sum(gate[n, t, k] < low for n, t in pairs) / len(pairs)
        opened[k] = sum(gate[n, t, k] > high for n, t in pairs) / len(pairs)
    return shut, opened


def dropped_gradients(dout, x, h0, Wx, Wh, b, mask):
    """Derivatives of sum(dout out) by x, h0, Wx, Wh, b; out is the states with the mask."""

    def loss(x, h0, Wx, Wh, b):
        h, total = h0, 0
        for t in range(x.shape[1]):
            a = x[:, t] @ Wx + h @ Wh + b
            h = np.where(a.real > 0, a, 0)
            total = total + (dout[:, t] * mask[:, t] * h).sum()
        return total

    return _gradients(loss, (x, h0, Wx, Wh, b))


def _step(x, prev_h, prev_c, Wx, Wh, b, slip=""):
    """next_h, next_c and the gates, unit by unit, complex."""
    H = prev_h.shape[1]
    next_h, next_c = np.empty((2, *prev_h.shape), dtype=np.complex128)
    names = {"order": "ifgo", "swapped": "fiog"}.get(slip, "ifog")
    gates = {name: np.empty_like(next_h) for name in names}
    a = np.einsum("nd,dk->nk", x, Wx) + np.einsum("nh,hk->nk", prev_h, Wh)
    for k in range(H):
        for block, name in enumerate(names):
            into = a[:, block * H + k] + (0 if slip == "no bias" else b[block * H + k])
            by_tanh = name == "g" and slip != "g by sigmoid"
            gates[name][:, k] = np.tanh(into) if by_tanh else 1 / (1 + np.exp(-into))
        i, f, o, g = (gates[name][:, k] for name in "ifog")
        next_c[:, k] = f * prev_c[:, k] + i * g
        next_h[:, k] = o * (next_c[:, k] if slip == "no tanh" else np.tanh(next_c[:, k]))
    return next_h, next_c, gates


def _run(x, h0, Wx, Wh, b, slip="", cut=""):
    """All steps, complex; what is cut is a constant for the next step."""
    rows = {name: [] for name in "ifogch"}
    h, c = h0, h0.copy() if slip == "cells from h0" else np.zeros_like(h0)
    for t in range(x.shape[1]):
        h, c, gates = _step(x[:, t], h, c, Wx, Wh, b, slip)
        for name, value in (gates | {"c": c, "h": h}).items():
            rows[name].append(value)
        h, c = h.real if cut == "states" else h, c.real if cut == "cells" else c
    return {name: np.stack(values, axis=1) for name, values in rows.items()}


def _gradients(loss, arrays):
    """Derivatives of a number by each of some arrays."""
    wide = [np.asarray(a, dtype=np.complex128) for a in arrays]
    return tuple(
        slopes(lambda moved, at=at: loss(*wide[:at], moved, *wide[at + 1 :]), array.real)
        for at, array in enumerate(wide)
    )


ORACLES = [
    lstm_step,
    lstm_step_gradients,
    lstm_states,
    lstm_gradients,
    bias_that_halves,
    shut_and_open,
    dropped_gradients,
]
