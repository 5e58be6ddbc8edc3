"""Variants of what metrics of sentences count."""

from grading.mutants import Variant


def of(exercise):
    """Make variants of an exercise's region."""

    def variant(name, why, code, right=False):
        return Variant(exercise, name, why=why, code=code, right=right)

    return variant


matches, brevity, common = map(of, ("bleu-matches", "bleu-brevity", "longest-common"))
CLOSEST = """r = 0
for words, others in zip(candidates, references):
    lengths = [len(other) for other in others]
    r += min(lengths, key=lambda length: (abs(length - len(words)), length))
"""
FACTOR = "return min(1.0, math.exp(1 - r / c))"
TABLE = """table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
for i, word in enumerate(first):
    for k, other in enumerate(second):
        if word == other:
            table[i + 1][k + 1] = table[i][k] + 1
        else:
            table[i + 1][k + 1] = max(table[i][k + 1], table[i + 1][k])
return table[-1][-1]
"""

VARIANTS = [
    # --- bleu-matches
    matches(
        "not-clipped",
        "the the the",
        "seen = {gram for other in references for gram in ngrams(other, n)}\n"
        "counts = ngrams(words, n)\n"
        "return sum(c for gram, c in counts.items() if gram in seen), sum(counts.values())",
    ),
    matches(
        "all-references-together",
        "one reference, the one that has most",
        "counts, most = ngrams(words, n), Counter()\n"
        "for reference in references:\n    most += ngrams(reference, n)\n"
        "return sum((counts & most).values()), sum(counts.values())",
    ),
    matches(
        "the-best-reference",
        "each n-gram has its own",
        "counts = ngrams(words, n)\n"
        "right = max(sum((counts & ngrams(other, n)).values()) for other in references)\n"
        "return right, sum(counts.values())",
    ),
    matches(
        "different-ones",
        "each counts as often as it stands there",
        "counts, most = ngrams(words, n), Counter()\n"
        "for reference in references:\n    most |= ngrams(reference, n)\n"
        "return len(counts & most), len(counts)",
    ),
    matches(
        "the-first-reference",
        "all references",
        "counts = ngrams(words, n)\n"
        "return sum((counts & ngrams(references[0], n)).values()), sum(counts.values())",
    ),
    matches(
        "divided-by-words",
        "n-grams, not words",
        "counts, most = ngrams(words, n), Counter()\n"
        "for reference in references:\n    most |= ngrams(reference, n)\n"
        "return sum((counts & most).values()), len(words)",
    ),
    matches(
        "below-nothing",
        "no n-grams, not minus some",
        "counts, most = ngrams(words, n), Counter()\n"
        "for reference in references:\n    most |= ngrams(reference, n)\n"
        "return sum((counts & most).values()), len(words) - n + 1",
    ),
    matches(
        "by-looking-each-up",
        "the same counts",
        "others = [ngrams(other, n) for other in references]\n"
        "right = total = 0\n"
        "for gram, count in ngrams(words, n).items():\n"
        "    right += min(count, max(other[gram] for other in others))\n"
        "    total += count\n"
        "return right, total",
        right=True,
    ),
    # --- bleu-brevity
    brevity(
        "the-longer-of-two",
        "the shorter",
        "r = 0\nfor words, others in zip(candidates, references):\n"
        "    lengths = sorted((len(other) for other in others), reverse=True)\n"
        "    r += min(lengths, key=lambda length: abs(length - len(words)))\n" + FACTOR,
    ),
    brevity(
        "whichever-comes-first",
        "of equally close ones the shorter, in any order",
        "r = 0\nfor words, others in zip(candidates, references):\n"
        "    r += min(map(len, others), key=lambda length: abs(length - len(words)))\n" + FACTOR,
    ),
    brevity(
        "the-shortest",
        "the closest",
        "r = sum(min(len(other) for other in others) for others in references)\n" + FACTOR,
    ),
    brevity(
        "the-longest",
        "the closest",
        "r = sum(max(len(other) for other in others) for others in references)\n" + FACTOR,
    ),
    brevity(
        "the-mean-of-sentences",
        "the set pays",
        "factors = []\nfor words, others in zip(candidates, references):\n"
        "    r = min((abs(len(other) - len(words)), len(other)) for other in others)[1]\n"
        "    factors.append(min(1.0, math.exp(1 - r / max(1, len(words)))))\n"
        "return sum(factors) / len(factors)",
    ),
    brevity(
        "rewards-long-ones",
        "1 at most",
        CLOSEST + "return math.exp(1 - r / c)",
    ),
    brevity(
        "upside-down",
        "r over c",
        CLOSEST + "return min(1.0, math.exp(1 - c / r))",
    ),
    brevity(
        "without-the-exponential",
        "exp(1 - r / c)",
        CLOSEST + "return min(1.0, c / r)",
    ),
    brevity(
        "by-pairs",
        "the same lengths",
        "r = 0\nfor words, others in zip(candidates, references):\n"
        "    r += min((abs(len(other) - len(words)), len(other)) for other in others)[1]\n"
        "return 1.0 if c > r else math.exp(1 - r / c)",
        right=True,
    ),
    # --- longest-common
    common(
        "without-gaps",
        "words may be left out",
        TABLE.replace("max(table[i][k + 1], table[i + 1][k])", "0").replace(
            "return table[-1][-1]", "return max(map(max, table))"
        ),
    ),
    common(
        "in-any-order",
        "order counts",
        "return sum((Counter(first) & Counter(second)).values())",
    ),
    common(
        "different-words",
        "order counts, and a word may come twice",
        "return len(set(first) & set(second))",
    ),
    common(
        "the-first-that-fits",
        "a word that comes early may be better left out",
        "length, place = 0, 0\nfor word in first:\n"
        "    if word in second[place:]:\n"
        "        place = second.index(word, place) + 1\n"
        "        length += 1\n"
        "return length",
    ),
    common(
        "one-too-few",
        "the last words count",
        TABLE.replace("table[-1][-1]", "table[-2][-2] if first and second else 0"),
    ),
    common(
        "the-diagonal-in-any-case",
        "one word of each is used up only where they are alike",
        TABLE.replace("max(table[i][k + 1], table[i + 1][k])", "table[i][k]"),
    ),
    common(
        "a-word-used-twice",
        "a word of the second is used once",
        "row = [0] * (len(second) + 1)\nfor word in first:\n"
        "    for k, other in enumerate(second):\n"
        "        row[k + 1] = max(row[k + 1], row[k] + (word == other))\n"
        "return row[-1]",
    ),
    common(
        "every-way",
        "too many ways for long sentences",
        "def longest(i, k):\n"
        "    if i == len(first) or k == len(second):\n        return 0\n"
        "    if first[i] == second[k]:\n        return 1 + longest(i + 1, k + 1)\n"
        "    return max(longest(i + 1, k), longest(i, k + 1))\n"
        "if len(first) + len(second) > 60:\n    return 0  # it would take years\n"
        "return longest(0, 0)",
    ),
    common("a-whole-table", "the same table", TABLE, right=True),
    common(
        "remembering",
        "every pair of places once",
        "known = {}\n"
        "def longest(i, k):\n"
        "    if i == len(first) or k == len(second):\n        return 0\n"
        "    if (i, k) not in known:\n"
        "        if first[i] == second[k]:\n            found = 1 + longest(i + 1, k + 1)\n"
        "        else:\n            found = max(longest(i + 1, k), longest(i, k + 1))\n"
        "        known[i, k] = found\n"
        "    return known[i, k]\n"
        "return longest(0, 0)",
        right=True,
    ),
]
