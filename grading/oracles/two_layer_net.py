"""What the checks of the two-layer net expect: number by number; derivatives by complex steps."""

import cmath

import numpy as np

from grading.oracles._complex_step import slopes


def net_scores(params, X):
    """Scores (N, C) of a two-layer net, one unit of one example at a time."""
    return np.array([_scores(_lists(params), x) for x in X.tolist()]).real


def net_labels(params, X):
    """The class (N,) with the largest score, the first of equals."""
    rows = net_scores(params, X).tolist()
    return np.array([row.index(max(row)) for row in rows])


def net_loss(params, X, y, reg):
    """Mean softmax loss plus reg times the sum of all squared weights, as a float."""
    return _loss(_lists(params), X.tolist(), y.tolist(), reg).real


def net_gradients(params, X, y, reg):
    """Derivatives of the loss by every parameter: Im loss(p + ih) / h, one entry at a time."""
    rows, labels = X.tolist(), y.tolist()
    return {
        name: slopes(
            lambda moved, name=name: _loss(_lists(params | {name: moved}), rows, labels, reg), value
        )
        for name, value in params.items()
    }


def _lists(params):
    return {name: value.tolist() for name, value in params.items()}


def _scores(params, x):
    hidden = []
    for h, bias in enumerate(params["b1"]):
        total = bias + sum(value * row[h] for value, row in zip(x, params["W1"]))
        hidden.append(total if total.real > 0 else 0.0)
    return [
        bias + sum(value * row[c] for value, row in zip(hidden, params["W2"]))
        for c, bias in enumerate(params["b2"])
    ]


def _loss(params, X, y, reg):
    total = 0.0
    for x, label in zip(X, y):
        scores = _scores(params, x)
        total += cmath.log(sum(cmath.exp(s) for s in scores)) - scores[label]
    squares = sum(w * w for name in ("W1", "W2") for row in params[name] for w in row)
    return total / len(X) + reg * squares


ORACLES = [net_scores, net_labels, net_loss, net_gradients]
