"""The oracles of LSTMs, against numbers worked out by hand."""

import numpy as np
import pytest

from grading.oracles.lstm_captioning import (
    bias_that_halves,
    dropped_gradients,
    lstm_gradients,
    lstm_states,
    lstm_step,
    lstm_step_gradients,
    shut_and_open,
)

pytestmark = pytest.mark.assignment3

# One unit, weights of 0: the bias alone sets i = 1/2, f = 1/4, o = 3/4 and g = 1/2.
B = np.array([0.0, -np.log(3), np.log(3), np.arctanh(0.5)])
ONE, CELL = np.ones((1, 1)), np.full((1, 1), 3.0)  # c = 1/4 3 + 1/2 1/2 = 1
NOTHING = np.zeros((1, 4))
STEP = (ONE, ONE, CELL, NOTHING, NOTHING, B)
T1 = np.tanh(1.0)


def test_a_step():
    next_h, next_c = lstm_step(*STEP)
    np.testing.assert_allclose((next_h[0, 0], next_c[0, 0]), (0.75 * T1, 1))


def test_slips_of_a_step():
    np.testing.assert_allclose(lstm_step(*STEP, slip="no tanh")[0], 0.75)
    np.testing.assert_allclose(lstm_step(*STEP, slip="swapped")[1], 0.5 * 3 + 0.25 * 0.5)
    by_sigmoid = 1 / (1 + 3**-0.5)  # arctanh(1/2) = log(3) / 2
    np.testing.assert_allclose(lstm_step(*STEP, slip="g by sigmoid")[1], 0.75 + 0.5 * by_sigmoid)
    np.testing.assert_allclose(lstm_step(*STEP, slip="order")[1], 0.75 + 0.5 * np.tanh(np.log(3)))
    np.testing.assert_allclose(lstm_step(*STEP, slip="no bias")[1], 1.5)


def test_derivatives_of_a_step():
    dx, dprev_h, dprev_c, dWx, dWh, db = lstm_step_gradients(ONE, 2 * ONE, *STEP)
    dc = 2 + 0.75 * (1 - T1**2)
    np.testing.assert_allclose(dprev_c, 0.25 * dc)
    expected = [dc * 0.5 / 4, dc * 3 * 3 / 16, T1 * 3 / 16, dc * 0.5 * 0.75]
    np.testing.assert_allclose(db, expected)
    np.testing.assert_allclose((dWx[0], dWh[0]), (expected, expected))
    np.testing.assert_array_equal((dx, dprev_h), np.zeros((2, 1, 1)))


def test_ways_that_are_cut():
    cut = lstm_step_gradients(ONE, 2 * ONE, *STEP, cut="h")[2]
    np.testing.assert_allclose(cut, 0.25 * 2)
    cut = lstm_step_gradients(ONE, 2 * ONE, *STEP, cut="c")[2]
    np.testing.assert_allclose(cut, 0.25 * 0.75 * (1 - T1**2))


def test_a_run():
    states = lstm_states(np.ones((1, 2, 1)), ONE, NOTHING, NOTHING, B)
    np.testing.assert_allclose(states["c"][0, :, 0], [0.25, 0.3125])
    np.testing.assert_allclose(states["h"], 0.75 * np.tanh(states["c"]))
    np.testing.assert_allclose([states[k][0, 1, 0] for k in "ifog"], [0.5, 0.25, 0.75, 0.5])
    from_h0 = lstm_states(np.ones((1, 2, 1)), ONE, NOTHING, NOTHING, B, slip="cells from h0")
    np.testing.assert_allclose(from_h0["c"][0, :, 0], [0.5, 0.375])


def test_derivatives_of_a_run_and_what_is_cut():
    run = (np.ones((1, 2, 1)), ONE, NOTHING, NOTHING, B)
    dh = np.array([0.0, 1.0]).reshape(1, 2, 1)  # the last state alone
    slope = 0.75 * (1 - np.tanh(0.3125) ** 2)
    db = lstm_gradients(dh, *run)[4]
    np.testing.assert_allclose(db[3], slope * 0.5 * 0.75 * 1.25)  # by both steps' g
    np.testing.assert_allclose(lstm_gradients(dh, *run, cut="cells")[4][3], slope * 0.5 * 0.75)
    np.testing.assert_allclose(lstm_gradients(dh, *run, cut="states")[4], db)  # Wh is 0


def test_the_bias_that_halves():
    assert bias_that_halves(1) == pytest.approx(0, abs=1e-12)
    assert bias_that_halves(2) == pytest.approx(np.log(1 / (2**0.5 - 1)))


def test_shares_of_steps():
    gate = np.array([[[0.0], [1.0], [0.5]]])
    counts = np.array([[True, False, True]])
    np.testing.assert_array_equal(shut_and_open(gate, counts, 0.1, 0.9), [[0.5], [0]])


def test_derivatives_with_dropped_outputs():
    # h1 = 1, h2 = 2 h1 + 1 = 3, and of the outputs only the second is kept, twice as large
    x, mask = np.ones((1, 2, 1)), np.array([0.0, 2.0]).reshape(1, 2, 1)
    arrays = (x, np.zeros((1, 1)), ONE, 2 * ONE, np.zeros(1))
    dx, dh0, dWx, dWh, db = dropped_gradients(np.ones((1, 2, 1)), *arrays, mask)
    np.testing.assert_allclose(dx[0, :, 0], [4, 2])
    np.testing.assert_allclose((dh0[0, 0], dWx[0, 0], dWh[0, 0], db[0]), (8, 6, 2, 6))
