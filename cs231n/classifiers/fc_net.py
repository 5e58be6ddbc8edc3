"""Fully connected networks made of layers: one of two layers, and one of any depth.

`from cs231n.classifiers.fc_net import *` brings the layers along, too, and those pairs of
cs231n/layer_utils.py that begin with an affine layer.
"""

import importlib
from pathlib import Path

import numpy as np

from cs231n import layers
from cs231n.files.checkpoint import load_tree, save_tree
from cs231n.layers import affine_backward, affine_forward, relu_backward, relu_forward, softmax_loss

PAIRS = [
    f"{pair}_{way}"
    for pair in ("affine_relu", "affine_bn_relu", "affine_ln_relu")
    for way in ("forward", "backward")
]
NORMALIZATIONS = ("batchnorm", "layernorm")

__all__ = ["FullyConnectedNet", "TwoLayerNet", *layers.__all__, *PAIRS]


def __getattr__(name):
    if name in PAIRS:
        return getattr(importlib.import_module("cs231n.layer_utils"), name)
    if name in layers.__all__:
        return getattr(layers, name)
    raise AttributeError(f"cs231n.classifiers.fc_net has no {name!r}.")


class TwoLayerNet:
    """Affine, ReLU, affine, with the softmax loss and an L2 penalty on the weights.

    Parameters
    ----------
    input_dim : int
        D, numbers per example.
    hidden_dim : int
        H, units of the hidden layer.
    num_classes : int
        C.
    weight_scale : float
        Standard deviation of the first weights, drawn from `np.random`; biases begin at 0.
    reg : float
        Strength of the penalty 0.5 * reg * (sum W1^2 + sum W2^2).

    Attributes
    ----------
    params : dict
        W1 (D, H), b1 (H,), W2 (H, C), b2 (C,).
    """

    def __init__(
        self,
        input_dim=3 * 32 * 32,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
    ):
        self.params = {}
        self.reg = float(reg)  # NumPy's float64 would lift float32 to its precision
        ### BEGIN SOLUTION: fill self.params: W1 and W2 drawn from np.random, b1 and b2 zero
        self.params["W1"] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["W2"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b2"] = np.zeros(num_classes)
        ### END SOLUTION

    def loss(self, X, y=None):
        """Compute the scores; with labels, the loss and its derivatives.

        Parameters
        ----------
        X : ndarray, shape (N, d_1, ..., d_k), float
            D = d_1 ... d_k.
        y : ndarray, shape (N,), int, optional

        Returns
        -------
        scores : ndarray, shape (N, C)
            If y is None.
        loss : float
            The mean softmax loss, plus the penalty.
        grads : dict
            The loss's derivatives by each of the parameters: same keys, same shapes.
        """
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        ### BEGIN SOLUTION: scores, (N, C), from the layers in cs231n/layers.py
        a, affine1_cache = affine_forward(X, W1, b1)  # (N, H)
        hidden, relu_cache = relu_forward(a)
        scores, affine2_cache = affine_forward(hidden, W2, b2)  # (N, C)
        ### END SOLUTION
        if y is None:
            return scores

        grads = {}
        ### BEGIN SOLUTION: the loss with its penalty: loss; fill grads
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, affine2_cache)
        da = relu_backward(dhidden, relu_cache)
        _, grads["W1"], grads["b1"] = affine_backward(da, affine1_cache)
        grads["W1"] += self.reg * W1
        grads["W2"] += self.reg * W2
        ### END SOLUTION
        return loss, grads

    def save(self, fname):
        """Write the parameters to one file, whole or not at all, and return its path."""
        return save_tree(fname, {"params": self.params})

    def load(self, fname):
        """Take over the parameters that `save` wrote.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no such file, or it is of another net.
        """
        self.params = _load_same(fname, self.params)["params"]


