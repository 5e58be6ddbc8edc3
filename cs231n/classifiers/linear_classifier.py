"""Linear classifiers: one matrix of weights, learned by stochastic gradient descent."""

import numpy as np

from .linear_svm import svm_loss_vectorized
from .softmax import softmax_loss_vectorized


class LinearClassifier:
    """What linear classifiers have in common; subclasses say what their loss is.

    Attributes
    ----------
    W : ndarray, shape (D, C), or None before training
        One column of weights for each class.
    """

    def __init__(self):
        self.W = None

    def train(
        self,
        X,
        y,
        learning_rate=1e-3,
        reg=1e-5,
        num_iters=100,
        batch_size=200,
        verbose=False,
    ):
        """Learn W by stochastic gradient descent on minibatches.

        Each iteration draws `batch_size` examples at random, asks `self.loss` for the loss and its
        gradient on them, and takes one step against the gradient:

            W <- W - learning_rate * dW

        A W that is there already is trained further; otherwise it starts small and random.

        Parameters
        ----------
        X : ndarray, shape (N, D)
        y : ndarray, shape (N,), int
            Labels from 0 to C - 1.
        learning_rate : float
        reg : float
            Passed on to the loss.
        num_iters : int
        batch_size : int
            Examples are drawn with replacement (`np.random.choice`), so it may exceed N.
        verbose : bool
            Print the loss every 100 iterations.

        Returns
        -------
        list of float
            The loss on the minibatch of each iteration, before its step.
        """
        num_train, dim = X.shape
        if self.W is None:
            num_classes = int(np.max(y)) + 1
            self.W = 0.001 * np.random.randn(dim, num_classes)

        loss_history = []
        for it in range(num_iters):
            ### BEGIN SOLUTION: draw a minibatch, ask self.loss, append to loss_history, step
            chosen = np.random.choice(num_train, batch_size)
            loss, dW = self.loss(X[chosen], y[chosen], reg)
            loss_history.append(float(loss))
            self.W = self.W - learning_rate * dW
            ### END SOLUTION
            if verbose and it % 100 == 0:
                print(f"iteration {it} / {num_iters}: loss {loss_history[-1]:f}")
        return loss_history

    def predict(self, X):
        """The class with the largest score, for each example.

        Parameters
        ----------
        X : ndarray, shape (N, D)

        Returns
        -------
        ndarray, shape (N,), int
        """
        y_pred = np.zeros(X.shape[0], dtype=np.int64)
        ### BEGIN SOLUTION: compute the scores of all examples, and set y_pred to the best classes
        scores = X.dot(self.W)  # (N, C)
        y_pred[:] = np.argmax(scores, axis=1)
        ### END SOLUTION
        return y_pred

    def loss(self, X_batch, y_batch, reg):
        """Loss on a minibatch and its derivative by W; subclasses have it.

        Parameters
        ----------
        X_batch : ndarray, shape (N, D)
        y_batch : ndarray, shape (N,), int
        reg : float

        Returns
        -------
        loss : float
        dW : ndarray, shape (D, C)

        Raises
        ------
        TypeError
            Here, where there is no loss yet.
        """
        raise TypeError(
            f"{type(self).__name__} has no loss of its own: use LinearSVM or Softmax, or write "
            "a subclass with a method loss(X_batch, y_batch, reg)."
        )

    def save(self, path):
        """Write the weights to a `.npz` file.

        Raises
        ------
        ValueError
            If there are no weights yet.
        """
        if self.W is None:
            raise ValueError("save: there are no weights yet; call train first.")
        np.savez(path, W=self.W)

    def load(self, path):
        """Read weights that `save` wrote.

        Raises
        ------
        ValueError
            If the file holds no array W of two dimensions.
        """
        with np.load(path, allow_pickle=False) as archive:
            shapes = {name: archive[name].shape for name in archive.files}
            if len(shapes.get("W", ())) != 2:
                raise ValueError(
                    f"load: {path} holds {shapes or 'nothing'}; it should hold W of shape (D, C), "
                    "as LinearClassifier.save writes it."
                )
            self.W = archive["W"]


class LinearSVM(LinearClassifier):
    """A linear classifier with the multiclass SVM loss."""

    def loss(self, X_batch, y_batch, reg):
        return svm_loss_vectorized(self.W, X_batch, y_batch, reg)


class Softmax(LinearClassifier):
    """A linear classifier with the cross-entropy loss of a softmax."""

    def loss(self, X_batch, y_batch, reg):
        return softmax_loss_vectorized(self.W, X_batch, y_batch, reg)
