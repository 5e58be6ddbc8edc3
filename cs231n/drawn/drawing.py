"""Anti-aliased shapes on batches of small pictures, drawn by arithmetic alone.

A picture is drawn in layers. A shape gives its coverage, a number in [0, 1] for every pixel of
every picture in the batch; `Canvas.paint` lays a colour over the canvas where the shape covers it.
Coverage follows from the signed distance d to the outline, counted in pixels and negative inside:
`coverage = clip(1/2 - d, 0, 1)`.

Nothing here calls sin, exp, pow or a sum whose order may differ, only the operations that IEEE 754
rounds correctly (+, -, *, /, sqrt, floor). So the same numbers come out on every platform.

Letters: K pictures, H and W pixels. A parameter of a shape is a float, the same for every picture,
or an array (K, 1, 1). x grows to the right, y downwards.
"""

from dataclasses import dataclass

import numpy as np

__all__ = [
    "Canvas",
    "Draws",
    "Frame",
    "box",
    "disc",
    "ellipse",
    "hsv",
    "picture_words",
    "polygon",
    "segment",
    "turn",
    "value_noise",
]


def picture_words(key, first, count, width):
    """Return `width` random words for each of the pictures `first` ... `first + count - 1`.

    Picture i owns the words i * width ... (i + 1) * width - 1 of the Philox stream of `key`. They
    depend on key, i and width alone, never on which other pictures are drawn.

    Parameters
    ----------
    key : ndarray (2,) of uint64
    first, count : int
    width : int
        A multiple of 4, since a Philox counter gives four words.

    Returns
    -------
    ndarray (count, width) of uint64

    Raises
    ------
    ValueError
        If width is not a positive multiple of 4.

    References
    ----------
    Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011).
    """
    if width <= 0 or width % 4:
        raise ValueError(
            "picture_words: width should be a positive multiple of 4, the words of a counter, "
            f"but is {width}."
        )
    stream = np.random.Philox(key=key).advance(first * (width // 4))
    return stream.random_raw(count * width).reshape(count, width)


class Draws:
    """Random numbers of K pictures, taken from their words one column after the other.

    Parameters
    ----------
    words : ndarray (K, width) of uint64
    """

    def __init__(self, words):
        self.words = words
        self.used = 0

    def take(self, count):
        """Return the next `count` words of every picture, (K, count)."""
        start, self.used = self.used, self.used + count
        if self.used > self.words.shape[1]:
            raise ValueError(
                f"Draws: {self.used} words are wanted but each picture has {self.words.shape[1]}; "
                "make the words wider."
            )
        return self.words[:, start : self.used]

    def uniform(self, low=0.0, high=1.0):
        """Return (K, 1, 1) float32, even over [low, high), which may be (K, 1, 1) too."""
        unit = (self.take(1) >> np.uint64(40)).astype(np.float32) * np.float32(2**-24)
        low, high = np.float32(low), np.float32(high)
        return low + (high - low) * unit[:, :, None]

    def around(self, middle, spread):
        """Return (K, 1, 1) float32 around `middle`, at most `spread` away and mostly near."""
        return middle + np.float32(spread) * (self.uniform() + self.uniform() - np.float32(1))

    def chance(self, probability):
        """Return (K, 1, 1) float32: 1 with the probability, otherwise 0."""
        return (self.uniform() < probability).astype(np.float32)

    def sign(self):
        """Return (K, 1, 1) float32: -1 or 1, equally often."""
        return 2 * self.chance(0.5) - 1

    def grain(self, count):
        """Return (K, count) float32 in [-1, 1] with a triangular density, eight numbers a word."""
        if count % 8:
            raise ValueError(f"Draws.grain: count should be a multiple of 8 but is {count}.")
        words = np.ascontiguousarray(self.take(count // 8))
        octets = words.astype("<u8").view(np.uint8)  # (K, count)
        total = (octets >> 4) + (octets & 15)  # two half-bytes: 0 ... 30
        return total.astype(np.float32) * np.float32(1 / 15) - np.float32(1)


def turn(draws, largest):
    """Draw a rotation up to about `largest` radians (below pi/2), mostly a small one.

    With t the tangent of half the angle, cos = (1 - t^2)/(1 + t^2) and sin = 2t/(1 + t^2), which
    every platform rounds alike.

    Returns
    -------
    (cos, sin) : two ndarrays (K, 1, 1) of float32
    """
    t = draws.around(0, largest / 2)
    bottom = 1 + t * t
    return (1 - t * t) / bottom, 2 * t / bottom


@dataclass(frozen=True)
class Frame:
    """The coordinates of an object: where each pixel lies, seen from the object.

    Attributes
    ----------
    x, y : ndarray (K, H, W) of float32
        Pixel centres in units of the object, which fills about [-1, 1] each way.
    scale : ndarray (K, 1, 1) of float32
        Pixels in one unit.
    """

    x: np.ndarray
    y: np.ndarray
    scale: np.ndarray

    @classmethod
    def place(cls, size, cx, cy, scale, rotation=(1, 0), mirror=1, stretch=1):
        """Put an object at (cx, cy) pixels on pictures of size x size pixels.

        Parameters
        ----------
        size : int
        cx, cy, scale : float or ndarray (K, 1, 1)
            Middle of the object and length of its unit, in pixels.
        rotation : (cos, sin)
        mirror : 1 or -1, float or ndarray (K, 1, 1)
        stretch : float or ndarray (K, 1, 1)
            Width of the object's unit against its height.

        Returns
        -------
        Frame
        """
        centres = np.arange(size, dtype=np.float32) + np.float32(0.5)
        dx = (centres[None, None, :] - cx) / scale  # (K, 1, W)
        dy = (centres[None, :, None] - cy) / scale  # (K, H, 1)
        cos, sin = rotation
        x = (cos * dx + sin * dy) * (mirror / stretch)  # (K, H, W)
        return cls(x.astype(np.float32), (cos * dy - sin * dx).astype(np.float32), scale)

    def cover(self, distance):
        """Turn a signed distance in units into coverage, (K, H, W) in [0, 1]."""
        return np.clip(np.float32(0.5) - distance * self.scale, np.float32(0), np.float32(1))


def disc(frame, cx, cy, radius):
    """Return the coverage of a disc, (K, H, W)."""
    dx, dy = frame.x - cx, frame.y - cy
    return frame.cover(np.sqrt(dx * dx + dy * dy) - radius)


def ellipse(frame, cx, cy, rx, ry):
    """Return the coverage of an ellipse, (K, H, W).

    With f = (x/rx)^2 + (y/ry)^2, the distance is (f - 1) / |grad f| to first order, which makes a
    clean edge.
    """
    dx, dy = (frame.x - cx) / rx, (frame.y - cy) / ry
    f = dx * dx + dy * dy
    gx, gy = dx / rx, dy / ry
    slope = 2 * np.sqrt(gx * gx + gy * gy) + np.float32(1e-6)
    return frame.cover((f - 1) / slope)


def box(frame, cx, cy, half_width, half_height):
    """Return the coverage of an upright rectangle, (K, H, W)."""
    dx, dy = abs(frame.x - cx) - half_width, abs(frame.y - cy) - half_height
    return frame.cover(np.maximum(dx, dy))


def segment(frame, x0, y0, x1, y1, radius):
    """Return the coverage of a stick from (x0, y0) to (x1, y1), `radius` thick, (K, H, W)."""
    ex, ey = x1 - x0, y1 - y0
    dx, dy = frame.x - x0, frame.y - y0
    along = np.clip((dx * ex + dy * ey) / (ex * ex + ey * ey), np.float32(0), np.float32(1))
    dx, dy = dx - along * ex, dy - along * ey
    return frame.cover(np.sqrt(dx * dx + dy * dy) - radius)


def polygon(frame, *corners):
    """Return the coverage of a convex polygon, (K, H, W).

    Parameters
    ----------
    frame : Frame
    *corners : (x, y)
        Clockwise as seen on the picture. Given the other way round, inside and outside change
        places and nothing is covered.
    """
    distance = None
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1]):
        ex, ey = np.float32(x1 - x0), np.float32(y1 - y0)
        length = np.sqrt(ex * ex + ey * ey)
        side = (frame.x - x0) * (ey / length) - (frame.y - y0) * (ex / length)
        distance = side if distance is None else np.maximum(distance, side)
    return frame.cover(distance)


def hsv(hue, saturation, value):
    """Return the colour of a hue, saturation and value, each (K, 1, 1) in [0, 1], as (K, 3, 1, 1).

    A channel is value * (1 - saturation * (1 - pure)), where pure is 1 within a sixth of the circle
    round the channel's own hue (red 0, green 1/3, blue 2/3), falls to 0 over the next sixth, and
    stays there. The hue wraps round, so any number will do.
    """
    hue = hue - np.floor(hue)
    channels = []
    for home in (0.0, 1 / 3, 2 / 3):
        away = abs(hue - np.float32(home))
        away = np.minimum(away, 1 - away)  # 0 ... 1/2 round the circle
        pure = np.clip(2 - 6 * away, np.float32(0), np.float32(1))
        channels.append(value * (1 - saturation * (1 - pure)))
    return np.stack(channels, axis=1).astype(np.float32)


def value_noise(grid, size):
    """Enlarge coarse random numbers smoothly: a cloudy texture.

    Parameters
    ----------
    grid : ndarray (K, G, G) of float32
    size : int

    Returns
    -------
    ndarray (K, size, size) of float32
        Bilinear between the numbers of the grid, which sit at equal steps from edge to edge.
    """
    cells = grid.shape[1] - 1
    place = (np.arange(size, dtype=np.float32) + np.float32(0.5)) * np.float32(cells / size)
    low = place.astype(np.int64)
    part = place - low.astype(np.float32)
    part = part * part * (3 - 2 * part)  # no visible creases at the grid's lines
    rows = grid[:, low] + part[None, :, None] * (grid[:, low + 1] - grid[:, low])  # (K, size, G)
    left, right = rows[:, :, low], rows[:, :, low + 1]
    return left + part * (right - left)


class Canvas:
    """K pictures that are being painted.

    Parameters
    ----------
    pixels : ndarray (K, 3, H, W) of float32
        The background, colours in [0, 1]; copied.
    """

    def __init__(self, pixels):
        self.pixels = np.array(pixels, dtype=np.float32)

    def paint(self, coverage, colour):
        """Lay a colour (K, 3, 1, 1) over the pixels as far as coverage (K, H, W) says."""
        self.pixels += coverage[:, None] * (colour - self.pixels)
