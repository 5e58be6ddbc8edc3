"""Normalisation of pictures: batch normalisation of channels, and normalisation of groups."""

import numpy as np

from cs231n.normalization import batchnorm_backward, batchnorm_forward

__all__ = [
    "spatial_batchnorm_backward",
    "spatial_batchnorm_forward",
    "spatial_groupnorm_backward",
    "spatial_groupnorm_forward",
]


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """Normalise each channel over all places of all pictures, as `batchnorm_forward` does features.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    gamma, beta : ndarray, shape (C,)
    bn_param : dict
        As `batchnorm_forward` takes it; running averages are (C,).

    Returns
    -------
    out : ndarray, shape (N, C, H, W)
    cache : tuple
    """
    ### BEGIN SOLUTION: make each place a row of C numbers, and back
    N, C, H, W = x.shape
    rows, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)
    out = np.ascontiguousarray(rows.reshape(N, H, W, C).transpose(0, 3, 1, 2))
    ### END SOLUTION
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    """Go back through `spatial_batchnorm_forward`.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dgamma, dbeta : ndarray, shape (C,)
    """
    ### BEGIN SOLUTION: dx, dgamma and dbeta
    N, C, H, W = dout.shape
    rows, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), cache)
    dx = np.ascontiguousarray(rows.reshape(N, H, W, C).transpose(0, 3, 1, 2))
    ### END SOLUTION
    return dx, dgamma, dbeta


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """Normalise each picture over groups of C / G neighbouring channels.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
    gamma, beta : ndarray, shape (1, C, 1, 1) or (C,)
    G : int
        Groups; a divisor of C.
    gn_param : dict
        "eps" (1e-5).

    Returns
    -------
    out : ndarray, shape (N, C, H, W)
    cache : tuple

    References
    ----------
    Y. Wu and K. He, "Group normalization", ECCV 2018.
    """
    eps = float(gn_param.get("eps", 1e-5))
    ### BEGIN SOLUTION: out and cache, with mean and variance over each group
    N, C, H, W = x.shape
    groups = x.reshape(N, G, C // G * H * W)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + eps)
    normalized = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, C, 1, 1) * normalized.reshape(x.shape) + beta.reshape(1, C, 1, 1)
    cache = (normalized, gamma, std)
    ### END SOLUTION
    return out, cache


def spatial_groupnorm_backward(dout, cache):
    """Go back through `spatial_groupnorm_forward`.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dgamma, dbeta : ndarray, of the shape of gamma
    """
    ### BEGIN SOLUTION: dx, dgamma and dbeta
    normalized, gamma, std = cache
    dbeta = dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = (dout * normalized.reshape(dout.shape)).sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dnormalized = (dout * gamma.reshape(1, -1, 1, 1)).reshape(normalized.shape)
    along = (dnormalized * normalized).mean(axis=2, keepdims=True)
    dx = (dnormalized - dnormalized.mean(axis=2, keepdims=True) - normalized * along) / std
    dx = dx.reshape(dout.shape)
    ### END SOLUTION
    return dx, dgamma, dbeta
