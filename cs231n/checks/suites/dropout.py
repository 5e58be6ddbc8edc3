"""Checks of the notebook `dropout`: units left out at random, and nets that do so."""

import numpy as np

from cs231n.checks.api import (
    ROUNDING32,
    assert_close,
    assert_gradient,
    assert_that,
    exercise,
    oracle,
    require_array,
    take,
)
from cs231n.checks.judge.diagnosis import assert_no_mistake
from cs231n.checks.judge.fc_nets import deep_net, draw_params, loss_and_gradients

# A right answer is outside with a probability of 1e-10: so many standard errors of a share.
ERRORS = 6.5


def drop(student, x, **dropout_param):
    """(out, mask), from the student's dropout_forward."""
    out, cache = take(student.dropout.dropout_forward(x, dropout_param), "out", "cache")
    require_array(out, "out", x.shape, x.dtype)
    _, mask = take(cache, "dropout_param", "mask")
    return out, mask


def require_share(share, p, count):
    """Require a share of `count` units that were kept to be p, but for chance."""
    bound = ERRORS * np.sqrt(p * (1 - p) / count)
    message = f"{share:.1%} of the units are kept, but p = {p:g} is the probability of keeping one."
    if abs(share - (1 - p)) < bound:
        message += " Here p seems to be that of dropping one."
    assert_that(abs(share - p) <= bound, message, f"{p:.0%} within {bound:.1%}", f"{share:.1%}")


@exercise("dropout-forward", weight=2)
def units_are_kept_with_probability_p(student, rng):
    x = rng.uniform(1, 2, size=(100, 50, 4))
    for p in (0.25, 0.7):
        out, _ = drop(student, x, p=p, mode="train")
        require_share(float(np.mean(out != 0)), p, x.size)


@exercise("dropout-forward", weight=2)
def what_is_kept_is_divided_by_p(student, rng):
    x = rng.uniform(1, 2, size=(40, 30))
    for p in (0.3, 0.8):
        out, _ = drop(student, x, p=p, mode="train")
        expected = np.where(out != 0, x / p, 0.0)
        slips = [
            (np.where(out != 0, x, 0.0), "Kept units should be divided by p: the mean has sunk."),
            (np.where(out != 0, x * p, 0.0), "Kept units are multiplied by p, not divided by it."),
            (np.where(out != 0, x / (1 - p), 0.0), "Divided by 1 - p: p is that of keeping."),
        ]
        assert_no_mistake(out, expected, f"out at p = {p:g}", slips)


@exercise("dropout-forward")
def every_unit_is_drawn_by_itself(student, rng):
    x = rng.uniform(1, 2, size=(60, 40))
    kept = drop(student, x, p=0.5, mode="train")[0] != 0
    message = "All {} drop the same units: draw a number for each unit of each example."
    rows = len(np.unique(kept, axis=0))
    assert_that(rows > 50, message.format("examples"), "60 different rows", f"{rows} of 60")
    columns = len(np.unique(kept, axis=1).T)
    assert_that(columns > 35, message.format("features"), "40 different columns", f"{columns}")


@exercise("dropout-forward")
def every_call_draws_anew_unless_seeded(student, rng):
    x = rng.uniform(1, 2, size=(30, 20))
    first, _ = drop(student, x, p=0.5, mode="train")
    second, _ = drop(student, x, p=0.5, mode="train")
    differ = float(np.mean((first != 0) != (second != 0)))
    message = "Two calls without a seed drop the same units: do not seed np.random yourself."
    assert_that(differ > 0.2, message, "about half of the units differ", f"{differ:.0%} differ")
    seeded = [drop(student, x, p=0.5, mode="train", seed=3)[0] for _ in range(2)]
    message = "With a seed every call should drop the same: draw from np.random, which it seeds."
    assert_that(np.array_equal(*seeded), message, "the same units", "others")


@exercise("dropout-forward")
def the_mask_is_what_x_was_multiplied_by(student, rng):
    x = rng.uniform(1, 2, size=(7, 5))
    out, mask = drop(student, x, p=0.4, mode="train")
    assert_that(mask is not None, "The cache holds no mask after training.", "an array", "None")
    require_array(mask, "the mask", x.shape)
    assert_close(mask.astype(np.float64), np.where(out != 0, 1 / 0.4, 0.0), "the mask in the cache")


@exercise("dropout-forward")
def float32_stays_float32(student, rng):
    x = rng.uniform(1, 2, size=(6, 5)).astype(np.float32)
    out, _ = drop(student, x, p=0.6, mode="train")
    expected = np.where(out != 0, x / np.float32(0.6), np.float32(0))
    assert_close(out, expected, "out of float32 inputs", ROUNDING32)


