"""The kinds of layers that `LayeredNet` is made of: parameters, forward, backward, output shape.

A description of a layer is a name such as "relu", or a list that starts with it, such as
["conv", 32, 3]. Shapes are those of one example: (C, H, W), or (D,) behind an affine layer.
"""

import math

import numpy as np

from cs231n import fast_layers, layers
from cs231n.kernels import fast_norm
from cs231n.kernels.windows import count_places

KINDS = {}


def make_part(description, shape):
    """Build the layer that a description means, for inputs of this shape.

    Parameters
    ----------
    description : str, list or tuple
    shape : tuple of int
        Of one example.

    Returns
    -------
    Part

    Raises
    ------
    ValueError
        If there is no such layer, its numbers make no sense, or it does not fit the shape.
    """
    if not isinstance(description, list | tuple):
        description = [description]
    kind, *arguments = description
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise ValueError(f"There is no layer {kind!r}; a net can be made of {known}.")
    try:
        return KINDS[kind](shape, *arguments)
    except TypeError:
        wanted = KINDS[kind].usage
        raise ValueError(
            f"A layer {list(description)} is not understood; write {wanted}."
        ) from None


class Part:
    """A layer without parameters; `out_shape` is that of its output for one example."""

    kind, usage = "", ""

    def __init_subclass__(cls):
        if cls.kind:
            KINDS[cls.kind] = cls

    def __init__(self, shape):
        self.shape = self.out_shape = tuple(shape)

    def init(self, rng, weight_scale):
        """Return its parameters by their short names, drawn from `rng`, as float64."""
        return {}

    def forward(self, x, params, mode):
        """Return the output and a cache; `mode` is "train" or "test"."""
        raise NotImplementedError

    def backward(self, dout, cache, need_dx=True):
        """Return the derivative by x, and those by the parameters by their short names."""
        raise NotImplementedError


