"""Variants of a translator: batches of sources, the hand-over, the loss, attention."""

from grading.mutants import Variant


def of(exercise, solution=""):
    """Make variants of an exercise's region: whole ones, or the solution with something changed."""

    def variant(name, why, *change, right=False):
        code = change[0]
        if len(change) == 2:
            old, new = change
            assert solution.count(old) == 1, (exercise, name, old)
            code = solution.replace(old, new)
        return Variant(exercise, name, why=why, code=code, right=right)

    return variant


BATCH = """given = [[word for word in sentence if word != null] for sentence in sentences]
lengths = np.array([len(sentence) for sentence in given], dtype=np.int64)
words = np.full((len(given), max([1, *lengths])), null, dtype=np.int64)
for row, sentence in zip(words, given):
    row[: len(sentence)] = sentence[::-1] if reverse else sentence
"""
LAST = """last = states[np.arange(len(states)), np.maximum(lengths, 1) - 1]
last[np.asarray(lengths) == 0] = 0
"""
HAND_OVER = """dstates = dencoded.copy()
dstates[np.arange(len(dh)), lengths - 1] += dh
dx, _, dWx, dWh, db, *_ = lstm_backward_fast(dstates, cell_cache, dc=dc)
dW = word_embedding_backward_fast(dx, words, len(self.params["W_source"]))
"""
LOSS = """words_in, words_out = targets[:, :-1], targets[:, 1:]
mask, weights = words_out != NULL, (p["Wx_dec"], p["Wh_dec"], p["b_dec"])
h, cell_cache = lstm_forward_fast(
    p["W_target"][words_in], h0, *weights, c0=c0, lengths=mask.sum(axis=1)
)
out, out_cache = self.look_back(h, encoded, lengths)
loss, dout, grads["W_vocab"], grads["b_vocab"] = softmax_words_fast(
    out, p["W_vocab"], p["b_vocab"], words_out, mask
)
dh, dencoded, more = self.look_back_backward(dout, out_cache)
dx, dh0, dWx, dWh, db, _, dc0 = lstm_backward_fast(dh, cell_cache)
grads |= more | {"Wx_dec": dWx, "Wh_dec": dWh, "b_dec": db}
grads["W_target"] = word_embedding_backward_fast(dx, words_in, len(p["W_target"]))
"""
ADVANCE = """weights = p["Wx_dec"], p["Wh_dec"], p["b_dec"]
steps, cache = lstm_forward_fast(p["W_target"][words][:, None], h, *weights, c0=c)
out, _ = self.look_back(steps, encoded, lengths)
scores = out[:, 0] @ p["W_vocab"] + p["b_vocab"]
state = steps[:, 0], lstm_last_cell(cache), encoded, lengths
"""
EXACT = """same = [list(a) == list(b) for a, b in zip(translations, references)]
return sum(same) / max(1, len(same))
"""
WEIGHTS = """scores = np.where(counts, scores, -np.inf)
largest = scores.max(axis=2, keepdims=True)
weights = np.exp(scores - np.where(np.isfinite(largest), largest, 0))
total = weights.sum(axis=2, keepdims=True)
return weights / np.where(total > 0, total, 1)
"""
ATTEND = """query = h @ W
scores = query @ encoded.transpose(0, 2, 1)
weights = attention_weights(scores, lengths)
context = weights @ encoded
cache = h, encoded, W, query, weights
"""
BACK = """h, encoded, W, query, weights = cache
dencoded = weights.transpose(0, 2, 1) @ dcontext
dweights = dcontext @ encoded.transpose(0, 2, 1)
dscores = weights * (dweights - (weights * dweights).sum(axis=2, keepdims=True))
dencoded += dscores.transpose(0, 2, 1) @ query
dquery = dscores @ encoded
dh = dquery @ W.T
dW = h.reshape(-1, h.shape[2]).T @ dquery.reshape(-1, h.shape[2])
"""
ALIGN = """weights = weights[:, :length]
if reverse:
    weights = weights[:, ::-1]
return weights.argmax(axis=1)
"""

batch, last = of("mt-source-batch", BATCH), of("mt-last-states", LAST)
hand_over, loss = of("mt-hand-over", HAND_OVER), of("mt-loss", LOSS)
exact, advance = of("mt-exact", EXACT), of("mt-advance", ADVANCE)
weights, attend = of("attention-weights", WEIGHTS), of("attention-context", ATTEND)
back, align = of("attention-backward", BACK), of("attention-align", ALIGN)

