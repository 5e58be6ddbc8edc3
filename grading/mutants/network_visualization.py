"""Variants of the exercises about derivatives of scores."""

from grading.mutants import Variant

VARIANTS = [
    # --- score-gradient
    Variant(
        "score-gradient",
        "of-the-loss",
        why="the loss depends on all scores",
        code="""
p = np.exp(scores - scores.max(axis=1, keepdims=True))
dscores = p / p.sum(axis=1, keepdims=True)
dscores[np.arange(len(X)), y] -= 1
dX, _ = model.backward(dscores, cache, relu_backward=relu_backward)
""",
    ),
    Variant(
        "score-gradient",
        "of-the-probability",
        why="softmax mixes the other scores in",
        code="""
p = np.exp(scores - scores.max(axis=1, keepdims=True))
p /= p.sum(axis=1, keepdims=True)
own = p[np.arange(len(X)), y]
dscores = -p * own[:, None]
dscores[np.arange(len(X)), y] += own
dX, _ = model.backward(dscores, cache, relu_backward=relu_backward)
""",
    ),
    Variant(
        "score-gradient",
        "of-all-scores",
        why="only the score of y is meant",
        edits=[("    dscores[np.arange(len(X)), y] = 1\n", "    dscores[:] = 1\n")],
    ),
    Variant(
        "score-gradient",
        "whole-columns",
        why="each picture has a class of its own",
        edits=[("    dscores[np.arange(len(X)), y] = 1\n", "    dscores[:, y] = 1\n")],
    ),
    Variant(
        "score-gradient",
        "score-itself",
        why="the derivative of s by s is 1, not s",
        edits=[
            (
                "    dscores[np.arange(len(X)), y] = 1\n",
                "    dscores[np.arange(len(X)), y] = scores[np.arange(len(X)), y]\n",
            )
        ],
    ),
    Variant(
        "score-gradient",
        "mean-over-pictures",
        why="each picture's derivative is its own",
        edits=[
            (
                "    dscores[np.arange(len(X)), y] = 1\n",
                "    dscores[np.arange(len(X)), y] = 1 / len(X)\n",
            )
        ],
    ),
    Variant(
        "score-gradient",
        "keeps-the-rule-to-itself",
        why="the model never hears of relu_backward",
        edits=[
            (
                "model.backward(dscores, cache, relu_backward=relu_backward)",
                "model.backward(dscores, cache)",
            )
        ],
    ),
    Variant(
        "score-gradient",
        "in-float64",
        why="np.zeros makes float64",
        edits=[("dscores = np.zeros_like(scores)\n", "dscores = np.zeros(scores.shape)\n")],
    ),
    Variant(
        "score-gradient",
        "picture-by-picture",
        why="one picture after the other",
        code="""
for n in range(len(X)):
    row, cache = model.forward(X[n : n + 1])
    one = np.zeros(row.shape, row.dtype)
    one[0, y[n]] = 1
    dX[n] = model.backward(one, cache, relu_backward)[0][0]
""",
        right=True,
    ),
    Variant(
        "score-gradient",
        "rows-of-the-identity",
        why="a one-hot row is a row of the identity",
        code="""
dX = model.backward(np.eye(scores.shape[1], dtype=scores.dtype)[y], cache, relu_backward)[0]
""",
        right=True,
    ),
    # --- saliency-maps
    Variant(
        "saliency-maps",
        "signed",
        why="a score can move either way",
        edits=[("np.max(np.abs(dX), axis=1, out=saliency)", "np.max(dX, axis=1, out=saliency)")],
    ),
    Variant(
        "saliency-maps",
        "magnitude-too-late",
        why="-2 is lost before its magnitude is taken",
        edits=[
            ("np.max(np.abs(dX), axis=1, out=saliency)", "saliency = np.abs(np.max(dX, axis=1))")
        ],
    ),
    Variant(
        "saliency-maps",
        "sum-over-channels",
        why="the largest of the channels, not their sum",
        edits=[
            ("np.max(np.abs(dX), axis=1, out=saliency)", "np.sum(np.abs(dX), axis=1, out=saliency)")
        ],
    ),
    Variant(
        "saliency-maps",
        "mean-over-channels",
        why="the largest of the channels, not their mean",
        edits=[
            ("np.max(np.abs(dX), axis=1, out=saliency)", "saliency = np.mean(np.abs(dX), axis=1)")
        ],
    ),
    Variant(
        "saliency-maps",
        "signs-cancel",
        why="derivatives of opposite signs cancel in a sum",
        edits=[("np.max(np.abs(dX), axis=1, out=saliency)", "saliency = np.abs(dX.sum(axis=1))")],
    ),
    Variant(
        "saliency-maps",
        "over-the-pictures",
        why="channels are axis 1",
        edits=[
            ("np.max(np.abs(dX), axis=1, out=saliency)", "saliency = np.max(np.abs(dX), axis=0)")
        ],
    ),
    Variant(
        "saliency-maps",
        "first-channel",
        why="a pixel has three channels",
        edits=[("np.max(np.abs(dX), axis=1, out=saliency)", "saliency = np.abs(dX[:, 0])")],
    ),
    Variant(
        "saliency-maps",
        "by-itself",
        why="goes back by itself",
        code="""
scores, cache = model.forward(X)
wanted = np.zeros_like(scores)
for n, label in enumerate(y):
    wanted[n, label] = 1
dX = model.backward(wanted, cache)[0]
saliency = np.maximum(dX.max(axis=1), -dX.min(axis=1))
""",
        right=True,
    ),
    # --- deconv-relu
    Variant(
        "deconv-relu",
        "the-derivative",
        why="this looks at the way forward",
        edits=[("    dx[dout > 0] = dout[dout > 0]\n", "    dx[cache > 0] = dout[cache > 0]\n")],
    ),
    Variant(
        "deconv-relu",
        "guided",
        why="this looks both ways",
        edits=[
            (
                "    dx[dout > 0] = dout[dout > 0]\n",
                "    dx[(dout > 0) & (cache > 0)] = dout[(dout > 0) & (cache > 0)]\n",
            )
        ],
    ),
    Variant(
        "deconv-relu",
        "magnitudes",
        why="what is negative does not pass",
        edits=[("    dx[dout > 0] = dout[dout > 0]\n", "    dx = np.abs(dout)\n")],
    ),
    Variant(
        "deconv-relu",
        "everything",
        why="a deconvnet has ReLUs on the way back",
        edits=[("    dx[dout > 0] = dout[dout > 0]\n", "    dx = dout.copy()\n")],
    ),
    Variant(
        "deconv-relu",
        "a-relu",
        why="the same ReLU as forwards",
        code="""
dx = np.maximum(dout, 0)
""",
        right=True,
    ),
    # --- guided-relu
    Variant(
        "guided-relu",
        "deconv",
        why="a unit that was off stays off",
        edits=[("    passes = (dout > 0) & (cache > 0)\n", "    passes = dout > 0\n")],
    ),
    Variant(
        "guided-relu",
        "the-derivative",
        why="what comes back negative does not pass",
        edits=[("    passes = (dout > 0) & (cache > 0)\n", "    passes = cache > 0\n")],
    ),
    Variant(
        "guided-relu",
        "either",
        why="both conditions have to hold",
        edits=[
            ("    passes = (dout > 0) & (cache > 0)\n", "    passes = (dout > 0) | (cache > 0)\n")
        ],
    ),
    Variant(
        "guided-relu",
        "at-zero",
        why="a unit at 0 is off",
        edits=[
            ("    passes = (dout > 0) & (cache > 0)\n", "    passes = (dout > 0) & (cache >= 0)\n")
        ],
    ),
    Variant(
        "guided-relu",
        "same-sign",
        why="two negatives do not make it pass",
        edits=[("    passes = (dout > 0) & (cache > 0)\n", "    passes = dout * cache > 0\n")],
    ),
    Variant(
        "guided-relu",
        "product-of-masks",
        why="masks multiply",
        code="""
dx = dout * (dout > 0) * (cache > 0)
""",
        right=True,
    ),
    Variant(
        "guided-relu",
        "where",
        why="np.where",
        code="""
dx = np.where(cache > 0, np.maximum(dout, 0), dx)
""",
        right=True,
    ),
    # --- occlusion-map
    Variant(
        "occlusion-map",
        "turned-sign",
        why="what costs score should be above 0",
        edits=[
            ("score - model.forward(covered)[0][0, y]", "model.forward(covered)[0][0, y] - score")
        ],
    ),
    Variant(
        "occlusion-map",
        "sum-of-losses",
        why="pixels in the middle are covered more often",
        edits=[("    heat /= counts\n", "")],
    ),
    Variant(
        "occlusion-map",
        "one-window-less",
        why="range ends before its end",
        edits=[
            (
                "rows = sorted({*range(0, H - size + 1, stride), H - size})",
                "rows = sorted({*range(0, H - size, stride)})",
            )
        ],
    ),
    Variant(
        "occlusion-map",
        "border-left-out",
        why="the windows that fit may not reach the border",
        code="""
counts = np.zeros((H, W), dtype=X.dtype)
score = model.forward(X)[0][0, y]
for i in range(0, H - size + 1, stride):
    for j in range(0, W - size + 1, stride):
        covered = X.copy()
        covered[:, :, i : i + size, j : j + size] = fill
        heat[i : i + size, j : j + size] += score - model.forward(covered)[0][0, y]
        counts[i : i + size, j : j + size] += 1
heat /= np.maximum(counts, 1)
""",
    ),
    Variant(
        "occlusion-map",
        "cut-off-windows",
        why="windows that do not fit are moved, not cut off",
        edits=[
            (
                "rows = sorted({*range(0, H - size + 1, stride), H - size})",
                "rows = range(0, H, stride)",
            )
        ],
    ),
    Variant(
        "occlusion-map",
        "last-window-twice",
        why="a window that ends at the border counts once",
        edits=[
            (
                "rows = sorted({*range(0, H - size + 1, stride), H - size})",
                "rows = [*range(0, H - size + 1, stride), H - size]",
            )
        ],
    ),
    Variant(
        "occlusion-map",
        "height-for-width",
        why="pictures need not be square",
        edits=[("columns = sorted({*range(0, W - size + 1, stride), W - size})", "columns = rows")],
    ),
    Variant(
        "occlusion-map",
        "covers-one-channel",
        why="all channels are covered",
        edits=[
            (
                "covered[:, :, i : i + size, j : j + size] = fill",
                "covered[:, 0, i : i + size, j : j + size] = fill",
            )
        ],
    ),
    Variant(
        "occlusion-map",
        "always-black",
        why="the cover has the value fill",
        edits=[
            (
                "covered[:, :, i : i + size, j : j + size] = fill",
                "covered[:, :, i : i + size, j : j + size] = 0",
            )
        ],
    ),
    Variant(
        "occlusion-map",
        "covers-stay",
        why="the picture is uncovered before the next window",
        edits=[("            covered = X.copy()\n", "            covered = X\n")],
    ),
    Variant(
        "occlusion-map",
        "of-the-probability",
        why="the loss of score, not of probability",
        code="""
def score_of(picture):
    scores = model.forward(picture)[0][0]
    p = np.exp(scores - scores.max())
    return p[y] / p.sum()
counts = np.zeros((H, W), dtype=X.dtype)
for i in sorted({*range(0, H - size + 1, stride), H - size}):
    for j in sorted({*range(0, W - size + 1, stride), W - size}):
        covered = X.copy()
        covered[:, :, i : i + size, j : j + size] = fill
        heat[i : i + size, j : j + size] += score_of(X) - score_of(covered)
        counts[i : i + size, j : j + size] += 1
heat /= counts
""",
    ),
    Variant(
        "occlusion-map",
        "one-batch",
        why="all covered pictures in one batch",
        code="""
rows = list(range(0, H - size + 1, stride))
columns = list(range(0, W - size + 1, stride))
rows += [H - size] if rows[-1] + size < H else []
columns += [W - size] if columns[-1] + size < W else []
masks = []
for i in rows:
    for j in columns:
        mask = np.zeros((H, W), dtype=bool)
        mask[i : i + size, j : j + size] = True
        masks.append(mask)
masks = np.array(masks)
batch = np.where(masks[:, None], np.asarray(fill, X.dtype), X)
lost = model.forward(X)[0][0, y] - model.forward(batch)[0][:, y]
heat = np.tensordot(lost, masks, axes=1) / masks.sum(axis=0)
heat = heat.astype(X.dtype)
""",
        right=True,
    ),
]
