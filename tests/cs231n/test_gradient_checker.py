"""check_gradient and its kin: what they accept, find, refuse, and say."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from cs231n.gradient_check import (
    assert_gradient,
    assert_gradients_close,
    check_gradient,
    fixed_randomness,
    numerical_gradient,
)

# What a numeric gradient in float64 is good for: 1e-16 of rounding over a step of 6e-6.
NUMERIC = 1e-9


def cubes(x):
    return np.sum(x**3)


def linear(params):
    """A smooth function of W (2, 3), b (3,) and the number s, with its gradient."""
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    z = np.tanh(x @ params["W"] + params["b"])
    dz = params["s"] * (1 - z * z)
    return params["s"] * z.sum(), {"W": x.T @ dz, "b": dz.sum(axis=0), "s": np.array(z.sum())}


@pytest.fixture
def params(rng):
    return {"W": rng.normal(size=(2, 3)) / 4, "b": rng.normal(size=3), "s": np.array(1.7)}


# ------------------------------------------------------------------ what is accepted


@pytest.mark.parametrize("method", ["auto", "central", "complex"])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 3, 2), (0,), (2, 0)])
def test_any_shape(shape, method, rng):
    x = rng.normal(size=shape)
    report = check_gradient(cubes, x, np.asarray(3 * x**2), method=method)
    assert report.ok
    assert report["x"].looked_at == x.size


def test_a_dict_with_the_value_and_gradient_from_one_call(params):
    report = check_gradient(linear, params)
    assert report.ok
    assert [p.name for p in report.parameters] == ["W", "b", "s"]


def test_the_gradient_may_be_a_function(params):
    assert check_gradient(lambda p: linear(p)[0], params, lambda p: linear(p)[1]).ok


def test_lists_tuples_and_named_tuples(rng):
    a, b = rng.normal(size=2), rng.normal(size=(3, 2))
    pair = namedtuple("pair", "a b")
    for x in ([a, b], (a, b), pair(a, b)):
        report = check_gradient(
            lambda x: np.sum(x[1] @ x[0]), x, [b.sum(axis=0), np.tile(a, (3, 1))]
        )
        assert report.ok
        assert report["x[1]"].x.shape == (3, 2)


def test_a_subclass_of_dict_stays_what_it_is_in_complex_steps(params):
    def loss(p):
        assert isinstance(p, OrderedDict)
        return linear(p)

    assert check_gradient(loss, OrderedDict(params), method="complex").ok


def test_the_gradient_may_hold_more_keys(params):
    whole = dict(params)
    only_b = {"b": params["b"]}
    assert check_gradient(lambda p: linear({**whole, **p})[0], only_b, linear(whole)[1]).ok


def test_f_may_ignore_its_argument(params):
    assert check_gradient(lambda _: linear(params), params).ok


def test_an_array_output_with_df(rng):
    x, w, df = rng.normal(size=(2, 3)), rng.normal(size=(3, 5)), rng.normal(size=(2, 5))
    assert check_gradient(lambda x: x @ w, x, df @ w.T, df=df).ok
    assert not check_gradient(lambda x: x @ w, x, 1.001 * df @ w.T, df=df).ok


def test_several_outputs_with_a_list_of_df(rng):
    x, dfs = rng.normal(size=3), [rng.normal(size=3), rng.normal(size=(2, 3))]
    grad = dfs[0] * 2 * x + dfs[1].sum(axis=0)
    report = check_gradient(lambda x: (x * x, np.stack([x, x])), x, grad, df=dfs)
    assert report.ok


def test_a_gradient_buffer_that_f_overwrites_is_copied_in_time():
    x, buffer = np.array([1.0, 2.0]), np.zeros(2)

    def loss(x):
        buffer[...] = 2 * x
        return np.sum(x * x), buffer

    assert check_gradient(loss, x).ok
    assert check_gradient(lambda x: 0.5 * np.sum(x * x), x, x).ok  # the gradient is x itself


def test_np_random_is_not_touched(params):
    np.random.seed(0)
    expected = np.random.rand()
    np.random.seed(0)
    check_gradient(linear, params)
    assert np.random.rand() == expected


def test_the_same_seed_gives_the_same_report(rng):
    x = rng.normal(size=(20, 30))
    first, again = (check_gradient(cubes, x, 3 * x**2, seed=5) for _ in range(2))
    np.testing.assert_array_equal(first["x"].numeric, again["x"].numeric)


# ------------------------------------------------------------------ what is found


def test_one_wrong_entry_is_named_with_both_values(params):
    grad = linear(params)[1]
    right = grad["W"][1, 2]
    grad["W"][1, 2] *= 1.01
    report = check_gradient(lambda p: linear(p)[0], params, grad)
    assert not report.ok
    assert report.worst.name == "W"
    assert report["W"].worst == (1, 2)
    assert report["W"].analytic[1, 2] == pytest.approx(1.01 * right)
    assert report["W"].numeric[1, 2] == pytest.approx(right, rel=NUMERIC)
    assert report["W"].error[1, 2] == pytest.approx(0.01 / 2.01, rel=1e-6)
    assert (report["b"].verdict, report["s"].verdict) == ("ok", "ok")


@pytest.mark.parametrize("method", ["auto", "central"])
@pytest.mark.parametrize("entry", [(0, 0), (12, 7), (29, 39)])
def test_directions_lead_to_one_wrong_entry_of_1200(entry, method, rng):
    x = rng.normal(size=(30, 40))
    grad = np.cos(x)
    grad[entry] += 1e-4
    report = check_gradient(lambda x: np.sin(x).sum(), x, grad, method=method)
    assert report["x"].worst == entry
    assert report["x"].count("wrong") == 1
    assert report["x"].direction_error > 0


def test_halving_leads_to_one_wrong_entry_of_20000(rng):
    x = rng.normal(size=20_000)
    grad = np.cos(x)
    grad[13_579] += 1e-2
    report = check_gradient(lambda x: np.sin(x).sum(), x, grad)
    assert report["x"].worst == (13_579,)
    assert report.calls < 6000


def test_a_large_right_gradient_costs_few_evaluations(rng):
    x = rng.normal(size=(300, 400))
    report = check_gradient(lambda x: np.sin(x).sum(), x, np.cos(x))
    assert report.ok
    assert report.calls < 100


def test_a_number_of_entries_samples_so_many(rng):
    x = rng.normal(size=1000)
    report = check_gradient(cubes, x, 3 * x**2, entries=50)
    assert 50 <= report["x"].looked_at <= 100


def test_all_entries_may_be_asked_for(rng):
    x = rng.normal(size=500)
    assert check_gradient(cubes, x, 3 * x**2, entries="all")["x"].looked_at == 500


def test_a_gradient_wrong_everywhere_is_judged_by_few_evaluations_an_entry(rng):
    x = rng.normal(size=180)
    report = check_gradient(cubes, x, x)
    assert report["x"].count("wrong") == 180
    assert report.calls < 2500


def test_a_missing_term_in_a_gradient_of_zero_is_found():
    x = np.array([1.0, 2.0, 3.0])
    report = check_gradient(lambda x: np.sum(x**2) + 1e-6 * x[1], x, 2 * x)
    assert report.ok  # 1e-6 of 4 is below the tolerance
    report = check_gradient(lambda x: x[0] ** 2 + 1e-6 * x[1], x, np.array([2.0, 0.0, 0.0]))
    assert report["x"].worst == (1,)
    assert not report.ok


def test_the_tolerance_may_be_set():
    x = np.array([2.0])
    assert check_gradient(cubes, x, 12.01 * np.ones(1), tolerance=1e-3).ok
    assert not check_gradient(cubes, x, 12.01 * np.ones(1), tolerance=1e-4).ok


def test_the_first_step_may_be_set():
    x, steps = np.array([2.0]), []

    def f(x):
        steps.append(abs(x[0] - 2.0))
        return np.sum(x)

    check_gradient(f, x, np.ones(1), step=0.25)
    assert max(steps) == 0.5  # the step counts in units of |x|, if that is above 1


# ------------------------------------------------------------------ float32 and float64


def test_float32_is_told_from_float64():
    x = np.array([1.0, 2.0, 3.0])
    double = check_gradient(cubes, x, 3 * x**2)
    single = check_gradient(cubes, x.astype(np.float32), (3 * x**2).astype(np.float32))
    assert (double.precision, single.precision) == ("float64", "float32")
    assert double.tolerance == pytest.approx(6.06e-6, rel=1e-2)
    assert single.tolerance == pytest.approx(4.92e-3, rel=1e-2)
    assert double.ok
    assert single.ok


def test_an_error_below_the_tolerance_of_float32_passes_there_and_fails_in_float64():
    x = np.array([1.0, 2.0, 3.0])
    wrong = 3 * x**2 * 1.001
    assert check_gradient(cubes, x.astype(np.float32), wrong.astype(np.float32)).ok
    assert not check_gradient(cubes, x, wrong).ok


@pytest.mark.parametrize("closed", [False, True])
def test_an_error_of_2_per_cent_is_found_in_float32(closed):
    x = np.array([1.0, 2.0, 3.0], dtype=np.float32)
    grad = 3 * x**2
    grad[1] *= 1.02
    f = (lambda _: cubes(x)) if closed else cubes
    assert check_gradient(f, x, grad)["x"].worst == (1,)


def test_a_float32_gradient_of_a_float64_parameter_is_held_to_float32():
    x = np.array([1.0, 2.0, 3.0])
    report = check_gradient(cubes, x, (3 * x**2).astype(np.float32))
    assert report.ok
    assert report.precision == "float32"


def test_float16_is_known_too():
    x = np.array([1.0, 2.0], dtype=np.float16)
    assert check_gradient(cubes, x, 3 * x**2).precision == "float16"


def test_long_doubles_are_held_to_float64():
    x = np.array([1.0, 2.0], dtype=np.longdouble)
    report = check_gradient(cubes, x, 3 * x**2)
    assert report.ok
    assert report.precision == "float64"


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


# ------------------------------------------------------------------ f misbehaves


class Boom(Exception):
    """Raised by functions under test."""


@pytest.mark.parametrize("call", [1, 2, 3, 4, 15, 30, 60])
def test_when_f_raises_x_is_put_back_and_the_error_says_where(call, params):
    before, calls = {k: v.tobytes() for k, v in params.items()}, []
    grad = {k: np.array(2 * v) for k, v in linear(params)[1].items()}

    def f(p):
        calls.append(1)
        if len(calls) == call:
            raise Boom
        return linear(p)[0]

    with pytest.raises(Boom) as caught:
        check_gradient(f, params, grad, method="central")
    assert "gradient check: f raised this" in caught.value.__notes__[0]
    assert {k: v.tobytes() for k, v in params.items()} == before


def test_x_is_put_back_bit_by_bit_after_a_check(params):
    params["b"][0] = -0.0
    before = {k: v.tobytes() for k, v in params.items()}
    check_gradient(linear, params)
    numerical_gradient(lambda p: linear(p)[0], params)
    assert {k: v.tobytes() for k, v in params.items()} == before


def test_f_that_changes_its_input_is_named_and_undone():
    x = {"w": np.ones(2), "v": np.ones(3)}

    def f(p):
        p["v"] *= 2
        return np.sum(p["v"])

    with pytest.raises(ValueError, match=r"f changed its input v in place; let f work on a copy"):
        check_gradient(f, x, x)
    np.testing.assert_array_equal(x["v"], np.ones(3))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_f_is_finite_at_x(bad):
    with pytest.raises(ValueError, match=r"f returned (nan|inf) at x"):
        check_gradient(lambda x: bad, np.ones(2), np.ones(2))


def test_f_is_finite_somewhere_around_x():
    x = np.array([2.0, 1.0])

    def f(x):
        return 1.0 if x[1] == 1.0 else np.nan

    with pytest.raises(ValueError, match=r"f is not finite with x\[1\] moved by 0.125 nor at any"):
        check_gradient(f, x, np.zeros(2))


@pytest.mark.parametrize("out", [None, (1.0, 2.0, 3.0), [1.0]])
def test_with_grad_f_returns_a_value_alone(out):
    with pytest.raises(TypeError, match=r"f should return a number, or an array with df given"):
        check_gradient(lambda x: out, np.ones(2), np.ones(2))


@pytest.mark.parametrize("out", [1.0, None, (1.0, 2.0, 3.0)])
def test_without_grad_f_returns_a_pair(out):
    with pytest.raises(TypeError, match=r"should return the pair \(value, gradient\), but it"):
        check_gradient(lambda x: out, np.ones(2))


def test_an_array_output_needs_df():
    with pytest.raises(ValueError, match=r"f returned an array of shape \(2,\).*pass df"):
        check_gradient(lambda x: x, np.ones(2), np.ones(2))


def test_df_has_the_shape_of_the_output():
    with pytest.raises(ValueError, match=r"f returned shape \(2,\), but df has \(3,\)"):
        check_gradient(lambda x: x, np.ones(2), np.ones(2), df=np.ones(3))


def test_a_list_of_df_wants_as_many_outputs():
    with pytest.raises(
        ValueError, match=r"df holds 2 arrays, so f should return 2; it returned an"
    ):
        check_gradient(lambda x: x, np.ones(2), np.ones(2), df=[np.ones(2), np.ones(2)])


def test_f_returns_numbers():
    with pytest.raises(TypeError, match=r"f should return numbers, but returned a str"):
        check_gradient(lambda x: "1.0", np.ones(2), np.ones(2))


def test_f_returns_real_numbers():
    with pytest.raises(TypeError, match=r"f returned a complex number for real x"):
        check_gradient(lambda x: 1j * np.sum(x), np.ones(2), np.ones(2))


def test_f_is_a_function():
    with pytest.raises(TypeError, match=r"f should be a function of x, but is a float"):
        check_gradient(1.0, np.ones(2), np.ones(2))


# ------------------------------------------------------------------ x and the gradient misbehave


def test_x_is_an_array():
    with pytest.raises(
        TypeError, match=r"x should be a NumPy array of floats, but is a float; pass"
    ):
        check_gradient(np.square, 2.0, 4.0)
    with pytest.raises(TypeError, match=r"W should be a NumPy array of floats, but is a dict"):
        check_gradient(np.sum, {"W": {"a": np.ones(2)}}, {})


@pytest.mark.parametrize("dtype", [int, bool, complex])
def test_x_holds_floats(dtype):
    with pytest.raises(TypeError, match=r"x should hold floats, but its dtype is"):
        check_gradient(np.sum, np.ones(2, dtype=dtype), np.ones(2))


def test_x_is_writeable():
    x = np.ones(2)
    x.flags.writeable = False
    with pytest.raises(ValueError, match=r"x is read-only and cannot be moved; pass x.copy\(\)"):
        check_gradient(np.sum, x, x)


def test_x_is_finite():
    with pytest.raises(ValueError, match=r"x holds nan at \[1\]; x must be finite"):
        check_gradient(np.sum, np.array([1.0, np.nan]), np.ones(2))


def test_two_parameters_share_no_memory():
    w = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"W and U share memory"):
        check_gradient(lambda p: np.sum(p["W"]), {"W": w, "U": w.T}, {"W": w, "U": w.T})


def test_views_that_interleave_share_no_memory():
    w = np.ones((2, 6))
    x = {"even": w[:, ::2], "odd": w[:, 1::2]}
    assert check_gradient(
        lambda p: np.sum(p["even"]), x, {"even": np.ones((2, 3)), "odd": np.zeros((2, 3))}
    ).ok


def check_with(grad):
    return check_gradient(
        lambda p: np.sum(p["W"]) + p["s"], {"W": np.ones((2, 3)), "s": np.array(1.0)}, grad
    )


def test_a_dict_wants_a_dict():
    with pytest.raises(
        TypeError, match=r"x is a dict, so the gradient should be one, but is a list of 2"
    ):
        check_with([np.ones((2, 3)), np.array(1.0)])


def test_a_missing_key_is_named():
    with pytest.raises(ValueError, match=r"the gradient has no W, s; it has w"):
        check_with({"w": np.ones((2, 3))})
    with pytest.raises(ValueError, match=r"the gradient has no W, s; it has no keys"):
        check_with({})


def test_a_list_wants_as_many():
    x = [np.ones(2), np.ones(3)]
    with pytest.raises(
        TypeError, match=r"x holds 2 arrays, so the gradient should, but is a list of 1"
    ):
        check_gradient(lambda x: 1.0, x, [np.ones(2)])


def test_a_gradient_of_none_is_named():
    with pytest.raises(
        TypeError, match=r"gradient of s is None; it should be an array of shape \(\);"
    ):
        check_with({"W": np.ones((2, 3)), "s": None})


def test_a_gradient_of_another_shape_is_named():
    with pytest.raises(ValueError, match=r"gradient of W has shape \(3, 2\), but W has \(2, 3\)"):
        check_with({"W": np.ones((3, 2)), "s": 1.0})


def test_a_gradient_of_integers_is_named():
    with pytest.raises(
        TypeError, match=r"gradient of W has dtype int64, which cannot hold a gradient"
    ):
        check_with({"W": np.ones((2, 3), dtype=int), "s": 1.0})


def test_a_gradient_of_nan_is_named():
    grad = np.ones((2, 3))
    grad[1, 0] = np.nan
    with pytest.raises(ValueError, match=r"gradient of W is nan at \[1, 0\]; f is finite there"):
        check_with({"W": grad, "s": 1.0})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"method": "backward"},
            r'method should be "auto", "central" or "complex", but is .backward',
        ),
        ({"entries": "some"}, r'entries should be "auto", "all" or a number, but is .some'),
        ({"entries": -1}, r"entries should be .* but is -1"),
        ({"entries": True}, r"entries should be .* but is True"),
        ({"directions": 0}, r"directions should be 1 or more, but is 0"),
        ({"step": 0.0}, r"step should be a positive number, but is 0.0"),
        ({"tolerance": -1}, r"tolerance should be a positive number, but is -1"),
        ({"tolerance": np.nan}, r"tolerance should be a positive number, but is nan"),
    ],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(cubes, np.ones(2), 3 * np.ones(2), **options)


# ------------------------------------------------------------------ the other forms


def test_assert_gradient_returns_the_report_or_raises_its_text(params):
    assert assert_gradient(linear, params).max_error < NUMERIC
    wrong = {name: np.array(-value) for name, value in linear(params)[1].items()}
    with pytest.raises(AssertionError, match=r"WRONG(.|\n)*b +\(3,\)(.|\n)*\* analytic.*the sign"):
        assert_gradient(lambda p: linear(p)[0], params, wrong)


def test_assert_gradients_close_compares_what_is_there(rng):
    dx = rng.normal(size=(3, 4))
    assert_gradients_close({"x": dx}, {"x": dx + 1e-12})
    wrong = dx.copy()
    wrong[2, 1] += 0.1
    with pytest.raises(AssertionError, match=r"x +\(3, 4\) +12/12 +\[2, 1\]"):
        assert_gradients_close({"x": wrong}, {"x": dx})


def test_assert_gradients_close_forgives_what_rounding_puts_beside_large_entries():
    numeric = np.array([1.0, 1e-10])
    assert_gradients_close(np.array([1.0, 0.0]), numeric)
    with pytest.raises(AssertionError, match=r"WRONG: 1 entry"):
        assert_gradients_close(np.array([1.0, 0.0]), numeric, floor=0.0)


def test_assert_gradients_close_takes_read_only_arrays():
    fixed = np.broadcast_to(np.ones(3), (2, 3))
    assert assert_gradients_close(fixed, fixed).max_error == 0.0


def test_assert_gradients_close_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"gradient of x has shape \(2,\), but x has \(3,\)"):
        assert_gradients_close(np.ones(2), np.ones(3))


@pytest.mark.parametrize(("method", "bound"), [("central", NUMERIC), ("complex", 1e-14)])
def test_numerical_gradient_has_the_structure_of_x(method, bound, params):
    grad = numerical_gradient(lambda p: linear(p)[0], params, method=method)
    for name, expected in linear(params)[1].items():
        np.testing.assert_allclose(grad[name], expected, rtol=0, atol=bound * 10)


def test_numerical_gradient_knows_two_methods():
    with pytest.raises(ValueError, match=r'method should be "central" or "complex", but is .auto'):
        numerical_gradient(cubes, np.ones(2), method="auto")
    with pytest.raises(ValueError, match=r'f does not allow complex steps; use method="central"'):
        numerical_gradient(lambda x: np.sum(np.abs(x)), np.ones(2), method="complex")
