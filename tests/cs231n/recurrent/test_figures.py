"""Figures of gates: what they show, and which units."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.recurrent.figures import plot_gates, plot_saturation

pytestmark = pytest.mark.assignment3


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def test_four_maps_with_the_words_below(rng):
    gates = {name: rng.random((5, 7)) for name in "ifo"} | {"c": rng.normal(size=(5, 7))}
    axes = plot_gates(gates, ["<START>", "a", "red", "circle", "."], units=3, title="a sentence")
    assert [ax.get_title() for ax in axes] == ["input gate", "forget gate", "output gate", "cell"]
    assert [label.get_text() for label in axes[3].get_xticklabels()][2] == "red"
    assert {ax.images[0].get_array().shape for ax in axes} == {(3, 5)}


def test_the_units_whose_cells_move_most_the_lasting_ones_on_top():
    c, f = np.zeros((2, 4)), np.full((2, 4), 0.5)
    c[1], f[:, 2] = [3, 0, 2, 1], 0.9
    gates = {"i": f, "f": f, "o": f, "c": c}
    shown = plot_gates(gates, ["a", "b"], units=2)[3].images[0].get_array()
    np.testing.assert_array_equal(shown[:, 1], [2, 3])


def test_axes_that_are_given_are_used(rng):
    _, axes = plt.subplots(1, 4)
    gates = dict.fromkeys("ifoc", rng.random((3, 2)))
    assert plot_gates(gates, ["a", "b", "c"], axes=axes) == list(axes)


def test_a_point_for_each_unit(rng):
    shut, opened = rng.random((2, 9)) / 2
    ax = plot_saturation({"forget": (shut, opened)}, "gates")
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), np.stack([shut, opened], axis=1))
    label = f"forget: {shut.mean():.0%} shut, {opened.mean():.0%} open"
    assert ax.get_legend().get_texts()[0].get_text() == label
