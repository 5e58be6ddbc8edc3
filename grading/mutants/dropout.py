"""Variants of dropout, and of nets with it."""

from grading.mutants import Variant


def forward(name, why, code, right=False):
    """A variant of dropout_forward's region."""
    return Variant("dropout-forward", name, why=why, code=code, right=right)


def backward(name, why, code, right=False):
    """A variant of dropout_backward's region."""
    return Variant("dropout-backward", name, why=why, code=code, right=right)


def net(exercise, name, why, old, new, right=False):
    """A variant of a net with dropout."""
    return Variant(exercise, name, why=why, edits=[(old, new)], right=right)


DROP = "return layers.dropout_forward(out, self.dropout_param)"
BACK = "return layers.dropout_backward(dout, cache)"

VARIANTS = [
    # --- dropout-forward
    forward(
        "p-as-the-share-that-is-dropped",
        "p is that of keeping",
        "mask = (np.random.rand(*x.shape) < 1 - p) / (1 - p)\nout = x * mask",
    ),
    forward(
        "not-divided",
        "in testing the next layer would receive more than in training",
        "mask = np.random.rand(*x.shape) < p\nout = x * mask",
    ),
    forward(
        "divided-by-the-other-share",
        "the mean moves",
        "mask = (np.random.rand(*x.shape) < p) / (1 - p)\nout = x * mask",
    ),
    forward(
        "one-mask-for-all-examples",
        "every unit of every example is drawn",
        "mask = np.broadcast_to((np.random.rand(*x.shape[1:]) < p) / p, x.shape).copy()\n"
        "out = x * mask",
    ),
    forward(
        "whole-examples",
        "units are dropped, not examples",
        "draws = np.random.rand(len(x), *[1] * (x.ndim - 1))\n"
        "mask = np.broadcast_to((draws < p) / p, x.shape).copy()\nout = x * mask",
    ),
    forward(
        "the-same-every-time",
        "nothing was said of a seed",
        "draws = np.random.RandomState(0).rand(*x.shape)\nmask = (draws < p) / p\nout = x * mask",
    ),
    forward(
        "ignores-the-seed",
        "np.random is what the seed is for",
        "mask = (np.random.default_rng().random(x.shape) < p) / p\nout = x * mask",
    ),
    forward(
        "divides-out-only",
        "the cache is to hold the mask that x was multiplied by",
        "mask = np.random.rand(*x.shape) < p\nout = x * mask / p",
    ),
    forward(
        "by-a-coin",
        "the same shares",
        "mask = np.random.binomial(1, p, size=x.shape) / p\nout = x * mask",
        right=True,
    ),
    forward(
        "by-choice",
        "the same shares, in the precision of x",
        "mask = np.random.choice([0, 1 / p], size=x.shape, p=[1 - p, p]).astype(x.dtype)\n"
        "out = x * mask",
        right=True,
    ),
    # --- dropout-backward
    backward("passes-all-on", "what was dropped had no influence", "dx = dout"),
    backward("forgets-the-factor", "what was kept was divided by p", "dx = dout * (mask > 0)"),
    backward(
        "divides-again",
        "the mask is divided already",
        'dx = dout * mask / dropout_param["p"]',
    ),
    backward(
        "draws-anew",
        "the mask is that of the way there",
        'p = dropout_param["p"]\ndx = dout * (np.random.rand(*dout.shape) < p) / p',
    ),
    backward(
        "where",
        "the same product",
        'dx = np.where(mask > 0, dout / dropout_param["p"], 0.0)',
        right=True,
    ),
    # --- fc-net-drop
    net("fc-net-drop", "passes-all-on", "units are to be dropped", DROP, "return out, (out, out)"),
    net(
        "fc-net-drop",
        "half-of-them",
        "the net was told a share",
        DROP,
        "return layers.dropout_forward(out, self.dropout_param | {'p': 0.5})",
    ),
    net(
        "fc-net-drop",
        "also-in-testing",
        "testing has all units",
        DROP,
        "return layers.dropout_forward(out, self.dropout_param | {'mode': 'train'})",
    ),
    net(
        "fc-net-drop",
        "forgets-the-seed",
        "a net with a seed drops the same in every call",
        DROP,
        "return layers.dropout_forward(\n"
        "            out, {k: v for k, v in self.dropout_param.items() if k != 'seed'}\n"
        "        )",
    ),
    net(
        "fc-net-drop",
        "in-two-lines",
        "the same call",
        DROP,
        "dropped, cache = layers.dropout_forward(out, dict(self.dropout_param))\n"
        "        return dropped, cache",
        right=True,
    ),
    # --- fc-net-drop-backward
    net("fc-net-drop-backward", "passes-all-on", "some were dropped", BACK, "return dout"),
    net(
        "fc-net-drop-backward",
        "draws-anew",
        "the mask is that of the way there",
        BACK,
        "return layers.dropout_forward(dout, {'p': self.dropout_param['p'], 'mode': 'train'})[0]",
    ),
    net(
        "fc-net-drop-backward",
        "forgets-the-factor",
        "what was kept was divided by p",
        BACK,
        "return dout * (cache[1] > 0)",
    ),
    net(
        "fc-net-drop-backward",
        "by-the-mask",
        "the same product",
        BACK,
        "return (dout * cache[1]).astype(dout.dtype)",
        right=True,
    ),
]
