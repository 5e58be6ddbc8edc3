"""Variants of what carries weights and neighbours over: transplant, rates, cosines, consensus."""

from grading.mutants import Variant

VARIANTS = [
    # --- transplant
    Variant(
        "transplant",
        "no-copies",
        why="training the new net in place would train the old one",
        edits=[("source[name].copy()", "source[name]")],
    ),
    Variant(
        "transplant",
        "by-the-beginning-of-the-name",
        why="conv10 begins like conv1",
        edits=[('if name.split(".")[0] in layers:', "if name.startswith(tuple(layers)):")],
    ),
    Variant(
        "transplant",
        "everything",
        why="the new net's last layer is for other classes",
        edits=[('if name.split(".")[0] in layers:', "if name in source:")],
    ),
    Variant(
        "transplant",
        "weights-only",
        why="biases, and what a normalisation has, belong to a layer, too",
        edits=[
            (
                'if name.split(".")[0] in layers:',
                'if name.split(".")[0] in layers and name.endswith(".w"):',
            )
        ],
    ),
    Variant(
        "transplant",
        "into-the-params-given",
        why="the caller still needs the net as it was",
        code="""
for name in params:
    if name.split(".")[0] in layers:
        params[name] = source[name].copy()
return params
""",
    ),
    Variant(
        "transplant",
        "into-the-arrays-given",
        why="the caller still needs the net as it was",
        code="""
for name in params:
    if name.split(".")[0] in layers:
        params[name][...] = source[name]
        grown[name] = params[name].copy()
""",
    ),
    Variant(
        "transplant",
        "by-pattern",
        why="fnmatch, layer by layer",
        code="""
from fnmatch import fnmatchcase

for layer in layers:
    for name in [key for key in params if fnmatchcase(key, f"{layer}.*")]:
        grown[name] = np.array(source[name])
""",
        right=True,
    ),
    # --- layer-rates
    Variant(
        "layer-rates",
        "all-layers-count",
        why="a ReLU learns nothing",
        edits=[
            ("learning = [layer for layer in layers if layer in owners]", "learning = list(layers)")
        ],
    ),
    Variant(
        "layer-rates",
        "upside-down",
        why="the first layers know what is common to all pictures; they should change least",
        edits=[("behind = len(learning) - 1 - learning.index", "behind = learning.index")],
    ),
    Variant(
        "layer-rates",
        "the-last-is-slower-too",
        why="the last layer learns at the full rate",
        edits=[("behind = len(learning) - 1 - learning", "behind = len(learning) - learning")],
    ),
    Variant(
        "layer-rates",
        "in-equal-steps",
        why="factor^2, not 2 * factor",
        edits=[("top * factor**behind", "top * (factor * behind if behind else 1)")],
    ),
    Variant(
        "layer-rates",
        "order-of-the-dict",
        why="params may stand in any order",
        edits=[
            (
                "learning = [layer for layer in layers if layer in owners]",
                'learning = list(dict.fromkeys(name.split(".")[0] for name in params))',
            )
        ],
    ),
    Variant(
        "layer-rates",
        "from-the-top-down",
        why="one layer after the other, each slower by the factor",
        code="""
rate = top
for layer in reversed(layers):
    mine = [name for name in params if name.rpartition(".")[0] == layer]
    for name in mine:
        rates[name] = rate
    rate *= factor if mine else 1
""",
        right=True,
    ),
    # --- nearest-by-cosine
    Variant(
        "nearest-by-cosine",
        "not-centred",
        why="features above 0 all point one way",
        edits=[("mean = keys.mean(axis=0)", "mean = np.zeros(keys.shape[1])")],
    ),
    Variant(
        "nearest-by-cosine",
        "each-by-its-own-mean",
        why="the queries would depend on each other",
        edits=[("(queries - mean, keys - mean)", "(queries - queries.mean(axis=0), keys - mean)")],
    ),
    Variant(
        "nearest-by-cosine",
        "scalar-products",
        why="long keys would be near to everything",
        edits=[
            ("cosines = units[0] @ units[1].T  # (M, N)", "cosines = units[0] @ (keys - mean).T")
        ],
    ),
    Variant(
        "nearest-by-cosine",
        "farthest-first",
        why="a large cosine is near",
        edits=[("np.argsort(-cosines,", "np.argsort(cosines,")],
    ),
    Variant(
        "nearest-by-cosine",
        "divides-by-zero",
        why="a key may be the mean itself",
        edits=[
            (
                "rows / np.where(lengths > 0, lengths, 1)",
                "rows / np.where(lengths > 0, lengths, np.nan)",
            )
        ],
    ),
    Variant(
        "nearest-by-cosine",
        "k-too-few",
        why="argsort is cut in front of k",
        edits=[("[:, :k]", "[:, 1 : k + 1]")],
    ),
    Variant(
        "nearest-by-cosine",
        "by-distance-of-units",
        why="of rows of length 1, the squared distance is 2 - 2 cos",
        code="""
Q, K = queries - keys.mean(axis=0), keys - keys.mean(axis=0)
found = []
for q in Q:
    down = np.linalg.norm(K, axis=1) * np.linalg.norm(q)
    cosines = np.divide(K @ q, down, out=np.zeros(len(K)), where=down > 0)
    found.append(np.argsort(1 - cosines, kind="stable")[:k])
return np.array(found)
""",
        right=True,
    ),
    # --- consensus-sentence
    Variant(
        "consensus-sentence",
        "counts-itself",
        why="every sentence agrees with itself",
        edits=[(" if j != i)", ")")],
    ),
    Variant(
        "consensus-sentence",
        "the-least-alike",
        why="the largest sum wins",
        edits=[("np.argmax(sums)", "np.argmin(sums)")],
    ),
    Variant(
        "consensus-sentence",
        "turned",
        why="similarity need not be symmetric",
        edits=[("similarity(one, other)", "similarity(other, one)")],
    ),
    Variant(
        "consensus-sentence",
        "twins-count-once",
        why="that many say the same is what consensus means",
        edits=[("if j != i)", "if other != one)")],
    ),
    Variant(
        "consensus-sentence",
        "the-sentence-itself",
        why="its place is asked for",
        edits=[("return int(np.argmax(sums))", "return sentences[int(np.argmax(sums))]")],
    ),
    Variant(
        "consensus-sentence",
        "the-last-of-equals",
        why="of equally good ones the first",
        edits=[
            ("return int(np.argmax(sums))", "return len(sums) - 1 - int(np.argmax(sums[::-1]))")
        ],
    ),
    Variant(
        "consensus-sentence",
        "by-a-matrix",
        why="all similarities, the diagonal set to 0",
        code="""
table = np.array([[similarity(a, b) for b in sentences] for a in sentences], dtype=float)
np.fill_diagonal(table, 0)
return int(table.sum(axis=1).argmax())
""",
        right=True,
    ),
]
