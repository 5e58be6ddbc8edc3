"""Variants of the LSTM, of what is read off its gates, and of a dropout's way back."""

from grading.mutants import Variant

STEP = """
gates = x @ Wx + prev_h @ Wh + b
i, f, o, g = np.split(gates, 4, axis=1)
i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
next_c = f * prev_c + i * g
tanh_c = np.tanh(next_c)
next_h = o * tanh_c
cache = (x, prev_h, prev_c, Wx, Wh, np.concatenate([i, f, o, g], axis=1), tanh_c)
"""
STEP_BACK = """
x, prev_h, prev_c, Wx, Wh, gates, tanh_c = cache
i, f, o, g = np.split(gates, 4, axis=1)
dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
do, di, df, dg = dnext_h * tanh_c, dc * g, dc * prev_c, dc * i
da = np.concatenate(
    [di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)], axis=1
)
dx, dprev_h, dprev_c = da @ Wx.T, da @ Wh.T, dc * f
dWx, dWh, db = x.T @ da, prev_h.T @ da, da.sum(axis=0)
"""
RUN = """
prev_h, prev_c = h0, np.zeros_like(h0)
states, cache = [], []
for t in range(x.shape[1]):
    prev_h, prev_c, step = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)
    states.append(prev_h)
    cache.append(step)
h = np.stack(states, axis=1)
"""
# With a cache of steps, as of RUN, the way back needs both: so these begin with a run of their own.
RUN_BACK = """
x, h0, Wx, Wh, h, c, gates, tanh_c = cache
dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wx[0])
dprev_h, dprev_c = np.zeros_like(h0), np.zeros_like(h0)
for t in reversed(range(x.shape[1])):
    prev_h, prev_c = (h[:, t - 1], c[t - 1]) if t else (h0, np.zeros_like(h0))
    step = (x[:, t], prev_h, prev_c, Wx, Wh, gates[t], tanh_c[t])
    dnext_h = dh[:, t] + dprev_h
    dx[:, t], dprev_h, dprev_c, *more = lstm_step_backward(dnext_h, dprev_c, step)
    dWx, dWh, db = dWx + more[0], dWh + more[1], db + more[2]
dh0 = dprev_h
"""
BIAS = """
f = 0.5 ** (1 / half_life)
b[hidden_dim : 2 * hidden_dim] = np.log(f / (1 - f))
"""
GATES = """
h, _ = lstm_forward(x, h0, Wx, Wh, b)
prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=2)
i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
c, prev_c = np.empty_like(h), np.zeros_like(h0)
for t in range(x.shape[1]):
    prev_c = c[:, t] = f[:, t] * prev_c + i[:, t] * g[:, t]
"""
SHARES = """
values = gate[counts]
shut, opened = (values < low).mean(axis=0), (values > high).mean(axis=0)
"""
DROPPED = """
x, h0, Wx, Wh, mask, h, out = cache
dx, dWx, dWh, db = (np.zeros_like(array) for array in (x, Wx, Wh, Wx[0]))
dh0 = np.zeros_like(h0)
for t in reversed(range(x.shape[1])):
    prev_h = h[:, t - 1] if t > 0 else h0
    da = ((dout[:, t] * mask[:, t] + dh0) * (h[:, t] > 0)).astype(h.dtype)
    dx[:, t], dh0 = da @ Wx.T, da @ Wh.T
    dWx += x[:, t].T @ da
    dWh += prev_h.T @ da
    db += da.sum(axis=0)
"""


def edited(exercise, code):
    """A function that makes variants of this exercise which differ from the code in one place."""

    def variant(name, why, old="", new="", right=False):
        if old and code.count(old) != 1:
            raise ValueError(f"{exercise}/{name}: {old!r} occurs {code.count(old)} times, not once")
        text = code.replace(old, new) if old else code
        return Variant(exercise, name, why=why, code=text, right=right)

    return variant


step = edited("lstm-step-forward", STEP)
step_back = edited("lstm-step-backward", STEP_BACK)
run = edited("lstm-forward", RUN)
run_back = edited("lstm-backward", RUN_BACK)
bias = edited("lstm-first-bias", BIAS)
watch = edited("lstm-gates", GATES)
shares = edited("gate-saturation", SHARES)
dropped = edited("rnn-dropout-backward", DROPPED)

