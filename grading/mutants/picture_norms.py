"""Variants of the normalisation of pictures."""

from grading.mutants import Variant

ROWS = "x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)"
VARIANTS = [
    # --- spatial-batchnorm-forward
    Variant(
        "spatial-batchnorm-forward",
        "forgets-to-transpose",
        why="reshaping alone mixes the channels",
        edits=[
            (ROWS, "x.reshape(-1, C), gamma, beta, bn_param)"),
            (
                "out = np.ascontiguousarray(rows.reshape(N, H, W, C).transpose(0, 3, 1, 2))",
                "out = rows.reshape(N, C, H, W)",
            ),
        ],
    ),
    Variant(
        "spatial-batchnorm-forward",
        "reshapes-back-without-transposing",
        why="rows of C numbers are not (N, C, H, W)",
        edits=[
            (
                "out = np.ascontiguousarray(rows.reshape(N, H, W, C).transpose(0, 3, 1, 2))",
                "out = rows.reshape(N, C, H, W)",
            )
        ],
    ),
    Variant(
        "spatial-batchnorm-forward",
        "swaps-height-and-width",
        why="the way back undoes the way there",
        edits=[
            (
                "out = np.ascontiguousarray(rows.reshape(N, H, W, C).transpose(0, 3, 1, 2))",
                "out = rows.reshape(N, H, W, C).transpose(0, 3, 2, 1)",
            )
        ],
    ),
    Variant(
        "spatial-batchnorm-forward",
        "each-place-by-itself",
        why="a channel has one mean, not one for each place",
        code="""
gammas, betas = np.repeat(gamma, H * W), np.repeat(beta, H * W)
out, cache = batchnorm_forward(x.reshape(N, -1), gammas, betas, bn_param)
out = out.reshape(x.shape)
""",
    ),
    Variant(
        "spatial-batchnorm-forward",
        "a-new-bn-param",
        why="running averages belong into the bn_param that came in",
        edits=[(ROWS, ROWS.replace("bn_param", "dict(bn_param)"))],
    ),
    Variant(
        "spatial-batchnorm-forward",
        "always-trains",
        why="testing goes by the running averages",
        edits=[(ROWS, ROWS.replace("bn_param", 'dict(bn_param, mode="train")'))],
    ),
    Variant(
        "spatial-batchnorm-forward",
        "eps-of-its-own",
        why="eps stands in bn_param",
        edits=[(ROWS, ROWS.replace("bn_param", 'bn_param | {"eps": 1e-5}'))],
    ),
    Variant(
        "spatial-batchnorm-forward",
        "moveaxis",
        why="another way to turn the axes",
        code="""
rows = np.moveaxis(x, 1, 3)
out, cache = batchnorm_forward(rows.reshape(N * H * W, C), gamma, beta, bn_param)
out = np.moveaxis(out.reshape(rows.shape), 3, 1)
""",
        right=True,
    ),
    # --- spatial-batchnorm-backward
    Variant(
        "spatial-batchnorm-backward",
        "forgets-to-transpose",
        why="reshaping alone mixes the channels",
        edits=[
            ("dout.transpose(0, 2, 3, 1).reshape(-1, C)", "dout.reshape(-1, C)"),
        ],
    ),
    Variant(
        "spatial-batchnorm-backward",
        "swaps-gamma-and-beta",
        why="the order is dx, dgamma, dbeta",
        edits=[
            ("rows, dgamma, dbeta = batchnorm_backward", "rows, dbeta, dgamma = batchnorm_backward")
        ],
    ),
    Variant(
        "spatial-batchnorm-backward",
        "averages-over-places",
        why="each place used gamma and beta",
        edits=[
            (
                "    dx = np.ascontiguousarray(rows",
                "    dgamma, dbeta = dgamma / (H * W), dbeta / (H * W)\n"
                "    dx = np.ascontiguousarray(rows",
            )
        ],
    ),
    Variant(
        "spatial-batchnorm-backward",
        "hands-back-rows",
        why="dx has the shape of x",
        edits=[
            (
                "dx = np.ascontiguousarray(rows.reshape(N, H, W, C).transpose(0, 3, 1, 2))",
                "dx = rows",
            )
        ],
    ),
    Variant(
        "spatial-batchnorm-backward",
        "moveaxis",
        why="another way to turn the axes",
        code="""
flat = np.moveaxis(dout, 1, -1)
dx, dgamma, dbeta = batchnorm_backward(flat.reshape(-1, C), cache)
dx = np.moveaxis(dx.reshape(flat.shape), -1, 1)
""",
        right=True,
    ),
    # --- spatial-groupnorm-forward
    Variant(
        "spatial-groupnorm-forward",
        "channels-that-lie-apart",
        why="a group is of neighbours",
        code="""
groups = x.reshape(N, C // G, G, H * W)
mean, var = groups.mean(axis=(1, 3), keepdims=True), groups.var(axis=(1, 3), keepdims=True)
std = np.sqrt(var + eps)
normalized = (groups - mean) / std
out = normalized.reshape(x.shape) * gamma.reshape(1, C, 1, 1) + beta.reshape(1, C, 1, 1)
cache = (normalized, gamma, std)
""",
    ),
    Variant(
        "spatial-groupnorm-forward",
        "a-shape-of-seven-axes",
        why="gamma of the shape (1, C, 1, 1) beside five axes broadcasts to something else",
        code="""
groups = x.reshape(N, G, C // G, H, W)
std = np.sqrt(groups.var(axis=(2, 3, 4), keepdims=True) + eps)
normalized = (groups - groups.mean(axis=(2, 3, 4), keepdims=True)) / std
out = gamma[:, :, None] * normalized[None].reshape(1, *x.shape) + beta
cache = (normalized.reshape(N, G, -1), gamma, std.reshape(N, G, 1))
""",
    ),
    Variant(
        "spatial-groupnorm-forward",
        "over-the-batch-too",
        why="each picture stands by itself",
        edits=[
            ("groups.var(axis=2, keepdims=True)", "groups.var(axis=(0, 2), keepdims=True)"),
            (
                "groups - groups.mean(axis=2, keepdims=True)",
                "groups - groups.mean(axis=(0, 2), keepdims=True)",
            ),
        ],
    ),
    Variant(
        "spatial-groupnorm-forward",
        "groups-of-g-channels",
        why="G is the number of groups, not of channels in one",
        edits=[
            ("groups = x.reshape(N, G, C // G * H * W)", "groups = x.reshape(N, C // G, G * H * W)")
        ],
    ),
    Variant(
        "spatial-groupnorm-forward",
        "vectors-only",
        why="the notebooks hand in gamma as (1, C, 1, 1)",
        edits=[
            ("gamma.reshape(1, C, 1, 1) * normalized", "gamma[:, None, None] * normalized"),
            ("+ beta.reshape(1, C, 1, 1)", "+ beta[:, None, None]"),
        ],
    ),
    Variant(
        "spatial-groupnorm-forward",
        "eps-of-its-own",
        why="eps stands in gn_param",
        edits=[('eps = float(gn_param.get("eps", 1e-5))', "eps = 1e-5")],
    ),
    Variant(
        "spatial-groupnorm-forward",
        "divides-by-the-variance",
        why="the standard deviation is its root",
        edits=[
            (
                "std = np.sqrt(groups.var(axis=2, keepdims=True) + eps)",
                "std = groups.var(axis=2, keepdims=True) + eps",
            )
        ],
    ),
    Variant(
        "spatial-groupnorm-forward",
        "group-by-group",
        why="slow, and right",
        code="""
normalized, std = np.empty_like(x), np.empty((N, G, 1), dtype=x.dtype)
for n in range(N):
    for g in range(G):
        own = slice(g * (C // G), (g + 1) * (C // G))
        std[n, g] = np.sqrt(x[n, own].var() + eps)
        normalized[n, own] = (x[n, own] - x[n, own].mean()) / std[n, g, 0]
out = normalized * gamma.reshape(C, 1, 1) + beta.reshape(C, 1, 1)
normalized = normalized.reshape(N, G, -1)
cache = (normalized, gamma, std)
""",
        right=True,
    ),
    # --- spatial-groupnorm-backward
    Variant(
        "spatial-groupnorm-backward",
        "dgamma-of-groups",
        why="gamma belongs to channels",
        edits=[
            (
                "dgamma = (dout * normalized.reshape(dout.shape)).sum(axis=(0, 2, 3))"
                ".reshape(gamma.shape)",
                "dgamma = (dout.reshape(normalized.shape) * normalized).sum(axis=(0, 2))",
            )
        ],
    ),
    Variant(
        "spatial-groupnorm-backward",
        "flat-derivatives",
        why="dgamma has the shape of gamma, whatever it is",
        edits=[
            (
                "dbeta = dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)",
                "dbeta = dout.sum(axis=(0, 2, 3))",
            )
        ],
    ),
    Variant(
        "spatial-groupnorm-backward",
        "constant-mean",
        why="the mean depends on x, too",
        edits=[
            (
                "dnormalized - dnormalized.mean(axis=2, keepdims=True) - normalized * along",
                "dnormalized - normalized * along",
            )
        ],
    ),
    Variant(
        "spatial-groupnorm-backward",
        "constant-variance",
        why="the variance depends on x, too",
        edits=[(" - normalized * along) / std", ") / std")],
    ),
    Variant(
        "spatial-groupnorm-backward",
        "forgets-gamma",
        why="gamma lies between dout and what was normalised",
        edits=[
            (
                "(dout * gamma.reshape(1, -1, 1, 1)).reshape(normalized.shape)",
                "dout.reshape(normalized.shape)",
            )
        ],
    ),
    Variant(
        "spatial-groupnorm-backward",
        "means-over-a-channel",
        why="what a group shares, its channels share",
        edits=[
            (
                "along = (dnormalized * normalized).mean(axis=2, keepdims=True)",
                "along = (dnormalized * normalized).mean(axis=(1, 2), keepdims=True)",
            ),
        ],
    ),
    Variant(
        "spatial-groupnorm-backward",
        "step-by-step",
        why="each operation by itself, as for batch normalisation",
        code="""
normalized, gamma, std = cache
shape, size = dout.shape, normalized.shape[2]
dbeta = dout.sum(axis=(0, 2, 3)).reshape(gamma.shape)
dgamma = np.einsum("nchw,nchw->c", dout, normalized.reshape(shape)).reshape(gamma.shape)
dn = (gamma.reshape(-1, 1, 1) * dout).reshape(normalized.shape)
dstd = -(dn * normalized).sum(axis=2, keepdims=True) / std
dcentred = dn / std + dstd * normalized / size
dx = (dcentred - dcentred.sum(axis=2, keepdims=True) / size).reshape(shape)
""",
        right=True,
    ),
]
