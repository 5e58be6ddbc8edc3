"""Pictures and figures: one function for each figure of the notebooks, which returns its Axes.

Every function draws into `ax` if it is given, else into a new figure of fixed size. Colours are
those of Okabe and Ito and of the map "cividis", which people tell apart whatever their eyes.
"""

from math import ceil, sqrt

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import LineCollection

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#666666"
MAP = "cividis"


def visualize_grid(Xs, ubound=255.0, padding=1):
    """Lay pictures out in a square grid, each stretched to the full range of brightness.

    Parameters
    ----------
    Xs : ndarray, shape (N, H, W, C)
    ubound : float
        The brightest value of each picture becomes this, its darkest 0; a picture of one value
        becomes 0.
    padding : int
        Black pixels between pictures.

    Returns
    -------
    ndarray, shape (G * (H + padding) - padding, G * (W + padding) - padding, C), float64
        Where G = ceil(sqrt(N)).
    """
    size = ceil(sqrt(len(Xs)))
    return _tile([ubound * _stretched(x) for x in Xs], size, size, padding, fill=0.0)


def vis_grid(Xs):
    """Lay pictures out in a square grid with a black border, each stretched to run from 0 to 1.

    Parameters
    ----------
    Xs : ndarray, shape (N, H, W, C)

    Returns
    -------
    ndarray, shape (G * (H + 1) + 1, G * (W + 1) + 1, C), float64
        Where G = ceil(sqrt(N)); places without a picture are white.
    """
    size = ceil(sqrt(len(Xs)))
    white = [np.ones(Xs.shape[1:])] * (size * size - len(Xs))
    tiles = [_stretched(x) for x in Xs] + white
    return np.pad(_tile(tiles, size, size, 1, fill=0.0), ((1, 1), (1, 1), (0, 0)))


def vis_nn(rows):
    """Lay rows of pictures out, for instance a picture and its nearest neighbours in each row.

    Parameters
    ----------
    rows : nested list or ndarray, shape (N, D) of pictures (H, W, C)

    Returns
    -------
    ndarray, shape (N * (H + 1) + 1, D * (W + 1) + 1, C), float64
        Each picture stretched to run from 0 to 1, with black lines between.
    """
    tiles = [_stretched(np.asarray(x)) for row in rows for x in row]
    grid = _tile(tiles, len(rows), len(rows[0]), 1, fill=0.0)
    return np.pad(grid, ((1, 1), (1, 1), (0, 0)))


def plot_samples(X, y, classes, per_class=7, ax=None):
    """Show the first pictures of every class, a column for each class.

    Parameters
    ----------
    X : ndarray, shape (N, H, W, C), values from 0 to 255
    y : ndarray, shape (N,), int
    classes : sequence of str
    per_class : int
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    columns = [X[np.flatnonzero(y == label)[:per_class]] for label in range(len(classes))]
    ax = _show_columns(columns, per_class, ax)
    _name_columns(ax, X.shape[2], classes)
    ax.set_title("Training pictures by class")
    return ax


def plot_distances(dists, ax=None):
    """Show distances (num_test, num_train) as a picture: dark is near, bright is far."""
    ax = axes_or_new(ax, (8, 3.2))
    image = ax.imshow(dists, cmap=MAP, interpolation="none", aspect="auto")
    ax.set_xlabel("training picture (index)")
    ax.set_ylabel("picture to classify (index)")
    ax.figure.colorbar(image, ax=ax, label="Euclidean distance (pixel values)")
    return ax


def plot_cross_validation(k_to_accuracies, ax=None):
    """Show the accuracy of every fold for every k, with mean and standard deviation.

    Parameters
    ----------
    k_to_accuracies : dict
        k -> list of accuracies from 0 to 1, one for each fold.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (7, 4))
    ks = sorted(k_to_accuracies)
    folds = [100 * np.asarray(k_to_accuracies[k]) for k in ks]
    places = np.arange(len(ks))
    for place, values in zip(places, folds):
        label = "one fold" if place == 0 else None
        ax.plot([place] * len(values), values, "o", color=GREY, alpha=0.6, ms=4, label=label)
    means, spreads = [v.mean() for v in folds], [v.std() for v in folds]
    ax.errorbar(places, means, spreads, color=BLUE, marker="s", capsize=4, label="mean ± std")
    ax.set_xticks(places, ks)
    ax.set_xlabel("k (neighbours that vote)")
    ax.set_ylabel("validation accuracy (%)")
    ax.legend()
    return ax


