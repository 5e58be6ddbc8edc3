"""Nearest neighbour classification: remember everything, compare with everything."""

import numpy as np


class KNearestNeighbor:
    """A classifier that lets the k training pictures nearest to a picture vote.

    Distances are Euclidean. The three ways of computing them give the same numbers; they differ in
    how much of the work is left to NumPy.

    References
    ----------
    T. Cover, P. Hart: Nearest Neighbor Pattern Classification, IEEE Trans. Inf. Theory 13, 1967.
    """

    def __init__(self):
        self.X_train = self.y_train = None

    def train(self, X, y):
        """Remember the training pictures; there is nothing else to learn.

        Parameters
        ----------
        X : ndarray, shape (num_train, D)
            Kept as float64: the difference of two bytes does not fit into a byte.
        y : ndarray, shape (num_train,), int
            Labels, from 0 on.

        Raises
        ------
        ValueError
            If X is not two-dimensional, or y does not hold one label for each of its rows.
        """
        X, y = np.asarray(X), np.asarray(y)
        if X.ndim != 2:
            raise ValueError(
                f"train: X has shape {X.shape}; each picture should be one row of D numbers: "
                "X.reshape(X.shape[0], -1)."
            )
        if y.shape != X.shape[:1]:
            raise ValueError(
                f"train: y has shape {y.shape} but X holds {X.shape[0]} pictures; "
                f"y should be ({X.shape[0]},), one label each."
            )
        self.X_train, self.y_train = X.astype(np.float64), y

    def predict(self, X, k=1, num_loops=0):
        """Label test pictures by the vote of their k nearest training pictures.

        Parameters
        ----------
        X : ndarray, shape (num_test, D)
        k : int
            Number of neighbours that vote.
        num_loops : {0, 1, 2}
            Which way of computing distances to use.

        Returns
        -------
        ndarray, shape (num_test,), of the dtype of the labels

        Raises
        ------
        ValueError
            If `num_loops` is none of these, or as in the functions it calls.
        """
        ways = {
            0: self.compute_distances_no_loops,
            1: self.compute_distances_one_loop,
            2: self.compute_distances_two_loops,
        }
        if num_loops not in ways:
            raise ValueError(f"predict: num_loops is {num_loops!r}; it should be 0, 1 or 2.")
        return self.predict_labels(ways[num_loops](X), k=k)

    def compute_distances_two_loops(self, X):
        """Euclidean distance of every test picture from every training picture, one by one.

        dists[i, j] = sqrt(sum_d (X[i, d] - X_train[j, d])^2)

        Parameters
        ----------
        X : ndarray, shape (num_test, D)

        Returns
        -------
        ndarray, shape (num_test, num_train), float64
        """
        X = self._test_rows(X)
        num_test, num_train = X.shape[0], self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        ### BEGIN SOLUTION: fill dists[i, j] with the distance of X[i] from self.X_train[j]
        for i in range(num_test):
            for j in range(num_train):
                difference = X[i] - self.X_train[j]  # (D,)
                dists[i, j] = np.sqrt(np.sum(difference**2))
        ### END SOLUTION
        return dists

    def compute_distances_one_loop(self, X):
        """The same distances, one test picture at a time against all training pictures at once.

        Parameters
        ----------
        X : ndarray, shape (num_test, D)

        Returns
        -------
        ndarray, shape (num_test, num_train), float64
        """
        X = self._test_rows(X)
        num_test, num_train = X.shape[0], self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        ### BEGIN SOLUTION: fill the whole row dists[i] at once, with a loop over i only
        for i in range(num_test):
            differences = self.X_train - X[i]  # (num_train, D)
            dists[i] = np.sqrt(np.sum(differences**2, axis=1))
        ### END SOLUTION
        return dists

    def compute_distances_no_loops(self, X):
        """The same distances without a loop, by one matrix product.

        |x - t|^2 = |x|^2 - 2 x.t + |t|^2

        An array of all the differences would have num_test * num_train * D entries, too many to
        hold; the three terms on the right need none. Rounding can leave the sum a little below 0
        where it should be 0, which has no square root: such an entry counts as 0.

        Parameters
        ----------
        X : ndarray, shape (num_test, D)

        Returns
        -------
        ndarray, shape (num_test, num_train), float64
            Never nan.
        """
        X = self._test_rows(X)
        num_test, num_train = X.shape[0], self.X_train.shape[0]
        dists = np.zeros((num_test, num_train))
        ### BEGIN SOLUTION: compute all of dists from the squared lengths and X.dot(X_train.T)
        test_squares = np.sum(X**2, axis=1, keepdims=True)  # (num_test, 1)
        train_squares = np.sum(self.X_train**2, axis=1)  # (num_train,)
        squares = test_squares - 2 * X.dot(self.X_train.T) + train_squares
        np.sqrt(np.maximum(squares, 0), out=dists)
        ### END SOLUTION
        return dists

    def predict_labels(self, dists, k=1):
        """Let the k nearest training pictures vote on each test picture.

        The label that most of the k neighbours have wins. Where several labels have the most
        votes, the smallest of them wins.

        Parameters
        ----------
        dists : ndarray, shape (num_test, num_train)
            dists[i, j] is the distance of test picture i from training picture j.
        k : int
            From 1 to num_train.

        Returns
        -------
        ndarray, shape (num_test,), of the dtype of the labels

        Raises
        ------
        ValueError
            If k is out of range, or dists does not have a column for each training picture.
        """
        num_test, num_train = dists.shape[0], self.y_train.shape[0]
        if dists.shape != (num_test, num_train):
            raise ValueError(
                f"predict_labels: dists has shape {dists.shape} but there are {num_train} "
                f"training pictures; dists should be (num_test, {num_train})."
            )
        if not 1 <= k <= num_train:
            raise ValueError(
                f"predict_labels: k is {k}; it should be from 1 to {num_train}, "
                "the number of training pictures."
            )
        y_pred = np.zeros(num_test, dtype=self.y_train.dtype)
        ### BEGIN SOLUTION: find the labels of the k nearest, count them, and set y_pred[i]
        for i in range(num_test):
            nearest = np.argsort(dists[i])[:k]
            votes = np.bincount(self.y_train[nearest])
            y_pred[i] = np.argmax(votes)  # the first of equal counts: the smallest label
        ### END SOLUTION
        return y_pred

    def _test_rows(self, X):
        """Test pictures as rows of float64, of the same length as the training pictures."""
        if self.X_train is None:
            raise ValueError("compute_distances: there are no training pictures; call train first.")
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != self.X_train.shape[1]:
            raise ValueError(
                f"compute_distances: X has shape {X.shape} but each training picture has "
                f"{self.X_train.shape[1]} numbers; X should be (num_test, {self.X_train.shape[1]})."
            )
        return X


