"""Normalisation of rows: batch normalisation, one feature at a time, and layer normalisation.

Both make numbers have mean 0 and variance 1, then scale and shift them by what is learned: gamma
and beta. They keep the precision of x, and change none of their arguments but `bn_param`.
"""

import numpy as np

__all__ = [
    "batchnorm_backward",
    "batchnorm_backward_alt",
    "batchnorm_forward",
    "layernorm_backward",
    "layernorm_forward",
]


def batchnorm_forward(x, gamma, beta, bn_param):
    """Normalise each feature over the batch, or in testing by its running averages.

    out = gamma (x - mean) / sqrt(var + eps) + beta

    Training takes mean and (population) variance of the batch, and moves the running averages:
    running <- momentum running + (1 - momentum) batch.

    Parameters
    ----------
    x : ndarray, shape (N, D)
    gamma, beta : ndarray, shape (D,)
    bn_param : dict
        "mode", "train" or "test"; "eps" (1e-5); "momentum" (0.9); "running_mean" and "running_var",
        (D,), zeros to begin with, which are written back.

    Returns
    -------
    out : ndarray, shape (N, D)
    cache : tuple
        For `batchnorm_backward` and `batchnorm_backward_alt`.

    Raises
    ------
    ValueError
        If the mode is another.

    References
    ----------
    S. Ioffe and C. Szegedy, "Batch normalization", ICML 2015, algorithms 1 and 2.
    """
    mode = bn_param["mode"]
    eps, momentum = float(bn_param.get("eps", 1e-5)), float(bn_param.get("momentum", 0.9))
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if mode == "train":
        ### BEGIN SOLUTION [batchnorm-forward-train]: out and cache; move both running averages
        mean, var = x.mean(axis=0), x.var(axis=0)
        std = np.sqrt(var + eps)
        normalized = (x - mean) / std
        out, cache = gamma * normalized + beta, (normalized, gamma, std)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
        ### END SOLUTION
    elif mode == "test":
        ### BEGIN SOLUTION [batchnorm-forward-test]: out, by the running averages; cache
        std = np.sqrt(running_var + eps)
        normalized = (x - running_mean) / std
        out, cache = gamma * normalized + beta, (normalized, gamma, std)
        ### END SOLUTION
    else:
        raise ValueError(f'Invalid forward batchnorm mode "{mode}": it should be train or test.')
    bn_param["running_mean"], bn_param["running_var"] = running_mean, running_var
    return out, cache


def batchnorm_backward(dout, cache):
    """Go back through `batchnorm_forward` in training, one operation at a time.

    Parameters
    ----------
    dout : ndarray, shape (N, D)
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, D)
    dgamma, dbeta : ndarray, shape (D,)
    """
    ### BEGIN SOLUTION: dx, dgamma and dbeta, back through each operation
    normalized, gamma, std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * normalized).sum(axis=0)
    dnormalized = dout * gamma
    dcentred = dnormalized / std
    dvar = -0.5 * (dnormalized * normalized).sum(axis=0) / std**2
    dcentred += 2 * dvar * normalized * std / len(dout)
    dx = dcentred - dcentred.mean(axis=0)
    ### END SOLUTION
    return dx, dgamma, dbeta


def batchnorm_backward_alt(dout, cache):
    """Do what `batchnorm_backward` does by one short formula, derived on paper.

    Takes and returns the same, and the same cache.
    """
    ### BEGIN SOLUTION: dx, dgamma and dbeta, by the derivative simplified on paper
    normalized, gamma, std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * normalized).sum(axis=0)
    dx = gamma / std * (dout - (dbeta + normalized * dgamma) / len(dout))
    ### END SOLUTION
    return dx, dgamma, dbeta


def layernorm_forward(x, gamma, beta, ln_param):
    """Normalise each example over its features, in training and in testing alike.

    Parameters
    ----------
    x : ndarray, shape (N, D)
    gamma, beta : ndarray, shape (D,)
    ln_param : dict
        "eps" (1e-5).

    Returns
    -------
    out : ndarray, shape (N, D)
    cache : tuple

    References
    ----------
    J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.
    """
    eps = float(ln_param.get("eps", 1e-5))
    ### BEGIN SOLUTION: out and cache, with mean and variance over each row
    std = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    normalized = (x - x.mean(axis=1, keepdims=True)) / std
    out, cache = gamma * normalized + beta, (normalized, gamma, std)
    ### END SOLUTION
    return out, cache


def layernorm_backward(dout, cache):
    """Go back through `layernorm_forward`.

    Parameters
    ----------
    dout : ndarray, shape (N, D)
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, D)
    dgamma, dbeta : ndarray, shape (D,)
    """
    ### BEGIN SOLUTION: dx, dgamma and dbeta
    normalized, gamma, std = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * normalized).sum(axis=0)
    dnormalized = dout * gamma
    along = (dnormalized * normalized).mean(axis=1, keepdims=True)
    dx = (dnormalized - dnormalized.mean(axis=1, keepdims=True) - normalized * along) / std
    ### END SOLUTION
    return dx, dgamma, dbeta
