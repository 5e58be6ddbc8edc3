"""A small network to look into, so that ways of seeing are judged without the student's layers.

It lives in the student's process; its weights come from the check, which knows what they lead to.
"""

import numpy as np

from cs231n import net_visualization

STEP = 1e-30  # a complex step has no cancellation, so it may be as small as one likes


class SeeingProbe:
    """Three layers of weights from any number to any number, with ReLUs between.

    In the mode "train" the first layer puts out twice as much: nobody looks at a net that way.

    Parameters
    ----------
    params : dict of ndarray
        w1 (F, H1, W1, C, H, W), b1 (F, H1, W1), w2 (G, H2, W2, F, H1, W1), b2 (G, H2, W2),
        w3 (K, G, H2, W2), b3 (K,).

    Attributes
    ----------
    layers : list of str
    """

    layers = ["maps1", "relu1", "maps2", "relu2", "scores"]

    def __init__(self, params):
        self.params = params

    def forward(self, X, start=None, end=None, mode="test"):
        """Run the layers from start to end, both included; names or numbers."""
        names, out, cache = self._between(start, end), np.asarray(X), []
        for name in names:
            cache.append((name, out))
            if name.startswith("relu"):
                out = np.where(out.real > 0, out, np.zeros_like(out))
                continue
            w, b = self._weights(name)
            out = np.tensordot(out, w, axes=(range(1, out.ndim), range(b.ndim, w.ndim))) + b
            if mode == "train" and name == "maps1":
                out = 2 * out
        return out, cache

    def backward(self, dout, cache, relu_backward=None):
        """Go back through the layers that `forward` ran; there are no derivatives by weights."""
        for name, x in reversed(cache):
            if not name.startswith("relu"):
                w, b = self._weights(name)
                dout = np.tensordot(dout, w, axes=(range(1, dout.ndim), range(b.ndim)))
            elif relu_backward is not None:
                dout = relu_backward(dout, x)
            else:
                dout = dout * (x > 0)
        return dout, {}

    def _weights(self, name):
        number = {"maps1": 1, "maps2": 2, "scores": 3}[name]
        return self.params[f"w{number}"], self.params[f"b{number}"]

    def _between(self, start, end):
        low = 0 if start is None else self._index(start)
        high = len(self.layers) - 1 if end is None else self._index(end)
        return self.layers[low : high + 1]

    def _index(self, layer):
        return layer % len(self.layers) if isinstance(layer, int) else self.layers.index(layer)


def numeric_score_gradient(X, y, model, relu_backward=None):
    """Stand in for `score_gradient`: pixel by pixel, one complex step after the other."""
    scores, dX = model.forward(X)[0], np.zeros(X.shape)
    for where in np.ndindex(X.shape[1:]):
        moved = X.astype(np.complex128)
        moved[(slice(None), *where)] += 1j * STEP
        for n, row in enumerate(model.forward(moved)[0]):
            dX[(n, *where)] = row[y[n]].imag / STEP
    return scores, dX.astype(X.dtype)


def doubling_rule(dout, cache):
    """Go back through a ReLU by a rule that nobody else has: twice everything."""
    return 2 * dout


def compute_saliency_maps(X, y, model):
    """Call the student's function, whatever their `score_gradient` does."""
    return _standing_in(net_visualization.compute_saliency_maps, X, y, model)


def class_visualization_update_step(img, model, target_y, l2_reg, learning_rate):
    """Call the student's function on img; return img as it is then."""
    step = net_visualization.class_visualization_update_step
    _standing_in(step, img, model, target_y, l2_reg, learning_rate)
    return img


def make_fooling_image(X, target_y, model, learning_rate, max_iterations):
    """Call the student's function, whatever their `score_gradient` does."""
    make = net_visualization.make_fooling_image
    return _standing_in(make, X, target_y, model, learning_rate, max_iterations)


def _standing_in(function, *args):
    real = net_visualization.score_gradient
    net_visualization.score_gradient = numeric_score_gradient
    try:
        return function(*args)
    finally:
        net_visualization.score_gradient = real
