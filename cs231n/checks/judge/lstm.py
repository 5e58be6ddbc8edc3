"""What the checks of LSTMs share: drawn sequences, parameters, and derivatives with their names."""

import numpy as np

from cs231n.checks.asserts import ROUNDING, ROUNDING32, assert_close

from .diagnosis import assert_no_mistake

STEP = (3, 5, 2)  # N, D, H
SEQUENCE = (4, 3, 5, 2)  # N, T, D, H
STEP_NAMES = ("dx", "dprev_h", "dprev_c", "dWx", "dWh", "db")
NAMES = ("dx", "dh0", "dWx", "dWh", "db")


def draw_step(rng, sizes=STEP, dtype=np.float64):
    """Draw x, prev_h, prev_c, Wx, Wh, b of one step; no bias is 0."""
    N, D, H = sizes
    return _drawn(rng, [(N, D), (N, H), (N, H), *_weights(D, 4 * H)], dtype)


def draw_sequence(rng, sizes=SEQUENCE, dtype=np.float64, blocks=4):
    """Draw x, h0, Wx, Wh, b of a run over sequences, for so many blocks of gates."""
    N, T, D, H = sizes
    return _drawn(rng, [(N, T, D), (N, H), *_weights(D, blocks * H, H)], dtype)


def as_wide(arrays):
    """The arrays as float64."""
    return [array.astype(np.float64) for array in arrays]


def tolerance(dtype):
    """What is rounding in this precision."""
    return ROUNDING if np.dtype(dtype) == np.float64 else ROUNDING32


def require_derivatives(got, expected, names, dtype=np.float64, slips=(), order=None):
    """Require derivatives by name, those by weights first, for there a slip shows most plainly.

    Parameters
    ----------
    got, expected : sequences of ndarray
    names : tuple of str
    dtype : dtype
        That the student's should have.
    slips : sequence of (values, sentence)
        What all of them come to where someone makes a mistake, and what to say.
    order : sequence of str, optional
        The names in the order they are compared in.
    """
    wanted = [array.astype(dtype) for array in expected]
    for name in order or names:
        at = names.index(name)
        mistakes = [(values[at], sentence) for values, sentence in slips]
        assert_no_mistake(got[at], wanted[at], name, mistakes, tolerance(dtype))


def require_states(got, expected, what, slips=(), dtype=np.float64):
    """Require states, and say which mistake gives those that came."""
    assert_no_mistake(got, expected.astype(dtype), what, slips, tolerance(dtype))


def require_gates(got, expected, dtype=np.float64):
    """Require a dict of the arrays of `gates_over_time`."""
    for name, value in expected.items():
        assert_close(got.get(name), value.astype(dtype), f'gates["{name}"]', tolerance(dtype))


def _weights(D, M, H=None):
    return [(D, M), (H or M // 4, M), (M,)]


def _drawn(rng, shapes, dtype):
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]
