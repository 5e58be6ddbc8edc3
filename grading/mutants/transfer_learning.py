"""Variants of what reads features: pooling, probes and their training sets."""

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
]
