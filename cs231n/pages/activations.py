"""A page that shows a picture's way through a network, layer by layer.

One HTML file: pictures, style and script are in it, and it asks nothing of any network.
"""

from html import escape
from pathlib import Path
from string import Template

import numpy as np
from PIL import Image

from cs231n import net_visualization as seeing
from cs231n.classifiers.layered_net import LayeredNet
from cs231n.data.image_folders import FORMATS, decode_picture, read_picture
from cs231n.data.samples import find_samples
from cs231n.files.cache import whole_file
from cs231n.pages.activation_layers import atlas, data_uri, heat, run

__all__ = ["load_model", "load_picture", "write_activations_page"]

TEMPLATE = Path(__file__).with_name("activations.html")
PRETRAINED = "efficientnet-lite0"
MOST_IN_A_ROW = 64  # units
TINY = 1e-30  # keeps a quotient finite where all is zero
INNER = 2  # so many times fewer maps of a layer inside a stage


def load_model(name):
    """Return the network that a name means.

    Parameters
    ----------
    name : str
        "efficientnet-lite0", the file of a saved `LayeredNet`, or weights of a VGG-16.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or the pretrained weights are not installed.
    ValueError
        If the file holds something else.
    """
    if name == PRETRAINED:
        from cs231n.classifiers.pretrained_cnn import PretrainedCNN

        return PretrainedCNN()
    path = Path(name)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file {name}; name a network saved with LayeredNet.save, weights of a "
            f"VGG-16, or {PRETRAINED}."
        )
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as archive:
            if "features.0.weight" not in archive.files:
                return LayeredNet.load(path)
    from cs231n.classifiers.vgg import vgg16

    return vgg16(path)


def load_picture(name, size):
    """Read a picture file, or one of scikit-image's by its name -> (H, W, 3) of uint8.

    Raises
    ------
    FileNotFoundError
        If there is neither.
    ValueError
        If it cannot be read.
    """
    path = Path(name)
    if not path.is_file():
        found = find_samples(f"{name}{end}" for end in FORMATS) if path.name == name else []
        if not found:
            raise FileNotFoundError(
                f"There is no picture {name}; name a file, or with scikit-image installed one of "
                "its pictures, such as chelsea, coffee or rocket."
            )
        return decode_picture(found[0].read_bytes(), size)
    try:
        return read_picture(path, size)
    except ValueError as error:
        raise ValueError(f"{name} {error}.") from None


def write_activations_page(model, picture, out, model_name="", picture_name="", maps=32):
    """Write the page.

    Parameters
    ----------
    model : object
        With `layers`, `params`, `forward`, `backward` and `preprocess`, such as a `LayeredNet`.
    picture : ndarray (H, W, 3), uint8
        Of the height and width that the model takes.
    out : str or Path
        A folder, made if need be.
    model_name, picture_name : str
        What the page calls them.
    maps : int
        The most maps to show of a layer.

    Returns
    -------
    Path
        The page, `out`/index.html.
    """
    X = _input(model, picture)
    scores = model.forward(X)[0]
    found = run(model, X)
    sheets = []
    sections = [_section(stage, number, maps, sheets) for number, stage in enumerate(found)]
    page = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        model=escape(model_name),
        picture=escape(picture_name),
        photo=data_uri(Image.fromarray(picture)),
        views="".join(_views(model, X, scores[0].argmax())),
        top="".join(_bars(model, scores[0])),
        way="".join(_way(found)),
        count=sum(1 + len(stage.inner) for stage in found),
        sections="".join(sections),
        sheets="\n".join(sheets),
    )
    path = Path(out) / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(page.encode("utf-8"))
    return path


def input_size(model):
    """Return the height and width of the pictures that a model takes; ValueError if it has none."""
    if hasattr(model, "input_size"):
        return model.input_size, model.input_size
    if len(model.input_dim) != 3 or model.input_dim[0] not in (1, 3):
        raise ValueError(
            f"The page shows networks that take pictures of 1 or 3 channels; this one takes "
            f"{tuple(model.input_dim)}."
        )
    return tuple(model.input_dim[1:])


def _input(model, picture):
    """Return a picture as the model takes it, (1, C, H, W)."""
    if getattr(model, "input_dim", (3,))[0] == 1:
        picture = picture.mean(axis=2, keepdims=True)
    return model.preprocess(picture[None])


def _views(model, X, best):
    """Yield figures of where the picture decides about a class, as far as they can be computed."""
    try:
        saliency = seeing.compute_saliency_maps(X, np.array([best]), model)[0]
        guided = seeing.score_gradient(
            X, np.array([best]), model, relu_backward=seeing.guided_relu_backward
        )[1][0]
    except NotImplementedError:
        words = "Saliency appears here once the functions of net_visualization.py are written."
        yield f"<figure><figcaption>{words}</figcaption></figure>"
        return
    top = max(np.quantile(saliency, 0.995), TINY)
    yield _figure(
        heat(np.sqrt(np.minimum(1, saliency / top))),
        "Saliency: how much each pixel moves the first score",
    )
    grey = 127.5 + 127.5 * guided / max(np.quantile(np.abs(guided), 0.99), TINY)
    pixels = np.clip(np.rint(grey), 0, 255).astype(np.uint8).transpose(1, 2, 0)
    yield _figure(
        data_uri(Image.fromarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)).copy())),
        "Guided backpropagation: what speaks for it",
    )


