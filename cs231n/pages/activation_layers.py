"""What the page of activations shows of a network's layers: maps, their order, and numbers."""

import base64
import io
import re
from dataclasses import dataclass
from math import ceil, sqrt

import matplotlib
import numpy as np
from PIL import Image

__all__ = ["Layer", "Stage", "atlas", "data_uri", "heat", "run", "stages"]

BEGINS = ("conv", "affine", "classifier")  # layers with weights: each begins a stage
SEQUENTIAL, DIVERGING = "cividis", "PuOr_r"  # from zero up; around zero


@dataclass(frozen=True)
class Layer:
    """What one layer makes of the picture.

    Attributes
    ----------
    name : str
    values : ndarray (C, H, W) or (D,)
    words : str
        What the layer does.
    """

    name: str
    values: np.ndarray
    words: str

    @property
    def shape(self):
        """The shape in words, such as "16 x 32 x 32" with a proper sign."""
        return " × ".join(f"{side:,}" for side in self.values.shape)

    @property
    def signed(self):
        """Whether there are values below zero."""
        return bool(self.values.min() < 0)

    @property
    def silent(self):
        """The share of values that are zero."""
        return float(np.mean(self.values == 0))

    @property
    def dead(self):
        """How many channels, or units, are zero everywhere."""
        return int(np.sum(self.strongest(None)[1] == 0))

    @property
    def maps(self):
        """The values as maps (C, H, W); a list of units is C maps of one place each."""
        return self.values if self.values.ndim == 3 else self.values[:, None, None]

    def strongest(self, count):
        """Return the channels of largest root mean square, strongest first, and those values."""
        strength = np.sqrt(np.mean(self.maps.astype(np.float64) ** 2, axis=(1, 2)))
        order = np.argsort(-strength, kind="stable")[:count]
        return order, strength[order]


@dataclass(frozen=True)
class Stage:
    """Layers that belong together: the one to look at first, and those before and behind it."""

    name: str
    main: Layer
    inner: tuple[Layer, ...]
    words: str

    @property
    def alive(self):
        """The share of values that are not zero, in those layers that cut off what is below."""
        cut = [one.silent for one in (self.main, *self.inner) if not one.signed]
        return 1 - sum(cut) / len(cut) if cut else 1.0


def stages(layers):
    """Part the names of a network's layers into stages, each a list of names.

    A stage is what stands before a dot ("block3.expand", "block3.depthwise", ...), or else begins
    with a layer that has weights ("conv2", "batchnorm2", "relu2", "pool2").
    """
    parted, last = [], None
    for name in layers:
        before, dot, _ = name.partition(".")
        begins = before != last if dot else name.startswith(BEGINS)
        if begins or not parted:
            parted.append([])
        parted[-1].append(name)
        last = before if dot else last
    return parted


def run(model, X):
    """Send one picture X (1, C, H, W) through a network -> list of `Stage`."""
    found, x = [], X
    for names in stages(model.layers):
        keep, out = _worth_showing(names), {}
        for name in dict.fromkeys([*keep, names[-1]]):
            out[name] = model.forward(x, start=names[0], end=name)[0]
        shown = [Layer(name, out[name][0], _words(model, name)) for name in keep]
        main = next((one for one in reversed(shown) if not _is(one.name, "pool")), shown[-1])
        words = [_words(model, name) for name in names]
        found.append(
            Stage(
                _title(names),
                main,
                tuple(one for one in shown if one is not main),
                ", ".join(filter(None, words)),
            )
        )
        x = out[names[-1]]
    return found


def atlas(layer, channels):
    """Lay maps out side by side in one picture, each over the full range of colours.

    Parameters
    ----------
    layer : Layer
    channels : sequence of int

    Returns
    -------
    uri : str
        The picture.
    columns, rows : int
    """
    maps = layer.maps[channels].astype(np.float64)
    _, H, W = maps.shape
    columns = ceil(sqrt(len(maps)))
    rows = ceil(len(maps) / columns)
    grid = np.zeros((rows * columns, H, W))
    grid[: len(maps)] = maps / np.maximum(np.abs(maps).max(axis=(1, 2), keepdims=True), 1e-30)
    grid = grid.reshape(rows, columns, H, W).swapaxes(1, 2).reshape(rows * H, columns * W)
    return heat(grid, layer.signed), columns, rows


def heat(values, signed=False):
    """Return a picture of values (H, W) from 0 to 1, or from -1 to 1 if signed, as a data URI."""
    levels = 127.5 * (1 + values) if signed else 255 * values
    image = Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))
    colours = matplotlib.colormaps[DIVERGING if signed else SEQUENTIAL](range(256), bytes=True)
    image.putpalette(colours[:, :3].tobytes())
    return data_uri(image)


def data_uri(image):
    """Return a Pillow image as a data URI that an HTML page can hold."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _worth_showing(names):
    """Leave out layers that the next one only shifts, scales or cuts off, and dropout."""
    shown = [
        name
        for name, after in zip(names, [*names[1:], ""])
        if not _is(after, "relu", "norm") and not _is(name, "dropout")
    ]
    return shown or names[-1:]


def _is(name, *kinds):
    """Whether a layer is of a kind: "block2.expand_relu" and "relu3" are "relu"."""
    return re.sub(r"\d+$", "", name).endswith(kinds)


def _title(names):
    """Name a stage: "block3", or its layers "conv2, relu2"."""
    before, dot, _ = names[0].partition(".")
    return before if dot else names[0]


def _words(model, name):
    """Say what a layer does, by its weights; "" if its name says all."""
    w = model.params.get(f"{name}.w")
    if w is None:
        return "plus the stage's input" if _is(name, "add") else ""
    if w.ndim == 4:
        return f"{w.shape[0]:,} filters of {w.shape[2]} × {w.shape[3]} over {w.shape[1]:,} channels"
    if w.ndim == 3:
        return f"a filter of {w.shape[1]} × {w.shape[2]} for each of {w.shape[0]:,} channels"
    return f"{w.shape[0]:,} numbers to {w.shape[1]:,}"
