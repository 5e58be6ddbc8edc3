"""A network of two layers: affine, ReLU, affine, softmax."""

import numpy as np


class TwoLayerNet:
    """A fully connected network with one hidden layer of ReLU units.

    scores = max(0, X W1 + b1) W2 + b2, with the softmax loss and an L2 penalty on W1 and W2.

    Parameters
    ----------
    input_size : int
        D, numbers per example.
    hidden_size : int
        H, units of the hidden layer.
    output_size : int
        C, classes.
    std : float
        Standard deviation of the first weights; the biases begin at 0.

    Attributes
    ----------
    params : dict
        W1 (D, H), b1 (H,), W2 (H, C), b2 (C,). Their precision is that of all computations.
    """

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0, gradients=True):
        """Compute the scores; with labels, the loss and its gradients.

        loss = 1/N sum_i -log(exp(s_i[y_i]) / sum_c exp(s_i[c])) + reg (sum W1^2 + sum W2^2)

        Parameters
        ----------
        X : ndarray, shape (N, D), float
        y : ndarray, shape (N,), int, optional
            Labels from 0 to C - 1.
        reg : float
            Strength of the penalty. There is no factor 1/2 before it.
        gradients : bool
            Whether to go on to the gradients.

        Returns
        -------
        scores : ndarray, shape (N, C)
            If y is None.
        loss : float
            Alone, if `gradients` is False.
        grads : dict
            The loss's derivatives by each of the parameters: same keys, same shapes.

        References
        ----------
        CS231n notes: "Neural Networks Part 1", and for gradients "Putting it Together".
        """
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N, reg = X.shape[0], float(reg)  # NumPy's float64 would lift float32 to its precision

        ### BEGIN SOLUTION [net-scores]: the hidden layer with its ReLU, then scores, (N, C)
        hidden = np.maximum(X @ W1 + b1, 0)  # (N, H)
        scores = hidden @ W2 + b2  # (N, C)
        ### END SOLUTION
        if y is None:
            return scores

        ### BEGIN SOLUTION [net-loss]: the mean softmax loss plus the penalty, as a number: loss
        shifted = scores - scores.max(axis=1, keepdims=True)  # so that exp cannot overflow
        log_sums = np.log(np.exp(shifted).sum(axis=1))  # (N,)
        loss = np.mean(log_sums - shifted[np.arange(N), y])
        loss += reg * (np.sum(W1**2) + np.sum(W2**2))
        ### END SOLUTION
        if not gradients:
            return loss

        grads = {}
        ### BEGIN SOLUTION [net-gradients]: fill grads["W1"], grads["b1"], grads["W2"], grads["b2"]
        dscores = np.exp(shifted - log_sums[:, None])  # (N, C), the probabilities
        dscores[np.arange(N), y] -= 1
        dscores /= N
        dhidden = (dscores @ W2.T) * (hidden > 0)  # (N, H)
        grads["W2"] = hidden.T @ dscores + 2 * reg * W2
        grads["b2"] = dscores.sum(axis=0)
        grads["W1"] = X.T @ dhidden + 2 * reg * W1
        grads["b1"] = dhidden.sum(axis=0)
        ### END SOLUTION
        return loss, grads

    def train(
        self,
        X,
        y,
        X_val,
        y_val,
        learning_rate=1e-3,
        learning_rate_decay=0.95,
        reg=5e-6,
        num_iters=100,
        batch_size=200,
        verbose=False,
    ):
        """Train by stochastic gradient descent: param <- param - learning_rate * gradient.

        Parameters
        ----------
        X : ndarray, shape (N, D), float
        y : ndarray, shape (N,), int
        X_val : ndarray, shape (N_val, D), float
            For the history only.
        y_val : ndarray, shape (N_val,), int
        learning_rate : float
        learning_rate_decay : float
            The learning rate is multiplied by this at the end of each epoch.
        reg : float
        num_iters : int
            Steps to take.
        batch_size : int
            Examples per step, drawn with replacement by `np.random`; may be more than N.
        verbose : bool
            Print the loss every 100 steps.

        Returns
        -------
        dict
            `loss_history`, one number per step; `train_acc_history` (of the batch at hand) and
            `val_acc_history`, one number per epoch, at its first step.
        """
        num_train, learning_rate = X.shape[0], float(learning_rate)
        iterations_per_epoch = max(num_train // batch_size, 1)
        losses, train_accuracies, val_accuracies = [], [], []
        for it in range(num_iters):
            ### BEGIN SOLUTION: draw X_batch, (batch_size, D), and its labels y_batch
            chosen = np.random.choice(num_train, batch_size)
            X_batch, y_batch = X[chosen], y[chosen]
            ### END SOLUTION
            loss, grads = self.loss(X_batch, y_batch, reg=reg)
            losses.append(loss)
            ### BEGIN SOLUTION: move every entry of self.params against its gradient
            for name, grad in grads.items():
                self.params[name] = self.params[name] - learning_rate * grad
            ### END SOLUTION
            if verbose and it % 100 == 0:
                print(f"iteration {it} of {num_iters}: loss {loss:f}")
            if it % iterations_per_epoch == 0:
                train_accuracies.append(np.mean(self.predict(X_batch) == y_batch))
                val_accuracies.append(np.mean(self.predict(X_val) == y_val))
            if (it + 1) % iterations_per_epoch == 0:
                learning_rate *= learning_rate_decay
        return {
            "loss_history": losses,
            "train_acc_history": train_accuracies,
            "val_acc_history": val_accuracies,
        }

    def predict(self, X):
        """Label each example with the class of its largest score.

        Parameters
        ----------
        X : ndarray, shape (N, D), float

        Returns
        -------
        ndarray, shape (N,), int
        """
        ### BEGIN SOLUTION: return for each row of X the class with the largest score
        return np.argmax(self.loss(X), axis=1)
        ### END SOLUTION
