"""Variants of the network of three layers."""

from grading.mutants import Variant

VARIANTS = [
    # --- three-layer-init
    Variant(
        "three-layer-init",
        "counts-square-pictures",
        why="height and width differ",
        edits=[
            (
                '"W2": (num_filters * PH * PW, hidden_dim)',
                '"W2": (num_filters * PH * PH, hidden_dim)',
            )
        ],
    ),
    Variant(
        "three-layer-init",
        "forgets-the-pooling",
        why="the pooling halves height and width",
        edits=[
            (
                '"W2": (num_filters * PH * PW, hidden_dim)',
                '"W2": (num_filters * OH * OW, hidden_dim)',
            )
        ],
    ),
    Variant(
        "three-layer-init",
        "three-channels-always",
        why="pictures may have another number of channels",
        edits=[
            (
                "(num_filters, C, filter_size, filter_size)",
                "(num_filters, 3, filter_size, filter_size)",
            )
        ],
    ),
    Variant(
        "three-layer-init",
        "another-scale",
        why="weight_scale is the standard deviation",
        edits=[("weight_scale * np.random.randn(*shape)", "0.01 * np.random.randn(*shape)")],
    ),
    Variant(
        "three-layer-init",
        "variance-for-deviation",
        why="the standard deviation is the root of the variance",
        edits=[
            (
                "weight_scale * np.random.randn(*shape)",
                "weight_scale**0.5 * np.random.randn(*shape)",
            )
        ],
    ),
    Variant(
        "three-layer-init",
        "uniform",
        why="uniform numbers from 0 to 1 are all above 0",
        edits=[("weight_scale * np.random.randn(*shape)", "weight_scale * np.random.rand(*shape)")],
    ),
    Variant(
        "three-layer-init",
        "random-biases",
        why="biases begin at 0",
        edits=[
            (
                "self.params[name] = np.zeros(size)",
                "self.params[name] = weight_scale * np.random.randn(size)",
            )
        ],
    ),
    Variant(
        "three-layer-init",
        "one-by-one",
        why="the same without loops",
        code="""
normal = np.random.normal
self.params["W1"] = normal(0, weight_scale, size=(num_filters, C, filter_size, filter_size))
self.params["b1"] = np.zeros(num_filters)
self.params["W2"] = normal(0, weight_scale, size=(num_filters * (H // 2) * (W // 2), hidden_dim))
self.params["b2"] = np.zeros(hidden_dim)
self.params["W3"] = normal(0, weight_scale, size=(hidden_dim, num_classes))
self.params["b3"] = np.zeros(num_classes)
""",
        right=True,
    ),
    # --- three-layer-convnet
    Variant(
        "three-layer-convnet",
        "relu-on-the-scores",
        why="a score may be negative",
        edits=[
            (
                "scores, scores_cache = affine_forward(hidden, W3, b3)  # (N, K)",
                "scores, scores_cache = affine_forward(hidden, W3, b3)\n"
                "        scores = np.maximum(scores, 0)",
            )
        ],
    ),
    Variant(
        "three-layer-convnet",
        "no-relu-in-the-middle",
        why="two affine layers in a row are one",
        edits=[
            ("affine_relu_forward(pooled, W2, b2)  # (N, M)", "affine_forward(pooled, W2, b2)"),
            (
                "affine_relu_backward(dhidden, hidden_cache)",
                "affine_backward(dhidden, hidden_cache)",
            ),
        ],
    ),
    Variant(
        "three-layer-convnet",
        "leaves-the-filters-out-of-the-penalty",
        why="loss and gradient agree with each other, and both are wrong",
        edits=[('(("W1", W1), ("W2", W2), ("W3", W3))', '(("W2", W2), ("W3", W3))')],
    ),
    Variant(
        "three-layer-convnet",
        "leaves-the-last-layer-out-of-the-penalty",
        why="loss and gradient agree with each other, and both are wrong",
        edits=[('(("W1", W1), ("W2", W2), ("W3", W3))', '(("W1", W1), ("W2", W2))')],
    ),
    Variant(
        "three-layer-convnet",
        "no-factor-one-half",
        why="loss and gradient agree with each other, and both are wrong",
        edits=[
            ("0.5 * self.reg * np.sum(w * w)", "self.reg * np.sum(w * w)"),
            ("grads[name] += self.reg * w", "grads[name] += 2 * self.reg * w"),
        ],
    ),
    Variant(
        "three-layer-convnet",
        "no-penalty-in-the-gradients",
        why="the loss has a penalty, so the gradients have its derivative",
        edits=[("            grads[name] += self.reg * w\n", "")],
    ),
    Variant(
        "three-layer-convnet",
        "penalises-the-biases",
        why="the penalty is for weights",
        edits=[
            (
                '(("W1", W1), ("W2", W2), ("W3", W3))',
                "self.params.items()",
            )
        ],
    ),
    Variant(
        "three-layer-convnet",
        "gradients-of-two-layers-swapped",
        why="b1 is of the convolution",
        edits=[
            (
                'dpooled, grads["W2"], grads["b2"] = affine',
                'dpooled, grads["W2"], grads["b1"] = affine',
            ),
            ('_, grads["W1"], grads["b1"] = conv', '_, grads["W1"], grads["b2"] = conv'),
        ],
    ),
    Variant(
        "three-layer-convnet",
        "float64-pictures",
        why="X goes in as it came, and lifts everything",
        edits=[
            (
                "pooled, conv_cache = conv_relu_pool_forward(X, W1, b1, conv_param, pool_param)",
                "X, W1, b1 = (a.astype(np.float64) for a in (X, W1, b1))\n"
                "        pooled, conv_cache = conv_relu_pool_forward(\n"
                "            X, W1, b1, conv_param, pool_param)",
            )
        ],
    ),
    Variant(
        "three-layer-convnet",
        "changes-the-weights",
        why="a loss only reads",
        edits=[
            (
                "            loss += 0.5 * self.reg * np.sum(w * w)\n",
                "            loss += 0.5 * self.reg * np.sum(w * w)\n"
                "            w -= 1e-3 * grads[name]\n",
            )
        ],
    ),
    Variant(
        "three-layer-convnet",
        "layer-by-layer",
        why="the same without pairs, by the layers that one has written oneself",
        edits=[
            (
                "pooled, conv_cache = conv_relu_pool_forward(X, W1, b1, conv_param, pool_param)",
                "a, conv_cache = layers.conv_forward_naive(X, W1, b1, conv_param)\n"
                "        r, relu_cache = layers.relu_forward(a)\n"
                "        pooled, pool_cache = layers.max_pool_forward_naive(r, pool_param)",
            ),
            (
                '_, grads["W1"], grads["b1"] = '
                "conv_relu_pool_backward(dpooled, conv_cache, need_dx=False)",
                "dr = layers.max_pool_backward_naive(dpooled, pool_cache)\n"
                "        da = layers.relu_backward(dr, relu_cache)\n"
                '        _, grads["W1"], grads["b1"] = layers.conv_backward_naive(da, conv_cache)',
            ),
        ],
        right=True,
    ),
    Variant(
        "three-layer-convnet",
        "penalty-by-hand",
        why="the same, spelled out",
        edits=[
            (
                '        for name, w in (("W1", W1), ("W2", W2), ("W3", W3)):\n'
                "            loss += 0.5 * self.reg * np.sum(w * w)\n"
                "            grads[name] += self.reg * w\n",
                "        loss = loss + self.reg / 2 * (np.sum(W1**2) + np.sum(W2**2))\n"
                "        loss = loss + self.reg / 2 * np.sum(W3**2)\n"
                '        grads["W1"] = grads["W1"] + self.reg * W1\n'
                '        grads["W2"] = grads["W2"] + self.reg * W2\n'
                '        grads["W3"] = grads["W3"] + self.reg * W3\n',
            )
        ],
        right=True,
    ),
]
