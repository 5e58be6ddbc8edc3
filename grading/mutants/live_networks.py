"""Variants of what brings a network into a page."""

from grading.mutants import Variant


def of(exercise):
    """Make variants of an exercise's region."""

    def variant(name, why, code, right=False):
        return Variant(exercise, name, why=why, code=code, right=right)

    return variant


pack, unpack, fold, trace = map(of, ("live-pack", "live-unpack", "live-fold", "live-trace"))
differ, quantize = map(of, ("live-difference", "live-quantize"))
colours, smooth = map(of, ("live-colours", "live-smooth"))

BASE64 = 'return base64.b64encode(numbers.tobytes()).decode("ascii")'
FACTOR = "factor = gamma / np.sqrt(var + eps)\n"
AXES = "along = (-1, 1, 1, 1) if w.ndim == 4 else (1, -1)\n"
WALK = """out = x
for layer in layers:
    kind = layer["kind"]
    along = (-1, *[1] * (out.ndim - 1))
    if kind == "affine":
        out = out.reshape(-1) @ layer["w"] + layer["b"]
    elif kind == "relu":
        out = np.maximum(out, 0)
    elif kind == "scale":
        out = out * layer["scale"].reshape(along) + layer["shift"].reshape(along)
    elif kind == "softmax":
        weights = np.exp(out - out.max())
        out = weights / weights.sum()
    else:
        out = GIVEN[kind](out, layer)
    outputs.append(out.astype(x.dtype))
"""
COMPARE = """for place, (one, other) in enumerate(zip(ours, theirs)):
    if one.shape != other.shape:
        return place
    unit = np.abs(one[np.isfinite(one)]).max(initial=0) or 1.0
    if not np.allclose(other, one, rtol=0, atol=tol * unit, equal_nan=True):
        return place
return None if len(ours) == len(theirs) else min(len(ours), len(theirs))
"""
CODES = """step = (float(np.max(w)) - low) / (2**bits - 1)
codes = np.rint((w.astype(np.float64) - low) / (step or 1.0)).astype(np.uint8)
"""
MIX = """if largest is None:
    largest = np.abs(values).max(initial=0)
share = np.clip(values / (largest or 1.0), -1, 1) * (largest > 0)
end = np.where(share[..., None] < 0, negative, positive)
colours = zero + np.abs(share)[..., None] * (end - zero)
"""


def instead(text, old, new):
    """Replace what stands there exactly once."""
    assert text.count(old) == 1, (old, text)
    return text.replace(old, new)


