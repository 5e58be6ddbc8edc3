"""A network of the student's own design as one file: its layers, its weights, and what it expects.

The file is read where nobody has seen it before, so a description is followed layer by layer, and
its cost added up, before any of its arrays is made.
"""

import json
import math

import numpy as np

from cs231n.classifiers.layered_net import LayeredNet
from cs231n.classifiers.net_parts import make_part
from cs231n.handin.nets import described, read_arrays, write_arrays

CONVNET = "hand_in/best_convnet.npz"
INPUT_DIM, NUM_CLASSES = (3, 32, 32), 10
MOST_LAYERS = 60
MOST_PARAMETERS = 2_000_000  # 8 MB
MOST_PRODUCTS = 150_000_000  # of a weight and a number, for one picture
MOST_NUMBERS = 1_500_000  # that come out of all layers together, for one picture
MOST_SEEN = 3_000_000  # numbers in all windows of one layer together, for one picture
MOST_SETTING = 1_000_000  # for a number in the description
MOST_TEXT = 200_000  # bytes of the description


def save_convnet(net, path=CONVNET):
    """Save a network for handing in.

    Parameters
    ----------
    net : LayeredNet
        Trained on what its `preprocess` makes of pictures: grading does the same with others.
    path : str or Path

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If it cannot be graded; nothing is written then.
    """
    arrays = net.to_arrays()
    text = str(arrays.pop("description"))
    arrays = described(arrays, text)
    read_convnet(arrays)
    return write_arrays(arrays, path)


def load_convnet(path=CONVNET):
    """Load what `save_convnet` wrote, as a LayeredNet; ValueError if it is something else."""
    return read_convnet(read_arrays(path))


def read_convnet(arrays):
    """Make the network that arrays describe, if it can be graded.

    Parameters
    ----------
    arrays : dict
        "description", uint8: the text of a JSON object with the arguments of LayeredNet; and the
        arrays that `LayeredNet.to_arrays` gives.

    Returns
    -------
    LayeredNet
        Of float32.

    Raises
    ------
    ValueError
        If it is no network for pictures of 32 x 32 in ten classes, or a larger one than is taken.
    """
    about = _read_description(arrays)
    _require_cost(about["layers"])
    about |= {"dtype": np.float32, "seed": 0, "input_dim": INPUT_DIM}
    net = LayeredNet(**about)
    expected = set(net.params) | {
        f"{name}.running_{kind}"
        for name in net.layers
        if net.parts[name].kind == "batchnorm"
        for kind in ("mean", "var")
    }
    found = set(arrays) - {"description"}
    if found != expected:
        name = min(found ^ expected)
        what = "is missing" if name in expected else "belongs to no layer"
        raise ValueError(f"The file and its description do not fit: {name!r} {what}.")
    return _fill(net, arrays, expected)


def cost_of(layers):
    """Follow layers (a description) without making their arrays, and add up what they cost.

    Returns
    -------
    parameters, products, numbers, seen : int
        Of the net, its parameters; for one picture: products of a weight and a number, numbers that
        come out of all layers, and numbers in all windows of the layer that has most.
    out_shape : tuple of int

    Raises
    ------
    ValueError
        If a layer is unknown or does not fit the one before it.
    """
    shape, parameters, products, numbers, most_seen = INPUT_DIM, 0, 0, 0, 0
    for number, layer in enumerate(layers, 1):
        try:
            part = make_part(layer, shape)
        except ValueError as error:
            raise ValueError(f"Layer {number}: {error}") from None
        if any(type(side) is not int for side in part.out_shape):
            raise ValueError(f"Layer {number}: stride and pad should be whole numbers.")
        outputs, seen = math.prod(part.out_shape), 0
        if part.kind in ("conv", "affine"):
            weights, places = math.prod(part.w_shape), math.prod(part.out_shape[1:])
            parameters += weights + part.out_shape[0]
            products += weights * places
            seen = weights // part.out_shape[0] * places
        elif part.kind == "pool":
            seen = outputs * part.pool_param["pool_height"] * part.pool_param["pool_width"]
        elif part.kind.endswith("norm"):
            parameters += 2 * shape[0]
        numbers, most_seen, shape = numbers + outputs, max(most_seen, seen), part.out_shape
    return parameters, products, numbers, most_seen, shape


