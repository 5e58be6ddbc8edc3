"""Figures of captions: what stands below which picture, and in which colour."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.captioning.figures import show_captions
from cs231n.vis_utils import GREEN, ORANGE

pytestmark = pytest.mark.assignment3
PICTURES = [np.full((5, 7, 3), 50 * i, np.uint8) for i in range(3)]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_each_sentence_stands_below_its_picture():
    said = ["<START> a star <END> <NULL>", "two rings", ""]
    axes = show_captions(PICTURES, said, columns=2)
    assert [ax.get_xlabel() for ax in axes] == ["a star", "two rings", "(no words)"]
    for ax, picture in zip(axes, PICTURES):
        np.testing.assert_array_equal(ax.images[0].get_array(), picture)
    assert len(axes[0].figure.axes) == 4


def test_true_and_false_differ_in_colour_and_mark():
    axes = show_captions(PICTURES, ["a star"] * 3, [True, np.False_, None])
    assert [ax.get_xlabel() for ax in axes] == ["✓ a star", "✗ a star", "a star"]
    assert [ax.xaxis.label.get_color() for ax in axes] == [GREEN, ORANGE, "black"]


def test_several_sentences_are_paragraphs_and_long_ones_are_cut():
    (ax,) = show_captions(PICTURES[:1], [["a star", " ".join(["ring"] * 40)]])
    first, *rest = ax.get_xlabel().split("\n")
    assert (first, len(rest), rest[-1][-1]) == ("– a star", 4, "…")


def test_every_picture_needs_a_sentence_and_a_truth():
    with pytest.raises(ValueError, match="got 3 pictures, 1 sentences and 3 truths"):
        show_captions(PICTURES, ["a star"])
    with pytest.raises(ValueError, match="got 3 pictures, 3 sentences and 2 truths"):
        show_captions(PICTURES, ["a star"] * 3, [True, False])
    with pytest.raises(ValueError, match="a picture at least, but got 0 pictures"):
        show_captions([], [])
