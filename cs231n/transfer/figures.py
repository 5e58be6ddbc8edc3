"""Figures of transfer learning: what layers know, and what few examples are enough for.

As in `vis_utils`, every function draws into `ax` if it is given, else into a new figure, and
returns the Axes.
"""

import numpy as np

from cs231n.training.figures import STYLES
from cs231n.vis_utils import axes_or_new

__all__ = ["plot_knowledge", "plot_learning"]


def plot_knowledge(table, chance, title="", ax=None):
    """Show how well properties can be read from layers: the darker, the farther above chance.

    Parameters
    ----------
    table : dict of str to dict of str to float
        Layer -> property -> share right, from 0 to 1; the first layer comes first.
    chance : dict of str to float
        Property -> share right of who always says the commonest answer.
    title : str
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    names, layers = list(chance), list(table)
    right = np.array([[table[layer][name] for name in names] for layer in layers])
    guess = np.array([chance[name] for name in names])
    ax = axes_or_new(ax, (1.0 * len(names) + 1.6, 0.5 * len(layers) + 1.2))
    ax.imshow((right - guess) / (1 - guess), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (i, j), share in np.ndenumerate(right):
        dark = share - guess[j] > 0.6 * (1 - guess[j])
        ax.text(j, i, f"{share:.0%}", ha="center", va="center", color="white" if dark else "black")
    heads = [f"{name}\n(chance {guess:.0%})" for name, guess in chance.items()]
    ax.set_xticks(range(len(names)), heads, fontsize=9)
    ax.set_yticks(range(len(layers)), layers)
    ax.tick_params(length=0)
    ax.xaxis.tick_top()
    ax.set_title(title)
    ax.spines[:].set_visible(False)
    return ax


def plot_learning(curves, ylabel, chance=None, ax=None):
    """Show how much is gained by more examples: means over runs, with bands from worst to best.

    Parameters
    ----------
    curves : dict of str to (sizes, runs)
        Name -> numbers of training pictures, and values (runs, sizes), such as shares in per cent.
    ylabel : str
    chance : float, optional
        Drawn as a dotted line.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (8, 4))
    for (name, (sizes, runs)), (colour, style) in zip(curves.items(), STYLES):
        runs = np.asarray(runs, dtype=float)
        ax.plot(sizes, runs.mean(axis=0), style, color=colour, label=name, marker="o", markersize=4)
        ax.fill_between(sizes, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.18, lw=0)
    if chance is not None:
        ax.axhline(chance, color="black", linestyle=":", linewidth=1, label="chance")
    places = sorted({size for sizes, _ in curves.values() for size in sizes})
    ax.set(xlabel="training pictures", ylabel=ylabel, xscale="log")
    ax.set_xticks(places, [str(place) for place in places])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
    ax.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False)
    return ax
