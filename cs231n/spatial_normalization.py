"""Normalisation of pictures: batch normalisation of channels, and normalisation of groups.

Both keep the precision of x, and change none of their arguments but `bn_param`.
"""

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

    A convolution uses one filter at every place of every picture, so its outputs there are drawn
    alike: a place is an example, and a channel a feature.

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
        For `spatial_batchnorm_backward`.

    References
    ----------
    S. Ioffe and C. Szegedy, "Batch normalization", ICML 2015, section 3.2.
    """
    N, C, H, W = x.shape
    ### BEGIN SOLUTION: out and cache, by batchnorm_forward of rows: one of C numbers for each place
    rows, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)
    out = np.ascontiguousarray(rows.reshape(N, H, W, C).transpose(0, 3, 1, 2))
    ### END SOLUTION
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    """Go back through `spatial_batchnorm_forward`, by `batchnorm_backward`.

    Parameters
    ----------
    dout : ndarray, shape (N, C, H, W)
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dgamma, dbeta : ndarray, shape (C,)
    """
    N, C, H, W = dout.shape
    ### BEGIN SOLUTION: dx, (N, C, H, W), dgamma and dbeta, (C,)
    rows, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), cache)
    dx = np.ascontiguousarray(rows.reshape(N, H, W, C).transpose(0, 3, 1, 2))
    ### END SOLUTION
    return dx, dgamma, dbeta


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    """Normalise each picture over groups of C / G neighbouring channels.

    Every group of every picture has a mean and a variance of its own, over its channels and all
    places; gamma and beta scale and shift each channel. Testing is as training.

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
        For `spatial_groupnorm_backward`.

    Raises
    ------
    ValueError
        If C channels cannot be parted into G equal groups.

    References
    ----------
    Y. Wu and K. He, "Group normalization", ECCV 2018.
    """
    N, C, H, W = x.shape
    if G < 1 or C % G:
        msg = f"spatial_groupnorm_forward: {C} channels cannot be parted into G = {G} equal groups"
        raise ValueError(f"{msg}; G should be a divisor of {C}.")
    eps = float(gn_param.get("eps", 1e-5))
    ### BEGIN SOLUTION: out and cache, with mean and variance over each group of each picture
    groups = x.reshape(N, G, C // G * H * W)
    std = np.sqrt(groups.var(axis=2, keepdims=True) + eps)
    normalized = (groups - groups.mean(axis=2, keepdims=True)) / std
    out = gamma.reshape(1, C, 1, 1) * normalized.reshape(x.shape) + beta.reshape(1, C, 1, 1)
    cache = (normalized, gamma, std)
    ### END SOLUTION
    return out, cache


def spatial_groupnorm_backward(dout, cache):
    """Go back through `spatial_groupnorm_forward`.

    Parameters
    ----------
    dout : ndarray, shape (N, C, H, W)
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dgamma, dbeta : ndarray, of the shape of gamma
    """
    ### BEGIN SOLUTION: dx, and dgamma and dbeta in the shape of gamma
    normalized, gamma, std = cache
    dbeta = dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dgamma = (dout * normalized.reshape(dout.shape)).sum(axis=(0, 2, 3)).reshape(gamma.shape)
    dnormalized = (dout * gamma.reshape(1, -1, 1, 1)).reshape(normalized.shape)
    along = (dnormalized * normalized).mean(axis=2, keepdims=True)
    dx = (dnormalized - dnormalized.mean(axis=2, keepdims=True) - normalized * along) / std
    dx = dx.reshape(dout.shape)
    ### END SOLUTION
    return dx, dgamma, dbeta
