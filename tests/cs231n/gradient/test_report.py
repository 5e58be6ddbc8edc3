"""The report's words, the step sweep, the two figures, and the page of documentation."""

import doctest

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.gradient import checker, randomness
from cs231n.gradient import sweep as gradient_sweep
from cs231n.gradient_check import check_gradient, plot_gradient_report, plot_step_sweep, step_sweep


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def squares(params):
    """Sum of squares over a dict, weighted so that entries differ."""
    return sum(np.sum(np.arange(1.0, 1 + v.size).reshape(v.shape) * v**2) for v in params.values())


def grads(params):
    return {k: 2 * np.arange(1.0, 1 + v.size).reshape(v.shape) * v for k, v in params.items()}


@pytest.fixture
def params(rng):
    return {"W": rng.normal(size=(3, 3)), "b": rng.normal(size=3), "none": np.zeros((0, 2))}


def test_the_report_of_a_right_gradient_reads_ok(params):
    report = check_gradient(squares, params, grads(params))
    lines = str(report).splitlines()
    assert lines[0].startswith("gradient check: ok (tolerance 6.1e-06 for float64, f called ")
    assert [line.split()[0] for line in lines[1:]] == ["name", "W", "b", "none"]
    assert lines[4].split()[-6:] == ["0/0", "-", "-", "-", "0.0e+00", "ok"]


def test_all_columns_of_the_report_start_where_their_heads_do(params):
    lines = str(check_gradient(squares, params, grads(params))).splitlines()[1:]
    for head in ("shape", "checked", "worst at", "analytic", "numeric", "error", "verdict"):
        column = lines[0].index(head)
        assert all(line[column - 1] == " " and line[column] != " " for line in lines)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda g, w: 2 * g, r"numeric = 0.5 * analytic in each of them."),
        (lambda g, w: -g, r"numeric = -1 * analytic in each of them (the sign)."),
        (lambda g, w: 0 * g, r"the analytic gradient is 0 there: is a term missing?"),
        (lambda g, w: g - 0.3 * w, r"numeric - analytic = 0.3 * W: is it the regularisation?"),
        (lambda g, w: g.T.copy(), r"numeric is the transpose of analytic."),
    ],
)
def test_the_report_names_what_wrong_entries_have_in_common(spoil, words, params):
    wrong = grads(params)
    wrong["W"] = spoil(wrong["W"], params["W"])
    report = check_gradient(squares, params, wrong)
    assert report["W"].hint() == words
    assert f"  W: {report['W'].count('wrong')} wrong; {words}" in str(report).splitlines()


def test_no_pattern_is_named_where_there_is_none(params, rng):
    wrong = grads(params)
    wrong["W"] += rng.normal(size=(3, 3))
    report = check_gradient(squares, params, wrong)
    assert report["W"].hint() == ""
    wrong = grads(params)
    wrong["W"][0, 1] *= 2
    assert check_gradient(squares, params, wrong)["W"].hint() == ""  # one entry is no pattern


def test_a_direction_that_fails_where_no_single_entry_does_is_reported(rng):
    x = rng.normal(size=300)
    report = check_gradient(lambda x: np.sum(x**2), x, 2 * x)
    parameter = report["x"]
    parameter.directions = [d._replace(verdict="wrong", error=0.5) for d in parameter.directions]
    assert parameter.verdict == "wrong"
    assert "WRONG along a direction" in str(report)
    assert report.max_error == 0.5


def test_entries_lost_in_rounding_are_counted_and_not_ranked():
    x = np.ones(3)
    grad = np.array([3.0, 1e-19, 0.0])
    report = check_gradient(lambda x: x[0] ** 3, x, grad, method="central")
    assert report.ok
    assert report["x"].worst == (0,)
    assert report.max_error < 1e-9
    assert "ok, 1 lost in rounding" in str(report)


def test_a_name_that_is_not_there_lists_those_that_are(params):
    report = check_gradient(squares, params, grads(params))
    with pytest.raises(KeyError, match=r"no parameter 'V'; it has W, b, none"):
        report["V"]


