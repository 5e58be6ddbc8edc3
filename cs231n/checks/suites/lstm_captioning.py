"""Checks of the notebook `lstm_captioning`: cells that keep, what gates do, a dropout put right."""

import numpy as np

from cs231n.checks.api import assert_close, assert_that, exercise, kind, oracle, require_array, take
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.handed_in_captioner import require_telling
from cs231n.checks.judge.lstm import (
    NAMES,
    SEQUENCE,
    STEP,
    STEP_NAMES,
    as_wide,
    draw_sequence,
    draw_step,
    require_derivatives,
    require_gates,
    require_states,
    tolerance,
)

# Per cent of sentences that tell scenes nobody has seen; tests/cs231n/handin/test_captioner.py.
FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL = 20, 38, 50, 60
BLOCKS = "The four blocks of the gates stand in the order i, f, o, g: input, forget, output, g."
STEP_SLIPS = [
    ("order", BLOCKS),
    ("swapped", "Input and forget gate are swapped: f keeps the old cell, i lets g in."),
    ("no tanh", "next_h is o times tanh(next_c): the tanh is missing."),
    ("g by sigmoid", "g, the fourth block, goes through tanh, not through a sigmoid."),
    ("no bias", "The bias is missing."),
]


def run_step(student, arrays):
    """(next_h, next_c), and the cache, of one step of the student's."""
    result = student.rnn_layers.lstm_step_forward(*arrays)
    next_h, next_c, cache = take(result, "next_h", "next_c", "cache")
    return (next_h, next_c), cache


def require_step(student, rng, sizes=STEP, dtype=np.float64):
    """Require both states after one step."""
    arrays = draw_step(rng, sizes, dtype)
    got, _ = run_step(student, arrays)
    expected = oracle.lstm_step(*as_wide(arrays))
    wrong = [(oracle.lstm_step(*as_wide(arrays), slip=slip), said) for slip, said in STEP_SLIPS]
    for at, name in ((1, "next_c"), (0, "next_h")):
        slips = [(states[at], said) for states, said in wrong]
        require_states(got[at], expected[at], name, slips, dtype)


@exercise("lstm-step-forward", weight=3)
def a_step_of_the_cell(student, rng):
    require_step(student, rng)


@exercise("lstm-step-forward")
def a_step_in_float32_stays_float32(student, rng):
    require_step(student, rng, (2, 4, 3), np.float32)


@exercise("lstm-step-forward")
def a_cell_keeps_what_its_gates_let_it_keep(student, rng):
    x, prev_h, prev_c, Wx, Wh, _ = draw_step(rng)
    H = prev_h.shape[1]
    b = np.repeat([-1e4, 1e4, 1e4, 0.0], H)  # nothing in, nothing forgotten, all of it shown
    (next_h, next_c), _ = run_step(student, (x, prev_h, prev_c, Wx, Wh, b))
    what = "with the input gate shut and the others open"
    assert_close(next_c, prev_c, f"next_c {what}")
    assert_close(next_h, np.tanh(prev_c), f"next_h {what}")


def require_step_derivatives(student, rng, sizes=STEP, dtype=np.float64, cuts=()):
    """Require all six derivatives of one step."""
    arrays = draw_step(rng, sizes, dtype)
    N, _, H = sizes
    upstream = rng.normal(size=(2, N, H)).astype(dtype)
    _, cache = run_step(student, arrays)
    result = student.rnn_layers.lstm_step_backward(*upstream, cache)
    got = take(result, *STEP_NAMES)
    wide = [*as_wide(upstream), *as_wide(arrays)]
    slips = [(oracle.lstm_step_gradients(*wide, cut=cut), said) for cut, said in cuts]
    order = ("dprev_c", "db", "dWx", "dWh", "dx", "dprev_h")
    expected = oracle.lstm_step_gradients(*wide)
    require_derivatives(got, expected, STEP_NAMES, dtype, slips, order)


@exercise("lstm-step-backward", weight=4)
def derivatives_of_a_step(student, rng):
    through_h = "next_h depends on next_c: dnext_h reaches the cell, too, through o and tanh."
    by_c = "dnext_c is not used: the next step reaches the cell by next_c, beside next_h."
    require_step_derivatives(student, rng, cuts=[("h", through_h), ("c", by_c)])


@exercise("lstm-step-backward")
def derivatives_of_a_step_in_float32(student, rng):
    require_step_derivatives(student, rng, (2, 4, 3), np.float32)


