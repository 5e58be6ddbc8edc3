"""All layers: fully connected ones, ReLU and the losses here, the others in modules of their own.

A layer is a pair of functions: `out, cache = f_forward(x, ...)`, and `f_backward(dout, cache)`,
which returns the derivatives of the loss by what went in, given that by what came out. All keep
the precision of their inputs, and change none of them.

The modules of the others are imported when one of their layers is asked for, so that a slip in one
file does not stop the layers of the rest.
"""

import importlib
import math

import numpy as np

# Module -> the layers in it that can be imported from here, too.
ELSEWHERE = {
    "normalization": [
        "batchnorm_forward",
        "batchnorm_backward",
        "batchnorm_backward_alt",
        "layernorm_forward",
        "layernorm_backward",
    ],
    "dropout": ["dropout_forward", "dropout_backward"],
    "convolution": [
        "conv_forward_naive",
        "conv_backward_naive",
        "max_pool_forward_naive",
        "max_pool_backward_naive",
    ],
    "spatial_normalization": [
        "spatial_batchnorm_forward",
        "spatial_batchnorm_backward",
        "spatial_groupnorm_forward",
        "spatial_groupnorm_backward",
    ],
}
_MODULE_OF = {name: module for module, names in ELSEWHERE.items() for name in names}

__all__ = [
    "affine_backward",
    "affine_forward",
    "relu_backward",
    "relu_forward",
    "softmax_loss",
    "svm_loss",
    *_MODULE_OF,
]


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f"cs231n.layers has no {name!r}; it has {', '.join(__all__)}.")
    return getattr(importlib.import_module(f"cs231n.{_MODULE_OF[name]}"), name)


def __dir__():
    return sorted({*globals(), *_MODULE_OF})


def affine_forward(x, w, b):
    """Compute a fully connected layer: out = x w + b, where every example is a row.

    Parameters
    ----------
    x : ndarray, shape (N, d_1, ..., d_k), float
        N examples of D = d_1 ... d_k numbers.
    w : ndarray, shape (D, M), float
    b : ndarray, shape (M,), float

    Returns
    -------
    out : ndarray, shape (N, M)
    cache : tuple
        (x, w, b), x in its own shape.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    References
    ----------
    CS231n notes: "Neural Networks Part 1".
    """
    D = math.prod(x.shape[1:])
    _require_affine(x, w, b, D)
    ### BEGIN SOLUTION: make each example a row of D numbers, then compute out, (N, M)
    out = x.reshape(x.shape[0], D) @ w + b  # (N, D) @ (D, M) + (M,)
    ### END SOLUTION
    return out, (x, w, b)


def affine_backward(dout, cache):
    """Compute the derivatives of a fully connected layer.

    With rows for examples: dx = dout w^T, dw = x^T dout, and db is the sum of the rows of dout.

    Parameters
    ----------
    dout : ndarray, shape (N, M), float
        Derivative of the loss by the layer's output.
    cache : tuple
        (x, w, b), from `affine_forward`.

    Returns
    -------
    dx : ndarray, shape of x: (N, d_1, ..., d_k)
    dw : ndarray, shape (D, M)
    db : ndarray, shape (M,)

    References
    ----------
    CS231n notes: "Backpropagation, Intuitions", gradients for vectorized operations.
    """
    x, w, _ = cache
    ### BEGIN SOLUTION: dx in the shape of x, dw and db
    dx = (dout @ w.T).reshape(x.shape)  # (N, D), then (N, d_1, ..., d_k)
    dw = x.reshape(dout.shape[0], w.shape[0]).T @ dout  # (D, N) @ (N, M)
    db = dout.sum(axis=0)  # (M,)
    ### END SOLUTION
    return dx, dw, db


def relu_forward(x):
    """Compute rectified linear units: out = max(0, x).

    Parameters
    ----------
    x : ndarray, any shape, float

    Returns
    -------
    out : ndarray, shape of x
    cache : ndarray
        x.

    References
    ----------
    CS231n notes: "Neural Networks Part 1", commonly used activation functions.
    """
    ### BEGIN SOLUTION: cut off what is below 0: out, shape of x
    out = np.maximum(x, 0)
    ### END SOLUTION
    return out, x


