"""Variants of the exercises of `cs231n/feature_transfer.py`."""

from grading.mutants import Variant

VARIANTS = [
    # --- pooled-features
    Variant(
        "pooled-features",
        "all-at-once",
        why="maps of all pictures together do not fit into memory",
        edits=[
            (
                "model.forward(X[first : first + batch_size], end=layer)",
                "model.forward(X, end=layer)",
            ),
            (
                "for first in range(0, len(X), batch_size):\n        out, _",
                "for _ in range(1):\n        out, _",
            ),
        ],
    ),
    Variant(
        "pooled-features",
        "drops-the-rest",
        why="the last batch may be smaller",
        edits=[("range(0, len(X), batch_size)", "range(0, len(X) - batch_size + 1, batch_size)")],
    ),
    Variant(
        "pooled-features",
        "maxima",
        why="a mean is asked for",
        edits=[("out.mean(axis=(3, 5))", "out.max(axis=(3, 5))")],
    ),
    Variant(
        "pooled-features",
        "cells-of-another-order",
        why="rows and columns of the grid are exchanged",
        edits=[
            (
                "out = out.mean(axis=(3, 5)).reshape(N, -1)",
                "out = out.mean(axis=(3, 5)).swapaxes(2, 3).reshape(N, -1)",
            )
        ],
    ),
    Variant(
        "pooled-features",
        "strides-instead-of-cells",
        why="a cell is made of neighbouring places",
        edits=[
            (
                "out.reshape(N, F, grid, H // grid, grid, W // grid)",
                "out.reshape(N, F, H // grid, grid, W // grid, grid)",
            ),
            ("out.mean(axis=(3, 5))", "out.mean(axis=(2, 4))"),
        ],
    ),
    Variant(
        "pooled-features",
        "in-training-mode",
        why="dropout and batch statistics have no place here",
        edits=[("end=layer)\n        if", 'end=layer, mode="train")\n        if')],
    ),
    Variant(
        "pooled-features",
        "whatever-the-grid",
        why="grid=2 gives four numbers a map",
        edits=[
            (
                "out = out.reshape(N, F, grid, H // grid, grid, W // grid)\n"
                "            out = out.mean(axis=(3, 5)).reshape(N, -1)",
                "out = out.mean(axis=(2, 3))",
            )
        ],
    ),
    Variant(
        "pooled-features",
        "float64",
        why="twice the memory, for nothing",
        edits=[("rows.append(out)", "rows.append(out.astype(np.float64))")],
    ),
    Variant(
        "pooled-features",
        "cell-by-cell",
        why="slices of the maps, one for each cell",
        code="""
for start in range(0, len(X), batch_size):
    maps = model.forward(X[start : start + batch_size], end=layer)[0]
    if maps.ndim == 2:
        rows.append(maps)
        continue
    h, w = maps.shape[2] // grid, maps.shape[3] // grid
    cells = [
        maps[:, :, i * h : (i + 1) * h, j * w : (j + 1) * w].mean(axis=(2, 3))
        for i in range(grid)
        for j in range(grid)
    ]
    rows.append(np.stack(cells, axis=2).reshape(len(maps), -1))
""",
        right=True,
    ),
    # --- fit-probe
    Variant(
        "fit-probe",
        "penalty-not-times-n",
        why="the loss is a mean, the penalty is not",
        edits=[
            (
                "np.linalg.solve(Z.T @ Z / N + reg * np.eye(D), Z.T @ Y / N)",
                "np.linalg.solve(Z.T @ Z + reg * np.eye(D), Z.T @ Y)",
            )
        ],
    ),
    Variant(
        "fit-probe",
        "not-divided-by-the-spread",
        why="a column in small units would be punished for it",
        edits=[("Z = (features - mean) / std\n", "Z = features - mean\n")],
    ),
    Variant(
        "fit-probe",
        "divides-by-zero",
        why="a column may never vary, such as a dead unit",
        edits=[("    std = np.where(features.max(axis=0) > features.min(axis=0), std, 1)\n", "")],
    ),
    Variant(
        "fit-probe",
        "sample-deviation",
        why="the standard deviation is that of these N examples",
        edits=[("features.std(axis=0)", "features.std(axis=0, ddof=1)")],
    ),
    Variant(
        "fit-probe",
        "as-many-classes-as-seen",
        why="a small training set may lack a class",
        edits=[("Y = np.eye(num_classes)[y]  # (N, C)", "Y = np.eye(y.max() + 1)[y]")],
    ),
    Variant(
        "fit-probe",
        "without-a-penalty",
        why="with fewer examples than columns there is no one solution",
        edits=[
            (
                "Z.T @ Z / N + reg * np.eye(D), Z.T @ Y / N",
                "Z.T @ Z / N + 1e-9 * np.eye(D), Z.T @ Y / N",
            )
        ],
    ),
    Variant(
        "fit-probe",
        "no-b",
        why="rare classes score less on average",
        edits=[('"b": Y.mean(axis=0)}', '"b": np.zeros(num_classes)}')],
    ),
    Variant(
        "fit-probe",
        "in-the-space-of-examples",
        why="W = Z^T A with as many unknowns as examples",
        code="""
mean, spread = features.mean(axis=0), np.sqrt(features.var(axis=0))
spread[np.ptp(features, axis=0) == 0] = 1
Z, N = (features - mean) / spread, len(features)
Y = np.zeros((N, num_classes))
Y[np.arange(N), y] = 1
A = np.linalg.solve(Z @ Z.T + N * reg * np.eye(N), Y - Y.mean(axis=0))
return {"W": Z.T @ A, "b": Y.mean(axis=0), "std": spread, "mean": mean}
""",
        right=True,
    ),
    # --- probe-scores
    Variant(
        "probe-scores",
        "by-their-own-statistics",
        why="what a picture scores would depend on the pictures it comes with: a leak",
        code="""
own = features.std(axis=0)
own[own == 0] = 1
return (features - features.mean(axis=0)) / own @ probe["W"] + probe["b"]
""",
    ),
    Variant(
        "probe-scores",
        "as-they-come",
        why="W was fitted to standardised features",
        edits=[('(features - probe["mean"]) / probe["std"] @', "features @")],
    ),
    Variant(
        "probe-scores",
        "without-b",
        why="scores have an offset",
        edits=[('@ probe["W"] + probe["b"]', '@ probe["W"]')],
    ),
    Variant(
        "probe-scores",
        "only-shifted",
        why="the spread belongs to it",
        edits=[('(features - probe["mean"]) / probe["std"] @', '(features - probe["mean"]) @')],
    ),
    Variant(
        "probe-scores",
        "folded-into-weights",
        why="shift and scale are linear, too",
        code="""
W = probe["W"] / probe["std"][:, None]
return features.dot(W) + (probe["b"] - probe["mean"].dot(W))
""",
        right=True,
    ),
    # --- nested-subsets
    Variant(
        "nested-subsets",
        "each-drawn-anew",
        why="a larger set that lacks a good example may do worse: noise in the curve",
        code="""
piles = [np.flatnonzero(y == c) for c in np.unique(y)]
subsets = []
for size in sizes:
    shares = [size // len(piles) + (k < size % len(piles)) for k in range(len(piles))]
    drawn = [rng.permutation(pile)[:share] for pile, share in zip(piles, shares)]
    subsets.append(np.concatenate(drawn))
return subsets
""",
    ),
    Variant(
        "nested-subsets",
        "not-balanced",
        why="of few examples a class may have none",
        code="""
order = rng.permutation(len(y))
return [order[:size] for size in sizes]
""",
    ),
    Variant(
        "nested-subsets",
        "always-the-first",
        why="the generator should decide",
        edits=[("rng.permutation(np.flatnonzero(y == c))", "np.flatnonzero(y == c)")],
    ),
    Variant(
        "nested-subsets",
        "the-same-class-first",
        why="a remainder would always go to the same classes",
        edits=[("for c in rng.permutation(np.unique(y))", "for c in np.unique(y)")],
    ),
    Variant(
        "nested-subsets",
        "never-the-last",
        why="the later examples of large classes are left out",
        edits=[
            ("rng.permutation(np.flatnonzero(y == c)) for", "np.flatnonzero(y == c) for"),
            ("pile[:shortest] for", "rng.permutation(pile[:shortest]) for"),
        ],
    ),
    Variant(
        "nested-subsets",
        "one-class-after-the-other",
        why="the smallest sets hold one class only",
        edits=[("axis=1).ravel()", "axis=0).ravel()")],
    ),
    Variant(
        "nested-subsets",
        "draws-twice",
        why="an example that comes twice is no further example",
        edits=[
            (
                "rng.permutation(np.flatnonzero(y == c)) for",
                "rng.choice(np.flatnonzero(y == c), np.sum(y == c)) for",
            )
        ],
    ),
    Variant(
        "nested-subsets",
        "of-a-generator-of-its-own",
        why="what is random comes from rng",
        edits=[
            (
                "rng.permutation(np.flatnonzero(y == c)) for",
                "np.random.permutation(np.flatnonzero(y == c)) for",
            )
        ],
    ),
    Variant(
        "nested-subsets",
        "sorted-by-rank",
        why="each example has a rank in its class; ranks sort",
        code="""
keys = np.zeros(len(y))
classes = rng.permutation(np.unique(y))
for place, c in enumerate(classes):
    mine = np.flatnonzero(y == c)
    keys[mine] = rng.permutation(len(mine)) + place / len(classes)
order = np.argsort(keys)
return [order[:size] for size in sizes]
""",
        right=True,
    ),
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
