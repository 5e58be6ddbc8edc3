"""Networks of the kit as plain lists of layers, whichever class or file they come from."""

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cs231n.classifiers.layered_net import LayeredNet
from cs231n.files.checkpoint import TREE, load_tree
from cs231n.pages.live.moving import fold_batchnorm

__all__ = ["PictureModel", "folded", "from_params", "picture_model", "read_picture_model"]

ORDERS = ("hwc", "chw")
WITH_WEIGHTS = ("conv", "affine")


@dataclass(frozen=True)
class PictureModel:
    """A network for pictures that needs no class of the kit any more.

    Attributes
    ----------
    layers : list of dict
        As `trace` takes them, each with a "name", too; the last is a softmax.
    input_dim : tuple of int
        (C, H, W).
    mean, std : ndarray
        Of shapes that go with (C, H, W): the first layer takes (pixels - mean) / std.
    classes : tuple of str
        Empty if nothing is known of them.
    name : str
    """

    layers: list
    input_dim: tuple
    mean: np.ndarray
    std: np.ndarray
    classes: tuple = ()
    name: str = "network"

    def preprocess(self, picture):
        """Turn a picture (H, W, C), 0 to 255, into a float32 input (C, H, W)."""
        pixels = np.asarray(picture, dtype=np.float64).transpose(2, 0, 1)
        return ((pixels - self.mean) / self.std).astype(np.float32)


def picture_model(net, **options):
    """Write a network down as a list of layers.

    Parameters
    ----------
    net : object
        A `LayeredNet`; or another network of the kit with `params` (and perhaps `bn_params`) named
        W1, b1, ...: TwoLayerNet, FullyConnectedNet, ThreeLayerConvNet.
    **options
        For the others: those of `from_params`.

    Returns
    -------
    PictureModel
    """
    if not isinstance(net, LayeredNet):
        return from_params(net.params, getattr(net, "bn_params", None), **options)
    layers = [
        _layer(kind, part, name, net)
        for name, part in net.parts.items()
        if (kind := part.kind) != "dropout"  # which does nothing in testing
    ]
    C, H, W = _picture_shape(net.input_dim)
    mean, std = (_along_channels(values, (C, H, W)) for values in (net.mean, net.std))
    (scores,) = _one_list(net.out_shape)
    return PictureModel(
        [*layers, {"kind": "softmax", "name": "softmax"}],
        (C, H, W),
        mean,
        std,
        _classes(net.class_names, scores),
    )


def from_params(
    params, bn_params=None, *, mean=0.0, std=1.0, order="hwc", input_dim=None, classes=()
):
    """Write a network whose parameters are W1, b1, W2, ... down as a list of layers.

    Parameters
    ----------
    params : dict of ndarray
        W1 (D, H) or, of a convolution with 2 x 2 pooling behind it, (F, C, HH, WW); and gamma1,
        beta1, ... where layers are normalised.
    bn_params : list of dict, optional
        For each hidden layer the running averages; without them the layers were normalised by
        example.
    mean, std : float or ndarray
        What was subtracted from pixels, and what the difference was divided by: one number, or one
        for each number of a picture, in `order`.
    order : {"hwc", "chw"}
        How a picture was flattened: as it is, or channels first. A convolution takes "chw".
    input_dim : tuple of int, optional
        (C, H, W); by default a square picture of three channels, or of one.
    classes : sequence of str

    Returns
    -------
    PictureModel

    Raises
    ------
    ValueError
        If the arrays do not make a network, or fit no picture.
    """
    count = sum(1 for name in params if name[0] == "W" and name[1:].isdigit())
    missing = [f"{w}{k}" for k in range(1, count + 1) for w in "Wb" if f"{w}{k}" not in params]
    if not count or missing:
        raise ValueError(f"A network has W1, b1, ...; {(missing or ['W1'])[0]} is missing.")
    if order not in ORDERS:
        raise ValueError(f"order is {order!r}; it should be one of {', '.join(ORDERS)}.")
    first = params["W1"]
    if first.ndim == 4:
        order = "chw"
    shape = input_dim or _guess_shape(params)
    if first.ndim == 2 and math.prod(shape) != len(first):
        raise ValueError(f"W1 has {len(first)} rows; a picture of {shape} has {math.prod(shape)}.")
    layers = [_first_layer(params, shape, order)]
    if first.ndim == 4:
        layers += [
            {"kind": "relu", "name": "relu1"},
            {"kind": "pool", "name": "pool1", "size": [2, 2], "stride": 2},
        ]
    for k in range(1, count):
        if k > 1 or first.ndim == 2:
            layers += [*_normalization(params, bn_params, k), {"kind": "relu", "name": f"relu{k}"}]
        layers.append(_affine(params[f"W{k + 1}"], params[f"b{k + 1}"], k + 1))
    mean, std = (_along_pixels(values, shape, order) for values in (mean, std))
    known = _classes(classes, len(params[f"b{count}"]))
    return PictureModel(
        [*layers, {"kind": "softmax", "name": "softmax"}], tuple(shape), mean, std, known
    )


