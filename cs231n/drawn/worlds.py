"""What stands where in the scenes that sentences are about: objects, relations, splits.

A scene holds one to four objects on a picture of 64 x 64 pixels, each with a shape, a colour, a
size and a place. Their boxes do not overlap. In either direction two objects are apart by
`APART` pixels or more, or level to within `LEVEL`: whoever is left of whom, or above, leaves no
doubt. Shapes, colours, sizes and the four relations are equally frequent.

A scene is a pure function of (seed, split, index). No scene of one split is in another: what a
scene looks like, its places rounded to `CELL` pixels, is hashed, and the hash tells the split. The
pairs in `HELD_OUT` are seen in the split "test_pairs" alone, four objects in "test_count" alone.
"""

import hashlib
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

__all__ = [
    "APART",
    "COLOURS",
    "HELD_OUT",
    "LEVEL",
    "RELATIONS",
    "SHAPES",
    "SIDE",
    "SIZES",
    "SPLITS",
    "Dice",
    "Scene",
    "SceneObject",
    "sample_scene",
    "swapped_twin",
]

SIDE = 64  # pixels of a picture, each way
SHAPES = ("circle", "square", "triangle", "cross", "star", "ring")
COLOURS = ("red", "yellow", "green", "blue", "purple", "white")
SIZES = ("small", "big")
RADII = {"small": (6,), "big": (9, 10)}  # pixels: a big one is at least half as large again
RELATIONS = ("left", "right", "above", "below")
HELD_OUT = frozenset(
    [
        ("red", "square"),
        ("yellow", "cross"),
        ("green", "triangle"),
        ("blue", "circle"),
        ("purple", "ring"),
        ("white", "star"),
    ]
)
PAIRS = [(c, s) for c in COLOURS for s in SHAPES if (c, s) not in HELD_OUT]

APART = 11  # more than a sixth of the side
LEVEL = 3
EDGE = 1  # pixels free at the border
CELL = 4
SPLITS = {  # scenes there are
    "train": 10_000,
    "val": 1_000,
    "test": 1_000,
    "test_pairs": 1_000,
    "test_count": 1_000,
    "hidden": 1_000_000,
}
TWELFTHS = {"train": range(9), "val": (9,), "test": (10,), "hidden": (11,)}  # of all hashes
COUNTS = (1, 2, 2, 3, 3)  # objects, each entry equally likely


@dataclass(frozen=True)
class SceneObject:
    """An object: `x` and `y` are its middle and `radius` its half width, in pixels."""

    shape: str
    colour: str
    size: str
    x: int
    y: int
    radius: int

    def is_(self, relation, other):
        """Whether this object is "left", "right", "above" or "below" of the other."""
        dx, dy = other.x - self.x, other.y - self.y
        return {"left": dx, "right": -dx, "above": dy, "below": -dy}[relation] >= APART


@dataclass(frozen=True)
class Scene:
    """The objects of a picture, in no order that means anything, and where it belongs."""

    split: str
    index: int
    objects: tuple[SceneObject, ...]

    def relations(self):
        """Return all (i, relation, j) that hold between objects i and j."""
        numbered = list(enumerate(self.objects))
        return [
            (i, relation, j)
            for i, a in numbered
            for j, b in numbered
            for relation in RELATIONS
            if i != j and a.is_(relation, b)
        ]


class Dice:
    """Random choices that are the same on every platform and in every release of NumPy.

    Parameters
    ----------
    *numbers : int
        From 0, of any length; the same numbers throw the same.
    """

    def __init__(self, *numbers):
        self._stream = np.random.Philox(np.random.SeedSequence(numbers))
        self._words = []

    def word(self):
        """Return 64 random bits."""
        if not self._words:
            self._words = self._stream.random_raw(64).tolist()[::-1]
        return self._words.pop()

    def below(self, n):
        """Return an int from 0 to n - 1."""
        return self.word() % n

    def chance(self, percent):
        """Return whether something happens that does so in `percent` of all cases."""
        return self.below(100) < percent

    def pick(self, options):
        """Return one of a sequence."""
        return options[self.below(len(options))]

    def weigh(self, options):
        """Return a key of a dict of whole-number weights."""
        left = self.below(sum(options.values()))
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        raise AssertionError("weights add up")

    def shuffled(self, options):
        """Return a list of the same in random order."""
        rest = list(options)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]


