"""Write the page: a model, pictures and Python's own numbers, in one file without a network."""

import base64
import json
from html import escape
from pathlib import Path
from string import Template

import numpy as np
from PIL import Image

from cs231n.files.cache import whole_file
from cs231n.pages.live.models import PictureModel
from cs231n.pages.live.moving import pack_floats, quantize, trace

__all__ = ["WEIGHTS", "packed", "write_live_page"]

HERE = Path(__file__).parent
WEIGHTS = ("float32", "float16", "uint8")
PROBES = 64  # numbers of a layer that the page compares, at most
MOST_BYTES = 2_500_000  # of all pictures together, before base64 makes a third more of them
SCRIPTS = {
    "watch": ["runtime", "training", "view", "watch", "drawing", "train_page", "main"],
    "write": ["runtime", "training", "writing", "view", "write_page", "main"],
}


def write_live_page(model, out, pictures=None, weights="float32", beginning="The "):
    """Write a page in which a model runs.

    Parameters
    ----------
    model : PictureModel or CharacterModel
    out : str or Path
        A folder, made if need be.
    pictures : dict, optional
        Of `load_pictures`: to train on in the page, and to look at; a PictureModel needs them.
    weights : {"float32", "float16", "uint8"}
        How the model's numbers travel. The page compares itself with what Python computes from the
        same numbers, so rounded ones agree, too.
    beginning : str
        Of a text, for a model of characters.

    Returns
    -------
    Path
        The page, `out`/index.html.

    Raises
    ------
    ValueError
        If weights are of an unknown kind, or numbers do not fit into it.
    """
    if weights not in WEIGHTS:
        raise ValueError(f"weights is {weights!r}; it should be one of {', '.join(WEIGHTS)}.")
    kind = "watch" if isinstance(model, PictureModel) else "write"
    data = (
        _picture_data(model, pictures, weights) if kind == "watch" else _text_data(model, weights)
    )
    scripts = (_read(f"{name}.js") for name in SCRIPTS[kind])
    page = Template(_read("page.html")).substitute(
        title=escape(model.name),
        style=_read("style.css"),
        parts=Template(_read(f"{kind}.html")).substitute(beginning=escape(beginning)),
        data=json.dumps(data).replace("<", "\\u003c"),
        scripts="\n".join(f"<script>\n{script}</script>" for script in scripts),
    )
    path = Path(out) / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(page.encode("utf-8"))
    return path


def packed(values, weights="float32"):
    """Pack an array for the page, and say what the page reads.

    Parameters
    ----------
    values : ndarray
    weights : {"float32", "float16", "uint8"}

    Returns
    -------
    entry : dict
        shape, kind and data; with one byte a number, low and step, too.
    read : ndarray, float32
        What comes out of it.

    Raises
    ------
    ValueError
        If a number is not finite, or too large for float16.
    """
    values = np.asarray(values)
    with np.errstate(over="ignore"):
        read = values.astype("float16" if weights == "float16" else "float32")
    if not np.all(np.isfinite(read)):
        raise ValueError(f"The model holds numbers that {weights} cannot: has training diverged?")
    entry = {"shape": list(values.shape), "kind": weights}
    if weights == "uint8":
        codes, low, step = quantize(values)
        entry |= {"low": low, "step": step, "data": _base64_of(codes)}
        return entry, (low + step * codes.astype(np.float64)).astype(np.float32)
    return entry | {"data": pack_floats(values, weights)}, read.astype(np.float32)


