"""Variants of skip-gram: its pairs, its noise, its losses, and counts in their place."""

from grading.mutants import Variant
from grading.mutants.training_recipe import of

PAIRS = """centres, contexts = [], []
for i, word in enumerate(words):
    for j in range(max(0, i - window), min(len(words), i + window + 1)):
        if j != i:
            centres.append(word)
            contexts.append(words[j])
centres, contexts = np.array(centres, dtype=np.int64), np.array(contexts, dtype=np.int64)
"""
KEEP = """shares = counts / counts.sum()
with np.errstate(divide="ignore"):
    return np.minimum(1, np.sqrt(threshold / shares))
"""
NOISE = """weights = np.zeros(len(counts))
weights[counts > 0] = counts[counts > 0] ** power
return weights / np.sum(weights)
"""
DRAW = """cumulative = np.cumsum(noise) / np.sum(noise)

def words(*shape):
    return np.searchsorted(cumulative, rng.random(shape), side="right")

negatives = words(len(contexts), K)
while np.any(negatives == contexts[:, None]):
    again = words(*negatives.shape)
    negatives = np.where(negatives == contexts[:, None], again, negatives)
return negatives
"""
PAIR = """def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))

score, scores = np.dot(u, v), np.dot(negatives, v)
loss = np.logaddexp(0, -score) + np.sum(np.logaddexp(0, scores))
dscore, dscores = sigmoid(score) - 1, sigmoid(scores)
dv = dscore * u + np.sum(dscores[:, None] * negatives, axis=0)
du = dscore * v
dnegatives = np.outer(dscores, v)
"""
BATCH = """B, K = negatives.shape
for i in range(B):
    v, u, others = V_in[centres[i]], V_out[contexts[i]], V_out[negatives[i]]
    score, scores = u @ v, others @ v
    loss += float(np.logaddexp(0, -score) + np.logaddexp(0, scores).sum()) / B
    dscore = -np.exp(-np.logaddexp(0, score)) / B
    dscores = np.exp(-np.logaddexp(0, -scores)) / B
    dV_in[centres[i]] += dscore * u + dscores @ others
    dV_out[contexts[i]] += dscore * v
    for k in range(K):
        dV_out[negatives[i, k]] += dscores[k] * v
"""
ROWS = """targets = np.concatenate([contexts[:, None], negatives], axis=1)
v, u = V_in[centres], V_out[targets]
signs = np.where(np.arange(targets.shape[1]) == 0, 1, -1).astype(V_in.dtype)
margins = signs * (u * v[:, None]).sum(axis=2)
loss = float(np.mean(np.sum(np.logaddexp(0, -margins), axis=1)))
dscores = -signs * np.exp(-np.logaddexp(0, margins)) / len(centres)
dv, du = (dscores[:, :, None] * u).sum(axis=1), dscores[:, :, None] * v[:, None]
np.add.at(dV_in, centres, dv)
np.add.at(dV_out, targets, du)
"""
PPMI = """total, rows, columns = pairs.sum(), pairs.sum(axis=1), pairs.sum(axis=0)
table = np.zeros(pairs.shape)
for w, c in zip(*np.nonzero(pairs)):
    table[w, c] = max(0.0, np.log(pairs[w, c] * total / (rows[w] * columns[c])))
return table
"""


pairs, keep, noise = (
    of("context-pairs", PAIRS),
    of("keep-probabilities", KEEP),
    of("noise-distribution", NOISE),
)
draw, pair = of("draw-negatives", DRAW), of("pair-loss", PAIR)
loops, rows, ppmi = of("batch-loss", BATCH), of("batch-loss", ROWS), of("ppmi", PPMI)

