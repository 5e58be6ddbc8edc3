"""The softmax classifier: scores become probabilities, and the right class should have them all."""

import numpy as np


def softmax_loss_naive(W, X, y, reg):
    """Cross-entropy loss of a softmax and its gradient, example by example.

    With scores s = X[i].dot(W), the probability of class j and the loss of an example are

        p[j] = exp(s[j]) / sum_k exp(s[k])        L_i = -log p[y[i]]

    and the whole loss is mean(L_i) + reg * sum(W * W).

    Scores of 1e4, or that far apart, are no problem: exp(1e4) overflows, but adding a number to
    all scores changes no probability; and where p[y[i]] is too small for a float, L_i is not
    infinite, for log p[j] = s[j] - log(sum_k exp(s[k])).

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
    C. Bishop: Pattern Recognition and Machine Learning, 2006, section 4.3.4.
    """
    loss = 0.0
    dW = np.zeros_like(W)
    ### BEGIN SOLUTION: sum the losses and gradients, free of overflow; then mean and penalty
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W)  # (C,)
        scores -= np.max(scores)
        log_probs = scores - np.log(np.sum(np.exp(scores)))
        loss -= log_probs[y[i]]
        for j in range(num_classes):
            dW[:, j] += (np.exp(log_probs[j]) - (j == y[i])) * X[i]
    loss = loss / num_train + reg * np.sum(W * W)
    dW = dW / num_train + 2 * reg * W
    ### END SOLUTION
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    """The same loss and gradient as `softmax_loss_naive`, without loops.

    Parameters and returned values are those of `softmax_loss_naive`.
    """
    loss = 0.0
    dW = np.zeros_like(W)
    ### BEGIN SOLUTION: log probabilities as one (N, C) array, then dW as one matrix product
    num_train = X.shape[0]
    rows = np.arange(num_train)
    scores = X.dot(W)  # (N, C)
    scores -= np.max(scores, axis=1, keepdims=True)
    log_probs = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    loss = -np.sum(log_probs[rows, y]) / num_train + reg * np.sum(W * W)

    dscores = np.exp(log_probs)  # (N, C)
    dscores[rows, y] -= 1
    dW = X.T.dot(dscores) / num_train + 2 * reg * W
    ### END SOLUTION
    return loss, dW
