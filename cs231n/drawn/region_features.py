"""Features of regions of the embedded scenes: the objects' boxes, or windows that slide over them.

As `features.scene_features` they stand for what a network would see that knows plain shapes: which
colour is in the box, which shape of which size is in its middle, and where the box lies. They are
computed from the pixels and the boxes alone.
"""

import numpy as np

from cs231n.drawn.features import HALF, LEAST, SHARP, WINDOW, colour_masks, shape_outlines
from cs231n.drawn.worlds import COLOURS, RADII, SHAPES, SIDE

__all__ = ["REGION_NUMBERS", "region_features", "sliding_boxes"]

KINDS = len(SHAPES) * len(RADII)
REGION_NUMBERS = len(COLOURS) + KINDS + 4
CHUNK = 250


def region_features(X, boxes):
    """Compute features of boxes on scenes.

    Parameters
    ----------
    X : ndarray, shape (N, 64, 64, 3), uint8
    boxes : ndarray, shape (N, R, 4), int
        Left, top, width and height in pixels; a box without an area holds nothing.

    Returns
    -------
    ndarray, shape (N, R, 22), float32
        Shares of the box that have each of six colours; for six shapes in two sizes each, how well
        they suit what is in the middle, the best one 1; then where the middle is across and down,
        and width and height, from -1 to 1.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    X, boxes = np.asarray(X), np.asarray(boxes)
    if X.shape[1:] != (SIDE, SIDE, 3) or boxes.shape[::2] != (len(X), 4):
        raise ValueError(
            f"region_features: X should be (N, {SIDE}, {SIDE}, 3) and boxes (N, R, 4), but they "
            f"are {X.shape} and {boxes.shape}."
        )
    outlines = shape_outlines()
    out = np.empty((*boxes.shape[:2], REGION_NUMBERS), dtype=np.float32)
    for low in range(0, len(X), CHUNK):
        part = slice(low, low + CHUNK)
        out[part] = _features(X[part], boxes[part], outlines)
    return out


def sliding_boxes(width=20, step=11):
    """List square windows that slide over a scene, from left to right and from top to bottom.

    Returns
    -------
    ndarray, shape (R, 4), int32
        25 of them with the defaults.
    """
    starts = range(0, SIDE - width + 1, step)
    rows = [(left, top, width, width) for top in starts for left in starts]
    return np.array(rows, dtype=np.int32)


def _features(X, boxes, outlines):
    """Features of a chunk, (K, R, 22)."""
    masks = colour_masks(X)  # (K, 6, 32, 32)
    shares = _shares(masks, boxes)
    middles = boxes[..., :2] + boxes[..., 2:] / 2  # (K, R, 2)
    there = boxes[..., 2:].prod(axis=2, keepdims=True) > 0
    agreement = _agreement(masks, middles, outlines) * there
    places = np.concatenate([middles, boxes[..., 2:]], axis=2) / (SIDE / 2) - 1
    return np.concatenate([shares, agreement, places], axis=2)


def _shares(masks, boxes):
    """How much of a box has each colour, (K, R, 6)."""
    sums = np.zeros((*masks.shape[:2], HALF + 1, HALF + 1))
    sums[..., 1:, 1:] = masks.cumsum(axis=2, dtype=np.float64).cumsum(axis=3)
    low, high = boxes[..., :2] // 2, -(-(boxes[..., :2] + boxes[..., 2:]) // 2)  # (K, R, 2)
    (left, top), (right, bottom) = np.moveaxis(low, 2, 0), np.moveaxis(high, 2, 0)
    k = np.arange(len(masks))[:, None]
    mass = sums[k, :, bottom, right] - sums[k, :, top, right]
    mass += sums[k, :, top, left] - sums[k, :, bottom, left]
    area = (high - low).prod(axis=2)[..., None]
    return mass / np.maximum(area, 1)


def _agreement(masks, middles, outlines):
    """How well shapes suit what is in the middle, (K, R, 12); 0 where nothing is."""
    half = WINDOW // 2
    padded = np.pad(masks, ((0, 0), (0, 0), (half, half), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (WINDOW, WINDOW), axis=(2, 3))
    across, down = np.moveaxis(np.rint(middles / 2).astype(int), 2, 0)
    seen = windows[np.arange(len(masks))[:, None], :, down, across]  # (K, R, 6, 12, 12)
    seen = seen.reshape(*seen.shape[:3], WINDOW * WINDOW).astype(np.float64)
    mass = seen.sum(axis=3)
    main = mass.argmax(axis=2)[..., None]  # the colour that there is most of
    seen = np.take_along_axis(seen, main[..., None], axis=2)[:, :, 0]  # (K, R, 144)
    seen = seen - seen.mean(axis=2, keepdims=True)
    seen /= np.sqrt((seen * seen).sum(axis=2, keepdims=True)) + 1e-6
    agreement = seen @ outlines
    agreement = np.exp(SHARP * (agreement - agreement.max(axis=2, keepdims=True)))
    return agreement * (mass.max(axis=2, keepdims=True) > LEAST)