def _picture_data(model, pictures, weights):
    """What the page of a PictureModel reads."""
    layers, plain = [], []
    for layer in model.layers:
        packs = {k: packed(v, weights if k == "w" else "float32") for k, v in _arrays(layer)}
        layers.append(layer | {key: entry for key, (entry, _) in packs.items()})
        plain.append(layer | {key: read for key, (_, read) in packs.items()})
    mean, std = (np.broadcast_to(v, _own(v.shape, model)) for v in (model.mean, model.std))
    parts, first = _pictures(pictures, model.input_dim)
    about = {"name": model.name, "input": list(model.input_dim)}
    about["classes"] = _classes(model, parts["classes"])
    about |= {"mean": packed(mean)[0], "std": packed(std)[0], "layers": layers}
    outputs = trace(plain, model.preprocess(first))
    return {"model": about, "pictures": parts, "check": [_probe(out) for out in outputs]}


def _classes(model, known):
    """Names of the scores: the model's own, else those of the pictures, else numbers."""
    count = next(len(layer["b"]) for layer in reversed(model.layers) if "b" in layer)
    numbers = [f"class {c}" for c in range(count)]
    return next(list(names) for names in (model.classes, known, numbers) if len(names) == count)


def _text_data(model, weights):
    """What the page of a CharacterModel reads."""
    arrays = {"embed": model.embed, "W_vocab": model.W_vocab, "b_vocab": model.b_vocab}
    about = {key: packed(value, weights)[0] for key, value in arrays.items()}
    about["layers"] = [
        {key: packed(value, weights)[0] for key, value in zip(("Wx", "Wh", "b"), layer)}
        for layer in model.layers
    ]
    about |= {"characters": list(model.characters), "level": model.level, "cell": model.cell}
    read = _as_read(model, weights)
    states, check = read.begin(), []
    for number in range(min(PROBES, len(model.characters))):
        scores, states = read.step(states, number)
        check.append({"number": number, "scores": packed(scores)[0]})
    return {"model": None, "writer": about, "check": check}


def _as_read(model, weights):
    """The model with the numbers that the page reads."""
    layers = [tuple(packed(v, weights)[1] for v in layer) for layer in model.layers]
    rest = {key: packed(getattr(model, key), weights)[1] for key in ("embed", "W_vocab", "b_vocab")}
    return type(model)(model.characters, layers=layers, cell=model.cell, **rest)


def _arrays(layer):
    return [(key, value) for key, value in layer.items() if isinstance(value, np.ndarray)]


def _own(shape, model):
    """One number, one for each channel, or one for each pixel: the shape that an array has."""
    return model.input_dim if len(shape) == 3 and shape[1] > 1 else (shape[0], 1, 1)


def _pictures(pictures, shape):
    """Pictures for training and validation in the model's size; and the first of the latter."""
    size = int(np.prod(shape))
    most = max(8, MOST_BYTES // size)
    val = min(max(4, most // 4), len(pictures["X_val"]), 200)
    counts = {"train": min(most - val, len(pictures["X_train"]), 600), "val": val}
    parts = {"classes": [str(name) for name in pictures["classes"]]}
    for part, count in counts.items():
        X = np.stack([_resized(picture, shape) for picture in pictures[f"X_{part}"][:count]])
        parts[part] = {"data": _base64_of(X), "y": pictures[f"y_{part}"][:count].tolist()}
    return parts, X[0]


def _resized(picture, shape):
    """A picture (H, W, 3) in a model's size and channels, uint8."""
    C, H, W = shape
    picture = np.asarray(picture).astype(np.uint8)
    if picture.shape[:2] != (H, W):
        picture = np.asarray(Image.fromarray(picture).resize((W, H), Image.Resampling.LANCZOS))
    if C == 1:
        return np.rint(picture.mean(axis=2, keepdims=True)).astype(np.uint8)
    return picture


def _base64_of(codes):
    """Bytes as text."""
    return base64.b64encode(np.ascontiguousarray(codes, dtype=np.uint8)).decode("ascii")


def _probe(out):
    """Some numbers of a layer, evenly spaced."""
    every = max(1, out.size // PROBES)
    return {"every": every, "values": packed(out.ravel()[::every][:PROBES])[0]}


def _read(name):
    return (HERE / name).read_text(encoding="utf-8")