VARIANTS = [
    # --- context-pairs
    pairs("with-itself", "a word is no context of itself", "if j != i", "if True"),
    pairs("not-the-same-word", "places differ, not words", "j != i", "words[j] != word"),
    pairs("only-to-the-right", "both sides count", "max(0, i - window)", "i"),
    pairs("one-short", "the window's last word counts", "i + window + 1", "i + window"),
    pairs("round-the-end", "a sentence is no ring", "max(0, i - window)", "i - window"),
    pairs(
        "whole-windows-alone",
        "windows are cut off at the ends",
        "enumerate(words):",
        "enumerate(words):\n    if i < window or i + window >= len(words):\n        continue",
    ),
    pairs(
        "exchanged",
        "a centre has its contexts in a row",
        "centres.append(word)\n            contexts.append(words[j])",
        "contexts.append(word)\n            centres.append(words[j])",
    ),
    pairs(
        "floats", "numbers of words", "np.array(centres, dtype=np.int64)", "1.0 * np.array(centres)"
    ),
    pairs("loops", "place by place", "if j != i", "if i != j", right=True),
    Variant(
        "context-pairs",
        "by-distance",
        why="the whole table of distances",
        code="places = np.arange(len(words))\n"
        "apart = np.abs(places[:, None] - places)\n"
        "one, other = np.nonzero((apart > 0) & (apart <= window))\n"
        "centres, contexts = words[one], words[other]",
        right=True,
    ),
    # --- keep-probabilities
    keep("left-out", "to stay, not to go", "np.minimum(1,", "1 - np.minimum(1,"),
    keep(
        "above-one",
        "a probability",
        "np.minimum(1, np.sqrt(threshold / shares))",
        "np.sqrt(threshold / np.maximum(shares, 1e-12))",
    ),
    keep(
        "without-a-root", "the root is milder", "np.sqrt(threshold / shares)", "threshold / shares"
    ),
    keep("by-counts", "a share, not a count", "counts / counts.sum()", "counts"),
    keep(
        "as-in-word2vec-c",
        "the program of 2013 has another formula than its paper",
        "np.sqrt(threshold / shares)",
        "(np.sqrt(shares / threshold) + 1) * threshold / np.maximum(shares, 1e-12)",
    ),
    keep(
        "nothing-is-zero",
        "what never comes has no share",
        "np.minimum(1, np.sqrt(threshold / shares))",
        "np.minimum(1, np.sqrt(threshold * shares) / shares)",
    ),
    keep("fixed-threshold", "the threshold is given", "threshold / shares", "1e-3 / shares"),
    keep("infinite-roots", "infinity is above 1", "np.minimum(1,", "np.fmin(1.0,", right=True),
    Variant(
        "keep-probabilities",
        "one-by-one",
        why="the formula, word by word",
        code="total = sum(counts)\n"
        "return np.array([min(1.0, (threshold * total / n) ** 0.5) if n else 1.0 for n in counts])",
        right=True,
    ),
    # --- noise-distribution
    noise("not-normalised", "probabilities sum to 1", "weights / np.sum(weights)", "weights"),
    noise("without-the-power", "the power counts", "** power", "** 1"),
    noise("fixed-power", "the power is given", "** power", "** 0.75"),
    noise(
        "zero-to-the-zero",
        "0 ** 0 is 1",
        "weights[counts > 0] = counts[counts > 0] ** power",
        "weights = counts**power",
    ),
    noise(
        "one-more-each",
        "what never comes is not drawn",
        "weights[counts > 0] = counts[counts > 0] ** power",
        "weights = (counts + 1) ** power",
    ),
    noise(
        "normalised-before",
        "powers of shares do not sum to 1",
        "return weights / np.sum(weights)",
        "return (counts / counts.sum()) ** power * (counts > 0)",
    ),
    noise(
        "shares-first",
        "a factor goes away in the end",
        "counts[counts > 0] ** power",
        "(counts[counts > 0] / counts.sum()) ** power",
        right=True,
    ),
    # --- draw-negatives
    draw(
        "uniform",
        "noise has a distribution",
        "np.cumsum(noise) / np.sum(noise)",
        "np.arange(1, len(noise) + 1) / len(noise)",
    ),
    draw(
        "hits-stay",
        "the context is no negative",
        "while np.any(negatives == contexts[:, None]):",
        "for _ in ():",
    ),
    draw(
        "drawn-again-once",
        "the second draw may hit, too",
        "while np.any(negatives == contexts[:, None]):",
        "for _ in range(1):",
    ),
    draw(
        "the-next-word-instead",
        "what is drawn again follows the noise",
        "np.where(negatives == contexts[:, None], again, negatives)",
        "np.where(negatives == contexts[:, None], (contexts[:, None] + 1) % len(noise), negatives)",
    ),
    draw(
        "any-word-instead",
        "what is drawn again follows the noise",
        "again = words(*negatives.shape)",
        "again = rng.integers(len(noise), size=negatives.shape)",
    ),
    draw(
        "same-for-all-pairs",
        "each pair has its own",
        "negatives = words(len(contexts), K)",
        "negatives = np.tile(words(K), (len(contexts), 1))",
    ),
    draw(
        "another-generator",
        "rng is given",
        "cumulative =",
        "rng = np.random.default_rng()\ncumulative =",
    ),
    draw(
        "always-the-same",
        "rng moves on",
        "cumulative =",
        "rng = np.random.default_rng(0)\ncumulative =",
    ),
    draw(
        "one-for-a-pair",
        "K words are drawn for a pair",
        "negatives = words(len(contexts), K)",
        "negatives = np.repeat(words(len(contexts), 1), K, axis=1)",
    ),
    Variant(
        "draw-negatives",
        "without-repetition",
        why="words may come twice, and there may be fewer than K",
        code="rows = []\n"
        "for context in contexts:\n"
        "    left = np.where(np.arange(len(noise)) == context, 0, noise)\n"
        "    most = min(K, np.count_nonzero(left))\n"
        "    row = rng.choice(len(noise), size=most, p=left / left.sum(), replace=False)\n"
        "    rows.append(np.resize(row, K))\n"
        "return np.array(rows)",
    ),
    draw(
        "by-bisection",
        "numbers from 0 to 1 looked up in the sums",
        "while np.any(",
        "while np.any(",
        right=True,
    ),
    Variant(
        "draw-negatives",
        "pair-by-pair",
        why="the context's probability is taken away before",
        code="negatives = np.empty((len(contexts), K), dtype=np.int64)\n"
        "for i, context in enumerate(contexts):\n"
        "    left = noise.copy()\n"
        "    left[context] = 0\n"
        "    negatives[i] = rng.choice(len(noise), K, p=left / left.sum())\n"
        "return negatives",
        right=True,
    ),
    # --- pair-loss
    pair(
        "sign-turned",
        "a loss is above 0",
        "loss = np.logaddexp(0, -score) + ",
        "loss = -np.logaddexp(0, -score) - ",
    ),
    pair(
        "negatives-attract",
        "negatives should be far",
        "np.logaddexp(0, scores)",
        "np.logaddexp(0, -scores)",
    ),
    pair(
        "without-negatives",
        "there are negatives",
        "loss = np.logaddexp(0, -score) + np.sum(np.logaddexp(0, scores))",
        "loss = np.logaddexp(0, -score)",
    ),
    pair(
        "mean-of-negatives",
        "they are summed",
        "np.sum(np.logaddexp(0, scores))",
        "np.mean(np.logaddexp(0, scores))",
    ),
    pair(
        "centre-hears-the-context-alone",
        "v is in every score",
        "dv = dscore * u + np.sum(dscores[:, None] * negatives, axis=0)",
        "dv = dscore * u",
    ),
    pair(
        "derivative-not-minus-one",
        "the pair is one that stands together",
        "sigmoid(score) - 1",
        "sigmoid(score)",
    ),
    pair(
        "overflows",
        "scores of a thousand",
        "return np.exp(-np.logaddexp(0, -x))",
        "with np.errstate(all='ignore'):\n        return np.exp(x) / (1 + np.exp(x))",
    ),
    pair(
        "logarithm-of-zero",
        "the sigmoid of -1000 is 0",
        "loss = np.logaddexp(0, -score) + np.sum(np.logaddexp(0, scores))",
        "with np.errstate(all='ignore'):\n"
        "    loss = -np.log(sigmoid(score)) - np.sum(np.log(sigmoid(-scores)))",
    ),
    pair(
        "something-added",
        "-log(s + 1e-10) is not the loss",
        "np.logaddexp(0, -score)",
        "-np.log(sigmoid(score) + 1e-10)",
    ),
    pair("sigmoid-from-logaddexp", "the same function", "np.dot(u, v)", "v @ u", right=True),
    # --- batch-loss
    rows(
        "plus-equals-for-centres",
        "a word is added to once",
        "np.add.at(dV_in, centres, dv)",
        "dV_in[centres] += dv",
    ),
    rows(
        "plus-equals-for-targets",
        "a word is added to once",
        "np.add.at(dV_out, targets, du)",
        "dV_out[targets] += du",
    ),
    rows(
        "context-and-negatives-apart",
        "each of them may come again",
        "np.add.at(dV_out, targets, du)",
        "dV_out[contexts] += du[:, 0]\nnp.add.at(dV_out, negatives, du[:, 1:])",
    ),
    rows("sum-of-pairs", "the mean", "/ len(centres)", ""),
    rows("sum-of-losses", "the mean", "np.mean(", "np.sum("),
    rows(
        "mean-of-negatives-too",
        "only over the pairs",
        "np.mean(np.sum(np.logaddexp(0, -margins), axis=1))",
        "np.mean(np.logaddexp(0, -margins))",
    ),
    rows(
        "one-table",
        "contexts have vectors of their own",
        "V_in[centres], V_out[targets]",
        "V_in[centres], V_in[targets]",
    ),
    rows(
        "overflows-in-a-batch",
        "scores of a thousand",
        "np.exp(-np.logaddexp(0, margins))",
        "(1 - np.exp(margins) / (1 + np.exp(margins)))",
    ),
    rows(
        "promotes",
        "float32 stays float32",
        "dv, du =",
        "dV_in, dV_out = np.zeros(V_in.shape), np.zeros(V_out.shape)\ndv, du =",
    ),
    loops(
        "trains-at-once",
        "the tables stay as they are",
        "dV_in[centres[i]] +=",
        "V_in[centres[i]] -= 0.01\n    dV_in[centres[i]] +=",
    ),
    loops(
        "pair-by-pair",
        "one after the other",
        "for k in range(K)",
        "for k in range(0, K)",
        right=True,
    ),
    rows("all-rows-at-once", "products and sums", "np.mean(np.sum(", "np.mean(np.sum(", right=True),
    Variant(
        "batch-loss",
        "kernel-adds-up",
        why="the kit's compiled sum of rows",
        code="from cs231n.kernels.fast_recurrent import word_embedding_backward_fast as add_up\n"
        + ROWS.replace(
            "np.add.at(dV_in, centres, dv)\nnp.add.at(dV_out, targets, du)",
            "dV_in = add_up(dv[:, None], centres[:, None], len(V_in))\n"
            "dV_out = add_up(du, targets, len(V_out))",
        ),
        right=True,
    ),
    # --- ppmi
    ppmi(
        "not-positive",
        "0 is the least",
        "max(0.0, np.log(pairs[w, c] * total / (rows[w] * columns[c])))",
        "np.log(pairs[w, c] * total / (rows[w] * columns[c]))",
    ),
    ppmi("to-base-two", "natural logarithms", "np.log(", "np.log2("),
    ppmi(
        "rows-and-columns-exchanged", "w is a row", "rows[w] * columns[c]", "columns[w] * rows[c]"
    ),
    ppmi("without-the-total", "beside what chance gives", " * total", ""),
    ppmi("one-more-each", "nothing is added", "total, rows", "pairs = pairs + 1\ntotal, rows"),
    Variant(
        "ppmi",
        "nan-where-nothing-is",
        why="the logarithm of 0, and 0 / 0",
        code="with np.errstate(all='ignore'):\n"
        "    joint = pairs / pairs.sum()\n"
        "    return np.maximum(0, np.log(joint / np.outer(joint.sum(axis=1), joint.sum(axis=0))))",
    ),
    ppmi("pair-by-pair", "only where they met", "np.log(", "np.log(", right=True),
    Variant(
        "ppmi",
        "sums-of-logarithms",
        why="the logarithm of a fraction",
        code="with np.errstate(divide='ignore'):\n"
        "    logs = np.log(pairs) + np.log(pairs.sum())\n"
        "    rows, columns = np.log(pairs.sum(axis=1)), np.log(pairs.sum(axis=0))\n"
        "chance = np.where(pairs > 0, 1, 0) * 0.0\n"
        "met = pairs > 0\n"
        "chance[met] = (logs - 0)[met] - (rows[:, None] + columns)[met]\n"
        "return np.maximum(chance, 0)",
        right=True,
    ),
]
