"""Hidden checks of the notebook `live_networks`: other shapes, deeper nets, all bits."""

from cs231n.checks.api import exercise
from cs231n.checks.judge.live import (
    draw_affine,
    draw_conv,
    draw_folding,
    draw_norm,
    draw_scale,
    plain,
    require_colours,
    require_difference,
    require_folded,
    require_packed,
    require_quantized,
    require_smoothed,
    require_trace,
    require_unpacked,
)


@exercise("live-pack", hidden=True)
def many_numbers_of_any_size(student, rng):
    require_packed(student, rng.normal(size=(11, 3, 5)) * 10.0 ** rng.integers(-4, 4))
    require_packed(student, rng.normal(size=(6, 2)), "float16", "transposed")


@exercise("live-unpack", hidden=True)
def many_numbers_come_back(student, rng):
    require_unpacked(student, rng.normal(size=(3, 1, 9, 2)))
    require_unpacked(student, rng.normal(size=17), "float16")


@exercise("live-fold", hidden=True)
def any_layer_and_any_eps(student, rng):
    for picture in (True, False):
        require_folded(student, draw_folding(rng, picture), eps=float(rng.uniform(1e-3, 0.5)))


@exercise("live-trace", hidden=True)
def a_deeper_network_is_followed(student, rng):
    layers = [
        draw_conv(rng, 4, 1, (1, 3), 2, 2),
        draw_norm(rng, 4, 2),
        *plain("relu"),
        draw_conv(rng, 6, 4, (2, 2), 1, 0),
        draw_scale(rng, 6),
        draw_affine(rng, 6 * 4 * 5, 3),
        *plain("softmax"),
    ]
    require_trace(student, layers, rng.normal(size=(1, 6, 9)))


@exercise("live-difference", hidden=True)
def differences_of_many_layers(student, rng):
    ours = [rng.normal(size=(2, k + 1)) for k in range(9)]
    place = int(rng.integers(9))
    theirs = [values + (k >= place) for k, values in enumerate(ours)]
    require_difference(student, ours, theirs, place, f"all from layer {place} on are changed")
    near = [values * (1 + 1e-6) for values in ours]
    require_difference(student, ours, near, None, "all numbers are off by a millionth")


@exercise("live-quantize", hidden=True)
def any_number_of_bits(student, rng):
    for bits in range(1, 9):
        require_quantized(student, rng.normal(size=(4, 6)) * 10.0 ** rng.integers(-5, 5), bits)


@exercise("live-colours", hidden=True)
def any_shape_of_numbers(student, rng):
    require_colours(student, rng.normal(size=(2, 3, 4, 5)))
    require_colours(student, rng.normal(size=13), largest=float(rng.uniform(0.1, 3)))


@exercise("live-smooth", hidden=True)
def long_curves_are_smoothed(student, rng):
    require_smoothed(student, rng.normal(size=60), float(rng.uniform(0.1, 0.999)))
