"""Checks of the update rules: one step, several, other settings than the defaults, precision."""

import numpy as np

from cs231n.checks.asserts import ROUNDING, assert_close, assert_that, kind, require_array, take
from cs231n.checks.failures import CheckFailure
from cs231n.checks.oracles import oracle
from cs231n.checks.runner import exercise

from .diagnosis import assert_no_mistake

MOMENTUM = {"learning_rate": 0.03, "momentum": 0.6}
RMSPROP = {"learning_rate": 0.03, "decay_rate": 0.8, "epsilon": 0.2}
ADAM = {"learning_rate": 0.03, "beta1": 0.7, "beta2": 0.9, "epsilon": 1e-8}


def run(rule, student, w, gradients, config=None):
    """Take steps with a student's rule; return w and config after the last one.

    The rules may change w in place, as they historically do.
    """
    student.may_change |= {"w", "x"}
    for dw in gradients:
        w, config = take(rule(w, dw, config), "next_w", "config")
        require_array(w, "next_w", shape=dw.shape)
        if not isinstance(config, dict):
            raise CheckFailure("config should be a dict.", "a dict", kind(config), "config")
    return w, config


def draw(rng, steps, shape=(3, 5)):
    """Draw w and a gradient for each step, between 0.5 and 2 in size."""
    signs = rng.choice([-1.0, 1.0], size=(steps, *shape))
    return rng.normal(size=shape), list(signs * rng.uniform(0.5, 2, size=(steps, *shape)))


def require_state(config, expected, before=None):
    """Require arrays of the rule's state in config, under their historical names.

    Parameters
    ----------
    config : dict
        As the student's rule returned it.
    expected : dict of ndarray
    before : dict, optional
        The state that the step began with.
    """
    for name, value in expected.items():
        found = ", ".join(map(str, config)) or "nothing"
        message = f"config lacks {name}: the rule's state goes there between steps."
        assert_that(name in config, message, f'config["{name}"]', found, "config")
        what = f'config["{name}"]'
        old = [] if before is None else [(before[name], f"{what} is still the old one.")]
        assert_no_mistake(config[name], value, what, old)


def require_float32(rule, student, rng, state):
    """Require that w and the rule's state stay float32."""
    w, gradients = draw(rng, 2)
    gradients = [dw.astype(np.float32) for dw in gradients]
    rate = {"learning_rate": np.float64(0.01)}
    w, config = run(rule, student, w.astype(np.float32), gradients, rate)
    require_array(w, "next_w of float32", dtype=np.float32)
    for name in state:
        require_array(config.get(name), f'config["{name}"] of float32', dtype=np.float32)
    return w


def require_left_alone(rule, student, rng):
    """Require that settings of others stay in config, and that dw stays as it is."""
    w, gradients = draw(rng, 1)
    _, config = run(rule, student, w, gradients, {"learning_rate": 0.02, "note": "mine"})
    kept = (config.get("note"), config.get("learning_rate"))
    message = "The rule should return the config that it was given, with its state added."
    assert_that(kept == ("mine", 0.02), message, "note and learning_rate as they were", str(kept))


def adam_state(w):
    """Adam's state before its first step."""
    return {"m": np.zeros(w.shape), "v": np.zeros(w.shape), "t": 0}


def _step(w, m, v, t):
    """Where a step of Adam leads that has these m and v, and thinks it is number t."""
    mean, square = m / (1 - ADAM["beta1"] ** t), v / (1 - ADAM["beta2"] ** t)
    return w - ADAM["learning_rate"] * mean / np.sqrt(square)


def check_momentum():
    """Register the checks of `sgd_momentum`."""

    @exercise("sgd-momentum", weight=2)
    def velocity_adds_up(student, rng):
        w, gradients = draw(rng, 1)
        start = {"velocity": rng.normal(size=w.shape)}
        got, config = run(student.optim.sgd_momentum, student, w, gradients, MOMENTUM | start)
        expected, velocity = oracle.momentum_steps(w, gradients, **MOMENTUM, **start)
        rate, dw = MOMENTUM["learning_rate"], gradients[0]
        mistakes = [
            (w + 0.6 * start["velocity"] + rate * dw, "This goes uphill: subtract the gradient."),
            (w - velocity, "The step goes against the velocity; it is added to w."),
            (w + start["velocity"], "The step uses the old velocity: compute the new one first."),
            (w - rate * dw, "The velocity given in config is forgotten."),
        ]
        assert_no_mistake(got, expected, "next_w", mistakes)
        require_state(config, {"velocity": velocity}, start)

    @exercise("sgd-momentum")
    def velocity_is_kept_between_steps(student, rng):
        w, gradients = draw(rng, 4)
        got, config = run(student.optim.sgd_momentum, student, w, gradients)
        defaults = {"learning_rate": 1e-2, "momentum": 0.9, "velocity": np.zeros(w.shape)}
        expected, velocity = oracle.momentum_steps(w, gradients, **defaults)
        assert_close(got, expected, what="w after four steps with the defaults")
        require_state(config, {"velocity": velocity})

    @exercise("sgd-momentum")
    def momentum_keeps_float32_and_config(student, rng):
        require_float32(student.optim.sgd_momentum, student, rng, ["velocity"])
        require_left_alone(student.optim.sgd_momentum, student, rng)


