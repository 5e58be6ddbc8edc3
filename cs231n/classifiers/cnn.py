"""A first convolutional network: one convolution, then two affine layers.

`from cs231n.classifiers.cnn import *` brings the layers along, too, and the pairs of
cs231n/layer_utils.py.
"""

import numpy as np

from cs231n import fast_layers, layer_utils, layers
from cs231n.kernels.windows import count_places
from cs231n.layer_utils import (
    affine_relu_backward,
    affine_relu_forward,
    conv_relu_pool_backward,
    conv_relu_pool_forward,
)
from cs231n.layers import affine_backward, affine_forward, softmax_loss

MODULES = {"layers": layers, "layer_utils": layer_utils, "fast_layers": fast_layers}

__all__ = [
    "ThreeLayerConvNet",
    *(name for module in MODULES.values() for name in module.__all__ if name != "KERNELS"),
]


def __getattr__(name):
    for module in MODULES.values():
        if name in module.__all__:
            return getattr(module, name)
    raise AttributeError(f"cs231n.classifiers.cnn has no {name!r}.")


class ThreeLayerConvNet:
    """Convolution - ReLU - 2 x 2 max pooling - affine - ReLU - affine, with the softmax loss.

    The convolution moves by one. With filters of an odd size it keeps height and width, thanks to
    its padding, and the pooling halves them; a last row or column that is left over is dropped.

    Parameters
    ----------
    input_dim : tuple of int
        (C, H, W) of a picture.
    num_filters : int
        F.
    filter_size : int
        HH = WW, height and width of a filter.
    hidden_dim : int
        M, units of the hidden affine layer.
    num_classes : int
        K.
    weight_scale : float
        Standard deviation of the first weights, drawn from `np.random`; biases begin at 0.
    reg : float
        Strength of the penalty 0.5 * reg * (sum W1^2 + sum W2^2 + sum W3^2).
    dtype : dtype
        Of the parameters and of all computation.

    Attributes
    ----------
    params : dict
        W1 (F, C, HH, WW) and b1 (F,) of the convolution; W2 (F * PH * PW, M) and b2 (M,) of the
        hidden affine layer, where PH x PW is what the pooling leaves; W3 (M, K) and b3 (K,).
    conv_param, pool_param : dict
        As the convolution and the pooling take them.

    Raises
    ------
    ValueError
        If the pictures are too small.

    References
    ----------
    CS231n notes: "Convolutional Networks", layer patterns.
    """

    def __init__(
        self,
        input_dim=(3, 32, 32),
        num_filters=32,
        filter_size=7,
        hidden_dim=100,
        num_classes=10,
        weight_scale=1e-3,
        reg=0.0,
        dtype=np.float32,
    ):
        self.params = {}
        self.reg = float(reg)  # NumPy's float64 would lift float32 to its precision
        self.dtype = np.dtype(dtype)
        self.conv_param = {"stride": 1, "pad": (filter_size - 1) // 2}
        self.pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
        C, H, W = input_dim
        OH, OW = count_places(H, W, filter_size, filter_size, self.conv_param["pad"], 1)
        PH, PW = count_places(OH, OW, 2, 2, 0, 2)
        ### BEGIN SOLUTION: fill self.params: W1, W2, W3 from np.random; b1, b2, b3 zero
        shapes = {
            "W1": (num_filters, C, filter_size, filter_size),
            "W2": (num_filters * PH * PW, hidden_dim),
            "W3": (hidden_dim, num_classes),
        }
        for name, shape in shapes.items():
            self.params[name] = weight_scale * np.random.randn(*shape)
        for name, size in [("b1", num_filters), ("b2", hidden_dim), ("b3", num_classes)]:
            self.params[name] = np.zeros(size)
        ### END SOLUTION
        self.params = {name: value.astype(dtype) for name, value in self.params.items()}

    def loss(self, X, y=None):
        """Compute the scores; with labels, the loss and its derivatives.

        Parameters
        ----------
        X : ndarray, shape (N, C, H, W)
            Taken to the net's precision.
        y : ndarray, shape (N,), int, optional

        Returns
        -------
        scores : ndarray, shape (N, K)
            If y is None.
        loss : float
            The mean softmax loss, plus the penalty.
        grads : dict
            The loss's derivatives by each of the parameters: same keys, same shapes.
        """
        W1, b1, W2, b2, W3, b3 = (self.params[f"{kind}{i}"] for i in (1, 2, 3) for kind in "Wb")
        conv_param, pool_param = self.conv_param, self.pool_param
        X = X.astype(self.dtype)
        ### BEGIN SOLUTION: scores, (N, K), by the pairs of layers in cs231n/layer_utils.py
        pooled, conv_cache = conv_relu_pool_forward(X, W1, b1, conv_param, pool_param)
        hidden, hidden_cache = affine_relu_forward(pooled, W2, b2)  # (N, M)
        scores, scores_cache = affine_forward(hidden, W3, b3)  # (N, K)
        ### END SOLUTION
        if y is None:
            return scores

        grads = {}
        ### BEGIN SOLUTION: the loss with its penalty: loss; back through all layers to fill grads
        loss, dscores = softmax_loss(scores, y)
        dhidden, grads["W3"], grads["b3"] = affine_backward(dscores, scores_cache)
        dpooled, grads["W2"], grads["b2"] = affine_relu_backward(dhidden, hidden_cache)
        _, grads["W1"], grads["b1"] = conv_relu_pool_backward(dpooled, conv_cache, need_dx=False)
        for name, w in (("W1", W1), ("W2", W2), ("W3", W3)):
            loss += 0.5 * self.reg * np.sum(w * w)
            grads[name] += self.reg * w
        ### END SOLUTION
        return loss, grads