def relu_backward(dout, cache):
    """Compute the derivative of rectified linear units: dx = dout where x > 0, else 0.

    Parameters
    ----------
    dout : ndarray, any shape, float
        Derivative of the loss by the layer's output.
    cache : ndarray, shape of dout
        x, from `relu_forward`. At its kink, x = 0, the slope is taken to be 0.

    Returns
    -------
    ndarray, shape of x
    """
    x = cache
    ### BEGIN SOLUTION: return dout for units above 0, and 0 for the others
    return dout * (x > 0)
    ### END SOLUTION


def softmax_loss(x, y):
    """Compute the softmax loss of scores, and its derivative by them.

    loss = 1/N sum_i (log(sum_c exp(x_i[c])) - x_i[y_i])

    Parameters
    ----------
    x : ndarray, shape (N, C), float
        Scores.
    y : ndarray, shape (N,), int
        Labels from 0 to C - 1.

    Returns
    -------
    loss : float
        Finite for finite scores of any size.
    dx : ndarray, shape (N, C)

    Raises
    ------
    ValueError
        If there is not one label in range for each example.

    References
    ----------
    CS231n notes: "Linear Classification", softmax classifier, numeric stability.
    """
    N, rows = _require_labels("softmax_loss", x, y), np.arange(len(y))
    ### BEGIN SOLUTION: the mean loss, and dx: the probabilities, less 1 at the labels, over N
    shifted = x - x.max(axis=1, keepdims=True)  # (N, C), at most 0, so that exp cannot overflow
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, C)
    loss = -log_probs[rows, y].sum() / N
    dx = np.exp(log_probs)  # (N, C)
    dx[rows, y] -= 1
    dx /= N
    ### END SOLUTION
    return loss, dx


def svm_loss(x, y):
    """Compute the multiclass hinge loss of scores with the margin 1, and its derivative by them.

    loss = 1/N sum_i sum_{c != y_i} max(0, x_i[c] - x_i[y_i] + 1)

    Parameters
    ----------
    x : ndarray, shape (N, C), float
        Scores.
    y : ndarray, shape (N,), int
        Labels from 0 to C - 1.

    Returns
    -------
    loss : float
    dx : ndarray, shape (N, C)
        A margin of exactly 0 counts as met: it has the derivative 0.

    Raises
    ------
    ValueError
        If there is not one label in range for each example.

    References
    ----------
    CS231n notes: "Linear Classification", multiclass support vector machine loss.
    """
    N, rows = _require_labels("svm_loss", x, y), np.arange(len(y))
    ### BEGIN SOLUTION: the mean of the examples' sums of margins, and dx, (N, C)
    margins = np.maximum(x - x[rows, y][:, np.newaxis] + 1, 0)  # (N, C)
    margins[rows, y] = 0
    loss = margins.sum() / N
    dx = (margins > 0).astype(x.dtype)  # (N, C)
    dx[rows, y] = -dx.sum(axis=1)
    dx /= N
    ### END SOLUTION
    return loss, dx


def _require_affine(x, w, b, D):
    """Raise ValueError unless w has D rows, and b a number for each of its columns."""
    if w.ndim != 2 or w.shape[0] != D:
        sizes = "*".join(map(str, x.shape[1:]))
        count = f"{sizes} = {D}" if x.ndim > 2 else f"{D}"
        msg = f"affine_forward: w is {w.shape}, but each example has {count} numbers"
        raise ValueError(f"{msg}; w should be ({D}, M).")
    if b.shape != w.shape[1:]:
        msg = f"affine_forward: b is {b.shape}, but w has {w.shape[1]} columns"
        raise ValueError(f"{msg}; b should be {w.shape[1:]}.")


def _require_labels(name, x, y):
    """Return N, or raise ValueError unless y holds a class of x (N, C) for each example."""
    if x.ndim != 2 or np.shape(y) != x.shape[:1] or not len(y):
        msg = f"{name}: the scores x are {x.shape} and the labels y {np.shape(y)}"
        raise ValueError(f"{msg}; they should be (N, C) and (N,), with one example at least.")
    if not 0 <= np.min(y) <= np.max(y) < x.shape[1]:
        msg = f"{name}: labels run from {np.min(y)} to {np.max(y)}, but x has {x.shape[1]} classes"
        raise ValueError(f"{msg}; labels should run from 0 to {x.shape[1] - 1}.")
    return len(y)
