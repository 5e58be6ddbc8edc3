"""Variants of the exercises of the two-layer net."""

from grading.mutants import Variant

VARIANTS = [
    # --- net-scores
    Variant(
        "net-scores",
        "forgets-the-relu",
        why="two affine layers in a row are one affine layer",
        edits=[("hidden = np.maximum(X @ W1 + b1, 0)  # (N, H)", "hidden = X @ W1 + b1")],
    ),
    Variant(
        "net-scores",
        "relu-on-the-scores-too",
        why="a score may be negative; checks with positive scores only would not notice",
        edits=[
            (
                "scores = hidden @ W2 + b2  # (N, C)",
                "scores = np.maximum(hidden @ W2 + b2, 0)",
            )
        ],
    ),
    Variant(
        "net-scores",
        "relu-before-the-bias",
        why="the bias shifts the threshold of the unit, so it belongs inside",
        edits=[("np.maximum(X @ W1 + b1, 0)", "np.maximum(X @ W1, 0) + b1")],
    ),
    Variant(
        "net-scores",
        "forgets-the-second-bias",
        why="a fresh net has b2 = 0, where nothing shows it",
        edits=[("scores = hidden @ W2 + b2", "scores = hidden @ W2")],
    ),
    Variant(
        "net-scores",
        "absolute-value",
        why="a ReLU cuts off, it does not fold",
        edits=[("np.maximum(X @ W1 + b1, 0)", "np.abs(X @ W1 + b1)")],
    ),
    Variant(
        "net-scores",
        "sigmoid-units",
        why="the notes explain sigmoids first; this net has ReLUs",
        edits=[("np.maximum(X @ W1 + b1, 0)", "1 / (1 + np.exp(np.minimum(-X @ W1 - b1, 700)))")],
    ),
    Variant(
        "net-scores",
        "masks-and-multiplies",
        why="z * (z > 0) is the same ReLU",
        code="""
before = np.dot(X, W1) + b1[None, :]
hidden = before * (before > 0)
scores = np.einsum("nh,hc->nc", hidden, W2) + b2
""",
        right=True,
    ),
    Variant(
        "net-scores",
        "one-example-at-a-time",
        why="slow, and right",
        code="""
hidden = np.array([[max(0.0, float(x @ w + b)) for w, b in zip(W1.T, b1)] for x in X])
scores = np.stack([W2.T @ h + b2 for h in hidden])
""",
        right=True,
    ),
    # --- net-loss
    Variant(
        "net-loss",
        "sums-instead-of-averaging",
        why="then the best learning rate depends on the batch size",
        edits=[("loss = np.mean(log_sums", "loss = np.sum(log_sums")],
    ),
    Variant(
        "net-loss",
        "halves-the-penalty",
        why="the other convention: here there is no 1/2",
        edits=[("loss += reg * (np", "loss += 0.5 * reg * (np")],
    ),
    Variant(
        "net-loss",
        "forgets-the-penalty",
        why="at reg = 5e-6 nothing shows it",
        edits=[("        loss += reg * (np.sum(W1**2) + np.sum(W2**2))\n", "")],
    ),
    Variant(
        "net-loss",
        "penalises-one-layer",
        why="W1 is the larger of the two",
        edits=[("(np.sum(W1**2) + np.sum(W2**2))", "np.sum(W2**2)")],
    ),
    Variant(
        "net-loss",
        "penalises-the-biases",
        why="a bias only shifts; the penalty is for the weights",
        edits=[
            (
                "(np.sum(W1**2) + np.sum(W2**2))",
                "sum(np.sum(p**2) for p in self.params.values())",
            )
        ],
    ),
    Variant(
        "net-loss",
        "overflows",
        why="exp of a score of 10,000 is inf, and inf / inf is nan",
        edits=[("shifted = scores - scores.max(axis=1, keepdims=True)", "shifted = scores")],
    ),
    Variant(
        "net-loss",
        "divides-the-penalty-by-n",
        why="the mean is over the examples; the penalty is not one of them",
        code="""
shifted = scores - scores.max(axis=1, keepdims=True)
log_sums = np.log(np.exp(shifted).sum(axis=1))
loss = np.sum(log_sums - shifted[np.arange(N), y]) + reg * (np.sum(W1**2) + np.sum(W2**2))
loss /= N
""",
    ),
    Variant(
        "net-loss",
        "normalises-over-examples",
        why="the probabilities of one example sum to 1, not those of one class",
        code="""
shifted = scores - scores.max(axis=1, keepdims=True)
log_sums = np.log(np.exp(shifted).sum(axis=1))
columns = np.log(np.exp(shifted).sum(axis=0))
loss = np.mean((columns - shifted)[np.arange(N), y])
loss += reg * (np.sum(W1**2) + np.sum(W2**2))
""",
    ),
    Variant(
        "net-loss",
        "probabilities-first",
        why="softmax, then its logarithm, as most people write it",
        code="""
shifted = scores - np.max(scores, axis=1)[:, np.newaxis]
exps = np.exp(shifted)
log_sums = np.log(exps.sum(axis=1))
probs = exps / exps.sum(axis=1, keepdims=True)
loss = -np.sum(np.log(probs[range(N), y])) / N
loss = loss + reg * (np.linalg.norm(W1) ** 2 + (W2 * W2).sum())
""",
        right=True,
    ),
    Variant(
        "net-loss",
        "one-maximum-for-all",
        why="any shift will do that keeps the exponentials from overflowing",
        code="""
shifted = scores - np.max(scores)
log_sums = np.log(np.exp(shifted).sum(axis=1))
onehot = np.eye(scores.shape[1])[y]
loss = float((onehot * (log_sums[:, None] - shifted)).sum() / N)
loss += reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)
""",
        right=True,
    ),
    # --- net-gradients
    Variant(
        "net-gradients",
        "forgets-the-relu-mask",
        why="a unit that was off passes no gradient back",
        edits=[("(dscores @ W2.T) * (hidden > 0)", "dscores @ W2.T")],
    ),
    Variant(
        "net-gradients",
        "multiplies-by-hidden",
        why="the slope of a ReLU is 1 where it is on, not its output",
        edits=[("* (hidden > 0)", "* hidden")],
    ),
    Variant(
        "net-gradients",
        "forgets-the-factor-two",
        why="the derivative of W^2 is 2W",
        edits=[
            ("+ 2 * reg * W2", "+ reg * W2"),
            ("+ 2 * reg * W1", "+ reg * W1"),
        ],
    ),
    Variant(
        "net-gradients",
        "penalty-on-one-layer",
        why="both layers are penalised in the loss",
        edits=[(" + 2 * reg * W1", "")],
    ),
    Variant(
        "net-gradients",
        "forgets-to-divide-by-n",
        why="the loss is a mean",
        edits=[("        dscores /= N\n", "")],
    ),
    Variant(
        "net-gradients",
        "averages-the-bias-gradients",
        why="1/N is in dscores already",
        edits=[
            ("dscores.sum(axis=0)", "dscores.mean(axis=0)"),
            ("dhidden.sum(axis=0)", "dhidden.mean(axis=0)"),
        ],
    ),
    Variant(
        "net-gradients",
        "forgets-the-right-class",
        why="the score of the right class pulls the loss down: p - 1",
        edits=[("        dscores[np.arange(N), y] -= 1\n", "")],
    ),
    Variant(
        "net-gradients",
        "steps-while-computing",
        why="loss should compute; changing W2 here changes the gradient of W1",
        edits=[
            (
                'grads["W2"] = hidden.T @ dscores + 2 * reg * W2',
                'grads["W2"] = hidden.T @ dscores + 2 * reg * W2\n'
                '        self.params["W2"] -= 1e-3 * grads["W2"]',
            )
        ],
    ),
    Variant(
        "net-gradients",
        "example-by-example",
        why="adding up outer products is the matrix product",
        code="""
for name, value in self.params.items():
    grads[name] = np.zeros_like(value)
for n in range(N):
    p = np.exp(scores[n] - scores[n].max())
    d = p / p.sum()
    d[y[n]] -= 1
    d = d / N
    back = W2.dot(d)
    back[hidden[n] <= 0] = 0
    grads["W2"] += np.outer(hidden[n], d)
    grads["b2"] += d
    grads["W1"] += np.outer(X[n], back)
    grads["b1"] += back
grads["W1"] += 2 * reg * W1
grads["W2"] += 2 * reg * W2
""",
        right=True,
    ),
    # --- net-train
    Variant(
        "net-train",
        "climbs",
        why="the gradient points to where the loss grows",
        edits=[
            ("self.params[name] - learning_rate * grad", "self.params[name] + learning_rate * grad")
        ],
    ),
    Variant(
        "net-train",
        "forgets-the-biases",
        why="at first biases matter little, so the loss goes down all the same",
        edits=[
            (
                "for name, grad in grads.items():",
                'for name, grad in [(key, grads[key]) for key in ("W1", "W2")]:',
            )
        ],
    ),
    Variant(
        "net-train",
        "draws-labels-apart",
        why="picture and label have to stay together",
        edits=[
            (
                "X_batch, y_batch = X[chosen], y[chosen]",
                "X_batch, y_batch = X[chosen], y[np.random.choice(num_train, batch_size)]",
            )
        ],
    ),
    Variant(
        "net-train",
        "takes-the-first-rows",
        why="then most pictures are never seen",
        edits=[
            (
                "chosen = np.random.choice(num_train, batch_size)",
                "chosen = np.arange(batch_size) % num_train",
            )
        ],
    ),
    Variant(
        "net-train",
        "goes-through-in-order",
        why="a set sorted by class gives batches of one class each",
        edits=[
            (
                "chosen = np.random.choice(num_train, batch_size)",
                "chosen = (it * batch_size + np.arange(batch_size)) % num_train",
            )
        ],
    ),
    Variant(
        "net-train",
        "never-repeats-within-a-batch",
        why="fails as soon as the batch is larger than the set",
        edits=[
            (
                "np.random.choice(num_train, batch_size)",
                "np.random.choice(num_train, batch_size, replace=False)",
            )
        ],
    ),
    Variant(
        "net-train",
        "draws-one-batch-for-ever",
        why="seeding inside the loop draws the same numbers again",
        edits=[
            (
                "chosen = np.random.choice(num_train, batch_size)",
                "chosen = np.random.RandomState(0).choice(num_train, batch_size)",
            )
        ],
    ),
    Variant(
        "net-train",
        "updates-in-place",
        why="each parameter by name, in place, with randint",
        edits=[
            (
                "chosen = np.random.choice(num_train, batch_size)",
                "chosen = np.random.randint(0, num_train, size=batch_size)",
            ),
            (
                "self.params[name] = self.params[name] - learning_rate * grad",
                "self.params[name] -= grad * learning_rate",
            ),
        ],
        right=True,
    ),
    # --- net-predict
    Variant(
        "net-predict",
        "maximum-over-examples",
        why="axis 0 runs over the examples",
        code="return np.argmax(self.loss(X), axis=0)",
    ),
    Variant(
        "net-predict",
        "returns-the-scores",
        why="the largest score is not its place",
        code="return np.max(self.loss(X), axis=1)",
    ),
    Variant(
        "net-predict",
        "forgets-the-biases",
        why="the same forward pass written anew, with less in it",
        code="""
hidden = np.maximum(X @ self.params["W1"], 0)
return np.argmax(hidden @ self.params["W2"], axis=1)
""",
    ),
    Variant(
        "net-predict",
        "forgets-the-relu",
        why="the same forward pass written anew, with less in it",
        code="""
hidden = X @ self.params["W1"] + self.params["b1"]
return np.argmax(hidden @ self.params["W2"] + self.params["b2"], axis=1)
""",
    ),
    Variant(
        "net-predict",
        "largest-in-magnitude",
        why="a score of -10 is the least likely, not the most",
        code="return np.argmax(np.abs(self.loss(X)), axis=1)",
    ),
    Variant(
        "net-predict",
        "counts-from-one",
        why="labels begin at 0",
        code="return np.argmax(self.loss(X), axis=1) + 1",
    ),
    Variant(
        "net-predict",
        "written-out",
        why="the forward pass again, and an argmax by sorting",
        code="""
hidden = np.maximum(0, X.dot(self.params["W1"]) + self.params["b1"])
scores = hidden.dot(self.params["W2"]) + self.params["b2"]
return np.argsort(scores, axis=1)[:, -1]
""",
        right=True,
    ),
]
