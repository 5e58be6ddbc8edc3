"""Batch normalisation of pictures, and ReLU, fast: for the parts of a network between convolutions.

Compiled where `built.KERNELS` says so; NumPy does the same elsewhere. ReLU can be had along
with the normalisation, which saves a pass over memory forward and another one backward.
"""

import numpy as np

from cs231n.kernels import built
from cs231n.kernels.threads import get_threads
from cs231n.kernels.windows import check_pictures, check_precision, check_same_dtype, check_upstream

__all__ = [
    "relu_backward_fast",
    "relu_forward_fast",
    "spatial_batchnorm_backward_fast",
    "spatial_batchnorm_forward_fast",
]


def spatial_batchnorm_forward_fast(x, gamma, beta, bn_param, relu=False, threads=None):
    """Normalise each channel over the batch and the picture; scale and shift it.

    out[n, c, h, w] = gamma[c] (x[n, c, h, w] - mean[c]) / sqrt(variance[c] + eps) + beta[c]

    Parameters
    ----------
    x : ndarray (N, C, H, W) of float32 or float64
    gamma, beta : ndarray (C,), dtype of x
    bn_param : dict
        "mode", "train" or "test"; "eps" (1e-5); "momentum" (0.9), by which "running_mean" and
        "running_var", ndarrays (C,), keep their old values in training. They are written there.
    relu : bool
        Put max(out, 0) in the place of out.
    threads : int or None

    Returns
    -------
    out : ndarray (N, C, H, W), dtype of x
    cache : tuple

    Raises
    ------
    ValueError
        If the shapes do not fit together, or the mode is neither of the two.
    TypeError
        If the arrays are not all float32, or all float64.

    References
    ----------
    S. Ioffe, C. Szegedy: Batch Normalization, 2015, section 3.2.
    """
    check_norm(x, gamma, beta, bn_param)
    C, eps, given = x.shape[1], bn_param.get("eps", 1e-5), bn_param["mode"] == "test"
    running_mean = bn_param.get("running_mean", np.zeros(C, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(C, dtype=x.dtype))
    mean, var = running_mean.astype(np.float64), running_var.astype(np.float64)
    out = np.empty(x.shape, dtype=x.dtype)
    x, gamma, beta = map(np.ascontiguousarray, (x, gamma, beta))
    threads = get_threads(threads)
    if built.KERNELS == "cython" and x.size:
        built.layer_kernels.norm_forward(x, gamma, beta, mean, var, out, given, eps, relu, threads)
    else:
        if not given:
            mean[:] = x.mean(axis=(0, 2, 3), dtype=np.float64)
            var[:] = x.var(axis=(0, 2, 3), dtype=np.float64)
        out[:] = normalise(x, gamma, beta, mean, var, eps)[1]
        if relu:
            np.maximum(out, 0, out=out)
    if not given:
        momentum = bn_param.get("momentum", 0.9)
        for name, old, new in (("mean", running_mean, mean), ("var", running_var, var)):
            average = momentum * old + (1 - momentum) * new
            bn_param[f"running_{name}"] = average.astype(x.dtype)
    return out, (x, gamma, beta, mean, var, eps, given, relu)


def spatial_batchnorm_backward_fast(dout, cache, threads=None):
    """Go back through `spatial_batchnorm_forward_fast`.

    With n = (x - mean) / sqrt(variance + eps), the sums over N, H and W, and M = N H W:
    dgamma = sum(dout n), dbeta = sum(dout), and in training
    dx = gamma / sqrt(variance + eps) (dout - dbeta / M - n dgamma / M).

    Parameters
    ----------
    dout : ndarray (N, C, H, W), dtype of x
    cache : tuple
    threads : int or None

    Returns
    -------
    dx : ndarray (N, C, H, W)
    dgamma, dbeta : ndarray (C,)

    Raises
    ------
    ValueError
        If dout has not the shape that the forward function returned.
    TypeError
        If dout is not of the dtype of x.
    """
    x, gamma, beta, mean, var, eps, given, relu = cache
    check_upstream("spatial_batchnorm_backward_fast", dout, x.shape, x.dtype)
    threads = get_threads(threads)
    if built.KERNELS == "cython" and x.size:
        dout, dx = np.ascontiguousarray(dout), np.empty(x.shape, dtype=x.dtype)
        dgamma, dbeta = np.empty_like(gamma), np.empty_like(beta)
        built.layer_kernels.norm_backward(
            dout, x, gamma, beta, mean, var, dx, dgamma, dbeta, given, eps, relu, threads
        )
        return dx, dgamma, dbeta
    normalised, out = normalise(x, gamma, beta, mean, var, eps)
    if relu:
        dout = dout * (out > 0)
    dgamma, dbeta = (dout * normalised).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
    scale = (gamma / np.sqrt(var + eps)).astype(x.dtype)
    if given:
        return dout * along_channels(scale), dgamma, dbeta
    M = max(x.size // x.shape[1], 1)
    dx = dout - along_channels(dbeta) / M - normalised * along_channels(dgamma) / M
    return dx * along_channels(scale), dgamma, dbeta


def relu_forward_fast(x, threads=None):
    """Take max(x, 0) of each number, of any shape; NaN stays NaN. The cache is x."""
    check_precision("relu_forward_fast", "x", x)
    threads = get_threads(threads)
    if built.KERNELS == "cython" and x.size:
        x, out = np.ascontiguousarray(x), np.empty(x.shape, dtype=x.dtype)
        built.layer_kernels.relu(x, None, out, threads)
    else:
        out = np.maximum(x, 0)
    return out, x


def relu_backward_fast(dout, cache, threads=None):
    """Go back through `relu_forward_fast`: dx is dout where x is above 0, and 0 elsewhere."""
    x = cache
    check_upstream("relu_backward_fast", dout, x.shape, x.dtype)
    threads = get_threads(threads)
    if built.KERNELS == "cython" and x.size:
        dx = np.empty(x.shape, dtype=x.dtype)
        built.layer_kernels.relu(np.ascontiguousarray(x), np.ascontiguousarray(dout), dx, threads)
        return dx
    return np.where(x > 0, dout, dout.dtype.type(0))


def normalise(x, gamma, beta, mean, var, eps):
    """Give (x - mean) / sqrt(var + eps), and that scaled and shifted, in the dtype of x."""
    mean, over = mean.astype(x.dtype), (1 / np.sqrt(var + eps)).astype(x.dtype)
    normalised = (x - along_channels(mean)) * along_channels(over)
    return normalised, normalised * along_channels(gamma) + along_channels(beta)


def along_channels(numbers):
    """Lay one number a channel along the second of four axes."""
    return numbers[:, None, None]


def check_norm(x, gamma, beta, bn_param):
    """Raise unless these arrays can be normalised."""
    name = "spatial_batchnorm_forward_fast"
    check_pictures(name, x)
    for what, array in (("gamma", gamma), ("beta", beta)):
        if array.shape != (x.shape[1],):
            raise ValueError(
                f"{name}: {what} has shape {array.shape}; for {x.shape[1]} channels it should be "
                f"({x.shape[1]},)."
            )
        check_same_dtype(name, what, array, x.dtype)
    if bn_param["mode"] not in ("train", "test"):
        raise ValueError(
            f"{name}: bn_param['mode'] is {bn_param['mode']!r}; it should be 'train' or 'test'."
        )
