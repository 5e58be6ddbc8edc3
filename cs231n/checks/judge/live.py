"""What the checks of `live_networks` require, for the sizes and layouts that each check draws."""

import numpy as np

from cs231n.checks.asserts import (
    ROUNDING,
    assert_close,
    assert_that,
    kind,
    require_array,
    take,
)
from cs231n.checks.failures import CheckFailure
from cs231n.checks.oracles import oracle

from .diagnosis import assert_no_mistake

NEGATIVE, ZERO, POSITIVE = [0, 90, 160], [247, 247, 247], [190, 80, 0]
HALF = 0.5 + 1e-6  # a colour or a code may be rounded up or down where it lies in the middle
NORMALISED = 1e-8  # divided by square roots, in another order
SHOWN = 40  # characters of a text in a message


def require_packed(student, values, number="float32", layout=None):
    """Require the text of packed numbers."""
    if layout is None:
        got = student.pages.live.moving.pack_floats(values, number)
    else:
        got = student.checks.beside.live.packed(values, number, layout)
    what = f"pack_floats of {values.size} numbers as {number}"
    what += f", which lie in memory as {layout}," if layout else ""
    assert_that(isinstance(got, str), f"{what} should be a str.", "a str", kind(got))
    expected = oracle.packed_text(values, number)
    if got == expected:
        return
    found = f"{got[:SHOWN]!r}, {len(got)} characters"
    wanted = f"{expected[:SHOWN]!r}, {len(expected)} characters"
    swapped = oracle.packed_text(values, number, ">")
    if got == swapped and swapped != expected:
        raise CheckFailure("The bytes of each number are in big-endian order.", wanted, found)
    raise CheckFailure(f"{what} is another text.", wanted, found)


def require_unpacked(student, values, number="float32"):
    """Require the numbers of a text; what comes back has 1 added to its first, in place."""
    text = oracle.packed_text(values, number)
    expected = values.astype(number)
    first = (0,) * values.ndim
    expected[first] += 1
    probe = student.checks.beside.live.unpacked
    got, native = take(probe(text, list(values.shape), number), "values", "native")
    require_array(got, "values", shape=values.shape, dtype=np.dtype(number))
    assert_that(native, "values should be in the machine's own byte order.")
    assert_close(got, expected, "values, with 1 added to the first in place,", tol=0)


def draw_folding(rng, picture, dtype=np.float64):
    """(w, b, gamma, beta, mean, var) of a layer and the normalisation behind it."""
    outputs = 5
    shape = (outputs, 3, 2, 4) if picture else (7, outputs)
    w, b = rng.normal(size=shape), rng.normal(size=outputs)
    gamma, beta, mean = rng.normal(size=(3, outputs))
    var = rng.uniform(0.05, 4, size=outputs)
    return tuple(array.astype(dtype) for array in (w, b, gamma, beta, mean, var))


def require_folded(student, arrays, eps=1e-5, given=True, tol=ROUNDING):
    """Require the weights and the bias of layer and normalisation in one."""
    options = {"eps": eps} if given else {}
    result = student.pages.live.moving.fold_batchnorm(*arrays, **options)
    w, b = take(result, "w", "b")
    expected = oracle.folded_layer(*arrays, eps)
    slips = [
        ("w by variance", "w is divided by the variance, not by its square root."),
        ("w without eps", "w does not depend on eps."),
    ]
    _require_part(w, expected, "w", slips, arrays[0].dtype, tol)
    slips = [
        ("b alone", "The bias of the layer is not multiplied by the factor of w."),
        ("b without mean", "The running mean is not subtracted."),
        ("b without beta", "beta is missing in b."),
    ]
    _require_part(b, expected, "b", slips, arrays[1].dtype, tol)


def _require_part(got, expected, name, slips, dtype, tol):
    require_array(got, name, shape=expected[name].shape, dtype=dtype)
    mistakes = [(expected[key].astype(dtype), sentence) for key, sentence in slips]
    assert_no_mistake(got, expected[name].astype(dtype), name, mistakes, tol)


def draw_affine(rng, D, M):
    """An affine layer from D to M."""
    w = rng.normal(size=(D, M)) / np.sqrt(D)
    return {"kind": "affine", "name": "affine", "w": w, "b": rng.normal(size=M)}


def draw_conv(rng, F, C, size, stride, pad):
    """A convolution with F filters."""
    w = rng.normal(size=(F, C, *size))
    conv = {"kind": "conv", "name": "conv", "w": w, "b": rng.normal(size=F)}
    return conv | {"stride": stride, "pad": pad}