class FullyConnectedNet:
    """A network of L layers: L - 1 hidden ones, then scores, with the softmax loss.

    Each hidden layer is affine - [normalisation] - ReLU - [dropout]; what stands in brackets is
    left out unless asked for. The last layer is affine alone.

    Parameters
    ----------
    hidden_dims : sequence of int
        Units of each hidden layer.
    input_dim : int
        D, numbers per example.
    num_classes : int
        C.
    dropout_keep_ratio : float
        Probability with which dropout keeps a unit, above 0; 1 is no dropout.
    normalization : {None, "batchnorm", "layernorm"}
    reg : float
        Strength of the penalty 0.5 * reg * (sum W1^2 + ... + sum WL^2).
    weight_scale : float
        Standard deviation of the first weights, drawn from `np.random`; biases begin at 0.
    dtype : dtype
        Of the parameters and of all computation.
    seed : int, optional
        Of dropout, which then drops the same units in every call.
    dropout : float, optional
        An older name of dropout_keep_ratio.

    Attributes
    ----------
    params : dict
        W1, b1, ..., WL, bL; with normalisation gamma1, beta1, ... of each hidden layer, too, which
        begin at 1 and 0.
    num_layers : int
        L.
    use_dropout : bool
    dropout_param : dict
        p, mode and perhaps seed, as `dropout_forward` takes them; empty without dropout.
    bn_params : list of dict
        For each hidden layer what its normalisation takes; the running averages go there.

    Raises
    ------
    ValueError
        If the normalisation is unknown, or the share of units to keep is not in (0, 1].

    References
    ----------
    CS231n notes: "Neural Networks Part 1" and "Part 2".
    """

    def __init__(
        self,
        hidden_dims,
        input_dim=3 * 32 * 32,
        num_classes=10,
        dropout_keep_ratio=1,
        normalization=None,
        reg=0.0,
        weight_scale=1e-2,
        dtype=np.float32,
        seed=None,
        dropout=None,
    ):
        keep = dropout_keep_ratio if dropout is None else dropout
        _require_options(normalization, keep)
        self.normalization, self.use_dropout = normalization, keep != 1
        self.reg = float(reg)  # NumPy's float64 would lift float32 to its precision
        self.num_layers, self.dtype = 1 + len(hidden_dims), np.dtype(dtype)
        sizes = [input_dim, *hidden_dims, num_classes]
        self.params = {}
        ### BEGIN SOLUTION: fill self.params with W1, b1, ..., from one of the sizes to the next
        for layer in range(1, self.num_layers + 1):
            shape = sizes[layer - 1 : layer + 1]
            self.params[f"W{layer}"] = weight_scale * np.random.randn(*shape)
            self.params[f"b{layer}"] = np.zeros(shape[1])
        ### END SOLUTION
        self.bn_params = []
        if self.normalization:
            for layer, size in enumerate(hidden_dims, 1):
                self.params[f"gamma{layer}"] = np.ones(size)
                self.params[f"beta{layer}"] = np.zeros(size)
            mode = {"mode": "train"} if self.normalization == "batchnorm" else {}
            self.bn_params = [dict(mode) for _ in hidden_dims]
        self.dropout_param = {"mode": "train", "p": keep} if self.use_dropout else {}
        if self.use_dropout and seed is not None:
            self.dropout_param["seed"] = seed
        self.params = {name: value.astype(dtype) for name, value in self.params.items()}

    def loss(self, X, y=None):
        """Compute the scores; with labels, the loss and its derivatives.

        Parameters
        ----------
        X : ndarray, shape (N, d_1, ..., d_k)
            D = d_1 ... d_k; taken to the net's precision.
        y : ndarray, shape (N,), int, optional

        Returns
        -------
        scores : ndarray, shape (N, C)
            If y is None, with running averages and without dropout.
        loss : float
            The mean softmax loss, plus the penalty.
        grads : dict
            The loss's derivatives by each of the parameters: same keys, same shapes.
        """
        X, last = X.astype(self.dtype), self.num_layers
        self._set_mode("test" if y is None else "train")
        caches = []  # one for each layer, for the way back
        ### BEGIN SOLUTION [fc-net-scores]: through all layers to the scores, (N, C); fill caches
        out = X
        for layer in range(1, last):
            w, b = (self.params[f"{kind}{layer}"] for kind in "Wb")
            out, affine_cache = affine_forward(out, w, b)
            out, norm_cache = self._normalize(out, layer)
            out, relu_cache = relu_forward(out)
            out, dropout_cache = self._drop(out)
            caches.append((affine_cache, norm_cache, relu_cache, dropout_cache))
        w, b = (self.params[f"{kind}{last}"] for kind in "Wb")
        scores, affine_cache = affine_forward(out, w, b)
        caches.append(affine_cache)
        ### END SOLUTION
        if y is None:
            return scores

        grads = {}
        ### BEGIN SOLUTION [fc-net-loss]: the loss with its penalty: loss; back to fill grads
        loss, dout = softmax_loss(scores, y)
        dout, grads[f"W{last}"], grads[f"b{last}"] = affine_backward(dout, caches[-1])
        for layer in range(last - 1, 0, -1):
            affine_cache, norm_cache, relu_cache, dropout_cache = caches[layer - 1]
            dout = self._drop_backward(dout, dropout_cache)
            dout = relu_backward(dout, relu_cache)
            dout = self._normalize_backward(dout, norm_cache, layer, grads)
            dout, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dout, affine_cache)
        for layer in range(1, last + 1):
            w = self.params[f"W{layer}"]
            loss += 0.5 * self.reg * np.sum(w**2)
            grads[f"W{layer}"] += self.reg * w
        ### END SOLUTION
        return loss, grads

    def save(self, fname):
        """Write parameters and running averages to a file, whole or not at all; return its path."""
        return save_tree(fname, {"params": self.params, "bn_params": self.bn_params})

    def load(self, fname):
        """Take over the parameters and running averages that `save` wrote.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no such file, or it is of another net.
        """
        state = _load_same(fname, self.params)
        self.params, self.bn_params = state["params"], state["bn_params"]

    def _set_mode(self, mode):
        """Tell dropout and batch normalisation whether this is "train" or "test"."""
        if self.use_dropout:
            self.dropout_param["mode"] = mode
        if self.normalization == "batchnorm":
            for bn_param in self.bn_params:
                bn_param["mode"] = mode

    def _normalize(self, out, layer):
        """Normalise a hidden layer's (N, H) -> (N, H), cache; without normalisation pass it on."""
        if self.normalization is None:
            return out, None
        ### BEGIN SOLUTION: by layers.batchnorm_forward or layernorm_forward, and bn_params
        gamma, beta = self.params[f"gamma{layer}"], self.params[f"beta{layer}"]
        forward = layers.layernorm_forward
        if self.normalization == "batchnorm":
            forward = layers.batchnorm_forward
        return forward(out, gamma, beta, self.bn_params[layer - 1])
        ### END SOLUTION

    def _normalize_backward(self, dout, cache, layer, grads):
        """Go back through `_normalize`: put its two derivatives into grads and return dx (N, H)."""
        if self.normalization is None:
            return dout
        ### BEGIN SOLUTION: dx, and the derivatives by gamma and beta into grads
        backward = layers.layernorm_backward
        if self.normalization == "batchnorm":
            backward = layers.batchnorm_backward
        dx, grads[f"gamma{layer}"], grads[f"beta{layer}"] = backward(dout, cache)
        ### END SOLUTION
        return dx

    def _drop(self, out):
        """Drop units of a hidden layer (N, H) -> (N, H), cache; without dropout pass it on."""
        if not self.use_dropout:
            return out, None
        ### BEGIN SOLUTION: by layers.dropout_forward
        return layers.dropout_forward(out, self.dropout_param)
        ### END SOLUTION

    def _drop_backward(self, dout, cache):
        """Go back through `_drop`: return dx (N, H)."""
        if not self.use_dropout:
            return dout
        ### BEGIN SOLUTION: by layers.dropout_backward
        return layers.dropout_backward(dout, cache)
        ### END SOLUTION


def _require_options(normalization, keep):
    """Raise ValueError for a normalisation that is unknown, or a share outside (0, 1]."""
    if normalization is not None and normalization not in NORMALIZATIONS:
        known = " or ".join(repr(name) for name in NORMALIZATIONS)
        msg = f"normalization is {normalization!r}; it should be None, {known}"
        raise ValueError(f"{msg}.")
    if not 0 < keep <= 1:
        msg = f"dropout_keep_ratio is {keep}, but should be above 0 and at most 1"
        raise ValueError(f"{msg}: it is the share of units that are kept, and 1 keeps all.")


def _load_same(fname, params):
    """Read a saved net, or raise ValueError unless its parameters have the shapes of these."""
    state = load_tree(Path(fname))
    saved = state.get("params") if isinstance(state, dict) else None
    shapes = {name: value.shape for name, value in params.items()}
    if not isinstance(saved, dict) or {k: np.shape(v) for k, v in saved.items()} != shapes:
        msg = f"{fname} is of another net: its parameters should have the shapes {shapes}"
        raise ValueError(f"{msg}; make the net as it was made when it was saved.")
    return state