VARIANTS = [
    # --- live-pack
    pack(
        "big-endian",
        "the page reads little-endian numbers",
        'numbers = np.asarray(values).astype(KINDS[kind].replace("<", ">"))\n' + BASE64,
    ),
    pack(
        "always-four-bytes",
        "float16 has two",
        'numbers = np.asarray(values).astype("<f4")\n' + BASE64,
    ),
    pack(
        "as-they-lie-in-memory",
        "C order, whatever the layout",
        "numbers = np.asarray(values).astype(KINDS[kind])\n"
        'return base64.b64encode(numbers.tobytes(order="A")).decode("ascii")',
    ),
    pack(
        "bytes-as-they-are",
        "numbers have to become float32 first",
        "numbers = np.asarray(values)\n" + BASE64,
    ),
    pack(
        "with-line-breaks",
        "one line, however long",
        "numbers = np.asarray(values).astype(KINDS[kind])\n"
        'return base64.encodebytes(numbers.tobytes()).decode("ascii")',
    ),
    pack(
        "bytes-returned",
        "a str, not bytes",
        "numbers = np.asarray(values).astype(KINDS[kind])\n"
        "return base64.b64encode(numbers.tobytes())",
    ),
    pack(
        "only-arrays",
        "a list has no astype",
        "numbers = values.astype(KINDS[kind])\n" + BASE64,
    ),
    pack(
        "by-struct",
        "number by number",
        "import struct\n"
        'code = {"float32": "f", "float16": "e"}[kind]\n'
        "flat = np.asarray(values, dtype=np.float64).ravel().tolist()\n"
        'data = struct.pack(f"<{len(flat)}{code}", *flat)\n'
        "return str(base64.standard_b64encode(data), 'ascii')",
        right=True,
    ),
    pack(
        "contiguous-first",
        "a buffer is as good as bytes",
        "numbers = np.ascontiguousarray(values, dtype=KINDS[kind])\n"
        "return base64.b64encode(numbers).decode()",
        right=True,
    ),
    # --- live-unpack
    unpack(
        "big-endian",
        "little-endian numbers",
        'numbers = np.frombuffer(base64.b64decode(text), KINDS[kind].replace("<", ">"))\n'
        "numbers = numbers.astype(kind)",
    ),
    unpack(
        "read-only",
        "frombuffer only looks at the bytes",
        "numbers = np.frombuffer(base64.b64decode(text), dtype=KINDS[kind])",
    ),
    unpack(
        "always-float32",
        "float16 stays float16",
        'numbers = np.frombuffer(base64.b64decode(text), KINDS[kind]).astype("float32")',
    ),
    unpack(
        "four-bytes-each",
        "float16 has two",
        'numbers = np.frombuffer(base64.b64decode(text), "<f4").astype(kind)',
    ),
    unpack(
        "bytes-as-numbers",
        "bytes are not yet numbers",
        "numbers = np.frombuffer(base64.b64decode(text), np.uint8).astype(kind)",
    ),
    unpack(
        "by-struct",
        "number by number",
        "import struct\n"
        'code, size = {"float32": ("f", 4), "float16": ("e", 2)}[kind]\n'
        "data = base64.b64decode(text)\n"
        'numbers = np.array(struct.unpack(f"<{len(data) // size}{code}", data), dtype=kind)',
        right=True,
    ),
    unpack(
        "a-bytearray",
        "bytes that may be written to",
        "data = bytearray(base64.b64decode(text))\n"
        "numbers = np.frombuffer(data, dtype=KINDS[kind])",
        right=True,
    ),
    # --- live-fold
    fold(
        "by-the-variance",
        "its square root",
        "factor = gamma / (var + eps)\n"
        + AXES
        + "folded_w = w * factor.reshape(along)\nfolded_b = (b - mean) * factor + beta",
    ),
    fold(
        "eps-forgotten",
        "small variances",
        "factor = gamma / np.sqrt(var)\n"
        + AXES
        + "folded_w = w * factor.reshape(along)\nfolded_b = (b - mean) * factor + beta",
    ),
    fold(
        "eps-as-usual",
        "eps may be another",
        "factor = gamma / np.sqrt(var + 1e-5)\n"
        + AXES
        + "folded_w = w * factor.reshape(along)\nfolded_b = (b - mean) * factor + beta",
    ),
    fold(
        "eps-outside-the-root",
        "inside",
        "factor = gamma / (np.sqrt(var) + eps)\n"
        + AXES
        + "folded_w = w * factor.reshape(along)\nfolded_b = (b - mean) * factor + beta",
    ),
    fold(
        "bias-not-scaled",
        "the bias is normalised, too",
        FACTOR + AXES + "folded_w = w * factor.reshape(along)\nfolded_b = b - mean * factor + beta",
    ),
    fold(
        "mean-forgotten",
        "z - mean",
        FACTOR + AXES + "folded_w = w * factor.reshape(along)\nfolded_b = b * factor + beta",
    ),
    fold(
        "along-the-inputs",
        "outputs are the first axis of a convolution",
        FACTOR
        + "folded_w = w * (factor[:, None] if w.ndim == 2 and len(w) == len(b) else factor.reshape("
        "(-1, 1, 1, 1) if w.ndim == 4 else (1, -1)))\nfolded_b = (b - mean) * factor + beta",
    ),
    fold(
        "last-axis-always",
        "outputs are the last axis of an affine layer only",
        FACTOR + "folded_w = w * factor if w.shape[-1] == len(b) else w * factor.reshape("
        "-1, 1, 1, 1)\nfolded_b = (b - mean) * factor + beta",
    ),
    fold(
        "by-einsum",
        "the axis of outputs by its letter",
        FACTOR + 'how = "fchw,f->fchw" if w.ndim == 4 else "dm,m->dm"\n'
        "folded_w = np.einsum(how, w, factor)\nfolded_b = beta + factor * b - factor * mean",
        right=True,
    ),
    fold(
        "outputs-first",
        "turned, multiplied, turned back",
        "factor = gamma * (var + eps) ** -0.5\n"
        "rows = w if w.ndim == 4 else w.T\n"
        "rows = (rows.reshape(len(b), -1) * factor[:, None]).reshape(rows.shape)\n"
        "folded_w = rows if w.ndim == 4 else rows.T\nfolded_b = factor * (b - mean) + beta",
        right=True,
    ),
    # --- live-trace
    trace(
        "every-layer-on-x",
        "each on what the one before gave",
        instead(WALK, '    kind = layer["kind"]', '    out, kind = x, layer["kind"]'),
    ),
    trace(
        "relu-keeps-the-sign",
        "the negative ones become 0",
        instead(WALK, "np.maximum(out, 0)", "np.abs(out)"),
    ),
    trace(
        "softmax-not-shifted",
        "scores of 1,000",
        instead(WALK, "np.exp(out - out.max())", "np.exp(np.minimum(out, 700))"),
    ),
    trace(
        "softmax-not-normalised",
        "probabilities sum to 1",
        instead(WALK, "weights / weights.sum()", "weights"),
    ),
    trace(
        "flattened-turned",
        "C order",
        instead(WALK, "out.reshape(-1) @", "out.T.reshape(-1) @"),
    ),
    trace(
        "scaled-along-the-last-axis",
        "channels come first",
        instead(
            WALK,
            'out * layer["scale"].reshape(along) + layer["shift"].reshape(along)',
            '(out.T * layer["scale"].reshape(along).T + layer["shift"].reshape(along).T).T'
            ' if out.shape[-1] != len(layer["scale"])'
            ' else out * layer["scale"] + layer["shift"]',
        ),
    ),
    trace(
        "shift-forgotten",
        "scale and shift",
        instead(WALK, ' + layer["shift"].reshape(along)', ""),
    ),
    trace(
        "the-last-only",
        "all outputs are kept",
        instead(WALK, "    outputs.append(out.astype(x.dtype))\n", "") + "outputs.append(out)",
    ),
    trace(
        "always-float64",
        "the dtype of x",
        instead(WALK, "out.astype(x.dtype)", "out.astype(np.float64)"),
    ),
    trace(
        "inputs-not-outputs",
        "what comes out, not what goes in",
        instead(
            instead(WALK, "    outputs.append(out.astype(x.dtype))\n", ""),
            '    kind = layer["kind"]\n',
            '    kind = layer["kind"]\n    outputs.append(out)\n',
        ),
    ),
    trace(
        "a-table-of-functions",
        "the same, looked up",
        "def scaled(out, layer):\n"
        "    return (out.T * layer['scale'] + layer['shift']).T\n"
        "def shares(out, layer):\n"
        "    logs = out - out.max()\n"
        "    return np.exp(logs - np.log(np.exp(logs).sum()))\n"
        "run = {\n"
        "    'affine': lambda out, layer: np.dot(out.ravel(), layer['w']) + layer['b'],\n"
        "    'relu': lambda out, layer: out * (out > 0),\n"
        "    'scale': scaled, 'softmax': shares, **GIVEN,\n"
        "}\n"
        "for layer in layers:\n"
        "    x = np.asarray(run[layer['kind']](x, layer), dtype=x.dtype)\n"
        "    outputs += [x]",
        right=True,
    ),
    # --- live-difference
    differ(
        "absolute",
        "in units of the largest",
        instead(COMPARE, "atol=tol * unit", "atol=tol"),
    ),
    differ(
        "relative-to-each-entry",
        "one unit a layer",
        instead(COMPARE, "rtol=0, atol=tol * unit", "rtol=tol, atol=0"),
    ),
    differ(
        "the-defaults-of-allclose-added",
        "tol is all there is",
        instead(COMPARE, "rtol=0, atol=tol * unit", "rtol=tol, atol=tol * unit"),
    ),
    differ(
        "nan-is-never-larger",
        "a comparison with nan is False",
        "for place, (one, other) in enumerate(zip(ours, theirs)):\n"
        "    if one.shape != other.shape:\n        return place\n"
        "    unit = np.abs(one).max(initial=0) or 1.0\n"
        "    if np.abs(one - other).max(initial=0) > tol * unit:\n        return place\n"
        "return None if len(ours) == len(theirs) else min(len(ours), len(theirs))",
    ),
    differ(
        "shapes-broadcast",
        "a layer of one number is not a layer of seven",
        instead(
            COMPARE,
            "one.shape != other.shape",
            "one.ndim != other.ndim or 1 not in other.shape and one.shape != other.shape",
        ),
    ),
    differ(
        "zip-forgets-the-rest",
        "a layer that only one has differs",
        instead(
            COMPARE,
            "return None if len(ours) == len(theirs) else min(len(ours), len(theirs))",
            "return None",
        ),
    ),
    differ(
        "the-last-that-differs",
        "the first",
        "found = None\n"
        + COMPARE.replace("return place", "found = place").replace(
            "return None if", "return found if"
        ),
    ),
    differ(
        "zeros-divide",
        "a layer of zeros has the unit 1",
        instead(COMPARE, " or 1.0", ""),
    ),
    differ(
        "counted-from-one",
        "the place in the list",
        COMPARE.replace("return place", "return place + 1"),
    ),
    differ(
        "tol-as-usual",
        "tol may be another",
        instead(COMPARE, "tol * unit", "1e-4 * unit"),
    ),
    differ(
        "by-largest-ratio",
        "errors as numbers, nan first",
        "for place in range(max(len(ours), len(theirs))):\n"
        "    if place >= min(len(ours), len(theirs)):\n        return place\n"
        "    one, other = ours[place], theirs[place]\n"
        "    if one.shape != other.shape:\n        return place\n"
        "    known = np.isfinite(one) & np.isfinite(other)\n"
        "    if not np.array_equal(one[~known], other[~known], equal_nan=True):\n"
        "        return place\n"
        "    unit = np.max(np.abs(one[np.isfinite(one)]), initial=0)\n"
        "    error = np.max(np.abs(one[known] - other[known]), initial=0)\n"
        "    if error > tol * (unit if unit > 0 else 1):\n        return place\n"
        "return None",
        right=True,
    ),
    # --- live-quantize
    quantize(
        "one-step-too-many",
        "256 codes are 255 steps apart",
        "step = (float(np.max(w)) - low) / 2**bits\n"
        "codes = np.rint((w.astype(np.float64) - low) / (step or 1.0))\n"
        "codes = np.minimum(codes, 2**bits - 1).astype(np.uint8)",
    ),
    quantize(
        "cut-off",
        "the nearest code",
        instead(CODES, "np.rint(", "np.floor("),
    ),
    quantize(
        "eight-bits-always",
        "bits may be fewer",
        instead(CODES, "2**bits - 1", "255"),
    ),
    quantize(
        "a-step-of-one",
        "the step is 0 where all are the same",
        "step = (float(np.max(w)) - low) / (2**bits - 1) or 1.0\n"
        "codes = np.rint((w.astype(np.float64) - low) / step).astype(np.uint8)",
    ),
    quantize(
        "around-zero",
        "from the smallest to the largest",
        "low = -float(np.abs(w).max())\nstep = -2 * low / (2**bits - 1)\n"
        "codes = np.rint((w.astype(np.float64) - low) / (step or 1.0)).astype(np.uint8)",
    ),
    quantize(
        "whole-numbers-of-64-bits",
        "one byte each",
        instead(CODES, "np.uint8", "np.int64"),
    ),
    quantize(
        "by-search",
        "the nearest of all codes",
        "step = (float(w.max()) - low) / (2**bits - 1)\n"
        "grid = low + step * np.arange(2**bits)\n"
        "far = np.abs(w.astype(np.float64)[..., None] - grid)\n"
        "codes = far.argmin(axis=-1).astype(np.uint8)",
        right=True,
    ),
    quantize(
        "half-added",
        "half a step up, then down",
        "step = float(np.ptp(w.astype(np.float64))) / (2**bits - 1)\n"
        "codes = np.zeros(w.shape, np.uint8)\n"
        "if step:\n"
        "    codes = np.floor((w.astype(np.float64) - low) / step + 0.5).astype(np.uint8)",
        right=True,
    ),
    # --- live-colours
    colours(
        "stretched",
        "0 is in the middle",
        "span = np.ptp(values) if values.size else 0\n"
        "share = 2 * (values - values.min(initial=0)) / (span or 1) - 1\n"
        "end = np.where(share[..., None] < 0, negative, positive)\n"
        "colours = zero + np.abs(share)[..., None] * (end - zero)",
    ),
    colours(
        "turned",
        "positive is orange",
        instead(MIX, "< 0", "> 0"),
    ),
    colours(
        "not-clipped",
        "beyond the largest",
        instead(MIX, "np.clip(values / (largest or 1.0), -1, 1)", "(values / (largest or 1.0))"),
    ),
    colours(
        "largest-ignored",
        "it may be given",
        instead(MIX, "if largest is None:\n    largest", "largest"),
    ),
    colours(
        "largest-not-in-size",
        "negative numbers may be larger",
        instead(MIX, "np.abs(values).max(initial=0)", "values.max(initial=0)"),
    ),
    colours(
        "zero-divided",
        "zeros alone",
        instead(
            MIX,
            "np.clip(values / (largest or 1.0), -1, 1) * (largest > 0)",
            "np.clip(values / np.float64(largest), -1, 1)",
        ),
    ),
    colours(
        "channels-first",
        "(..., 3)",
        MIX + "colours = np.moveaxis(colours, -1, 0)",
    ),
    colours(
        "two-ramps",
        "the positive and the negative part",
        "most = np.abs(values).max(initial=0) if largest is None else largest\n"
        "share = np.clip(values / most, -1, 1) if most > 0 else 0 * values\n"
        "up, down = np.maximum(share, 0)[..., None], np.maximum(-share, 0)[..., None]\n"
        "colours = (1 - up - down) * zero + up * positive + down * negative",
        right=True,
    ),
    colours(
        "by-interpolation",
        "three points, one channel after the other",
        "most = np.abs(values).max(initial=0) if largest is None else largest\n"
        "at = values / (most or 1) if most else values * 0\n"
        "channels = [np.interp(at, [-1, 0, 1], list(three))\n"
        "            for three in zip(negative, zero, positive)]\n"
        "colours = np.stack(channels, axis=-1)",
        right=True,
    ),
    # --- live-smooth
    smooth(
        "not-corrected",
        "it begins near 0",
        "average = 0.0\nfor t, value in enumerate(values):\n"
        "    average = decay * average + (1 - decay) * value\n    shown[t] = average",
    ),
    smooth(
        "multiplied",
        "divided by 1 - decay**t",
        "average = 0.0\nfor t, value in enumerate(values, 1):\n"
        "    average = decay * average + (1 - decay) * value\n"
        "    shown[t - 1] = average * (1 - decay**t)",
    ),
    smooth(
        "corrected-twice",
        "the average itself is not corrected",
        "average = 0.0\nfor t, value in enumerate(values, 1):\n"
        "    average = (decay * average + (1 - decay) * value) / (1 - decay**t)\n"
        "    shown[t - 1] = average",
    ),
    smooth(
        "one-step-late",
        "t begins at 1",
        "average = 0.0\nfor t, value in enumerate(values, 1):\n"
        "    average = decay * average + (1 - decay) * value\n"
        "    shown[t - 1] = average / (1 - decay ** (t + 1))",
    ),
    smooth(
        "begins-at-the-first",
        "another way to begin, which weighs the first value more",
        "average = values[0]\nfor t, value in enumerate(values):\n"
        "    average = decay * average + (1 - decay) * value\n    shown[t] = average",
    ),
    smooth(
        "decay-as-usual",
        "decay may be another",
        "average = 0.0\nfor t, value in enumerate(values, 1):\n"
        "    average = 0.9 * average + 0.1 * value\n"
        "    shown[t - 1] = average / (1 - 0.9**t)",
    ),
    smooth(
        "weighted-means",
        "weights of all that came so far",
        "for t in range(1, len(values) + 1):\n"
        "    weights = float(decay) ** np.arange(t)[::-1]\n"
        "    shown[t - 1] = np.average(np.asarray(values)[:t], weights=weights)",
        right=True,
    ),
    smooth(
        "two-sums",
        "the weights are summed the same way",
        "total = weight = 0.0\nfor t, value in enumerate(values):\n"
        "    total, weight = decay * total + value, decay * weight + 1\n"
        "    shown[t] = total / weight",
        right=True,
    ),
]
