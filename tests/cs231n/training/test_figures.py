"""Figures of training: what is drawn, and where."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.training import figures

pytestmark = pytest.mark.assignment2


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def lines(ax):
    return {line.get_label(): np.array(line.get_data()) for line in ax.lines}


def test_curves_are_named_and_begin_at_the_first_number():
    ax = figures.plot_curves({"a": [3, 2, 1], "b": [1.0, 1.0]}, "epoch", "height", first=0)
    drawn = lines(ax)
    np.testing.assert_allclose(drawn["a"], [[0, 1, 2], [3, 2, 1]])
    np.testing.assert_allclose(drawn["b"], [[0, 1], [1, 1]])
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("epoch", "height", "linear")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]


def test_means_stand_in_the_middle_of_their_windows():
    ax = figures.plot_curves({"loss": [1.0, 2.0, 6.0, 4.0]}, window=3, log=True)
    np.testing.assert_allclose(lines(ax)["loss"], [[2, 3], [3, 4]])
    assert ax.get_yscale() == "log"


def test_descents_show_every_place_from_the_common_start():
    start = np.array([-3.0, 2.0])
    paths = {rate: np.stack([start * rate**t for t in range(5)]) for rate in (0.9, 0.5)}
    paths = {f"rate {rate}": path for rate, path in paths.items()}
    ax = figures.plot_descents(lambda a, b: a**2 + 5 * b**2, paths)
    drawn = lines(ax)
    for name, path in paths.items():
        np.testing.assert_allclose(drawn[name].T, path)
    (low, high), (below, above) = ax.get_xlim(), ax.get_ylim()
    assert low < -3 < high
    assert below < 2 < above


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: figures.plot_curves({"a": [1, 2]}, ax=ax),
        lambda ax: figures.plot_descents(
            lambda a, b: a**2 + b**2, {"a": np.array([[1.0, 2.0], [0.5, 1.0]])}, ax=ax
        ),
    ],
)
def test_a_figure_is_drawn_where_it_is_told(draw):
    ax = plt.figure().add_subplot()
    assert draw(ax) is ax
