"""Variants of what brings a network into a page: packing, folding, and layers once more."""

from grading.mutants import Variant


def of(exercise):
    """Make variants of an exercise's region."""

    def variant(name, why, code, right=False):
        return Variant(exercise, name, why=why, code=code, right=right)

    return variant


pack, unpack, fold, trace = map(of, ("live-pack", "live-unpack", "live-fold", "live-trace"))

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
]
