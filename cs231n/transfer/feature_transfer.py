"""Using again what a network has learnt: its features, a linear probe, its weights, its neighbours.

Features are rows, one for each picture, whatever they come from: a layer of a small net, the last
pooling of EfficientNet, or a file. A "seeing" model is any network with
`forward(X, end=layer) -> (out, cache)`, as in `cs231n.net_visualization`.
"""

import numpy as np

__all__ = [
    "consensus_sentence",
    "fit_probe",
    "layer_rates",
    "nearest_by_cosine",
    "nested_subsets",
    "pooled_features",
    "probe_accuracy",
    "probe_scores",
    "transplant",
]


def pooled_features(model, X, layer, grid=1, batch_size=100):
    """Compute features of pictures: what comes out of a layer, averaged over cells of its maps.

    Parameters
    ----------
    model : seeing model
    X : ndarray, shape (N, C, H, W)
        They are run in batches of batch_size, the last of which may be smaller, so that no more
        than a batch of maps is in memory.
    layer : str
        Its output is (N, F, H', W'), or (N, M), which is taken as it is.
    grid : int
        Every map is cut into grid x grid cells of one size; 1 is global average pooling. It
        divides H' and W'.
    batch_size : int

    Returns
    -------
    ndarray, shape (N, F * grid * grid) or (N, M), dtype of the model's output
        In order of the maps, and for each of them of the cells, row by row.

    References
    ----------
    M. Lin, Q. Chen, S. Yan: Network in network, 2014, section 3.2.
    """
    rows = []
    ### BEGIN SOLUTION: run the pictures batch by batch, up to the layer, and average over each cell
    for first in range(0, len(X), batch_size):
        out, _ = model.forward(X[first : first + batch_size], end=layer)
        if out.ndim == 4:
            N, F, H, W = out.shape
            out = out.reshape(N, F, grid, H // grid, grid, W // grid)
            out = out.mean(axis=(3, 5)).reshape(N, -1)  # (N, F*grid*grid)
        rows.append(out)
    ### END SOLUTION
    return np.concatenate(rows)


def fit_probe(features, y, num_classes, reg=0.1):
    """Fit a linear classifier to features, in closed form: ridge regression on the classes.

    Each column is first shifted and scaled to mean 0 and standard deviation 1, giving Z; one that
    never varies is shifted only. With rows Y[n] that are 1 at class y[n] and else 0, W and b are
    those with the smallest

        |Z W + b - Y|^2 / N + reg |W|^2.

    As the columns of Z have mean 0, b is the mean of the rows of Y, and W solves
    (Z^T Z / N + reg I) W = Z^T Y / N.

    Parameters
    ----------
    features : ndarray, shape (N, D)
        Of the pictures to learn from, and of no others.
    y : ndarray, shape (N,), int
        Classes from 0 to num_classes - 1; some may be missing.
    num_classes : int
    reg : float
        Above 0.

    Returns
    -------
    dict
        What `probe_scores` needs: "mean" (D,) and "std" (D,) of the columns (where a column never
        varies, 1), "W" (D, num_classes), "b" (num_classes,).

    References
    ----------
    A. Hoerl, R. Kennard: Ridge regression, 1970; G. Alain, Y. Bengio: Understanding intermediate
    layers using linear classifier probes, 2016.
    """
    features = np.asarray(features, dtype=np.float64)
    ### BEGIN SOLUTION: standardise the columns, then solve the linear equations for W
    N, D = features.shape
    mean, std = features.mean(axis=0), features.std(axis=0)
    std = np.where(features.max(axis=0) > features.min(axis=0), std, 1)
    Z = (features - mean) / std
    Y = np.eye(num_classes)[y]  # (N, C)
    W = np.linalg.solve(Z.T @ Z / N + reg * np.eye(D), Z.T @ Y / N)
    return {"mean": mean, "std": std, "W": W, "b": Y.mean(axis=0)}
    ### END SOLUTION


def probe_scores(probe, features):
    """Compute the scores that a probe gives to features.

    Parameters
    ----------
    probe : dict
        Of `fit_probe`.
    features : ndarray, shape (N, D)
        Of any pictures, such as those of validation; N may be 1.

    Returns
    -------
    ndarray, shape (N, C)
    """
    ### BEGIN SOLUTION: by whose mean and spread are new features shifted and scaled?
    return (features - probe["mean"]) / probe["std"] @ probe["W"] + probe["b"]
    ### END SOLUTION


def probe_accuracy(probe, features, y):
    """Return the share of features (N, D) whose largest score is that of their class y (N,)."""
    return float(np.mean(np.argmax(probe_scores(probe, features), axis=1) == y))


def nested_subsets(y, sizes, rng):
    """Choose smaller and smaller training sets, each part of the next larger one.

    In each of them, the numbers of examples of two classes differ by one at most. Within a class,
    which examples are chosen is a matter of chance, and so is the order of the classes.

    Parameters
    ----------
    y : ndarray, shape (N,), int
        The classes of all examples. Each has at least max(sizes) / C of them, rounded up, where C
        is the number of different classes in y.
    sizes : sequence of int
        In any order.
    rng : numpy.random.Generator

    Returns
    -------
    list of ndarray, int
        For each of the sizes, so many different indices into y.
    """
    ### BEGIN SOLUTION: put examples in one order, the classes in turns; subsets are its beginnings
    piles = [rng.permutation(np.flatnonzero(y == c)) for c in rng.permutation(np.unique(y))]
    shortest = min(map(len, piles))
    order = np.stack([pile[:shortest] for pile in piles], axis=1).ravel()
    return [order[:size] for size in sizes]
    ### END SOLUTION


def transplant(params, source, layers):
    """Put the parameters of some layers of one net into another.

    Parameters
    ----------
    params : dict
        Arrays by name, such as "conv1.w": layer, dot, parameter. Of the net that receives.
    source : dict
        Of the net that gives; for these layers it has the same names and shapes.
    layers : sequence of str
        Names of layers, such as "conv1". Those without parameters, such as "relu1", are ignored.

    Returns
    -------
    dict
        With the names of `params`: copies of arrays of `source` for these layers, so that
        training one net in place leaves the other as it is; the arrays of `params` for the rest.
    """
    grown = dict(params)
    ### BEGIN SOLUTION: which names belong to these layers?
    for name in params:
        if name.split(".")[0] in layers:
            grown[name] = source[name].copy()
    ### END SOLUTION
    return grown


def layer_rates(params, layers, top, factor):
    """Choose a learning rate for each parameter: the deeper below the last layer, the smaller.

    The last layer that has parameters learns at the rate `top`, the one before it at
    factor * top, the one before that at factor^2 * top, and so on. Layers without parameters do
    not count. With factor 0, all but the last layer are frozen; with 1, all learn alike.

    Parameters
    ----------
    params : dict
        Arrays by name, such as "conv1.w": layer, dot, parameter.
    layers : list of str
        All layers in order, such as ["conv1", "relu1", "affine1"].
    top, factor : float

    Returns
    -------
    dict
        A rate for each name in `params`.

    References
    ----------
    J. Howard, S. Ruder: Universal language model fine-tuning for text classification, 2018,
    section 3.2.
    """
    rates = dict.fromkeys(params, 0.0)
    ### BEGIN SOLUTION: how many layers with parameters stand behind each one?
    owners = {name.split(".")[0] for name in params}
    learning = [layer for layer in layers if layer in owners]
    for name in params:
        behind = len(learning) - 1 - learning.index(name.split(".")[0])
        rates[name] = top * factor**behind
    ### END SOLUTION
    return rates


def nearest_by_cosine(queries, keys, k):
    """Find the rows of `keys` that point most nearly the same way as each query.

    The mean of the keys is subtracted from both first: features that are never below 0 all point
    into one corner, and it is the differences that count. The cosine of a row of zeros with
    anything is 0.

    Parameters
    ----------
    queries : ndarray, shape (M, D)
    keys : ndarray, shape (N, D)
    k : int
        From 1 to N.

    Returns
    -------
    ndarray, shape (M, k), int64
        Numbers of keys, the one with the largest cosine first; of equal ones the first comes first.

    References
    ----------
    J. Devlin et al.: Exploring nearest neighbor approaches for image captioning, 2015, section 3.
    """
    ### BEGIN SOLUTION: subtract the mean of the keys from both, make rows of length 1, compare
    mean = keys.mean(axis=0)
    units = []
    for rows in (queries - mean, keys - mean):
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        units.append(rows / np.where(lengths > 0, lengths, 1))
    cosines = units[0] @ units[1].T  # (M, N)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    ### END SOLUTION


def consensus_sentence(sentences, similarity):
    """Find the sentence that is most like all the others.

    Parameters
    ----------
    sentences : list
        At least one. What they are is a matter of `similarity` alone.
    similarity : callable
        similarity(sentence, other) -> float, which need not be symmetric.

    Returns
    -------
    int
        The place of the sentence with the largest mean similarity to the others, itself left out;
        of equally good ones the first. Two that read the same are still two: each counts as one of
        the others of its twin.

    References
    ----------
    J. Devlin et al.: Exploring nearest neighbor approaches for image captioning, 2015, section 3.
    """
    ### BEGIN SOLUTION: add up the similarities of each sentence to the others: which is largest?
    sums = [
        sum(similarity(one, other) for j, other in enumerate(sentences) if j != i)
        for i, one in enumerate(sentences)
    ]
    return int(np.argmax(sums))
    ### END SOLUTION
