"""What the checks of transfer learning expect: by entry, by other equations, with slips beside."""

import math
import statistics

import numpy as np

from grading.oracles.network_visualization import probe_outputs


def averages_of_cells(params, X, layer, grid):
    """Means over cells of a probe's maps, cell by cell, and what is mistaken for them."""
    out = probe_outputs(params, X)[layer]
    train = {**params, "w1": 2 * params["w1"], "b1": 2 * params["b1"]}  # maps twice as large
    twice = probe_outputs(train, X)[layer]
    if out.ndim == 2:
        same = dict.fromkeys(("right", "cells first", "turned", "largest"), out)
        return {**same, "twice": twice}
    (N, F, H, W), means = out.shape, _means(out, grid)
    rows, columns = np.array_split(range(H), grid), np.array_split(range(W), grid)
    largest = [[o[:, r][:, :, c].max(axis=(1, 2)) for r in rows for c in columns] for o in out]
    return {
        "right": means.reshape(N, -1),
        "cells first": means.transpose(0, 2, 3, 1).reshape(N, -1),
        "turned": means.transpose(0, 1, 3, 2).reshape(N, -1),
        "largest": np.swapaxes(largest, 1, 2).reshape(N, F * grid * grid),
        "twice": _means(twice, grid).reshape(N, -1),
    }


def _means(out, grid):
    """Means over the cells of maps, (N, F, grid, grid)."""
    N, F, H, W = out.shape
    means = np.zeros((N, F, grid, grid))
    for n, f, i, j in np.ndindex(means.shape):
        rows = slice(i * H // grid, (i + 1) * H // grid)
        columns = slice(j * W // grid, (j + 1) * W // grid)
        means[n, f, i, j] = statistics.fmean(out[n, f, rows, columns].ravel().tolist())
    return means


def ridge_probe(features, y, num_classes, reg):
    """A probe by least squares: the penalty as further examples, b as a further column."""
    columns = features.T.tolist()
    mean = np.array([statistics.fmean(column) for column in columns])
    varies = np.array([max(column) > min(column) for column in columns])
    std = np.array([statistics.pstdev(column) for column in columns])
    std = np.where(varies, std, 1.0)
    Y = (np.asarray(y)[:, None] == np.arange(num_classes)).astype(float)
    Z = (features - mean) / std
    W, b = _least_squares(Z, Y, reg)
    return {
        "mean": mean,
        "std": std,
        "W": W,
        "b": b,
        "W unstandardised": _least_squares(features - mean, Y, reg)[0],
        "W with a sum": _least_squares(Z, Y, reg / len(Y))[0],
    }


def _least_squares(Z, Y, reg):
    """W and b with the least |Z W + b - Y|^2 / N + reg |W|^2."""
    N, D = Z.shape
    A = np.block([[Z, np.ones((N, 1))], [math.sqrt(N * reg) * np.eye(D), np.zeros((D, 1))]])
    B = np.concatenate([Y, np.zeros((D, Y.shape[1]))])
    solution = np.linalg.lstsq(A, B, rcond=None)[0]
    return solution[:-1], solution[-1]


def probe_scores_by_entry(probe, features):
    """Scores of a probe, number by number, and what is mistaken for them."""
    W, b = probe["W"], probe["b"]

    def scores(mean, std, b):
        rows = [[(v - m) / s for v, m, s in zip(row, mean, std)] for row in features.tolist()]
        return np.array([[_sum_of_products(row, w) + c for w, c in zip(W.T, b)] for row in rows])

    D = features.shape[1]
    own_mean, own_std = features.mean(axis=0), features.std(axis=0)
    return {
        "right": scores(probe["mean"], probe["std"], b),
        "by their own": scores(own_mean, np.where(own_std > 0, own_std, 1), b),
        "raw": scores(np.zeros(D), np.ones(D), b),
        "without b": scores(probe["mean"], probe["std"], np.zeros(len(b))),
    }


def _sum_of_products(a, b):
    return math.fsum(x * y for x, y in zip(a, b))


def transplanted(params, source, layers):
    """Each parameter from where it should come."""
    return {
        f"{owner}.{key}": (source if owner in layers else params)[f"{owner}.{key}"]
        for owner, _, key in (name.partition(".") for name in params)
    }


def rates_by_layer(names, layers, top, factor):
    """Learning rates, walked down from the last layer, and what is mistaken for them."""

    def walk(order, counts):
        rates, rate = {}, top
        for layer in order:
            own = [name for name in names if name.partition(".")[0] == layer]
            rates |= dict.fromkeys(own, rate)
            if counts(own):
                rate = rate * factor
        return rates

    return {
        "right": walk(layers[::-1], bool),
        "all count": walk(layers[::-1], lambda own: True),
        "upside down": walk(layers, bool),
    }


def nearest_keys(queries, keys, k):
    """The keys of the largest cosines, sum by sum, and what is mistaken for them."""
    queries, keys = queries.tolist(), keys.tolist()
    means, own = ([statistics.fmean(column) for column in zip(*rows)] for rows in (keys, queries))
    zero = [0.0] * len(means)
    moved = [[v - m for v, m in zip(key, means)] for key in keys]
    products = [[_product(q, m, key) for key in moved] for q, m in ((q, means) for q in queries)]
    cosines = _cosines(queries, means, moved)
    return {
        "right": _largest(cosines, k),
        "as they came": _largest(_cosines(queries, zero, keys), k),
        "own means": _largest(_cosines(queries, own, moved), k),
        "scalar products": _largest(products, k),
        "farthest": _largest([[-c for c in row] for row in cosines], k),
    }


def _product(query, mean, key):
    return _sum_of_products([v - m for v, m in zip(query, mean)], key)


def _cosines(queries, mean, keys):
    """Cosines of queries, less a mean, and keys; 0 where either is a row of zeros."""
    rows = []
    for query in queries:
        length = math.sqrt(_product(query, mean, [v - m for v, m in zip(query, mean)]))
        sizes = [length * math.hypot(*key) for key in keys]
        rows.append([_product(query, mean, key) / s if s else 0.0 for key, s in zip(keys, sizes)])
    return rows


def _largest(values, k):
    """The places of the k largest of each row, the largest first."""
    return np.array([sorted(range(len(row)), key=lambda j: -row[j])[:k] for row in values])


def most_alike(numbers, table):
    """The place of the sentence most like the others, and what is mistaken for it."""
    places = range(len(numbers))

    def best(value):
        return max(places, key=lambda i: (value(i), -i))

    def total(i, turned=False, itself=False, once=False):
        pairs = [(numbers[i], numbers[j]) for j in places if itself or j != i]
        pairs = [(a, b) for a, b in pairs if not once or a != b]
        pairs = [(b, a) for a, b in pairs] if turned else pairs
        return math.fsum(table[pair] for pair in pairs) / max(1, len(pairs))

    return {
        "right": best(total),
        "itself": best(lambda i: total(i, itself=True)),
        "turned": best(lambda i: total(i, turned=True)),
        "least": best(lambda i: -total(i)),
        "once": best(lambda i: total(i, once=True)),
    }


ORACLES = [
    averages_of_cells,
    ridge_probe,
    probe_scores_by_entry,
    transplanted,
    rates_by_layer,
    nearest_keys,
    most_alike,
]
