"""Figures of transfer learning: what is drawn, and where."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.transfer.figures import plot_knowledge, plot_learning

pytestmark = pytest.mark.assignment3


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_knowledge_is_a_table_shaded_from_chance_to_all_right():
    table = {"first": {"colour": 0.6, "place": 0.5}, "last": {"colour": 1.0, "place": 0.25}}
    ax = plot_knowledge(table, {"colour": 0.2, "place": 0.5}, title="a net")
    (image,) = ax.images
    np.testing.assert_allclose(image.get_array(), [[0.5, 0], [1, -0.5]])
    assert [text.get_text() for text in ax.texts] == ["60%", "50%", "100%", "25%"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "last"]
    heads = [label.get_text() for label in ax.get_xticklabels()]
    assert heads == ["colour\n(chance 20%)", "place\n(chance 50%)"]
    assert ax.get_title() == "a net"


def test_learning_curves_are_means_in_bands():
    curves = {"a": ([10, 30, 90], [[10, 40, 70], [20, 60, 70]]), "b": ([30], [[5]])}
    ax = plot_learning(curves, "right (%)", chance=3)
    drawn = {line.get_label(): line.get_data() for line in ax.lines}
    np.testing.assert_allclose(drawn["a"], [[10, 30, 90], [15, 50, 70]])
    np.testing.assert_allclose(drawn["b"], [[30], [5]])
    np.testing.assert_allclose(drawn["chance"][1], 3)
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == 10
    assert band[:, 1].max() == 70
    assert [label.get_text() for label in ax.get_xticklabels()] == ["10", "30", "90"]
    assert (ax.get_xscale(), ax.get_xlabel()) == ("log", "training pictures")


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plot_knowledge({"x": {"y": 0.5}}, {"y": 0.1}, ax=ax),
        lambda ax: plot_learning({"a": ([1, 2], [[1, 2]])}, "y", ax=ax),
    ],
)
def test_a_figure_of_transfer_is_drawn_where_it_is_told(draw):
    ax = plt.figure().add_subplot()
    assert draw(ax) is ax
    assert len(plt.get_fignums()) == 1
