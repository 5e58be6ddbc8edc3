"""Kinks told from bugs, complex steps, and random numbers that stay the same."""

import numpy as np
import pytest
from smooth_model import linear

from cs231n.gradient_check import check_gradient, fixed_randomness, numerical_gradient


@pytest.fixture
def params(rng):
    return {"W": rng.normal(size=(2, 3)) / 4, "b": rng.normal(size=3), "s": np.array(1.7)}


# ------------------------------------------------------------------ kinks and bugs


def relu_sum(x):
    return np.sum(np.maximum(x, 0) * np.array([1.0, 2.0, 3.0]))


@pytest.mark.parametrize("at_zero", [0.0, 1.0, 2.0])
def test_at_a_kink_any_subgradient_is_right_and_called_a_kink(at_zero):
    x = np.array([1.0, 0.0, -1.0])
    report = check_gradient(relu_sum, x, np.array([1.0, at_zero, 0.0]))
    assert report.ok
    assert list(report["x"].verdicts) == ["ok", "kink", "ok"]
    assert "1 at a kink" in str(report)


@pytest.mark.parametrize("at_zero", [-0.1, 2.1, 5.0])
def test_a_bug_at_a_kink_is_a_bug(at_zero):
    x = np.array([1.0, 0.0, -1.0])
    report = check_gradient(relu_sum, x, np.array([1.0, at_zero, 0.0]))
    assert list(report["x"].verdicts) == ["ok", "wrong", "ok"]


@pytest.mark.parametrize("distance", [1e-2, 1e-4, 1e-6, 1e-8])
@pytest.mark.parametrize("side", [-1, 1])
def test_beside_a_kink_a_right_gradient_passes_and_a_bug_does_not(side, distance):
    x = np.array([1.0, side * distance, -1.0])
    right = np.array([1.0, 2.0 * (side > 0), 0.0])
    assert check_gradient(relu_sum, x, right).ok
    for wrong in (1.0, 2.002, 1.998, 0.002):  # 1.0 lies between the two sides
        report = check_gradient(relu_sum, x, np.array([1.0, wrong, 0.0]))
        assert report["x"].worst == (1,)
        assert not report.ok


@pytest.mark.parametrize("f", [np.abs, lambda x: np.maximum(x, -x)])
def test_the_absolute_value_has_a_kink(f):
    x = np.array([0.0, 1e-5, -2.0])
    report = check_gradient(lambda x: np.sum(f(x)), x, np.sign(x))
    assert list(report["x"].verdicts) == ["kink", "ok", "ok"]


def test_a_tie_in_max_pooling_is_a_kink():
    x = np.array([1.0, 3.0, 3.0])
    for grad in ([0.0, 1.0, 0.0], [0.0, 0.5, 0.5]):
        report = check_gradient(np.max, x, np.array(grad))
        assert list(report["x"].verdicts) == ["ok", "kink", "kink"]


def test_a_kink_along_a_direction_does_not_stop_a_large_check(rng):
    x = rng.normal(size=1000)
    x[::7] = 0.0
    report = check_gradient(lambda x: np.maximum(x, 0).sum(), x, (x > 0).astype(float))
    assert report.ok


def test_a_function_that_ends_at_x_is_judged_by_the_side_it_has():
    x = np.array([0.0, 1.0])
    f, grad = (lambda x: np.sum(np.sqrt(x) ** 4 + x)), 2 * x + 1
    assert check_gradient(f, x, grad).ok
    assert check_gradient(f, x, grad + np.array([0.5, 0.0]))["x"].count("wrong") == 1


# ------------------------------------------------------------------ complex steps


def test_complex_steps_are_exact_to_rounding(params):
    report = check_gradient(linear, params, method="complex")
    assert report.ok
    assert report.max_error < 1e-14


def test_method_auto_settles_by_complex_steps_what_rounding_hides():
    x = np.array([1e-3, 1.0])

    def f(x):  # bent so sharply in x[0] that only short steps serve, which a value of 1e6 drowns
        return 1e6 * x[1] + 1e-6 * np.sin(1e4 * x[0])

    grad = np.array([1e-2 * np.cos(10.0), 1e6])
    assert check_gradient(f, x, grad, tolerance=1e-8).ok
    auto, central = (
        check_gradient(f, x, grad, tolerance=1e-8, method=method) for method in ("auto", "central")
    )
    assert auto["x"].error[0] < 1e-10
    assert central["x"].error[0] > auto["x"].error[0]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.abs(x)),
        lambda x: np.linalg.norm(x),
        lambda x: np.sum(x.astype(float) ** 2),
        lambda x: float(np.sum(x**2)),
        lambda x: np.sum(np.cbrt(x)),
    ],
)
def test_auto_falls_back_where_f_allows_no_complex_steps(f):
    x = np.array([1.0, 2.0, 3.0])
    grad = numerical_gradient(f, x)
    assert check_gradient(f, x, grad).ok
    with pytest.raises(ValueError, match=r'f does not allow complex steps.*use method="auto"'):
        check_gradient(f, x, grad, method="complex")


def test_a_forgotten_l1_term_is_found_although_complex_steps_drop_it():
    x = np.array([1.0, -2.0, 3.0])

    def f(x):
        return np.sum(x**2) + 1e-3 * np.sum(np.abs(x))

    assert not check_gradient(f, x, 2 * x).ok
    assert check_gradient(f, x, 2 * x + 1e-3 * np.sign(x)).ok


def test_method_central_never_shows_f_a_complex_number():
    def f(x):
        assert x.dtype == np.float64
        return 1e6 + np.sum(1e-12 * x)

    assert check_gradient(f, np.ones(2), np.full(2, 1e-12), method="central").ok


