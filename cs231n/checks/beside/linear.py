"""A linear classifier whose training can be followed step by step, whatever the real losses do."""

import numpy as np

from cs231n.checks.both.pull import pull_of
from cs231n.classifiers.linear_classifier import LinearClassifier


class QuadraticProbe(LinearClassifier):
    """Inherits `train` and `predict`; its loss is a bowl, and it remembers every batch.

    loss = 1/2 sum (W - target)^2, whose derivative is W - target for any batch, so that a step
    with learning rate a leaves the part 1 - a of the way to the target.

    Attributes
    ----------
    target : ndarray, shape (D, C), or a number
    is_pulled : bool
        Whether each batch moves the bowl, see pull.py.
    batches : list
        (X_batch, y_batch, reg) of every call.
    """

    def __init__(self):
        super().__init__()
        self.target, self.is_pulled, self.batches = 0.0, False, []

    def loss(self, X_batch, y_batch, reg):
        """Return the bowl's height and slope, and remember the batch."""
        self.batches.append((np.array(X_batch), np.array(y_batch), float(reg)))
        dW = self.W - self.target
        if self.is_pulled:
            dW = dW + pull_of(*self.batches[-1][:2])
        return 0.5 * float(np.sum(dW**2)), dW
