"""The ladder of the embedded pictures: each idea of the course is worth several points.

5,000 training pictures, 2,000 test pictures, settings that were tuned by hand once for all seeds.
"""

from itertools import pairwise

import numpy as np
import pytest

from cs231n.classifiers import KNearestNeighbor, Softmax, TwoLayerNet
from cs231n.drawn.pictures10 import draw_pictures
from cs231n.features import color_histogram_hsv, extract_features, hog_feature, standardize_features
from cs231n.im2col import col2im, im2col

SEED = 0


class SmallConvNet:
    """Twice (3 x 3 convolution, ReLU, 2 x 2 max pooling), then one affine layer; trained by Adam.

    Activations are (C, H, W, N), the order of im2col's columns, so that nothing need be moved.
    """

    def __init__(self, rng, channels=(3, 16, 32), size=8):
        self.params = []
        for C, F in pairwise(channels):
            self.params += [rng.normal(size=(F, C * 9)) * np.sqrt(2 / (9 * C)), np.zeros((F, 1))]
        D = channels[-1] * size * size
        self.params += [rng.normal(size=(10, D)) * np.sqrt(1 / D), np.zeros((10, 1))]
        self.params = [p.astype(np.float32) for p in self.params]

    def scores(self, x):
        """Return the scores (10, N) of pictures x (C, H, W, N), and what the way back needs."""
        caches = []
        for w, b in zip(self.params[:-2:2], self.params[1:-2:2]):
            shape = x.transpose(3, 0, 1, 2).shape
            cols = im2col(x.transpose(3, 0, 1, 2), 3, 3, 1, 1)
            out = np.maximum(w @ cols + b, 0)  # (F, H*W*N)
            cells = out.reshape(len(w), shape[2] // 2, 2, shape[3] // 2, 2, shape[0])
            x = cells.max(axis=(2, 4))  # (F, H/2, W/2, N)
            caches.append((shape, cols, cells, x))
        flat = x.reshape(-1, x.shape[-1])
        return self.params[-2] @ flat + self.params[-1], (caches, flat)

    def gradients(self, x, y):
        """Return the derivatives of the mean softmax loss by each of the parameters."""
        scores, (caches, flat) = self.scores(x)
        dscores = np.exp(scores - scores.max(axis=0))
        dscores /= dscores.sum(axis=0)
        dscores[y, np.arange(len(y))] -= 1
        dscores /= len(y)
        grads = [dscores.sum(axis=1, keepdims=True), dscores @ flat.T]
        dx = self.params[-2].T @ dscores
        for w, (shape, cols, cells, top) in zip(self.params[-4::-2], reversed(caches)):
            best = (cells == top[:, :, None, :, None]) & (cells > 0)
            dout = (best * dx.reshape(top.shape)[:, :, None, :, None]).reshape(len(w), -1)
            grads += [dout.sum(axis=1, keepdims=True), dout @ cols.T]
            if shape[1] != 3:  # nobody asks for the derivative by the pictures
                dx = col2im(w.T @ dout, shape, 3, 3, 1, 1).transpose(1, 2, 3, 0)
        return grads[::-1]

    def train(self, x, y, rng, epochs=5, batch=50, rate=2e-3):
        """Learn from pictures x (C, H, W, N) and labels y; the rate falls to 0 on a line."""
        first, second = ([np.zeros_like(p) for p in self.params] for _ in range(2))
        steps = epochs * len(y) // batch
        order = np.concatenate([rng.permutation(len(y)) for _ in range(epochs)])
        for t, chosen in enumerate(order.reshape(steps, batch)):
            grads = self.gradients(np.ascontiguousarray(x[..., chosen]), y[chosen])
            for p, g, m, v in zip(self.params, grads, first, second):
                m += 0.1 * (g - m)
                v += 0.01 * (g * g - v)
                step = m / (1 - 0.9 ** (t + 1)) / (np.sqrt(v / (1 - 0.99 ** (t + 1))) + 1e-8)
                p -= np.float32(rate * (1 - t / steps)) * step


def share_right(predicted, y):
    return float(np.mean(predicted == y))


def linear_accuracy(X, y, Xt, yt, *, rate, reg, steps):
    X, Xt = (np.hstack([x, np.ones((len(x), 1), x.dtype)]) for x in (X, Xt))
    classifier = Softmax()
    classifier.W = np.zeros((X.shape[1], 10), dtype=X.dtype)
    classifier.train(X, y, rate, reg, steps, 200)
    return share_right(classifier.predict(Xt), yt)


def two_layer_accuracy(X, y, Xt, yt):
    net = TwoLayerNet(X.shape[1], 100, 10, std=1e-2)
    net.params = {name: p.astype(np.float32) for name, p in net.params.items()}
    net.train(X, y, Xt[:10], yt[:10], 0.1, 0.95, reg=1e-2, num_iters=1000)
    return share_right(net.predict(Xt), yt)


def conv_accuracy(X, y, Xt, yt, seed):
    rng = np.random.default_rng(seed)
    net = SmallConvNet(rng)
    x, xt = (np.ascontiguousarray(a.reshape(-1, 32, 32, 3).transpose(3, 1, 2, 0)) for a in (X, Xt))
    net.train(x, y, rng)
    scores = [net.scores(xt[..., i : i + 100])[0] for i in range(0, len(yt), 100)]
    return share_right(np.concatenate(scores, axis=1).argmax(axis=0), yt)


def climb(seed):
    """Measure the accuracy of each rung on the pictures of a seed."""
    np.random.seed(seed)
    (X, y), (Xt, yt) = draw_pictures(5000, seed=seed), draw_pictures(2000, seed=seed, split="test")
    rows, rows_t = (x.reshape(len(x), -1).astype(np.float32) for x in (X, Xt))
    nearest = KNearestNeighbor()
    nearest.train(rows, y)
    features = standardize_features(
        *(extract_features(x, [hog_feature, color_histogram_hsv]) for x in (X, Xt))
    )
    mean = rows.mean(axis=0)
    rows, rows_t = (rows - mean) / 64, (rows_t - mean) / 64
    return {
        "neighbour": share_right(nearest.predict(Xt.reshape(len(Xt), -1), k=10), yt),
        "linear": linear_accuracy(rows, y, rows_t, yt, rate=3e-3, reg=0.05, steps=1000),
        "two layers": two_layer_accuracy(rows, y, rows_t, yt),
        "features": linear_accuracy(
            features[0], y, features[1], yt, rate=0.03, reg=0.01, steps=1500
        ),
        "ConvNet": conv_accuracy(rows, y, rows_t, yt, seed),
    }


# Lowest and highest accuracy over the seeds 0 to 9, as measured when the pictures were tuned.
MEASURED = {
    "neighbour": (0.3145, 0.3465),
    "linear": (0.394, 0.4295),
    "two layers": (0.53, 0.578),
    "features": (0.6205, 0.656),
    "ConvNet": (0.79, 0.8215),
}
# Room that a rung has above the one below; the smallest over these seeds was 0.060, 0.106, 0.070,
# 0.145.
ROOM = {"linear": 0.04, "two layers": 0.08, "features": 0.05, "ConvNet": 0.12}
SLACK = 0.03  # below the lowest: three standard errors of 2,000 pictures; other BLAS, other sums


@pytest.fixture(scope="module")
def rungs():
    return climb(SEED)


@pytest.mark.slow
@pytest.mark.parametrize(("lower", "higher"), list(pairwise(MEASURED)))
def test_each_rung_is_well_above_the_one_below(rungs, lower, higher):
    assert rungs[higher] > rungs[lower] + ROOM[higher], rungs


@pytest.mark.slow
@pytest.mark.parametrize("rung", MEASURED)
def test_each_rung_is_where_it_was_measured(rungs, rung):
    lowest, highest = MEASURED[rung]
    assert lowest - SLACK < rungs[rung] < highest + SLACK, rungs
