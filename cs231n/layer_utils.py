"""Layers that often follow each other, as one: forwards, and backwards in reverse.

Each forward returns its output and a cache, which the backward of the same name takes. What works
on pictures is fast; the first layer of a net can do without its dx, which nobody needs.
"""

from cs231n.fast_layers import (
    conv_backward_fast,
    conv_forward_fast,
    max_pool_backward_fast,
    max_pool_forward_fast,
)
from cs231n.kernels.fast_norm import (
    relu_backward_fast,
    relu_forward_fast,
    spatial_batchnorm_backward_fast,
    spatial_batchnorm_forward_fast,
)
from cs231n.layers import (
    affine_backward,
    affine_forward,
    batchnorm_backward,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
    relu_backward,
    relu_forward,
)

__all__ = [
    "affine_bn_relu_backward",
    "affine_bn_relu_forward",
    "affine_ln_relu_backward",
    "affine_ln_relu_forward",
    "affine_relu_backward",
    "affine_relu_forward",
    "conv_bn_relu_backward",
    "conv_bn_relu_forward",
    "conv_relu_backward",
    "conv_relu_forward",
    "conv_relu_pool_backward",
    "conv_relu_pool_forward",
]


def affine_relu_forward(x, w, b):
    """Affine layer, then ReLU: x (N, d_1, ..., d_k), w (D, M), b (M,) -> out (N, M), cache."""
    a, fc_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (fc_cache, relu_cache)


def affine_relu_backward(dout, cache):
    """Derivatives dx, dw, db of `affine_relu_forward`, given dout (N, M)."""
    fc_cache, relu_cache = cache
    return affine_backward(relu_backward(dout, relu_cache), fc_cache)


def affine_bn_relu_forward(x, w, b, gamma, beta, bn_param):
    """Affine layer, batch normalisation with gamma, beta (M,), ReLU -> out (N, M), cache."""
    return _normalized_relu_forward(batchnorm_forward, x, w, b, gamma, beta, bn_param)


def affine_bn_relu_backward(dout, cache):
    """Derivatives dx, dw, db, dgamma, dbeta of `affine_bn_relu_forward`."""
    return _normalized_relu_backward(batchnorm_backward, dout, cache)


def affine_ln_relu_forward(x, w, b, gamma, beta, ln_param):
    """Affine layer, layer normalisation with gamma, beta (M,), ReLU -> out (N, M), cache."""
    return _normalized_relu_forward(layernorm_forward, x, w, b, gamma, beta, ln_param)


def affine_ln_relu_backward(dout, cache):
    """Derivatives dx, dw, db, dgamma, dbeta of `affine_ln_relu_forward`."""
    return _normalized_relu_backward(layernorm_backward, dout, cache)


def conv_relu_forward(x, w, b, conv_param):
    """Convolution, then ReLU: x (N, C, H, W), w (F, C, HH, WW), b (F,) -> out, cache."""
    a, conv_cache = conv_forward_fast(x, w, b, conv_param)
    out, relu_cache = relu_forward_fast(a)
    return out, (conv_cache, relu_cache)


def conv_relu_backward(dout, cache, need_dx=True):
    """Derivatives dx, dw, db of `conv_relu_forward`; without need_dx, dx is None."""
    conv_cache, relu_cache = cache
    return conv_backward_fast(relu_backward_fast(dout, relu_cache), conv_cache, need_dx)


def conv_bn_relu_forward(x, w, b, gamma, beta, conv_param, bn_param):
    """Convolution, spatial batch normalisation with gamma, beta (F,), ReLU -> out, cache."""
    a, conv_cache = conv_forward_fast(x, w, b, conv_param)
    out, bn_relu_cache = spatial_batchnorm_forward_fast(a, gamma, beta, bn_param, relu=True)
    return out, (conv_cache, bn_relu_cache)


def conv_bn_relu_backward(dout, cache, need_dx=True):
    """Derivatives dx, dw, db, dgamma, dbeta; without need_dx, dx is None."""
    conv_cache, bn_relu_cache = cache
    da, dgamma, dbeta = spatial_batchnorm_backward_fast(dout, bn_relu_cache)
    return *conv_backward_fast(da, conv_cache, need_dx), dgamma, dbeta


def conv_relu_pool_forward(x, w, b, conv_param, pool_param):
    """Convolution, ReLU, max pooling -> out (N, F, H', W'), cache."""
    a, conv_relu_cache = conv_relu_forward(x, w, b, conv_param)
    out, pool_cache = max_pool_forward_fast(a, pool_param)
    return out, (conv_relu_cache, pool_cache)


def conv_relu_pool_backward(dout, cache, need_dx=True):
    """Derivatives dx, dw, db of `conv_relu_pool_forward`; without need_dx, dx is None."""
    conv_relu_cache, pool_cache = cache
    return conv_relu_backward(max_pool_backward_fast(dout, pool_cache), conv_relu_cache, need_dx)


def _normalized_relu_forward(normalize, x, w, b, gamma, beta, param):
    a, fc_cache = affine_forward(x, w, b)
    an, norm_cache = normalize(a, gamma, beta, param)
    out, relu_cache = relu_forward(an)
    return out, (fc_cache, norm_cache, relu_cache)


def _normalized_relu_backward(normalize_back, dout, cache):
    fc_cache, norm_cache, relu_cache = cache
    da, dgamma, dbeta = normalize_back(relu_backward(dout, relu_cache), norm_cache)
    return *affine_backward(da, fc_cache), dgamma, dbeta