def test_method_complex_falls_back_at_a_kink():
    x = np.array([1.0, 0.0, -1.0])
    report = check_gradient(relu_sum, x, np.array([1.0, 0.0, 0.0]), method="complex")
    assert list(report["x"].verdicts) == ["ok", "kink", "ok"]


# ------------------------------------------------------------------ randomness


class ReluDecoder:
    """A ReLU network over time, whose output layer sees the hidden states through dropout.

    ``careless`` repeats a bug of a well-known captioning program: its backward pass reads the
    dropped states where the forward pass read the whole ones, in the ReLU and in the recurrence.
    """

    def __init__(self, rng, keep, careless):
        self.x, self.target = rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
        self.keep, self.careless = keep, careless

    def loss(self, p):
        steps, states = len(self.x), [np.full(5, 0.3)]
        for t in range(steps):
            states.append(np.maximum(self.x[t] @ p["Wx"] + states[-1] @ p["Wh"] + p["b"], 0))
        whole = np.array(states)  # (T + 1, H); the first is the state before the sentence
        mask = np.ones_like(whole)
        if self.keep < 1:
            mask[1:] = (np.random.rand(steps, 5) < self.keep) / self.keep
        dropped = whole * mask
        off = dropped[1:] @ p["Wd"] - self.target
        return np.sum(off * off), self.backward(
            p, dropped if self.careless else whole, dropped, mask, off
        )

    def backward(self, p, read, dropped, mask, off):
        grads = {name: np.zeros_like(value) for name, value in p.items()}
        grads["Wd"] = dropped[1:].T @ (2 * off)
        dnext = np.zeros(5)
        for t in reversed(range(len(self.x))):
            dz = (2 * off[t] @ p["Wd"].T * mask[t + 1] + dnext) * (read[t + 1] > 0)
            grads["Wx"] += np.outer(self.x[t], dz)
            grads["Wh"] += np.outer(read[t], dz)
            grads["b"] += dz
            dnext = dz @ p["Wh"].T
        return grads


@pytest.fixture
def decoder_params(rng):
    shapes = {"Wx": (3, 5), "Wh": (5, 5), "b": (5,), "Wd": (5, 2)}
    return {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}


def bug_and_finding(seed, params):
    """Return the parameters whose gradient the bug changes, and those found wrong."""
    careless, careful = (
        fixed_randomness(seed)(ReluDecoder(np.random.default_rng(9), 0.5, how).loss)
        for how in (True, False)
    )
    report, dirty, clean = check_gradient(careless, params), careless(params)[1], careful(params)[1]
    changed = [name for name in params if not np.allclose(dirty[name], clean[name])]
    return changed, [p.name for p in report.parameters if p.verdict == "wrong"]


def test_the_dropout_bug_is_found_with_its_mask_fixed(decoder_params):
    results = [bug_and_finding(seed, decoder_params) for seed in range(20)]
    assert all(found == changed for changed, found in results)
    assert sum(found == ["Wx", "Wh", "b"] for _, found in results) >= 15


def test_the_dropout_bug_is_invisible_with_dropout_turned_off(decoder_params, rng):
    assert check_gradient(ReluDecoder(rng, keep=1, careless=True).loss, decoder_params).ok


@pytest.mark.parametrize("seed", range(10))
def test_the_careful_decoder_is_right_with_its_mask_fixed(seed, decoder_params, rng):
    loss = fixed_randomness(seed)(ReluDecoder(rng, keep=0.5, careless=False).loss)
    assert check_gradient(loss, decoder_params).ok


def test_a_generator_that_f_holds_can_be_fixed(rng):
    x = rng.normal(size=6)

    def loss(x):
        mask = rng.random(6) < 0.5
        return np.sum(x**2 * mask), 2 * x * mask

    assert check_gradient(fixed_randomness(1, rng)(loss), x).ok
    with pytest.raises(ValueError, match=r"not deterministic.*wrap it: fixed_randomness\(0\)\(f\)"):
        check_gradient(loss, x)


def test_a_function_that_changes_later_is_found_out():
    x, calls = np.ones(3), []

    def f(x):
        calls.append(1)
        return np.sum(x) + (len(calls) > 8)

    with pytest.raises(ValueError, match=r"f is not deterministic"):
        check_gradient(f, x, np.ones(3))


def test_who_wrapped_f_already_is_not_told_to(rng):
    def loss(x):
        return np.sum(x * (rng.random(3) < 0.5) * np.random.rand(3))

    with pytest.raises(ValueError, match=r"draws from something else: pass the gen") as caught:
        check_gradient(lambda x: fixed_randomness(0)(loss)(x), np.ones(3), np.ones(3))
    assert "wrap" not in str(caught.value)
    assert "fixed_randomness(0, rng)(f); seed PyTorch inside f; use the same key" in str(
        caught.value
    )


def test_a_block_around_the_check_is_told_from_a_wrapped_f():
    def loss(x):
        mask = np.random.rand(3) < 0.5
        return np.sum(x * mask), mask.astype(float)

    with (
        pytest.raises(ValueError, match=r"block around the check seeds once.*wrap f instead, fi"),
        fixed_randomness(0),
    ):
        check_gradient(loss, np.ones(3))
    with fixed_randomness(0):
        assert check_gradient(fixed_randomness(0)(loss), np.ones(3)).ok
    with pytest.raises(ValueError, match=r"If it draws random numbers, wrap it"):  # after the block
        check_gradient(loss, np.ones(3))
