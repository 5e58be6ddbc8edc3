"""What the checks of convolutional networks expect: nets as sums, and slopes by complex steps.

Convolution and pooling by themselves: `convolve` and its kin in fast_convolutions.py.
"""

import math

import numpy as np

from grading.oracles._complex_step import slopes

from .fast_convolutions import starts, window


def last_received_by_pixels(x, dout, HH, WW, stride):
    """What pixels would hold if each window overwrote what another one gave: a wrong dx."""
    rows, columns = starts(x.shape[2], HH, stride, 0), starts(x.shape[3], WW, stride, 0)
    dx = np.zeros_like(x)
    for n, c, oh, ow in np.ndindex(dout.shape):
        pixels = window(n, c, rows[oh], columns[ow], HH, WW)
        dx[max(pixels, key=lambda pixel: x[pixel])] = dout[n, c, oh, ow]
    return dx


def convnet_scores(params, X):
    """Scores (N, K) of convolution, ReLU, 2 x 2 pooling, affine, ReLU, affine."""
    return _scores({name: value.astype(np.complex128) for name, value in params.items()}, X).real


def convnet_loss(params, X, y, reg):
    """Mean softmax loss plus half of reg times the sum of all squared weights, as a float."""
    wide = {name: value.astype(np.complex128) for name, value in params.items()}
    return float(_loss(wide, X, y, reg).real)


def convnet_gradients(params, X, y, reg):
    """Derivatives of `convnet_loss` by every parameter: Im loss(p + ih) / h, one at a time."""
    wide = {name: value.astype(np.complex128) for name, value in params.items()}
    return {
        name: slopes(lambda moved, name=name: _loss(wide | {name: moved}, X, y, reg), value)
        for name, value in params.items()
    }


def channels_normalized(x, gamma, beta, eps):
    """Normalise x (N, C, H, W) channel by channel over pictures and places.

    Returns
    -------
    out : ndarray, shape of x
    mean, var : ndarray, shape (C,)
        Before gamma and beta; the variance is that of a whole population.
    """
    out, statistics = np.empty(x.shape), []
    for c in range(x.shape[1]):
        out[:, c], mean, var = _normalized(x[:, c], eps)
        statistics.append((mean, var))
    return _scaled(out, gamma, beta), *np.array(statistics).T


def channels_by_averages(x, gamma, beta, eps, mean, var):
    """Normalise each channel of x (N, C, H, W) by a mean and a variance that are given, (C,)."""
    out = np.empty(x.shape)
    for n, c, h, w in np.ndindex(x.shape):
        out[n, c, h, w] = (x[n, c, h, w] - mean[c]) / math.sqrt(var[c] + eps)
    return _scaled(out, gamma, beta)


def channels_normalized_gradients(dout, x, gamma, beta, eps):
    """Derivatives (dx, dgamma, dbeta) of sum(dout * out) of `channels_normalized`."""
    members = [np.s_[:, c] for c in range(x.shape[1])]
    return _norm_gradients(dout, x, gamma, beta, eps, members)


def groups_normalized(x, gamma, beta, G, eps):
    """Normalise x (N, C, H, W) over each group of C / G neighbouring channels of each picture."""
    out = np.empty(x.shape)
    for members in _groups(x, G):
        out[members] = _normalized(x[members], eps)[0]
    return _scaled(out, gamma.ravel(), beta.ravel())


def groups_normalized_gradients(dout, x, gamma, beta, G, eps):
    """Derivatives of sum(dout * out) of `groups_normalized`: dgamma and dbeta shaped as gamma."""
    flat = gamma.ravel(), beta.ravel()
    dx, dgamma, dbeta = _norm_gradients(dout, x, *flat, eps, _groups(x, G))
    return dx, dgamma.reshape(gamma.shape), dbeta.reshape(beta.shape)


def _groups(x, G):
    """Where each group of each picture lies in x."""
    N, C = x.shape[:2]
    return [np.s_[n, g * C // G : (g + 1) * C // G] for n in range(N) for g in range(G)]


def _normalized(numbers, eps):
    """Numbers of any shape less their mean, over their standard deviation; mean and variance."""
    values = numbers.ravel().tolist()
    mean = math.fsum(values) / len(values)
    var = math.fsum((value - mean) ** 2 for value in values) / len(values)
    return (numbers - mean) / math.sqrt(var + eps), mean, var


def _scaled(out, gamma, beta):
    return np.stack([gamma[c] * out[:, c] + beta[c] for c in range(len(gamma))], axis=1)


def _norm_gradients(dout, x, gamma, beta, eps, members):
    """Derivatives of a normalisation over each of these parts of x, dx by complex steps."""
    weighted = np.stack([gamma[c] * dout[:, c] for c in range(len(gamma))], axis=1)
    dx, normalized = np.empty(x.shape), np.empty(x.shape)
    for part in members:
        normalized[part] = _normalized(x[part], eps)[0]
        dx[part] = slopes(lambda v, part=part: _complex_norm(v, weighted[part], eps), x[part])
    channels = range(len(gamma))
    dgamma = np.array([math.fsum((dout[:, c] * normalized[:, c]).ravel()) for c in channels])
    return dx, dgamma, np.array([math.fsum(dout[:, c].ravel()) for c in channels])


def _complex_norm(values, weights, eps):
    """sum(weights * normalized values), for complex numbers."""
    centred = values - values.mean()
    return np.sum(weights * centred) / np.sqrt(np.mean(centred * centred) + eps)


def _scores(params, X):
    """Scores of a net with complex parameters; what is larger, the real parts say."""
    (N, _, H, W), (F, _, size, _) = X.shape, params["W1"].shape
    pad = (size - 1) // 2
    padded = np.zeros((N, X.shape[1], H + 2 * pad, W + 2 * pad))
    padded[:, :, pad : pad + H, pad : pad + W] = X
    OH, OW = H + 2 * pad - size + 1, W + 2 * pad - size + 1
    maps = np.zeros((N, F, OH, OW), dtype=np.complex128) + params["b1"].reshape(1, F, 1, 1)
    for i, j in np.ndindex(size, size):
        seen = padded[:, :, i : i + OH, j : j + OW]
        maps += np.einsum("nchw,fc->nfhw", seen, params["W1"][:, :, i, j])
    maps = np.where(maps.real > 0, maps, 0)
    corners = [maps[:, :, i : OH - 1 + i : 2, j : OW - 1 + j : 2] for i in (0, 1) for j in (0, 1)]
    pooled = corners[0]
    for corner in corners[1:]:
        pooled = np.where(corner.real > pooled.real, corner, pooled)
    hidden = pooled.reshape(N, -1) @ params["W2"] + params["b2"]
    return np.where(hidden.real > 0, hidden, 0) @ params["W3"] + params["b3"]


def _loss(params, X, y, reg):
    scores = _scores(params, X)
    tops = scores.real.max(axis=1)
    sums = np.exp(scores - tops[:, np.newaxis]).sum(axis=1)
    losses = np.log(sums) + tops - scores[np.arange(len(y)), y]
    return losses.mean() + reg / 2 * sum(np.sum(params[W] ** 2) for W in ("W1", "W2", "W3"))


ORACLES = [
    last_received_by_pixels,
    convnet_scores,
    convnet_loss,
    convnet_gradients,
    channels_normalized,
    channels_by_averages,
    channels_normalized_gradients,
    groups_normalized,
    groups_normalized_gradients,
]
