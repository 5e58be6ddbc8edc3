"""What the checks of the softmax classifier expect: its definition, and that one's slope."""

import cmath

from grading.oracles._complex_step import complex_step_gradient

from .svm import penalised, scores_of


def softmax_loss(W, X, y, reg):
    """Mean of log(sum_k exp(s_k)) - s_y, plus reg times the sum of squares.

    Parameters
    ----------
    W : ndarray, shape (D, C)
    X : ndarray, shape (N, D)
    y : ndarray, shape (N,), int
    reg : float

    Returns
    -------
    float
    """
    return _loss(W.tolist(), X.tolist(), y.tolist(), reg).real


def softmax_gradient(W, X, y, reg):
    """Derivative of `softmax_loss` by W, without a formula for it."""
    X, y = X.tolist(), y.tolist()
    return complex_step_gradient(lambda W: _loss(W, X, y, reg), W)


def _loss(W, X, y, reg):
    losses = []
    for x, label in zip(X, y):
        scores = scores_of(x, W)
        top = max(score.real for score in scores)
        total = sum(cmath.exp(score - top) for score in scores)
        losses.append(cmath.log(total) + top - scores[label])
    return penalised(losses, W, reg)


ORACLES = [softmax_loss, softmax_gradient]
