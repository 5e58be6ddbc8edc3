"""Figures of language models and decoding: what stands where."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cs231n.language.figures import plot_confidence, plot_orders, plot_tree, show_word_logprobs
from cs231n.language.word_models import WordTree

pytestmark = pytest.mark.assignment3


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_tree_shows_words_chances_and_sentences():
    tree = WordTree({"": {"a": 0.6, "the": 0.4}, "a": {"red": 0.9, "big": 0.1}})
    ax = plot_tree(tree, {"greedy": "a red", "other": "the"})
    assert {"<START>", "a", "the", "red", "big", "0.9", "0.54", "0.06", "0.4"} <= set(texts(ax))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["greedy", "other"]
    way = ax.lines[0].get_xydata()
    assert way[:, 0].tolist() == [0, 1, 2]
    assert way[2, 1] > way[0, 1]


def test_words_stand_on_bars_as_long_as_they_are_likely():
    pictures = np.zeros((2, 8, 8, 3), dtype=np.uint8)
    axes = show_word_logprobs(
        pictures, [["a", "star"], ["a"]], [np.log([0.5, 0.25]), [0.0]], [True, False]
    )
    assert [bar.get_width() for bar in axes[0].patches] == pytest.approx([0.5, 0.25])
    assert texts(axes[0]) == ["a", "0.50", "star", "0.25"]
    tops = axes[0].figure.axes[:2]
    assert [ax.get_title() for ax in tops] == ["log p = -2.08", "log p = 0.00"]
    frames = {ax.spines["top"].get_edgecolor() for ax in tops}
    assert len(frames) == 2


def test_true_and_false_sentences_are_counted_apart():
    ax = plot_confidence([-1.0, -2.0, -9.0], [True, True, False])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["true (2)", "false (1)"]
    assert sum(bar.get_height() for bar in ax.patches) == 3


def test_lists_of_other_lengths_are_refused():
    pictures = np.zeros((1, 8, 8, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="1 pictures, 2 sentences and 1 lists"):
        show_word_logprobs(pictures, [["a"], ["b"]], [[-1.0]])
    with pytest.raises(ValueError, match="or lists of other lengths"):
        show_word_logprobs(pictures, [["a"]], [[-1.0, -2.0]])


def test_orders_stand_beside_lines():
    ax = plot_orders([20.0, 5.0, 4.5, 6.0], {"network": 4.2}, "perplexity")
    assert ax.lines[0].get_ydata().tolist() == [20.0, 5.0, 4.5, 6.0]
    assert set(ax.lines[1].get_ydata()) == {4.2}
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["n-grams", "network: 4.20"]
    assert texts(ax) == ["4.50"]
    assert ax.get_ylabel() == "perplexity"
