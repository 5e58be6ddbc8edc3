"""Figures: grids of pictures to the pixel, labelled axes, and the same picture every time."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n import vis_utils
from cs231n.features import hog_feature

pytestmark = pytest.mark.assignment1

CLASSES = ("ant", "bee", "cat")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def pictures(count=12):
    rng = np.random.default_rng(1)
    return rng.integers(256, size=(count, 16, 24, 3)).astype(np.uint8), np.arange(count) % 3


FIGURES = {
    "samples": lambda: vis_utils.plot_samples(*pictures(), np.array(CLASSES), per_class=5),
    "distances": lambda: vis_utils.plot_distances(np.arange(12.0).reshape(3, 4)),
    "folds": lambda: vis_utils.plot_cross_validation({1: [0.1, 0.2], 10: [0.3, 0.2]}),
    "loss": lambda: vis_utils.plot_loss(np.linspace(3, 1, 60)),
    "short loss": lambda: vis_utils.plot_loss([2.0, 1.0]),
    "accuracy": lambda: vis_utils.plot_accuracy([0.1, 0.5], [0.1, 0.4]),
    "templates": lambda: vis_utils.plot_templates(
        np.arange(48.0 * 3).reshape(48, 3), np.array(CLASSES), shape=(4, 4, 3)
    ),
    "units": lambda: vis_utils.plot_templates(np.eye(48, 120), shape=(4, 4, 3)),
    "search": lambda: vis_utils.plot_search({(1e-3, 0.1): 0.3, (1e-2, 1.0): 0.4}),
    "hog": lambda: vis_utils.plot_hog(pictures()[0][0], hog_feature(pictures()[0][0])),
    "flat hog": lambda: vis_utils.plot_hog(np.zeros((16, 24, 3)), np.zeros(54)),
    "confusions": lambda: vis_utils.plot_confusions([0, 1, 2, 2], [0, 2, 1, 1], CLASSES),
    "mistakes": lambda: vis_utils.plot_mistakes(*pictures(), np.arange(12) % 2, CLASSES),
    "timings": lambda: vis_utils.plot_timings({"two loops": 3.0, "no loops": 0.1}),
}


def png(ax):
    file = io.BytesIO()
    ax.figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_the_same_every_time(name):
    assert png(FIGURES[name]()) == png(FIGURES[name]())


@pytest.mark.parametrize("name", FIGURES)
def test_figures_draw_into_axes_they_are_given(name, monkeypatch):
    ax = plt.figure().add_subplot()
    monkeypatch.setattr(vis_utils, "axes_or_new", lambda given, size: ax)
    assert FIGURES[name]() is ax


LABELLED = sorted(set(FIGURES) - {"samples", "templates", "units", "hog", "flat hog", "mistakes"})


@pytest.mark.parametrize("name", LABELLED)
def test_axes_have_labels(name):
    ax = FIGURES[name]()
    assert ax.get_xlabel()
    assert ax.get_ylabel() or [tick.get_text() for tick in ax.get_yticklabels()]


def test_a_given_axes_is_used():
    ax = plt.figure().add_subplot()
    assert vis_utils.plot_loss([1.0], ax=ax) is ax


def test_samples_are_named_by_class():
    names = [tick.get_text() for tick in FIGURES["samples"]().get_xticklabels()]
    assert names == list(CLASSES)


def test_search_marks_the_best_and_leaves_the_untried_empty():
    texts = {text.get_text(): text.get_weight() for text in FIGURES["search"]().texts}
    assert texts == {"30.0": "normal", "40.0": "bold"}


def test_confusions_count_pairs_in_order():
    ax = FIGURES["confusions"]()
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names[-2:] == ["bee taken for cat", "cat taken for bee"]
    assert [patch.get_width() for patch in ax.patches][-2:] == [1, 2]


def test_units_show_the_hundred_largest():
    assert FIGURES["units"]().images[0].get_array().shape == (10 * 6 - 2, 10 * 6 - 2, 3)


def test_templates_refuse_the_row_of_the_bias():
    with pytest.raises(ValueError, match="W has 3073 rows but pictures of shape"):
        vis_utils.plot_templates(np.zeros((3073, 10)))


def test_visualize_grid_places_and_stretches():
    Xs = np.arange(5.0)[:, None, None, None] + np.array([[[0.0], [2.0]]])  # five of (1, 2, 1)
    grid = vis_utils.visualize_grid(Xs, ubound=10.0, padding=1)
    row, empty = [0, 10, 0, 0, 10, 0, 0, 10], [0] * 8
    assert grid[:, :, 0].tolist() == [row, empty, [*row[:5], 0, 0, 0], empty, empty]


def test_visualize_grid_survives_a_constant_picture():
    np.testing.assert_array_equal(vis_utils.visualize_grid(np.full((1, 2, 3, 1), 7.0)), 0)


def test_vis_grid_frames_and_fills_with_white():
    grid = vis_utils.vis_grid(np.array([[[[0.0], [5.0]]], [[[3.0], [3.0]]]]))
    black, first = [0] * 7, [0, 0, 1, 0, 0, 0, 0]
    assert grid[:, :, 0].tolist() == [black, first, black, [0, 1, 1, 0, 1, 1, 0], black]


def test_vis_nn_lays_out_rows_of_any_number_of_columns():
    pixel = [np.full((1, 1, 1), value) for value in (1.0, 2.0, 3.0)]
    assert vis_utils.vis_nn([pixel, pixel]).shape == (5, 7, 1)
