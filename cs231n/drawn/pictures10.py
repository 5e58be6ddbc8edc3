"""The embedded pictures: "pictures10", ten classes of small drawings in CIFAR-10's shapes.

Nothing to download. Every picture is a scene: a background, things lying about, one object in its
own pose, size, place and colours, something that may stand before it, light, and grain. It is a
pure function of (seed, split, index), the same on every platform, so any subset of a split
consists of the same pictures. How the ten objects look is told in `cs231n.drawn.things`; nothing is
cached here.
"""

import numpy as np

from cs231n.drawn import drawing, things
from cs231n.drawn.drawing import Canvas, Draws, Frame, hsv

__all__ = ["PICTURES10_CLASSES", "SPLITS", "draw_hidden_pictures", "draw_pictures"]

PICTURES10_CLASSES = tuple(things.THINGS)
SPLITS = {"train": 50_000, "test": 10_000, "hidden": 1_000_000}  # pictures available

SIZE = 32
BLOCK = 100  # labels are balanced in blocks of so many pictures, each block shuffled by itself
CHUNK = 100  # pictures drawn together, few enough for the processor's cache

SCENE_WORDS, OBJECT_WORDS = 96, 32
GRAIN_WORDS = 3 * SIZE * SIZE // 8
WORDS = SCENE_WORDS + OBJECT_WORDS + GRAIN_WORDS


def draw_pictures(n, *, seed, split="train", start=0):
    """Draw the pictures `start` ... `start + n - 1` of a split of pictures10.

    Labels are balanced and shuffled: of the pictures 0-99, ten show each class, likewise of
    100-199, and so on.

    Parameters
    ----------
    n : int
        How many pictures.
    seed : int
        Any integer from 0; all its bits count, so a secret one may be as long as you like.
    split : {"train", "test", "hidden"}
        Splits of one seed share no picture. The first two have CIFAR-10's sizes; the last is
        for grading.
    start : int
        Index of the first picture.

    Returns
    -------
    X : ndarray (n, 32, 32, 3) of uint8
        Red, green and blue.
    y : ndarray (n,) of int64
        Index of the class in `PICTURES10_CLASSES`.

    Raises
    ------
    ValueError
        If the split is unknown, the seed negative, or the pictures lie outside the split.

    Examples
    --------
    >>> X, y = draw_pictures(200, seed=0)
    >>> X.shape, X.dtype.name, y.dtype.name
    ((200, 32, 32, 3), 'uint8', 'int64')
    >>> later, _ = draw_pictures(50, seed=0, start=150)
    >>> bool((X[150:] == later).all())
    True
    """
    check_request(n, seed, split, start)
    picture_key, label_key = keys(seed, split)
    y = labels(n, label_key, start)
    X = np.empty((n, SIZE, SIZE, 3), dtype=np.uint8)
    for low in range(0, n, CHUNK):
        high = min(n, low + CHUNK)
        words = drawing.picture_words(picture_key, start + low, high - low, WORDS)
        X[low:high] = draw_chunk(words, y[low:high])
    return X, y


def draw_hidden_pictures(n, *, secret, start=0):
    """Draw pictures that nobody has seen who does not know the secret.

    Parameters
    ----------
    n : int
    secret : int
        At least 2**64, for instance `secrets.randbits(128)`: smaller ones can be tried one by one.
    start : int

    Returns
    -------
    X, y : as of `draw_pictures`

    Raises
    ------
    ValueError
        If the secret is too small.
    """
    if secret < 2**64:
        raise ValueError(
            "draw_hidden_pictures: secret should be at least 2**64 so that nobody guesses it; "
            "take one from secrets.randbits(128)."
        )
    return draw_pictures(n, seed=secret, split="hidden", start=start)


def check_request(n, seed, split, start):
    """Raise ValueError unless `draw_pictures` can draw what it is asked for."""
    if split not in SPLITS:
        known = ", ".join(repr(name) for name in SPLITS)
        raise ValueError(f"draw_pictures: split should be one of {known} but is {split!r}.")
    if seed < 0:
        raise ValueError(f"draw_pictures: seed should be an integer from 0 but is {seed}.")
    if n < 0 or start < 0 or start + n > SPLITS[split]:
        raise ValueError(
            f"draw_pictures: the {split} split has pictures 0 to {SPLITS[split] - 1}, but "
            f"start={start} and n={n} ask for others; take another start, n or seed."
        )


def keys(seed, split):
    """Return two Philox keys, (2,) uint64 each: one for pictures, one for labels."""
    sequence = np.random.SeedSequence(seed, spawn_key=(list(SPLITS).index(split),))
    return sequence.generate_state(4, np.uint64).reshape(2, 2)


