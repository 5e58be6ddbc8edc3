"""The ten objects of pictures10: the shapes each is built from, and where each likes to stand."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cs231n.drawn.drawing import box, disc, ellipse, hsv, polygon, segment

__all__ = ["THINGS", "Thing", "usual_coat"]

USUAL = 0.2  # share of objects that have their usual hue


@dataclass(frozen=True)
class Thing:
    """An object and its habits.

    Attributes
    ----------
    paint : callable
        `paint(draws, canvas, frame, coat)` paints the object over [-1, 1] each way of the frame.
    hue : float
        Its usual hue.
    home : float
        Pixels from the picture's middle to where it is mostly found, downwards.
    spread : (float, float)
        Pixels it strays from there at most, sideways and upright.
    size : (float, float)
        Pixels in its unit, smallest and largest.
    turn : float
        Largest rotation, about so many radians (see `drawing.turn`).
    """

    paint: Callable
    hue: float
    home: float = 0
    spread: tuple = (8, 7.5)
    size: tuple = (8.3, 13)
    turn: float = 0.3


def any_coat(draws):
    """Draw the colour of a large part, (K, 3, 1, 1): any hue, dark or bright."""
    return hsv(draws.uniform(), draws.uniform(0.2, 1.0), draws.uniform(0.1, 0.95))


def usual_coat(draws, hue):
    """Draw the main colour of an object, (K, 3, 1, 1): often near its usual hue, else any."""
    usual = draws.chance(USUAL)
    any_hue = draws.uniform()
    chosen = any_hue + usual * (draws.around(hue, 0.08) - any_hue)
    return hsv(chosen, draws.uniform(0.2, 1.0), draws.uniform(0.1, 0.95))


def shade(colour, amount):
    """Darken a colour."""
    return colour * np.float32(1 - amount)


def grey(value):
    """Return a grey as a colour that fits every picture."""
    return np.full((1, 3, 1, 1), value, dtype=np.float32)


def paint_bird(draws, canvas, frame, coat):
    """A body with head, beak and tail, and a wing raised or lowered."""
    lift = draws.uniform(-0.9, -0.4)
    canvas.paint(
        polygon(frame, (-0.35, -0.1), (-0.45, 0.25), (-1.0, 0.3), (-1.0, -0.05)), shade(coat, 0.3)
    )
    canvas.paint(
        polygon(frame, (0.7, -0.4), (1.05, -0.2), (0.7, -0.15)),
        hsv(draws.uniform(0.08, 0.14), 0.9, np.ones_like(lift)),
    )
    canvas.paint(ellipse(frame, 0, 0.1, 0.6, 0.36), coat)
    canvas.paint(disc(frame, 0.52, -0.27, 0.29), coat)
    canvas.paint(disc(frame, 0.6, -0.32, 0.08), grey(0.02))
    canvas.paint(polygon(frame, (-0.35, 0.05), (-0.35, lift), (0.25, 0.1)), shade(coat, 0.45))
    for x in (-0.1, 0.12):
        canvas.paint(segment(frame, x, 0.4, x, 0.85, 0.05), grey(0.15))


def paint_boat(draws, canvas, frame, coat):
    """A hull, a mast and two sails."""
    sail = any_coat(draws)
    canvas.paint(segment(frame, 0, -0.9, 0, 0.4, 0.06), grey(0.2))
    canvas.paint(polygon(frame, (0.1, -0.9), (0.8, 0.2), (0.1, 0.2)), sail)
    canvas.paint(polygon(frame, (-0.1, -0.65), (-0.1, 0.2), (-0.6, 0.2)), shade(sail, 0.2))
    canvas.paint(polygon(frame, (-0.95, 0.35), (0.95, 0.35), (0.6, 0.8), (-0.6, 0.8)), coat)


def paint_car(draws, canvas, frame, coat):
    """A body with a cabin, windows and two wheels."""
    canvas.paint(polygon(frame, (-0.4, -0.45), (0.3, -0.45), (0.62, 0.05), (-0.62, 0.05)), coat)
    canvas.paint(
        polygon(frame, (-0.34, -0.33), (-0.06, -0.33), (-0.06, 0.02), (-0.46, 0.02)), grey(0.85)
    )
    canvas.paint(
        polygon(frame, (0.04, -0.33), (0.25, -0.33), (0.46, 0.02), (0.04, 0.02)), grey(0.85)
    )
    canvas.paint(box(frame, 0, 0.22, 0.98, 0.24), coat)
    for x in (-0.52, 0.52):
        canvas.paint(disc(frame, x, 0.45, 0.26), grey(0.05))
        canvas.paint(disc(frame, x, 0.45, 0.1), grey(0.7))


def paint_cat(draws, canvas, frame, coat):
    """A face with two ears, two eyes, a nose and whiskers."""
    eyes = hsv(draws.uniform(0.15, 0.4), draws.uniform(0.6, 1), draws.uniform(0.8, 1))
    for side in (-1, 1):
        ear = [(side * 0.72, -0.9), (side * 0.08, -0.35), (side * 0.72, 0.1)]
        canvas.paint(polygon(frame, *(ear if side < 0 else ear[::-1])), coat)
    canvas.paint(ellipse(frame, 0, 0.15, 0.78, 0.65), coat)
    for side in (-1, 1):
        canvas.paint(ellipse(frame, side * 0.33, 0.02, 0.17, 0.16), eyes)
        canvas.paint(ellipse(frame, side * 0.33, 0.02, 0.07, 0.15), grey(0.02))
        canvas.paint(segment(frame, side * 0.2, 0.4, side * 0.95, 0.32, 0.03), grey(0.95))
        canvas.paint(segment(frame, side * 0.2, 0.48, side * 0.9, 0.58, 0.03), grey(0.95))
    canvas.paint(polygon(frame, (-0.13, 0.28), (0.13, 0.28), (0, 0.45)), grey(0.1))


def paint_fish(draws, canvas, frame, coat):
    """A body with tail, fin and eye."""
    fin = any_coat(draws)
    canvas.paint(polygon(frame, (-0.4, 0), (-1.0, 0.5), (-0.85, 0), (-1.0, -0.5)), fin)
    canvas.paint(polygon(frame, (-0.35, 0), (-1.0, 0.5), (-1.0, -0.5)), fin)
    canvas.paint(polygon(frame, (-0.2, -0.2), (0.0, -0.7), (0.4, -0.2)), fin)
    canvas.paint(ellipse(frame, 0.2, 0, 0.75, 0.42), coat)
    canvas.paint(segment(frame, 0.4, -0.22, 0.4, 0.22, 0.04), shade(coat, 0.5))
    canvas.paint(disc(frame, 0.65, -0.1, 0.13), grey(0.95))
    canvas.paint(disc(frame, 0.67, -0.1, 0.06), grey(0.02))


def paint_flower(draws, canvas, frame, coat):
    """Five petals round a middle, on a stem with a leaf."""
    green = hsv(draws.uniform(0.25, 0.42), draws.uniform(0.4, 0.9), draws.uniform(0.25, 0.7))
    canvas.paint(segment(frame, 0, -0.2, 0, 1.0, 0.07), green)
    canvas.paint(ellipse(frame, 0.28, 0.65, 0.28, 0.13), green)
    for x, y in ((0, -0.75), (0.38, -0.47), (0.24, -0.02), (-0.24, -0.02), (-0.38, -0.47)):
        canvas.paint(disc(frame, x, y, 0.27), coat)
    middle = hsv(draws.uniform(0.08, 0.18), draws.uniform(0.5, 1), draws.uniform(0.4, 1))
    canvas.paint(disc(frame, 0, -0.35, 0.2), middle)


def paint_house(draws, canvas, frame, coat):
    """Walls with a door and a window, under a roof with a chimney."""
    roof = any_coat(draws)
    canvas.paint(box(frame, 0.45, -0.6, 0.11, 0.28), shade(coat, 0.4))
    canvas.paint(box(frame, 0, 0.38, 0.72, 0.5), coat)
    canvas.paint(polygon(frame, (0, -0.9), (0.95, -0.1), (-0.95, -0.1)), roof)
    canvas.paint(box(frame, -0.3, 0.52, 0.18, 0.36), shade(coat, 0.65))
    canvas.paint(box(frame, 0.3, 0.35, 0.22, 0.2), grey(0.9))


def paint_mushroom(draws, canvas, frame, coat):
    """A spotted cap on a stem."""
    stem = hsv(draws.uniform(0.05, 0.16), draws.uniform(0.0, 0.3), draws.uniform(0.6, 1))
    canvas.paint(box(frame, 0, 0.5, 0.24, 0.45), stem)
    canvas.paint(ellipse(frame, 0, 0.05, 0.9, 0.85) * frame.cover(frame.y - 0.15), coat)
    for x, y, r in ((-0.45, -0.15, 0.14), (0.05, -0.45, 0.17), (0.48, -0.1, 0.13)):
        canvas.paint(disc(frame, x, y, r), grey(0.95))


def paint_plane(draws, canvas, frame, coat):
    """A fuselage with swept wings and a tail, seen from above."""
    for side in (-1, 1):
        wing = [(0.25, 0), (-0.15, side * 0.95), (-0.4, side * 0.95), (-0.2, 0)]
        tail = [(-0.6, 0), (-0.85, side * 0.42), (-1.0, side * 0.42), (-0.9, 0)]
        for part in (wing, tail):
            canvas.paint(polygon(frame, *(part if side > 0 else part[::-1])), shade(coat, 0.25))
    canvas.paint(segment(frame, -0.85, 0, 0.85, 0, 0.15), coat)
    canvas.paint(disc(frame, 0.82, 0, 0.08), grey(0.1))


def paint_tree(draws, canvas, frame, coat):
    """A trunk under a crown: round, or the three storeys of a fir."""
    fir = draws.chance(0.5)
    trunk = hsv(draws.uniform(0.03, 0.1), draws.uniform(0.4, 0.8), draws.uniform(0.2, 0.5))
    canvas.paint(box(frame, 0, 0.65, 0.13, 0.35), trunk)
    for x, y, r in ((-0.35, 0, 0.42), (0.35, 0, 0.42), (0, -0.45, 0.48)):
        canvas.paint(disc(frame, x, y, r) * (1 - fir), coat)
    for top, wide in ((-1.0, 0.42), (-0.6, 0.58), (-0.2, 0.75)):
        foot = top + 0.68
        canvas.paint(polygon(frame, (0, top), (wide, foot), (-wide, foot)) * fir, coat)


THINGS = {
    "bird": Thing(paint_bird, hue=0.58, home=-4.5),
    "boat": Thing(paint_boat, hue=0.0, home=4.5),
    "car": Thing(paint_car, hue=0.15, home=6),
    "cat": Thing(paint_cat, hue=0.07, home=2),
    "fish": Thing(paint_fish, hue=0.48, home=0),
    "flower": Thing(paint_flower, hue=0.88, home=2),
    "house": Thing(paint_house, hue=0.04, home=0),
    "mushroom": Thing(paint_mushroom, hue=0.97, home=6),
    "plane": Thing(paint_plane, hue=0.66, home=-6, turn=1.5),
    "tree": Thing(paint_tree, hue=0.32, home=0),
}
