"""Pictures of one plain shape each, as in the caption scenes, at half their size.

A set to learn from quickly: what a picture shows is known in full, and five true sentences say it.
"""

from dataclasses import dataclass

import numpy as np

from cs231n.drawn.pictures import draw_scenes
from cs231n.drawn.sentences import describe
from cs231n.drawn.worlds import COLOURS, HELD_OUT, RADII, SHAPES, SIDE, SIZES, Scene, SceneObject

__all__ = ["PLACES", "SingleShapes", "draw_single_shapes", "halved"]

PLACES = ("left", "middle", "right")  # thirds of the picture


@dataclass(frozen=True)
class SingleShapes:
    """Pictures of single shapes, and what is true of them.

    Attributes
    ----------
    X : ndarray, shape (N, 32, 32, 3), uint8
    scenes : list of Scene
    truth : dict
        "colour", "shape", "size" and "place" -> (N,) ints, which count as COLOURS, SHAPES and SIZES
        of `cs231n.drawn.worlds` and PLACES do; "kind", which is one for each pair of colour and
        shape.
    """

    X: np.ndarray
    scenes: list
    truth: dict

    def sentences(self, seed=0):
        """Return five sentences for each picture, as lists of words."""
        return [[list(said.words) for said in describe(scene, seed)] for scene in self.scenes]


def draw_single_shapes(n, seed, shapes=SHAPES):
    """Draw pictures of one shape each: any place, size, and colour that the shape comes in.

    Parameters
    ----------
    n : int
    seed : int
        From 0; another seed gives other pictures.
    shapes : sequence of str
        Those to choose from, each as likely as its number of colours is large.

    Returns
    -------
    SingleShapes

    Raises
    ------
    ValueError
        If a shape is unknown, or there are none.
    """
    if not shapes or not set(shapes) <= set(SHAPES):
        raise ValueError(
            f"draw_single_shapes: shapes should be some of {', '.join(SHAPES)}, but are "
            f"{', '.join(map(str, shapes)) or 'none'}."
        )
    rng = np.random.default_rng(seed)
    pairs = [(c, s) for c in COLOURS for s in shapes if (c, s) not in HELD_OUT]
    scenes = [_scene(i, pairs[rng.integers(len(pairs))], rng) for i in range(n)]
    X = (
        halved(draw_scenes(scenes, seed)[0])
        if n
        else np.empty((0, SIDE // 2, SIDE // 2, 3), np.uint8)
    )
    return SingleShapes(X, scenes, _truth([scene.objects[0] for scene in scenes]))


def halved(X):
    """Shrink pictures (N, H, W, 3) of uint8 to half their size, by means of 2 x 2 pixels."""
    N, H, W, C = X.shape
    small = X.reshape(N, H // 2, 2, W // 2, 2, C).mean(axis=(2, 4), dtype=np.float32)
    return np.rint(small).astype(np.uint8)


def _scene(index, pair, rng):
    """A scene with one object of this colour and shape, wholly inside the picture."""
    size = SIZES[rng.integers(len(SIZES))]
    radius = RADII[size][rng.integers(len(RADII[size]))]
    x, y = (int(v) for v in rng.integers(radius + 1, SIDE - radius, size=2))
    return Scene("train", index, (SceneObject(pair[1], pair[0], size, x, y, radius),))


def _truth(things):
    values = {
        "colour": [COLOURS.index(thing.colour) for thing in things],
        "shape": [SHAPES.index(thing.shape) for thing in things],
        "size": [SIZES.index(thing.size) for thing in things],
        "place": [len(PLACES) * thing.x // SIDE for thing in things],
    }
    truth = {name: np.array(numbers, dtype=np.int64) for name, numbers in values.items()}
    kinds = [(c, s) for c in range(len(COLOURS)) for s in range(len(SHAPES))]
    kinds = [pair for pair in kinds if (COLOURS[pair[0]], SHAPES[pair[1]]) not in HELD_OUT]
    pairs = zip(truth["colour"].tolist(), truth["shape"].tolist())
    return truth | {"kind": np.array([kinds.index(pair) for pair in pairs], dtype=np.int64)}