@exercise("dropout-backward", weight=3)
def what_was_dropped_gets_no_gradient(student, rng):
    dout, mask = rng.normal(size=(6, 5)), (rng.random((6, 5)) < 0.7) / 0.7
    dx = student.dropout.dropout_backward(dout, ({"p": 0.7, "mode": "train"}, mask))
    expected = oracle.elementwise(dout, mask)
    slips = [
        (dout, "What was dropped had no influence: its gradient is 0."),
        (np.where(mask > 0, dout, 0.0), "What was kept was divided by p: so is its gradient."),
        (expected / 0.7, "The mask is divided by p already."),
    ]
    assert_no_mistake(dx, expected, "dx", slips)


@exercise("dropout-backward")
def the_way_back_has_the_mask_of_the_way_there(student, rng):
    x, dout = rng.uniform(1, 2, size=(5, 4, 3)), rng.normal(size=(5, 4, 3))
    mask = (rng.random(x.shape) < 0.5) / 0.5
    dx = student.dropout.dropout_backward(dout, ({"p": 0.5, "mode": "train"}, mask))
    assert_close(dx, oracle.elementwise(dout, mask), "dx")


@exercise("dropout-backward")
def gradients_of_float32_are_float32(student, rng):
    dout, mask = rng.normal(size=(6, 5)).astype(np.float32), (rng.random((6, 5)) < 0.5) / 0.5
    dx = student.dropout.dropout_backward(dout, ({"p": 0.5, "mode": "train"}, mask))
    expected = oracle.elementwise(dout.astype(np.float64), mask).astype(np.float32)
    assert_close(dx, expected, "dx of float32 gradients", ROUNDING32)


@exercise("fc-net-drop", weight=2)
def hidden_units_are_dropped_in_training(student, rng):
    params = draw_params(rng, 6, 7, 4)
    net = deep_net(student, params, dropout_keep_ratio=0.3)
    x = rng.uniform(1, 2, size=(50, 40))
    out, _ = take(net._drop(x), "out", "cache")
    require_array(out, "out", x.shape, x.dtype)
    require_share(float(np.mean(out != 0)), 0.3, x.size)
    assert_close(out, np.where(out != 0, x / 0.3, 0.0), "what dropout passes on in training")


@exercise("fc-net-drop")
def the_seed_of_the_net_is_that_of_its_dropout(student, rng):
    params = draw_params(rng, 6, 7, 4)
    net = deep_net(student, params, dropout_keep_ratio=0.5, seed=5)
    x = rng.uniform(1, 2, size=(20, 10))
    outs = [take(net._drop(x), "out", "cache")[0] for _ in range(2)]
    message = "A net with a seed should drop the same units in every call: hand dropout_param on."
    assert_that(np.array_equal(*outs), message, "the same units", "others")


@exercise("fc-net-drop")
def nothing_is_dropped_in_testing(student, rng):
    params, X = draw_params(rng, 6, 7, 5, 4), rng.normal(size=(5, 6))
    net = deep_net(student, params, dropout_keep_ratio=0.3)
    assert_close(net.loss(X), oracle.fc_scores(params, X), "scores in testing")


@exercise("fc-net-drop-backward", weight=2)
def gradients_are_those_of_the_units_that_were_kept(student, rng):
    params, X, y = draw_params(rng, 6, 9, 7, 4), rng.normal(size=(5, 6)), rng.integers(4, size=5)
    net = deep_net(student, params, dropout_keep_ratio=0.6, seed=7, reg=0.2)
    _, grads = loss_and_gradients(net, X, y, params)
    for name in ("W1", "b1", "W2", "W3"):

        def loss(value, name=name):
            net.set("params", params | {name: value})
            return take(net.loss(X, y), "loss", "grads")[0]

        what = f'grads["{name}"] of a net with dropout'
        assert_gradient(loss, params[name], grads[name], what, rng, directions=2)


@exercise("fc-net-drop-backward")
def units_that_are_off_pass_nothing_back(student, rng):
    params, x = draw_params(rng, 6, 30, 4), rng.normal(size=(1, 6))
    net = deep_net(student, params, dropout_keep_ratio=0.5)
    _, grads = loss_and_gradients(net, x, np.array([2]), ["W1", "W2"])
    off = ~grads["W2"].any(axis=1)  # a unit that gave nothing to the scores
    leaking = int(np.sum(grads["W1"][:, off].any(axis=0)))
    message = "Units that were dropped should have no gradient, but some have."
    assert_that(not leaking, message, "0 of them", f"{leaking} of {int(off.sum())}", 'grads["W1"]')
    message = "No unit has a gradient: those that were kept should."
    assert_that(grads["W1"].any(), message, "some above 0", "all 0", 'grads["W1"]')