def plot_loss(loss_history, window=25, ax=None):
    """Show the loss of every step, and its mean over a window of steps.

    Parameters
    ----------
    loss_history : sequence of float
    window : int
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (7, 4))
    losses = np.asarray(loss_history, dtype=np.float64)
    ax.plot(losses, ".", color=BLUE, alpha=0.3, ms=4, label="each step")
    if len(losses) > window:
        sums = np.cumsum(np.concatenate([[0.0], losses]))
        means = (sums[window:] - sums[:-window]) / window  # of steps i ... i + window - 1
        steps = np.arange(len(means)) + (window - 1) / 2
        ax.plot(steps, means, color=ORANGE, label=f"mean of {window} steps")
        ax.legend()
    ax.set_xlabel("step")
    ax.set_ylabel("loss of the batch")
    return ax


def plot_accuracy(train_acc_history, val_acc_history, ax=None):
    """Show how accuracy on training and validation pictures develops; the gap is overfitting."""
    ax = axes_or_new(ax, (7, 4))
    ax.plot(100 * np.asarray(train_acc_history), "o-", color=BLUE, ms=4, label="training")
    ax.plot(100 * np.asarray(val_acc_history), "s--", color=ORANGE, ms=4, label="validation")
    ax.set_xlabel("epoch")
    ax.set_ylabel("accuracy (%)")
    ax.legend()
    return ax


def plot_templates(W, classes=None, shape=(32, 32, 3), ax=None):
    """Show the columns of W as pictures: what each score, or each hidden unit, looks for.

    Parameters
    ----------
    W : ndarray, shape (D, M)
        Without the row of the bias. Of more than 100 columns the 100 largest are shown.
    classes : sequence of str, optional
        Names of the M columns; they are then shown in two rows.
    shape : tuple
        (H, W, C) with product D.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    if W.shape[0] != np.prod(shape):
        msg = (
            f"plot_templates: W has {W.shape[0]} rows but pictures of shape {shape} have "
            f"{np.prod(shape)} numbers; leave out the row of the bias, or give shape=."
        )
        raise ValueError(msg)
    largest = np.sort(np.argsort(-np.linalg.norm(W, axis=0), kind="stable")[:100])
    tiles = [_stretched(w.reshape(shape)) for w in W[:, largest].T]
    named, gap = classes is not None, 2 if classes is None else 9
    columns = ceil(len(tiles) / 2) if named else ceil(sqrt(len(tiles)))
    rows = ceil(len(tiles) / columns)
    ax = axes_or_new(ax, (7.5, 3.6) if named else (6, 6))
    ax.imshow(_tile(tiles, rows, columns, gap, fill=1.0))
    ax.set_axis_off()
    for i, name in enumerate(classes if named else []):
        x, y = (i % columns) * (shape[1] + gap), (i // columns) * (shape[0] + gap)
        ax.text(x + shape[1] / 2, y - 2, name, ha="center", fontsize=9)
    ax.set_title("Learned templates", pad=14)
    return ax


def plot_search(accuracies, ax=None):
    """Show a search over learning rate and regularisation as a map with its numbers.

    Parameters
    ----------
    accuracies : dict
        (learning rate, regularisation strength) -> validation accuracy from 0 to 1. Pairs that
        were not tried stay empty.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    rates = sorted({rate for rate, _ in accuracies})
    regs = sorted({reg for _, reg in accuracies})
    values = np.full((len(regs), len(rates)), np.nan)
    for (rate, reg), accuracy in accuracies.items():
        values[regs.index(reg), rates.index(rate)] = 100 * accuracy
    ax = axes_or_new(ax, (2.4 + 0.9 * len(rates), 1.6 + 0.6 * len(regs)))
    image = ax.imshow(values, cmap=MAP, origin="lower", aspect="auto")
    middle = (np.nanmin(values) + np.nanmax(values)) / 2
    best = np.nanmax(values)
    for (i, j), value in np.ndenumerate(values):
        if np.isfinite(value):
            colour = "black" if value > middle else "white"
            weight = "bold" if value == best else "normal"
            ax.text(j, i, f"{value:.1f}", ha="center", va="center", color=colour, weight=weight)
    ax.set_xticks(range(len(rates)), [f"{rate:.2g}" for rate in rates])
    ax.set_yticks(range(len(regs)), [f"{reg:.2g}" for reg in regs])
    ax.set_xlabel("learning rate")
    ax.set_ylabel("regularisation strength")
    ax.figure.colorbar(image, ax=ax, label="validation accuracy (%)")
    return ax


def plot_hog(im, feature, cell=8, ax=None):
    """Show a picture beside its HOG feature: strokes along the edges, bright where they are strong.

    Parameters
    ----------
    im : ndarray, shape (H, W, C), values from 0 to 255
    feature : ndarray, shape (B * (H // cell) * (W // cell),)
        As of `cs231n.features.hog_feature`, with B directions.
    cell : int
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    H, W, C = im.shape
    rows, columns = H // cell, W // cell
    votes = np.reshape(feature, (rows, columns, -1))  # (rows, columns, B)
    B = votes.shape[2]
    angles = (np.arange(B) / B + 0.5) * np.pi  # an edge runs across its gradient
    reach = 0.45 * cell * np.stack([np.cos(angles), np.sin(angles)], axis=-1)  # (B, 2)
    y, x = np.mgrid[:rows, :columns] * cell + (cell - 1) / 2
    centres = np.stack([x + W + 2, y], axis=-1)[:, :, None]  # (rows, columns, 1, 2)
    strokes = np.stack([centres - reach, centres + reach], axis=-2).reshape(-1, 2, 2)
    strength = (votes / (votes.max() or 1)).ravel()
    order = np.argsort(strength, kind="stable")
    ax = axes_or_new(ax, (7, 3.6))
    ax.imshow(_tile([im / 255, np.zeros((H, W, C))], 1, 2, 2, fill=1.0))
    colours = plt.get_cmap(MAP)(strength[order])
    colours[:, 3] = strength[order]
    ax.add_collection(LineCollection(strokes[order], colors=colours, linewidths=2.5))
    ax.set_xticks([W / 2, 1.5 * W + 2], ["the picture", "its gradients, cell by cell"])
    ax.tick_params(bottom=False)
    ax.set_yticks(np.arange(0, H + 1, cell) - 0.5, np.arange(0, H + 1, cell))
    ax.set_ylabel("row (pixels)")
    ax.spines[:].set_visible(False)
    return ax


def plot_confusions(y_true, y_pred, classes, top=8, ax=None):
    """Show the pairs of classes that are taken for each other most often.

    Parameters
    ----------
    y_true, y_pred : ndarrays, shape (N,), int
    classes : sequence of str
    top : int
        How many pairs.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    C = len(classes)
    counts = np.bincount(np.asarray(y_true) * C + np.asarray(y_pred), minlength=C * C)
    counts = counts.reshape(C, C)
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:top][::-1]
    names = [f"{classes[i // C]} taken for {classes[i % C]}" for i in order]
    ax = axes_or_new(ax, (7, 4))
    bars = ax.barh(names, counts.ravel()[order], color=BLUE)
    ax.bar_label(bars, padding=3)
    ax.set_xlabel("pictures")
    ax.set_title("Most frequent mistakes")
    return ax


def plot_mistakes(X, y_true, y_pred, classes, per_class=7, ax=None):
    """Show pictures that were put into each class and belong to another.

    Parameters
    ----------
    X : ndarray, shape (N, H, W, C), values from 0 to 255
    y_true, y_pred : ndarrays, shape (N,), int
    classes : sequence of str
    per_class : int
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    wrong = [np.flatnonzero((y_pred == c) & (y_true != c)) for c in range(len(classes))]
    ax = _show_columns([X[chosen[:per_class]] for chosen in wrong], per_class, ax)
    _name_columns(ax, X.shape[2], classes)
    ax.set_title("Pictures wrongly taken for …")
    return ax


def plot_timings(seconds, ax=None):
    """Show how long each way of computing something takes.

    Parameters
    ----------
    seconds : dict
        Name -> seconds; the first is what the others are compared with.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    names, times = list(seconds), np.array(list(seconds.values()), dtype=np.float64)
    ax = axes_or_new(ax, (7, 0.8 + 0.6 * len(names)))
    bars = ax.barh(names, times, color=[GREY, *[BLUE] * (len(names) - 1)])
    labels = [
        f"{t:.3g} s" + ("" if i == 0 else f"  ({times[0] / t:.3g} times as fast)")
        for i, t in enumerate(times)
    ]
    ax.bar_label(bars, labels, padding=3)
    ax.set_xscale("log")
    ax.set_xlim(times.min() / 3, times.max() * 30)
    ax.invert_yaxis()
    ax.set_xlabel("time (seconds, logarithmic)")
    return ax


def axes_or_new(ax, size):
    """The Axes that were given, or those of a new figure of this size, in inches."""
    return ax if ax is not None else plt.figure(figsize=size, layout="constrained").add_subplot()


def _stretched(x):
    """A picture's values as float64 from 0 to 1; zeros if they are all the same."""
    x = np.asarray(x, dtype=np.float64)
    low, high = x.min(), x.max()
    return (x - low) / (high - low) if high > low else np.zeros_like(x)


def _tile(tiles, rows, columns, padding, fill):
    H, W, C = tiles[0].shape
    grid = np.full(
        (rows * (H + padding) - padding, columns * (W + padding) - padding, C), fill, np.float64
    )
    for i, tile in enumerate(tiles):
        y, x = (i // columns) * (H + padding), (i % columns) * (W + padding)
        grid[y : y + H, x : x + W] = tile
    return grid


def _show_columns(columns, per_class, ax):
    """Show lists of pictures as columns; short ones end in white."""
    white = np.full(columns[0].shape[1:], 255.0)
    rows = [
        [column[i] if i < len(column) else white for column in columns] for i in range(per_class)
    ]
    tiles = [tile / 255 for row in rows for tile in row]
    ax = axes_or_new(ax, (0.85 * len(columns), 0.85 * per_class + 0.6))
    ax.imshow(_tile(tiles, per_class, len(columns), 2, fill=1.0))
    return ax


def _name_columns(ax, width, names):
    ax.set_xticks(np.arange(len(names)) * (width + 2) + width / 2, names)
    ax.tick_params(bottom=False, top=False, labelbottom=False, labeltop=True)
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
