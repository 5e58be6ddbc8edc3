"""Variants of counting, mixing, perplexity, writing and finding circles."""

from grading.mutants import Variant
from grading.mutants.decoding import changed

COUNT = """grams = Counter()
for sequence in sequences:
    tokens = [START] * (n - 1) + np.asarray(sequence, dtype=int).tolist()
    grams.update(zip(*(tokens[k:] for k in range(n))))
for (*context, token), count in grams.items():
    counts.setdefault(tuple(context), {})[token] = count
"""

MIX = """chance = 1 / self.V
for length, (counts, totals) in enumerate(zip(self.counts, self.totals)):
    known = tuple(context[len(context) - length :])
    if length > len(context) or known not in counts:
        break
    followers, total = counts[known], totals[known]
    kinds = len(followers)
    chance = (followers.get(token, 0) + kinds * chance) / (total + kinds)
return chance
"""

SCORES = """is_known = np.full(len(tokens), True) if unknown is None else tokens != unknown
mean = logprobs.mean()
known = np.exp(-logprobs[is_known].mean()) if is_known.any() else np.nan
return {
    "perplexity": float(np.exp(-mean)),
    "bits": float(-mean / np.log(2)),
    "unknown": float(1 - is_known.mean()),
    "known": float(known),
}
"""

WRITE = """for token in prime:
    scores, states = model.advance(states, np.array([token]))
for _ in range(max_length):
    chances = tempered_probabilities(log_softmax(scores)[0], temperature)
    token = int(pick(chances))
    if token == end:
        break
    written.append(token)
    scores, states = model.advance(states, np.array([token]))
"""

LOOP = """tokens = list(tokens)
for p in range(1, len(tokens) // turns + 1):
    start = len(tokens) - p
    while start > 0 and tokens[start - 1] == tokens[start - 1 + p]:
        start -= 1
    if len(tokens) - start >= turns * p:
        return start, p
return None
"""


def of(exercise, solution):
    """Make variants of an exercise: edits of its solution, or another."""

    def variant(name, why, *edits, code=solution, right=False):
        for old, new in edits:
            code = changed(old, new, code)
        return Variant(exercise, name, why=why, code=code, right=right)

    return variant


count, mix = of("ngram-counts", COUNT), of("witten-bell", MIX)
scored, write, loop = of("lm-perplexity", SCORES), of("lm-write", WRITE), of("find-loop", LOOP)

