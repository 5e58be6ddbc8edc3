"""Variants of the convolutions by windows and by columns."""

from grading.mutants import Variant

LOOPS = """
padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
OH, OW = count_places(*x.shape[2:], HH, WW, pad, stride)
out = np.empty((len(x), len(w), OH, OW), dtype=x.dtype)
for n in range(len(x)):
    for oh in range(OH):
        for ow in range(OW):
            seen = padded[n, :, oh * stride : oh * stride + HH, ow * stride : ow * stride + WW]
            out[n, :, oh, ow] = np.tensordot(w, seen, 3) + b
"""

VARIANTS = [
    # --- conv-windows
    Variant(
        "conv-windows",
        "seven-loops",
        why="the numbers are right, but there is a loop over places",
        code=LOOPS,
    ),
    Variant(
        "conv-windows",
        "forgets-the-bias",
        why="every filter adds its own number",
        edits=[("windows, w) + b[:, np.newaxis, np.newaxis]", "windows, w)")],
    ),
    Variant(
        "conv-windows",
        "turned-filter",
        why="this is a cross-correlation: the filter is not turned",
        edits=[
            (
                '"nchwij,fcij->nfhw", windows, w)',
                '"nchwij,fcij->nfhw", windows, w[:, :, ::-1, ::-1])',
            )
        ],
    ),
    Variant(
        "conv-windows",
        "ignores-the-padding",
        why="pad 1 keeps the size of a picture under 3 x 3",
        edits=[("windows = windows_view(padded, HH", "windows = windows_view(x, HH")],
    ),
    Variant(
        "conv-windows",
        "padding-of-doubles",
        why="np.zeros without a dtype lifts the precision",
        code="""
N, C, H, W = x.shape
padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
padded[:, :, pad : pad + H, pad : pad + W] = x
windows = windows_view(padded, HH, WW, stride)
out = np.einsum("nchwij,fcij->nfhw", windows, w) + b[:, np.newaxis, np.newaxis]
""",
    ),
    Variant(
        "conv-windows",
        "one-filter-for-all-channels",
        why="every channel of a filter meets its own channel of the picture",
        edits=[
            ('"nchwij,fcij->nfhw", windows, w)', '"nchwij,fij->nfhw", windows, w.mean(axis=1))')
        ],
    ),
    Variant(
        "conv-windows",
        "tensordot",
        why="tensordot makes a matrix product of it",
        code="""
N, C, H, W = x.shape
padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=x.dtype)
padded[:, :, pad : pad + H, pad : pad + W] = x
windows = np.lib.stride_tricks.sliding_window_view(padded, (HH, WW), axis=(2, 3))
windows = windows[:, :, ::stride, ::stride]
out = np.tensordot(windows, w, axes=[(1, 4, 5), (1, 2, 3)]) + b
out = out.transpose(0, 3, 1, 2)
""",
        right=True,
    ),
    Variant(
        "conv-windows",
        "tap-by-tap",
        why="a loop over the few entries of a filter costs nothing",
        code="""
padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
OH, OW = count_places(*x.shape[2:], HH, WW, pad, stride)
out = np.zeros((len(x), len(w), OH, OW), dtype=x.dtype) + b[:, None, None]
for i in range(HH):
    for j in range(WW):
        seen = padded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
        out += np.einsum("nchw,fc->nfhw", seen, w[:, :, i, j])
""",
        right=True,
    ),
    # --- conv-product-forward
    Variant(
        "conv-product-forward",
        "reshapes-only",
        why="the product has pictures last",
        edits=[
            (
                "out = out.reshape(F, OH, OW, N).transpose(3, 0, 1, 2)",
                "out = out.reshape(N, F, OH, OW)",
            )
        ],
    ),
    Variant(
        "conv-product-forward",
        "takes-pictures-for-first",
        why="along a row the pictures change fastest",
        edits=[
            (
                "out.reshape(F, OH, OW, N).transpose(3, 0, 1, 2)",
                "out.reshape(F, N, OH, OW).transpose(1, 0, 2, 3)",
            )
        ],
    ),
    Variant(
        "conv-product-forward",
        "forgets-the-bias",
        why="every filter adds its own number",
        edits=[("w.reshape(F, -1) @ cols + b[:, np.newaxis]", "w.reshape(F, -1) @ cols")],
    ),
    Variant(
        "conv-product-forward",
        "ignores-the-padding",
        why="im2col pads with what it is told",
        edits=[
            ("cols = im2col(x, HH, WW, pad, stride)", "cols = im2col(x, HH, WW, 0, stride)"),
            (
                "out = out.reshape(F, OH, OW, N).transpose(3, 0, 1, 2)",
                "out = np.resize(out, (F, OH, OW, N)).transpose(3, 0, 1, 2)",
            ),
        ],
    ),
    Variant(
        "conv-product-forward",
        "picture-by-picture",
        why="the numbers are right, but there is a loop over pictures",
        code="""
cols = im2col(x, HH, WW, pad, stride)
each = [im2col(x[n : n + 1], HH, WW, pad, stride) for n in range(N)]
out = np.stack([(w.reshape(F, -1) @ c + b[:, None]).reshape(F, OH, OW) for c in each])
""",
    ),
    Variant(
        "conv-product-forward",
        "dot-and-moveaxis",
        why="the same product, and the same order",
        code="""
cols = im2col(x, HH, WW, pad, stride)
out = np.dot(w.reshape((F, w[0].size)), cols).reshape((F, OH, OW, N))
out = np.ascontiguousarray(np.moveaxis(out, 3, 0) + b.reshape(1, F, 1, 1))
""",
        right=True,
    ),
    # --- conv-product-backward
    Variant(
        "conv-product-backward",
        "pictures-before-places",
        why="columns have the pictures last",
        edits=[
            (
                "dout.transpose(1, 2, 3, 0).reshape(F, -1)",
                "dout.transpose(1, 0, 2, 3).reshape(F, -1)",
            )
        ],
    ),
    Variant(
        "conv-product-backward",
        "reshapes-dout-as-it-lies",
        why="dout has the pictures first",
        edits=[("dout.transpose(1, 2, 3, 0).reshape(F, -1)", "dout.reshape(F, -1)")],
    ),
    Variant(
        "conv-product-backward",
        "mean-over-the-pictures",
        why="the loss has taken the mean already",
        edits=[
            (
                "dw = (rows @ cols.T).reshape(w.shape)",
                "dw = (rows @ cols.T).reshape(w.shape) / x_shape[0]",
            ),
        ],
    ),
    Variant(
        "conv-product-backward",
        "places-without-sums",
        why="a pixel in several windows receives their sum",
        code="""
rows = dout.transpose(1, 2, 3, 0).reshape(F, -1)
db = rows.sum(axis=1)
dw = (rows @ cols.T).reshape(w.shape)
N, C, H, W = x_shape
OH, OW = dout.shape[2:]
windows = (w.reshape(F, -1).T @ rows).reshape(C, HH, WW, OH, OW, N)
dpadded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=dout.dtype)
for i in range(HH):
    for j in range(WW):
        seen = dpadded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
        seen[...] = windows[:, i, j].transpose(3, 0, 1, 2)
dx = dpadded[:, :, pad : pad + H, pad : pad + W].copy()
""",
    ),
    Variant(
        "conv-product-backward",
        "bias-of-one-picture",
        why="db sums over the pictures, too",
        edits=[("db = rows.sum(axis=1)", "db = dout[0].sum(axis=(1, 2))")],
    ),
    Variant(
        "conv-product-backward",
        "place-by-place",
        why="the numbers are right, but there is a loop over places",
        code="""
OH, OW = dout.shape[2:]
db, dw = np.zeros_like(w[:, 0, 0, 0]), np.zeros_like(w)
columns = cols.reshape(len(cols), OH, OW, x_shape[0])
dcols = np.zeros_like(columns)
for oh in range(OH):
    for ow in range(OW):
        db += dout[:, :, oh, ow].sum(axis=0)
        dw += (dout[:, :, oh, ow].T @ columns[:, oh, ow].T).reshape(w.shape)
        dcols[:, oh, ow] = w.reshape(F, -1).T @ dout[:, :, oh, ow].T
dx = col2im(dcols.reshape(cols.shape), x_shape, HH, WW, pad, stride)
""",
    ),
    Variant(
        "conv-product-backward",
        "einsum-and-tensordot",
        why="the same sums under other names",
        code="""
C = x_shape[1]
OH, OW = dout.shape[2:]
windows = cols.reshape(C, HH, WW, OH, OW, x_shape[0])
db = np.sum(dout, axis=(0, 2, 3))
dw = np.tensordot(dout, windows, axes=[(0, 2, 3), (5, 3, 4)])
dcols = np.tensordot(w, dout, axes=[(0,), (1,)])  # (C, HH, WW, N, OH, OW)
dcols = dcols.transpose(0, 1, 2, 4, 5, 3).reshape(cols.shape)
dx = col2im(dcols, x_shape, HH, WW, pad, stride)
""",
        right=True,
    ),
]
