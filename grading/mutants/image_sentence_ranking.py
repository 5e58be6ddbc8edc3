"""Variants of scores of pictures and sentences."""

from grading.mutants import Variant


def of(exercise, result=""):
    """Make variants of an exercise's region, which returns what is named `result`, if anything."""

    def variant(name, why, code, right=False):
        code += f"\nreturn {result}" * bool(result)
        return Variant(exercise, name, why=why, code=code, right=right)

    return variant


def changed(code, old, new):
    """A solution with something else in it."""
    assert code.count(old) == 1, old
    return code.replace(old, new)


score = of("match-score")
score_back = of("match-score-backward")
unit_back = of("match-unit-backward", "dx")
attention = of("match-attention")

SCORE = """products = np.einsum("nrh,mth->nmtr", regions, words)
products = np.where(region_mask[:, None, None, :], products, -np.inf)
best = products.argmax(axis=-1)
highest = products.max(axis=-1)
counts = np.maximum(word_mask.sum(axis=1, keepdims=True), 1) if mean else 1
weights = (word_mask / counts).astype(regions.dtype)
scores = (np.where(word_mask, highest, 0) * weights).sum(axis=-1)
cache = regions, words, best, weights
"""
BACK = """regions, words, best, weights = cache
shares = dscores[:, :, None] * weights
dregions, dwords = np.zeros_like(regions), np.zeros_like(words)
for n in range(len(regions)):
    for m in range(len(words)):
        for t in range(words.shape[1]):
            i = best[n, m, t]
            dregions[n, i] += shares[n, m, t] * words[m, t]
            dwords[m, t] += shares[n, m, t] * regions[n, i]
"""
ATTENTION = """products = np.einsum("nrh,mth->nmtr", regions, words)
there = region_mask[:, None, None, :] & np.ones(products.shape, dtype=bool)
tempered = np.where(there, sharpness * products, -np.inf)
tempered = tempered - tempered.max(axis=-1, keepdims=True)
attention = np.exp(tempered)
attention = attention / attention.sum(axis=-1, keepdims=True)
attended = (attention * np.where(there, products, 0)).sum(axis=-1)
counts = np.maximum(word_mask.sum(axis=1, keepdims=True), 1) if mean else 1
weights = (word_mask / counts).astype(regions.dtype)
scores = (np.where(word_mask, attended, 0) * weights).sum(axis=-1)
cache = regions, words, np.where(there, products, 0), attention, attended, weights, sharpness
"""

