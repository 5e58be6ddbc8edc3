"""Features of the embedded scenes: what a network that knows plain shapes would see, made by hand.

The picture, at half its size, is split into six masks, one for each colour. Whatever is in a mask
is compared with the outlines of the shapes in two sizes, where it is in the middle of a window. Of
each upright sixth of the picture, and of each level one, the best agreement stays. So "a big red
star on the left" is one number, as in a late layer of a network that was trained to tell such
things, and a caption is a matter of saying it.
"""

import numpy as np

from cs231n.drawn.drawing import Frame
from cs231n.drawn.pictures import PAINTS, coverage_of
from cs231n.drawn.worlds import COLOURS, RADII, SHAPES, SIDE

__all__ = [
    "HALF",
    "LEAST",
    "NUMBERS",
    "SHARP",
    "WINDOW",
    "colour_masks",
    "principal_parts",
    "scene_features",
    "shape_outlines",
]

HALF = SIDE // 2
WINDOW = 12  # pixels at half size, each way: the largest shape and some background
STRIPS = 6
NUMBERS = 2 * STRIPS * len(COLOURS) * len(SHAPES) * len(RADII)
CHUNK = 50
HUE_WIDTH = 0.09  # from a colour's middle to where it is no more
LEAST, NEAR = 6.0, 0.75  # pixels of a mask that are something, and that is in the middle
SHARP = 15.0  # how much the outline that agrees best drowns the others


def scene_features(X):
    """Compute features of scenes.

    Parameters
    ----------
    X : ndarray, shape (N, 64, 64, 3), uint8

    Returns
    -------
    ndarray, shape (N, 864), float32
        From 0 (nothing of the kind there) to 1. In order of the strips, six from left to right and
        six from top to bottom; within, of colours, shapes and sizes.

    Raises
    ------
    ValueError
        If the pictures have another shape.
    """
    X = np.asarray(X)
    if X.ndim != 4 or X.shape[1:] != (SIDE, SIDE, 3):
        raise ValueError(
            f"scene_features: X should be (N, {SIDE}, {SIDE}, 3) but is {X.shape}; these features "
            "are for the embedded scenes only."
        )
    outlines = shape_outlines()
    out = np.empty((len(X), NUMBERS), dtype=np.float32)
    for low in range(0, len(X), CHUNK):
        out[low : low + CHUNK] = _features(X[low : low + CHUNK], outlines)
    return out


def principal_parts(features, count):
    """Find the directions along which features vary most.

    Parameters
    ----------
    features : ndarray, shape (N, F)
        Of the training set.
    count : int

    Returns
    -------
    mean : ndarray, shape (F,)
    axes : ndarray, shape (F, count)
        (features - mean) @ axes are the parts, the one of greatest variance first.
    """
    mean = features.mean(axis=0)
    centred = features - mean
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :count]
    largest = axes[abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return mean, axes * np.sign(largest)  # the same sign on every platform


def colour_masks(X):
    """Compute how much of each colour there is in each place of scenes, at half their size.

    Parameters
    ----------
    X : ndarray, shape (N, 64, 64, 3), uint8

    Returns
    -------
    ndarray, shape (N, 6, 32, 32), float32
        From 0 to 1.
    """
    pixels = X.astype(np.float32) / np.float32(255)
    high, low = pixels.max(axis=3), pixels.min(axis=3)
    chroma = high - low + np.float32(1e-6)
    bright = np.clip((high - 0.4) / 0.15, 0, 1)
    vivid = np.clip((chroma / (high + np.float32(1e-6)) - 0.3) / 0.15, 0, 1)
    red, green, blue = np.moveaxis(pixels, 3, 0)
    hue = np.where(
        red == high,
        (green - blue) / chroma,
        np.where(green == high, (blue - red) / chroma + 2, (red - green) / chroma + 4),
    )
    hue = hue / 6 - np.floor(hue / 6)
    masks = []
    for colour in COLOURS:
        away = abs(hue - np.float32(PAINTS[colour][0]))
        near = np.clip(2 - 2 * np.minimum(away, 1 - away) / HUE_WIDTH, 0, 1)
        masks.append(bright * (1 - vivid if colour == "white" else vivid * near))
    masks = np.stack(masks, axis=1)
    return masks.reshape(len(X), -1, HALF, 2, HALF, 2).mean(axis=(3, 5), dtype=np.float32)


def shape_outlines():
    """Draw the outlines of all shapes in both sizes, at half the size of scenes.

    Returns
    -------
    ndarray, shape (144, 12), float32
        An outline a column, of 12 x 12 pixels, of mean 0 and length 1; sizes within shapes.
    """
    columns = []
    for shape in SHAPES:
        for radii in RADII.values():
            scale = np.full((1, 1, 1), sum(radii) / len(radii) / 2, dtype=np.float32)
            column = coverage_of(Frame.place(WINDOW, WINDOW / 2, WINDOW / 2, scale), shape).ravel()
            column = column - column.mean()
            columns.append(column / np.sqrt((column * column).sum()))
    return np.stack(columns, axis=1).astype(np.float32)


def _features(X, outlines):
    """Features of a chunk, (K, NUMBERS)."""
    K, kinds = len(X), outlines.shape[1]
    masks = colour_masks(X).reshape(-1, HALF, HALF)  # (K*6, 32, 32)
    padded = np.pad(masks, ((0, 0), (WINDOW // 2,) * 2, (WINDOW // 2,) * 2))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (WINDOW, WINDOW), axis=(1, 2))
    picture, row, column = np.nonzero(_centred(padded))
    # In float64: SHARP enlarges rounding, which depends on how many rows BLAS multiplies at once.
    seen = windows[picture, row, column].reshape(-1, WINDOW * WINDOW).astype(np.float64)
    seen = seen - seen.mean(axis=1, keepdims=True)
    seen /= np.sqrt((seen * seen).sum(axis=1, keepdims=True)) + 1e-6
    agreement = seen @ outlines  # correlations, (places, 12)
    agreement *= np.exp(SHARP * (agreement - agreement.max(axis=1, keepdims=True)))
    out = np.zeros((K * len(COLOURS), 2, STRIPS, kinds), dtype=np.float32)
    for axis, place in enumerate((column, row)):
        np.maximum.at(out, (picture, axis, STRIPS * place // (HALF + 1)), agreement)
    return out.reshape(K, len(COLOURS), -1, kinds).transpose(0, 2, 1, 3).reshape(K, -1)


def _centred(padded):
    """Where a window holds something whose middle is the window's, (K*6, 33, 33) bool."""
    offsets = np.arange(WINDOW, dtype=np.float32) - np.float32((WINDOW - 1) / 2)
    sums = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=2)
    mass, side = sums.sum(axis=3), sums @ offsets  # of rows
    over = np.lib.stride_tricks.sliding_window_view
    total = over(mass, WINDOW, axis=1).sum(axis=3)
    right = over(side, WINDOW, axis=1).sum(axis=3)
    down = over(mass, WINDOW, axis=1) @ offsets
    return (total > LEAST) & (abs(right) <= NEAR * total) & (abs(down) <= NEAR * total)
