"""Variants of recurrent layers, stacks, the network's loss, batches of a text, and states."""

from grading.mutants.language_models import of

FORWARD = """h = x @ Wx + b
prev_h = h0
for t in range(x.shape[1]):
    prev_h = h[:, t] = np.maximum(0, h[:, t] + prev_h @ Wh)
cache = x, h0, Wx, Wh, h
"""

BACKWARD = """x, h0, Wx, Wh, h = cache
da, dh0 = np.empty_like(h), np.zeros_like(h0)
for t in reversed(range(x.shape[1])):
    da[:, t] = (dh[:, t] + dh0) * (h[:, t] > 0)
    dh0 = da[:, t] @ Wh.T
prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
sums = ([0, 1], [0, 1])
dx, db = da @ Wx.T, da.sum(axis=(0, 1))
dWx, dWh = np.tensordot(x, da, axes=sums), np.tensordot(prev_h, da, axes=sums)
"""

UP = """h, last, caches = x, [], []
for h0, weights in zip(states, layers):
    h, cache = forward(h, h0, *weights)
    last.append(h[:, -1])
    caches.append(cache)
"""

DOWN = """grads = []
for cache in reversed(caches):
    dh, _, *of_weights = backward(dh, cache)
    grads.insert(0, tuple(of_weights))
dx = dh
"""

LOSS = """scores, last, (embedded, stacked, scored) = self.scores(x, states)
loss, dscores = temporal_softmax_loss(scores, y, mask)
share = len(x) / int(mask.sum())
grads = {}
dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores * share, scored)
dvectors, of_layers = stack_backward(dh, stacked, self.cell)
for k, (dWx, dWh, db) in enumerate(of_layers, 1):
    grads[f"Wx{k}"], grads[f"Wh{k}"], grads[f"b{k}"] = dWx, dWh, db
grads["W_embed"] = word_embedding_backward(dvectors, embedded)
return loss * share, grads, last
"""

ROWS = """columns = (len(tokens) - 1) // N
B = columns // T
x, y = (
    tokens[shift : shift + N * columns].reshape(N, columns)[:, : B * T]
    for shift in (0, 1)
)
x, y = (rows.reshape(N, B, T).transpose(1, 0, 2) for rows in (x, y))
"""

RUN = """states = model.begin(x[0])
for read, following in zip(x, y):
    loss, grads, states = model.loss(read, following, everything, states)
    losses.append(float(loss))
    if step is not None:
        step(grads)
"""

forward, backward = of("relu-rnn-forward", FORWARD), of("relu-rnn-backward", BACKWARD)
up, down, loss = of("stack-forward", UP), of("stack-backward", DOWN), of("lm-loss", LOSS)
rows, run = of("stream-batches", ROWS), of("carry-state", RUN)

