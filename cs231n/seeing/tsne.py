"""t-SNE: a map on which neighbours in many dimensions are neighbours in two.

The exact algorithm, whose cost grows with the square of the number of points: some hundred points
take seconds.
"""

import numpy as np


def squared_distances(X):
    """Squared Euclidean distances between the rows of X (N, D) -> (N, N), 0 on the diagonal."""
    squares = np.sum(X * X, axis=1)
    distances = np.maximum(squares[:, None] + squares - 2 * X @ X.T, 0)
    np.fill_diagonal(distances, 0)
    return distances


def conditional_probabilities(distances, perplexity):
    """Compute how likely each point picks each other one as its neighbour.

        p[i, j] = exp(-b_i d[i, j]) / sum over k != i of exp(-b_i d[i, k])        p[i, i] = 0

    where b_i is such that the perplexity of row i, exp(-sum_j p[i, j] log p[i, j]), is the wanted
    one: each point has about so many neighbours, in dense regions and in sparse ones. The larger
    b_i, the smaller the perplexity, so that b_i can be found by bisection.

    Parameters
    ----------
    distances : ndarray, shape (N, N), float64
        Squared distances, 0 on the diagonal.
    perplexity : float
        Above 1 and below N - 1.

    Returns
    -------
    ndarray, shape (N, N), float64
        Each row sums to 1, and its perplexity is right to 1e-6.

    References
    ----------
    L. van der Maaten, G. Hinton: Visualizing data using t-SNE, 2008, equation 1.
    """
    N = len(distances)
    P = np.zeros((N, N))
    for i in range(N):
        d = np.delete(distances[i], i)  # (N - 1,), without the point itself
        d = (d - d.min()) / (np.mean(d - d.min()) or 1)  # neither changes which p can be reached
        low, high = 0.0, 1e15
        ### BEGIN SOLUTION: halve [low, high] until b_i is known, and fill row i of P
        for _ in range(100):
            b = (low + high) / 2
            p = np.exp(-b * d)
            p /= p.sum()
            entropy = -np.sum(p[p > 0] * np.log(p[p > 0]))
            if entropy > np.log(perplexity):
                low = b
            else:
                high = b
        P[i, np.arange(N) != i] = p
        ### END SOLUTION
    return P


def tsne_gradient(P, Y):
    """Compute how badly a map shows the affinities P, and the derivative by the map.

        q[i, j] = (1 + |y_i - y_j|^2)^-1 / Z,   q[i, i] = 0,   with Z such that all q sum to 1
        loss = sum over i != j of p[i, j] log(p[i, j] / q[i, j])
        dY[i] = 4 sum_j (p[i, j] - q[i, j]) (1 + |y_i - y_j|^2)^-1 (y_i - y_j)

    Parameters
    ----------
    P : ndarray, shape (N, N), float64
        Symmetric, 0 on the diagonal, sum 1; where it is 0, p log p counts as 0.
    Y : ndarray, shape (N, 2), float64

    Returns
    -------
    loss : float
    dY : ndarray, shape (N, 2), float64

    References
    ----------
    L. van der Maaten, G. Hinton: Visualizing data using t-SNE, 2008, equations 4 and 5.
    """
    loss, dY = 0.0, np.zeros_like(Y)
    closeness = 1 / (1 + squared_distances(Y))  # (N, N)
    ### BEGIN SOLUTION: q without its diagonal, the loss, and the derivative
    np.fill_diagonal(closeness, 0)
    Q = closeness / closeness.sum()
    some = P > 0
    loss = float(np.sum(P[some] * np.log(P[some] / Q[some])))
    pull = (P - Q) * closeness  # (N, N)
    dY = 4 * (pull.sum(axis=1, keepdims=True) * Y - pull @ Y)
    ### END SOLUTION
    return loss, dY


def tsne(X, perplexity=30.0, num_iterations=500, learning_rate=None, rng=None):
    """Lay out the rows of X on a map.

    Gradient descent with momentum and a rate of its own for each coordinate. In the first quarter
    P is exaggerated, so that clusters gather before they part.

    Parameters
    ----------
    X : ndarray, shape (N, D)
    perplexity : float
        About how many neighbours count.
    num_iterations : int
    learning_rate : float, optional
        By default max(N / 12, 50).
    rng : numpy.random.Generator, optional
        It draws the first map; by default that is the first two principal components.

    Returns
    -------
    Y : ndarray, shape (N, 2), float64
    losses : list of float
    """
    X = np.asarray(X, dtype=np.float64)
    P = conditional_probabilities(squared_distances(X), perplexity)
    P = (P + P.T) / (2 * len(P))
    Y = 1e-4 * (principal_components(X) if rng is None else rng.normal(size=(len(X), 2)))
    rate = max(len(X) / 12, 50.0) if learning_rate is None else learning_rate
    velocity, gains, losses = np.zeros_like(Y), np.ones_like(Y), []
    for step in range(num_iterations):
        early = step < num_iterations // 4
        loss, dY = tsne_gradient(12 * P if early else P, Y)
        turned = np.sign(dY) == np.sign(velocity)  # velocity points downhill, dY uphill
        gains = np.maximum(np.where(turned, 0.8 * gains, gains + 0.2), 0.01)
        velocity = (0.5 if early else 0.8) * velocity - rate * gains * dY
        Y = Y + velocity - np.mean(Y, axis=0)
        losses.append(loss)
    return Y, losses


def principal_components(X):
    """The first two principal components of the rows of X (N, D), of unit deviation -> (N, 2)."""
    centred = X - X.mean(axis=0)
    U = np.linalg.svd(centred, full_matrices=False)[0]
    return U[:, :2] * np.sqrt(len(X))
