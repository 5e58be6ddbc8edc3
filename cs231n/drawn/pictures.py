"""Drawings of scenes: six plain shapes, coloured, on a dark and cloudy background.

A shape fills [-1, 1] each way of its frame (see drawing.py) before it is turned a little.
"""

import numpy as np

from cs231n.drawn import drawing
from cs231n.drawn.drawing import Canvas, Draws, Frame, box, disc, hsv, polygon
from cs231n.drawn.worlds import SHAPES, SIDE, SPLITS

__all__ = ["PAINTS", "coverage_of", "draw_scenes"]

CHUNK = 50  # pictures drawn together
MOST = 4  # objects of a scene
TILT = 0.25  # radians a shape is turned at most, about
BACK_WORDS, OBJECT_WORDS, GRAIN_WORDS = 88, 8, 3 * SIDE * SIDE // 8
WORDS = BACK_WORDS + MOST * OBJECT_WORDS + GRAIN_WORDS
STREAM = 7  # apart from the words that made the scenes up

PAINTS = {  # hue, how far it strays; saturation and value, from and to
    "red": (0.0, 0.015, 0.8, 1.0, 0.75, 1.0),
    "yellow": (0.15, 0.015, 0.75, 1.0, 0.85, 1.0),
    "green": (0.35, 0.03, 0.7, 1.0, 0.55, 0.8),
    "blue": (0.6, 0.02, 0.75, 1.0, 0.75, 1.0),
    "purple": (0.8, 0.02, 0.6, 0.9, 0.65, 0.9),
    "white": (0.0, 0.5, 0.0, 0.06, 0.9, 1.0),
}
TIPS = ((0.0, -1.0), (0.951, -0.309), (0.588, 0.809), (-0.588, 0.809), (-0.951, -0.309))
NOTCHES = ((0.264, -0.364), (0.428, 0.139), (0.0, 0.45), (-0.428, 0.139), (-0.264, -0.364))


def draw_scenes(scenes, seed):
    """Draw scenes of one split whose indices follow each other.

    Parameters
    ----------
    scenes : list of Scene
    seed : int
        The one they were made from.

    Returns
    -------
    X : ndarray, shape (K, 64, 64, 3), uint8
    boxes : ndarray, shape (K, 4, 4), int32
        Left edge, top edge, width and height of what is seen of each object, in pixels; zeros
        where a scene has fewer than four.
    areas : ndarray, shape (K, 4), int32
        Pixels of which an object covers half or more.
    """
    X = np.empty((len(scenes), SIDE, SIDE, 3), dtype=np.uint8)
    boxes = np.zeros((len(scenes), MOST, 4), dtype=np.int32)
    areas = np.zeros((len(scenes), MOST), dtype=np.int32)
    for low in range(0, len(scenes), CHUNK):
        part = slice(low, low + CHUNK)
        X[part], boxes[part], areas[part] = _draw_chunk(scenes[part], seed)
    return X, boxes, areas


def _draw_chunk(scenes, seed):
    split, first, K = scenes[0].split, scenes[0].index, len(scenes)
    sequence = np.random.SeedSequence((seed, list(SPLITS).index(split), STREAM))
    words = drawing.picture_words(sequence.generate_state(2, np.uint64), first, K, WORDS)
    canvas = Canvas(_background(Draws(words[:, :BACK_WORDS])))
    boxes, areas = np.zeros((K, MOST, 4), np.int32), np.zeros((K, MOST), np.int32)
    for slot in range(MOST):
        start = BACK_WORDS + slot * OBJECT_WORDS
        for shape in SHAPES:
            mine = [
                k
                for k, scene in enumerate(scenes)
                if slot < len(scene.objects) and scene.objects[slot].shape == shape
            ]
            if mine:
                draws = Draws(words[mine, start : start + OBJECT_WORDS])
                part = Canvas(canvas.pixels[mine])
                covered = _paint(draws, part, [scenes[k].objects[slot] for k in mine])
                canvas.pixels[mine] = part.pixels
                boxes[mine, slot], areas[mine, slot] = _box(covered), covered.sum(axis=(1, 2))
    grain = Draws(words[:, -GRAIN_WORDS:]).grain(3 * SIDE * SIDE).reshape(-1, 3, SIDE, SIDE)
    pixels = np.clip(canvas.pixels + np.float32(0.03) * grain, np.float32(0), np.float32(1))
    X = np.floor(pixels * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return X.transpose(0, 2, 3, 1), boxes, areas


def _background(draws):
    """Draw something dark, of hardly any colour, (K, 3, 64, 64)."""
    low, high = (
        hsv(draws.uniform(), draws.uniform(0.0, 0.3), draws.uniform(0.1, 0.35)) for _ in range(2)
    )
    frame = Frame.place(SIDE, SIDE / 2, SIDE / 2, np.float32(SIDE / 2), drawing.turn(draws, 1.5))
    depth = (0.5 + 0.35 * frame.y)[:, None]
    clouds = drawing.value_noise(draws.grain(64).reshape(-1, 8, 8), SIDE)[:, None]
    return low + depth * (high - low) + draws.uniform(0.02, 0.1)[:, None] * clouds


def _paint(draws, canvas, objects):
    """Paint objects of the same shape, one a picture; return where they are, (K, H, W) bool."""
    x, y, radius = (
        np.array([getattr(o, name) for o in objects], dtype=np.float32)[:, None, None]
        for name in ("x", "y", "radius")
    )
    frame = Frame.place(SIDE, x, y, radius, drawing.turn(draws, TILT))
    coverage = coverage_of(frame, objects[0].shape)
    hue, stray, s_low, s_high, v_low, v_high = (
        np.array([PAINTS[o.colour][i] for o in objects], dtype=np.float32)[:, None, None]
        for i in range(6)
    )
    hue = hue + stray * (draws.uniform() + draws.uniform() - np.float32(1))
    canvas.paint(coverage, hsv(hue, draws.uniform(s_low, s_high), draws.uniform(v_low, v_high)))
    return coverage >= 0.5


def coverage_of(frame, shape):
    """Return the coverage of a shape, (K, H, W)."""
    if shape == "circle":
        return disc(frame, 0, 0, 0.95)
    if shape == "square":
        return box(frame, 0, 0, 0.8, 0.8)
    if shape == "triangle":
        return polygon(frame, (0, -0.95), (0.95, 0.75), (-0.95, 0.75))
    if shape == "cross":
        return np.maximum(box(frame, 0, 0, 0.95, 0.28), box(frame, 0, 0, 0.28, 0.95))
    if shape == "ring":
        return disc(frame, 0, 0, 0.95) * (1 - disc(frame, 0, 0, 0.52))
    arms = []
    for i, (x, y) in enumerate(TIPS):  # from each tip over the middle, so that no seam shows
        arms.append(polygon(frame, (x, y), NOTCHES[i], (-0.4 * x, -0.4 * y), NOTCHES[i - 1]))
    return np.maximum.reduce(arms)


def _box(covered):
    """Return left, top, width and height of the True pixels, (K, 4)."""
    edges = []
    for axis in (1, 2):  # columns that hold some, then rows
        some = covered.any(axis=axis)
        first = some.argmax(axis=1)
        edges.append((first, some.shape[1] - some[:, ::-1].argmax(axis=1) - first))
    (left, width), (top, height) = edges
    return np.stack([left, top, width, height], axis=1)
