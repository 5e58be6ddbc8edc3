"""A network written down as the list of its layers, from LeNet-5 to VGG.

    net = LayeredNet([("conv", 16, 3), "batchnorm", "relu", ("pool", 2), ("affine", 10)], seed=0)
    loss, grads = net.loss(X, y)

It trains with the `Solver`, saves to one file, and can be run in part, forwards and backwards, to
see what goes on inside.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np

from cs231n.classifiers.net_parts import make_part
from cs231n.files.cache import whole_file
from cs231n.layers import softmax_loss


class LayeredNet:
    """A feed-forward network with a softmax loss.

    Parameters
    ----------
    layers : list
        Each layer as a name or as (name, numbers...): ("conv", filters, size),
        ("conv", filters, size, {"stride": s, "pad": p}), ("pool", size), ("pool", size, stride),
        "relu", "batchnorm", "layernorm", ("groupnorm", groups), ("dropout", p) which keeps a unit
        with probability p, ("affine", outputs). A size is a number or (height, width). Without
        more numbers a convolution moves by 1 and keeps height and width, and poolings tile.
    input_dim : tuple of int
        (C, H, W), or (D,).
    reg : float
        Strength of the penalty 0.5 * reg * sum(w ** 2) on the weights of convolutions and affine
        layers.
    weight_scale : float, optional
        Standard deviation of the first weights; by default sqrt(2 / inputs of a unit).
    dtype : dtype
        Of parameters and computation.
    seed : int, optional
        Of the first weights.
    mean, std : float or sequence of C floats
        What `preprocess` subtracts from pixels of each channel, and divides by.
    class_names : sequence of str
        What the outputs stand for, if that is known.

    Attributes
    ----------
    params : dict
        Arrays by name, such as "conv1.w" (F, C, HH, WW), "conv1.b", "batchnorm1.gamma".
    layers : list of str
        The layers' names in order: "conv1", "batchnorm1", "relu1", "pool1", ...
    description : list
        The layers as given.
    bn_params : list of dict
        State of the batch normalisations: running_mean and running_var.

    Raises
    ------
    ValueError
        If a layer is unknown or does not fit the one before it.

    References
    ----------
    K. He et al., "Delving deep into rectifiers", ICCV 2015, section 2.2 (the size of the weights).
    """

    def __init__(
        self,
        layers,
        input_dim=(3, 32, 32),
        reg=0.0,
        weight_scale=None,
        dtype=np.float32,
        seed=None,
        mean=0.0,
        std=1.0,
        class_names=(),
    ):
        self.description, self.input_dim = list(layers), tuple(input_dim)
        self.mean, self.std = (np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (mean, std))
        self.class_names = [str(name) for name in class_names]
        self.reg, self.dtype = float(reg), np.dtype(dtype)
        self.parts, self.params = {}, {}
        rng, shape, counts = np.random.default_rng(seed), self.input_dim, Counter()
        for number, description in enumerate(self.description, 1):
            try:
                part = make_part(description, shape)
            except ValueError as error:
                raise ValueError(f"Layer {number}: {error}") from None
            counts[part.kind] += 1
            name = f"{part.kind}{counts[part.kind]}"
            self.parts[name], shape = part, part.out_shape
            for key, value in part.init(rng, weight_scale).items():
                self.params[f"{name}.{key}"] = value.astype(self.dtype)
        self.layers, self.out_shape = list(self.parts), shape

    @property
    def bn_params(self):
        """The state of every batch normalisation, in order."""
        return [part.bn_param for part in self.parts.values() if part.kind == "batchnorm"]

    @bn_params.setter
    def bn_params(self, states):
        norms = [part for part in self.parts.values() if part.kind == "batchnorm"]
        for part, state in zip(norms, states, strict=True):
            part.bn_param = dict(state)

    def loss(self, X, y=None):
        """Compute scores, or the loss and its derivatives by all parameters.

        Parameters
        ----------
        X : ndarray, shape (N, *input_dim)
        y : ndarray, shape (N,), int, optional

        Returns
        -------
        scores : ndarray, shape (N, C)
            If y is None, with running averages and without dropout.
        loss : float
        grads : dict
            Keys and shapes of `params`.
        """
        if y is None:
            return self.forward(X)[0]
        X = self._require_input(X, self.layers[0])
        scores, cache = self._forward(X, self.layers, "train", fuse=True)
        loss, dscores = softmax_loss(scores, y)
        grads = self._backward(dscores, cache, need_dx=False)[1]
        for name, value in self.params.items():
            if name.endswith(".w"):
                loss += 0.5 * self.reg * float(np.sum(value * value))
                grads[name] += self.reg * value
        return loss, grads

    def predict(self, X, batch_size=100):
        """Label each of X (N, *input_dim) with the class of its largest score -> (N,) int."""
        starts = range(0, len(X), batch_size)
        parts = [np.argmax(self.loss(X[i : i + batch_size]), axis=1) for i in starts]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def forward(self, X, start=None, end=None, mode="test"):
        """Run the layers from `start` to `end`, both included.

        Parameters
        ----------
        X : ndarray, shape (N, ...)
            What goes into layer `start`.
        start, end : str or int, optional
            Names or numbers of layers; by default the first and the last.
        mode : {"test", "train"}

        Returns
        -------
        out : ndarray, shape (N, ...)
            What comes out of layer `end`.
        cache : list
            For `backward`.

        Raises
        ------
        ValueError
            If there is no such layer, the order is turned, or X has another shape.
        """
        names = self._between(start, end)
        return self._forward(self._require_input(X, names[0]), names, mode)

    def backward(self, dout, cache, relu_backward=None):
        """Go back through the layers that `forward` ran.

        Parameters
        ----------
        dout : ndarray
            Derivative by what `forward` returned.
        cache : list
            From `forward`.
        relu_backward : callable, optional
            (dout, x) -> dx, in the place of the ReLU's own rule; x is what went into the ReLU.

        Returns
        -------
        dX : ndarray
        grads : dict
            Derivatives by the parameters of these layers.
        """
        return self._backward(dout, cache, relu_backward=relu_backward)

    def preprocess(self, images):
        """Turn pictures (N, H, W, C), 0 to 255, into what the net takes, (N, C, H, W)."""
        scaled = (np.asarray(images) - self.mean) / self.std
        return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), dtype=self.dtype)

    def deprocess(self, X):
        """Turn inputs (N, C, H, W) back into pictures (N, H, W, C), uint8; the rest is cut off."""
        pixels = X.transpose(0, 2, 3, 1) * self.std + self.mean
        return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)

    def save(self, path):
        """Write everything to one `.npz` file, whole or not at all, and return its path."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.savez(file, **self.to_arrays())
        return path

    @classmethod
    def load(cls, path):
        """Read a network that `save` wrote.

        Raises
        ------
        ValueError
            If the file holds something else.
        """
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return cls.from_arrays({key: archive[key] for key in archive.files})

    def to_arrays(self):
        """Return everything as a dict of arrays; the layers stand in "description", as JSON."""
        about = {"layers": self.description, "input_dim": self.input_dim, "reg": self.reg}
        about |= {"mean": self.mean.tolist(), "std": self.std.tolist()}
        about["class_names"] = self.class_names
        running = {
            f"{name}.{key}": value
            for name, part in self.parts.items()
            if part.kind == "batchnorm"
            for key, value in part.bn_param.items()
            if key.startswith("running_")
        }
        return {"description": np.array(json.dumps(about)), **self.params, **running}

    @classmethod
    def from_arrays(cls, arrays):
        """Make the network that `to_arrays` wrote down; ValueError if the arrays do not fit."""
        try:
            about = json.loads(str(arrays["description"]))
            net = cls(**about)
        except (KeyError, TypeError, json.JSONDecodeError):
            msg = "This is no saved LayeredNet: its description is missing or not readable."
            raise ValueError(msg) from None
        for name, value in net.params.items():
            net.params[name] = _require(arrays, name, value.shape)
        net.dtype = next(iter(net.params.values())).dtype if net.params else net.dtype
        for name, part in net.parts.items():
            if part.kind == "batchnorm" and f"{name}.running_mean" in arrays:
                for key in ("running_mean", "running_var"):
                    part.bn_param[key] = _require(arrays, f"{name}.{key}", part.shape[:1])
        return net

    def _require_input(self, X, name):
        """X in the net's precision; ValueError if its shape is not what this layer takes."""
        X, wanted = np.asarray(X, dtype=self.dtype), self.parts[name].shape
        if X.shape[1:] != tuple(wanted):
            expected = ", ".join(str(side) for side in ("N", *wanted))
            raise ValueError(f"{name} takes ({expected}), but X is {X.shape}.")
        return X

    def _forward(self, out, names, mode, fuse=False):
        """Run these layers; `fuse` lets normalisations of pictures do the ReLU behind them."""
        caches, names = [], iter(names)
        for name in names:
            part, params = self.parts[name], self._params_of(name)
            if fuse and self._has_relu_behind(name):
                out, cache = part.forward(out, params, mode, relu=True)
                next(names)
            else:
                out, cache = part.forward(out, params, mode)
            caches.append((name, cache))
        return out, caches

    def _has_relu_behind(self, name):
        """Whether this is a normalisation of pictures by batch, and a ReLU follows."""
        part, after = self.parts[name], self.layers.index(name) + 1
        if part.kind != "batchnorm" or not part.spatial or after == len(self.layers):
            return False
        return self.parts[self.layers[after]].kind == "relu"

    def _backward(self, dout, cache, relu_backward=None, need_dx=True):
        grads, first = {}, cache[0][0] if cache else None
        for name, layer_cache in reversed(cache):
            part = self.parts[name]
            if part.kind == "relu" and relu_backward is not None:
                dout = relu_backward(dout, layer_cache)
                continue
            dout, own = part.backward(dout, layer_cache, need_dx=need_dx or name != first)
            grads |= {f"{name}.{key}": value for key, value in own.items()}
        return dout, grads

    def _params_of(self, name):
        return {
            key.removeprefix(f"{name}."): value
            for key, value in self.params.items()
            if key.startswith(f"{name}.")
        }

    def _between(self, start, end):
        low = 0 if start is None else self._index(start)
        high = len(self.layers) - 1 if end is None else self._index(end)
        if low > high:
            raise ValueError(f"Layer {start} comes after {end}: start before end.")
        return self.layers[low : high + 1]

    def _index(self, layer):
        if layer in self.parts:
            return self.layers.index(layer)
        if isinstance(layer, int) and -len(self.layers) <= layer < len(self.layers):
            return layer % len(self.layers)
        raise ValueError(f"There is no layer {layer!r}; there are {', '.join(self.layers)}.")


def _require(arrays, name, shape):
    """Return an array of real, finite numbers of this shape, or raise ValueError."""
    value = arrays.get(name)
    if type(value) is not np.ndarray or value.shape != tuple(shape) or value.dtype.kind != "f":
        got = f"{value.dtype} {value.shape}" if type(value) is np.ndarray else "nothing of the kind"
        raise ValueError(f"{name} should be floats of the shape {tuple(shape)}, but is {got}.")
    if not np.all(np.isfinite(value)):
        raise ValueError(f"{name} holds nan or inf: training has diverged.")
    return value
