"""Variants of layers, losses of scores and nets of layers; those of update rules stand apart."""

from grading.mutants import Variant

VARIANTS = [
    # --- affine-forward
    Variant(
        "affine-forward",
        "forgets-the-bias",
        why="in a fresh net all biases are 0, where nothing shows it",
        edits=[("D) @ w + b  # (N, D) @ (D, M) + (M,)", "D) @ w")],
    ),
    Variant(
        "affine-forward",
        "mixes-examples",
        why="reshaping to (D, N) and turning it round puts numbers of one example into another",
        edits=[("out = x.reshape(x.shape[0], D) @ w", "out = x.reshape(D, x.shape[0]).T @ w")],
    ),
    Variant(
        "affine-forward",
        "turns-the-axes-of-an-example",
        why="the last axis runs fastest, as dx goes back",
        edits=[("x.reshape(x.shape[0], D) @ w", 'x.reshape(x.shape[0], D, order="F") @ w')],
    ),
    Variant(
        "affine-forward",
        "fills-zeros-of-float64",
        why="np.zeros is float64 unless told otherwise, and lifts all that follows",
        code="""
out = np.zeros((x.shape[0], w.shape[1]))
out += x.reshape(x.shape[0], D) @ w + b
""",
    ),
    Variant(
        "affine-forward",
        "flattens-x-in-place",
        why="x.shape = ... reshapes the caller's own array, and the cache loses the shape",
        code="""
flat = x.reshape(x.shape[0], -1)
flat *= 1.0 + 1e-3
out = flat @ w + b
""",
    ),
    Variant(
        "affine-forward",
        "tensordot",
        why="a contraction over all axes but the first needs no reshaping of x",
        code="""
axes = list(range(x.ndim - 1))
out = np.tensordot(x, w.reshape(*x.shape[1:], -1), axes=([i + 1 for i in axes], axes))
out = out + b[np.newaxis, :]
""",
        right=True,
    ),
    Variant(
        "affine-forward",
        "one-example-at-a-time",
        why="slow, and right",
        code="out = np.stack([w.T.dot(example.flatten()) + b for example in x])",
        right=True,
    ),
    # --- affine-backward
    Variant(
        "affine-backward",
        "flat-dx",
        why="dx is by x, and has its shape",
        edits=[("(dout @ w.T).reshape(x.shape)  # (N, D), then (N, d_1, ..., d_k)", "dout @ w.T")],
    ),
    Variant(
        "affine-backward",
        "mean-over-the-batch",
        why="the 1/N of the loss is in dout already",
        edits=[("db = dout.sum(axis=0)", "db = dout.mean(axis=0)")],
    ),
    Variant(
        "affine-backward",
        "db-of-the-first-example",
        why="every example used the bias",
        edits=[("db = dout.sum(axis=0)", "db = dout[0]")],
    ),
    Variant(
        "affine-backward",
        "dw-averaged",
        why="the 1/N of the loss is in dout already",
        edits=[("w.shape[0]).T @ dout  # (D, N) @ (N, M)", "w.shape[0]).T @ dout / len(dout)")],
    ),
    Variant(
        "affine-backward",
        "dw-of-mixed-examples",
        why="(D, N) is no transpose of (N, D)",
        edits=[
            (
                "x.reshape(dout.shape[0], w.shape[0]).T @ dout",
                "x.reshape(w.shape[0], dout.shape[0]) @ dout",
            )
        ],
    ),
    Variant(
        "affine-backward",
        "sums-of-float64",
        why="a sum told to be float64 stays so",
        edits=[("dout.sum(axis=0)", "dout.sum(axis=0, dtype=np.float64)")],
    ),
    Variant(
        "affine-backward",
        "einsum",
        why="the same sums, named by their indices",
        code="""
rows = x.reshape(len(x), -1)
dx = np.einsum("nm,dm->nd", dout, w).reshape(x.shape)
dw = np.einsum("nd,nm->dm", rows, dout)
db = np.einsum("nm->m", dout)
""",
        right=True,
    ),
    # --- relu-forward
    Variant(
        "relu-forward",
        "absolute-value",
        why="a ReLU cuts off, it does not fold",
        edits=[("out = np.maximum(x, 0)", "out = np.abs(x)")],
    ),
    Variant(
        "relu-forward",
        "leaks",
        why="a leaky ReLU is another layer",
        edits=[("out = np.maximum(x, 0)", "out = np.where(x > 0, x, 0.01 * x)")],
    ),
    Variant(
        "relu-forward",
        "cuts-off-in-place",
        why="the way back needs x as it came in",
        code="""
x[x < 0] = 0
out = x
""",
    ),
    Variant(
        "relu-forward",
        "clips-at-six",
        why="ReLU6 is another layer",
        edits=[("out = np.maximum(x, 0)", "out = np.clip(x, 0, 6)")],
    ),
    Variant(
        "relu-forward",
        "zeros-of-float64",
        why="an array of zeros is float64 unless told otherwise",
        edits=[("np.maximum(x, 0)", "np.maximum(x, np.zeros(x.shape))")],
    ),
    Variant(
        "relu-forward",
        "masks-and-multiplies",
        why="the same, by a mask",
        edits=[("out = np.maximum(x, 0)", "out = x * (x > 0)")],
        right=True,
    ),
    # --- relu-backward
    Variant(
        "relu-backward",
        "lets-everything-through",
        why="a unit that is off passes nothing back",
        edits=[("return dout * (x > 0)", "return dout")],
    ),
    Variant(
        "relu-backward",
        "judges-by-dout",
        why="the sign of x decides, not that of the gradient: that would be another method",
        edits=[("return dout * (x > 0)", "return dout * (dout > 0)")],
    ),
    Variant(
        "relu-backward",
        "multiplies-by-the-output",
        why="the slope is 1, not x",
        edits=[("return dout * (x > 0)", "return dout * np.maximum(x, 0)")],
    ),
    Variant(
        "relu-backward",
        "slope-one-at-zero",
        why="a unit that dropout or padding set to 0 would then pass gradients on",
        edits=[("(x > 0)", "(x >= 0)")],
    ),
    Variant(
        "relu-backward",
        "zeroes-dout-in-place",
        why="dout belongs to the layer above",
        code="""
dout[x <= 0] = 0
return dout
""",
    ),
    Variant(
        "relu-backward",
        "copies-and-zeroes",
        why="the same, by indexing a copy",
        code="""
dx = dout.copy()
dx[x <= 0] = 0
return dx
""",
        right=True,
    ),
    # --- softmax-layer-loss
    Variant(
        "softmax-layer-loss",
        "overflows",
        why="exp(10000) is no float",
        edits=[("shifted = x - x.max(axis=1, keepdims=True)", "shifted = x.copy()")],
    ),
    Variant(
        "softmax-layer-loss",
        "logarithm-of-zero",
        why="a probability of exp(-10000) is 0 in a float; its logarithm is -10000",
        code="""
probs = np.exp(x - np.max(x, axis=1, keepdims=True))
probs /= np.sum(probs, axis=1, keepdims=True)
loss = -np.sum(np.log(probs[rows, y])) / N
dx = probs.copy()
dx[rows, y] -= 1
dx /= N
""",
    ),
    Variant(
        "softmax-layer-loss",
        "one-maximum-for-all",
        why="an example far below the maximum of another has only zeros left",
        edits=[("x.max(axis=1, keepdims=True)", "x.max()")],
    ),
    Variant(
        "softmax-layer-loss",
        "sums-instead-of-means",
        why="the loss is a mean over the examples, and so is dx",
        edits=[
            ("loss = -log_probs[rows, y].sum() / N", "loss = -log_probs[rows, y].sum()"),
            ("    dx[rows, y] -= 1\n    dx /= N\n", "    dx[rows, y] -= 1\n"),
        ],
    ),
    Variant(
        "softmax-layer-loss",
        "forgets-to-subtract-one",
        why="these are the probabilities, not their derivatives",
        edits=[("    dx[rows, y] -= 1\n", "")],
    ),
    Variant(
        "softmax-layer-loss",
        "subtracts-whole-columns",
        why="dx[:, y] names the columns of all labels, in every row",
        edits=[("dx[rows, y] -= 1", "dx[:, y] -= 1")],
    ),
    Variant(
        "softmax-layer-loss",
        "one-hot-of-float64",
        why="np.eye is float64 unless told otherwise",
        edits=[("    dx[rows, y] -= 1\n", "    dx = dx - np.eye(x.shape[1])[y]\n")],
    ),
    Variant(
        "softmax-layer-loss",
        "logaddexp",
        why="np.logaddexp is stable by itself",
        code="""
log_probs = x - np.logaddexp.reduce(x, axis=1)[:, np.newaxis]
loss = -np.mean(log_probs[range(N), y])
labels = (y[:, np.newaxis] == np.arange(x.shape[1])).astype(x.dtype)
dx = (np.exp(log_probs) - labels) / N
""",
        right=True,
    ),
    # --- svm-layer-loss
    Variant(
        "svm-layer-loss",
        "counts-the-right-class",
        why="every example would cost 1 more than it does",
        edits=[("    margins[rows, y] = 0\n", "")],
    ),
    Variant(
        "svm-layer-loss",
        "margin-of-zero",
        why="the right score should lead by 1, not just lead",
        edits=[("[:, np.newaxis] + 1, 0)", "[:, np.newaxis], 0)")],
    ),
    Variant(
        "svm-layer-loss",
        "pulls-the-right-class-once",
        why="every margin above 0 pulls at the right class",
        edits=[("dx[rows, y] = -dx.sum(axis=1)", "dx[rows, y] = -1")],
    ),
    Variant(
        "svm-layer-loss",
        "forgets-the-right-class",
        why="the right score is in every margin",
        edits=[("    dx[rows, y] = -dx.sum(axis=1)\n", "")],
    ),
    Variant(
        "svm-layer-loss",
        "gradient-is-a-sum",
        why="the loss is a mean, so its derivative is one",
        edits=[("-dx.sum(axis=1)\n    dx /= N\n", "-dx.sum(axis=1)\n")],
    ),
    Variant(
        "svm-layer-loss",
        "slope-of-float64",
        why="zeros are float64 unless told otherwise",
        edits=[("(margins > 0).astype(x.dtype)", "(margins > 0).astype(float)")],
    ),
    Variant(
        "svm-layer-loss",
        "with-loops",
        why="example by example, class by class",
        code="""
loss, dx = 0.0, np.zeros_like(x)
for i in range(N):
    for c in range(x.shape[1]):
        margin = x[i, c] - x[i, y[i]] + 1
        if c != y[i] and margin > 0:
            loss += margin / N
            dx[i, c] += 1 / N
            dx[i, y[i]] -= 1 / N
""",
        right=True,
    ),
    # --- fc-two-layer-init
    Variant(
        "fc-two-layer-init",
        "scale-as-variance",
        why="weight_scale is the standard deviation",
        edits=[
            (
                "weight_scale * np.random.randn(input_dim",
                "weight_scale**0.5 * np.random.randn(input_dim",
            )
        ],
    ),
    Variant(
        "fc-two-layer-init",
        "positive-weights",
        why="rand draws from 0 to 1, randn around 0",
        edits=[
            ("weight_scale * np.random.randn(input_dim", "weight_scale * np.random.rand(input_dim")
        ],
    ),
    Variant(
        "fc-two-layer-init",
        "constant-weights",
        why="units that begin alike stay alike",
        edits=[
            (
                "weight_scale * np.random.randn(hidden_dim, num_classes)",
                "np.full((hidden_dim, num_classes), weight_scale)",
            )
        ],
    ),
    Variant(
        "fc-two-layer-init",
        "random-biases",
        why="biases begin at 0: there is no symmetry to break",
        edits=[
            (
                'self.params["b2"] = np.zeros(num_classes)',
                'self.params["b2"] = np.random.randn(num_classes)',
            )
        ],
    ),
    Variant(
        "fc-two-layer-init",
        "turned-shape",
        why="affine_forward takes (D, M)",
        edits=[
            ("np.random.randn(input_dim, hidden_dim)", "np.random.randn(hidden_dim, input_dim)")
        ],
    ),
    Variant(
        "fc-two-layer-init",
        "numpy-normal",
        why="np.random.normal with loc and scale",
        code="""
for layer, (rows, columns) in enumerate([(input_dim, hidden_dim), (hidden_dim, num_classes)], 1):
    self.params[f"W{layer}"] = np.random.normal(loc=0.0, scale=weight_scale, size=(rows, columns))
    self.params[f"b{layer}"] = np.zeros((columns,))
""",
        right=True,
    ),
]
