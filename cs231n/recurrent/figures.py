"""Figures of an LSTM's inside: gates and cells over the words of a sentence, and how often shut."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.vis_utils import BLUE, GREY, ORANGE, axes_or_new

__all__ = ["plot_gates", "plot_saturation"]

NAMES = {"i": "input gate", "f": "forget gate", "o": "output gate", "c": "cell"}


def plot_gates(gates, words, units=16, title="", axes=None):
    """Show gates and cells of one sequence over time, as maps with a row for each unit.

    Parameters
    ----------
    gates : dict of str to ndarray, shape (T, H)
        "i", "f" and "o" from 0 to 1, and "c", as of `gates_over_time` for one sequence.
    words : sequence of str
        T, what went in at each step.
    units : int
        Show so many, those whose cells move most, the most lasting forget gate on top.
    title : str
    axes : sequence of four Axes, optional

    Returns
    -------
    list of Axes
        For i, f, o and c.
    """
    c = np.asarray(gates["c"])
    movers = np.argsort(-np.ptp(c, axis=0))[:units]
    chosen = movers[np.argsort(-np.asarray(gates["f"])[:, movers].mean(axis=0))]
    if axes is None:
        size = (1.6 + 2.3 * 4, 1.0 + 0.14 * len(chosen) + 0.5)
        figure, axes = plt.subplots(1, 4, figsize=size, layout="constrained", sharey=True)
        figure.suptitle(title)
    most = np.abs(c[:, chosen]).max()
    for ax, (name, said) in zip(axes, NAMES.items()):
        looks = {"cmap": "viridis", "vmin": 0, "vmax": 1}
        if name == "c":
            looks = {"cmap": "PuOr", "vmin": -most, "vmax": most}
        shown = ax.imshow(np.asarray(gates[name])[:, chosen].T, aspect="auto", **looks)
        ax.set_xticks(range(len(words)), words, rotation=90, fontsize=8)
        ax.set_yticks([])
        ax.set_title(said, fontsize=10)
        ax.figure.colorbar(shown, ax=ax, fraction=0.06, pad=0.03)
    axes[0].set_ylabel(f"{len(chosen)} units")
    return list(axes)


def plot_saturation(shares, title="", ax=None):
    """Show how often each unit's gates are as good as shut, and as good as open.

    Parameters
    ----------
    shares : dict of str to pair of ndarray, shape (H,)
        Name of a gate to (shut, open), as of `saturation`.
    title : str
    ax : Axes, optional

    Returns
    -------
    Axes
        A point for each unit; below the line are all that can be.
    """
    ax = axes_or_new(ax, (4.4, 4.2))
    looks = [(BLUE, "o"), (ORANGE, "^"), (GREY, "s")]
    for (name, (shut, opened)), (colour, marker) in zip(shares.items(), looks):
        label = f"{name}: {shut.mean():.0%} shut, {opened.mean():.0%} open"
        ax.scatter(shut, opened, 16, color=colour, marker=marker, alpha=0.6, label=label)
    ax.plot([0, 1], [1, 0], color=GREY, linewidth=0.8)
    ax.set(xlabel="share of steps below 0.1", ylabel="share of steps above 0.9", title=title)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    ax.legend(fontsize=8, loc="upper right")
    return ax
