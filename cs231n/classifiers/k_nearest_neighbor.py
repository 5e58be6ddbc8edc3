"""Nearest neighbour classification: remember everything, compare with everything."""

import numpy as np


class KNearestNeighbor:
    """A classifier that lets the k training pictures nearest to a picture vote."""

    def train(self, X, y):
        """Remember the training pictures; there is nothing else to learn.

        Parameters
        ----------
        X : ndarray, shape (num_train, D), float
        y : ndarray, shape (num_train,), int
        """
        self.X_train = X
        self.y_train = y

    def compute_distances_two_loops(self, X):
        """Euclidean distance of every test picture from every training picture.

        dists[i, j] = sqrt(sum_d (X[i, d] - X_train[j, d])^2)

        Parameters
        ----------
        X : ndarray, shape (num_test, D), float

        Returns
        -------
        ndarray, shape (num_test, num_train), float64
        """
        num_test, num_train = X.shape[0], self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        ### BEGIN SOLUTION: fill dists[i, j] with the distance of X[i] from self.X_train[j]
        for i in range(num_test):
            for j in range(num_train):
                difference = X[i] - self.X_train[j]  # (D,)
                dists[i, j] = np.sqrt(np.sum(difference**2))
        ### END SOLUTION
        return dists
