"""Variants of what vectors say about words: neighbours and analogies."""

from grading.mutants import Variant
from grading.mutants.training_recipe import of

NEAREST = """lengths = np.sqrt((vectors**2).sum(axis=1))
length = np.sqrt((query**2).sum())
unit = vectors / np.where(lengths > 0, lengths, 1)[:, None]
cosines = unit @ (query / (length or 1))
order = np.lexsort((np.arange(len(cosines)), -cosines))
words = np.array([word for word in order if word not in leave_out][:k], dtype=np.int64)
return words, cosines[words]
"""
ANALOGY = """unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
offset = unit[b] - unit[a] + unit[c]
return nearest(unit, offset, k, [a, b, c])
"""


nearest, analogy = of("nearest-words", NEAREST), of("word-analogy", ANALOGY)

VARIANTS = [
    # --- nearest-words
    nearest(
        "by-dot-product",
        "long vectors are not nearer",
        "unit = vectors / np.where(lengths > 0, lengths, 1)[:, None]",
        "unit = vectors",
    ),
    nearest("query-not-divided", "a cosine is at most 1", "query / (length or 1)", "query"),
    nearest("the-farthest", "largest first", "-cosines)", "cosines)"),
    nearest("keeps-the-query", "its words are left out", " if word not in leave_out", ""),
    nearest(
        "leaves-out-one", "all of them are left out", "not in leave_out", "not in leave_out[:1]"
    ),
    nearest(
        "zeros-are-nan",
        "0 / 0",
        "np.where(lengths > 0, lengths, 1)[:, None]",
        "np.where(lengths > 0, lengths, np.nan)[:, None]",
    ),
    nearest(
        "ties-from-the-end",
        "the smallest number first",
        "np.lexsort((np.arange(len(cosines)), -cosines))",
        "np.argsort(cosines, kind='stable')[::-1]",
    ),
    nearest(
        "euclidean",
        "cosines, not distances",
        "cosines = unit @ (query / (length or 1))",
        "cosines = -np.linalg.norm(vectors - query, axis=1)",
    ),
    nearest("one-too-few", "k words", "[:k]", "[: max(0, k - 1)]"),
    nearest(
        "places-among-the-rest",
        "numbers of words",
        "words = np.array([word for word in order if word not in leave_out][:k], dtype=np.int64)",
        "kept = np.delete(cosines, np.asarray(leave_out, dtype=int))\n"
        "words = np.argsort(-kept, kind='stable')[:k]",
    ),
    nearest("by-lexsort", "cosines first, numbers then", "-cosines)", "-1 * cosines)", right=True),
    # --- word-analogy
    analogy("other-way-round", "b - a, not a - b", "unit[b] - unit[a]", "unit[a] - unit[b]"),
    analogy("all-added", "a is taken away", "unit[b] - unit[a]", "unit[b] + unit[a]"),
    analogy(
        "long-ones-outweigh",
        "unit vectors",
        "offset = unit[b] - unit[a] + unit[c]",
        "offset = vectors[b] - vectors[a] + vectors[c]",
    ),
    analogy("only-c-is-left-out", "a and b are no answers", "[a, b, c]", "[c]"),
    analogy("nothing-is-left-out", "the three are no answers", ", [a, b, c]", ""),
    analogy("always-one", "k answers", "offset, k,", "offset, 1,"),
    analogy("near-b-and-c", "a counts", " - unit[a]", ""),
    analogy(
        "all-unit",
        "neighbours do not depend on lengths",
        "nearest(unit,",
        "nearest(vectors,",
        right=True,
    ),
    Variant(
        "word-analogy",
        "sum-of-cosines",
        why="three cosines, divided by the length of the offset",
        code="unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)\n"
        "offset = unit[b] - unit[a] + unit[c]\n"
        "cosines = (unit @ unit[b] - unit @ unit[a] + unit @ unit[c]) / np.linalg.norm(offset)\n"
        "words = np.array([w for w in np.argsort(-cosines) if w not in (a, b, c)][:k])\n"
        "return words, cosines[words]",
        right=True,
    ),
]