def cross_validate(X, y, k_choices, num_folds=5):
    """Measure how well each k does on pictures that were held out in turn.

    The pictures are cut into `num_folds` contiguous pieces, as `np.array_split` cuts them (their
    sizes differ by one where the number does not divide). Each piece is labelled once by a
    `KNearestNeighbor` trained on all the other pieces, in their order. Distances do not depend on
    k and are what takes the time: they are computed once for each fold, and `predict_labels`
    then votes on the same ones for every k.

    Parameters
    ----------
    X : ndarray, shape (N, D)
    y : ndarray, shape (N,), int
    k_choices : sequence of int
    num_folds : int

    Returns
    -------
    dict of int to list of float
        For each k, the share of right labels in each fold, in the order of the folds.
    """
    accuracies = {k: [] for k in k_choices}
    ### BEGIN SOLUTION: append to accuracies[k], for every fold and every k, the share it got right
    X_folds, y_folds = np.array_split(X, num_folds), np.array_split(y, num_folds)
    for fold in range(num_folds):
        classifier = KNearestNeighbor()
        classifier.train(
            np.concatenate(X_folds[:fold] + X_folds[fold + 1 :]),
            np.concatenate(y_folds[:fold] + y_folds[fold + 1 :]),
        )
        dists = classifier.compute_distances_no_loops(X_folds[fold])
        for k in k_choices:
            y_pred = classifier.predict_labels(dists, k=k)
            accuracies[k].append(float(np.mean(y_pred == y_folds[fold])))
    ### END SOLUTION
    return accuracies
