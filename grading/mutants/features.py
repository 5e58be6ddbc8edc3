"""Variants of the exercises of the features."""

from grading.mutants import Variant

VARIANTS = [
    # --- color-histogram
    Variant(
        "color-histogram",
        "counts-saturation",
        why="the hue is the first of the three",
        edits=[("rgb_to_hsv(im / xmax)[..., 0]", "rgb_to_hsv(im / xmax)[..., 1]")],
    ),
    Variant(
        "color-histogram",
        "leaves-the-hue-between-0-and-1",
        why="bins run to xmax, so all pixels fall into the first",
        edits=[("[..., 0] * xmax", "[..., 0]")],
    ),
    Variant(
        "color-histogram",
        "density-without-the-width",
        why="a density sums to 1 only when multiplied by the width of the bins",
        code="""
hue = rgb_to_hsv(im / xmax)[..., 0] * xmax
return np.histogram(hue, bins=nbin, range=(xmin, xmax), density=normalized)[0].astype(float)
""",
    ),
    Variant(
        "color-histogram",
        "always-normalises",
        why="normalized=False asks for counts",
        edits=[("if normalized else histogram", "if True else histogram")],
    ),
    Variant(
        "color-histogram",
        "ten-bins-only",
        why="nbin is an argument",
        edits=[("bins=nbin, range", "bins=10, range")],
    ),
    Variant(
        "color-histogram",
        "range-of-the-data",
        why="then bins of two pictures mean different hues",
        edits=[
            ("np.histogram(hue, bins=nbin, range=(xmin, xmax))", "np.histogram(hue, bins=nbin)")
        ],
    ),
    Variant(
        "color-histogram",
        "edges-too-few",
        why="nbin edges bound nbin - 1 bins",
        edits=[("bins=nbin, range=(xmin, xmax)", "bins=np.linspace(xmin, xmax, nbin)")],
    ),
    Variant(
        "color-histogram",
        "counts-by-bincount",
        why="the bin's number by division, then bincount",
        code="""
hue = xmax * rgb_to_hsv(im / xmax)[:, :, 0].ravel()
place = np.floor((hue - xmin) / (xmax - xmin) * nbin).astype(int)
counts = np.bincount(place[(place >= 0) & (place < nbin)], minlength=nbin)
return counts / max(counts.sum(), 1) if normalized else counts
""",
        right=True,
    ),
    Variant(
        "color-histogram",
        "density-times-width",
        why="the historical way: edges, density, width",
        code="""
edges = np.linspace(xmin, xmax, nbin + 1)
hue = rgb_to_hsv(im / xmax)[:, :, 0] * xmax
counts, edges = np.histogram(hue, bins=edges, density=normalized)
return counts * np.diff(edges) if normalized else counts
""",
        right=True,
    ),
    # --- standardize-features
    Variant(
        "standardize-features",
        "each-set-by-itself",
        why="a test picture is then judged by the pictures it comes with",
        edits=[
            (
                "tuple((features - mean) / std for features in (train, *others))",
                "tuple((f - f.mean(axis=0)) / np.where(varies, f.std(axis=0), 1) "
                "for f in (train, *others))",
            )
        ],
    ),
    Variant(
        "standardize-features",
        "learns-from-all-sets",
        why="validation and test must not be looked at, not even for a mean",
        edits=[
            (
                "mean, std = train.mean(axis=0), train.std(axis=0)  # (F,)",
                "mean, std = np.concatenate([train, *others]).mean(axis=0), train.std(axis=0)",
            )
        ],
    ),
    Variant(
        "standardize-features",
        "divides-by-zero",
        why="a column that never varies has standard deviation 0",
        edits=[("    std = np.where(varies, std, 1)\n", "")],
    ),
    Variant(
        "standardize-features",
        "adds-a-little-to-zero",
        why="a test value that differs from the constant is blown up a hundred million times",
        edits=[("std = np.where(varies, std, 1)", "std = std + 1e-8")],
    ),
    Variant(
        "standardize-features",
        "one-mean-for-all-columns",
        why="HOG and colours live on different scales; each column has its own",
        edits=[
            (
                "mean, std = train.mean(axis=0), train.std(axis=0)  # (F,)",
                "mean, std = train.mean(), train.std()",
            )
        ],
    ),
    Variant(
        "standardize-features",
        "divides-by-the-variance",
        why="the variance has the unit squared",
        edits=[("train.std(axis=0)  # (F,)", "train.var(axis=0)")],
    ),
    Variant(
        "standardize-features",
        "shifts-in-place",
        why="the caller's features are gone",
        code="""
mean, std = train.mean(axis=0), train.std(axis=0)
std[std == 0] = 1
for features in (train, *others):
    features -= mean
    features /= std
return (train, *others)
""",
    ),
    Variant(
        "standardize-features",
        "no-tuple-for-one",
        why="what comes back should not depend on how many sets there are",
        edits=[
            (
                "return tuple((features - mean) / std for features in (train, *others))",
                "sets = tuple((features - mean) / std for features in (train, *others))\n"
                "    return sets if others else sets[0]",
            )
        ],
    ),
    Variant(
        "standardize-features",
        "replaces-zeros",
        why="where the standard deviation is 0, put 1",
        code="""
mean = np.mean(train, axis=0, keepdims=True)
std = np.sqrt(np.mean((train - mean) ** 2, axis=0))
std[std == 0] = 1.0
return (train - mean) / std, *[(other - mean) / std for other in others]
""",
        right=True,
    ),
]
