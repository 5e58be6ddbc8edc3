"""Checks of the notebook `live_networks`."""

import numpy as np

from cs231n.checks.api import ROUNDING32, exercise
from cs231n.checks.judge.live import (
    draw_affine,
    draw_conv,
    draw_folding,
    draw_norm,
    draw_scale,
    narrow,
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


@exercise("live-pack", weight=2)
def numbers_become_text(student, rng):
    require_packed(student, rng.normal(size=(2, 3)))


@exercise("live-pack")
def half_as_many_bytes_are_enough_for_some(student, rng):
    require_packed(student, rng.normal(size=(5, 2)), "float16")


@exercise("live-pack")
def numbers_may_lie_in_any_order(student, rng):
    for layout in ("transposed", "every other"):
        require_packed(student, rng.normal(size=(3, 2, 4)), layout=layout)


@exercise("live-pack")
def numbers_may_come_from_other_machines_and_lists(student, rng):
    for layout in ("big-endian", "a list"):
        require_packed(student, rng.normal(size=(3, 5)), "float32", layout)


@exercise("live-pack")
def whole_numbers_and_few_numbers_are_packed_too(student, rng):
    require_packed(student, rng.integers(-9, 9, size=7).astype(np.int64))
    require_packed(student, np.zeros((3, 0)))
    require_packed(student, np.array(rng.normal()))
    require_packed(student, rng.normal(size=40).astype(np.float32))


@exercise("live-unpack", weight=2)
def text_becomes_numbers(student, rng):
    require_unpacked(student, rng.normal(size=(3, 5)))


@exercise("live-unpack")
def two_bytes_a_number_are_read_too(student, rng):
    require_unpacked(student, rng.normal(size=(2, 7)), "float16")


@exercise("live-unpack")
def any_shape_is_filled(student, rng):
    for shape in ((1,), (2, 3, 5, 7), (4, 1)):
        require_unpacked(student, rng.normal(size=shape))


@exercise("live-fold", weight=2)
def a_convolution_takes_its_normalisation_in(student, rng):
    require_folded(student, draw_folding(rng, picture=True))


@exercise("live-fold", weight=2)
def an_affine_layer_takes_its_normalisation_in(student, rng):
    require_folded(student, draw_folding(rng, picture=False))


@exercise("live-fold")
def as_many_inputs_as_outputs_are_no_trap(student, rng):
    arrays = draw_folding(rng, picture=False)
    require_folded(student, (rng.normal(size=(5, 5)), *arrays[1:]))
    require_folded(student, (rng.normal(size=(5, 5, 5, 5)), *arrays[1:]))


@exercise("live-fold")
def eps_may_be_another_and_the_variance_small(student, rng):
    *arrays, var = draw_folding(rng, picture=True)
    require_folded(student, (*arrays, 0.01 * var), eps=0.03)
    require_folded(student, (*arrays, 1e-5 * var), given=False)


@exercise("live-fold")
def float32_stays_float32(student, rng):
    w, b, *rest = draw_folding(rng, picture=True)
    arrays = (w.astype(np.float32), b.astype(np.float32), *rest)
    require_folded(student, arrays, tol=ROUNDING32)


@exercise("live-trace", weight=3)
def a_fully_connected_network_is_followed(student, rng):
    layers = [draw_affine(rng, 6, 5), *plain("relu"), draw_affine(rng, 5, 3), *plain("softmax")]
    require_trace(student, layers, rng.normal(size=6))


@exercise("live-trace", weight=2)
def a_convolutional_network_is_followed(student, rng):
    layers = [
        draw_conv(rng, 4, 3, (3, 2), 1, 1),
        draw_scale(rng, 4),
        *plain("relu"),
        {"kind": "pool", "name": "pool", "size": [2, 3], "stride": 2},
        draw_affine(rng, 4 * 2 * 3, 5),
    ]
    require_trace(student, layers, rng.normal(size=(3, 5, 6)))


@exercise("live-trace")
def channels_and_units_are_scaled_each_by_its_own(student, rng):
    require_trace(student, [draw_scale(rng, 4)], rng.normal(size=(4, 4, 4)))
    require_trace(student, [draw_scale(rng, 5), draw_norm(rng, 5, 1)], rng.normal(size=5))


@exercise("live-trace")
def scores_may_be_far_apart(student, rng):
    x = np.array([1000.0, -1000.0, 999.0, 0.0]) + rng.uniform(size=4)
    require_trace(student, plain("softmax"), x)


@exercise("live-trace")
def float32_is_kept_by_every_layer(student, rng):
    layers = [draw_conv(rng, 3, 2, (2, 2), 2, 0), draw_norm(rng, 3, 3), draw_affine(rng, 12, 4)]
    layers = narrow([*layers, draw_scale(rng, 4), *plain("relu", "softmax")])
    x = rng.normal(size=(2, 4, 5)).astype(np.float32)
    require_trace(student, layers, x, ROUNDING32)


def draw_outputs(rng):
    """What came out of four layers, of different sizes and magnitudes."""
    shapes, sizes = ((3, 4, 2), (3, 4, 2), (7,), (5,)), (100.0, 1.0, 20.0, 0.5)
    return [size * rng.uniform(-1, 1, size=shape) for shape, size in zip(shapes, sizes)]


def changed(outputs, place, change):
    """The same outputs with a changed entry in the middle of a layer."""
    theirs = [np.array(values) for values in outputs]
    theirs[place].flat[theirs[place].size // 2] += change
    return theirs


@exercise("live-difference", weight=2)
def the_first_layer_that_differs_is_found(student, rng):
    ours = draw_outputs(rng)
    require_difference(student, ours, ours, None, "the same numbers twice")
    for place in (3, 1, 0, 2):
        theirs = changed(changed(ours, place, 30.0), 3, 30.0)
        require_difference(student, ours, theirs, place, f"layers {place} and 3 are changed")


@exercise("live-difference")
def differences_are_measured_by_the_largest_number(student, rng):
    ours = draw_outputs(rng)
    for place in (0, 2):
        unit = np.abs(ours[place]).max()
        for factor, expected in ((0.9e-4, None), (-1.1e-4, place)):
            theirs = changed(ours, place, factor * unit)
            what = f"one number of layer {place} is off by {factor:.1e} of the largest"
            require_difference(student, ours, theirs, expected, what)
    theirs = changed(ours, 1, 0.04 * np.abs(ours[1]).max())
    require_difference(student, ours, theirs, None, "4 % with tol=0.05", tol=0.05)
    require_difference(student, ours, theirs, 1, "4 % with tol=0.03", tol=0.03)


@exercise("live-difference")
def a_layer_of_zeros_has_the_unit_one(student, rng):
    ours = draw_outputs(rng)
    ours[1] = np.zeros((3, 4, 2))
    require_difference(student, ours, changed(ours, 1, 2e-4), 1, "2e-4 in a layer of zeros")
    require_difference(student, ours, changed(ours, 1, 5e-5), None, "5e-5 in a layer of zeros")


@exercise("live-difference")
def what_is_no_finite_number_counts(student, rng):
    ours = draw_outputs(rng)
    for strange in (np.nan, np.inf):
        theirs = changed(ours, 2, strange)
        require_difference(student, ours, theirs, 2, f"{strange} in their layer 2")
        require_difference(student, theirs, ours, 2, f"{strange} in our layer 2")
        require_difference(student, theirs, theirs, None, f"{strange} in both")


@exercise("live-difference")
def shapes_and_counts_differ_too(student, rng):
    ours = draw_outputs(rng)
    theirs = [ours[0], ours[1].reshape(4, 3, 2), *ours[2:]]
    require_difference(student, ours, theirs, 1, "layer 1 has another shape")
    same = [*ours[:2], np.full(7, ours[2][0]), ours[3]]
    theirs = [*ours[:2], ours[2][:1], ours[3]]
    require_difference(student, same, theirs, 2, "their layer 2 has one number, ours it 7 times")
    require_difference(student, ours, ours[:3], 3, "they have three layers of four")
    require_difference(student, ours[:1], ours, 1, "we have one layer of four")
    require_difference(student, [], ours, 0, "we have no layer")
    require_difference(student, [], [], None, "nobody has a layer")


@exercise("live-quantize", weight=2)
def every_number_has_the_nearest_code(student, rng):
    require_quantized(student, rng.normal(size=(7, 11)), given=False)


@exercise("live-quantize")
def fewer_bits_are_fewer_codes(student, rng):
    for bits in (1, 3, 4):
        require_quantized(student, rng.normal(size=(3, 5, 2)), bits)


@exercise("live-quantize")
def numbers_may_all_lie_on_one_side_of_zero(student, rng):
    require_quantized(student, rng.uniform(50, 51, size=30))
    require_quantized(student, -rng.uniform(3, 4, size=(4, 5)))


@exercise("live-quantize")
def all_numbers_may_be_the_same(student, rng):
    require_quantized(student, np.full((2, 3), rng.normal()))
    require_quantized(student, rng.normal(size=1))


@exercise("live-quantize")
def float32_is_quantised_as_exactly(student, rng):
    require_quantized(student, (1000 + rng.normal(size=(5, 9))).astype(np.float32))


@exercise("live-colours", weight=2)
def zero_is_in_the_middle_of_the_colours(student, rng):
    require_colours(student, np.array([[-1.5, 0.0, 3.0], [0.4, -0.2, 2.0]]))
    require_colours(student, rng.normal(size=(3, 5)) - 1)


@exercise("live-colours")
def what_is_beyond_the_largest_has_its_colour(student, rng):
    require_colours(student, 3 * rng.normal(size=(4, 6)), largest=1.5)
    require_colours(student, 0.1 * rng.normal(size=(4, 6)), largest=2.0)


@exercise("live-colours")
def zeros_alone_are_all_white(student, rng):
    require_colours(student, np.zeros((2, 3)))
    require_colours(student, np.zeros((2, 3)), largest=0.0)
    require_colours(student, np.array([rng.normal()]))
    require_colours(student, np.zeros((0, 2)))


@exercise("live-colours")
def one_sign_does_not_move_the_middle(student, rng):
    require_colours(student, rng.uniform(2, 5, size=(2, 3, 4)).astype(np.float32))
    require_colours(student, -rng.uniform(2, 5, size=9))


@exercise("live-smooth", weight=2)
def the_average_has_no_bias_towards_zero(student, rng):
    require_smoothed(student, (5 + rng.normal(size=12)).tolist(), given=False)


@exercise("live-smooth")
def any_decay_smooths(student, rng):
    for decay in (0.5, 0.99):
        require_smoothed(student, rng.normal(size=9), decay)


@exercise("live-smooth")
def decay_zero_changes_nothing_and_one_value_stays(student, rng):
    require_smoothed(student, rng.normal(size=6).tolist(), 0.0)
    require_smoothed(student, [float(rng.normal())])