def _read_description(arrays):
    """The arguments of a LayeredNet, as a dict of plain values; ValueError if they are not."""
    text = arrays.get("description")
    if type(text) is not np.ndarray or text.dtype != np.uint8 or text.ndim != 1:
        raise ValueError("The file has no description of a network.")
    if text.size > MOST_TEXT:
        msg = f"The description has {text.size} bytes; at most {MOST_TEXT} are taken"
        raise ValueError(f"{msg}: is there more in it than layers, mean and std?")
    try:
        about = json.loads(text.tobytes().decode())
    except (ValueError, RecursionError):
        raise ValueError("The description of the network is no JSON text.") from None
    keys = {"layers", "input_dim", "reg", "mean", "std", "class_names"}
    if not isinstance(about, dict) or set(about) != keys:
        raise ValueError(f"The description should be an object with {', '.join(sorted(keys))}.")
    if about["input_dim"] != list(INPUT_DIM):
        msg = f"The network takes {about['input_dim']!s:.60}"
        raise ValueError(f"{msg}; it should take pictures of {list(INPUT_DIM)}.")
    _require_layers(about["layers"])
    about |= {"reg": 0.0, "class_names": []}  # neither matters for its labels
    for key in ("mean", "std"):
        about[key] = _numbers(about[key], key)
    if not np.all(about["std"] > 0):
        raise ValueError("std should be above 0 everywhere: the inputs are divided by it.")
    return about


def _require_layers(layers):
    """Raise ValueError unless this is a list of names, and of lists of a name and some numbers."""
    if not isinstance(layers, list) or not 1 <= len(layers) <= MOST_LAYERS:
        raise ValueError(f"A network is a list of 1 to {MOST_LAYERS} layers.")
    for number, layer in enumerate(layers, 1):
        whole = [layer] if isinstance(layer, str) else layer
        plain = isinstance(whole, list) and 1 <= len(whole) <= 4
        if not plain or not isinstance(whole[0], str) or not all(map(_is_setting, whole)):
            raise ValueError(f"Layer {number} is no name, and no list of a name and its numbers.")


def _is_setting(value):
    """Whether a value is a number, a name, or a pair or an object of these."""
    values = [value]
    if isinstance(value, list):
        values = value
    elif isinstance(value, dict):
        values = [*value, *value.values()]
    numbers = [one for one in values if not isinstance(one, str)]
    plain = len(values) <= 4 and all(type(one) in (int, float) for one in numbers)
    return plain and all(abs(one) <= MOST_SETTING for one in numbers)


def _numbers(values, name):
    """One number, one for each channel, or one for each pixel of a picture; as an array."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        numbers = np.empty(0)
    C, H, W = INPUT_DIM
    if numbers.shape not in ((), (1,), (C,), (H, W, C)) or not np.all(np.isfinite(numbers)):
        msg = f"{name} should be one finite number, {C} of them, one a channel"
        raise ValueError(f"{msg}, or a picture of {(H, W, C)}.")
    return numbers


def _require_cost(layers):
    """Raise ValueError unless a net of these layers is small and quick enough, with ten scores."""
    parameters, products, numbers, seen, shape = cost_of(layers)
    for count, most, what in (
        (parameters, MOST_PARAMETERS, "parameters"),
        (products, MOST_PRODUCTS, "products for a picture"),
        (numbers, MOST_NUMBERS, "numbers that come out of its layers for a picture"),
        (seen, MOST_SEEN, "numbers in the windows of a layer for a picture"),
    ):
        if count > most:
            msg = f"The network has {count:,} {what}; at most {most:,} can be handed in"
            raise ValueError(f"{msg}: make it smaller.")
    if shape != (NUM_CLASSES,):
        msg = f"The network ends in {shape}; it should end in {NUM_CLASSES} scores"
        raise ValueError(f'{msg}: ("affine", {NUM_CLASSES}).')


def _fill(net, arrays, names):
    """Put arrays into a net; ValueError where they do not fit, or hold no finite numbers."""
    net = LayeredNet.from_arrays(net.to_arrays() | {name: arrays[name] for name in names})
    for state in net.bn_params:
        if not np.all(state["running_var"] >= 0):
            raise ValueError("running_var is below 0, which no variance is.")
    net.params = {name: value.astype(np.float32) for name, value in net.params.items()}
    net.dtype = np.dtype(np.float32)
    return net