def require_sequence(student, rng, sizes=SEQUENCE, dtype=np.float64):
    """Require the states of a run over sequences."""
    arrays = draw_sequence(rng, sizes, dtype)
    h, _ = take(student.rnn_layers.lstm_forward(*arrays), "h", "cache")
    expected = oracle.lstm_states(*as_wide(arrays))["h"]
    cells = oracle.lstm_states(*as_wide(arrays), slip="cells from h0")["h"]
    still = np.repeat(expected[:, :1], sizes[1], axis=1)
    slips = [
        (cells, "The cells begin with zeros; h0 is only the first hidden state."),
        (expected[:, ::-1], "The steps come out in the wrong order: h[:, 0] is the first."),
        (still, "All steps are the first one: prev_h and prev_c should move on."),
    ]
    require_states(h, expected, "h", slips, dtype)


@exercise("lstm-forward", weight=2)
def a_run_over_sequences(student, rng):
    require_sequence(student, rng)


@exercise("lstm-forward")
def a_run_in_float32_stays_float32(student, rng):
    require_sequence(student, rng, (2, 5, 4, 3), np.float32)


def require_sequence_derivatives(student, rng, sizes=SEQUENCE, dtype=np.float64, cuts=()):
    """Require all five derivatives of a run over sequences."""
    arrays, (N, T, _, H) = draw_sequence(rng, sizes, dtype), sizes
    dh = rng.normal(size=(N, T, H)).astype(dtype)
    _, cache = take(student.rnn_layers.lstm_forward(*arrays), "h", "cache")
    got = take(student.rnn_layers.lstm_backward(dh, cache), *NAMES)
    wide = [dh.astype(np.float64), *as_wide(arrays)]
    slips = [(oracle.lstm_gradients(*wide, cut=cut), said) for cut, said in cuts]
    last = np.where(np.arange(T)[:, None] == T - 1, wide[0], 0)
    said = "Only the last step's dh is used: each step has a part in the loss of its own."
    slips.append((oracle.lstm_gradients(last, *wide[1:]), said))
    expected = oracle.lstm_gradients(*wide)
    require_derivatives(got, expected, NAMES, dtype, slips, ("db", "dWx", "dWh", "dx", "dh0"))


@exercise("lstm-backward", weight=4)
def derivatives_of_a_run(student, rng):
    cells = "What comes back by the cell is lost: hand dprev_c of one step to the one before."
    states = "What comes back by the hidden state is lost: add dprev_h to dh of the step before."
    require_sequence_derivatives(student, rng, cuts=[("cells", cells), ("states", states)])


@exercise("lstm-backward")
def derivatives_of_a_run_in_float32(student, rng):
    require_sequence_derivatives(student, rng, (2, 3, 4, 3), np.float32)


def require_first_bias(student, hidden_dim, half_life, dtype=np.float64):
    """Require the first bias: zeros, and what halves a cell in so many steps."""
    b = student.recurrent.lstm_gates.first_bias(hidden_dim, half_life, np.dtype(dtype).name)
    value, blocks = oracle.bias_that_halves(half_life), np.arange(4 * hidden_dim) // hidden_dim
    f, place = 0.5 ** (1 / half_life), blocks == 1
    slips = [
        (np.where(blocks == 0, value, 0), "This is the input gates' block; f is the second."),
        (np.where(place, f, 0), "This is the gate's value: which number has it as its sigmoid?"),
        (np.where(place, -value, 0), "The sign is turned: a larger bias forgets less."),
        (np.full(len(blocks), value), "Only the forget gates' block should not be 0."),
    ]
    expected = np.where(place, value, 0.0).astype(dtype)
    assert_no_mistake(b, expected, f"b for {half_life} steps", slips, tolerance(dtype))


@exercise("lstm-first-bias", weight=2)
def half_is_left_after_so_many_steps(student, rng):
    for half_life in (7, 40):
        require_first_bias(student, 3, half_life)


@exercise("lstm-first-bias")
def the_first_bias_has_the_precision_asked_for(student, rng):
    require_first_bias(student, 2, 2.5, np.float32)


def require_gates_over_time(student, rng, sizes=SEQUENCE, dtype=np.float64):
    """Require gates, cells and states of a run over sequences."""
    arrays = draw_sequence(rng, sizes, dtype)
    gates, wide = student.recurrent.lstm_gates.gates_over_time(*arrays), as_wide(arrays)
    expected = oracle.lstm_states(*wide)
    names = ", ".join(f'"{name}"' for name in expected)
    keeps = isinstance(gates, dict) and set(gates) == set(expected)
    assert_that(keeps, f"The function should return a dict of {names}.", got=kind(gates))
    rows = [array.reshape(-1, array.shape[2]) for array in (wide[0], expected["h"])]
    _, own = oracle.lstm_step(*rows, 0 * rows[1], *wide[2:])  # c = i g, where all see themselves
    late = "A step's gates see the state before it: h[t-1], and the first one h0."
    for name in "ig":
        require_array(gates[name], f'gates["{name}"]', expected[name].shape, dtype)
    product = (expected["i"] * expected["g"]).astype(dtype)
    slips = [(own.reshape(product.shape), late)]
    what = 'gates["i"] * gates["g"]'
    assert_no_mistake(gates["i"] * gates["g"], product, what, slips, tolerance(dtype))
    require_gates(gates, expected, dtype)