class Conv(Part):
    """Convolution with F filters; by default it moves by one and keeps height and width."""

    kind, usage = (
        "conv",
        '["conv", filters, size] or ["conv", filters, size, {"stride": s, "pad": p}]',
    )

    def __init__(self, shape, filters, size, conv_param=None):
        super().__init__(shape)
        HH, WW = _pair(size, "the size of a filter")
        C, H, W = _picture(shape, self.kind)
        self.conv_param = {"stride": 1, "pad": (max(HH, WW) - 1) // 2, **(conv_param or {})}
        if set(self.conv_param) != {"stride", "pad"}:
            raise TypeError
        F = _whole(filters, "the number of filters")
        places = count_places(H, W, HH, WW, self.conv_param["pad"], self.conv_param["stride"])
        self.w_shape, self.out_shape = (F, C, HH, WW), (F, *places)

    def init(self, rng, weight_scale):
        return _weights(rng, self.w_shape, math.prod(self.w_shape[1:]), weight_scale)

    def forward(self, x, params, mode):
        return fast_layers.conv_forward_fast(x, params["w"], params["b"], self.conv_param)

    def backward(self, dout, cache, need_dx=True):
        dx, dw, db = fast_layers.conv_backward_fast(dout, cache, need_dx=need_dx)
        return dx, {"w": dw, "b": db}


class Affine(Part):
    """A matrix product plus a bias for each of M outputs; pictures are flattened."""

    kind, usage = "affine", '["affine", outputs]'

    def __init__(self, shape, outputs):
        super().__init__(shape)
        self.w_shape = (math.prod(shape), _whole(outputs, "the number of outputs"))
        self.out_shape = self.w_shape[1:]

    def init(self, rng, weight_scale):
        return _weights(rng, self.w_shape, self.w_shape[0], weight_scale)

    def forward(self, x, params, mode):
        return layers.affine_forward(x, params["w"], params["b"])

    def backward(self, dout, cache, need_dx=True):
        dx, dw, db = layers.affine_backward(dout, cache)
        return dx, {"w": dw, "b": db}


class Relu(Part):
    """max(0, x)."""

    kind, usage = "relu", '"relu"'

    def forward(self, x, params, mode):
        return fast_norm.relu_forward_fast(x) if x.ndim == 4 else layers.relu_forward(x)

    def backward(self, dout, cache, need_dx=True):
        backward = fast_norm.relu_backward_fast if dout.ndim == 4 else layers.relu_backward
        return backward(dout, cache), {}


class Pool(Part):
    """Max pooling; by default windows do not overlap."""

    kind, usage = "pool", '["pool", size] or ["pool", size, stride]'

    def __init__(self, shape, size, stride=None):
        super().__init__(shape)
        C, H, W = _picture(shape, self.kind)
        HH, WW = _pair(size, "the size of a window")
        stride = _whole(HH if stride is None else stride, "the stride")
        self.pool_param = {"pool_height": HH, "pool_width": WW, "stride": stride}
        self.out_shape = (C, *count_places(H, W, HH, WW, 0, stride))

    def forward(self, x, params, mode):
        return fast_layers.max_pool_forward_fast(x, self.pool_param)

    def backward(self, dout, cache, need_dx=True):
        return fast_layers.max_pool_backward_fast(dout, cache), {}


class Dropout(Part):
    """Keeps a unit with probability p, drawn from `np.random`, while training."""

    kind, usage = "dropout", '["dropout", p]'

    def __init__(self, shape, p):
        super().__init__(shape)
        if not 0 < p <= 1:
            raise ValueError(f"dropout keeps a unit with a probability in (0, 1], not {p}.")
        self.p = p

    def forward(self, x, params, mode):
        return layers.dropout_forward(x, {"p": self.p, "mode": mode})

    def backward(self, dout, cache, need_dx=True):
        return layers.dropout_backward(dout, cache), {}


class Norm(Part):
    """What the normalisations share: gamma and beta."""

    def __init__(self, shape):
        super().__init__(shape)
        self.spatial = len(shape) == 3

    def init(self, rng, weight_scale):
        return {"gamma": np.ones(self.shape[0]), "beta": np.zeros(self.shape[0])}

    def backward(self, dout, cache, need_dx=True):
        dx, dgamma, dbeta = self.back(dout, cache)
        size = self.shape[0]
        return dx, {"gamma": dgamma.reshape(size), "beta": dbeta.reshape(size)}


class BatchNorm(Norm):
    """Batch normalisation; for pictures over the batch and all places. `bn_param` has its state."""

    kind, usage = "batchnorm", '"batchnorm"'

    def __init__(self, shape):
        super().__init__(shape)
        self.bn_param = {"mode": "train"}
        self.back = fast_norm.spatial_batchnorm_backward_fast
        if not self.spatial:
            self.back = _batchnorm_backward

    def forward(self, x, params, mode, relu=False):
        """As of any part; with `relu`, which pictures can have, max(out, 0) comes out."""
        self.bn_param["mode"] = mode
        gamma, beta = params["gamma"], params["beta"]
        if self.spatial:
            bn_param = self.bn_param
            return fast_norm.spatial_batchnorm_forward_fast(x, gamma, beta, bn_param, relu)
        out, cache = layers.batchnorm_forward(x, gamma, beta, self.bn_param)
        return out, (mode, x, gamma, dict(self.bn_param), cache)


class LayerNorm(Norm):
    """Layer normalisation behind an affine layer."""

    kind, usage = "layernorm", '"layernorm"'

    def __init__(self, shape):
        super().__init__(shape)
        if self.spatial:
            raise ValueError('layernorm stands behind an affine layer; pictures take "groupnorm".')
        self.back = layers.layernorm_backward

    def forward(self, x, params, mode):
        return layers.layernorm_forward(x, params["gamma"], params["beta"], {})


class GroupNorm(Norm):
    """Normalisation of each example's channels in G groups."""

    kind, usage = "groupnorm", '["groupnorm", groups]'

    def __init__(self, shape, groups):
        super().__init__(_picture(shape, self.kind))
        self.groups = _whole(groups, "the number of groups")
        if self.shape[0] % self.groups:
            msg = f"{self.shape[0]} channels cannot be parted into {self.groups} equal groups."
            raise ValueError(msg)
        self.back = layers.spatial_groupnorm_backward

    def forward(self, x, params, mode):
        gamma, beta = (params[key].reshape(1, -1, 1, 1) for key in ("gamma", "beta"))
        return layers.spatial_groupnorm_forward(x, gamma, beta, self.groups, {})


def _batchnorm_backward(dout, cache):
    """Back through batch normalisation of rows; in testing the averages are constants."""
    mode, x, gamma, bn_param, own_cache = cache
    if mode == "train":
        return layers.batchnorm_backward(dout, own_cache)
    std = np.sqrt(bn_param["running_var"] + bn_param.get("eps", 1e-5)).astype(x.dtype)
    normalized = (x - bn_param["running_mean"]) / std
    return dout * (gamma / std), (dout * normalized).sum(axis=0), dout.sum(axis=0)


def _weights(rng, shape, fan_in, weight_scale):
    """Normal weights, of He's size unless a scale is given, and biases of zero."""
    scale = math.sqrt(2 / fan_in) if weight_scale is None else weight_scale
    outputs = shape[0] if len(shape) == 4 else shape[1]
    return {"w": scale * rng.standard_normal(shape), "b": np.zeros(outputs)}


def _whole(value, what):
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{what} should be a whole number of 1 or more, not {value!r}.")
    return int(value)


def _pair(size, what):
    pair = (size, size) if isinstance(size, int | np.integer) else tuple(size)
    if len(pair) != 2:
        raise ValueError(f"{what} should be one number or two, not {size!r}.")
    return tuple(_whole(side, what) for side in pair)


def _picture(shape, kind):
    if len(shape) != 3:
        raise ValueError(f"{kind} works on pictures (C, H, W), but what comes in is {shape}.")
    return tuple(shape)
