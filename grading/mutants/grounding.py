"""Variants of grounding: regions for words, and boxes that overlap."""

from grading.mutants.image_sentence_ranking import changed, of

ground = of("match-ground-phrase")
iou = of("match-box-iou", "iou")
pointing = of("match-pointing", "accuracy")

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
