"""Figures of matching: what words are about, and what a search finds.

As in `vis_utils`, every function draws into `ax` if it is given, else into a new figure.
"""

import textwrap

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from cs231n.training.figures import PURPLE, SKY
from cs231n.vis_utils import BLUE, GREEN, GREY, ORANGE, axes_or_new

__all__ = ["show_found", "show_grounding"]

REGION_COLOURS = (ORANGE, SKY, GREEN, PURPLE, BLUE)


def show_grounding(picture, boxes, words, regions, products, ax=None):
    """Show which region each word of a sentence is about, in the colour of its box.

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3), uint8
    boxes : ndarray, shape (R, 4)
        Left, top, width and height, as shares of the picture.
    words : list of str
    regions : sequence of int
        For each word, its region.
    products : sequence of float
        For each word, how well its region suits it.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (3.2, 3.6))
    (H, W), used = picture.shape[:2], sorted(set(map(int, regions)))
    colours = {r: REGION_COLOURS[i % len(REGION_COLOURS)] for i, r in enumerate(used)}
    ax.imshow(picture, extent=(0, W, H, 0))
    for r in used:
        left, top, width, height = boxes[r] * [W, H, W, H]
        frame = Rectangle((left, top), width, height, fill=False, edgecolor=colours[r], linewidth=3)
        ax.add_patch(frame)
    ax.set(xticks=[], yticks=[], anchor="N")
    down = 1.04
    for word, region, product in zip(words, regions, products):
        colour = colours[int(region)]
        style = {"transform": ax.transAxes, "va": "top", "fontsize": 9, "color": colour}
        ax.text(0.05, 1.0 - down, word, **style)
        ax.text(0.95, 1.0 - down, f"{product:+.2f}", ha="right", **style)
        down += 0.08
    return ax


def show_found(pictures, scores, right, title):
    """Show what a sentence finds, the best picture first, the right one with a green frame.

    Parameters
    ----------
    pictures : sequence of ndarray, shape (H, W, 3), uint8
    scores : sequence of float
    right : sequence of bool
    title : str
        The sentence.

    Returns
    -------
    list of Axes
    """
    figure = plt.figure(figsize=(1.7 * len(pictures), 2.4), layout="constrained")
    axes = figure.subplots(1, len(pictures), squeeze=False)[0]
    for ax, picture, score, good in zip(axes, pictures, scores, right):
        ax.imshow(picture)
        ax.set(xticks=[], yticks=[], xlabel=f"{'right' if good else 'wrong'}, {score:.2f}")
        ax.spines[:].set(color=GREEN if good else GREY, linewidth=3 if good else 1)
    figure.suptitle(textwrap.shorten(title, 90), fontsize=10)
    return list(axes)
