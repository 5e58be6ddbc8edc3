"""Update rules: steps worked out by hand, state, precision, and that they descend."""

import numpy as np
import pytest

from cs231n.optim import adam, rmsprop, sgd, sgd_momentum

RULES = [sgd, sgd_momentum, rmsprop, adam]
# The same sums in another order.
ROUNDING = 1e-12


def test_sgd_steps_against_the_gradient():
    w, _ = sgd(np.array([1.0, 2.0]), np.array([10.0, -10.0]), {"learning_rate": 0.1})
    np.testing.assert_allclose(w, [0.0, 3.0], atol=ROUNDING)


def test_sgd_momentum_adds_up_velocity():
    config = {"learning_rate": 0.1, "momentum": 0.5}
    w, dw = np.array([1.0]), np.array([2.0])
    w, config = sgd_momentum(w, dw, config)  # v = -0.2
    w, config = sgd_momentum(w, dw, config)  # v = -0.1 - 0.2
    np.testing.assert_allclose(w, [0.5], rtol=ROUNDING)
    np.testing.assert_allclose(config["velocity"], [-0.3], rtol=ROUNDING)


def test_rmsprop_divides_by_the_recent_size():
    config = {"learning_rate": 0.1, "decay_rate": 0.75, "epsilon": 0.5}
    w, config = rmsprop(np.array([1.0]), np.array([2.0]), config)  # cache = 0.25 * 4
    np.testing.assert_allclose(config["cache"], [1.0], rtol=ROUNDING)
    np.testing.assert_allclose(w, [1 - 0.2 / 1.5], rtol=ROUNDING)


def test_the_first_step_of_adam_is_the_learning_rate_whatever_the_gradient():
    w, config = adam(np.zeros(3), np.array([1e-3, -5.0, 1e3]), {"learning_rate": 0.1})
    np.testing.assert_allclose(w, [-0.1, 0.1, -0.1], rtol=1e-4)
    assert config["t"] == 1


def test_adam_goes_on_from_step_five():
    state = {"m": np.array([0.5]), "v": np.array([0.25]), "t": 5, "learning_rate": 1e-2}
    w, config = adam(np.array([1.0]), np.array([2.0]), state)
    m, v = 0.9 * 0.5 + 0.1 * 2, 0.999 * 0.25 + 0.001 * 4
    step = 1e-2 * m / (1 - 0.9**6) / (np.sqrt(v / (1 - 0.999**6)) + 1e-8)
    np.testing.assert_allclose(w, [1 - step], rtol=ROUNDING)
    assert config["t"] == 6


@pytest.mark.parametrize(
    ("rule", "defaults"),
    [
        (sgd, {"learning_rate": 1e-2}),
        (sgd_momentum, {"learning_rate": 1e-2, "momentum": 0.9}),
        (rmsprop, {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8}),
        (adam, {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
    ],
)
def test_defaults_are_the_historical_ones(rule, defaults):
    _, config = rule(np.ones(2), np.ones(2))
    assert {key: config[key] for key in defaults} == defaults


@pytest.mark.parametrize("rule", RULES)
def test_rules_leave_arrays_and_unknown_keys_alone(rule, rng):
    w, dw = rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    before = w.copy(), dw.copy()
    _, config = rule(w, dw, {"note": "mine"})
    np.testing.assert_array_equal(w, before[0])
    np.testing.assert_array_equal(dw, before[1])
    assert config["note"] == "mine"


@pytest.mark.parametrize("rule", RULES)
def test_rules_keep_float32(rule):
    w, config = np.ones(3, np.float32), {"learning_rate": np.float64(0.1)}
    for _ in range(3):
        w, config = rule(w, w, config)
    arrays = [w, *(value for value in config.values() if isinstance(value, np.ndarray))]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize("rule", RULES)
def test_rules_descend_into_a_bowl(rule, rng):
    w, config = rng.normal(size=4), {"learning_rate": 1e-2}
    height = np.sum(w**2)
    for _ in range(1000):
        w, config = rule(w, 2 * w, config)
    assert np.sum(w**2) < 1e-2 * height
