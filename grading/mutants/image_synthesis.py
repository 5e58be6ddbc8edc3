"""Variants of the exercises that move a picture."""

from grading.mutants import Variant

VARIANTS = [
    # --- class-visualization-step
    Variant(
        "class-visualization-step",
        "no-penalty",
        why="the penalty keeps values small",
        edits=[("    dX = dX - 2 * l2_reg * img\n", "")],
    ),
    Variant(
        "class-visualization-step",
        "half-of-the-penalty",
        why="the derivative of a square is twice its root",
        edits=[("    dX = dX - 2 * l2_reg * img\n", "    dX = dX - l2_reg * img\n")],
    ),
    Variant(
        "class-visualization-step",
        "rewards-size",
        why="the penalty is subtracted",
        edits=[("    dX = dX - 2 * l2_reg * img\n", "    dX = dX + 2 * l2_reg * img\n")],
    ),
    Variant(
        "class-visualization-step",
        "not-normalised",
        why="the step has the length learning_rate",
        edits=[
            (
                "    img += learning_rate * dX / np.linalg.norm(dX)\n",
                "    img += learning_rate * dX\n",
            )
        ],
    ),
    Variant(
        "class-visualization-step",
        "largest-entry",
        why="the norm is not the largest entry",
        edits=[
            (
                "    img += learning_rate * dX / np.linalg.norm(dX)\n",
                "    img += learning_rate * dX / np.max(np.abs(dX))\n",
            )
        ],
    ),
    Variant(
        "class-visualization-step",
        "downhill",
        why="the score should rise",
        edits=[
            (
                "    img += learning_rate * dX / np.linalg.norm(dX)\n",
                "    img -= learning_rate * dX / np.linalg.norm(dX)\n",
            )
        ],
    ),
    Variant(
        "class-visualization-step",
        "a-new-picture",
        why="a new array under the old name changes nothing",
        edits=[
            (
                "    img += learning_rate * dX / np.linalg.norm(dX)\n",
                "    img = img + learning_rate * dX / np.linalg.norm(dX)\n",
            )
        ],
    ),
    Variant(
        "class-visualization-step",
        "penalty-behind-the-norm",
        why="the penalty is part of what is divided",
        code="""
_, dX = score_gradient(img, np.array([target_y]), model)
img += learning_rate * (dX / np.linalg.norm(dX) - 2 * l2_reg * img)
""",
    ),
    Variant(
        "class-visualization-step",
        "by-itself",
        why="goes back by itself",
        code="""
scores, cache = model.forward(img)
wanted = np.zeros_like(scores)
wanted[:, target_y] = 1
g = model.backward(wanted, cache)[0] - l2_reg * (img + img)
img[...] = img + g * (learning_rate / np.sqrt(np.sum(g**2)))
""",
        right=True,
    ),
    # --- fooling-image
    Variant(
        "fooling-image",
        "never-stops",
        why="it stops when the class wins",
        edits=[("        if np.argmax(scores[0]) == target_y:\n            break\n", "")],
    ),
    Variant(
        "fooling-image",
        "not-normalised",
        why="the step has the length learning_rate",
        edits=[
            (
                "        X_fooling += learning_rate * dX / np.linalg.norm(dX)\n",
                "        X_fooling += learning_rate * dX\n",
            )
        ],
    ),
    Variant(
        "fooling-image",
        "from-the-original",
        why="the derivative is that at the picture so far",
        edits=[
            (
                "score_gradient(X_fooling, np.array([target_y]), model)",
                "score_gradient(X, np.array([target_y]), model)",
            )
        ],
    ),
    Variant(
        "fooling-image",
        "changes-the-original",
        why="the picture that came in stays",
        edits=[
            (
                "        X_fooling += learning_rate * dX / np.linalg.norm(dX)\n",
                "        X += learning_rate * dX / np.linalg.norm(dX)\n        X_fooling = X\n",
            )
        ],
    ),
    Variant(
        "fooling-image",
        "downhill",
        why="the score of the class should rise",
        edits=[
            (
                "        X_fooling += learning_rate * dX / np.linalg.norm(dX)\n",
                "        X_fooling -= learning_rate * dX / np.linalg.norm(dX)\n",
            )
        ],
    ),
    Variant(
        "fooling-image",
        "steps-before-it-looks",
        why="it may fool already",
        code="""
for _ in range(max_iterations):
    _, dX = score_gradient(X_fooling, np.array([target_y]), model)
    X_fooling += learning_rate * dX / np.linalg.norm(dX)
    if np.argmax(model.forward(X_fooling)[0][0]) == target_y:
        break
""",
    ),
    Variant(
        "fooling-image",
        "one-step-late",
        why="it stops before the step",
        code="""
for _ in range(max_iterations):
    scores, dX = score_gradient(X_fooling, np.array([target_y]), model)
    X_fooling += learning_rate * dX / np.linalg.norm(dX)
    if np.argmax(scores[0]) == target_y:
        break
""",
    ),
    Variant(
        "fooling-image",
        "of-the-loss",
        why="the loss pulls the other scores down, too",
        code="""
for _ in range(max_iterations):
    scores, cache = model.forward(X_fooling)
    if np.argmax(scores[0]) == target_y:
        break
    p = np.exp(scores - scores.max())
    dscores = -p / p.sum()
    dscores[0, target_y] += 1
    dX, _ = model.backward(dscores, cache)
    X_fooling += learning_rate * dX / np.linalg.norm(dX)
""",
    ),
    Variant(
        "fooling-image",
        "by-itself",
        why="goes back by itself",
        code="""
step = 0
while step < max_iterations:
    scores, cache = model.forward(X_fooling)
    if scores[0].argmax() == target_y:
        break
    dscores = np.zeros_like(scores)
    dscores[0, target_y] = 1
    g, _ = model.backward(dscores, cache)
    X_fooling = X_fooling + learning_rate * (g / np.sqrt((g * g).sum()))
    step += 1
""",
        right=True,
    ),
    # --- inversion-loss
    Variant(
        "inversion-loss",
        "half-of-the-derivative",
        why="the derivative of a square is twice its root",
        edits=[
            (
                "model.backward(2 * (out - target) / scale, cache)[0]",
                "model.backward((out - target) / scale, cache)[0]",
            )
        ],
    ),
    Variant(
        "inversion-loss",
        "not-divided",
        why="relative to the size of what is wanted",
        edits=[("    scale = np.sum(target * target)\n", "    scale = 1.0\n")],
    ),
    Variant(
        "inversion-loss",
        "divided-in-the-loss-only",
        why="loss and derivative belong together",
        edits=[
            (
                "model.backward(2 * (out - target) / scale, cache)[0]",
                "model.backward(2 * (out - target), cache)[0]",
            )
        ],
    ),
    Variant(
        "inversion-loss",
        "forgets-the-roughness",
        why="both terms have a derivative",
        edits=[("    dX = dX + model.backward(", "    dX = model.backward(")],
    ),
    Variant(
        "inversion-loss",
        "turned",
        why="from what is wanted to what is",
        edits=[
            (
                "model.backward(2 * (out - target) / scale, cache)[0]",
                "model.backward(2 * (target - out) / scale, cache)[0]",
            )
        ],
    ),
    Variant(
        "inversion-loss",
        "all-layers",
        why="only up to the layer that is inverted",
        edits=[
            (
                "out, cache = model.forward(X, end=layer)\n    scale",
                "out, cache = model.forward(X)\n    scale",
            )
        ],
    ),
    Variant(
        "inversion-loss",
        "by-the-present-size",
        why="divided by the wanted activations, not by the present ones",
        edits=[("    scale = np.sum(target * target)\n", "    scale = np.sum(out * out)\n")],
    ),
    Variant(
        "inversion-loss",
        "residual-first",
        why="the residual in its own variable",
        code="""
residual, cache = model.forward(X, start=None, end=layer)
residual = residual - target
weight = 1 / float((target**2).sum())
loss = loss + weight * float(np.vdot(residual, residual))
dX += model.backward(2 * weight * residual, cache)[0]
""",
        right=True,
    ),
    # --- deepdream-step
    Variant(
        "deepdream-step",
        "of-the-sum",
        why="the derivative of half a square is the value itself",
        edits=[
            (
                "    dX, _ = model.backward(out, cache)\n",
                "    dX, _ = model.backward(np.ones_like(out), cache)\n",
            )
        ],
    ),
    Variant(
        "deepdream-step",
        "not-scaled",
        why="steps have the same size in every layer",
        edits=[
            ("    X += learning_rate * dX / np.mean(np.abs(dX))\n", "    X += learning_rate * dX\n")
        ],
    ),
    Variant(
        "deepdream-step",
        "by-the-norm",
        why="the mean magnitude, not the norm",
        edits=[
            (
                "    X += learning_rate * dX / np.mean(np.abs(dX))\n",
                "    X += learning_rate * dX / np.linalg.norm(dX)\n",
            )
        ],
    ),
    Variant(
        "deepdream-step",
        "downhill",
        why="activations should grow",
        edits=[
            (
                "    X += learning_rate * dX / np.mean(np.abs(dX))\n",
                "    X -= learning_rate * dX / np.mean(np.abs(dX))\n",
            )
        ],
    ),
    Variant(
        "deepdream-step",
        "signs-cancel",
        why="the mean of g is near 0; that of |g| is meant",
        edits=[
            (
                "    X += learning_rate * dX / np.mean(np.abs(dX))\n",
                "    X += learning_rate * dX / np.abs(np.mean(dX))\n",
            )
        ],
    ),
    Variant(
        "deepdream-step",
        "of-the-scores",
        why="the layer, not the net's last",
        edits=[
            (
                "    out, cache = model.forward(X, end=layer)\n    dX, _ =",
                "    out, cache = model.forward(X)\n    dX, _ =",
            )
        ],
    ),
    Variant(
        "deepdream-step",
        "of-the-magnitudes",
        why="the sum of squares, not of magnitudes",
        edits=[
            (
                "    dX, _ = model.backward(out, cache)\n",
                "    dX, _ = model.backward(np.sign(out), cache)\n",
            )
        ],
    ),
    Variant(
        "deepdream-step",
        "twice-the-energy",
        why="a constant factor cancels",
        code="""
out, cache = model.forward(X, end=layer)
g = model.backward(2 * out, cache)[0]
X = X + g * (learning_rate * g.size / np.abs(g).sum())
""",
        right=True,
    ),
]
