"""Variants of ranks, recall, and its ceiling."""

from grading.mutants.image_sentence_ranking import changed, of

ranks = of("match-best-ranks", "ranks")
recall = of("match-recall")
ceiling = of("match-ceiling", "ceiling")

RANKS = """best = np.where(right, scores, -np.inf).max(axis=1)
rows = zip(scores, right, best)
ranks = np.array([1 + int(np.sum(row[~fits] >= top)) for row, fits, top in rows])
"""

VARIANTS = [
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
]
