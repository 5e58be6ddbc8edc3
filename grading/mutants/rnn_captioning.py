"""Variants of recurrent layers, vectors of words, and the loss of sentences."""

from grading.mutants import Variant

STEP = """
next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
cache = x, prev_h, Wx, Wh, next_h
"""
STEP_BACK = """
x, prev_h, Wx, Wh, next_h = cache
da = dnext_h * (1 - next_h * next_h)
dx, dprev_h = da @ Wx.T, da @ Wh.T
dWx, dWh, db = x.T @ da, prev_h.T @ da, da.sum(axis=0)
"""
SEQUENCE = """
h = np.empty((*x.shape[:2], len(b)), dtype=x.dtype)
prev_h, cache = h0, []
for t in range(x.shape[1]):
    prev_h, step = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)
    h[:, t] = prev_h
    cache.append(step)
"""
SEQUENCE_BACK = """
x, h0, Wx, Wh, h = cache
dx, dh0 = np.empty_like(x), np.zeros_like(h0)
dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wx[0])
for t in reversed(range(x.shape[1])):
    prev_h = h[:, t - 1] if t else h0
    step = (x[:, t], prev_h, Wx, Wh, h[:, t])
    dx[:, t], dh0, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dh0, step)
    dWx += dWx_t
    dWh += dWh_t
    db += db_t
"""
EMBED = """
out, cache = W[x], (x, W)
"""
EMBED_BACK = """
x, shape = cache
dW = np.zeros(shape, dtype=dout.dtype)
np.add.at(dW, x, dout)
"""
SOFTMAX = """
shifted = x - x.max(axis=2, keepdims=True)
logs = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
right = np.take_along_axis(logs, y[:, :, None], axis=2)[:, :, 0]
loss = -float(np.sum(right * mask)) / N
dx = np.exp(logs)
dx[np.arange(N)[:, None], np.arange(T), y] -= 1
dx *= mask[:, :, None]
dx /= N
"""


def edited(exercise, code):
    """Return a function that makes variants, each unlike these lines in one place."""

    def variant(name, why, old, new, right=False):
        if code.count(old) != 1:
            raise ValueError(f"{exercise}/{name}: {old!r} occurs {code.count(old)} times, not once")
        return Variant(exercise, name, why=why, code=code.replace(old, new), right=right)

    return variant


step = edited("rnn-step-forward", STEP)
step_back = edited("rnn-step-backward", STEP_BACK)
sequence = edited("rnn-forward", SEQUENCE)
sequence_back = edited("rnn-backward", SEQUENCE_BACK)
embed = edited("embedding-forward", EMBED)
embed_back = edited("embedding-backward", EMBED_BACK)
softmax = edited("temporal-softmax", SOFTMAX)

