"""check_gradient: what it accepts, and what it finds."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest
from smooth_model import linear

from cs231n.gradient_check import check_gradient

# What a numeric gradient in float64 is good for: 1e-16 of rounding over a step of 6e-6.
NUMERIC = 1e-9


def cubes(x):
    return np.sum(x**3)


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
