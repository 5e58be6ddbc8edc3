"""What the checks of the notebook `network_visualization` expect.

Derivatives are complex steps through a small network written as matrices; the rest are
definitions, pixel by pixel. Where a check can name a slip, its value comes along.
"""

import cmath
import math

import numpy as np

from grading.oracles._complex_step import STEP, slopes

LAYERS = ("maps1", "relu1", "maps2", "relu2", "scores")


def probe_outputs(params, X):
    """What comes out of every layer of a probe (cs231n/checks/beside/seeing.py), by name."""
    outputs, out = {}, X
    for name in LAYERS:
        if name.startswith("relu"):
            out = np.where(out.real > 0, out, 0)
        else:
            number = LAYERS.index(name) // 2 + 1
            w, b = params[f"w{number}"], params[f"b{number}"]
            matrix = w.reshape(b.size, -1)
            out = (out.reshape(len(out), -1) @ matrix.T).reshape(len(out), *b.shape) + b
        outputs[name] = out
    return outputs


def probe_gradients(params, X, y):
    """Derivatives by X of each picture's score of y, and of what is mistaken for it."""
    rows = np.arange(len(X))

    def log_probability(scores):
        shifted = scores - scores.real.max(axis=1, keepdims=True)
        return shifted[rows, y] - np.log(np.exp(shifted).sum(axis=1))

    def stepped(function):
        return _complex_steps(lambda Z: function(probe_outputs(params, Z)["scores"]), X)

    return {
        "scores": probe_outputs(params, X)["scores"],
        "right": stepped(lambda scores: scores[rows, y]),
        "loss": stepped(lambda scores: -log_probability(scores)),
        "mean loss": stepped(lambda scores: -log_probability(scores)) / len(X),
        "probability": stepped(lambda scores: np.exp(log_probability(scores))),
        "all scores": stepped(lambda scores: scores.sum(axis=1)),
        "all labels": stepped(lambda scores: scores[:, y].sum(axis=1)),
    }


def probe_rule_gradient(params, X, y):
    """What comes back from the scores of y where ReLUs pass on twice what they get."""
    w = [params[f"w{i}"].reshape(params[f"b{i}"].size, -1) for i in (1, 2, 3)]
    return np.array([(4 * w[2][label] @ w[1] @ w[0]).reshape(X.shape[1:]) for label in y])


def saliency(params, X, y):
    """Per pixel the largest magnitude over channels, and what is mistaken for it."""
    G = probe_gradients(params, X, y)["right"]
    N, C, H, W = G.shape
    names = ("right", "signed", "sum", "mean", "magnitude of the sum")
    maps = {name: np.zeros((N, H, W)) for name in names}
    for n, i, j in np.ndindex(N, H, W):
        values = [float(G[n, c, i, j]) for c in range(C)]
        sizes = [abs(value) for value in values]
        maps["right"][n, i, j] = max(sizes)
        maps["signed"][n, i, j] = max(values)
        maps["sum"][n, i, j] = sum(sizes)
        maps["mean"][n, i, j] = sum(sizes) / C
        maps["magnitude of the sum"][n, i, j] = abs(sum(values))
    return maps


def relu_rules(dout, x):
    """Backward rules of a ReLU, entry by entry: of the derivative, the deconvnet, the guided."""
    rules = {name: np.zeros_like(dout) for name in ("derivative", "deconv", "guided")}
    for where, back in np.ndenumerate(dout):
        on, up = x[where] > 0, back > 0
        rules["derivative"][where] = back if on else 0
        rules["deconv"][where] = back if up else 0
        rules["guided"][where] = back if on and up else 0
    return rules


