"""Variants of the scores, the loss, and the measures of matching."""

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


score, score_back = of("match-score"), of("match-score-backward")
unit_back, attention = of("match-unit-backward", "dx"), of("match-attention")
loss, turned = of("match-margin-loss"), of("match-reverse-words", "out")
ranks, recall = of("match-best-ranks", "ranks"), of("match-recall")
ceiling, ground = of("match-ceiling", "ceiling"), of("match-ground-phrase")
iou, pointing = of("match-box-iou", "iou"), of("match-pointing", "accuracy")

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
LOSS = """loss, dscores = 0.0, np.zeros_like(scores)
for n in range(len(scores)):
    for turned in (False, True):
        worst = []
        for m in range(len(scores)):
            at = (m, n) if turned else (n, m)
            if m == n or (fits is not None and fits[at]):
                continue
            term = margin + scores[at] - scores[n, n]
            if term > 0:
                worst.append((term, at))
        if hardest and worst:
            worst = [max(worst, key=lambda one: one[0])]
        for term, at in worst:
            loss += float(term)
            dscores[at] += 1
            dscores[n, n] -= 1
"""
TURN = """out = x.copy()
for m, length in enumerate(lengths):
    out[m, :length] = x[m, :length][::-1]
"""
RANKS = """best = np.where(right, scores, -np.inf).max(axis=1)
rows = zip(scores, right, best)
ranks = np.array([1 + int(np.sum(row[~fits] >= top)) for row, fits, top in rows])
"""
GROUND = """if T == 0:
    return regions, 0.0
best, origin = products[0].astype(float), []
for t in range(1, T):
    ways = best[:, None] + bonus * np.eye(R)
    origin.append(ways.argmax(axis=0))
    best = products[t] + ways.max(axis=0)
total, at = float(best.max()), int(best.argmax())
for t in range(T - 1, -1, -1):
    regions[t] = at
    if t:
        at = int(origin[t - 1][at])
"""
IOU = """iou = np.zeros((len(first), len(second)))
for i, (x, y, w, h) in enumerate(first):
    for k, (u, v, a, b) in enumerate(second):
        across = max(0.0, min(x + w, u + a) - max(x, u))
        down = max(0.0, min(y + h, v + b) - max(y, v))
        whole = w * h + a * b - across * down
        iou[i, k] = across * down / whole if whole > 0 else 0
"""
POINT = """hits = []
for box, own in zip(chosen, right):
    if len(own) > 0:
        hits.append(np.max(box_iou(np.array([box]), own)) >= threshold)
accuracy = sum(hits) / len(hits) if hits else float("nan")
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
    # --- match-margin-loss
    loss("in-loops", "pair by pair", LOSS, right=True),
    loss(
        "by-masks",
        "both matrices at once",
        "N, own = len(scores), np.diag(scores)\n"
        "away = np.ones((N, N), scores.dtype) - np.eye(N, dtype=scores.dtype)\n"
        "away = away if fits is None else away * ~fits\n"
        "rows = np.maximum(margin + scores - own[:, None], 0) * away\n"
        "columns = np.maximum(margin + scores - own, 0) * away\n"
        "if hardest:\n"
        "    rows = rows * (np.arange(N) == rows.argmax(1)[:, None])\n"
        "    columns = columns * (np.arange(N)[:, None] == columns.argmax(0))\n"
        "loss = float(rows.sum() + columns.sum())\n"
        "rows, columns = (rows > 0).astype(scores.dtype), (columns > 0).astype(scores.dtype)\n"
        "dscores = rows + columns\n"
        "dscores[np.arange(N), np.arange(N)] -= rows.sum(1) + columns.sum(0)",
        right=True,
    ),
    loss("one-direction", "both look for each other", changed(LOSS, "(False, True)", "(False,)")),
    loss(
        "with-the-right-pairs", "the diagonal is right", changed(LOSS, "m == n or (", "False or (")
    ),
    loss("mean", "a sum", LOSS + "loss, dscores = loss / len(scores), dscores / len(scores)"),
    loss("always-the-hardest", "an option", changed(LOSS, "if hardest and worst", "if worst")),
    loss("never-the-hardest", "an option", changed(LOSS, "if hardest and worst", "if False")),
    loss(
        "hardest-that-fits",
        "it does not count",
        changed(LOSS, "if m == n or (fits is not None and fits[at])", "if m == n"),
    ),
    loss("margin-of-a-fifth", "margin is an option", changed(LOSS, "term = margin", "term = 0.2")),
    loss("zero-counts", "no derivative at 0", changed(LOSS, "if term > 0", "if term >= 0")),
    loss(
        "the-last-of-equal-ones",
        "the first",
        changed(
            LOSS, "max(worst, key=lambda one: one[0])", "max(worst[::-1], key=lambda one: one[0])"
        ),
    ),
    loss(
        "right-pair-once",
        "S_nn enters every term",
        changed(LOSS, "            dscores[n, n] -= 1", "            dscores[n, n] = -1"),
    ),
    loss("scores-changed", "write into new arrays", LOSS + "scores -= margin"),
    # --- match-reverse-words
    turned("in-a-loop", "sentence by sentence", TURN, right=True),
    turned(
        "by-flip",
        "flip and put what fills up back",
        "out = np.array(x)\n"
        "for m in range(len(x)):\n"
        "    k = int(lengths[m])\n"
        "    out[m] = np.concatenate([np.flip(x[m, :k], axis=0), x[m, k:]])",
        right=True,
    ),
    turned("whole-rows", "what fills up stays behind", "out = x[:, ::-1].copy()"),
    turned("zeros-behind", "it stays what it was", changed(TURN, "x.copy()", "np.zeros_like(x)")),
    turned(
        "one-word-short",
        "all words",
        changed(
            TURN,
            "    out[m, :length] = x[m, :length][::-1]\n",
            "    if length:\n        out[m, : length - 1] = x[m, : length - 1][::-1]\n",
        ),
    ),
    turned(
        "in-place", "a new array", changed(TURN, "x.copy()", "x").replace("[::-1]", "[::-1].copy()")
    ),
    # --- match-best-ranks
    ranks("in-a-loop", "query by query", RANKS, right=True),
    ranks(
        "by-sorting",
        "wrong ones first among equal ones",
        "order = np.lexsort((right, -scores), axis=1)\n"
        "ranks = 1 + np.take_along_axis(right, order, axis=1).argmax(axis=1)",
        right=True,
    ),
    ranks("kind-ties", "ties count against", changed(RANKS, ">= top", "> top")),
    ranks(
        "half-ties",
        "ties count against",
        "best = np.where(right, scores, -np.inf).max(axis=1, keepdims=True)\n"
        "over, ties = (~right & (scores > best)).sum(1), (~right & (scores == best)).sum(1)\n"
        "ranks = 1 + over + ties // 2",
    ),
    ranks("from-zero", "1 is the first", changed(RANKS, "1 + int", "0 + int")),
    ranks(
        "the-first-right-one",
        "the best right one",
        changed(
            RANKS,
            "np.where(right, scores, -np.inf).max(axis=1)",
            "scores[np.arange(len(scores)), right.argmax(axis=1)]",
        ),
    ),
    ranks("other-right-ones-count", "they are no mistakes", changed(RANKS, "row[~fits]", "row")),
    ranks("lowest-first", "the highest comes first", changed(RANKS, ">= top", "<= top")),
    ranks(
        "by-argsort",
        "equal ones in order of their numbers",
        "order = np.argsort(-scores, axis=1, kind='stable')\n"
        "found = np.take_along_axis(right, order, axis=1).argmax(axis=1)\n"
        "ranks = 1 + found",
    ),
    # --- match-recall
    recall(
        "in-a-loop",
        "rank by rank",
        "recalls = np.array([100 * sum(r <= k for r in ranks) / len(ranks) for k in ks])\n"
        "recalls = recalls.astype(float)\nmedian = float(np.median(ranks))",
        right=True,
    ),
    recall(
        "by-percentile",
        "the half",
        "recalls = 100 * (np.asarray(ranks)[:, None] <= np.asarray(ks)).mean(axis=0)\n"
        "median = float(np.percentile(ranks, 50))",
        right=True,
    ),
    recall(
        "share",
        "percent",
        "recalls = np.array([np.mean(ranks <= k) for k in ks])\nmedian = float(np.median(ranks))",
    ),
    recall(
        "below-k",
        "k counts",
        "recalls = np.array([100 * np.mean(ranks < k) for k in ks])\n"
        "median = float(np.median(ranks))",
    ),
    recall(
        "mean-rank",
        "the median",
        "recalls = np.array([100 * np.mean(ranks <= k) for k in ks])\n"
        "median = float(np.mean(ranks))",
    ),
    recall(
        "upper-median",
        "the mean of the middle two",
        "recalls = np.array([100 * np.mean(ranks <= k) for k in ks])\n"
        "median = float(np.sort(ranks)[len(ranks) // 2])",
    ),
    recall(
        "always-1-5-10",
        "ks is an option",
        "recalls = np.array([100 * np.mean(ranks <= k) for k in (1, 5, 10)])\n"
        "median = float(np.median(ranks))",
    ),
    # --- match-ceiling
    ceiling(
        "in-a-loop",
        "query by query",
        "counts = [int(row.sum()) for row in fits]\n"
        "ceiling = 100.0 * sum(min(1.0, k / c) for c in counts) / len(counts)",
        right=True,
    ),
    ceiling(
        "by-clip",
        "at most 1",
        "ceiling = float(np.mean(np.clip(k / fits.sum(axis=1), 0, 1)) * 100)",
        right=True,
    ),
    ceiling("all-or-nothing", "some luck", "ceiling = float(100 * np.mean(fits.sum(axis=1) <= k))"),
    ceiling("beyond-one", "a probability", "ceiling = float(100 * np.mean(k / fits.sum(axis=1)))"),
    ceiling("first-only", "k places", "ceiling = float(100 * np.mean(1 / fits.sum(axis=1)))"),
    ceiling(
        "over-queries",
        "answers of a query",
        "c = np.maximum(fits.sum(axis=0), 1)\nceiling = float(100 * np.mean(np.minimum(k, c) / c))",
    ),
    ceiling(
        "share", "percent", "c = fits.sum(axis=1)\nceiling = float(np.mean(np.minimum(k, c) / c))"
    ),
    # --- match-ground-phrase
    ground("all-transitions", "R x R ways a step", GROUND, right=True),
    ground(
        "in-plain-loops",
        "region by region",
        "if not T:\n    return regions, 0.0\n"
        "best = [(float(p), [r]) for r, p in enumerate(products[0])]\n"
        "for t in range(1, T):\n"
        "    new = []\n"
        "    for r in range(R):\n"
        "        value, way = max(((v + bonus * (w[-1] == r), w) for v, w in best), "
        "key=lambda one: one[0])\n"
        "        new.append((value + float(products[t, r]), [*way, r]))\n"
        "    best = new\n"
        "total, way = max(best, key=lambda one: one[0])\n"
        "regions = np.array(way)",
        right=True,
    ),
    ground(
        "word-by-word",
        "the bonus ties words together",
        "regions = products.argmax(axis=1) if T else regions\n"
        "total = float(products.max(axis=1).sum() + bonus * (regions[1:] == regions[:-1]).sum())",
    ),
    ground(
        "greedy",
        "what is best so far may not be best in the end",
        "for t in range(T):\n"
        "    own = products[t].astype(float)\n"
        "    if t:\n        own[regions[t - 1]] += bonus\n"
        "    regions[t], total = own.argmax(), total + own.max()\n"
        "total = float(total)",
    ),
    ground(
        "one-region-for-all",
        "only if the bonus is large",
        "if T:\n    sums = products.sum(axis=0)\n    regions[:] = sums.argmax()\n"
        "    total = float(sums.max() + bonus * (T - 1))",
    ),
    ground(
        "bonus-for-leaving",
        "for staying",
        changed(GROUND, "bonus * np.eye(R)", "bonus * (1 - np.eye(R))"),
    ),
    ground(
        "way-not-followed-back",
        "where each best came from",
        changed(
            GROUND,
            "        at = int(origin[t - 1][at])",
            "        at = int(products[t - 1].argmax())",
        ),
    ),
    ground(
        "total-without-bonus",
        "the bonus counts",
        GROUND + "total = float(products[np.arange(T), regions].sum())",
    ),
    ground(
        "fails-without-words",
        "an empty phrase",
        changed(GROUND, "if T == 0:\n    return regions, 0.0\n", ""),
    ),
    ground(
        "tries-every-way",
        "R^T of them",
        "import itertools\ntotal = -np.inf\n"
        "for way in itertools.product(range(R), repeat=min(T, 6)):\n"
        "    way = list(way) + [way[-1]] * (T - 6) if T else []\n"
        "    value = sum(products[t, r] for t, r in enumerate(way))\n"
        "    value += bonus * sum(a == b for a, b in zip(way, way[1:]))\n"
        "    if value > total:\n        total, regions = float(value), np.array(way, dtype=int)",
    ),
    # --- match-box-iou
    iou("in-loops", "pair by pair", IOU, right=True),
    iou(
        "by-corners",
        "four arrays",
        "x, y, w, h = first.T[:, :, None]\nu, v, a, b = second.T[:, None, :]\n"
        "across = np.clip(np.minimum(x + w, u + a) - np.maximum(x, u), 0, None)\n"
        "down = np.clip(np.minimum(y + h, v + b) - np.maximum(y, v), 0, None)\n"
        "shared = across * down\nwhole = w * h + a * b - shared\n"
        "iou = np.where(whole > 0, shared / np.where(whole > 0, whole, 1), 0)",
        right=True,
    ),
    iou(
        "apart-in-both",
        "two negative lengths",
        changed(
            changed(
                IOU, "max(0.0, min(x + w, u + a) - max(x, u))", "min(x + w, u + a) - max(x, u)"
            ),
            "max(0.0, min(y + h, v + b) - max(y, v))",
            "min(y + h, v + b) - max(y, v)",
        ),
    ),
    iou(
        "sum-of-areas",
        "the shared part is counted twice",
        changed(IOU, "a * b - across * down", "a * b"),
    ),
    iou(
        "of-the-smaller",
        "of the area that either covers",
        changed(IOU, "w * h + a * b - across * down", "min(w * h, a * b)"),
    ),
    iou(
        "right-and-bottom",
        "width and height",
        changed(IOU, "max(0.0, min(x + w, u + a) - max(x, u))", "max(0.0, min(w, a) - max(x, u))"),
    ),
    iou(
        "empty-boxes-are-nan",
        "0 for two without an area",
        changed(
            IOU,
            "across * down / whole if whole > 0 else 0",
            "across * down / whole if whole > 0 else np.nan",
        ),
    ),
    iou(
        "pixels-counted",
        "no pixel more",
        changed(
            IOU,
            "max(0.0, min(x + w, u + a) - max(x, u))",
            "max(0.0, min(x + w, u + a) - max(x, u) + 1)",
        ),
    ),
    # --- match-pointing
    pointing("in-a-loop", "word by word", POINT, right=True),
    pointing(
        "by-boxes",
        "box by box",
        "hits = [\n    any(box_iou(box[None], own[None])[0, 0] >= threshold for own in boxes)\n"
        "    for box, boxes in zip(chosen, right) if len(boxes)\n]\n"
        "accuracy = np.mean(hits) if hits else np.nan",
        right=True,
    ),
    pointing(
        "all-words",
        "words about nothing do not count",
        changed(POINT, "sum(hits) / len(hits)", "sum(hits) / len(right)"),
    ),
    pointing(
        "first-box",
        "any of a word's boxes",
        changed(
            POINT, "np.max(box_iou(np.array([box]), own))", "box_iou(np.array([box]), own)[0, 0]"
        ),
    ),
    pointing("worst-box", "any of a word's boxes", changed(POINT, "np.max(", "np.min(")),
    pointing("above-the-threshold", "from it on", changed(POINT, ">= threshold", "> threshold")),
    pointing("always-a-half", "threshold is an option", changed(POINT, ">= threshold", ">= 0.5")),
    pointing("zero-for-none", "nothing was measured", changed(POINT, 'float("nan")', "0.0")),
]
