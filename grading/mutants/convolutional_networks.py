"""Variants of convolution and pooling."""

from grading.mutants import Variant

VARIANTS = [
    # --- conv-forward-naive
    Variant(
        "conv-forward-naive",
        "forgets-the-bias",
        why="in a fresh net all biases are 0, where nothing shows it",
        edits=[("np.sum(seen * w[f]) + b[f]", "np.sum(seen * w[f])")],
    ),
    Variant(
        "conv-forward-naive",
        "turns-the-filter-round",
        why="mathematicians turn the filter round in a convolution; networks do not",
        edits=[("np.sum(seen * w[f])", "np.sum(seen * w[f, :, ::-1, ::-1])")],
    ),
    Variant(
        "conv-forward-naive",
        "forgets-the-stride",
        why="right at stride 1",
        edits=[
            (
                "                    top, left = oh * stride, ow * stride\n"
                "                    seen = padded",
                "                    top, left = oh, ow\n                    seen = padded",
            )
        ],
    ),
    Variant(
        "conv-forward-naive",
        "swaps-height-and-width",
        why="right for square pictures and filters",
        edits=[
            (
                "seen = padded[n, :, top : top + HH, left : left + WW]  # (C, HH, WW)",
                "seen = padded[n, :, top : top + WW, left : left + HH].swapaxes(1, 2)",
            )
        ],
    ),
    Variant(
        "conv-forward-naive",
        "counts-width-for-height",
        why="H - HH and W - WW have the same value in square pictures",
        edits=[
            (
                "    out = np.zeros((N, F, OH, OW), dtype=x.dtype)\n    padded",
                "    OW = OH\n    out = np.zeros((N, F, OH, OW), dtype=x.dtype)\n    padded",
            )
        ],
    ),
    Variant(
        "conv-forward-naive",
        "pads-with-the-border",
        why="the padding is of zeros",
        code="""
out = np.zeros((N, F, OH, OW), dtype=x.dtype)
padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
for n, f, i, j in np.ndindex(out.shape):
    seen = padded[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
    out[n, f, i, j] = np.sum(seen * w[f]) + b[f]
""",
    ),
    Variant(
        "conv-forward-naive",
        "one-channel",
        why="every filter sees all channels",
        edits=[
            (
                "out[n, f, oh, ow] = np.sum(seen * w[f])",
                "out[n, f, oh, ow] = np.sum((seen * w[f])[0])",
            )
        ],
    ),
    Variant(
        "conv-forward-naive",
        "always-pads-by-one",
        why="a check with pad 1 only does not notice",
        edits=[
            (
                "padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
                "  # (N, C, H+2pad, W+2pad)\n    for n",
                "padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))\n    for n",
            )
        ],
    ),
    Variant(
        "conv-forward-naive",
        "float64",
        why="np.zeros is float64 unless told otherwise",
        edits=[
            (
                "np.zeros((N, F, OH, OW), dtype=x.dtype)\n    padded",
                "np.zeros((N, F, OH, OW))\n    padded",
            )
        ],
    ),
    Variant(
        "conv-forward-naive",
        "works-on-x-itself",
        why="x belongs to the caller",
        code="""
padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
out = np.zeros((N, F, OH, OW), dtype=x.dtype)
for n, f, i, j in np.ndindex(out.shape):
    seen = padded[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
    out[n, f, i, j] = np.sum(seen * w[f]) + b[f]
x -= x.mean()
""",
    ),
    Variant(
        "conv-forward-naive",
        "offset-by-offset",
        why="a sum over the places in the filter, each for all outputs at once",
        code="""
out = np.zeros((N, F, OH, OW), dtype=x.dtype) + b[:, np.newaxis, np.newaxis]
padded = np.zeros((N, x.shape[1], H + 2 * pad, W + 2 * pad), dtype=x.dtype)
padded[:, :, pad : pad + H, pad : pad + W] = x
for i in range(HH):
    for j in range(WW):
        seen = padded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
        out += np.einsum("nchw,fc->nfhw", seen[:, :, :OH, :OW], w[:, :, i, j])
""",
        right=True,
    ),
    Variant(
        "conv-forward-naive",
        "seven-loops",
        why="as it is defined, and slow",
        code="""
out = np.zeros((N, F, OH, OW), dtype=x.dtype)
for n, f, oh, ow in np.ndindex(N, F, OH, OW):
    total = b[f]
    for c, i, j in np.ndindex(w.shape[1:]):
        row, column = oh * stride + i - pad, ow * stride + j - pad
        if 0 <= row < H and 0 <= column < W:
            total = total + w[f, c, i, j] * x[n, c, row, column]
    out[n, f, oh, ow] = total
""",
        right=True,
    ),
    # --- conv-backward-naive
    Variant(
        "conv-backward-naive",
        "assigns-dx",
        why="a pixel is seen by many outputs, and by all filters",
        edits=[
            (
                "dpadded[n, :, rows, columns] += dout[n, f, oh, ow] * w[f]",
                "dpadded[n, :, rows, columns] = dout[n, f, oh, ow] * w[f]",
            )
        ],
    ),
    Variant(
        "conv-backward-naive",
        "keeps-the-padding-in-dx",
        why="dx has the shape of x",
        edits=[
            ("dx = dpadded[:, :, pad : pad + H, pad : pad + W]  # (N, C, H, W)", "dx = dpadded")
        ],
    ),
    Variant(
        "conv-backward-naive",
        "cuts-dx-at-the-wrong-end",
        why="the padding stands on both sides",
        edits=[
            (
                "dx = dpadded[:, :, pad : pad + H, pad : pad + W]  # (N, C, H, W)",
                "dx = dpadded[:, :, :H, :W]",
            )
        ],
    ),
    Variant(
        "conv-backward-naive",
        "cuts-by-minus-pad",
        why="[pad:-pad] is empty where pad is 0",
        edits=[
            (
                "dx = dpadded[:, :, pad : pad + H, pad : pad + W]  # (N, C, H, W)",
                "dx = dpadded[:, :, pad:-pad, pad:-pad]",
            )
        ],
    ),
    Variant(
        "conv-backward-naive",
        "forgets-the-stride",
        why="right at stride 1",
        edits=[
            ("rows = slice(oh * stride, oh * stride + HH)", "rows = slice(oh, oh + HH)"),
            ("columns = slice(ow * stride, ow * stride + WW)", "columns = slice(ow, ow + WW)"),
        ],
    ),
    Variant(
        "conv-backward-naive",
        "dx-has-the-height-of-a-multiple",
        why="pixels that no filter sees have a place in dx all the same",
        edits=[
            (
                "dx = dpadded[:, :, pad : pad + H, pad : pad + W]  # (N, C, H, W)",
                "dx = dpadded[:, :, pad : (dout.shape[2] - 1) * stride + HH - pad, pad : pad + W]",
            )
        ],
    ),
    Variant(
        "conv-backward-naive",
        "averages-over-the-pictures",
        why="the 1/N of the loss is in dout already",
        edits=[("    dx = dpadded", "    dw /= N\n    dx = dpadded")],
    ),
    Variant(
        "conv-backward-naive",
        "db-of-the-last-place",
        why="every place used the bias",
        edits=[("db[f] += dout[n, f, oh, ow]", "db[f] = dout[n, f, oh, ow]")],
    ),
    Variant(
        "conv-backward-naive",
        "dw-of-x-without-padding",
        why="the filter saw the padded picture",
        edits=[
            (
                "dw[f] += dout[n, f, oh, ow] * padded[n, :, rows, columns]",
                "seen = np.pad(x, ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad)))\n"
                "                    dw[f] += dout[n, f, oh, ow] * seen[n, :, rows, columns]",
            )
        ],
    ),
    Variant(
        "conv-backward-naive",
        "float64",
        why="np.zeros is float64 unless told otherwise",
        edits=[
            (
                "dpadded, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros_like(b)",
                "dpadded, dw, db = np.zeros(padded.shape), np.zeros(w.shape), np.zeros(b.shape)",
            )
        ],
    ),
    Variant(
        "conv-backward-naive",
        "offset-by-offset",
        why="a sum over the places in the filter, each for all outputs at once",
        code="""
padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
OH, OW = dout.shape[2:]
for i in range(HH):
    for j in range(WW):
        rows = slice(i, i + stride * (OH - 1) + 1, stride)
        place = np.s_[:, :, rows, j : j + stride * (OW - 1) + 1 : stride]
        dw[:, :, i, j] = np.einsum("nfhw,nchw->fc", dout, padded[place])
        dpadded[place] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j])
db = dout.sum(axis=(0, 2, 3))
dx = dpadded[:, :, pad : H + pad, pad : W + pad].copy()
""",
        right=True,
    ),
    # --- max-pool-forward-naive
    Variant(
        "max-pool-forward-naive",
        "only-where-windows-tile",
        why="the stride is not the height of a window",
        edits=[
            (
                "            top, left = oh * stride, ow * stride\n"
                "            window = x[:, :, top",
                "            top, left = oh * HH, ow * WW\n            window = x[:, :, top",
            ),
            ("window.max(axis=(2, 3))", "window.max(axis=(2, 3), initial=-1e9)"),
        ],
    ),
    Variant(
        "max-pool-forward-naive",
        "reshapes",
        why="a reshape works where windows tile, and nowhere else",
        code="""
out = x[:, :, : OH * HH, : OW * WW].reshape(N, C, -1, HH, x.shape[3] // WW, WW).max(axis=(3, 5))
""",
    ),
    Variant(
        "max-pool-forward-naive",
        "square-windows-only",
        why="a window has a height and a width",
        edits=[
            (
                "window = x[:, :, top : top + HH, left : left + WW]",
                "window = x[:, :, top : top + HH, left : left + HH]",
            )
        ],
    ),
    Variant(
        "max-pool-forward-naive",
        "begins-at-zero",
        why="where all are below 0 the largest is, too",
        edits=[("window.max(axis=(2, 3))", "window.max(axis=(2, 3), initial=0)")],
    ),
    Variant(
        "max-pool-forward-naive",
        "mean",
        why="average pooling is another layer",
        edits=[("window.max(axis=(2, 3))", "window.mean(axis=(2, 3))")],
    ),
    Variant(
        "max-pool-forward-naive",
        "over-the-channels-too",
        why="each channel is pooled by itself",
        edits=[("window.max(axis=(2, 3))", "window.max(axis=(1, 2, 3))[:, np.newaxis]")],
    ),
    Variant(
        "max-pool-forward-naive",
        "float64",
        why="np.zeros is float64 unless told otherwise",
        edits=[("out = np.zeros((N, C, OH, OW), dtype=x.dtype)", "out = np.zeros((N, C, OH, OW))")],
    ),
    Variant(
        "max-pool-forward-naive",
        "views",
        why="a view of all windows",
        code="""
windows = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))
out = windows[:, :, ::stride, ::stride].max(axis=(4, 5))
""",
        right=True,
    ),
    # --- max-pool-backward-naive
    Variant(
        "max-pool-backward-naive",
        "assigns-where-windows-overlap",
        why="a pixel may win several windows; with windows that tile nobody notices",
        edits=[
            (
                "dx[n, c, top + i, left + j] += dout[n, c, oh, ow]",
                "dx[n, c, top + i, left + j] = dout[n, c, oh, ow]",
            )
        ],
    ),
    Variant(
        "max-pool-backward-naive",
        "every-equal-gets-all",
        why="what arrives once cannot be handed on twice",
        code="""
dx = np.zeros_like(x)
for n, c, oh, ow in np.ndindex(dout.shape):
    where = np.s_[n, c, oh * stride : oh * stride + HH, ow * stride : ow * stride + WW]
    dx[where] += (x[where] == x[where].max()) * dout[n, c, oh, ow]
""",
    ),
    Variant(
        "max-pool-backward-naive",
        "tiles-only",
        why="the stride is not the height of a window",
        edits=[
            (
                "        top, left = oh * stride, ow * stride\n        window = x[n, c",
                "        top, left = oh * HH, ow * WW\n        window = x[n, c",
            ),
            (
                "i, j = np.unravel_index(np.argmax(window), window.shape)",
                "i, j = np.unravel_index(np.argmax(window) if window.size else 0, (HH, WW))",
            ),
        ],
    ),
    Variant(
        "max-pool-backward-naive",
        "divides-by-the-height",
        why="the place in a window of HH x WW is (place // WW, place % WW)",
        edits=[
            (
                "i, j = np.unravel_index(np.argmax(window), window.shape)",
                "i, j = divmod(int(np.argmax(window)), HH)",
            )
        ],
    ),
    Variant(
        "max-pool-backward-naive",
        "spreads-evenly",
        why="that is the way back of average pooling",
        code="""
dx = np.zeros_like(x)
for n, c, oh, ow in np.ndindex(dout.shape):
    where = np.s_[n, c, oh * stride : oh * stride + HH, ow * stride : ow * stride + WW]
    dx[where] += dout[n, c, oh, ow] / (HH * WW)
""",
    ),
    Variant(
        "max-pool-backward-naive",
        "float64",
        why="np.zeros is float64 unless told otherwise",
        edits=[
            ("    dx = np.zeros_like(x)\n    for n, c", "    dx = np.zeros(x.shape)\n    for n, c")
        ],
    ),
    Variant(
        "max-pool-backward-naive",
        "equals-share",
        why="another direction at the kink, and as good",
        code="""
dx = np.zeros_like(x)
for n, c, oh, ow in np.ndindex(dout.shape):
    where = np.s_[n, c, oh * stride : oh * stride + HH, ow * stride : ow * stride + WW]
    winners = x[where] == x[where].max()
    dx[where] += winners * (dout[n, c, oh, ow] / winners.sum())
""",
        right=True,
    ),
    Variant(
        "max-pool-backward-naive",
        "the-last-equal",
        why="which of equals gets it is not said by mathematics",
        code="""
dx = np.zeros_like(x)
for n, c, oh, ow in np.ndindex(dout.shape):
    window = x[n, c, oh * stride : oh * stride + HH, ow * stride : ow * stride + WW]
    place = HH * WW - 1 - np.argmax(window[::-1, ::-1])
    dx[n, c, oh * stride + place // WW, ow * stride + place % WW] += dout[n, c, oh, ow]
""",
        right=True,
    ),
]
