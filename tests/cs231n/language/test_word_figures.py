"""Figures of word vectors."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.language.word_figures import plot_scores, plot_word_map

pytestmark = pytest.mark.assignment4
WORDS = ["red", "blue", "dog", "the"]
PLACES = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_a_map_names_words_and_kinds():
    ax = plot_word_map(WORDS, PLACES, {"colours": ["red", "blue", "green"], "animals": ["dog"]})
    assert [text.get_text() for text in ax.texts] == WORDS
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["colours", "animals"]


def test_names_do_not_cover_each_other():
    words = [f"word{i}" for i in range(40)]
    ax = plot_word_map(words, np.random.default_rng(0).normal(size=(40, 2)) ** 3)
    shown = [text.get_window_extent().padded(-1) for text in ax.texts]
    assert 10 < len(shown) <= 40
    assert not any(a.overlaps(b) for i, a in enumerate(shown) for b in shown[:i])


def test_a_map_needs_a_place_for_each_word():
    with pytest.raises(ValueError, match=r"places of shape \(4, 2\)"):
        plot_word_map(WORDS, PLACES[:3])


def test_scores_are_drawn_on_equal_axes():
    ax = plot_scores(np.array([-1.0, 2]), np.array([-1.5, 1]))
    assert ax.get_xlim() == ax.get_ylim()
    assert len(ax.collections[0].get_offsets()) == 2