def test_a_report_of_nothing_is_ok():
    report = check_gradient(lambda p: 1.0, {}, {})
    assert report.ok
    assert report.worst is None
    assert report.max_error == 0.0


# ------------------------------------------------------------------ f that does not use x


SAME = "f returned the same value for every x that was tried"


@pytest.mark.parametrize("size", [1, 3, 300])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_f_that_never_moves_is_told_so(size, dtype, rng):
    x = rng.normal(size=size).astype(dtype)
    earlier = x.copy()
    report = check_gradient(lambda _: (np.sum(earlier**2), 2 * earlier), x)
    assert not report.ok
    assert report.constant
    assert f"  {SAME}: does it use its argument? It may read a global array" in str(report)
    assert "numeric =" not in str(report)


def test_the_same_of_nested_parameters_of_which_one_is_empty(rng):
    x = {"conv": {"W": rng.normal(size=(2, 3))}, "b": [np.ones(3), np.zeros((0, 2))]}
    report = check_gradient(lambda p: 1.25, x, x)
    assert report.constant
    assert SAME in str(report)


def test_of_one_parameter_that_f_does_not_use_the_report_names_it(params):
    earlier = params["b"].copy()
    report = check_gradient(
        lambda p: squares({**p, "b": earlier}), params, grads(params), method="central"
    )
    assert not report.constant
    assert [p.name for p in report.parameters if p.constant] == ["b"]
    said = "b: 3 wrong; f returned the same value wherever b was moved: does it use it?"
    assert f"  {said}" in str(report).splitlines()
    assert SAME not in str(report)


@pytest.mark.parametrize("method", ["auto", "central", "complex"])
def test_a_constant_function_passes_with_a_remark(method):
    x = np.ones(3)
    report = check_gradient(lambda x: 0 * np.sum(x) + 2.5, x, np.zeros(3), method=method)
    assert report.ok
    if method != "complex":  # which moves nothing where its own steps suffice
        assert f"{SAME}. If it should depend on x, see whether it uses its arg" in str(report)


def test_a_gradient_of_zero_where_f_does_change_gets_no_remark():
    x = np.array([0.0, 1.0])
    report = check_gradient(lambda x: x[0] ** 2 + 0 * x[1], x, np.zeros(2))
    assert report.ok
    assert SAME not in str(report)
    right = check_gradient(
        lambda p: np.sum(p["a"] ** 2),
        {"a": x, "dead": np.ones(2)},
        {"a": 2 * x, "dead": np.zeros(2)},
    )
    assert right.ok
    assert "same value" not in str(right)


# ------------------------------------------------------------------ the sweep


def bend(w):
    return np.sum(np.exp(np.sin(w)))


def bend_grad(w):
    return np.exp(np.sin(w)) * np.cos(w)


@pytest.mark.parametrize("grad", [None, bend_grad])
def test_errors_over_the_step_are_a_u(grad, rng):
    sweep = step_sweep(bend, rng.normal(size=(3, 4)), grad)
    assert 1e-7 < sweep.best_step < 1e-3
    assert sweep.best_error < 1e-8
    assert min(sweep.central[0], sweep.central[-1]) > 1e4 * sweep.best_error
    assert sweep.analytic == (grad is not None)


def test_long_steps_cost_h_forward_and_h_squared_centrally(rng):
    sweep = step_sweep(bend, rng.normal(size=4), bend_grad, steps=[1e-2, 1e-3])
    assert sweep.forward[0] / sweep.forward[1] == pytest.approx(10, rel=0.1)
    assert sweep.central[0] / sweep.central[1] == pytest.approx(100, rel=0.1)


def test_short_complex_steps_are_exact(rng):
    sweep = step_sweep(bend, rng.normal(size=4), bend_grad)
    assert sweep.complex[-20:].max() < 1e-14


def test_without_complex_steps_the_sweep_has_no_such_curve(rng):
    x = rng.normal(size=4)
    sweep = step_sweep(lambda x: np.sum(np.abs(x) ** 3), x, 3 * x * np.abs(x))
    assert sweep.complex is None
    assert plot_step_sweep(sweep).get_legend_handles_labels()[1] == [
        "forward difference",
        "central difference",
    ]