VARIANTS = [
    # --- relu-rnn-forward
    forward(
        "tanh",
        "max(0, a)",
        ("np.maximum(0, h[:, t] + prev_h @ Wh)", "np.tanh(h[:, t] + prev_h @ Wh)"),
    ),
    forward(
        "not-rectified",
        "max(0, a)",
        ("np.maximum(0, h[:, t] + prev_h @ Wh)", "h[:, t] + prev_h @ Wh"),
    ),
    forward("always-from-h0", "the state goes on", ("prev_h = h[:, t] =", "h[:, t] =")),
    forward("from-zero", "the first state is h0", ("prev_h = h0", "prev_h = np.zeros_like(h0)")),
    forward("no-bias", "b is added", ("x @ Wx + b", "x @ Wx")),
    forward("transposed", "states stand before Wh", ("prev_h @ Wh", "prev_h @ Wh.T")),
    forward(
        "rectified-before-the-sum",
        "the sum is rectified",
        ("np.maximum(0, h[:, t] + prev_h @ Wh)", "np.maximum(0, h[:, t]) + prev_h @ Wh"),
    ),
    forward(
        "capped",
        "nothing bounds a state",
        ("np.maximum(0, h[:, t] + prev_h @ Wh)", "np.clip(h[:, t] + prev_h @ Wh, 0, 100)"),
    ),
    forward("double-precision", "that of the inputs", ("x @ Wx + b", "x.astype(float) @ Wx + b")),
    forward(
        "step-by-step",
        "the same, with a list of states",
        code="states = [h0]\n"
        "for t in range(x.shape[1]):\n"
        "    a = x[:, t] @ Wx + states[-1] @ Wh + b\n"
        "    states.append(a * (a > 0))\n"
        "h = np.stack(states[1:], axis=1)\n"
        "cache = x, h0, Wx, Wh, h",
        right=True,
    ),
    # --- relu-rnn-backward
    backward("no-slope", "a cell of 0 passes nothing", (" * (h[:, t] > 0)", "")),
    backward("slope-of-tanh", "max(0, a)", ("(h[:, t] > 0)", "(1 - h[:, t] ** 2)")),
    backward("zero-passes", "a cell of 0 passes nothing", ("h[:, t] > 0", "h[:, t] >= 0")),
    backward("each-step-alone", "later steps count", ("(dh[:, t] + dh0)", "dh[:, t]")),
    backward(
        "from-the-front", "from the last step", ("reversed(range(x.shape[1]))", "range(x.shape[1])")
    ),
    backward("not-transposed", "Wh.T on the way back", ("da[:, t] @ Wh.T", "da[:, t] @ Wh")),
    backward(
        "states-after",
        "states before the step",
        ("np.tensordot(prev_h, da", "np.tensordot(h, da"),
    ),
    backward(
        "h0-is-zero",
        "h0 has its share",
        ("[h0[:, None], h[:, :-1]]", "[0 * h0[:, None], h[:, :-1]]"),
    ),
    backward(
        "a-mean", "the loss has divided", ("da.sum(axis=(0, 1))", "da.mean(axis=0).sum(axis=0)")
    ),
    backward(
        "step-by-step",
        "the same, sums that grow",
        code="x, h0, Wx, Wh, h = cache\n"
        "dx, dnext = np.zeros_like(x), np.zeros_like(h0)\n"
        "dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wh[0])\n"
        "for t in range(x.shape[1])[::-1]:\n"
        "    da = np.where(h[:, t] > 0, dh[:, t] + dnext, 0).astype(h.dtype)\n"
        "    before = h[:, t - 1] if t > 0 else h0\n"
        "    dx[:, t], dnext = da.dot(Wx.T), da.dot(Wh.T)\n"
        "    dWx += x[:, t].T @ da\n"
        "    dWh += before.T @ da\n"
        "    db += da.sum(0)\n"
        "dh0 = dnext",
        right=True,
    ),
    # --- stack-forward
    up("all-read-x", "each reads the one below", ("forward(h, h0", "forward(x, h0")),
    up("first-states", "those after the last step", ("last.append(h[:, -1])", "last.append(h0)")),
    up("after-one-step", "after the last", ("h[:, -1]", "h[:, 0]")),
    up("begins-at-zero", "each has its state", ("forward(h, h0", "forward(h, 0 * h0")),
    up(
        "the-highest-last-only",
        "a state for each layer",
        ("last.append(h[:, -1])", "last = [h[:, -1]]"),
    ),
    up("turned-round", "the lowest first", ("last.append(h[:, -1])", "last.insert(0, h[:, -1])")),
    up(
        "states-turned-round",
        "the lowest first",
        ("zip(states, layers)", "zip(states[::-1], layers)"),
    ),
    up(
        "last-state-alone",
        "all states of the highest",
        ("caches.append(cache)", "caches.append(cache)\nh = h[:, -1:]"),
    ),
    up(
        "by-number",
        "the same, with an index",
        code="caches, last, h = [None] * len(layers), [None] * len(layers), x\n"
        "for k in range(len(layers)):\n"
        "    Wx, Wh, b = layers[k]\n"
        "    h, caches[k] = forward(h, states[k], Wx, Wh, b)\n"
        "    last[k] = h[:, h.shape[1] - 1, :].copy()",
        right=True,
    ),
    # --- stack-backward
    down("from-below", "the highest first", ("reversed(caches)", "caches")),
    down(
        "turned-round",
        "the lowest first",
        ("grads.insert(0, tuple(of_weights))", "grads.append(tuple(of_weights))"),
    ),
    down(
        "dh-as-it-was",
        "dx of the layer above",
        ("dh, _, *of_weights", "dx, _, *of_weights"),
        ("dx = dh\n", ""),
    ),
    down("biases-first", "(dWx, dWh, db)", ("tuple(of_weights)", "tuple(of_weights[::-1])")),
    down(
        "by-number",
        "the same, with an index",
        code="dx, grads = dh, [None] * len(caches)\n"
        "for k in range(len(caches) - 1, -1, -1):\n"
        "    dx, dh0, dWx, dWh, db = backward(dx, caches[k])\n"
        "    grads[k] = [dWx, dWh, db]\n"
        "    grads[k] = tuple(grads[k])",
        right=True,
    ),
    # --- lm-loss
    loss(
        "divided-by-n",
        "a mean over predictions",
        ("share = len(x) / int(mask.sum())", "share = 1.0"),
    ),
    loss("divided-by-n-t", "those that count", ("int(mask.sum())", "mask.size")),
    loss("gradient-not-divided", "both are divided", ("dscores * share", "dscores")),
    loss("loss-not-divided", "both are divided", ("return loss * share", "return loss")),
    loss("no-mask", "the mask says what counts", ("(scores, y, mask)", "(scores, y, mask | True)")),
    loss("x-is-right", "y is right", ("(scores, y, mask)", "(scores, x, mask)")),
    loss(
        "from-zero",
        "it begins with states",
        ("self.scores(x, states)", "self.scores(x, [0 * h0 for h0 in states])"),
    ),
    loss("old-states", "after the last token", ("grads, last", "grads, list(states)")),
    loss(
        "the-lowest-layer-alone",
        "every layer has weights",
        ("enumerate(of_layers, 1)", "enumerate(of_layers[:1] * len(of_layers), 1)"),
    ),
    loss(
        "vectors-forgotten",
        "words have vectors",
        (
            "= word_embedding_backward(dvectors, embedded)",
            "= 0 * word_embedding_backward(dvectors, embedded)",
        ),
    ),
    loss(
        "transposed",
        "Wh as it stands",
        ('grads[f"b{k}"] = dWx, dWh, db', 'grads[f"b{k}"] = dWx, dWh.T, db'),
    ),
    loss(
        "scaled-before",
        "the same, every gradient divided",
        code="scores, last, (words, cells, top) = self.scores(x, states)\n"
        "loss, d = temporal_softmax_loss(scores, y, mask)\n"
        "d = d * np.asarray(len(x) / np.count_nonzero(mask), dtype=d.dtype)\n"
        "d, W, b = temporal_affine_backward(d, top)\n"
        "d, cells = stack_backward(d, cells, self.cell)\n"
        "grads = dict(W_vocab=W, b_vocab=b, W_embed=word_embedding_backward(d, words))\n"
        "for k, weights in enumerate(cells):\n"
        "    for name, weight in zip(('Wx', 'Wh', 'b'), weights):\n"
        "        grads[name + str(k + 1)] = weight\n"
        "return len(x) * loss / np.count_nonzero(mask), grads, last",
        right=True,
    ),
    # --- stream-batches
    rows(
        "plain-reshape",
        "rows go on from batch to batch",
        code="B = (len(tokens) - 1) // (N * T)\n"
        "x = tokens[: B * N * T].reshape(B, N, T)\n"
        "y = tokens[1 : B * N * T + 1].reshape(B, N, T)",
    ),
    rows("y-is-x", "one later", ("for shift in (0, 1)", "for shift in (0, 0)")),
    rows("y-is-before", "one later", ("for shift in (0, 1)", "for shift in (1, 0)")),
    rows(
        "y-wraps",
        "one later, at the end of a row, too",
        ("x, y = (rows.reshape", "y = np.roll(x, -1, axis=1)\nx, y = (rows.reshape"),
    ),
    rows(
        "rows-cut-short",
        "rows as long as they can be",
        ("columns = (len(tokens) - 1) // N", "columns = (len(tokens) - 1) // (N * T) * T"),
    ),
    rows(
        "no-token-kept",
        "the last row needs one more",
        ("(len(tokens) - 1) // N", "len(tokens) // N - 1"),
    ),
    rows("rows-first", "batches come first", (".transpose(1, 0, 2)", "")),
    rows(
        "columns-alternate",
        "a row is a part of the text",
        (".reshape(N, columns)[:, : B * T]", ".reshape(columns, N).T[:, : B * T]"),
    ),
    rows(
        "batch-by-batch",
        "the same, slice by slice",
        code="M = (len(tokens) - 1) // N\n"
        "starts = range(0, M - T + 1, T)\n"
        "x = [[tokens[n * M + s : n * M + s + T] for n in range(N)] for s in starts]\n"
        "y = [[tokens[n * M + s + 1 : n * M + s + T + 1] for n in range(N)] for s in starts]\n"
        "x, y = np.array(x), np.array(y)",
        right=True,
    ),
    # --- carry-state
    run("begins-anew", "states go on", ("loss, grads, states =", "loss, grads, _ =")),
    run(
        "begins-at-zero", "states go on", ("everything, states)", "everything, model.begin(read))")
    ),
    run(
        "lowest-state-alone",
        "of every layer",
        ("everything, states)", "everything, [states[0], 0 * states[1]])"),
    ),
    run(
        "steps-at-the-end",
        "before the next batch",
        (
            "    if step is not None:\n        step(grads)\n",
            "if step is not None:\n    step(grads)\n",
        ),
    ),
    run("never-steps", "step follows each batch", ("step(grads)", "pass")),
    run("first-batch-alone", "every batch", ("zip(x, y)", "zip(x[:1], y[:1])")),
    run(
        "x-and-y-exchanged",
        "x is read",
        ("model.loss(read, following", "model.loss(following, read"),
    ),
    run(
        "a-mean",
        "the loss of each",
        ("losses.append(float(loss))", "losses = [float(loss)] * len(x)"),
    ),
    run(
        "by-number",
        "the same, with an index",
        code="state = model.begin(np.zeros((x.shape[1], 1)))\n"
        "for b in range(len(x)):\n"
        "    loss, grads, state = model.loss(x[b], y[b], mask=everything, states=state)\n"
        "    losses += [loss]\n"
        "    (step or (lambda _: None))(grads)",
        right=True,
    ),
]
