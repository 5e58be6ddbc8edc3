"""What the checks of recurrent networks share: drawn sequences, known mistakes."""

import numpy as np

from cs231n.checks.asserts import ROUNDING, ROUNDING32, assert_that, require_array
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake

NAMES = ("dx", "dh0", "dWx", "dWh", "db")
MEAN = "This is a mean over the sequences: add them up. The loss has divided by N already."


def draw_sequences(rng, N=2, T=4, D=3, H=5, dtype=np.float64):
    """Draw (x, h0, Wx, Wh, b) of an RNN, so small that tanh is not flat; b is not 0."""
    x, h0 = rng.normal(size=(N, T, D)), 0.5 * rng.normal(size=(N, H))
    Wx, Wh = rng.normal(size=(D, H)) / np.sqrt(D), rng.normal(size=(H, H)) / np.sqrt(H)
    b = rng.choice([-1, 1], size=H) * rng.uniform(0.2, 0.8, size=H)
    return tuple(a.astype(dtype) for a in (x, h0, Wx, Wh, b))


def draw_step(rng, N=4, D=3, H=5, dtype=np.float64):
    """Draw (x, prev_h, Wx, Wh, b) of one step."""
    x, *rest = draw_sequences(rng, N, 1, D, H, dtype)
    return (x[:, 0], *rest)


def wide(*arrays):
    """Arrays as float64."""
    return [a.astype(np.float64) for a in arrays]


def tolerance(dtype):
    """What counts as rounding in this precision."""
    return ROUNDING32 if dtype == np.float32 else ROUNDING


def state_after(x, prev_h, *weights):
    """The state after one step, (N, H), from the oracle."""
    return oracle.recurrent_states(x[:, None], prev_h, *weights)[:, 0]


def step_gradients(dnext_h, x, prev_h, *weights):
    """Derivatives of one step from the oracle; dx is (N, D)."""
    steps = dnext_h[:, None], x[:, None]
    dx, *rest = oracle.recurrent_gradients(*steps, prev_h, *weights)
    return (dx[:, 0], *rest)


def step_slips(x, prev_h, Wx, Wh, b, expected):
    """What comes out of the usual mistakes in one step."""
    return [
        (np.arctanh(expected), "These are the numbers before tanh."),
        (state_after(x, prev_h, Wx, Wh, 0 * b), "The bias is missing."),
        (state_after(x, 0 * prev_h, Wx, Wh, b), "The state before the step is missing."),
        (state_after(0 * x, prev_h, Wx, Wh, b), "What comes in, x, is missing."),
        (
            state_after(x, prev_h, Wx, Wh.T, b),
            "Wh is transposed: states stand before it.",
        ),
    ]


def sequence_slips(x, h0, Wx, Wh, b, expected):
    """What comes out of the usual mistakes in a sequence."""
    states, weights, steps = oracle.recurrent_states, (Wx, Wh, b), x.shape[1]
    alone = [states(x[:, [t]], h0, *weights) for t in range(steps)]
    turned = states(x[:, ::-1], h0, *weights)
    message = "The sequence is read from its end: step 0 comes first."
    before = np.roll(expected, 1, axis=1)
    before[:, 0] = h0
    return [
        (np.concatenate(alone, axis=1), "Every step begins at h0: hand each state to the next."),
        (states(x, 0 * h0, *weights), "The first state is 0 here: it should be h0."),
        (turned, message),
        (turned[:, ::-1], message),
        (before, "These are the states before each step: h[:, t] is the one after step t."),
        (expected[:, ::-1], "The states are written in the wrong order: h[:, t] is after step t."),
    ]


def require_states(h, expected, what, slips=(), dtype=np.float64):
    """Require states (N, T, H), and say so where time stands first."""
    require_array(h, what)
    N, T, H = expected.shape
    message = f"{what} has time first: h[n, t] is the state of sequence n after step t."
    assert_that(h.shape != (T, N, H) or N == T, message, str((N, T, H)), str(h.shape), what)
    assert_no_mistake(h, expected.astype(dtype), what, slips, tolerance(dtype))


def require_derivatives(got, expected, names=NAMES, slips=None, dtype=np.float64):
    """Require derivatives by x, state, Wx, Wh and b; the simplest first.

    Parameters
    ----------
    got, expected : sequence of ndarray
    names : sequence of str
        dx, that of the state, dWx, dWh and db.
    slips : dict of str to list, optional
        Name -> (value, sentence) of each mistake to be told.
    dtype : dtype
    """
    slips, N = slips or {}, len(expected[0])
    for i in (4, 2, 3, 0, 1):
        name, right = names[i], expected[i].astype(dtype)
        told = list(slips.get(name, []))
        if i in (2, 3, 4):
            told.append((right / N, MEAN))
        if i == 3:
            told.append((right.T, "dWh is transposed: rows belong to the state before the step."))
        assert_no_mistake(got[i], right, name, told, tolerance(dtype))


def step_back_slips(dnext_h, next_h, expected, Wh):
    """The derivatives of those who slip at tanh, or at the weights."""
    missing = "The slope of tanh is missing."
    after = "dWh belongs to the state before the step: here it is that of the one after."
    into_tanh = np.linalg.solve(Wh, expected[1].T).T  # (N, H), the derivative by that
    by_a = "The slope of tanh(a) is not 1 - tanh(a): square it."
    twice = "next_h is tanh(a) already: here tanh is applied once more."
    return {
        "db": [
            (dnext_h.sum(axis=0), missing),
            (np.sum(dnext_h - dnext_h * next_h, axis=0), by_a),
            (np.sum(dnext_h / np.cosh(next_h) ** 2, axis=0), twice),
        ],
        "dWh": [(next_h.T @ into_tanh, after)],
        "dprev_h": [(into_tanh @ Wh, "On the way back it is the transposed Wh that multiplies.")],
    }


def sequence_back_slips(dh, inputs, h, expected):
    """The derivatives of those who forget a way back, or a step."""
    x, h0, Wx, Wh, b = inputs
    back, T = oracle.recurrent_gradients, x.shape[1]
    only_last = dh * (np.arange(T) == T - 1)[:, None]
    last = "Only the last step's dh arrives: every state has one of its own, too."
    before = [h0, *(h[:, t] for t in range(T - 1))]
    alone = [back(dh[:, [t]], x[:, [t]], before[t], Wx, Wh, b) for t in range(T)]
    local = "What comes from later steps is missing: a state also reaches the loss through them."
    first = np.linalg.solve(Wh, expected[1].T).T  # (N, H), by what goes into tanh at step 0
    shares = "This is the share of one step: the shares of all steps add up."
    of_h0 = h0.T @ first
    slips = {"db": [(first.sum(axis=0), shares)], "dWx": [(x[:, 0].T @ first, shares)]}
    slips["dWh"] = [
        (of_h0, shares),
        (expected[3] - of_h0, "The state before the first step is h0: its share is missing."),
    ]
    for i, name in enumerate(NAMES[2:], 2):
        told = [(back(only_last, *inputs)[i], last), (sum(part[i] for part in alone), local)]
        slips[name] = slips.get(name, []) + told
    slips["dx"] = [(expected[0][:, ::-1], "dx is in the wrong order: dx[:, t] is of step t.")]
    return slips