def test_float32_wants_longer_steps(rng):
    x = rng.normal(size=4).astype(np.float32)
    single = step_sweep(lambda _: bend(x), x, bend_grad(x))
    double = step_sweep(bend, x.astype(float), bend_grad)
    assert single.best_step > 10 * double.best_step
    assert single.steps.min() > 1e-8


def test_a_wrong_gradient_levels_out_high(rng):
    x = rng.normal(size=4)
    sweep = step_sweep(bend, x, 1.1 * bend_grad(x))
    assert sweep.best_error > 1e-2


def test_steps_are_positive(rng):
    for steps in ([], [1e-3, 0.0], [-1.0]):
        with pytest.raises(ValueError, match=r"steps should be positive numbers, at least one"):
            step_sweep(bend, rng.normal(size=2), steps=steps)


# ------------------------------------------------------------------ the figures


def test_the_sweep_is_drawn_on_logarithmic_axes_with_units(rng):
    sweep = step_sweep(bend, rng.normal(size=4), bend_grad)
    ax = plot_step_sweep(sweep)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step h (units of x)", "relative error (no unit)")
    assert tuple(ax.figure.get_size_inches()) == (6, 4)
    drawn = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_array_equal(drawn["central difference"], np.maximum(sweep.central, 1e-17))


def test_the_heat_map_shows_each_error_where_it_is(params):
    wrong = grads(params)
    wrong["W"][2, 1] *= 1.5
    report = check_gradient(squares, params, wrong)
    ax = plot_gradient_report(report)  # the worst parameter
    shown = ax.images[0].get_array()
    assert shown.shape == (3, 3)
    assert shown[2, 1] == pytest.approx(np.log10(0.2))
    assert ax.get_title(loc="right") == "W (3, 3): largest error 2.0e-01"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("column (index)", "row (index)")
    assert ax.get_legend_handles_labels()[1] == ["wrong (1)"]


@pytest.mark.parametrize(
    ("shape", "drawn"), [((), (1, 1)), ((4,), (1, 4)), ((2, 3, 4), (2, 12)), ((1, 5), (1, 5))]
)
def test_the_heat_map_of_other_shapes(shape, drawn, rng):
    x = rng.normal(size=shape)
    ax = plot_gradient_report(check_gradient(np.sum, x, np.ones(shape)))
    assert ax.images[0].get_array().shape == drawn


def test_the_heat_map_counts_what_was_not_looked_at_and_marks_kinks(rng):
    x = rng.normal(size=(20, 30))
    report = check_gradient(np.sum, x, np.ones((20, 30)))
    unseen = 600 - report["x"].looked_at
    labels = plot_gradient_report(report).get_legend_handles_labels()[1]
    assert labels == [f"not looked at ({unseen})"]
    report = check_gradient(lambda x: np.sum(np.abs(x)), np.zeros(3), np.zeros(3))
    assert plot_gradient_report(report).get_legend_handles_labels()[1] == ["kink (3)"]


def test_figures_can_share_axes_that_are_there(params):
    _, axes = plt.subplots(1, 2)
    report = check_gradient(squares, params, grads(params))
    assert plot_gradient_report(report, "b", ax=axes[0]) is axes[0]
    assert plot_step_sweep(step_sweep(squares, params, grads), ax=axes[1]) is axes[1]


def test_figures_are_the_same_bytes_each_time(params, tmp_path):
    report, files = check_gradient(squares, params, grads(params)), []
    for name in ("a.png", "b.png"):
        plot_gradient_report(report, "W").figure.savefig(tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


def test_there_is_no_picture_of_nothing(params):
    report = check_gradient(squares, params, grads(params))
    with pytest.raises(ValueError, match=r"no entries to draw; x is empty"):
        plot_gradient_report(report, "none")
    with pytest.raises(KeyError, match=r"no parameter 'V'"):
        plot_gradient_report(report, "V")


# ------------------------------------------------------------------ examples in words


@pytest.mark.parametrize("module", [checker, randomness, gradient_sweep])
def test_the_examples_of_the_docstrings_do_as_they_say(module):
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
