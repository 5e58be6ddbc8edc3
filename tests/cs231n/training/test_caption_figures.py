"""Figures of training: what is drawn is what the solver noted."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.training.caption_figures import plot_training, smoothed

pytestmark = pytest.mark.assignment3


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def solver(losses, **changes):
    with np.errstate(over="ignore"):
        perplexities = np.exp(np.asarray(losses) / 10).tolist()
    noted = {"perplexity_history": perplexities, "val_perplexity_history": [], "skipped": []}
    return SimpleNamespace(loss_history=losses, **{**noted, **changes})


def lines(ax):
    return {line.get_label(): line.get_xydata() for line in ax.lines}


def test_means_are_of_a_window_around_each_value():
    np.testing.assert_allclose(smoothed([1, 2, 6, 3, 0], 3), [1.5, 3, 11 / 3, 3, 1.5])
    np.testing.assert_allclose(smoothed([1, 2, 6, 3], 2), [1.5, 4, 4.5, 3])


def test_means_leave_out_what_is_not_finite():
    np.testing.assert_allclose(smoothed([1, np.nan, 6, np.inf, 2], 3), [1, 3.5, 6, 4, 2])
    np.testing.assert_array_equal(smoothed([np.nan, 1], 1), [np.nan, 1])


def test_curves_and_skipped_steps_are_drawn():
    history = [20.0, 12.0, np.nan, 11.0, 10.0] + [9.0] * 45
    noted = {"val_perplexity_history": [(25, 3.5), (50, 3.0)], "skipped": [(3, "a"), (8, "b")]}
    left, right = plot_training(solver(history, **noted), window=5)
    drawn = lines(left) | lines(right)
    np.testing.assert_array_equal(drawn["each step"], np.c_[1 : len(history) + 1, history])
    np.testing.assert_allclose(drawn["mean of 5 steps"][:, 1], smoothed(history, 5))
    np.testing.assert_array_equal(drawn["validation"], [(25, 3.5), (50, 3.0)])
    np.testing.assert_array_equal(drawn["skipped: 2"][:, 0], [3, 8])
    assert (left.get_yscale(), right.get_yscale()) == ("linear", "log")


def test_a_run_that_exploded_is_shown_by_factors():
    left, _ = plot_training(solver([20.0, 19.0, 29.0, 1e9, np.nan]))
    assert left.get_yscale() == "log"
    assert "step by step" in lines(left)


def test_a_few_steps_above_are_marked_where_the_axis_ends():
    history = [20.0, 18.0, 4e4, 15.0, 12.0, 11.0] + 40 * [10.0]
    left, _ = plot_training(solver(history, perplexity_history=history), window=5)
    drawn = lines(left)
    np.testing.assert_array_equal(drawn["above, up to 4e+04"][:, 0], [3])
    assert drawn["mean of 4 steps"][:, 1].max() <= 20  # what is not shown is not in the mean
    assert left.get_ylim() == (0, 21)


def test_it_draws_where_it_is_told():
    axes = plt.subplots(1, 2)[1]
    assert list(plot_training(solver([3.0, 2.0]), axes=axes)) == list(axes)
    assert len(plt.get_fignums()) == 1
