"""Figures of translation: where attention looks, beside where it should."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from cs231n.vis_utils import ORANGE

__all__ = ["plot_alignment"]


def plot_alignment(weights, source, target, alignment=None, ax=None):
    """Show the weights of attention: a row for each word of the translation.

    Parameters
    ----------
    weights : ndarray, shape (T, S)
        From 0 to 1, places of the source as people read them.
    source : sequence of S str
    target : sequence of T str
    alignment : sequence of int, optional
        For each word of the target the place of its source word, which is framed; there may be
        fewer than T.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there are not as many weights as words.
    """
    T, S = len(target), len(source)
    if np.shape(weights) != (T, S):
        raise ValueError(
            f"plot_alignment: weights has shape {np.shape(weights)}; for {T} words of the target "
            f"and {S} of the source it should be {(T, S)}."
        )
    if ax is None:
        size = (1.6 + 0.5 * S, 1.4 + 0.34 * T)
        _, ax = plt.subplots(figsize=size, layout="constrained")
    ax.imshow(weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, place in enumerate(() if alignment is None else alignment):
        frame = Rectangle((place - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=ORANGE, linewidth=2)
        ax.add_patch(frame)
    ax.set_xticks(range(S), source, rotation=45, ha="left")
    ax.set_yticks(range(T), target)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    ax.set(xlabel="source", ylabel="translation")
    return ax
