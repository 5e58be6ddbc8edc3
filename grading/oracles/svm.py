"""What the checks of the support vector machine expect: its definition, and that one's slope."""

from grading.oracles._complex_step import complex_step_gradient


def svm_loss(W, X, y, reg):
    """Mean of the sums of margins above 0, plus reg times the sum of squares.

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
    return _loss(W.tolist(), X.tolist(), y.tolist(), reg)


def svm_gradient(W, X, y, reg):
    """Derivative of `svm_loss` by W, without a formula for it."""
    X, y = X.tolist(), y.tolist()
    return complex_step_gradient(lambda W: _loss(W, X, y, reg), W)


def scores_of(x, W):
    """Scores of one example, of complex weights too."""
    return [sum(value * w for value, w in zip(x, column)) for column in zip(*W)]


def penalised(losses, W, reg):
    """Mean of the losses of the examples, plus the penalty."""
    return sum(losses) / len(losses) + reg * sum(w * w for row in W for w in row)


def _loss(W, X, y, reg):
    losses = []
    for x, label in zip(X, y):
        scores = scores_of(x, W)
        margins = [score - scores[label] + 1 for score in scores]
        del margins[label]
        losses.append(sum(margin for margin in margins if margin.real > 0))
    return penalised(losses, W, reg)


ORACLES = [svm_loss, svm_gradient]
