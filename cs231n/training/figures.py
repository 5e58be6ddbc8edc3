"""Figures of training: curves side by side, and the ways of update rules down a valley.

As in `vis_utils`, every function draws into `ax` if it is given, else into a new figure, and
returns the Axes.
"""

import numpy as np
from matplotlib.ticker import MaxNLocator

from cs231n.vis_utils import BLUE, GREEN, GREY, ORANGE, axes_or_new

SKY, PURPLE = "#56B4E9", "#CC79A7"
STYLES = [(BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (GREY, "-"), (SKY, "--")]


def plot_curves(curves, xlabel="step", ylabel="loss", window=1, first=1, log=False, ax=None):
    """Show curves of one kind in one figure, such as the losses of several nets.

    Parameters
    ----------
    curves : dict of str to sequence
        Name to values, one for each step.
    xlabel, ylabel : str
    window : int
        Show means over so many values, for curves that jump.
    first : int
        The number of the first value.
    log : bool
        Whether the y axis counts factors.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (6.5, 3.8))
    for (name, values), (colour, style) in zip(curves.items(), STYLES):
        means = np.convolve(values, np.full(window, 1 / window), mode="valid")
        steps = first + (window - 1) / 2 + np.arange(len(means))
        marker = "o" if len(means) <= 20 else None
        ax.plot(steps, means, style, color=colour, label=name, marker=marker, markersize=4)
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def plot_descents(function, paths, ax=None):
    """Show the ways that update rules take down a function of two numbers.

    Parameters
    ----------
    function : callable
        Takes two arrays of one shape, returns the height at each place; its lowest is 0.
    paths : dict of str to ndarray, shape (steps, 2)
        Name to the places, from the common start on.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (8, 4.2))
    places = np.concatenate(list(paths.values()))
    low, high = places.min(axis=0), places.max(axis=0)
    margin = 0.08 * (high - low)
    a, b = (np.linspace(x, y, 200) for x, y in zip(low - margin, high + margin))
    heights = function(*np.meshgrid(a, b))
    levels = heights.max() * np.linspace(0.03, 1, 14) ** 2
    ax.contour(a, b, heights, levels=levels, colors=GREY, linewidths=0.6, alpha=0.6)
    for (name, path), (colour, style) in zip(paths.items(), STYLES):
        ax.plot(*path.T, style, color=colour, label=name, marker="o", markersize=3, linewidth=1.2)
    ax.plot(*next(iter(paths.values()))[0], "k*", markersize=12)
    ax.plot(0, 0, "k+", markersize=14)
    ax.set(xlabel="first weight", ylabel="second weight")
    ax.legend(loc="lower right", ncols=len(paths))
    return ax


def plot_against(places, values, xlabel, ylabel, log=True, ax=None):
    """Show how something depends on a setting, for several kinds of nets.

    Parameters
    ----------
    places : sequence of float
        The settings, above 0 if `log`.
    values : dict of str to sequence
        Name to one value for each setting.
    xlabel, ylabel : str
    log : bool
        Whether the x axis counts factors.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (6.5, 3.8))
    for (name, ys), (colour, style) in zip(values.items(), STYLES):
        ax.plot(places, ys, style, color=colour, label=name, marker="o", markersize=5)
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale="log" if log else "linear")
    ax.set_xticks(places, [f"{place:g}" for place in places])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def plot_distributions(values, title, ax=None):
    """Show how numbers are spread, layer by layer, each as a violin with its median.

    Parameters
    ----------
    values : dict of str to ndarray
        Name of the layer to its numbers.
    title : str
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (9, 2.6))
    parts = ax.violinplot([v.ravel() for v in values.values()], showextrema=False, showmedians=True)
    for body in parts["bodies"]:
        body.set(facecolor=BLUE, alpha=0.5)
    parts["cmedians"].set_color(ORANGE)
    ax.set_xticks(range(1, len(values) + 1), [f"{n}\nstd {v.std():.2g}" for n, v in values.items()])
    ax.set(title=title, ylim=(-4, 4))
    ax.grid(alpha=0.3, axis="y")
    return ax
