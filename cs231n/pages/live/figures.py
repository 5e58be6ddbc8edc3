"""Figures of `live_networks`: a picture's way through a network, and a curve, smoothed."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.pages.live.moving import diverging_colours
from cs231n.vis_utils import axes_or_new

__all__ = ["plot_smoothed", "show_trace"]

MOST_MAPS = 6  # of a layer


def show_trace(picture, layers, outputs):
    """Show a picture and what layers make of it: one row of maps, or of units, for each.

    Parameters
    ----------
    picture : ndarray (H, W, 3)
        0 to 255.
    layers : list of dict
        With a "name".
    outputs : list of ndarray
        Of `trace`; those of one dimension are shown as one row of units.

    Returns
    -------
    ndarray of Axes
    """
    _, axes = plt.subplots(
        len(layers) + 1, MOST_MAPS, figsize=(8, 1.15 * (len(layers) + 1)), layout="constrained"
    )
    for ax in axes.flat:
        ax.axis("off")
    axes[0, 0].imshow(np.asarray(picture).astype(np.uint8))
    axes[0, 0].set_title("picture", fontsize=8)
    for row, layer, out in zip(axes[1:], layers, outputs):
        largest = float(np.abs(out).max())
        maps = list(out[:MOST_MAPS]) if out.ndim == 3 else [out[None]]
        for ax, values in zip(row, maps):
            ax.imshow(diverging_colours(values, largest), interpolation="nearest", aspect="equal")
        shape = " x ".join(str(side) for side in out.shape)
        row[0].set_title(f"{layer['name']}: {shape}", fontsize=8, loc="left")
    return axes


def plot_smoothed(losses, smooth, ax=None):
    """Plot the loss of each batch, and a smoothed curve over it.

    Parameters
    ----------
    losses, smooth : sequence of float
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (7, 3.5))
    ax.plot(losses, color="0.75", label="one batch")
    ax.plot(smooth, color="#005a9c", label="smoothed")
    ax.set(xlabel="step", ylabel="loss", ylim=(0, None))
    ax.legend()
    return ax
