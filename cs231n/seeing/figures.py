"""Figures of what a network sees: filters, maps, heat over pictures, a map of thumbnails.

As in `vis_utils`, each function draws one figure and returns its Axes (an array of them where
there are several). Pictures are (H, W, 3) uint8; networks' arrays are (C, H, W).
"""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.vis_utils import MAP, axes_or_new

HEAT = "inferno"


def signed_picture(dX, share=99.0):
    """Turn signed values (C, H, W) into a picture (H, W, C) of values 0 to 1; zero is grey.

    The strongest values, those beyond `share` per cent of the magnitudes, are cut off.
    """
    scale = np.percentile(np.abs(dX), share) or 1.0
    return np.clip(0.5 + 0.5 * dX.transpose(1, 2, 0) / scale, 0, 1)


def contrast_picture(X, width=7.0):
    """Turn an array (C, H, W) of any range into a picture (H, W, C): its mean becomes grey.

    From black to white it goes `width` standard deviations.
    """
    centred = (X - X.mean()).transpose(1, 2, 0)
    return np.clip(0.5 + centred / (width * (X.std() or 1.0)), 0, 1)


def plot_filters(w, ax=None):
    """Show the filters of a first convolution; grey is 0, and each has a scale of its own.

    Parameters
    ----------
    w : ndarray, shape (F, 3, HH, WW)
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    F, C, HH, WW = w.shape
    columns = min(F, 8)
    rows = -(-F // columns)
    sheet = np.ones((rows * (HH + 1) - 1, columns * (WW + 1) - 1, C))
    for f in range(F):
        i, j = divmod(f, columns)
        sheet[i * (HH + 1) :, j * (WW + 1) :][:HH, :WW] = signed_picture(w[f])
    ax = axes_or_new(ax, (0.8 * columns, 0.8 * rows + 0.4))
    ax.imshow(sheet)
    ax.set_axis_off()
    ax.set_title(f"{F} filters of the first layer (grey: 0)")
    return ax


def plot_activations(picture, maps, per_layer=8):
    """Show a picture, and below it the liveliest maps of each layer.

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3)
    maps : dict
        Name of a layer -> its output for this picture, (1, F, H', W').
    per_layer : int
        How many maps: those that vary most from place to place. Each has a scale of its own.

    Returns
    -------
    ndarray of Axes, shape (1 + layers, per_layer)
    """
    axes = _grid(len(maps) + 1, per_layer, 1.1)
    axes[0, 0].imshow(picture)
    _label(axes[0, 0], "picture")
    for row, (name, out) in zip(axes[1:], maps.items()):
        order = np.argsort(-out[0].std(axis=(1, 2)), kind="stable")[:per_layer]
        for ax, f in zip(row, order):
            ax.imshow(out[0, f], cmap=MAP)
            ax.set_title(f"map {f}", fontsize=7, pad=2)
        _label(row[0], f"{name}\n{out.shape[2]} x {out.shape[3]}")
    return axes


def plot_panels(rows, titles=None, names=None, size=2.2):
    """Show pictures in rows and columns.

    Parameters
    ----------
    rows : nested list
        Of pictures (H, W, 3), uint8 or values 0 to 1, and of maps (H, W), shown from black at the
        least value to bright at the largest. None leaves a place empty.
    titles : nested list of str, or list of str for the first row only, optional
    names : list of str, optional
        Of the rows.
    size : float
        Inches of a panel's side.

    Returns
    -------
    ndarray of Axes, shape (rows, columns)
    """
    axes = _grid(len(rows), max(len(row) for row in rows), size)
    if titles is not None and isinstance(titles[0], str):
        titles = [titles]
    for i, row in enumerate(rows):
        for j, panel in enumerate(row):
            if panel is not None:
                top = np.percentile(panel, 99.7) if panel.ndim == 2 else None
                axes[i, j].imshow(panel, cmap=HEAT, vmax=top)
            if titles is not None and i < len(titles):
                axes[i, j].set_title(titles[i][j], fontsize=9)
        if names is not None:
            _label(axes[i, 0], names[i])
    return axes


def plot_heat(picture, heat, label, ax=None):
    """Lay a map of signed values over a grey picture: red above 0, blue below.

    Parameters
    ----------
    picture : ndarray, shape (H, W, 3)
    heat : ndarray, shape (H, W)
    label : str
        Of the colour bar.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (5.2, 4.2))
    limit = np.abs(heat).max() or 1.0
    ax.imshow(picture.mean(axis=2), cmap="gray")
    image = ax.imshow(heat, cmap="RdBu_r", vmin=-limit, vmax=limit, alpha=0.6)
    ax.set_axis_off()
    ax.figure.colorbar(image, ax=ax, label=label)
    return ax


def plot_patches(patches, values, names, ax=None):
    """Show for each filter, in a row, the patches it answers to most.

    Parameters
    ----------
    patches : sequence of ndarray, shape (k, size, size, 3), uint8
        One array for each filter.
    values : sequence of ndarray, shape (k,)
        Their activations; those of the first and the last are written at the row.
    names : sequence of str
        Of the filters.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    k, size = patches[0].shape[:2]
    gap = 2
    sheet = np.full((len(patches) * (size + gap), k * (size + gap), 3), 255, dtype=np.uint8)
    for i, row in enumerate(patches):
        for j, patch in enumerate(row):
            top, left = i * (size + gap), j * (size + gap)
            sheet[top : top + size, left : left + size] = patch
    ax = axes_or_new(ax, (0.75 * k + 1.5, 0.75 * len(patches) + 0.4))
    ax.imshow(sheet)
    labels = [f"{name}\n{row[0]:.1f} to {row[-1]:.1f}" for name, row in zip(names, values)]
    ax.set_yticks(np.arange(len(patches)) * (size + gap) + size / 2, labels)
    ax.set_xticks([])
    ax.tick_params(left=False)
    ax.spines[:].set_visible(False)
    ax.set_title("patches that each filter answers to most, the strongest first", fontsize=9)
    return ax


def plot_thumbnails(Y, images, side=1100, ax=None):
    """Show pictures where a map puts them.

    Parameters
    ----------
    Y : ndarray, shape (N, 2)
    images : ndarray, shape (N, H, W, 3), uint8
    side : int
        Pixels of the map's side.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    H, W = images.shape[1:3]
    low, high = Y.min(axis=0), Y.max(axis=0)
    places = (Y - low) / np.where(high > low, high - low, 1)  # 0 to 1
    sheet = np.full((side, side, 3), 255, dtype=np.uint8)
    for (x, y), image in zip(places, images):
        top, left = int((1 - y) * (side - H)), int(x * (side - W))
        sheet[top : top + H, left : left + W] = image
    ax = axes_or_new(ax, (8, 8))
    ax.imshow(sheet)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_xlabel("first coordinate of the map (no unit)")
    ax.set_ylabel("second coordinate (no unit)")
    return ax


def _grid(rows, columns, size):
    _, axes = plt.subplots(
        rows,
        columns,
        figsize=(size * columns + 0.7, size * rows + 0.3),
        squeeze=False,
        layout="constrained",
    )
    for ax in axes.ravel():
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
    return axes


def _label(ax, text):
    ax.set_ylabel(text, fontsize=9, rotation=0, ha="right", va="center")