def occlusion(params, X, y, size, stride, fill):
    """For each pixel the mean loss of the windows that cover it, and what is mistaken for it."""
    H, W = X.shape[2:]
    score = probe_outputs(params, X)["scores"][0, y]
    places = [
        (i, j)
        for i in range(H - size + 1)
        for j in range(W - size + 1)
        if (i % stride == 0 or i + size == H) and (j % stride == 0 or j + size == W)
    ]
    losses = {}
    for i, j in places:
        covered = X.copy()
        covered[0, :, i : i + size, j : j + size] = fill
        losses[i, j] = score - probe_outputs(params, covered)["scores"][0, y]
    right, total = np.zeros((H, W)), np.zeros((H, W))
    for a, b in np.ndindex(H, W):
        own = [v for (i, j), v in losses.items() if i <= a < i + size and j <= b < j + size]
        right[a, b], total[a, b] = sum(own) / len(own), sum(own)
    return {"right": right, "sum": total}


def update_step(params, img, y, l2_reg, learning_rate):
    """A picture after one step of class visualisation, and what is mistaken for it."""

    def objective(Z, penalty):
        scores = probe_outputs(params, Z)["scores"]
        return scores[:, y] - penalty * (Z**2).sum(axis=(1, 2, 3))

    def after(penalty, sign=1):
        g = sign * _complex_steps(lambda Z: objective(Z, penalty), img)
        return img + learning_rate * g / math.sqrt(float((g**2).sum()))

    plain = _complex_steps(lambda Z: objective(Z, l2_reg), img)
    return {
        "right": after(l2_reg),
        "no penalty": after(0.0),
        "half of the penalty": after(l2_reg / 2),
        "turned penalty": after(-l2_reg),
        "downhill": after(l2_reg, -1),
        "no norm": img + learning_rate * plain,
        "squared norm": img + learning_rate * plain / float((plain**2).sum()),
    }


def fooling(params, X, target, learning_rate, max_iterations):
    """The picture that fools, how many steps it took, and what is mistaken for it."""
    Z, steps = X.copy(), 0
    while steps < max_iterations and np.argmax(probe_outputs(params, Z)["scores"][0]) != target:
        Z = Z + learning_rate * _unit(params, Z, target)
        steps += 1
    late = Z + learning_rate * _unit(params, Z, target)
    scores = probe_outputs(params, Z)["scores"][0]
    fooled = bool(np.argmax(scores) == target)
    return {"right": Z, "steps": steps, "fooled": fooled, "one step late": late}


def _unit(params, Z, target):
    g = _complex_steps(lambda V: probe_outputs(params, V)["scores"][:, target], Z)
    return g / math.sqrt(float((g**2).sum()))


def inversion(params, X, target, layer, smoothness):
    """Loss of an inversion, its derivative by X, and what is mistaken for them."""

    def distance(Z):
        difference = probe_outputs(params, Z)[layer] - target
        return (difference**2).sum(axis=tuple(range(1, target.ndim))) / (target**2).sum()

    def rough(Z):
        down, right = Z[:, :, 1:] - Z[:, :, :-1], Z[:, :, :, 1:] - Z[:, :, :, :-1]
        return ((down**2).sum(axis=(1, 2, 3)) + (right**2).sum(axis=(1, 2, 3))) / X.size

    far, jagged = _complex_steps(distance, X), _complex_steps(rough, X)
    scale = float((target**2).sum())
    return {
        "loss": float(distance(X)[0] + smoothness * rough(X)[0]),
        "unscaled loss": float(distance(X)[0] * scale + smoothness * rough(X)[0]),
        "right": far + smoothness * jagged,
        "half": far / 2 + smoothness * jagged,
        "unscaled": far * scale + smoothness * jagged,
        "only distance": far,
        "only roughness": smoothness * jagged,
    }


def dream_step(params, X, layer, learning_rate):
    """A picture after one step of DeepDream, and what is mistaken for it."""

    def energy(Z):
        out = probe_outputs(params, Z)[layer]
        return (out**2).sum(axis=tuple(range(1, out.ndim))) / 2

    def total(Z):
        out = probe_outputs(params, Z)[layer]
        return out.sum(axis=tuple(range(1, out.ndim)))

    g, plain = _complex_steps(energy, X), _complex_steps(total, X)
    return {
        "right": X + learning_rate * g / np.abs(g).mean(),
        "downhill": X - learning_rate * g / np.abs(g).mean(),
        "norm": X + learning_rate * g / np.sqrt((g**2).sum()),
        "unscaled": X + learning_rate * g,
        "sum": X + learning_rate * plain / np.abs(plain).mean(),
    }