VARIANTS = [
    # --- ngram-counts
    count("no-start", "a sentence begins behind START", ("[START] * (n - 1) + ", "")),
    count(
        "start-is-counted",
        "START is never predicted",
        ("[START] * (n - 1)", "[START] * 2 * (n - 1)"),
    ),
    count(
        "sequences-run-together",
        "no n-gram reaches into the next sequence",
        (
            "for sequence in sequences:",
            "for sequence in [[token for sequence in sequences for token in sequence]]:",
        ),
    ),
    count("once-each", "how often, not whether", ("[token] = count", "[token] = 1")),
    count("newest-first", "the oldest comes first", ("tuple(context)", "tuple(context[::-1])")),
    count("lists-joined-as-text", "contexts are tuples", ("tuple(context)", "str(context)")),
    count(
        "one-token-too-long",
        "n - 1 tokens of context",
        ("[START] * (n - 1)", "[START] * n"),
        ("range(n)", "range(n + 1)"),
    ),
    count(
        "the-last-is-forgotten",
        "every token follows something",
        ("dtype=int).tolist()", "dtype=int).tolist()[:-1]"),
    ),
    count(
        "place-by-place",
        "the same, without zip",
        code="for sequence in sequences:\n"
        "    for t in range(len(sequence)):\n"
        "        context = tuple(sequence[i] if i >= 0 else START for i in range(t - n + 1, t))\n"
        "        row = counts.setdefault(context, Counter())\n"
        "        row[sequence[t]] += 1",
        right=True,
    ),
    count(
        "a-window-that-slides",
        "the same, with a tuple that moves on",
        code="counts = __import__('collections').defaultdict(dict)\n"
        "for sequence in sequences:\n"
        "    window = (START,) * (n - 1)\n"
        "    for token in sequence:\n"
        "        counts[window][token] = counts[window].get(token, 0) + 1\n"
        "        window = (*window, token)[1:]",
        right=True,
    ),
    # --- witten-bell
    mix("nothing-at-first", "below stands 1 / V", ("chance = 1 / self.V", "chance = 0.0")),
    mix(
        "only-what-was-seen",
        "shorter contexts are always mixed in",
        (
            "    chance = (",
            "    if token in followers:\n        chance = followers[token] / total\n"
            "    elif False:\n        chance = (",
        ),
    ),
    mix(
        "mixes-too-much",
        "they should sum to 1",
        (
            "(followers.get(token, 0) + kinds * chance) / (total + kinds)",
            "followers.get(token, 0) / total + kinds / (total + kinds) * chance",
        ),
    ),
    mix("all-kinds", "kinds that followed", ("len(followers)", "self.V")),
    mix(
        "starts-over-where-nothing-came",
        "the shorter context's",
        ("        break", "        return 1 / self.V"),
    ),
    mix(
        "zero-where-nothing-came",
        "the shorter context's",
        ("        break", "        return 0.0"),
    ),
    mix(
        "the-oldest-tokens",
        "the newest are nearest",
        ("context[len(context) - length :]", "context[:length]"),
    ),
    mix(
        "without-the-longest",
        "the longest counts, too",
        ("zip(self.counts, self.totals)", "zip(self.counts[:-1], self.totals)"),
    ),
    mix(
        "adds-one",
        "that is Laplace's",
        (
            "(followers.get(token, 0) + kinds * chance) / (total + kinds)",
            "(followers.get(token, 0) + 1) / (total + self.V)",
        ),
    ),
    mix("kinds-are-counts", "how many different", ("len(followers)", "total")),
    mix(
        "from-the-longest-down",
        "the same, called again for the shorter context",
        code="def mixed(known):\n"
        "    length = len(known)\n"
        "    lower = mixed(known[1:]) if known else 1 / self.V\n"
        "    followers = self.counts[length].get(known)\n"
        "    if not followers:\n"
        "        return lower\n"
        "    kinds, total = len(followers), sum(followers.values())\n"
        "    share = total / (total + kinds)\n"
        "    return share * followers.get(token, 0) / total + (1 - share) * lower\n"
        "keep = min(self.order - 1, len(context))\n"
        "return mixed(tuple(context)[len(context) - keep:])",
        right=True,
    ),
    # --- lm-perplexity
    scored(
        "mean-of-sentences",
        "a long sentence counts for more",
        (
            "mean = logprobs.mean()",
            "mean = np.mean([part.mean() for part in np.split(logprobs, np.cumsum(lengths)[:-1])])",
        ),
    ),
    scored(
        "without-end",
        "END counts",
        ("mean = logprobs.mean()", "mean = np.delete(logprobs, np.cumsum(lengths) - 1).mean()"),
    ),
    scored(
        "end-is-no-token",
        "END is a token",
        ("mean = logprobs.mean()", "mean = logprobs.sum() / (len(tokens) - len(lengths))"),
    ),
    scored("of-the-chances", "exp comes last", ("np.exp(-mean)", "np.mean(np.exp(-logprobs))")),
    scored("nats", "bits", ("float(-mean / np.log(2))", "float(-mean)")),
    scored("bits-times", "more bits than nats", ("-mean / np.log(2)", "-mean * np.log(2)")),
    scored("two-to-the-power", "natural logarithms", ("np.exp(-mean)", "2.0 ** -mean")),
    scored("the-known-share", "of the unknown", ("float(1 - is_known.mean())", "is_known.mean()")),
    scored("a-number", "a share", ("float(1 - is_known.mean())", "int((~is_known).sum())")),
    scored(
        "known-by-all",
        "divided by the known alone",
        ("logprobs[is_known].mean()", "logprobs[is_known].sum() / len(tokens)"),
    ),
    scored(
        "known-is-all",
        "the unknown are left out",
        ("np.exp(-logprobs[is_known].mean())", "np.exp(-logprobs.mean())"),
    ),
    scored(
        "zero-is-unknown",
        "which one is unknown is said",
        ("tokens != unknown", "tokens != 0"),
    ),
    scored(
        "one-where-nothing-is-known",
        "nan",
        ("if is_known.any() else np.nan", "if is_known.any() else 1.0"),
    ),
    scored(
        "masked",
        "the same, by sums",
        code="count = len(tokens)\n"
        "odd = np.zeros(count, bool) if unknown is None else tokens == unknown\n"
        "bits = -np.sum(logprobs) / count / np.log(2)\n"
        "rest = count - odd.sum()\n"
        "known = np.exp(-np.sum(logprobs * ~odd) / rest) if rest else float('nan')\n"
        "return dict(perplexity=2**bits, bits=bits, unknown=odd.sum() / count, known=known)",
        right=True,
    ),
    # --- lm-write
    write(
        "the-first-token-alone",
        "the whole beginning is read",
        ("for token in prime:", "for token in prime[:1]:"),
    ),
    write(
        "the-last-token-alone",
        "the whole beginning is read",
        ("for token in prime:", "for token in prime[-1:]:"),
    ),
    write(
        "reads-the-last-twice",
        "it has been read",
        (
            "for _ in range(max_length):",
            "scores, states = model.advance(states, np.array([token]))\n"
            "for _ in range(max_length):",
        ),
    ),
    write(
        "keeps-its-state",
        "the state goes on",
        ("written.append(token)\n    scores, states", "written.append(token)\n    scores, _"),
    ),
    write(
        "returns-the-beginning",
        "only what was written",
        ("for token in prime:", "for token in prime:\n    written.append(int(token))"),
    ),
    write(
        "end-is-written",
        "without end",
        (
            "    if token == end:\n        break\n    written.append(token)",
            "    written.append(token)\n    if token == end:\n        break",
        ),
    ),
    write("never-ends", "end ends it", ("token == end", "False")),
    write(
        "the-beginning-may-end-it",
        "only what is written ends it",
        ("for token in prime:", "for token in prime:\n    if token == end:\n        return []"),
    ),
    write(
        "end-is-number-two",
        "which one ends it is said",
        ("token == end", "token == (2 if end is None else end)"),
    ),
    write(
        "temperature-of-chances",
        "scores are divided",
        (
            "tempered_probabilities(log_softmax(scores)[0], temperature)",
            "np.exp(log_softmax(scores)[0])",
        ),
    ),
    write(
        "the-likeliest-always",
        "pick decides",
        ("int(pick(chances))", "int(np.argmax(chances))"),
    ),
    write("one-more", "max_length counts end", ("range(max_length)", "range(max_length + 1)")),
    write(
        "the-beginning-counts",
        "max_length does not count it",
        ("range(max_length)", "range(max_length - len(prime))"),
    ),
    write(
        "overflows",
        "scores may be large",
        (
            "chances = tempered_probabilities(log_softmax(scores)[0], temperature)",
            "with np.errstate(all='ignore'):\n"
            "        chances = np.exp(scores[0] / temperature)\n"
            "        chances = chances / chances.sum()",
        ),
    ),
    write(
        "by-hand",
        "the same, without the functions of decoding",
        code="queue = list(prime)\n"
        "while len(written) < max_length:\n"
        "    while queue:\n"
        "        scores, states = model.advance(states, np.asarray([queue.pop(0)]))\n"
        "    s = np.asarray(scores[0], dtype=np.float64) / temperature\n"
        "    p = np.exp(s - s.max())\n"
        "    token = int(pick(p / p.sum()))\n"
        "    if end is not None and token == end:\n"
        "        return written\n"
        "    written.append(token)\n"
        "    queue.append(token)",
        right=True,
    ),
    # --- find-loop
    loop(
        "two-turns-only",
        "as far back as it goes",
        ("return start, p", "return len(tokens) - turns * p, p"),
    ),
    loop(
        "whole-turns-only",
        "it may begin in the middle of a turn",
        ("return start, p", "return start + (len(tokens) - start) % p, p"),
    ),
    loop(
        "the-longest",
        "the shortest counts",
        (
            "range(1, len(tokens) // turns + 1)",
            "range(len(tokens) // turns, 0, -1)",
        ),
    ),
    loop("two-always", "turns says how often", (">= turns * p", ">= 2 * p")),
    loop("more-than-enough", "exactly so many are enough", (">= turns * p", "> turns * p")),
    loop(
        "anywhere",
        "the end of the text is meant",
        code="tokens = list(tokens)\n"
        "for p in range(1, len(tokens) // turns + 1):\n"
        "    for start in range(len(tokens) - turns * p + 1):\n"
        "        turn = tokens[start : start + p]\n"
        "        if tokens[start : start + turns * p] == turn * turns:\n"
        "            return start, p\n"
        "return None",
    ),
    loop("length-first", "start, then length", ("return start, p", "return p, start")),
    loop(
        "back-from-the-end-alone",
        "all the way, not one turn",
        ("start > 0", "start > len(tokens) - turns * p"),
    ),
    loop(
        "by-slices",
        "the same, by comparing ends",
        code="tokens = list(tokens)\n"
        "L = len(tokens)\n"
        "for p in range(1, L + 1):\n"
        "    if turns * p > L or tokens[L - turns * p:] != tokens[L - p:] * turns:\n"
        "        continue\n"
        "    start = next(s for s in range(L) if tokens[s:L - p] == tokens[s + p:])\n"
        "    return start, p",
        right=True,
    ),
    loop(
        "by-arrays",
        "the same, with NumPy",
        code="tokens = np.asarray(tokens)\n"
        "for p in range(1, len(tokens) // turns + 1):\n"
        "    wrong = np.flatnonzero(tokens[:-p] != tokens[p:])\n"
        "    start = int(wrong[-1]) + 1 if len(wrong) else 0\n"
        "    if len(tokens) - start >= turns * p:\n"
        "        return start, p\n"
        "return None",
        right=True,
    ),
]