def check_rmsprop():
    """Register the checks of `rmsprop`."""

    @exercise("rmsprop", weight=2)
    def step_is_in_units_of_the_recent_gradient(student, rng):
        w, gradients = draw(rng, 1)
        start = {"cache": rng.uniform(0.5, 2, size=w.shape)}
        got, config = run(student.optim.rmsprop, student, w, gradients, RMSPROP | start)
        expected, cache = oracle.rmsprop_steps(w, gradients, **RMSPROP, **start)
        rate, epsilon, dw = RMSPROP["learning_rate"], RMSPROP["epsilon"], gradients[0]
        root = np.sqrt(cache)
        mistakes = [
            (
                w - rate * dw / np.sqrt(cache + epsilon),
                "epsilon goes behind the root, not under it.",
            ),
            (w - rate * dw / root, "epsilon is missing: it is added to the root."),
            (w - rate * dw / (cache + epsilon), "The root of the cache is missing."),
            (w + rate * dw / (root + epsilon), "The step goes uphill: it is subtracted from w."),
            (
                w - rate * dw / (np.sqrt(start["cache"]) + epsilon),
                "The step uses the old cache: compute the new one first.",
            ),
        ]
        assert_no_mistake(got, expected, "next_w", mistakes)
        require_state(config, {"cache": cache}, start)

    @exercise("rmsprop")
    def cache_is_kept_between_steps(student, rng):
        w, gradients = draw(rng, 4)
        got, config = run(student.optim.rmsprop, student, w, gradients)
        defaults = {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8}
        expected, cache = oracle.rmsprop_steps(w, gradients, **defaults, cache=np.zeros(w.shape))
        assert_close(got, expected, what="w after four steps with the defaults")
        require_state(config, {"cache": cache})

    @exercise("rmsprop")
    def rmsprop_keeps_float32_and_config(student, rng):
        require_float32(student.optim.rmsprop, student, rng, ["cache"])
        require_left_alone(student.optim.rmsprop, student, rng)


def check_adam():
    """Register the checks of `adam`."""

    @exercise("adam", weight=2)
    def step_six_follows_step_five(student, rng):
        w, gradients = draw(rng, 1)
        start = {"m": rng.normal(size=w.shape), "v": rng.uniform(0.5, 2, size=w.shape), "t": 5}
        got, config = run(student.optim.adam, student, w, gradients, ADAM | start)
        expected, m, v = oracle.adam_steps(w, gradients, **ADAM, **start)
        mistakes = [
            (_step(w, m, v, 5), "The step uses the old t: count it up before using it."),
            (
                w - ADAM["learning_rate"] * m / np.sqrt(v),
                "m and v are not corrected for their start.",
            ),
            (2 * w - expected, "The step goes uphill: it is subtracted from w."),
        ]
        assert_no_mistake(got, expected, "next_w", mistakes)
        require_state(config, {"m": m, "v": v}, start)
        message = "t counts the steps taken: config goes on with 6 after step 6."
        assert_that(config.get("t") == 6, message, "6", str(config.get("t")), 'config["t"]')

    @exercise("adam")
    def first_steps_are_not_biased(student, rng):
        w, gradients = draw(rng, 3)
        got, config = run(student.optim.adam, student, w, gradients)
        defaults = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
        expected, m, v = oracle.adam_steps(w, gradients, **defaults, **adam_state(w))
        require_array(got, "next_w", shape=w.shape, dtype=w.dtype)
        what = "the way that three steps with the defaults go"
        assert_close(
            got - w, expected - w, what, tol=1e-6
        )  # for either place of epsilon, see below
        require_state(config, {"m": m, "v": v})

    @exercise("adam")
    def epsilon_is_added_to_the_root(student, rng):
        w, gradients = draw(rng, 1)
        start = {"m": rng.normal(size=w.shape), "v": rng.uniform(0.5, 2, size=w.shape), "t": 2}
        settings, epsilon = ADAM | start, 0.2
        got, _ = run(student.optim.adam, student, w, gradients, settings | {"epsilon": epsilon})
        # The paper's other order (end of its section 2) adds epsilon to the root of v before v is
        # corrected, which makes it larger by the correction. Both are in use, and both are right.
        other = epsilon / np.sqrt(1 - ADAM["beta2"] ** 3)
        early, _, _ = oracle.adam_steps(w, gradients, **settings | {"epsilon": other})
        expected, _, _ = oracle.adam_steps(w, gradients, **settings | {"epsilon": epsilon})
        require_array(got, "next_w", shape=w.shape, dtype=w.dtype)
        if not np.allclose(got, early, rtol=ROUNDING, atol=ROUNDING):
            assert_close(got, expected, what="next_w with epsilon = 0.2")

    @exercise("adam")
    def adam_keeps_float32_and_config(student, rng):
        w = require_float32(student.optim.adam, student, rng, ["m", "v"])
        assert_that(np.all(np.isfinite(w)), "Two steps of float32 numbers give nan or inf.")
        require_left_alone(student.optim.adam, student, rng)