@exercise("lstm-gates", weight=2)
def gates_and_cells_of_every_step(student, rng):
    require_gates_over_time(student, rng)


@exercise("lstm-gates")
def gates_in_float32_stay_float32(student, rng):
    require_gates_over_time(student, rng, (2, 5, 4, 3), np.float32)


def require_saturation(student, rng, sizes=(4, 5, 3), **bounds):
    """Require the shares of both ends, where some steps do not count."""
    gate, counts = rng.beta(0.4, 0.4, size=sizes), rng.random(sizes[:2]) < 0.6
    counts[0, 0], counts[-1, -1] = True, False
    result = student.recurrent.lstm_gates.saturation(gate, counts, **bounds)
    shut, opened = take(result, "shut", "open")
    low, high = bounds.get("low", 0.1), bounds.get("high", 0.9)
    expected = oracle.shut_and_open(gate, counts, low, high)
    every = oracle.shut_and_open(gate, np.ones_like(counts), low, high)
    share = counts.mean()
    padding = "Steps that do not count are in it: take those only where counts is True."
    divided = "The sum is divided by all steps; divide by those that count."
    for got, value, whole, name in zip((shut, opened), expected, every, ("shut", "open")):
        slips = [(whole, padding), (value * share, divided)]
        slips.append((100 * value, "These are per cent: shares run from 0 to 1."))
        assert_no_mistake(got, value, name, slips)


@exercise("gate-saturation", weight=2)
def shares_of_the_steps_that_count(student, rng):
    require_saturation(student, rng)


@exercise("gate-saturation")
def the_bounds_are_those_that_are_given(student, rng):
    require_saturation(student, rng, low=0.3, high=0.6)


def require_dropped_derivatives(student, rng, sizes=SEQUENCE, dtype=np.float64, kept=0.5):
    """Require the derivatives with a fixed mask; kept = 1 drops nothing."""
    arrays, (N, T, _, H) = draw_sequence(rng, sizes, dtype, blocks=1), sizes
    dout = rng.normal(size=(N, T, H)).astype(dtype)
    mask = (rng.random((N, T, H)) < kept) / kept
    module = student.recurrent.recurrent_dropout
    _, cache = take(module.rnn_dropout_forward(*arrays, mask), "out", "cache")
    got = take(module.rnn_dropout_backward(dout, cache), *NAMES)
    expected = oracle.dropped_gradients(dout.astype(np.float64), *as_wide(arrays), mask)
    said = "These are the derivatives of the function with the mistake: where was the mask used?"
    slips = [(module.rnn_dropout_backward_wrong(dout, cache), said)]
    bare = oracle.dropped_gradients(dout.astype(np.float64), *as_wide(arrays), np.ones(mask.shape))
    slips.append((bare, "The mask is missing: what was dropped has no part in the loss by itself."))
    through = (mask > 0) * dout.astype(np.float64)
    unscaled = oracle.dropped_gradients(through, *as_wide(arrays), np.ones(mask.shape))
    slips.append((unscaled, "What was kept was divided by the share: so is its derivative."))
    require_derivatives(got, expected, NAMES, dtype, slips, ("db", "dx", "dWx", "dh0", "dWh"))


@exercise("rnn-dropout-backward", weight=3)
def derivatives_with_a_fixed_mask(student, rng):
    require_dropped_derivatives(student, rng)


@exercise("rnn-dropout-backward")
def derivatives_with_hardly_anything_kept(student, rng):
    require_dropped_derivatives(student, rng, (2, 5, 3, 4), kept=0.25)


@exercise("rnn-dropout-backward")
def derivatives_with_a_mask_in_float32(student, rng):
    require_dropped_derivatives(student, rng, (2, 3, 4, 3), np.float32)


@exercise("captioner-tuned")
def first_step_on_unseen_scenes(student, rng, scenes):
    require_telling(student, scenes, FIRST_STEP)


@exercise("captioner-tuned")
def second_step_on_unseen_scenes(student, rng, scenes):
    require_telling(student, scenes, SECOND_STEP)


@exercise("captioner-tuned")
def third_step_on_unseen_scenes(student, rng, scenes):
    require_telling(student, scenes, THIRD_STEP)


@exercise("captioner-tuned")
def goal_on_unseen_scenes(student, rng, scenes):
    require_telling(student, scenes, GOAL)