VARIANTS = [
    step("four-matrices", "the same numbers", right=True),
    step("other-order", "o comes before g", "i, f, o, g = np.split", "i, f, g, o = np.split"),
    step("swapped-gates", "f keeps, i lets in", "i, f, o, g = np.split", "f, i, o, g = np.split"),
    step("no-tanh", "what is shown is between -1 and 1", "o * tanh_c", "o * next_c"),
    step("g-by-sigmoid", "g may be negative", "sigmoid(o), np.tanh(g)", "sigmoid(o), sigmoid(g)"),
    step("no-bias", "the gates have one", "prev_h @ Wh + b", "prev_h @ Wh"),
    step("forgets-its-input", "the input gate lets it in", "+ i * g", "+ g"),
    step("keeps-all", "the forget gate", "f * prev_c", "prev_c"),
    step(
        "overflows",
        "numbers far from 0 should not give nan",
        "i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)",
        "with np.errstate(all='ignore'):\n"
        "    i, f, o = (np.exp(a) / (1 + np.exp(a)) for a in (i, f, o))\ng = np.tanh(g)",
    ),
    step(
        "promotes-to-float64",
        "float32 stays float32",
        "+ b\n",
        "+ b\ngates = gates + np.zeros(1)\n",
    ),
    step_back("one-node-at-a-time", "the same derivatives", right=True),
    step_back("forgets-next-h", "next_h is made of next_c", "dnext_c + dnext_h * o *", "dnext_c *"),
    step_back("forgets-dnext-c", "the next step has the cell", "dnext_c + dnext_h", "dnext_h"),
    step_back("no-slope-of-tanh", "next_h = o tanh(next_c)", "o * (1 - tanh_c ** 2)", "o"),
    step_back("slope-of-sigmoid-for-g", "g is a tanh", "dg * (1 - g ** 2)", "dg * g * (1 - g)"),
    step_back(
        "order",
        "o comes before g",
        "do * o * (1 - o), dg * (1 - g ** 2)",
        "dg * (1 - g ** 2), do * o * (1 - o)",
    ),
    step_back(
        "input-as-forget", "di has g, df the old cell", "dc * g, dc * prev_c", "dc * prev_c, dc * g"
    ),
    step_back("cell-without-gate", "f stands before the old cell", "dc * f\n", "dc\n"),
    step_back("mean-of-b", "a sum over examples", "da.sum(axis=0)", "da.mean(axis=0)"),
    run(
        "step-by-step",
        "the same states",
        "h = np.stack(states, axis=1)",
        "h = np.stack(states, axis=1)\nsteps, kept = cache, [s[5] for s in cache]\n"
        "c = np.stack([s[2] for s in cache[1:]] + [prev_c])\n"
        "cache = (x, h0, Wx, Wh, h, c, np.stack(kept), np.stack([s[6] for s in steps]))",
        right=True,
    ),
    run("cells-from-h0", "they begin empty", "np.zeros_like(h0)", "h0"),
    run("states-from-zeros", "h0 is given", "prev_h, prev_c = h0,", "prev_h, prev_c = 0 * h0,"),
    run(
        "backwards",
        "the first word first",
        "in range(x.shape[1])",
        "in reversed(range(x.shape[1]))",
    ),
    run("cell-lost", "it goes from step to step", "prev_h, prev_c, step =", "prev_h, _, step ="),
    run(
        "state-lost",
        "it goes from step to step",
        "prev_h, prev_c, step = lstm_step_forward",
        "now, prev_c, step = lstm_step_forward",
    ),
    run_back("step-by-step", "the same derivatives", right=True),
    run_back(
        "forgets-the-cell",
        "it carries most of it",
        "dnext_h, dprev_c, step",
        "dnext_h, 0 * dprev_c, step",
    ),
    run_back("forgets-the-state", "it has two ways", "dh[:, t] + dprev_h", "dh[:, t]"),
    run_back(
        "only-the-last-word",
        "every word has a loss",
        "dh[:, t] + dprev_h",
        "dh[:, t] * (t == x.shape[1] - 1) + dprev_h",
    ),
    run_back("last-weights-only", "all steps share them", "dWx + more[0], dWh", "more[0], dWh"),
    run_back("bias-of-the-first", "all steps share it", "db + more[2]", "more[2]"),
    run_back("no-h0", "h0 has a derivative", "dh0 = dprev_h", "dh0 = np.zeros_like(h0)"),
    bias(
        "by-the-odds",
        "the same number",
        "np.log(f / (1 - f))",
        "-np.log(2.0 ** (1 / half_life) - 1)",
        right=True,
    ),
    bias("the-gate-itself", "the bias goes through a sigmoid", "np.log(f / (1 - f))", "f"),
    bias("input-gates", "i comes first", "b[hidden_dim : 2 * hidden_dim]", "b[:hidden_dim]"),
    bias("all-blocks", "only f", "b[hidden_dim : 2 * hidden_dim]", "b[:]"),
    bias("turned", "larger keeps more", "np.log(f / (1 - f))", "np.log((1 - f) / f)"),
    bias("time-constant", "1/e is left, not one half", "0.5 **", "np.exp(-1.0) **"),
    bias("always-one", "of two steps only", "np.log(f / (1 - f))", "1"),
    watch(
        "step-by-step",
        "the same numbers",
        GATES.strip(),
        """
prev_h, prev_c, rows = h0, np.zeros_like(h0), []
for t in range(x.shape[1]):
    i, f, o, g = np.split(x[:, t] @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    prev_c = f * prev_c + i * g
    prev_h = o * np.tanh(prev_c)
    rows.append((i, f, o, g, prev_c, prev_h))
i, f, o, g, c, h = (np.stack(row, axis=1) for row in zip(*rows))
""".strip(),
        right=True,
    ),
    watch("own-state", "a gate sees the state before", "prev_h @ Wh", "h @ Wh"),
    watch(
        "before-the-curve",
        "as they act",
        "i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o),",
        "o, g = sigmoid(o),",
    ),
    watch("other-order", "o comes before g", "i, f, o, g = np.split", "i, f, g, o = np.split"),
    watch("cells-lost", "they add up", "f[:, t] * prev_c + ", ""),
    watch(
        "no-h0",
        "the first step sees it",
        "[h0[:, None], h[:, :-1]]",
        "[0 * h0[:, None], h[:, :-1]]",
    ),
    shares(
        "sums",
        "the same shares",
        SHARES.strip(),
        "n = counts.sum()\nshut = ((gate < low) & counts[:, :, None]).sum(axis=(0, 1)) / n\n"
        "opened = ((gate > high) & counts[:, :, None]).sum(axis=(0, 1)) / n",
        right=True,
    ),
    shares("padding", "what counts only", "gate[counts]", "gate.reshape(-1, gate.shape[2])"),
    shares("fixed-bounds", "they are given", "(values < low)", "(values < 0.1)"),
    shares("swapped", "shut comes first", "shut, opened =", "opened, shut ="),
    shares(
        "counts-only",
        "shares, not numbers of steps",
        "(values > high).mean(",
        "(values > high).sum(",
    ),
    shares(
        "all-units",
        "each unit by itself",
        "(values < low).mean(axis=0)",
        "(values < low).mean() + np.zeros(gate.shape[2])",
    ),
    dropped(
        "with-the-mistake",
        "the 2014 way",
        "prev_h = h[:, t - 1] if t > 0 else h0\n"
        "    da = ((dout[:, t] * mask[:, t] + dh0) * (h[:, t] > 0))",
        "prev_h = out[:, t - 1] if t > 0 else h0\n"
        "    da = ((dout[:, t] * mask[:, t] + dh0) * (out[:, t] > 0))",
    ),
    dropped("relu-of-the-dropped", "it was active", "(h[:, t] > 0)", "(out[:, t] > 0)"),
    dropped("product-of-the-dropped", "Wh met the whole state", "h[:, t - 1]", "out[:, t - 1]"),
    dropped(
        "mask-on-all",
        "the next step saw it whole",
        "dout[:, t] * mask[:, t] + dh0",
        "(dout[:, t] + dh0) * mask[:, t]",
    ),
    dropped("no-mask", "the words did not", "dout[:, t] * mask[:, t]", "dout[:, t]"),
    dropped("unscaled", "kept was divided", "* mask[:, t]", "* (mask[:, t] > 0)"),
    dropped(
        "float64",
        "float32 stays float32",
        "x, h0, Wx, Wh, mask, h, out = cache",
        "x, h0, Wx, Wh, mask, h, out = (a.astype(float) for a in cache)",
    ),
    dropped("in-the-loop", "the same derivatives", right=True),
]