VARIANTS = [
    # --- mt-source-batch
    batch("forwards", "the last word comes first", "sentence[::-1] if reverse else", ""),
    batch("always-backwards", "reverse may be False", "[::-1] if reverse else sentence", "[::-1]"),
    batch(
        "whole-rows-reversed",
        "the words come first, then null",
        BATCH + "if reverse:\n    words[:] = words[:, ::-1].copy()\n"
        "    for row, sentence in zip(words, given):\n"
        "        row[len(row) - len(sentence):] = sentence[::-1]\n"
        "        row[: len(row) - len(sentence)] = null",
    ),
    batch(
        "filled-up-with-0",
        "null may be another number",
        "np.full((len(given), max([1, *lengths])), null, dtype",
        "np.zeros((len(given), max([1, *lengths])), dtype",
    ),
    batch("null-is-a-word", "rows may be filled up already", " if word != null", ""),
    batch("no-column", "S is 1 at least", "max([1, *lengths])", "max(lengths)"),
    batch("a-list-of-lengths", "lengths is an array", BATCH + "lengths = lengths.tolist()"),
    batch(
        "word-by-word",
        "the same, with indices",
        "given = [[int(w) for w in s if w != null] for s in sentences]\n"
        "longest = max(1, max(map(len, given)))\n"
        "words = np.array([\n"
        "    (s[::-1] if reverse else s) + [null] * (longest - len(s)) for s in given\n"
        "])\n"
        "lengths = np.array(list(map(len, given)))",
        right=True,
    ),
    # --- mt-last-states
    last("the-last-column", "many sequences end before", "last = states[:, -1].copy()"),
    last(
        "one-too-late",
        "counted from 0",
        "np.maximum(lengths, 1) - 1",
        "np.minimum(lengths, states.shape[1] - 1)",
    ),
    last(
        "no-steps-wrap-round",
        "index -1 is the last column",
        "last = states[np.arange(len(states)), lengths - 1]",
    ),
    last("mean", "the last, not the mean", "last = states.mean(axis=1)"),
    last(
        "by-a-mask",
        "nan times 0 is nan",
        "at = np.arange(states.shape[1]) == np.asarray(lengths)[:, None] - 1\n"
        "last = (states * at[:, :, None]).sum(axis=1)",
    ),
    last("float64", "keep the precision", LAST + "last = last.astype(np.float64)"),
    last(
        "in-a-loop",
        "the same, one by one",
        "last = np.zeros((len(states), states.shape[2]), dtype=states.dtype)\n"
        "for n, length in enumerate(lengths):\n"
        "    if length:\n        last[n] = states[n, length - 1]",
        right=True,
    ),
    # --- mt-hand-over
    hand_over("no-cell", "the cells hand over, too", ", dc=dc", ""),
    hand_over("no-state", "the states hand over, too", "+= dh", "+= 0 * dh"),
    hand_over(
        "state-in-the-last-column",
        "each source has its own end",
        "dstates[np.arange(len(dh)), lengths - 1]",
        "dstates[:, -1]",
    ),
    hand_over(
        "attention-forgotten", "dencoded counts, too", "dencoded.copy()", "np.zeros_like(dencoded)"
    ),
    hand_over("in-the-place-of-attention", "both reach the last state", "- 1] += dh", "- 1] = dh"),
    hand_over(
        "words-once",
        "a word may come twice",
        'dW = word_embedding_backward_fast(dx, words, len(self.params["W_source"]))',
        'dW = np.zeros_like(self.params["W_source"])\ndW[words] = dx',
    ),
    hand_over(
        "by-a-mask",
        "the same, everywhere at once",
        "at = np.arange(dencoded.shape[1]) == lengths[:, None] - 1\n"
        "dstates = dencoded + at[:, :, None] * dh[:, None]\n"
        "dx, _, dWx, dWh, db, _, _ = lstm_backward_fast(\n"
        "    dstates.astype(dh.dtype), cell_cache, dc=dc\n)\n"
        "dW = np.zeros_like(self.params['W_source'])\n"
        "np.add.at(dW, words, dx)",
        right=True,
    ),
    # --- mt-loss
    loss("no-cell", "the cells hand over, too", ", c0=c0", ""),
    loss("no-state", "the states hand over, too", "h0, *weights", "0 * h0, *weights"),
    loss("null-counts", "it only fills up", "words_out != NULL", "words_out >= 0"),
    loss(
        "end-does-not-count",
        "when to end is learned like a word",
        "words_out != NULL",
        "words_out > 2",
    ),
    loss(
        "the-answer-goes-in",
        "each word follows the one before",
        "targets[:, :-1], targets[:, 1:]",
        "targets[:, 1:], targets[:, 1:]",
    ),
    loss(
        "never-looks-back",
        "scores are made of `out`",
        '    out, p["W_vocab"]',
        '    h, p["W_vocab"]',
    ),
    loss(
        "no-way-back-to-the-source", "dencoded counts", LOSS + "dencoded = np.zeros_like(dencoded)"
    ),
    loss("no-hand-over-back", "dh0 counts", LOSS + "dh0 = np.zeros_like(dh0)"),
    loss("no-cell-back", "dc0 counts", LOSS + "dc0 = np.zeros_like(dc0)"),
    loss(
        "mean-of-words",
        "divided by the number of sentences",
        LOSS + "loss = loss * len(targets) / mask.sum()",
    ),
    loss(
        "vectors-of-the-answers",
        "derivatives go to the words that went in",
        "dx, words_in, len",
        "dx, words_out, len",
    ),
    loss(
        "every-step-computed",
        "steps that do not count cost time and nothing else",
        LOSS.replace(", lengths=mask.sum(axis=1)", ""),
        right=True,
    ),
    # --- mt-advance
    advance("cell-of-before", "the cell moves on", "lstm_last_cell(cache)", "c"),
    advance("state-of-before", "the state moves on", "state = steps[:, 0]", "state = h"),
    advance("no-cell", "the step starts from c, too", ", c0=c", ""),
    advance("never-looks-back", "scores are made of `out`", "out[:, 0] @", "steps[:, 0] @"),
    advance("no-bias", "scores have one", ' + p["b_vocab"]', ""),
    advance("with-the-step", "scores are (N, V)", "out[:, 0] @", "out @"),
    advance(
        "state-is-what-scores-see",
        "the state is the decoder's own",
        "state = steps[:, 0]",
        "state = out[:, 0]",
    ),
    advance(
        "reshaped",
        "the same, written otherwise",
        "x = p['W_target'][np.asarray(words)].reshape(len(words), 1, -1)\n"
        "steps, cache = lstm_forward_fast(x, h, p['Wx_dec'], p['Wh_dec'], p['b_dec'], c0=c)\n"
        "out = self.look_back(steps, encoded, lengths)[0].reshape(len(words), -1)\n"
        "scores = np.dot(out, p['W_vocab']) + p['b_vocab']\n"
        "state = (steps.reshape(len(words), -1), lstm_last_cell(cache), encoded, lengths)",
        right=True,
    ),
    # --- mt-exact
    exact(
        "words",
        "sentences count, not words",
        "[list(a) == list(b) for a, b in zip(translations, references)]",
        "[u == v for a, b in zip(translations, references) for u, v in zip(a, b)]",
    ),
    exact(
        "beginnings",
        "a word more is wrong",
        "list(a) == list(b)",
        "all(u == v for u, v in zip(a, b))",
    ),
    exact("any-order", "the order counts", "list(a) == list(b)", "sorted(a) == sorted(b)"),
    exact("kinds-count", "a tuple may be right, too", "list(a)", "type(a) is type(b) and list(a)"),
    exact("percent", "from 0 to 1", "return sum", "return 100 * sum"),
    exact("count", "a share", " / max(1, len(same))", ""),
    exact("divides-by-0", "there may be no sentences", "max(1, len(same))", "len(same)"),
    exact("tuples", "the same", "list(a) == list(b)", "tuple(a) == tuple(b)", right=True),
    # --- attention-weights
    weights("over-steps", "places are the last axis", WEIGHTS.replace("axis=2", "axis=1")),
    weights(
        "not-shifted",
        "overflows",
        "with np.errstate(all='ignore'):\n    weights = np.where(counts, np.exp(scores), 0)\n"
        "    total = weights.sum(axis=2, keepdims=True)\n"
        "    return weights / np.where(total > 0, total, 1)",
    ),
    weights(
        "masked-after-the-division",
        "rows sum to 1",
        "scores = np.nan_to_num(scores, posinf=0)\n"
        "weights = np.exp(scores - scores.max(axis=2, keepdims=True))\n"
        "return np.where(counts, weights / weights.sum(axis=2, keepdims=True), 0)",
    ),
    weights(
        "multiplied-with-the-mask",
        "nan times 0 is nan",
        "top = np.where(counts, scores, -np.inf).max(axis=2, keepdims=True)\n"
        "with np.errstate(all='ignore'):\n"
        "    weights = np.exp(scores - np.where(np.isfinite(top), top, 0)) * counts\n"
        "    total = weights.sum(axis=2, keepdims=True)\n"
        "    return weights / np.where(total > 0, total, 1)",
    ),
    weights(
        "a-small-number",
        "0 is exactly 0",
        "-np.inf)\nlargest",
        "scores[counts.repeat(scores.shape[1], axis=1)].min() - 10)\nlargest",
    ),
    weights(
        "no-words",
        "0 / 0",
        "return weights / np.where(total > 0, total, 1)",
        "with np.errstate(all='ignore'):\n    return weights / total",
    ),
    weights(
        "one-largest-for-all",
        "rows lie far apart",
        "scores.max(axis=2, keepdims=True)",
        "scores.max(keepdims=True)",
    ),
    weights(
        "in-a-loop",
        "the same, sentence by sentence",
        "weights = np.zeros_like(scores)\n"
        "for n, length in enumerate(lengths):\n"
        "    if length:\n"
        "        some = scores[n, :, :length]\n"
        "        power = np.exp(some - some.max(axis=1, keepdims=True))\n"
        "        weights[n, :, :length] = power / power.sum(axis=1, keepdims=True)\n"
        "return weights",
        right=True,
    ),
    # --- attention-context
    attend("no-matrix", "scores go through W", "h @ W", "h + 0 * (h @ W)"),
    attend("matrix-turned-round", "h W, not W h", "h @ W", "h @ W.T"),
    attend(
        "mean-of-queries",
        "a mean of encoder states",
        "context = weights @ encoded",
        "context = weights @ (encoded @ W)",
    ),
    attend(
        "plain-mean",
        "weighted",
        "context = weights @ encoded",
        "context = np.repeat(encoded.mean(axis=1, keepdims=True), h.shape[1], axis=1)",
    ),
    attend(
        "all-places",
        "lengths matter",
        "attention_weights(scores, lengths)",
        "attention_weights(scores, np.full(len(h), scores.shape[2]))",
    ),
    attend(
        "scaled",
        "Luong's scores are not divided by sqrt(H)",
        "scores = query",
        "scores = 1 / np.sqrt(h.dtype.type(h.shape[2])) * query",
    ),
    attend(
        "by-einsum",
        "the same sums",
        "query = np.einsum('nth,hk->ntk', h, W)\n"
        "scores = np.einsum('ntk,nsk->nts', query, encoded)\n"
        "weights = attention_weights(scores, lengths)\n"
        "context = np.einsum('nts,nsh->nth', weights, encoded)\n"
        "cache = h, encoded, W, query, weights",
        right=True,
    ),
    # --- attention-backward
    back(
        "mean-alone",
        "encoded enters the scores, too",
        "dencoded += dscores.transpose(0, 2, 1) @ query\n",
        "",
    ),
    back(
        "scores-alone", "encoded enters the mean, too", "dencoded += dscores", "dencoded = dscores"
    ),
    back(
        "softmax-without-its-sum",
        "weights depend on all scores",
        "(dweights - (weights * dweights).sum(axis=2, keepdims=True))",
        "dweights",
    ),
    back("sum-over-steps", "places are the last axis", "axis=2, keepdims", "axis=1, keepdims"),
    back(
        "sigmoid-like",
        "not w (1 - w)",
        "(dweights - (weights * dweights).sum(axis=2, keepdims=True))",
        "(1 - weights) * dweights",
    ),
    back("matrix-not-turned-round", "back through h W", "dquery @ W.T", "dquery @ W"),
    back("dW-turned-round", "(H of h, H of encoded)", BACK + "dW = dW.T"),
    back("scores-meet-h", "encoded meets the query", "@ query", "@ h"),
    back(
        "by-einsum",
        "the same sums",
        "h, encoded, W, query, weights = cache\n"
        "dweights = np.einsum('nth,nsh->nts', dcontext, encoded)\n"
        "inner = np.einsum('nts,nts->nt', weights, dweights)[:, :, None]\n"
        "dscores = weights * dweights - weights * inner\n"
        "dencoded = np.einsum('nts,nth->nsh', weights, dcontext)\n"
        "dencoded = dencoded + np.einsum('nts,nth->nsh', dscores, query)\n"
        "dquery = np.einsum('nts,nsh->nth', dscores, encoded)\n"
        "dh, dW = dquery @ W.T, np.einsum('nth,ntk->hk', h, dquery)",
        right=True,
    ),
    # --- attention-align
    align(
        "as-the-encoder-read",
        "people read the other way",
        "return weights[:, :length].argmax(axis=1)",
    ),
    align(
        "always-turned-round",
        "reverse may be False",
        "if reverse:\n    weights",
        "if True:\n    weights",
    ),
    align("behind-the-end", "only `length` places count", "weights = weights[:, :length]\n", ""),
    align(
        "counted-from-the-whole-row",
        "the source has `length` words",
        "place = weights[:, :length].argmax(axis=1)\n"
        "return weights.shape[1] - 1 - place if reverse else place",
    ),
    align(
        "the-later-of-equals",
        "the earlier place wins",
        "place = weights[:, :length].argmax(axis=1)\n"
        "return length - 1 - place if reverse else place",
    ),
    align("over-the-words", "one place for each word", "argmax(axis=1)", "argmax(axis=0)"),
    align(
        "row-by-row",
        "the same, in a loop",
        "found = []\nfor row in weights:\n"
        "    read = list(row[:length][::-1] if reverse else row[:length])\n"
        "    found.append(read.index(max(read)))\n"
        "return np.array(found)",
        right=True,
    ),
]