def read_picture_model(path, **options):
    """Read a network from a file that the kit wrote.

    Parameters
    ----------
    path : str or Path
        Of `LayeredNet.save`, of `save` of another network, of a solver's checkpoint, or a network
        to be handed in.
    **options
        Those of `from_params`; what the file itself knows wins.

    Returns
    -------
    PictureModel
        Named as the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} does not exist; name a saved network, such as hand_in/best_net.npz."
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError) as error:
        raise ValueError(f"{path} is not a file of arrays ({error}).") from None
    return dataclasses.replace(_from_arrays(path, arrays, options), name=path.stem)


def folded(model):
    """Fold each "scale" behind a convolution or an affine layer into it -> PictureModel."""
    layers = []
    for layer in model.layers:
        if layer["kind"] == "scale" and layers and layers[-1]["kind"] in WITH_WEIGHTS:
            before, scale, shift = layers[-1], layer["scale"], layer["shift"]
            still, one = np.zeros_like(scale), np.ones_like(scale)
            w, b = fold_batchnorm(before["w"], before["b"], scale, shift, still, one, eps=0.0)
            layers[-1] = before | {"w": w, "b": b, "name": f"{before['name']} {layer['name']}"}
        else:
            layers.append(layer)
    return dataclasses.replace(model, layers=layers)


def _from_arrays(path, arrays, options):
    """Make a network of a file's arrays, whichever of the kit's files it is."""
    if TREE in arrays:
        tree = load_tree(path)
        params = tree.get("params") if isinstance(tree, dict) else None
        if not isinstance(params, dict) or "W1" not in params:
            raise ValueError(
                f"{path} holds no network with W1, b1, ...; save a LayeredNet by its own `save`."
            )
        return from_params(params, tree.get("bn_params"), **options)
    if "description" in arrays:
        text = arrays["description"]
        if text.dtype == np.uint8:  # as it is handed in
            text = np.array(text.tobytes().decode("utf-8", "replace"))
        return picture_model(LayeredNet.from_arrays(arrays | {"description": text}))
    known = {key: arrays.pop(key) for key in ("mean", "std") if key in arrays}
    if not any(name.startswith("W") for name in arrays):
        raise ValueError(f"{path} holds no network of the kit: it has {', '.join(arrays)[:80]}.")
    return from_params(arrays, **options | known)


def _layer(kind, part, name, net):
    """A layer of a LayeredNet as plain values."""
    own = {key: net.params[f"{name}.{key}"] for key in ("w", "b") if f"{name}.{key}" in net.params}
    layer = {"kind": kind, "name": name, **own}
    if kind == "conv":
        layer |= part.conv_param
    elif kind == "pool":
        param = part.pool_param
        layer |= {
            "size": [param["pool_height"], param["pool_width"]],
            "stride": param["stride"],
        }
    elif kind.endswith("norm"):
        gamma, beta = net.params[f"{name}.gamma"], net.params[f"{name}.beta"]
        if kind == "batchnorm":
            return _scale(name, gamma, beta, part.bn_param)
        groups = getattr(part, "groups", 1)
        layer |= {"kind": "norm", "groups": groups, "gamma": gamma, "beta": beta}
    return layer


def _scale(name, gamma, beta, bn_param):
    """Batch normalisation in testing: a factor and a summand for each channel or unit."""
    if "running_mean" not in bn_param:
        raise ValueError(f"{name} has no running averages: train the network before it is shown.")
    wide = (np.asarray(v, np.float64) for v in (gamma, bn_param["running_var"]))
    gamma64, var = wide
    scale = gamma64 / np.sqrt(var + bn_param.get("eps", 1e-5))
    shift = beta - bn_param["running_mean"] * scale
    return {"kind": "scale", "name": name, "scale": scale, "shift": shift}


def _normalization(params, bn_params, k):
    """The normalisation of a hidden layer, if there is one."""
    if f"gamma{k}" not in params:
        return []
    gamma, beta = params[f"gamma{k}"], params[f"beta{k}"]
    own = bn_params[k - 1] if bn_params else {}
    if "running_mean" in own or "mode" in own:
        return [_scale(f"batchnorm{k}", gamma, beta, own)]
    name = f"layernorm{k}"
    return [{"kind": "norm", "name": name, "groups": 1, "gamma": gamma, "beta": beta}]


def _affine(w, b, k):
    return {"kind": "affine", "name": f"affine{k}", "w": w, "b": b}


def _first_layer(params, shape, order):
    """The first layer, which takes pictures (C, H, W) whatever it took before."""
    w, b = params["W1"], params["b1"]
    if w.ndim == 4:
        pad = (w.shape[2] - 1) // 2
        return {"kind": "conv", "name": "conv1", "w": w, "b": b, "stride": 1, "pad": pad}
    return _affine(_rows_channels_first(w, shape, order), b, 1)


def _rows_channels_first(w, shape, order):
    """Rows of a matrix, (H, W, C) or (C, H, W) flattened, in the order of (C, H, W)."""
    if order == "chw":
        return w
    C, H, W = shape
    return w.reshape(H, W, C, -1).transpose(2, 0, 1, 3).reshape(w.shape)


def _along_pixels(values, shape, order):
    """One number, or one for each number of a picture, as (C, H, W) takes it."""
    values, (C, H, W) = np.asarray(values, dtype=np.float64), shape
    if values.size == 1:
        return values.reshape(1, 1, 1)
    if values.size != C * H * W:
        raise ValueError(
            f"mean and std should be one number or {C * H * W}, as many as a picture of {shape} "
            f"has, not {values.size}."
        )
    return _rows_channels_first(values.reshape(-1, 1), shape, order).reshape(C, H, W)


def _along_channels(values, shape):
    """What a LayeredNet subtracts, (1,), (C,) or (H, W, C), as (C, H, W) takes it."""
    if values.ndim == 3:
        return values.transpose(2, 0, 1)
    return np.broadcast_to(values.reshape(-1, 1, 1), (shape[0], 1, 1))


def _guess_shape(params):
    """(C, H, W) of a square picture that a first layer can take."""
    w = params["W1"]
    if w.ndim == 4:
        F, C = w.shape[:2]
        side = 2 * math.isqrt(len(params["W2"]) // F)
        if F * (side // 2) ** 2 != len(params["W2"]):
            raise ValueError("The pictures are not square: say their input_dim, (C, H, W).")
        return C, side, side
    for C in (3, 1):
        side = math.isqrt(len(w) // C)
        if C * side * side == len(w):
            return C, side, side
    raise ValueError(f"{len(w)} inputs are no square picture: say its input_dim, (C, H, W).")


def _picture_shape(shape):
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise ValueError(f"The page shows networks for pictures (1 or 3, H, W), not {shape}.")
    return shape


def _one_list(shape):
    if len(shape) != 1:
        raise ValueError(f"The network ends in {shape}; it should end in a list of scores.")
    return shape


def _classes(names, count):
    names = tuple(str(name) for name in names)
    return names if len(names) == count else ()
