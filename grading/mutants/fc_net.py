"""Variants of the losses of fully connected nets."""

from grading.mutants import Variant

VARIANTS = [
    # --- fc-two-layer-net
    Variant(
        "fc-two-layer-net",
        "relu-on-the-scores",
        why="a score may be negative; a check with positive scores only would not notice",
        edits=[
            (
                "scores, affine2_cache = affine_forward(hidden, W2, b2)  # (N, C)",
                "scores, affine2_cache = affine_forward(hidden, W2, b2)\n"
                "        scores = np.maximum(scores, 0)",
            )
        ],
    ),
    Variant(
        "fc-two-layer-net",
        "forgets-the-relu",
        why="two affine layers in a row are one",
        edits=[("hidden, relu_cache = relu_forward(a)", "hidden, relu_cache = a, a")],
    ),
    Variant(
        "fc-two-layer-net",
        "forgets-the-relu-on-the-way-back",
        why="a unit that was off passes nothing back",
        edits=[("da = relu_backward(dhidden, relu_cache)", "da = dhidden")],
    ),
    Variant(
        "fc-two-layer-net",
        "no-factor-one-half",
        why="assignment 1's penalty had none; this one has",
        edits=[
            ("loss += 0.5 * self.reg * (np", "loss += self.reg * (np"),
            ('grads["W1"] += self.reg * W1', 'grads["W1"] += 2 * self.reg * W1'),
            ('grads["W2"] += self.reg * W2', 'grads["W2"] += 2 * self.reg * W2'),
        ],
    ),
    Variant(
        "fc-two-layer-net",
        "leaves-out-the-last-layer",
        why="loss and gradient agree with each other, and both are wrong",
        edits=[
            ("(np.sum(W1**2) + np.sum(W2**2))", "np.sum(W1**2)"),
            ('        grads["W2"] += self.reg * W2\n', ""),
        ],
    ),
    Variant(
        "fc-two-layer-net",
        "no-penalty-in-the-gradients",
        why="the loss has a penalty, so the gradients have its derivative",
        edits=[
            ('        grads["W1"] += self.reg * W1\n        grads["W2"] += self.reg * W2\n', ""),
        ],
    ),
    Variant(
        "fc-two-layer-net",
        "by-hand",
        why="without the layers, as in assignment 1",
        edits=[
            (
                """        a, affine1_cache = affine_forward(X, W1, b1)  # (N, H)
        hidden, relu_cache = relu_forward(a)
        scores, affine2_cache = affine_forward(hidden, W2, b2)  # (N, C)
""",
                """        rows = X.reshape(len(X), -1)
        hidden = np.maximum(rows @ W1 + b1, 0)
        scores = hidden @ W2 + b2
""",
            ),
            (
                'dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, affine2_cache)',
                'grads["W2"], grads["b2"] = hidden.T @ dscores, dscores.sum(axis=0)',
            ),
            (
                "da = relu_backward(dhidden, relu_cache)",
                "da = (dscores @ W2.T) * (hidden > 0)",
            ),
            (
                '_, grads["W1"], grads["b1"] = affine_backward(da, affine1_cache)',
                'grads["W1"], grads["b1"] = rows.T @ da, da.sum(axis=0)',
            ),
        ],
        right=True,
    ),
    # --- fc-net-init
    Variant(
        "fc-net-init",
        "forgets-the-last-layer",
        why="L layers have L weight matrices",
        edits=[
            (
                "in range(1, self.num_layers + 1):\n            shape",
                "in range(1, self.num_layers):\n            shape",
            )
        ],
    ),
    Variant(
        "fc-net-init",
        "counts-from-zero",
        why="the first layer's weights are W1",
        edits=[
            (
                'self.params[f"W{layer}"] = weight_scale',
                'self.params[f"W{layer - 1}"] = weight_scale',
            )
        ],
    ),
    Variant(
        "fc-net-init",
        "own-scale",
        why="a good size of its own, but the docstring promises weight_scale",
        edits=[
            (
                "weight_scale * np.random.randn(*shape)",
                "np.sqrt(2 / shape[0]) * np.random.randn(*shape)",
            )
        ],
    ),
    Variant(
        "fc-net-init",
        "zero-weights",
        why="units that begin alike stay alike",
        edits=[("weight_scale * np.random.randn(*shape)", "np.zeros(shape)")],
    ),
    Variant(
        "fc-net-init",
        "biases-at-the-weight-scale",
        why="biases begin at 0",
        edits=[
            (
                'self.params[f"b{layer}"] = np.zeros(shape[1])',
                'self.params[f"b{layer}"] = np.full(shape[1], weight_scale)',
            )
        ],
    ),
    Variant(
        "fc-net-init",
        "pairs-of-sizes",
        why="zip goes through the sizes as well",
        code="""
for layer, (before, after) in enumerate(zip(sizes[:-1], sizes[1:])):
    self.params["W" + str(layer + 1)] = np.random.normal(0, weight_scale, size=(before, after))
    self.params["b" + str(layer + 1)] = np.zeros(after)
""",
        right=True,
    ),
    # --- fc-net-scores
    Variant(
        "fc-net-scores",
        "relu-on-the-scores",
        why="a score may be negative",
        edits=[
            (
                "        caches.append(affine_cache)\n",
                "        caches.append(affine_cache)\n        scores = np.maximum(scores, 0)\n",
            )
        ],
    ),
    Variant(
        "fc-net-scores",
        "forgets-the-relus",
        why="then the net is linear, however deep",
        edits=[("out, relu_cache = relu_forward(out)", "relu_cache = out")],
    ),
    Variant(
        "fc-net-scores",
        "two-layers-only",
        why="right for one hidden layer",
        edits=[
            (
                "        for layer in range(1, last):\n            w, b",
                "        for layer in range(1, 2):\n            w, b",
            )
        ],
    ),
    Variant(
        "fc-net-scores",
        "leaves-the-net's-precision",
        why="a constant of NumPy's float64 lifts everything",
        edits=[("        out = X\n", "        out = X * np.float64(1.0)\n")],
    ),
    Variant(
        "fc-net-scores",
        "recursion",
        why="the same layers, one call each",
        code="""
def pass_on(out, layer):
    out, affine_cache = affine_forward(
        out, self.params["W%d" % layer], self.params["b%d" % layer]
    )
    if layer == last:
        caches.append(affine_cache)
        return out
    out, norm_cache = self._normalize(out, layer)
    out, relu_cache = relu_forward(out)
    out, dropout_cache = self._drop(out)
    caches.append((affine_cache, norm_cache, relu_cache, dropout_cache))
    return pass_on(out, layer + 1)

scores = pass_on(X, 1)
""",
        right=True,
    ),
    # --- fc-net-loss
    Variant(
        "fc-net-loss",
        "leaves-out-the-last-layer",
        why="loss and gradient agree with each other, and both are wrong",
        edits=[
            (
                "for layer in range(1, last + 1):\n            w = ",
                "for layer in range(1, last):\n            w = ",
            )
        ],
    ),
    Variant(
        "fc-net-loss",
        "no-factor-one-half",
        why="assignment 1's penalty had none; this one has",
        edits=[
            ("loss += 0.5 * self.reg * np.sum(w**2)", "loss += self.reg * np.sum(w**2)"),
            ('grads[f"W{layer}"] += self.reg * w', 'grads[f"W{layer}"] += 2 * self.reg * w'),
        ],
    ),
    Variant(
        "fc-net-loss",
        "halves-the-gradient-too",
        why="the derivative of w^2 / 2 is w",
        edits=[('grads[f"W{layer}"] += self.reg * w', 'grads[f"W{layer}"] += 0.5 * self.reg * w')],
    ),
    Variant(
        "fc-net-loss",
        "penalises-biases",
        why="a bias only shifts; the penalty is for the weights",
        edits=[
            (
                "            loss += 0.5 * self.reg * np.sum(w**2)\n",
                '            b = self.params[f"b{layer}"]\n'
                "            loss += 0.5 * self.reg * (np.sum(w**2) + np.sum(b**2))\n"
                '            grads[f"b{layer}"] += self.reg * b\n',
            )
        ],
    ),
    Variant(
        "fc-net-loss",
        "one-cache-for-all",
        why="every layer has a cache of its own",
        edits=[("dropout_cache = caches[layer - 1]", "dropout_cache = caches[-2]")],
    ),
    Variant(
        "fc-net-loss",
        "forgets-the-relus",
        why="a unit that was off passes nothing back",
        edits=[("            dout = relu_backward(dout, relu_cache)\n", "")],
    ),
    Variant(
        "fc-net-loss",
        "lifts-float32",
        why="a NumPy number of float64 times float32 is float64",
        edits=[
            (
                'grads[f"W{layer}"] += self.reg * w',
                'grads[f"W{layer}"] = grads[f"W{layer}"] + np.float64(self.reg) * w',
            )
        ],
    ),
    Variant(
        "fc-net-loss",
        "pops-caches",
        why="a stack of caches turns the order round by itself",
        code="""
loss, dscores = softmax_loss(scores, y)
loss = loss + sum(
    0.5 * self.reg * np.sum(value * value)
    for name, value in self.params.items()
    if name.startswith("W")
)
dout, dw, db = affine_backward(dscores, caches.pop())
grads["W%d" % last], grads["b%d" % last] = dw + self.reg * self.params["W%d" % last], db
layer = last - 1
while caches:
    affine_cache, norm_cache, relu_cache, dropout_cache = caches.pop()
    dout = relu_backward(self._drop_backward(dout, dropout_cache), relu_cache)
    dout = self._normalize_backward(dout, norm_cache, layer, grads)
    dout, dw, db = affine_backward(dout, affine_cache)
    grads["W%d" % layer], grads["b%d" % layer] = dw + self.reg * self.params["W%d" % layer], db
    layer -= 1
""",
        right=True,
    ),
]