VARIANTS = [
    # --- rnn-step-forward
    step(
        "no-tanh",
        "a state is between -1 and 1",
        "np.tanh(x @ Wx + prev_h @ Wh + b)",
        "x @ Wx + prev_h @ Wh + b",
    ),
    step("no-bias", "b is added", " + b)", ")"),
    step("transposed", "rows of states stand before Wh", "prev_h @ Wh", "prev_h @ Wh.T"),
    step("ignores-the-state", "that is what recurrent means", " + prev_h @ Wh", ""),
    step("promotes-to-float64", "float32 stays float32", " + b)", " + b + np.zeros(len(b)))"),
    step(
        "changes-the-state",
        "the caller still needs it",
        "cache = x, prev_h, Wx, Wh, next_h",
        "cache = x, prev_h.copy(), Wx, Wh, next_h\nprev_h[:] = next_h",
    ),
    step(
        "one-product",
        "x and the state side by side",
        "np.tanh(x @ Wx + prev_h @ Wh + b)",
        "np.tanh(np.hstack([x, prev_h]) @ np.vstack([Wx, Wh]) + b)",
        right=True,
    ),
    # --- rnn-step-backward
    step_back("no-slope", "tanh has one", "dnext_h * (1 - next_h * next_h)", "dnext_h"),
    step_back("slope-not-squared", "tanh' = 1 - tanh^2", "(1 - next_h * next_h)", "(1 - next_h)"),
    step_back(
        "tanh-twice", "next_h is tanh(a)", "(1 - next_h * next_h)", "(1 - np.tanh(next_h) ** 2)"
    ),
    step_back("wrong-way-through-wh", "transposed", "da @ Wh.T", "da @ Wh"),
    step_back("transposed-dwh", "rows are of the state before", "prev_h.T @ da", "da.T @ prev_h"),
    step_back("dwh-of-the-next-state", "it met the one before", "prev_h.T @ da", "next_h.T @ da"),
    step_back("mean-of-db", "shares add up", "da.sum(axis=0)", "da.mean(axis=0)"),
    step_back(
        "promotes-to-float64", "float32 stays float32", "da = dnext_h", "da = dnext_h.astype(float)"
    ),
    step_back(
        "changes-the-upstream",
        "the caller still needs it",
        "da = dnext_h * (1 - next_h * next_h)",
        "da = dnext_h\nda *= 1 - next_h * next_h",
    ),
    step_back(
        "slope-by-cosh",
        "the same slope, by what went into tanh",
        "(1 - next_h * next_h)",
        "/ np.cosh(np.arctanh(next_h)) ** 2".replace("/ ", "(1 / ") + ")",
        right=True,
    ),
    # --- rnn-forward
    sequence("always-from-h0", "states follow each other", "x[:, t], prev_h,", "x[:, t], h0,"),
    sequence("from-zero", "h0 is the first state", "prev_h, cache = h0", "prev_h, cache = 0 * h0"),
    sequence(
        "from-the-end", "step 0 comes first", "in range(x.shape[1])", "in range(x.shape[1])[::-1]"
    ),
    sequence("float64", "float32 stays float32", ", dtype=x.dtype", ""),
    sequence(
        "time-first",
        "(N, T, H)",
        "    cache.append(step)\n",
        "    cache.append(step)\nh = h.swapaxes(0, 1)\n",
    ),
    sequence(
        "misses-the-last-step",
        "T steps have T states",
        "in range(x.shape[1])",
        "in range(max(x.shape[1] - 1, 1))",
    ),
    sequence(
        "states-from-h0-on",
        "h[:, t] is after step t",
        "    prev_h, step = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)\n    h[:, t] = prev_h\n",
        "    h[:, t] = prev_h\n    prev_h, step = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)\n",
    ),
    Variant(
        "rnn-forward",
        "states-in-a-list",
        why="the same states, and what the way back takes",
        code="""
states = [h0]
for t in range(x.shape[1]):
    states.append(np.tanh(x[:, t] @ Wx + states[-1] @ Wh + b))
h = np.stack(states[1:], axis=1)
cache = x, h0, Wx, Wh, h
""",
        right=True,
    ),
    # --- rnn-backward
    sequence_back(
        "only-the-last-dh",
        "each state reaches the loss",
        "dh[:, t] + dh0",
        "dh[:, -1] * (t == x.shape[1] - 1) + dh0",
    ),
    sequence_back("only-this-dh", "later states depend on it", "dh[:, t] + dh0", "dh[:, t]"),
    sequence_back(
        "from-the-first",
        "later steps come first",
        "reversed(range(x.shape[1]))",
        "range(x.shape[1])",
    ),
    sequence_back("overwrites-dwx", "shares of steps add up", "dWx += dWx_t", "dWx = dWx_t"),
    sequence_back("overwrites-dwh", "shares of steps add up", "dWh += dWh_t", "dWh = dWh_t"),
    sequence_back("overwrites-db", "shares of steps add up", "db += db_t", "db = db_t"),
    sequence_back("first-state-is-zero", "it is h0", "if t else h0", "if t else 0 * h0"),
    sequence_back(
        "dx-turned-round", "dx[:, t] is of step t", "dx[:, t], dh0", "dx[:, -1 - t], dh0"
    ),
    sequence_back(
        "promotes-to-float64", "float32 stays float32", "np.empty_like(x)", "np.empty(x.shape)"
    ),
    sequence_back(
        "changes-dh",
        "the caller still needs it",
        "rnn_step_backward(dh[:, t] + dh0, step)",
        "rnn_step_backward(dh[:, t], step)\n    if t:\n        dh[:, t - 1] += dh0",
    ),
    sequence_back(
        "step-by-step",
        "the same derivatives",
        "reversed(range(x.shape[1]))",
        "range(x.shape[1])[::-1]",
        right=True,
    ),
    # --- embedding-forward
    embed("counts-from-one", "word 0 has row 0", "W[x]", "W[x - 1]"),
    embed("float64", "float32 stays float32", "W[x]", "W[x] * np.ones(1)"),
    embed("along-the-wrong-axis", "(N, T, D)", "W[x]", "W.T[:, x]"),
    embed(
        "one-hot",
        "a product picks the same rows",
        "W[x], (x, W)",
        "np.eye(len(W), dtype=W.dtype)[x] @ W, (x, W.shape)",
        right=True,
    ),
    # --- embedding-backward
    embed_back("overwrites", "uses of a word add up", "np.add.at(dW, x, dout)", "dW[x] = dout"),
    embed_back("adds-once", "a row is written once", "np.add.at(dW, x, dout)", "dW[x] += dout"),
    embed_back("float64", "float32 stays float32", ", dtype=dout.dtype", ""),
    embed_back(
        "only-words-that-come",
        "the shape of W",
        "np.zeros(shape,",
        "np.zeros((x.max() + 1, shape[1]),",
    ),
    embed_back(
        "mean-of-uses",
        "uses of a word add up",
        "np.add.at(dW, x, dout)",
        "np.add.at(dW, x, dout)\n"
        "dW /= np.maximum(np.bincount(x.ravel(), minlength=len(dW)), 1)[:, None].astype(dW.dtype)",
    ),
    embed_back(
        "one-hot",
        "a product adds the same rows",
        "np.add.at(dW, x, dout)",
        "dW += np.eye(len(dW), dtype=dW.dtype)[x.ravel()].T @ dout.reshape(-1, dW.shape[1])",
        right=True,
    ),
    # --- temporal-softmax
    softmax("ignores-the-mask", "some steps do not count", "right * mask", "right"),
    softmax("dx-ignores-the-mask", "nothing flows there", "dx *= mask[:, :, None]\n", ""),
    softmax(
        "mean-over-words",
        "divided by N alone",
        "loss = -float(np.sum(right * mask)) / N",
        "loss = -float(np.sum(right * mask)) / max(mask.sum(), 1)",
    ),
    softmax(
        "divides-by-all-steps",
        "divided by N alone",
        "loss = -float(np.sum(right * mask)) / N",
        "loss = -float(np.sum(right * mask)) / (N * T)",
    ),
    softmax(
        "sum",
        "divided by N",
        "loss = -float(np.sum(right * mask)) / N",
        "loss = -float(np.sum(right * mask))",
    ),
    softmax("dx-of-the-sum", "divided by N", "dx /= N\n", ""),
    softmax("overflows", "exp of 3000 is too much", "x - x.max(axis=2, keepdims=True)", "x"),
    softmax(
        "logarithm-of-zero",
        "a probability can be too small for a float",
        "right = np.take_along_axis(logs, y[:, :, None], axis=2)[:, :, 0]",
        "with np.errstate(all='ignore'):\n"
        "    right = np.log(np.take_along_axis(np.exp(logs), y[:, :, None], axis=2))[:, :, 0]\n"
        "right = np.where(np.isfinite(right), right, -1e9)",
    ),
    softmax(
        "probabilities-alone",
        "1 less at the right words",
        "dx[np.arange(N)[:, None], np.arange(T), y] -= 1\n",
        "",
    ),
    softmax(
        "float64", "float32 stays float32", "dx = np.exp(logs)", "dx = np.exp(logs.astype(float))"
    ),
    softmax("turned-mask", "True means that it counts", "right * mask", "right * ~mask"),
    softmax(
        "word-by-word",
        "the same loss",
        "-float(np.sum(right * mask)) / N",
        "-float(right[mask.astype(bool)].sum() / N)",
        right=True,
    ),
]
