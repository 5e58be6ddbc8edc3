"""EfficientNet-Lite0 in NumPy: forward, and backward to the picture or to the parameters.

A stem, sixteen blocks, a head. A block widens its input ("expand", 1 x 1), filters every channel by
itself ("depthwise", 3 x 3 or 5 x 5), and narrows the result ("project", 1 x 1); where shapes allow,
the block's input is added to what comes out of it ("add"):

    x -- expand -- relu -- depthwise -- relu -- project -- add --> out
     \\___________________________________________________/

Batch normalisation is folded into the convolutions: their running averages are fixed numbers.
"""

import numpy as np

from cs231n.classifiers.efficientnet_parts import Add, Affine, Conv, Depthwise, MeanPool, Relu6

__all__ = ["BLOCKS", "EfficientNetLite0", "fold_batchnorm"]

# repeats, taps of the depthwise filter, stride of the first, expansion, channels in, channels out
BLOCKS = (
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
EPS = 1e-3  # of the batch normalisation


class EfficientNetLite0:
    """The network, with weights drawn at random.

    Parameters
    ----------
    num_classes : int
    dtype : dtype
        Of parameters and computation.
    blocks : tuple
        Rows of (repeats, taps, stride, expansion, channels in, channels out).
    head : int
        Channels of the last convolution.
    seed : int, optional

    Attributes
    ----------
    params : dict
        Arrays by name: "stem.conv.w" (F, C, HH, WW), "block2.depthwise.w" (C, HH, WW),
        "classifier.w" (D, M), and each with its bias ".b".
    layers : list of str
        The layers' names in order: "stem.conv", "stem.relu", "block1.depthwise", ...,
        "block3.add", ..., "head.relu", "pool", "classifier".

    References
    ----------
    M. Tan and Q. Le, "EfficientNet: rethinking model scaling for convolutional neural networks",
    ICML 2019; the Lite variants leave out squeeze-and-excitation and use ReLU6.
    """

    def __init__(self, num_classes=1000, dtype=np.float32, blocks=BLOCKS, head=1280, seed=None):
        self.dtype, self.params, self.parts = np.dtype(dtype), {}, {}
        self._skips = {}  # the first layer of a block with a way round it -> the block's last
        rng = np.random.default_rng(seed)

        def draw(name, shape, fan_in, outputs):
            w = rng.standard_normal(shape) * np.sqrt(2 / fan_in)
            self.params[f"{name}.w"] = w.astype(self.dtype)
            self.params[f"{name}.b"] = np.zeros(outputs, dtype=self.dtype)

        def conv(name, C, F, taps=1, stride=1):
            self.parts[name] = Conv(stride)
            draw(name, (F, C, taps, taps), C * taps * taps, F)

        def depthwise(name, C, taps, stride):
            self.parts[name] = Depthwise(stride)
            draw(name, (C, taps, taps), taps * taps, C)

        conv("stem.conv", 3, blocks[0][4], taps=3, stride=2)
        self.parts["stem.relu"] = Relu6()
        for name, taps, stride, expansion, C, F in _one_by_one(blocks):
            first, wide = f"{name}.depthwise", C * expansion
            if expansion != 1:
                first = f"{name}.expand"
                conv(first, C, wide)
                self.parts[f"{name}.expand_relu"] = Relu6()
            depthwise(f"{name}.depthwise", wide, taps, stride)
            self.parts[f"{name}.depthwise_relu"] = Relu6()
            conv(f"{name}.project", wide, F)
            if stride == 1 and C == F:
                self._skips[first] = f"{name}.add"
                self.parts[f"{name}.add"] = Add()
        conv("head.conv", blocks[-1][5], head)
        self.parts["head.relu"] = Relu6()
        self.parts["pool"] = MeanPool()
        self.parts["classifier"] = Affine()
        draw("classifier", (head, num_classes), head, num_classes)
        self.layers = list(self.parts)

    def forward(self, X, start=None, end=None, mode="test"):
        """Run the layers from `start` to `end`, both included.

        Parameters
        ----------
        X : ndarray (N, C, H, W)
            What goes into layer `start`; pictures may have any height and width.
        start, end : str or int, optional
            Names or numbers of layers; by default the first and the last.
        mode : {"test", "train"}
            "train" keeps what the derivatives by the parameters need, which takes twice the memory.

        Returns
        -------
        out : ndarray
            What comes out of layer `end`; of the last one, scores (N, num_classes).
        cache : list
            For `backward`.

        Raises
        ------
        ValueError
            If there is no such layer, the order is turned, `start` lies inside a block whose input
            is added to its output, or X has the wrong shape.
        """
        if mode not in ("test", "train"):
            raise ValueError(f'forward: mode should be "test" or "train", not {mode!r}.')
        return self._run(X, start, end, keep=mode)

    def backward(self, dout, cache, relu_backward=None):
        """Go back through the layers that `forward` ran.

        Parameters
        ----------
        dout : ndarray
            Derivative by what `forward` returned.
        cache : list
            From `forward`.
        relu_backward : callable, optional
            (dout, x) -> dx, in the place of the ReLU's own rule; x is what went into the ReLU.

        Returns
        -------
        dX : ndarray
        grads : dict
            Derivatives by the parameters of these layers; empty if `forward` ran in mode "test".
        """
        dout, grads, around = np.asarray(dout, dtype=self.dtype), {}, {}
        for name, shape, x in reversed(cache):
            part, w = self.parts[name], self.params.get(f"{name}.w")
            if isinstance(part, Add):
                around[name] = dout
                continue
            if isinstance(part, Relu6) and relu_backward is not None:
                dout = relu_backward(dout, x)
                continue
            if w is not None and x is not None:
                grads[f"{name}.w"] = part.dw(dout, x, w.shape)
                grads[f"{name}.b"] = dout.sum((0, 2, 3) if dout.ndim == 4 else 0)
            dout = part.dx(dout, shape, x, w)
            skipped = around.pop(self._skips.get(name), None)
            if skipped is not None:
                dout += skipped
        return dout, grads

    def features(self, X, batch_size=16):
        """Return what the classifier sees of pictures X (N, 3, H, W) -> (N, head)."""
        starts = range(0, max(len(X), 1), batch_size)
        runs = [self._run(X[i : i + batch_size], None, "pool", keep=None)[0] for i in starts]
        return np.concatenate(runs)

    def scores(self, X, batch_size=16):
        """Return the scores of all classes, (N, num_classes), keeping nothing for `backward`."""
        return self._run(self.features(X, batch_size), "classifier", None, keep=None)[0]

    def predict(self, X, batch_size=16):
        """Label each of X (N, 3, H, W) with the class of its largest score -> (N,) int."""
        return self.scores(X, batch_size).argmax(axis=1)

    def loss(self, X, y=None):
        """Compute scores, or the softmax loss and its derivatives by all parameters.

        Parameters
        ----------
        X : ndarray (N, 3, H, W)
        y : ndarray (N,) of int, optional

        Returns
        -------
        scores : ndarray (N, num_classes)
            If y is None.
        loss : float
        grads : dict
            Keys and shapes of `params`.
        """
        if y is None:
            return self.scores(X)
        from cs231n.layers import softmax_loss  # an exercise; seeing does without it

        scores, cache = self.forward(X, mode="train")
        loss, dscores = softmax_loss(scores, y)
        return loss, self.backward(dscores, cache)[1]

    def _run(self, X, start, end, keep):
        """Run layers; keep what `backward` needs in mode `keep`, or nothing at all."""
        names, out = self._between(start, end), np.asarray(X, dtype=self.dtype)
        self._check_input(names[0], out)
        caches, around = [], {}
        for position, name in enumerate(names):
            part, w, b = self.parts[name], *(self.params.get(f"{name}.{one}") for one in "wb")
            if name in self._skips:
                around[self._skips[name]] = out
            if keep:
                needed = isinstance(part, Relu6) or (keep == "train" and w is not None)
                caches.append((name, out.shape, out if needed else None))
            if isinstance(part, Add):
                out += around.pop(name)
            elif isinstance(part, Relu6) and position > 0 and not keep:
                np.clip(out, 0, 6, out=out)
            else:
                out = part.forward(out, w, b)
        return out, caches

    def _check_input(self, first, X):
        """Raise ValueError unless X can go into a layer."""
        after = self.layers[self.layers.index(first) :]
        w = self.params[next(f"{name}.w" for name in after if f"{name}.w" in self.params)]
        C = w.shape[1] if w.ndim == 4 else w.shape[0]
        wanted = f"(N, {C})" if first == "classifier" else f"(N, {C}, H, W)"
        fits = X.ndim == wanted.count(",") + 1 and X.shape[1] == C and min(X.shape[1:]) > 0
        if not fits:
            raise ValueError(f"{first} takes {wanted}, but X is {X.shape}.")

    def _between(self, start, end):
        low = 0 if start is None else self._index(start)
        high = len(self.layers) - 1 if end is None else self._index(end)
        if low > high:
            raise ValueError(f"Layer {start} comes after {end}: start before end.")
        for first, last in self._skips.items():
            first, last = self.layers.index(first), self.layers.index(last)
            if first < low <= last <= high:
                raise ValueError(
                    f"{self.layers[low]} lies inside a block whose input is added to its output; "
                    f"start at {self.layers[first]}, or end before {self.layers[last]}."
                )
        return self.layers[low : high + 1]

    def _index(self, layer):
        if layer in self.parts:
            return self.layers.index(layer)
        if isinstance(layer, int) and -len(self.layers) <= layer < len(self.layers):
            return layer % len(self.layers)
        raise ValueError(
            f"There is no layer {layer!r}; there are {', '.join(self.layers[:4])}, ..., "
            f"{', '.join(self.layers[-3:])}: see `layers`."
        )


def fold_batchnorm(w, gamma, beta, mean, var, eps=EPS):
    """Fold a batch normalisation with fixed averages into the convolution before it.

    gamma (w x - mean) / sqrt(var + eps) + beta = w' x + b', where w' = scale w, b' = beta - scale
    mean and scale = gamma / sqrt(var + eps).

    Parameters
    ----------
    w : ndarray (F, ...)
    gamma, beta, mean, var : ndarray (F,)
    eps : float

    Returns
    -------
    w, b : ndarray of float64
    """
    scale = gamma / np.sqrt(var.astype(np.float64) + eps)
    return w * scale.reshape(-1, *[1] * (w.ndim - 1)), beta - scale * mean


def _one_by_one(blocks):
    """Yield (name, taps, stride, expansion, channels in, channels out) of each block."""
    number = 0
    for repeats, taps, stride, expansion, C, F in blocks:
        for i in range(repeats):
            number += 1
            yield f"block{number}", taps, stride if i == 0 else 1, expansion, F if i else C, F
