"""Variants of the exercises of windows: where they lie, pooling, and what a convolution costs."""

from grading.mutants import Variant

VARIANTS = [
    # --- windows-layout
    Variant(
        "windows-layout",
        "windows-at-every-pixel",
        why="the step between windows is `stride` pixels",
        edits=[
            (
                "strides = (sN, sC, stride * sH, stride * sW, sH, sW)",
                "strides = (sN, sC, sH, sW, sH, sW)",
            )
        ],
    ),
    Variant(
        "windows-layout",
        "strides-in-numbers",
        why="NumPy counts bytes",
        code="""
shape = (N, C, OH, OW, HH, WW)
strides = (C * H * W, H * W, stride * W, stride, W, 1)
""",
    ),
    Variant(
        "windows-layout",
        "steps-within-a-window-too",
        why="within a window the pixels are neighbours",
        edits=[
            (
                "stride * sH, stride * sW, sH, sW)",
                "stride * sH, stride * sW, stride * sH, stride * sW)",
            )
        ],
    ),
    Variant(
        "windows-layout",
        "takes-x-for-contiguous",
        why="rows of a transposed array are no neighbours",
        code="""
step = x_strides[3]
sH = W * step
shape = (N, C, OH, OW, HH, WW)
strides = (C * H * sH, H * sH, stride * sH, stride * step, sH, step)
""",
    ),
    Variant(
        "windows-layout",
        "windows-side-by-side",
        why="windows may overlap: their size is not their distance",
        edits=[("stride * sH, stride * sW, sH, sW)", "HH * sH, WW * sW, sH, sW)")],
    ),
    Variant(
        "windows-layout",
        "sliding-window-view",
        why="NumPy has a function whose strides can be read",
        code="""
x = np.lib.stride_tricks.as_strided(np.empty(0), x_shape, x_strides)
every = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
view = every[:, :, ::stride, ::stride]
shape, strides = view.shape, view.strides
""",
        right=True,
    ),
    # --- pool-windows-forward
    Variant(
        "pool-windows-forward",
        "never-below-zero",
        why="the largest of negative numbers is negative",
        edits=[("WW, stride).max(axis=(4, 5))", "WW, stride).max(axis=(4, 5), initial=0)")],
    ),
    Variant(
        "pool-windows-forward",
        "largest-of-rows-only",
        why="a window has columns, too",
        edits=[("WW, stride).max(axis=(4, 5))", "WW, stride).max(axis=5)[..., 0]")],
    ),
    Variant(
        "pool-windows-forward",
        "windows-side-by-side",
        why="the stride need not be the size",
        edits=[
            (
                "out = windows_view(x, HH, WW, stride).max(axis=(4, 5))",
                "out = windows_view(x, HH, WW, HH).max(axis=(4, 5))",
            )
        ],
    ),
    Variant(
        "pool-windows-forward",
        "window-by-window",
        why="the numbers are right, but there is a loop over windows",
        code="""
OH, OW = count_places(*x.shape[2:], HH, WW, 0, stride)
out = np.empty((*x.shape[:2], OH, OW), dtype=x.dtype)
for n in range(len(x)):
    for oh in range(OH):
        for ow in range(OW):
            at = oh * stride, ow * stride
            seen = x[n, :, at[0] : at[0] + HH, at[1] : at[1] + WW]
            out[n, :, oh, ow] = seen.max(axis=(1, 2))
""",
    ),
    Variant(
        "pool-windows-forward",
        "place-by-place",
        why="a loop over the few places of a window costs nothing",
        code="""
OH, OW = count_places(*x.shape[2:], HH, WW, 0, stride)
out = np.full((*x.shape[:2], OH, OW), -np.inf, dtype=x.dtype)
for i in range(HH):
    for j in range(WW):
        seen = x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
        out = np.maximum(out, seen)
""",
        right=True,
    ),
    # --- pool-windows-backward
    Variant(
        "pool-windows-backward",
        "last-number-wins",
        why="a pixel that wins in two windows receives both numbers",
        edits=[
            (
                "seen += np.where(winner == i * WW + j, dout, 0)",
                "seen[...] = np.where(winner == i * WW + j, dout, seen)",
            )
        ],
    ),
    Variant(
        "pool-windows-backward",
        "shared-among-equals",
        why="of equal numbers the first receives all",
        edits=[
            (
                "seen += np.where(winner == i * WW + j, dout, 0)",
                "seen += np.where(windows[..., i, j] == windows.max(axis=(4, 5)), dout, 0)",
            )
        ],
    ),
    Variant(
        "pool-windows-backward",
        "last-of-equals",
        why="of equal numbers the first receives all",
        edits=[
            (
                "windows.reshape(N, C, OH, OW, HH * WW).argmax(axis=-1)",
                "HH * WW - 1 - windows.reshape(N, C, OH, OW, -1)[..., ::-1].argmax(axis=-1)",
            )
        ],
    ),
    Variant(
        "pool-windows-backward",
        "counts-columns-by-height",
        why="a row of the window has WW places",
        edits=[("winner == i * WW + j", "winner == i * HH + j")],
    ),
    Variant(
        "pool-windows-backward",
        "assigns-with-an-index",
        why="an index that names a pixel twice adds only once",
        code="""
N, C, OH, OW = dout.shape
windows = windows_view(x, HH, WW, stride)
i, j = np.divmod(windows.reshape(N, C, OH, OW, HH * WW).argmax(axis=-1), WW)
n, c, oh, ow = np.indices(dout.shape, sparse=True)
dx[n, c, oh * stride + i, ow * stride + j] += dout
""",
    ),
    Variant(
        "pool-windows-backward",
        "window-by-window",
        why="the numbers are right, but there is a loop over windows",
        code="""
OH, OW = dout.shape[2:]
n, c = np.indices(x.shape[:2])
for oh in range(OH):
    for ow in range(OW):
        at = oh * stride, ow * stride
        seen = x[:, :, at[0] : at[0] + HH, at[1] : at[1] + WW]
        i, j = np.divmod(seen.reshape(*x.shape[:2], HH * WW).argmax(axis=2), WW)
        dx[n, c, at[0] + i, at[1] + j] += dout[:, :, oh, ow]
""",
    ),
    Variant(
        "pool-windows-backward",
        "add-at",
        why="np.add.at adds as often as a pixel is named",
        code="""
N, C, OH, OW = dout.shape
windows = windows_view(x, HH, WW, stride)
i, j = np.divmod(windows.reshape(N, C, OH, OW, HH * WW).argmax(axis=-1), WW)
n, c, oh, ow = np.indices(dout.shape, sparse=True)
np.add.at(dx, (n, c, oh * stride + i, ow * stride + j), dout)
""",
        right=True,
    ),
    # --- conv-cost
    Variant(
        "conv-cost",
        "one-operation-a-product",
        why="a product and its sum are two",
        edits=[("flops, moved = 2 * products", "flops, moved = products")],
    ),
    Variant(
        "conv-cost",
        "forgets-the-bias",
        why="b is read, too",
        edits=[("F * C * HH * WW + F + N", "F * C * HH * WW + N")],
    ),
    Variant(
        "conv-cost",
        "columns-moved-once",
        why="they are written, and read again",
        edits=[("numbers += 2 * C * HH", "numbers += C * HH")],
    ),
    Variant(
        "conv-cost",
        "numbers-not-bytes",
        why="a number has several bytes",
        edits=[("numbers * itemsize", "numbers")],
    ),
    Variant(
        "conv-cost",
        "every-pixel-a-place",
        why="there are fewer places than pixels where the filter moves by more than one",
        edits=[("products = N * F * OH * OW", "products = N * F * H * W")],
    ),
    Variant(
        "conv-cost",
        "by-sizes-of-arrays",
        why="the same counts by np.prod",
        code="""
each = int(np.prod(w_shape[1:]))
outputs = N * F * OH * OW
flops = outputs * each + outputs * each
sizes = [np.prod(x_shape), np.prod(w_shape), F, outputs]
if columns:
    sizes += [each * OH * OW * N] * 2
moved = int(sum(sizes)) * itemsize
""",
        right=True,
    ),
]
