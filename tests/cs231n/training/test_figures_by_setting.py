"""Figures of settings and of layers: what is drawn, and where."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.training import figures

pytestmark = pytest.mark.assignment2


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_values_stand_over_their_settings():
    ax = figures.plot_against([0.1, 1, 10], {"a": [3, 2, 1], "b": [1, 1, 1]}, "scale", "right")
    drawn = {line.get_label(): np.array(line.get_data()) for line in ax.lines}
    np.testing.assert_allclose(drawn["a"], [[0.1, 1, 10], [3, 2, 1]])
    np.testing.assert_allclose(drawn["b"], [[0.1, 1, 10], [1, 1, 1]])
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_xscale()) == ("scale", "right", "log")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0.1", "1", "10"]


def test_settings_can_stand_evenly():
    ax = figures.plot_against([0, 1], {"a": [3, 2]}, "x", "y", log=False)
    assert ax.get_xscale() == "linear"


def test_each_layer_has_a_violin_and_its_spread():
    values = {"layer 1": np.array([[-1.0, 1.0], [-1.0, 1.0]]), "layer 2": np.array([0.0, 0.5, 4.0])}
    ax = figures.plot_distributions(values, "two layers")
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["layer 1\nstd 1", "layer 2\nstd 1.8"]
    assert len(ax.collections) == 3  # two bodies, and the medians together
    assert ax.get_title() == "two layers"


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: figures.plot_against([1, 2], {"a": [1, 2]}, "x", "y", ax=ax),
        lambda ax: figures.plot_distributions({"a": np.arange(5.0)}, "a", ax=ax),
    ],
)
def test_a_figure_by_setting_is_drawn_where_it_is_told(draw):
    ax = plt.figure().add_subplot()
    assert draw(ax) is ax
