"""VGG-16, written down as a `LayeredNet`, and the usual weight files for it.

Thirteen 3 x 3 convolutions in five groups, each group followed by a pooling that halves height and
width, then three affine layers.
"""

import numpy as np

from cs231n.classifiers.layered_net import LayeredNet
from cs231n.classifiers.pretrained_cnn import imagenet_classes
from cs231n.files.weights import read_weights
from cs231n.image_utils import SQUEEZENET_MEAN, SQUEEZENET_STD

__all__ = ["load_vgg_weights", "vgg16", "vgg16_layers"]

GROUPS = ((1, 1), (2, 2), (4, 4, 4), (8, 8, 8), (8, 8, 8))  # widths, in those of the first


def vgg16_layers(num_classes=1000, width=64, hidden=4096):
    """Return the layers as `LayeredNet` takes them; `width` filters in the first convolutions."""
    layers = []
    for group in GROUPS:
        for factor in group:
            layers += [["conv", factor * width, 3], "relu"]
        layers.append(["pool", 2])
    for _ in range(2):
        layers += [["affine", hidden], "relu", ["dropout", 0.5]]
    return [*layers, ["affine", num_classes]]


def vgg16(
    weights=None,
    num_classes=1000,
    input_size=224,
    width=64,
    hidden=4096,
    dtype=np.float32,
    seed=None,
):
    """Make a VGG-16.

    Parameters
    ----------
    weights : str or Path, optional
        A `.npz`, `.safetensors` or `.pth` file with the usual names; see `load_vgg_weights`.
        Otherwise weights are drawn at random.
    num_classes : int
    input_size : int
        Height and width of the pictures, a multiple of 32.
    width, hidden : int
        Filters of the first two convolutions, and outputs of the first two affine layers.
    dtype : dtype
    seed : int, optional

    Returns
    -------
    LayeredNet
        Its `preprocess` scales pixels as the networks of the usual files were trained.

    Raises
    ------
    ValueError
        If input_size is no multiple of 32, or the weights do not fit.

    References
    ----------
    K. Simonyan and A. Zisserman, "Very deep convolutional networks for large-scale image
    recognition", ICLR 2015, table 1, column D.
    """
    if input_size < 32 or input_size % 32:
        raise ValueError(
            f"vgg16: input_size is {input_size}; five poolings halve it, so it should be a "
            "multiple of 32."
        )
    net = LayeredNet(
        vgg16_layers(num_classes, width, hidden),
        input_dim=(3, input_size, input_size),
        dtype=dtype,
        seed=seed if weights is None else _Unset(np.random.PCG64(0)),
        mean=255.0 * SQUEEZENET_MEAN,
        std=255.0 * SQUEEZENET_STD,
        class_names=imagenet_classes() if num_classes == 1000 else (),
    )
    return net if weights is None else load_vgg_weights(net, weights)


def load_vgg_weights(net, path):
    """Give a VGG-style `LayeredNet` the weights of a file.

    The file's names count the modules of two lists: "features.0.weight" (F, C, 3, 3) and
    "features.0.bias" for the first convolution, "features.2" for the second, since a ReLU stands
    between; "classifier.0.weight" (M, D), outputs first, for the first affine layer, then 3 and 6.

    Parameters
    ----------
    net : LayeredNet
    path : str or Path

    Returns
    -------
    LayeredNet
        The same net.

    Raises
    ------
    ValueError
        If a name is missing or has another shape.
    """
    arrays = read_weights(path)
    for layer, theirs in _their_names(net.layers):
        for key, suffix in (("w", "weight"), ("b", "bias")):
            ours, name = f"{layer}.{key}", f"{theirs}.{suffix}"
            value = arrays.get(name)
            if value is not None and key == "w" and value.ndim == 2:
                value = value.T  # (M, D) -> (D, M); both flatten pictures in the order C, H, W
            wanted = net.params[ours].shape
            if value is None or value.shape != wanted:
                got = "is not there" if value is None else f"is {arrays[name].shape}"
                raise ValueError(
                    f"{name} should hold the {wanted} numbers of {ours}, but {got}: the file "
                    "belongs to another network, or the net was made with other sizes."
                )
            net.params[ours] = np.ascontiguousarray(value, dtype=net.dtype)
    return net


def _their_names(layers):
    """Pair the layers that have weights with the names that the usual files have for them."""
    first = next(i for i, name in enumerate(layers) if name.startswith("affine"))
    for i, name in enumerate(layers):
        if name.startswith(("conv", "affine")):
            yield name, f"features.{i}" if i < first else f"classifier.{i - first}"


class _Unset(np.random.Generator):
    """Draws zeros, at no cost: 138 million numbers that a file will replace."""

    def standard_normal(self, size=None):
        return np.zeros(size, dtype=np.float32)
