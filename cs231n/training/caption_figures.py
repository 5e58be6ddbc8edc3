"""Figures of the training of captioning models; every function returns the Axes it drew into."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from cs231n.vis_utils import BLUE, GREEN, GREY, ORANGE

__all__ = ["plot_training", "smoothed"]

HIGH = 1.5  # times the first loss: a few steps above are marked where the axis ends
MANY = 0.1  # of the steps above, or not finite: such a run exploded, and the axis counts factors


def smoothed(values, window=25):
    """Means over a window of steps, of those that are finite; nan where none is.

    Parameters
    ----------
    values : sequence of float
    window : int

    Returns
    -------
    ndarray, shape (len(values),)
        Entry i is the mean of the `window` values around value i, at the ends of as many as there
        are.
    """
    values = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(finite, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(finite)])
    middles = np.arange(len(values))
    starts = np.maximum(middles - (window - 1) // 2, 0)
    ends = np.minimum(middles + window // 2 + 1, len(values))
    seen = counts[ends] - counts[starts]
    return np.where(seen > 0, (sums[ends] - sums[starts]) / np.maximum(seen, 1), np.nan)


def plot_training(solver, window=25, axes=None):
    """Show how a captioning model was trained: loss, perplexities, and the steps it skipped.

    Parameters
    ----------
    solver : CaptioningSolver
    window : int
        Steps whose mean is drawn, fewer in a short run.
    axes : pair of Axes, optional

    Returns
    -------
    ndarray of two Axes
    """
    if axes is None:
        _, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    steps = 1 + np.arange(len(solver.loss_history))
    window = max(min(window, len(steps) // 10), 1)
    _plot_loss(axes[0], steps, solver, window)
    _plot_perplexity(axes[1], steps, solver, window)
    for ax in axes:
        ax.set(xlabel="step", xlim=(0, len(steps) + 1))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.grid(alpha=0.3)
        ax.legend()
    return np.asarray(axes)


def _plot_loss(ax, steps, solver, window):
    losses = np.asarray(solver.loss_history, dtype=np.float64)
    limit = HIGH * next((loss for loss in losses if np.isfinite(loss)), 1.0)
    above = np.isfinite(losses) & (losses > limit)
    exploded = np.mean(above | ~np.isfinite(losses)) > MANY
    ax.plot(steps, losses, ".", color=BLUE, alpha=0.3, ms=3, label="each step")
    shown = losses if exploded else np.where(above, np.nan, losses)
    ax.plot(steps, smoothed(shown, window), color=ORANGE, label=_mean_of(window))
    if exploded:
        ax.set_yscale("log")
    else:
        ax.set_ylim(0, 1.05 * np.nanmax(shown, initial=0, where=np.isfinite(shown)) or None)
        _mark(ax, steps[above], "^", BLUE, f"above, up to {losses[above].max(initial=0):.2g}")
    _mark(ax, [i for i, _ in solver.skipped], "v", GREY, f"skipped: {len(solver.skipped)}")
    ax.set_ylabel("loss of the batch")


def _mark(ax, places, marker, colour, label):
    """Put markers at the upper end of the axis."""
    if len(places):
        look = {"color": colour, "ms": 6, "transform": ax.get_xaxis_transform()}
        ax.plot(places, np.full(len(places), 0.97), marker, label=label, **look)


def _plot_perplexity(ax, steps, solver, window):
    means = np.exp(smoothed(np.log(solver.perplexity_history), window))
    ax.plot(steps, means, color=ORANGE, label=f"training, {_mean_of(window)}")
    if solver.val_perplexity_history:
        places, values = zip(*solver.val_perplexity_history)
        ax.plot(places, values, "o-", color=GREEN, ms=4, label="validation")
    ax.set(ylabel="perplexity", yscale="log")
    if np.nanmax(means) < 1000:
        ax.yaxis.set_major_formatter(ScalarFormatter())
        ax.yaxis.set_minor_formatter(ScalarFormatter())


def _mean_of(window):
    return f"mean of {window} steps" if window > 1 else "step by step"