def _figure(uri, caption):
    return f'<figure><img src="{uri}" alt="{caption}"><figcaption>{caption}</figcaption></figure>'


def _bars(model, scores):
    """Yield a bar for each of the five likeliest classes."""
    odds = np.exp(scores.astype(np.float64) - scores.max())
    odds /= odds.sum()
    names = getattr(model, "class_names", ())
    names = names if len(names) == len(odds) else [f"class {c}" for c in range(len(odds))]
    for c in np.argsort(-odds, kind="stable")[:5]:
        yield (
            f"<li><span>{escape(names[c])}</span><b>{odds[c]:.1%}</b>"
            f'<i style="width:{100 * odds[c]:.1f}%"></i></li>'
        )


def _way(found):
    """Yield a block for each stage: as high as its maps are, as wide as they are many."""
    sides = [stage.main.maps.shape[1] for stage in found]
    for number, (stage, side) in enumerate(zip(found, sides)):
        height, width = 14 + 50 * side / max(sides), 8 + 3 * np.log2(len(stage.main.maps))
        yield (
            f'<a href="#stage{number}" title="{escape(stage.name)}: {stage.main.shape}">'
            f'<i style="height:{height:.0f}px;width:{width:.0f}px;'
            f'--alive:{100 * stage.alive:.0f}%"></i>'
            f"<span>{escape(stage.name)}</span></a>"
        )


def _section(stage, number, maps, sheets):
    """Return the part of the page about a stage; its pictures go to `sheets`, as style."""
    inner = ""
    if stage.inner:
        names = ", ".join(escape(one.name.rpartition(".")[2]) for one in stage.inner)
        parts = (_layer(one, maps // INNER, sheets) for one in stage.inner)
        inner = f"<details><summary>Inside: {names}</summary>{''.join(parts)}</details>"
    return (
        f'<section id="stage{number}"><h2>{escape(stage.name)}</h2>'
        f'<p class="words">{escape(stage.words)}</p>{_layer(stage.main, maps, sheets)}{inner}'
        "</section>"
    )


def _layer(layer, maps, sheets):
    """Return a layer's numbers and maps."""
    facts = {"layer": layer.name, "shape": layer.shape, "largest": f"{layer.values.max():.3g}"}
    facts["mean"] = f"{layer.values.mean():.3g}"
    if layer.signed:
        facts["smallest"] = f"{layer.values.min():.3g}"
    else:
        dead, units = layer.dead, len(layer.maps)
        facts["zeros"] = f"{layer.silent:.0%}"
        facts["dead here"] = f"{dead:,} of {units:,} units ({dead / units:.0%})"
    listed = "".join(f"<div><dt>{k}</dt><dd>{escape(v)}</dd></div>" for k, v in facts.items())
    body = _units(layer) if layer.values.ndim == 1 else _maps(layer, maps, sheets)
    return f'<div class="layer"><dl>{listed}</dl>{body}</div>'


def _maps(layer, count, sheets):
    """Return buttons, one for each of the strongest maps."""
    sheet = f"sheet{len(sheets)}"
    order, strength = layer.strongest(count)
    uri, columns, rows = atlas(layer, order)
    _, H, W = layer.maps.shape
    sheets.append(
        f".{sheet}{{--atlas:url({uri});--size:{100 * columns}% {100 * rows}%;--shape:{W}/{H}}}"
    )
    buttons = []
    for i, channel in enumerate(order):
        x, y = (100 * p / max(n - 1, 1) for p, n in ((i % columns, columns), (i // columns, rows)))
        values = layer.maps[channel]
        numbers = f"channel {channel}: largest {values.max():.3g}, mean {values.mean():.3g}"
        share = 100 * strength[i] / max(strength[0], TINY)
        buttons.append(
            f'<button aria-label="{numbers}" title="{numbers}" '
            f'style="--at:{x:.3f}% {y:.3f}%;--strength:{share:.0f}%"><i></i></button>'
        )
    many = f"all {len(order)}"
    if len(order) < len(layer.maps):
        many = f"the strongest {len(order)} of {len(layer.maps):,}"
    colours = "signed" if layer.signed else "plain"
    return (
        f'<p class="count">{many} maps</p><div class="maps {sheet} {colours}" '
        f'data-layer="{escape(layer.name)}">{"".join(buttons)}</div>'
    )


def _units(layer):
    """Return a picture with a pixel for each of a list of units, in rows."""
    units = len(layer.values)
    even = [n for n in range(40, MOST_IN_A_ROW + 1) if units % n == 0]  # no places left over
    columns = max(even, default=min(units, MOST_IN_A_ROW))
    rows = -(-units // columns)
    grid = np.zeros(rows * columns)
    grid[:units] = layer.values / max(np.abs(layer.values).max(), TINY)
    uri = heat(grid.reshape(rows, columns), layer.signed)
    return (
        f'<p class="count">all {units:,} units, {columns} in each row</p>'
        f'<img class="units" src="{uri}" alt="The units of {escape(layer.name)}" '
        f'style="aspect-ratio:{columns}/{rows};width:{24 * columns}px">'
    )
