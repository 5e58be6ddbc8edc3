"""What the checks of layers, update rules and nets of any depth expect: number by number."""

import cmath
import itertools

import numpy as np

from grading.oracles._complex_step import complex_step_gradient, slopes

from .softmax import softmax_loss
from .svm import svm_loss


def affine(x, w, b):
    """Outputs (N, M) of a fully connected layer, one sum at a time."""
    rows, w, b = _rows(x), w.tolist(), b.tolist()
    outputs = [
        [b[m] + sum(row[d] * w[d][m] for d in range(len(w))) for m in range(len(b))] for row in rows
    ]
    return np.array(outputs)


def affine_gradients(dout, x, w, b):
    """Derivatives (dx, dw, db) of sum(dout * out), adding up every path from input to output."""
    rows, w, douts = _rows(x), w.tolist(), dout.tolist()
    dx, dw, db = (np.zeros(np.shape(a)) for a in (rows, w, b))
    for n, d, m in itertools.product(range(len(rows)), range(len(w)), range(len(b))):
        dx[n, d] += douts[n][m] * w[d][m]
        dw[d, m] += douts[n][m] * rows[n][d]
        db[m] += douts[n][m] if d == 0 else 0
    return dx.reshape(x.shape), dw, db


def relu(x):
    """Each number, or 0 where it is below."""
    return np.array([max(value, 0.0) for value in x.ravel().tolist()]).reshape(x.shape)


def relu_gradient(dout, x):
    """The derivative of sum(dout * relu(x)), with the slope 0 at 0."""
    pairs = zip(dout.ravel().tolist(), x.ravel().tolist())
    return np.array([d if value > 0 else 0.0 for d, value in pairs]).reshape(x.shape)


def softmax_of_scores(x, y):
    """Mean softmax loss of scores x (N, C): that of a linear classifier of them with W = 1."""
    return softmax_loss(np.eye(x.shape[1]), x, y, 0.0)


def softmax_of_scores_gradient(x, y):
    """Derivative of `softmax_of_scores` by x, without a formula for it."""
    labels = y.tolist()
    return complex_step_gradient(lambda scores: _softmax(scores, labels), x)


def svm_of_scores(x, y):
    """Mean hinge loss of scores x (N, C): that of a linear classifier of them with W = 1."""
    return svm_loss(np.eye(x.shape[1]), x, y, 0.0)


def svm_of_scores_gradient(x, y):
    """Derivative of `svm_of_scores` by x, without a formula for it."""
    labels = y.tolist()
    return complex_step_gradient(lambda scores: _svm(scores, labels), x)


def momentum_steps(w, gradients, learning_rate, momentum, velocity):
    """Where these gradients lead: w and velocity, entry by entry, after all of them."""
    ends = []
    for where in np.ndindex(w.shape):
        place, speed = float(w[where]), float(velocity[where])
        for dw in gradients:
            speed = momentum * speed - learning_rate * float(dw[where])
            place += speed
        ends.append((place, speed))
    return _columns(ends, w.shape)


def rmsprop_steps(w, gradients, learning_rate, decay_rate, epsilon, cache):
    """Where these gradients lead: w and cache, entry by entry, after all of them."""
    ends = []
    for where in np.ndindex(w.shape):
        place, mean = float(w[where]), float(cache[where])
        for dw in gradients:
            slope = float(dw[where])
            mean = decay_rate * mean + (1 - decay_rate) * slope * slope
            place -= learning_rate * slope / (mean**0.5 + epsilon)
        ends.append((place, mean))
    return _columns(ends, w.shape)


def adam_steps(w, gradients, learning_rate, beta1, beta2, epsilon, m, v, t):
    """Where these gradients lead: w, m and v, entry by entry, after all of them."""
    ends = []
    for where in np.ndindex(w.shape):
        place, mean, square = (float(a[where]) for a in (w, m, v))
        for step, dw in enumerate(gradients, t + 1):
            slope = float(dw[where])
            mean = beta1 * mean + (1 - beta1) * slope
            square = beta2 * square + (1 - beta2) * slope**2
            unbiased = square / (1 - beta2**step)
            place -= learning_rate * mean / (1 - beta1**step) / (unbiased**0.5 + epsilon)
        ends.append((place, mean, square))
    return _columns(ends, w.shape)


def fc_scores(params, X):
    """Scores (N, C) of a net of any depth, one unit of one example at a time."""
    net = _layers(params)
    return np.array([_scores(net, x) for x in _rows(X)]).real


def fc_loss(params, X, y, reg):
    """Mean softmax loss plus half of reg times the sum of all squared weights, as a float."""
    return _net_loss(params, X, y, reg).real


def fc_gradients(params, X, y, reg):
    """Derivatives of `fc_loss` by every parameter: Im loss(p + ih) / h, one entry at a time."""
    return {
        name: slopes(lambda moved, name=name: _net_loss(params | {name: moved}, X, y, reg), value)
        for name, value in params.items()
    }


def _rows(x):
    """Examples of any shape as lists of numbers, the last axis running fastest."""
    return [example.ravel().tolist() for example in x]


def _columns(ends, shape):
    return tuple(np.array(values).reshape(shape) for values in zip(*ends))


def _softmax(scores, labels):
    losses = []
    for row, label in zip(scores, labels):
        top = max(score.real for score in row)
        losses.append(cmath.log(sum(cmath.exp(score - top) for score in row)) + top - row[label])
    return sum(losses) / len(losses)


def _svm(scores, labels):
    margins = [
        [score - row[label] + 1 for c, score in enumerate(row) if c != label]
        for row, label in zip(scores, labels)
    ]
    return sum(margin for row in margins for margin in row if margin.real > 0) / len(labels)


def _layers(params):
    """The layers in order, as lists: (weights, biases)."""
    count = sum(name.startswith("W") for name in params)
    return [(params[f"W{i}"].tolist(), params[f"b{i}"].tolist()) for i in range(1, count + 1)]


def _scores(net, x):
    for weights, biases in net:
        last = [
            bias + sum(value * row[m] for value, row in zip(x, weights))
            for m, bias in enumerate(biases)
        ]
        x = [total if total.real > 0 else 0.0 for total in last]
    return last


def _net_loss(params, X, y, reg):
    net = _layers(params)
    data = _softmax([_scores(net, x) for x in _rows(X)], y.tolist())
    return data + reg / 2 * sum(w * w for weights, _ in net for row in weights for w in row)


ORACLES = [
    affine,
    affine_gradients,
    relu,
    relu_gradient,
    softmax_of_scores,
    softmax_of_scores_gradient,
    svm_of_scores,
    svm_of_scores_gradient,
    momentum_steps,
    rmsprop_steps,
    adam_steps,
    fc_scores,
    fc_loss,
    fc_gradients,
]
