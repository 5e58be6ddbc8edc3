"""Figures about what classifiers are worth; each function returns its Axes, as in vis_utils."""

import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#777777"  # told apart by every eye


def plot_calibration(p, y, bins=10, ax=None):
    """Plot how often predictions are right against how sure they are.

    Predictions are sorted into bins by the probability of the predicted class. On the diagonal a
    classifier is right as often as it says.

    Parameters
    ----------
    p : ndarray, shape (N, C)
        Probabilities; every row sums to 1.
    y : ndarray, shape (N,), int
        Right classes.
    bins : int
    ax : Axes, optional

    Returns
    -------
    Axes

    References
    ----------
    Guo et al. 2017, On calibration of modern neural networks, figure 1.
    """
    ax = ax or plt.subplots(figsize=(5, 4.5))[1]
    sure, right = p.max(axis=1), p.argmax(axis=1) == y
    place = np.minimum((sure * bins).astype(int), bins - 1)
    used = np.unique(place)
    x = [sure[place == b].mean() for b in used]
    height = [right[place == b].mean() for b in used]
    count = np.array([np.sum(place == b) for b in used])
    ax.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="as sure as right")
    ax.scatter(x, height, s=10 + 400 * count / count.sum(), color=BLUE, label="pictures in a bin")
    ax.set(
        xlim=(0, 1),
        ylim=(0, 1),
        xlabel="probability of the predicted class",
        ylabel="share of pictures that are right",
    )
    ax.legend(loc="upper left", frameon=False)
    print(f"mean probability {sure.mean():.2f}, accuracy {right.mean():.2f}")
    return ax


def plot_ladder(accuracies, chance=0.1, ax=None):
    """Plot the accuracies of several classifiers as bars, worst at the top.

    Parameters
    ----------
    accuracies : dict of str to float
        Share of pictures that each classifier names right.
    chance : float
        What guessing gets.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = ax or plt.subplots(figsize=(7, 0.6 + 0.5 * len(accuracies)))[1]
    names, values = list(accuracies), [100 * value for value in accuracies.values()]
    bars = ax.barh(names, values, color=BLUE)
    ax.bar_label(bars, fmt="%.0f%%", padding=3)
    ax.axvline(100 * chance, color=ORANGE, linestyle="--", label="guessing")
    ax.legend(loc="lower right", frameon=False)
    ax.invert_yaxis()
    ax.set(xlim=(0, 100), xlabel="pictures named right (%)")
    return ax