def sample_scene(seed, split, index):
    """Make up one scene.

    Parameters
    ----------
    seed : int
        From 0; all its bits count.
    split : str
        A key of `SPLITS`.
    index : int

    Returns
    -------
    Scene

    Raises
    ------
    ValueError
        If there is no such scene.
    """
    check_request(1, seed, split, index)
    dice = Dice(seed, list(SPLITS).index(split), index)
    count = 4 if split == "test_count" else dice.pick(COUNTS)
    looks = _looks(dice, count, special=split == "test_pairs")
    twelfths = TWELFTHS.get(split, range(12))
    while True:
        objects = _placed(dice, looks)
        if objects and _hash(objects) % 12 in twelfths:
            return Scene(split, index, objects)


def swapped_twin(scene, what="colour"):
    """Return a scene that differs only in that two objects have exchanged their colours.

    Drawn with the same seed it has the same background and grain, so that nothing but the swap
    tells the two pictures apart.

    Parameters
    ----------
    scene : Scene
    what : {"colour", "shape"}
        What the two exchange.

    Returns
    -------
    Scene or None
        With the first pair exchanged that differs in it and makes no pair of `HELD_OUT` (in
        "test_pairs" any will do); None if there is none.
    """
    for i, j in combinations(range(len(scene.objects)), 2):
        a, b = scene.objects[i], scene.objects[j]
        mine, yours = getattr(a, what), getattr(b, what)
        new = {i: replace(a, **{what: yours}), j: replace(b, **{what: mine})}
        held_out = any((thing.colour, thing.shape) in HELD_OUT for thing in new.values())
        if mine != yours and (scene.split == "test_pairs" or not held_out):
            things = tuple(new.get(k, thing) for k, thing in enumerate(scene.objects))
            return replace(scene, objects=things)
    return None


def check_request(n, seed, split, start):
    """Raise ValueError unless the split has scenes `start` ... `start + n - 1`."""
    if split not in SPLITS:
        raise ValueError(f"scenes: split should be one of {', '.join(SPLITS)} but is {split!r}.")
    if seed < 0:
        raise ValueError(f"scenes: seed should be an integer from 0 but is {seed}.")
    if n < 0 or start < 0 or start + n > SPLITS[split]:
        raise ValueError(
            f"scenes: the split {split} has scenes 0 to {SPLITS[split] - 1}, but start={start} and "
            f"n={n} ask for others; take another start, n or seed."
        )


def _looks(dice, count, special):
    """Choose (shape, colour, size, radius) of each object; some take after the one before."""
    looks, before = [], None
    for k in range(count):
        pairs = sorted(HELD_OUT) if special and k == 0 else PAIRS
        if before in PAIRS:  # alike in colour, in shape, in both, or (mostly) by chance alone
            like = dice.weigh({"free": 60, "colour": 15, "shape": 15, "both": 10})
            pairs = {
                "free": pairs,
                "colour": [pair for pair in pairs if pair[0] == before[0]],
                "shape": [pair for pair in pairs if pair[1] == before[1]],
                "both": [before],
            }[like]
        before = dice.pick(pairs)
        size = dice.pick(SIZES)
        looks.append((before[1], before[0], size, dice.pick(RADII[size])))
    return dice.shuffled(looks)


def _placed(dice, looks):
    """Put objects at random; None where they would stand in each other's way or in doubt."""
    objects = []
    for shape, colour, size, radius in looks:
        room = SIDE - 2 * (radius + EDGE) + 1
        x, y = (radius + EDGE + dice.below(room) for _ in "xy")
        new = SceneObject(shape, colour, size, x, y, radius)
        if not all(_clear(new, other) for other in objects):
            return None
        objects.append(new)
    return tuple(objects)


def _clear(a, b):
    """Whether two objects do not overlap, and it is clear in both directions how they stand."""
    ways = abs(a.x - b.x), abs(a.y - b.y)
    return max(ways) > a.radius + b.radius and all(d >= APART or d <= LEVEL for d in ways)


def _hash(objects):
    """Hash what a scene looks like, whatever the order of its objects, into 64 bits."""
    seen = sorted((o.shape, o.colour, o.size, o.x // CELL, o.y // CELL) for o in objects)
    return int.from_bytes(hashlib.blake2b(repr(seen).encode(), digest_size=8).digest(), "big")