def draw_scale(rng, C):
    """A factor and a summand for each of C channels or units."""
    scale, shift = rng.normal(size=(2, C))
    return {"kind": "scale", "name": "scale", "scale": scale, "shift": shift}


def draw_norm(rng, C, groups):
    """A normalisation of C channels or units in groups."""
    gamma, beta = rng.normal(size=(2, C))
    return {"kind": "norm", "name": "norm", "groups": groups, "gamma": gamma, "beta": beta}


def plain(*kinds):
    """Layers that have nothing but their kind."""
    return [{"kind": name, "name": name} for name in kinds]


def require_trace(student, layers, x, tol=ROUNDING):
    """Require what comes out of each layer, the first wrong one named."""
    expected = oracle.layer_outputs(layers, x.astype(np.float64))
    got = student.pages.live.moving.trace(layers, x)
    assert_that(type(got) is list, "trace should return a list.", "a list", kind(got))
    message = "The list should hold the output of every layer, and nothing else."
    assert_that(len(got) == len(layers), message, f"{len(layers)} arrays", f"{len(got)}")
    for place, (one, other, layer) in enumerate(zip(got, expected, layers)):
        what = f"what comes out of layer {place}, {layer['kind']},"
        assert_close(one, other.astype(x.dtype), what, tol)


def narrow(layers):
    """The same layers in float32."""
    return [
        {k: v.astype(np.float32) if type(v) is np.ndarray else v for k, v in layer.items()}
        for layer in layers
    ]


def require_difference(student, ours, theirs, expected, what, **options):
    """Require the place of the first layer that differs, or None."""
    got = student.pages.live.moving.first_difference(ours, theirs, **options)
    plain_number = got is None or (isinstance(got, int | np.integer) and type(got) is not bool)
    message = "first_difference should return a whole number or None."
    assert_that(plain_number, message, "an int or None", kind(got))
    message = f"{what}: another layer is the first to differ."
    if expected is None:
        message = f"{what}: none of the layers differs."
    assert_that(got == expected, message, str(expected), str(got))


def require_quantized(student, w, bits=8, given=True):
    """Require low and step, and codes that are off by half a step at most."""
    options = {"bits": bits} if given else {}
    result = student.pages.live.moving.quantize(w, **options)
    codes, low, step = take(result, "codes", "low", "step")
    expected = oracle.codes_exactly(w, bits)
    assert_close(low, expected["low"], "low")
    assert_close(step, expected["step"], "step")
    require_array(codes, "codes", shape=w.shape, dtype=np.uint8)
    off = np.abs(codes.astype(np.float64) - expected["places"])
    message = f"With {bits} bits, {int(np.sum(off > HALF))} of {w.size} codes are not the nearest."
    where = np.unravel_index(int(np.argmax(off)), off.shape) if off.ndim else ()
    numbers = f"near {expected['places'][where]:.2f}", f"{int(codes[where])}"
    assert_that(float(off.max()) <= HALF, message, *numbers)


def require_colours(student, values, largest=None):
    """Require the nearest red, green and blue of each number."""
    options = {} if largest is None else {"largest": largest}
    got = student.pages.live.moving.diverging_colours(values, **options)
    colours = oracle.mixed_colours(values, largest, NEGATIVE, ZERO, POSITIVE)
    require_array(got, "the colours", shape=(*values.shape, 3), dtype=np.uint8)
    if _off(got, colours["right"]) <= HALF:
        return
    for key, sentence in (
        ("turned", "Negative numbers are orange and positive ones blue."),
        ("stretched", "The colours run from the smallest number to the largest: 0 is not white."),
    ):
        if _off(got, colours[key]) <= HALF:
            raise CheckFailure(sentence)
    off = np.abs(got.astype(np.float64) - colours["right"]).max(axis=-1)
    where = np.unravel_index(int(np.argmax(off)), off.shape)
    wanted = ", ".join(f"{part:.1f}" for part in colours["right"][where])
    message = f"The colour of {values[where]:.4g} is not the nearest."
    raise CheckFailure(message, wanted, ", ".join(str(part) for part in got[where].tolist()))


def _off(got, colours):
    return float(np.abs(got.astype(np.float64) - colours).max(initial=0))


def require_smoothed(student, values, decay=0.9, given=True):
    """Require the corrected running average of a curve."""
    options = {"decay": decay} if given else {}
    got = student.pages.live.moving.smoothed(values, **options)
    expected = oracle.corrected_averages(values, decay)
    slips = [(expected["raw"], "The average begins near 0: divide by 1 - decay**t.")]
    assert_no_mistake(got, expected["right"], "the smoothed curve", slips)
