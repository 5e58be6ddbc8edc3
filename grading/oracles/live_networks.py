"""What the checks of live networks expect: bit by bit, entry by entry, in exact fractions."""

import math
import struct
from fractions import Fraction

import numpy as np

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
CODES = {"float32": "f", "float16": "e"}


def packed_text(values, kind, order="<"):
    """Base64 of numbers, six bits after six; `order` ">" is that of other machines."""
    numbers = np.asarray(values, dtype=np.float64).ravel().tolist()
    data = b"".join(struct.pack(order + CODES[kind], number) for number in numbers)
    bits = "".join(f"{byte:08b}" for byte in data)
    sixes = [bits[i : i + 6].ljust(6, "0") for i in range(0, len(bits), 6)]
    text = "".join(LETTERS[int(six, 2)] for six in sixes)
    return text + "=" * (-len(text) % 4)


def folded_layer(w, b, gamma, beta, mean, var, eps):
    """Weights and bias of layer and normalisation as one, output by output, with slips beside."""
    outputs = 0 if w.ndim == 4 else 1

    def fold(root, shifts):
        new_w, new_b = np.zeros(w.shape), np.zeros(b.shape)
        for k in range(len(b)):
            g, mu, v = float(gamma[k]), float(mean[k]), float(var[k])
            factor = g / root(v)
            at = (k,) if outputs == 0 else (slice(None), k)
            new_w[at] = factor * w[at].astype(np.float64)
            new_b[k] = shifts(factor, float(b[k]), mu, float(beta[k]))
        return new_w, new_b

    def root(v):
        return math.sqrt(v + eps)

    right_w, right_b = fold(root, lambda f, b, mu, beta: beta + f * b - f * mu)
    return {
        "w": right_w,
        "b": right_b,
        "w by variance": fold(lambda v: v + eps, lambda *_: 0.0)[0],
        "w without eps": fold(math.sqrt, lambda *_: 0.0)[0],
        "b alone": fold(root, lambda f, b, mu, beta: beta + b - f * mu)[1],
        "b without mean": fold(root, lambda f, b, mu, beta: beta + f * b)[1],
        "b without beta": fold(root, lambda f, b, mu, beta: f * (b - mu))[1],
    }


def layer_outputs(layers, x):
    """What comes out of each layer, place by place in float64."""
    outputs, out = [], np.asarray(x, dtype=np.float64)
    for layer in layers:
        out = _RUN[layer["kind"]](out, layer)
        outputs.append(out)
    return outputs


def _affine(x, layer):
    numbers, w = x.ravel().tolist(), np.asarray(layer["w"], dtype=np.float64)
    sums = [math.fsum(n * v for n, v in zip(numbers, column)) for column in w.T.tolist()]
    return np.array(sums) + layer["b"]


def _conv(x, layer):
    w, pad, stride = np.asarray(layer["w"], dtype=np.float64), layer["pad"], layer["stride"]
    F, C, HH, WW = w.shape
    padded = np.zeros((C, x.shape[1] + 2 * pad, x.shape[2] + 2 * pad))
    padded[:, pad : pad + x.shape[1], pad : pad + x.shape[2]] = x
    OH, OW = (padded.shape[1] - HH) // stride + 1, (padded.shape[2] - WW) // stride + 1
    out = np.zeros((F, OH, OW))
    for i, j in np.ndindex(OH, OW):
        seen = padded[:, i * stride : i * stride + HH, j * stride : j * stride + WW]
        out[:, i, j] = (w * seen).sum(axis=(1, 2, 3)) + layer["b"]
    return out


def _pool(x, layer):
    (HH, WW), stride = layer["size"], layer["stride"]
    OH, OW = (x.shape[1] - HH) // stride + 1, (x.shape[2] - WW) // stride + 1
    out = np.zeros((len(x), OH, OW))
    for i, j in np.ndindex(OH, OW):
        seen = x[:, i * stride : i * stride + HH, j * stride : j * stride + WW]
        out[:, i, j] = seen.max(axis=(1, 2))
    return out


def _norm(x, layer):
    out, each = np.zeros(x.shape), len(x) // layer["groups"]
    for start in range(0, len(x), each):
        part = x[start : start + each]
        mean = math.fsum(part.ravel().tolist()) / part.size
        var = math.fsum((v - mean) ** 2 for v in part.ravel().tolist()) / part.size
        for c in range(start, start + each):
            scaled = (x[c] - mean) / math.sqrt(var + layer.get("eps", 1e-5))
            out[c] = layer["gamma"][c] * scaled + layer["beta"][c]
    return out


def _scale(x, layer):
    return np.stack([part * s + t for part, s, t in zip(x, layer["scale"], layer["shift"])])


def _softmax(x, layer):
    largest = max(x.tolist())
    weights = [math.exp(score - largest) for score in x.tolist()]
    total = math.fsum(weights)
    return np.array([weight / total for weight in weights])


_RUN = {
    "affine": _affine,
    "conv": _conv,
    "pool": _pool,
    "norm": _norm,
    "scale": _scale,
    "softmax": _softmax,
    "relu": lambda x, layer: np.where(x > 0, x, 0.0),
}


def codes_exactly(w, bits):
    """Low and step of a quantisation, from exact fractions, and each number's exact place."""
    numbers = [Fraction(float(v)) for v in np.asarray(w).ravel()]
    low, high = min(numbers), max(numbers)
    step = (high - low) / (2**bits - 1)
    places = [float((n - low) / step) if step else 0.0 for n in numbers]
    return {"low": float(low), "step": float(step), "places": np.array(places).reshape(np.shape(w))}


def mixed_colours(values, largest, negative, zero, positive):
    """Colours before rounding, number by number, and what is mistaken for them."""

    def colours(share):
        flat = np.asarray(values, dtype=np.float64).ravel().tolist()
        mixed = []
        for value in flat:
            s = share(value)
            end = positive if s > 0 else negative
            mixed.append([z + abs(s) * (e - z) for z, e in zip(zero, end)])
        return np.array(mixed).reshape(*np.shape(values), 3)

    flat = np.asarray(values, dtype=np.float64).ravel().tolist()
    most = max((abs(v) for v in flat), default=0.0) if largest is None else largest
    low, high = min(flat, default=0.0), max(flat, default=0.0)
    return {
        "right": colours(lambda v: max(-1.0, min(1.0, v / most)) if most else 0.0),
        "stretched": colours(lambda v: 2 * (v - low) / ((high - low) or 1.0) - 1),
        "turned": colours(lambda v: -max(-1.0, min(1.0, v / most)) if most else 0.0),
    }


def corrected_averages(values, decay):
    """Weighted means of all that came so far, without any recursion; and the uncorrected ones."""
    right, raw = [], []
    for t in range(1, len(values) + 1):
        weights = [decay ** (t - 1 - k) for k in range(t)]
        total = math.fsum(w * v for w, v in zip(weights, values))
        right.append(total / math.fsum(weights))
        raw.append(total * (1 - decay))
    return {"right": np.array(right), "raw": np.array(raw)}


ORACLES = [
    packed_text,
    folded_layer,
    layer_outputs,
    codes_exactly,
    mixed_colours,
    corrected_averages,
]
