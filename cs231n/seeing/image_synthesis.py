"""Pictures made to order: from the activations they should have, and from what a layer likes.

The models are those of `cs231n.net_visualization`.
"""

import numpy as np

from cs231n.image_utils import resize_images
from cs231n.net_visualization import jitter
from cs231n.optim import adam


def roughness(X):
    """Mean squared difference of neighbouring pixels, below and beside, and its derivative by X."""
    down, right = np.diff(X, axis=2), np.diff(X, axis=3)
    dX = np.zeros_like(X)
    dX[:, :, 1:] += down
    dX[:, :, :-1] -= down
    dX[:, :, :, 1:] += right
    dX[:, :, :, :-1] -= right
    value = float(np.sum(down * down) + np.sum(right * right)) / X.size
    return value, 2 * dX / X.size


def inversion_loss(X, target, model, layer, smoothness):
    """Compute how far a picture's activations are from wanted ones, and the derivative by X.

        sum((f(X) - target) ** 2) / sum(target ** 2) + smoothness * roughness of X

    where f(X) is what comes out of the layer.

    Parameters
    ----------
    X : ndarray, shape (1, C, H, W)
    target : ndarray, of the shape of f(X)
    model : seeing model
    layer : str
    smoothness : float

    Returns
    -------
    loss : float
    dX : ndarray, shape (1, C, H, W), dtype of X

    References
    ----------
    A. Mahendran, A. Vedaldi: Understanding deep image representations by inverting them, 2015,
    equation 4.
    """
    rough, drough = roughness(X)
    loss, dX = smoothness * rough, smoothness * drough
    ### BEGIN SOLUTION: add the distance of the activations, and its derivative
    out, cache = model.forward(X, end=layer)
    scale = np.sum(target * target)
    loss += float(np.sum((out - target) ** 2) / scale)
    dX = dX + model.backward(2 * (out - target) / scale, cache)[0]
    ### END SOLUTION
    return loss, dX


def invert_features(
    target, model, layer, shape, smoothness=0.1, learning_rate=0.05, num_iterations=100, rng=None
):
    """Look for a picture with these activations, by Adam from noise.

    Parameters
    ----------
    target : ndarray
        Activations of one picture, as `model.forward(X, end=layer)` returns them.
    model : seeing model
    layer : str
    shape : tuple
        (C, H, W) of the picture.
    smoothness, learning_rate : float
    num_iterations : int
    rng : numpy.random.Generator, optional

    Returns
    -------
    X : ndarray, shape (1, C, H, W), dtype of target
    losses : list of float
    """
    rng = np.random.default_rng(0) if rng is None else rng
    X = rng.normal(scale=0.1, size=(1, *shape)).astype(target.dtype)
    config, losses = {"learning_rate": learning_rate}, []
    for step in range(num_iterations):
        config["learning_rate"] = learning_rate * (1 - step / num_iterations)
        loss, dX = inversion_loss(X, target, model, layer, smoothness)
        X, config = adam(X, dX, config)
        losses.append(loss)
    return X, losses


def deepdream_step(X, model, layer, learning_rate):
    """Take one step that makes a layer more of what it is.

    The step goes along the derivative g of half the sum of squares of the layer's output, scaled
    so that its entries have the mean magnitude learning_rate: g is divided by the mean of |g|.

    Parameters
    ----------
    X : ndarray, shape (N, C, H, W)
        It is left as it is.
    model : seeing model
    layer : str
    learning_rate : float

    Returns
    -------
    ndarray, shape (N, C, H, W), dtype of X
        The changed picture.

    References
    ----------
    A. Mordvintsev, C. Olah, M. Tyka: Inceptionism: going deeper into neural networks, 2015.
    """
    X = X.copy()
    ### BEGIN SOLUTION: what is the derivative of half the sum of squares by the layer's output?
    out, cache = model.forward(X, end=layer)
    dX, _ = model.backward(out, cache)
    X += learning_rate * dX / np.mean(np.abs(dX))
    ### END SOLUTION
    return X


def deepdream(
    X,
    model,
    layer,
    octaves=3,
    scale=1.4,
    num_iterations=8,
    learning_rate=0.02,
    limits=(-1, 1),
    rng=None,
):
    """Let a layer dream: steps of gradient ascent from a small picture to its full size.

    Each octave works on a picture `scale` times as large as the one before. What the small ones
    dreamt is blown up and laid over the finer picture.

    Parameters
    ----------
    X : ndarray, shape (1, C, H, W)
        The picture to start from.
    model : seeing model
        Which takes pictures of any size up to `layer`.
    layer : str
    octaves : int
    scale : float
    num_iterations : int
        Steps in each octave.
    learning_rate : float
        As in `deepdream_step`.
    limits : pair of float
        The picture's values are kept between these.
    rng : numpy.random.Generator, optional

    Returns
    -------
    ndarray, shape (1, C, H, W), dtype of X
    """
    rng = np.random.default_rng(0) if rng is None else rng
    dreamt = np.zeros_like(X[:, :, :1, :1])
    for octave in reversed(range(octaves)):
        H, W = (round(side / scale**octave) for side in X.shape[2:])
        base = resize_images(X, H, W)
        picture = base + resize_images(dreamt, H, W)
        for _ in range(num_iterations):
            ox, oy = (int(shift) for shift in rng.integers(-16, 17, size=2))
            picture = deepdream_step(jitter(picture, ox, oy), model, layer, learning_rate)
            picture = np.clip(jitter(picture, -ox, -oy), *limits)
        dreamt = picture - base
    return X + dreamt
