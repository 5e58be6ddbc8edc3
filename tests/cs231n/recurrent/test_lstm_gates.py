"""Gates: the first bias, what they are at each step, and how often they are shut or open."""

import numpy as np
import pytest

from cs231n.recurrent.lstm_gates import first_bias, gates_over_time, saturation
from cs231n.rnn_layers import lstm_forward, lstm_step_forward, sigmoid

pytestmark = pytest.mark.assignment3


def test_a_bias_of_one_half_life():
    np.testing.assert_array_equal(first_bias(2, 1), np.zeros(8))  # sigmoid(0) = 1/2


def test_half_of_a_cell_is_left_after_its_half_life():
    H, steps = 3, 12
    b, c = first_bias(H, steps, np.float64), np.array([[1.0, -2.0, 0.5]])
    first, weights = c.copy(), [np.zeros((2, 4 * H)), np.zeros((H, 4 * H))]
    for _ in range(steps):
        _, c, _ = lstm_step_forward(np.zeros((1, 2)), np.zeros((1, H)), c, *weights, b)
    np.testing.assert_allclose(c, first / 2)


def test_only_forget_gates_have_a_first_bias():
    b = first_bias(2, 40)
    assert b.dtype == np.float32
    np.testing.assert_array_equal(b != 0, [0, 0, 1, 1, 0, 0, 0, 0])
    assert sigmoid(b[2]) == pytest.approx(0.5 ** (1 / 40))


def test_gates_over_time_make_the_states(rng):
    N, T, D, H = 2, 5, 3, 4
    x, h0 = rng.normal(size=(N, T, D)), rng.normal(size=(N, H))
    weights = [rng.normal(size=shape) for shape in ((D, 4 * H), (H, 4 * H), 4 * H)]
    gates = gates_over_time(x, h0, *weights)
    np.testing.assert_allclose(gates["h"], lstm_forward(x, h0, *weights)[0])
    np.testing.assert_allclose(gates["o"] * np.tanh(gates["c"]), gates["h"])
    before = np.concatenate([np.zeros((N, 1, H)), gates["c"][:, :-1]], axis=1)
    np.testing.assert_allclose(gates["f"] * before + gates["i"] * gates["g"], gates["c"])


def test_gates_keep_float32(rng):
    x, h0 = rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3))
    weights = [rng.normal(size=shape) for shape in ((2, 12), (3, 12), 12)]
    gates = gates_over_time(*(a.astype(np.float32) for a in (x, h0, *weights)))
    assert {value.dtype for value in gates.values()} == {np.dtype(np.float32)}


def test_saturation_by_hand():
    gate = np.array([[[0.05, 0.95], [0.5, 0.95], [0.0, 0.0]]])
    shut, opened = saturation(gate, np.array([[True, True, False]]))
    np.testing.assert_array_equal(shut, [0.5, 0])
    np.testing.assert_array_equal(opened, [0, 1])


def test_bounds_of_saturation(rng):
    gate, counts = rng.random((3, 4, 2)), np.ones((3, 4), dtype=bool)
    shut, opened = saturation(gate, counts, low=0.5, high=0.5)
    np.testing.assert_allclose(shut + opened, 1)
