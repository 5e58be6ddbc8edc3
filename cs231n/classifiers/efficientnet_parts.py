"""The kinds of layers that EfficientNet-Lite0 is made of.

`forward(x, w, b)` returns the output. `dx(dout, shape, x, w)` returns the derivative by the input,
`dw(dout, x, w_shape)` that by the weights; x is None where only its shape is needed.
"""

import numpy as np

from cs231n.kernels import tap_convolution as taps

__all__ = ["Add", "Affine", "Conv", "Depthwise", "MeanPool", "Relu6"]


class Conv:
    """A dense convolution with SAME padding, w (F, C, HH, WW)."""

    def __init__(self, stride=1):
        self.stride = stride

    def forward(self, x, w, b):
        return taps.same_conv_forward(x, w, b, self.stride)

    def dx(self, dout, shape, x, w):
        return taps.same_conv_dx(dout, w, shape, self.stride)

    def dw(self, dout, x, w_shape):
        return taps.same_conv_dw(dout, x, w_shape, self.stride)


class Depthwise:
    """A filter for each channel with SAME padding, w (C, HH, WW)."""

    def __init__(self, stride=1):
        self.stride = stride

    def forward(self, x, w, b):
        return taps.depthwise_forward(x, w, b, self.stride)

    def dx(self, dout, shape, x, w):
        return taps.depthwise_dx(dout, w, shape, self.stride)

    def dw(self, dout, x, w_shape):
        return taps.depthwise_dw(dout, x, w_shape, self.stride)


class Relu6:
    """min(max(0, x), 6)."""

    def forward(self, x, w, b):
        return np.clip(x, 0, 6)

    def dx(self, dout, shape, x, w):
        return dout * ((x > 0) & (x < 6))


class Add:
    """Adds the input of a block to its output; the network itself does it."""


class MeanPool:
    """The mean of each channel, (N, C, H, W) -> (N, C)."""

    def forward(self, x, w, b):
        return x.mean(axis=(2, 3))

    def dx(self, dout, shape, x, w):
        places = shape[2] * shape[3]
        return np.broadcast_to(dout[:, :, None, None] / places, shape).astype(dout.dtype)


class Affine:
    """x w + b, (N, D) -> (N, M)."""

    def forward(self, x, w, b):
        return x @ w + b

    def dx(self, dout, shape, x, w):
        return dout @ w.T

    def dw(self, dout, x, w_shape):
        return x.T @ dout
