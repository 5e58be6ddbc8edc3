"""Variants of the exercises about single units."""

from grading.mutants import Variant

VARIANTS = [
    # --- activation-maps
    Variant(
        "activation-maps",
        "each-layer-on-the-picture",
        why="a layer's input is what the one before it put out",
        edits=[
            (
                "out, _ = model.forward(out, start=name, end=name)",
                "out, _ = model.forward(X, start=name, end=name)",
            )
        ],
    ),
    Variant(
        "activation-maps",
        "keeps-all-layers",
        why="only the layers that were asked for are kept",
        edits=[
            (
                "        if name in layers:\n            maps[name] = out\n",
                "        maps[name] = out\n",
            )
        ],
    ),
    Variant(
        "activation-maps",
        "keeps-what-goes-in",
        why="what comes out of a layer, not what goes into it",
        code="""
out = X
for name in model.layers:
    if name in layers:
        maps[name] = out
    out, _ = model.forward(out, start=name, end=name)
""",
    ),
    Variant(
        "activation-maps",
        "in-training-mode",
        why="batch normalisation and dropout behave otherwise while training",
        edits=[
            (
                "out, _ = model.forward(out, start=name, end=name)",
                'out, _ = model.forward(out, start=name, end=name, mode="train")',
            )
        ],
    ),
    Variant(
        "activation-maps",
        "stops-one-early",
        why="the last layer counts, too",
        edits=[("for name in model.layers:\n", "for name in model.layers[:-1]:\n")],
    ),
    Variant(
        "activation-maps",
        "from-the-start-each-time",
        why="slower, and the same",
        code="""
for name in layers:
    maps[name] = model.forward(X, end=name)[0]
""",
        right=True,
    ),
    # --- dead-units
    Variant(
        "dead-units",
        "never-below-zero",
        why="a unit that is above 0 now and then is alive; dead are those that never are",
        edits=[
            (
                "dead = dead & ~np.any(alive, axis=(0, *range(2, alive.ndim)))",
                "dead = dead & ~np.all(alive, axis=(0, *range(2, alive.ndim)))",
            )
        ],
    ),
    Variant(
        "dead-units",
        "only-the-last-batch",
        why="earlier batches wake units, too",
        edits=[("dead = dead & ~np.any", "dead = ~np.any")],
    ),
    Variant(
        "dead-units",
        "dead-in-any-batch",
        why="one lively batch is enough to be alive",
        code="""
alive = out > 0
quiet = ~np.any(alive, axis=(0, *range(2, alive.ndim)))
dead = quiet if dead is True else dead | quiet
""",
    ),
    Variant(
        "dead-units",
        "zero-is-alive",
        why="a ReLU that passes nothing puts out 0",
        edits=[("alive = out > 0", "alive = out >= 0")],
    ),
    Variant(
        "dead-units",
        "on-average",
        why="one loud place among many silent ones is drowned in the mean",
        code="""
alive = out.mean(axis=(0, *range(2, out.ndim))) > 0
dead = dead & ~alive
""",
    ),
    Variant(
        "dead-units",
        "each-place-by-itself",
        why="a filter is one unit, whatever the number of its places",
        edits=[
            (
                "dead = dead & ~np.any(alive, axis=(0, *range(2, alive.ndim)))",
                "dead = dead & ~np.any(alive, axis=0)",
            )
        ],
    ),
    Variant(
        "dead-units",
        "by-the-largest-activation",
        why="the largest activation decides",
        code="""
largest = np.moveaxis(out, 1, -1).reshape(-1, out.shape[1]).max(axis=0)
dead = np.logical_and(dead, largest <= 0)
""",
        right=True,
    ),
    # --- receptive-field
    Variant(
        "receptive-field",
        "ignores-padding",
        why="padding moves the first place to the left",
        edits=[("        start -= pad * stride\n", "")],
    ),
    Variant(
        "receptive-field",
        "padding-in-pixels",
        why="padding of a later layer is worth more pixels",
        edits=[("        start -= pad * stride\n", "        start -= pad\n")],
    ),
    Variant(
        "receptive-field",
        "turned-padding",
        why="padding lies before the first pixel",
        edits=[("        start -= pad * stride\n", "        start += pad * stride\n")],
    ),
    Variant(
        "receptive-field",
        "stride-first",
        why="neighbours lie as far apart as before this layer",
        code="""
for window, step, pad in geometry:
    stride *= step
    size += (window - 1) * stride
    start -= pad * stride
""",
    ),
    Variant(
        "receptive-field",
        "whole-windows",
        why="one place of the window is there already",
        edits=[("size += (window - 1) * stride", "size += window * stride")],
    ),
    Variant(
        "receptive-field",
        "sizes-without-strides",
        why="a place of a later layer is more than a pixel apart from the next",
        edits=[("size += (window - 1) * stride", "size += window - 1")],
    ),
    Variant(
        "receptive-field",
        "padding-shrinks-the-field",
        why="a field reaches over the border",
        edits=[("size += (window - 1) * stride", "size += (window - 1 - 2 * pad) * stride")],
    ),
    Variant(
        "receptive-field",
        "strides-add",
        why="strides multiply",
        edits=[("stride *= step", "stride += step - 1")],
    ),
    Variant(
        "receptive-field",
        "backwards",
        why="from the last layer to the first",
        code="""
for window, step, pad in geometry[::-1]:
    size = (size - 1) * step + window
    start = start * step - pad
    stride = stride * step
""",
        right=True,
    ),
    # --- top-patches
    Variant(
        "top-patches",
        "several-of-one-picture",
        why="at most one patch of each picture",
        code="""
order = np.argsort(-maps.ravel(), kind="stable")[:k]
padded = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)))
for rank, (n, i, j) in enumerate(zip(*np.unravel_index(order, maps.shape))):
    top, left = size + start + i * stride, size + start + j * stride
    patches[rank] = padded[n, top : top + size, left : left + size]
    values[rank] = maps[n, i, j]
""",
    ),
    Variant(
        "top-patches",
        "weakest-first",
        why="largest first",
        edits=[
            (
                'np.argsort(-flat.max(axis=1), kind="stable")[:k]',
                'np.argsort(flat.max(axis=1), kind="stable")[:k]',
            )
        ],
    ),
    Variant(
        "top-patches",
        "mirrored-places",
        why="divmod by the width gives row and column",
        edits=[
            (
                "divmod(int(flat[n].argmax()), maps.shape[2])",
                "divmod(int(flat[n].argmax()), maps.shape[1])",
            )
        ],
    ),
    Variant(
        "top-patches",
        "without-the-start",
        why="the first place sees what lies before the picture",
        edits=[
            (
                "(size + start + place * stride for place in (i, j))",
                "(size + place * stride for place in (i, j))",
            )
        ],
    ),
    Variant(
        "top-patches",
        "places-for-pixels",
        why="places lie `stride` pixels apart",
        edits=[
            (
                "(size + start + place * stride for place in (i, j))",
                "(size + start + place for place in (i, j))",
            )
        ],
    ),
    Variant(
        "top-patches",
        "moved-into-the-picture",
        why="outside of the picture is nothing, and the patch stays where it is",
        code="""
flat = maps.reshape(len(maps), -1)
order = np.argsort(-flat.max(axis=1), kind="stable")[:k]
H, W = images.shape[1:3]
for rank, n in enumerate(order):
    i, j = divmod(int(flat[n].argmax()), maps.shape[2])
    top = min(max(start + i * stride, 0), max(H - size, 0))
    left = min(max(start + j * stride, 0), max(W - size, 0))
    cut = images[n, top : top + size, left : left + size]
    patches[rank, : cut.shape[0], : cut.shape[1]] = cut
    values[rank] = flat[n].max()
""",
    ),
    Variant(
        "top-patches",
        "first-pictures",
        why="the best pictures, not the first ones",
        edits=[('order = np.argsort(-flat.max(axis=1), kind="stable")[:k]', "order = range(k)")],
    ),
    Variant(
        "top-patches",
        "pixel-by-pixel",
        why="pixels copied one by one",
        code="""
best = sorted(range(len(maps)), key=lambda n: maps[n].max(), reverse=True)
for rank in range(k):
    n = best[rank]
    i, j = np.unravel_index(np.argmax(maps[n]), maps[n].shape)
    values[rank] = maps[n, i, j]
    for a in range(size):
        for b in range(size):
            y, x = start + i * stride + a, start + j * stride + b
            if 0 <= y < images.shape[1] and 0 <= x < images.shape[2]:
                patches[rank, a, b] = images[n, y, x]
""",
        right=True,
    ),
]
