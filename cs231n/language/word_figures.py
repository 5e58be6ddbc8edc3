"""Figures of word vectors: a map with as many names as fit, and scores beside those of counts.

As in `vis_utils`, functions draw into `ax` if it is given, else into a new figure, and return Axes.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.transforms import Bbox

from cs231n.vis_utils import BLUE, GREY, axes_or_new

__all__ = ["plot_scores", "plot_word_map"]

COLOURS = plt.get_cmap("tab20").colors[::2] + plt.get_cmap("tab20b").colors[::4]
COLOURS += plt.get_cmap("tab20").colors[1::2]
SIDES = (  # where a name may stand: from its dot, in points
    (4, 4, "left"),
    (-4, 4, "right"),
    (4, -5, "left"),
    (-4, -5, "right"),
    (0, 9, "center"),
    (0, -9, "center"),
)
DOT = 4  # pixels of a dot that no name may cover
SHAPES = "os^Dv"  # after as many kinds as colours, another shape


def plot_word_map(words, places, kinds=None, ax=None):
    """Show words on a plane. A name that would cover another one is left out; the dot stays.

    Parameters
    ----------
    words : sequence of str
        The most important first.
    places : ndarray, shape (n, 2)
    kinds : dict of str to list of str, optional
        Words that belong together; others are grey.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is not a place for each word.
    """
    if np.shape(places) != (len(words), 2):
        raise ValueError(
            f"plot_word_map: expected places of shape ({len(words)}, 2), one for each word, but "
            f"got {np.shape(places)}."
        )
    ax, looks = axes_or_new(ax, (10.5, 7.5)), {}
    for number, (kind, members) in enumerate((kinds or {}).items()):
        colour, shape = COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)]
        chosen = [i for i, word in enumerate(words) if word in set(members)]
        looks |= dict.fromkeys(chosen, colour)
        if chosen:
            ax.scatter(*places[chosen].T, s=22, color=[colour], marker=shape, label=kind)
    rest = [i for i in range(len(words)) if i not in looks]
    ax.scatter(*places[rest].T, s=10, color=GREY)
    ax.set(xticks=[], yticks=[])
    ax.margins(0.06)
    if looks:
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=9)
    _name(ax, words, places, looks)
    return ax


def plot_scores(expected, learned, ax=None):
    """Show the scores v . u that were learned beside those that counts lead one to expect.

    Parameters
    ----------
    expected, learned : ndarray, shape (n,)
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (5.2, 4.6))
    both = np.concatenate([expected, learned])
    ends = [both.min() - 0.2, both.max() + 0.2]
    ax.plot(ends, ends, color=GREY, linewidth=1, label="as expected")
    ax.scatter(expected, learned, s=12, color=BLUE, alpha=0.6, label="a word and a context")
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.set(xlabel="score expected from counts", ylabel="score learned, v . u")
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def _name(ax, words, places, looks):
    """Write the names that have room beside their dots, the first of the words first."""
    ax.figure.draw_without_rendering()
    dots = ax.transData.transform(places)
    taken = [Bbox.from_bounds(*(dot - DOT / 2), DOT, DOT) for dot in dots]
    for i, word in enumerate(words):
        for dx, dy, side in SIDES:
            text = ax.annotate(
                word,
                places[i],
                xytext=(dx, dy),
                textcoords="offset points",
                ha=side,
                va="center",
                fontsize=9,
                color=np.multiply(0.72, looks.get(i, (0.5, 0.5, 0.5))),
            )
            box = text.get_window_extent().padded(-1)
            if not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            text.remove()