VARIANTS = [
    # --- match-score
    score("by-einsum", "the same products", SCORE, right=True),
    score(
        "in-loops",
        "pair by pair",
        "scores = np.zeros((len(regions), len(words)), dtype=regions.dtype)\n"
        "for n in range(len(regions)):\n"
        "    for m in range(len(words)):\n"
        "        own = words[m][word_mask[m]] @ regions[n][region_mask[n]].T\n"
        "        scores[n, m] = own.max(axis=1).sum()\n"
        "        if mean and len(own):\n"
        "            scores[n, m] /= len(own)\n"
        "cache = regions, words, region_mask, word_mask",
        right=True,
    ),
    score(
        "regions-look-for-words",
        "words look for regions",
        changed(
            SCORE,
            "highest = products.max(axis=-1)",
            "highest = np.broadcast_to(products.max(axis=(2, 3))[..., None], best.shape)",
        ),
    ),
    score(
        "cut-at-zero",
        "words may count against a picture",
        changed(
            SCORE,
            "highest = products.max(axis=-1)",
            "highest = np.maximum(0, products.max(axis=-1))",
        ),
    ),
    score(
        "missing-regions-are-zero",
        "all products may be negative",
        changed(SCORE, "products, -np.inf)", "products, 0)"),
    ),
    score(
        "missing-regions-are-chosen",
        "they are not there",
        changed(
            SCORE, "products = np.where(region_mask[:, None, None, :], products, -np.inf)\n", ""
        ),
    ),
    score(
        "missing-words-count",
        "they are not there",
        changed(SCORE, "np.where(word_mask, highest, 0) * weights", "highest / counts"),
    ),
    score(
        "mean-over-all-places",
        "only over words that are there",
        changed(SCORE, "np.maximum(word_mask.sum(axis=1, keepdims=True), 1)", "word_mask.shape[1]"),
    ),
    score("always-the-mean", "the sum is the default", changed(SCORE, " if mean else 1", "")),
    score(
        "never-the-mean",
        "mean is an option",
        changed(SCORE, "np.maximum(word_mask.sum(axis=1, keepdims=True), 1) if mean else 1", "1"),
    ),
    score(
        "empty-sentences-are-nan",
        "0 / 0",
        changed(
            SCORE,
            "np.maximum(word_mask.sum(axis=1, keepdims=True), 1) if mean",
            "np.where(word_mask.any(axis=1, keepdims=True), word_mask.sum(axis=1, keepdims=True), "
            "np.nan) if mean",
        ),
    ),
    # --- match-score-backward
    score_back(
        "in-loops",
        "the same, added up one by one",
        changed(
            BACK,
            "regions, words, best, weights = cache",
            "regions, words, best, weights = cache[:4]",
        ),
        right=True,
    ),
    score_back(
        "by-one-hot",
        "the best regions as a matrix",
        "regions, words, best, weights = cache\n"
        "hot = best[..., None] == np.arange(regions.shape[1])\n"
        "shares = (dscores[:, :, None] * weights)[..., None] * hot\n"
        "dregions = np.einsum('nmtr,mth->nrh', shares, words).astype(regions.dtype)\n"
        "dwords = np.einsum('nmtr,nrh->mth', shares, regions).astype(words.dtype)",
        right=True,
    ),
    score_back(
        "the-last-picture-alone",
        "a word's derivatives from all pictures add up",
        changed(BACK, "dwords[m, t] +=", "dwords[m, t] ="),
    ),
    score_back(
        "the-last-word-alone",
        "a region's derivatives from all words add up",
        changed(BACK, "dregions[n, i] +=", "dregions[n, i] ="),
    ),
    score_back(
        "regions-without-dscores",
        "times dL/dscores",
        changed(BACK, "dregions[n, i] += shares[n, m, t]", "dregions[n, i] += weights[m, t]"),
    ),
    score_back(
        "missing-words-too",
        "they are not there",
        changed(
            BACK,
            "dscores[:, :, None] * weights",
            "dscores[:, :, None] * np.maximum(weights, weights.max())",
        ),
    ),
    score_back(
        "mean-forgotten",
        "each word has its share",
        changed(BACK, "dscores[:, :, None] * weights", "dscores[:, :, None] * (weights > 0)"),
    ),
    score_back(
        "the-last-of-equal-ones",
        "the first gets it",
        changed(
            BACK,
            "            i = best[n, m, t]\n",
            "            own = regions[n] @ words[m, t]\n"
            "            i = np.flatnonzero(own == own[best[n, m, t]])[-1]\n",
        ),
    ),
    score_back(
        "in-double-precision",
        "keep the precision",
        BACK + "dregions, dwords = dregions.astype(np.float64), dwords.astype(np.float64)",
    ),
    # --- match-unit-backward
    unit_back(
        "by-einsum",
        "the same part",
        "dx = (dy - y * np.einsum('...h,...h->...', dy, y)[..., None]) / lengths",
        right=True,
    ),
    unit_back(
        "by-projection",
        "the matrix I - y y^T",
        "H = y.shape[-1]\n"
        "across = np.eye(H, dtype=y.dtype) - y[..., :, None] * y[..., None, :]\n"
        "dx = (across @ dy[..., None])[..., 0] / lengths",
        right=True,
    ),
    unit_back("length-fixed", "it depends on x", "dx = dy / lengths"),
    unit_back("not-divided", "by the length", "dx = dy - (dy * y).sum(-1, keepdims=True) * y"),
    unit_back(
        "wrong-sign", "taken away", "dx = (dy + (dy * y).sum(-1, keepdims=True) * y) / lengths"
    ),
    unit_back(
        "with-x",
        "y, not x",
        "x = y * lengths\ndx = (dy - (dy * x).sum(-1, keepdims=True) * x) / lengths",
    ),
    unit_back(
        "over-all-vectors", "each vector by itself", "dx = (dy - (dy * y).sum() * y) / lengths"
    ),
    # --- match-attention
    attention("by-einsum", "the same softmax", ATTENTION, right=True),
    attention(
        "in-loops",
        "pair by pair",
        "scores = np.zeros((len(regions), len(words)), dtype=regions.dtype)\n"
        "for n in range(len(regions)):\n"
        "    v = regions[n][region_mask[n]]\n"
        "    for m in range(len(words)):\n"
        "        own = words[m][word_mask[m]]\n"
        "        for s in own:\n"
        "            p = v @ s\n"
        "            a = np.exp(sharpness * (p - p.max()))\n"
        "            scores[n, m] += s @ (a @ v) / a.sum()\n"
        "        if mean and len(own):\n"
        "            scores[n, m] /= len(own)\n"
        "cache = ()",
        right=True,
    ),
    attention(
        "over-words",
        "over the regions",
        changed(
            ATTENTION,
            "attention.sum(axis=-1, keepdims=True)",
            "attention.sum(axis=2, keepdims=True)",
        ),
    ),
    attention(
        "without-sharpness",
        "sharpness times the products",
        changed(
            ATTENTION,
            "np.where(there, sharpness * products, -np.inf)",
            "np.where(there, products, -np.inf)",
        ),
    ),
    attention(
        "not-shifted",
        "overflows",
        changed(
            ATTENTION,
            "tempered = tempered - tempered.max(axis=-1, keepdims=True)\n",
            "np.seterr(all='ignore')\n",
        ),
    ),
    attention(
        "missing-regions-attended",
        "they are not there",
        changed(ATTENTION, "there = region_mask[:, None, None, :] & np", "there = np"),
    ),
    attention(
        "missing-words-count",
        "they are not there",
        changed(ATTENTION, "(np.where(word_mask, attended, 0) * weights)", "(attended / counts)"),
    ),
    attention(
        "sharpness-in-the-score",
        "products are weighed",
        changed(
            ATTENTION,
            "np.where(there, products, 0)).sum",
            "np.where(there, sharpness * products, 0)).sum",
        ),
    ),
    attention(
        "never-the-mean",
        "mean is an option",
        changed(
            ATTENTION, "np.maximum(word_mask.sum(axis=1, keepdims=True), 1) if mean else 1", "1"
        ),
    ),
    attention(
        "always-nine",
        "sharpness is an option",
        changed(ATTENTION, "sharpness * products, -np.inf", "9.0 * products, -np.inf"),
    ),
]
