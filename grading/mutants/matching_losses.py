"""Variants of the margin loss, and of sentences turned round."""

from grading.mutants.image_sentence_ranking import changed, of

loss = of("match-margin-loss")
turned = of("match-reverse-words", "out")

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

VARIANTS = [
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
]