def labels(n, key, start):
    """Return the labels (n,) int64 of n pictures from `start` on, balanced in every block."""
    first, last = start // BLOCK, -(-(start + n) // BLOCK)
    words = drawing.picture_words(key, first, last - first, BLOCK)  # (blocks, BLOCK)
    order = np.argsort(words, axis=1, kind="stable")
    return (order % len(PICTURES10_CLASSES)).astype(np.int64).ravel()[start - first * BLOCK :][:n]


def draw_chunk(words, y):
    """Draw K pictures from their words (K, WORDS) and labels (K,); return (K, 32, 32, 3) uint8."""
    scene = Draws(words[:, :SCENE_WORDS])
    canvas = Canvas(background(scene))
    for _ in range(4):
        litter(scene, canvas)
    for label, thing in enumerate(things.THINGS.values()):
        mine = np.flatnonzero(y == label)
        if len(mine):
            part = Canvas(canvas.pixels[mine])
            draw_thing(Draws(words[mine, SCENE_WORDS : SCENE_WORDS + OBJECT_WORDS]), part, thing)
            canvas.pixels[mine] = part.pixels
    litter(scene, canvas)
    grain = Draws(words[:, SCENE_WORDS + OBJECT_WORDS :]).grain(3 * SIZE * SIZE)
    pixels = light(scene, canvas.pixels, grain.reshape(-1, 3, SIZE, SIZE))
    return (
        np.floor(pixels * np.float32(255) + np.float32(0.5)).astype(np.uint8).transpose(0, 2, 3, 1)
    )


def background(draws):
    """Draw a bluish sky over greenish ground, each shaded and clouded, (K, 3, 32, 32)."""
    frame = Frame.place(SIZE, SIZE / 2, SIZE / 2, np.float32(SIZE / 2), drawing.turn(draws, 0.3))
    horizon = draws.uniform(-0.3, 1.2)  # often below the picture
    below = frame.cover(horizon - frame.y)[:, None]  # (K, 1, 32, 32)
    depth = (0.5 * frame.y + 0.5)[:, None]
    high, low = (
        hsv(draws.around(0.58, 0.15), draws.uniform(0.05, 0.3), draws.uniform(0.6, 1.0))
        for _ in range(2)
    )
    ground = hsv(draws.around(0.22, 0.15), draws.uniform(0.1, 0.4), draws.uniform(0.55, 0.85))
    sky = high + depth * draws.uniform(0.0, 0.8)[:, None] * (low - high)
    pixels = sky + below * (ground - sky)
    clouds = drawing.value_noise(draws.grain(64).reshape(-1, 8, 8), SIZE)[:, None]
    return pixels + draws.uniform(0.02, 0.15)[:, None] * clouds


def litter(draws, canvas):
    """Paint something small and nameless anywhere: a disc, a box or a stick."""
    cx, cy = draws.uniform(0, SIZE), draws.uniform(0, SIZE)
    frame = Frame.place(SIZE, cx, cy, draws.uniform(2.0, 5.0), drawing.turn(draws, 1.5))
    kind = draws.uniform()
    length = draws.uniform(0.3, 1.0)
    shapes = (
        drawing.disc(frame, 0, 0, length),
        drawing.box(frame, 0, 0, 1, length),
        drawing.segment(frame, -1.5, 0, 1.5, 0, 0.25),
    )
    coverage = np.where(kind < 1 / 3, shapes[0], np.where(kind < 2 / 3, shapes[1], shapes[2]))
    colour = hsv(draws.uniform(), draws.uniform(0.1, 0.9), draws.uniform(0.2, 0.95))
    canvas.paint(coverage * draws.chance(0.6), colour)


def draw_thing(draws, canvas, thing):
    """Paint the object of a class, in its pose."""
    scale = draws.uniform(*thing.size)
    cx = draws.around(SIZE / 2, thing.spread[0])
    cy = draws.around(SIZE / 2 + thing.home, thing.spread[1])
    frame = Frame.place(
        SIZE,
        cx,
        cy,
        scale,
        rotation=drawing.turn(draws, thing.turn),
        mirror=draws.sign(),
        stretch=draws.uniform(0.85, 1.2),
    )
    thing.paint(draws, canvas, frame, things.usual_coat(draws, thing.hue))


def light(draws, pixels, grain):
    """Light the pictures from one side, dim and tint them, add grain; (K, 3, 32, 32) in [0, 1]."""
    frame = Frame.place(SIZE, SIZE / 2, SIZE / 2, np.float32(SIZE / 2), drawing.turn(draws, 1.5))
    side = 1 + draws.uniform(-0.4, 0.4) * frame.y
    tint = np.stack([draws.uniform(0.85, 1.1)[:, 0] for _ in range(3)], axis=1)[:, :, None]
    pixels = pixels * (side[:, None] * draws.uniform(0.7, 1.1)[:, None]) * tint
    pixels = pixels + draws.uniform(0.01, 0.08)[:, None] * grain
    return np.clip(pixels, np.float32(0), np.float32(1))
