"""The multiclass support vector machine: the right class should win by a margin of 1."""

import numpy as np


def svm_loss_naive(W, X, y, reg):
    """Multiclass SVM loss and its gradient, example by example.

    With scores s = X[i].dot(W), the loss of an example is

        L_i = sum over classes j other than y[i] of max(0, s[j] - s[y[i]] + 1)

    and the whole loss is mean(L_i) + reg * sum(W * W). Where a margin is exactly 0 the slope from
    the left is taken: the pair adds nothing to the gradient.

    Parameters
    ----------
    W : ndarray, shape (D, C), float
        Weights, one column for each class.
    X : ndarray, shape (N, D)
        A minibatch, one example in each row.
    y : ndarray, shape (N,), int
        Labels; y[i] from 0 to C - 1 is the class of X[i].
    reg : float
        Strength of the L2 regularisation.

    Returns
    -------
    loss : float
    dW : ndarray, shape (D, C), dtype of W
        Derivative of the loss by W.

    References
    ----------
    J. Weston, C. Watkins: Support Vector Machines for Multi-Class Pattern Recognition, ESANN 1999.
    """
    loss = 0.0
    dW = np.zeros_like(W)
    ### BEGIN SOLUTION: sum the margins above 0 and their gradients; then mean and penalty
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)  # (C,)
        for j in range(num_classes):
            margin = scores[j] - scores[y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dW[:, j] += X[i]
                dW[:, y[i]] -= X[i]
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    ### END SOLUTION
    return loss, dW


def svm_loss_vectorized(W, X, y, reg):
    """The same loss and gradient as `svm_loss_naive`, without loops.

    Parameters and returned values are those of `svm_loss_naive`.
    """
    loss = 0.0
    dW = np.zeros_like(W)
    ### BEGIN SOLUTION: all margins as one (N, C) array, then dW as one matrix product
    num_train = X.shape[0]
    rows = np.arange(num_train)
    scores = X.dot(W)  # (N, C)
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    loss = np.sum(margins) / num_train + reg * np.sum(W * W)

    dscores = (margins > 0).astype(W.dtype)  # (N, C)
    dscores[rows, y] = -np.sum(dscores, axis=1)
    dW = X.T.dot(dscores) / num_train + 2 * reg * W
    ### END SOLUTION
    return loss, dW