def _complex_steps(function, X):
    """Derivative of a function of pictures (N, ...) -> (N,), pixel by pixel."""
    gradient = np.zeros(X.shape)
    for where in np.ndindex(X.shape[1:]):
        moved = X.astype(np.complex128)
        moved[(slice(None), *where)] += 1j * STEP
        gradient[(slice(None), *where)] = function(moved).imag / STEP
    return gradient


def silent_units(params, X, layer):
    """Which units of a layer are above 0 for no picture and at no place."""
    out = probe_outputs(params, X)[layer]
    return np.array([all(v <= 0 for v in out[:, m].ravel().tolist()) for m in range(out.shape[1])])


def seen_rows(geometry):
    """(size, stride, start) of what a place sees, from the rows that places 0 and 1 see."""

    def rows(place):
        first = last = place
        for window, step, pad in reversed(geometry):
            first, last = first * step - pad, last * step - pad + window - 1
        return first, last

    (first, last), (second, _) = rows(0), rows(1)
    return (last - first + 1, second - first, first)


def best_patches(images, maps, field, k):
    """The patches and values of `top_patches`, pixel by pixel."""
    size, stride, start = field
    best = []
    for n, places in enumerate(maps.tolist()):
        value, i, j = max((v, -i, -j) for i, row in enumerate(places) for j, v in enumerate(row))
        best.append((value, n, -i, -j))
    best = sorted(best, reverse=True)[:k]
    patches = np.zeros((k, size, size, images.shape[3]), images.dtype)
    for rank, (_, n, i, j) in enumerate(best):
        for a, b in np.ndindex(size, size):
            row, column = start + i * stride + a, start + j * stride + b
            if 0 <= row < images.shape[1] and 0 <= column < images.shape[2]:
                patches[rank, a, b] = images[n, row, column]
    return {"patches": patches, "values": np.array([v for v, *_ in best], maps.dtype)}


def neighbour_probabilities(distances, perplexity):
    """p[i, j] of t-SNE, row by row; the precision is found on a logarithmic scale."""
    N = len(distances)
    P = np.zeros((N, N))
    for i, row in enumerate(distances.tolist()):
        others = [j for j in range(N) if j != i]
        nearest = min(row[j] for j in others)
        low, high = -80.0, 80.0
        for _ in range(200):
            middle = (low + high) / 2
            weights = [math.exp(-math.exp(middle) * (row[j] - nearest)) for j in others]
            p = [w / sum(weights) for w in weights]
            bits = -sum(v * math.log2(v) for v in p if v > 0)
            low, high = (middle, high) if 2**bits > perplexity else (low, middle)
        for j, v in zip(others, p, strict=True):
            P[i, j] = v
    return P


def map_divergence(P, Y):
    """Loss of a t-SNE map and its derivative by the map, and what is mistaken for them."""
    N, P = len(Y), P.tolist()

    def divergence(Z, with_self=False):
        near = {
            (i, j): 1 / (1 + sum((a - b) ** 2 for a, b in zip(Z[i], Z[j], strict=True)))
            for i in range(N)
            for j in range(N)
            if i != j or with_self
        }
        total = sum(near.values())
        return sum(
            P[i][j] * (cmath.log(P[i][j]) - cmath.log(v / total))
            for (i, j), v in near.items()
            if P[i][j] > 0
        )

    def slope(with_self=False):
        return slopes(lambda moved: divergence(moved.tolist(), with_self), Y)

    return {
        "loss": divergence(Y.tolist()).real,
        "loss with itself": divergence(Y.tolist(), True).real,
        "right": slope(),
        "half": slope() / 2,
        "with itself": slope(True),
    }


ORACLES = [
    probe_outputs,
    probe_gradients,
    probe_rule_gradient,
    saliency,
    relu_rules,
    occlusion,
    update_step,
    fooling,
    inversion,
    dream_step,
    silent_units,
    seen_rows,
    best_patches,
    neighbour_probabilities,
    map_divergence,
]
