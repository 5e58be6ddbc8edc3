"""The ten objects of pictures10: the shapes each is built from, and where each likes to stand."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cs231n.drawing import box, disc, ellipse, hsv, polygon, segment

__all__ = ["THINGS", "Thing"]


@dataclass(frozen=True)
class Thing:
    """An object and its habits.

    Attributes
    ----------
    paint : callable
        `paint(draws, canvas, frame)` paints the object over [-1, 1] each way of the frame.
    home : float
        Pixels from the picture's middle to where it is mostly found, downwards.
    spread : (float, float)
        Pixels it strays from there at most, sideways and upright.
    size : (float, float)
        Pixels in its unit, smallest and largest.
    turn : float
        Largest rotation in radians.
    """

    paint: Callable
    home: float = 0
    spread: tuple = (8, 7.5)
    size: tuple = (8.3, 13)
    turn: float = 0.5


def coat(draws):
    """Draw the main colour of an object, (K, 3, 1, 1)."""
    return hsv(draws.uniform(), draws.uniform(0.2, 1.0), draws.uniform(0.1, 0.8))


def shade(colour, amount):
    """Darken a colour."""
    return colour * np.float32(1 - amount)


def grey(value):
    """Return a grey as a colour that fits every picture."""
    return np.full((1, 3, 1, 1), value, dtype=np.float32)


def paint_bird(draws, canvas, frame):
    """A body with head, beak and tail, and a wing raised or lowered."""
    body, lift = coat(draws), draws.uniform(-0.9, -0.4)
    canvas.paint(
        polygon(frame, (-0.35, -0.1), (-0.45, 0.25), (-1.0, 0.3), (-1.0, -0.05)), shade(body, 0.3)
    )
    canvas.paint(
        polygon(frame, (0.7, -0.4), (1.05, -0.2), (0.7, -0.15)),
        hsv(draws.uniform(0.08, 0.14), 0.9, np.ones_like(lift)),
    )
    canvas.paint(ellipse(frame, 0, 0.1, 0.6, 0.36), body)
    canvas.paint(disc(frame, 0.52, -0.27, 0.29), body)
    canvas.paint(disc(frame, 0.6, -0.32, 0.08), grey(0.02))
    canvas.paint(polygon(frame, (-0.35, 0.05), (-0.35, lift), (0.25, 0.1)), shade(body, 0.45))
    for x in (-0.1, 0.12):
        canvas.paint(segment(frame, x, 0.4, x, 0.85, 0.05), grey(0.15))


def paint_boat(draws, canvas, frame):
    """A hull, a mast and two sails."""
    hull, sail = coat(draws), coat(draws)
    canvas.paint(segment(frame, 0, -0.9, 0, 0.4, 0.06), grey(0.2))
    canvas.paint(polygon(frame, (0.1, -0.9), (0.8, 0.2), (0.1, 0.2)), sail)
    canvas.paint(polygon(frame, (-0.1, -0.65), (-0.1, 0.2), (-0.6, 0.2)), shade(sail, 0.2))
    canvas.paint(polygon(frame, (-0.95, 0.35), (0.95, 0.35), (0.6, 0.8), (-0.6, 0.8)), hull)


def paint_car(draws, canvas, frame):
    """A body with a cabin, windows and two wheels."""
    body = coat(draws)
    canvas.paint(polygon(frame, (-0.4, -0.45), (0.3, -0.45), (0.62, 0.05), (-0.62, 0.05)), body)
    canvas.paint(
        polygon(frame, (-0.34, -0.33), (-0.06, -0.33), (-0.06, 0.02), (-0.46, 0.02)), grey(0.85)
    )
    canvas.paint(
        polygon(frame, (0.04, -0.33), (0.25, -0.33), (0.46, 0.02), (0.04, 0.02)), grey(0.85)
    )
    canvas.paint(box(frame, 0, 0.22, 0.98, 0.24), body)
    for x in (-0.52, 0.52):
        canvas.paint(disc(frame, x, 0.45, 0.26), grey(0.05))
        canvas.paint(disc(frame, x, 0.45, 0.1), grey(0.7))


def paint_cat(draws, canvas, frame):
    """A face with two ears, two eyes, a nose and whiskers."""
    fur, eyes = (
        coat(draws),
        hsv(draws.uniform(0.15, 0.4), draws.uniform(0.6, 1), draws.uniform(0.8, 1)),
    )
    for side in (-1, 1):
        ear = [(side * 0.72, -0.9), (side * 0.08, -0.35), (side * 0.72, 0.1)]
        canvas.paint(polygon(frame, *(ear if side < 0 else ear[::-1])), fur)
    canvas.paint(ellipse(frame, 0, 0.15, 0.78, 0.65), fur)
    for side in (-1, 1):
        canvas.paint(ellipse(frame, side * 0.33, 0.02, 0.17, 0.16), eyes)
        canvas.paint(ellipse(frame, side * 0.33, 0.02, 0.07, 0.15), grey(0.02))
        canvas.paint(segment(frame, side * 0.2, 0.4, side * 0.95, 0.32, 0.03), grey(0.95))
        canvas.paint(segment(frame, side * 0.2, 0.48, side * 0.9, 0.58, 0.03), grey(0.95))
    canvas.paint(polygon(frame, (-0.13, 0.28), (0.13, 0.28), (0, 0.45)), grey(0.1))


def paint_fish(draws, canvas, frame):
    """A body with tail, fin and eye."""
    body, fin = coat(draws), coat(draws)
    canvas.paint(polygon(frame, (-0.4, 0), (-1.0, 0.5), (-0.85, 0), (-1.0, -0.5)), fin)
    canvas.paint(polygon(frame, (-0.35, 0), (-1.0, 0.5), (-1.0, -0.5)), fin)
    canvas.paint(polygon(frame, (-0.2, -0.2), (0.0, -0.7), (0.4, -0.2)), fin)
    canvas.paint(ellipse(frame, 0.2, 0, 0.75, 0.42), body)
    canvas.paint(segment(frame, 0.4, -0.22, 0.4, 0.22, 0.04), shade(body, 0.5))
    canvas.paint(disc(frame, 0.65, -0.1, 0.13), grey(0.95))
    canvas.paint(disc(frame, 0.67, -0.1, 0.06), grey(0.02))


def paint_flower(draws, canvas, frame):
    """Five petals round a middle, on a stem with a leaf."""
    petals = coat(draws)
    green = hsv(draws.uniform(0.25, 0.42), draws.uniform(0.4, 0.9), draws.uniform(0.25, 0.7))
    canvas.paint(segment(frame, 0, -0.2, 0, 1.0, 0.07), green)
    canvas.paint(ellipse(frame, 0.28, 0.65, 0.28, 0.13), green)
    for x, y in ((0, -0.75), (0.38, -0.47), (0.24, -0.02), (-0.24, -0.02), (-0.38, -0.47)):
        canvas.paint(disc(frame, x, y, 0.27), petals)
    middle = hsv(draws.uniform(0.08, 0.18), draws.uniform(0.5, 1), draws.uniform(0.4, 1))
    canvas.paint(disc(frame, 0, -0.35, 0.2), middle)


def paint_house(draws, canvas, frame):
    """Walls with a door and a window, under a roof with a chimney."""
    wall, roof = coat(draws), coat(draws)
    canvas.paint(box(frame, 0.45, -0.6, 0.11, 0.28), shade(wall, 0.4))
    canvas.paint(box(frame, 0, 0.38, 0.72, 0.5), wall)
    canvas.paint(polygon(frame, (0, -0.9), (0.95, -0.1), (-0.95, -0.1)), roof)
    canvas.paint(box(frame, -0.3, 0.52, 0.18, 0.36), shade(wall, 0.65))
    canvas.paint(box(frame, 0.3, 0.35, 0.22, 0.2), grey(0.9))


def paint_mushroom(draws, canvas, frame):
    """A spotted cap on a stem."""
    cap = coat(draws)
    stem = hsv(draws.uniform(0.05, 0.16), draws.uniform(0.0, 0.3), draws.uniform(0.6, 1))
    canvas.paint(box(frame, 0, 0.5, 0.24, 0.45), stem)
    canvas.paint(ellipse(frame, 0, 0.05, 0.9, 0.85) * frame.cover(frame.y - 0.15), cap)
    for x, y, r in ((-0.45, -0.15, 0.14), (0.05, -0.45, 0.17), (0.48, -0.1, 0.13)):
        canvas.paint(disc(frame, x, y, r), grey(0.95))


def paint_plane(draws, canvas, frame):
    """A fuselage with swept wings and a tail, seen from above."""
    body = coat(draws)
    for side in (-1, 1):
        wing = [(0.25, 0), (-0.15, side * 0.95), (-0.4, side * 0.95), (-0.2, 0)]
        tail = [(-0.6, 0), (-0.85, side * 0.42), (-1.0, side * 0.42), (-0.9, 0)]
        for part in (wing, tail):
            canvas.paint(polygon(frame, *(part if side > 0 else part[::-1])), shade(body, 0.25))
    canvas.paint(segment(frame, -0.85, 0, 0.85, 0, 0.15), body)
    canvas.paint(disc(frame, 0.82, 0, 0.08), grey(0.1))


def paint_tree(draws, canvas, frame):
    """A trunk under a crown: round, or the three storeys of a fir."""
    leaves, fir = coat(draws), draws.chance(0.5)
    trunk = hsv(draws.uniform(0.03, 0.1), draws.uniform(0.4, 0.8), draws.uniform(0.2, 0.5))
    canvas.paint(box(frame, 0, 0.65, 0.13, 0.35), trunk)
    for x, y, r in ((-0.35, 0, 0.42), (0.35, 0, 0.42), (0, -0.45, 0.48)):
        canvas.paint(disc(frame, x, y, r) * (1 - fir), leaves)
    for top, wide in ((-1.0, 0.42), (-0.6, 0.58), (-0.2, 0.75)):
        foot = top + 0.68
        canvas.paint(polygon(frame, (0, top), (wide, foot), (-wide, foot)) * fir, leaves)


THINGS = {
    "bird": Thing(paint_bird, home=-4.5),
    "boat": Thing(paint_boat, home=4.5),
    "car": Thing(paint_car, home=6),
    "cat": Thing(paint_cat, home=2),
    "fish": Thing(paint_fish, home=0),
    "flower": Thing(paint_flower, home=2),
    "house": Thing(paint_house, home=0),
    "mushroom": Thing(paint_mushroom, home=6),
    "plane": Thing(paint_plane, home=-6, turn=1.5),
    "tree": Thing(paint_tree, home=0),
}
