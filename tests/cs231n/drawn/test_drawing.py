"""Shapes, colours and random numbers of the drawn pictures."""

import numpy as np
import pytest

from cs231n.drawn import drawing
from cs231n.drawn.drawing import Canvas, Draws, Frame

EDGE = 0.02  # share of a shape's area that anti-aliasing and straight-line corners may cost


@pytest.fixture
def frame():
    """Two pictures of 40 pixels: units of 10 and of 8 pixels, the second mirrored, both tilted."""
    scale, mirror = (np.array(v, dtype=np.float32).reshape(2, 1, 1) for v in ([10, 8], [1, -1]))
    return Frame.place(40, 21.0, 19.0, scale, rotation=(0.8, 0.6), mirror=mirror)


@pytest.fixture
def draws(rng):
    return Draws(rng.integers(0, 2**64, size=(5000, 64), dtype=np.uint64))


@pytest.mark.parametrize(
    ("coverage", "area"),
    [
        (lambda f: drawing.disc(f, 0.1, -0.2, 0.9), np.pi * 0.81),
        (lambda f: drawing.ellipse(f, 0.1, 0, 1.2, 0.6), np.pi * 0.72),
        (lambda f: drawing.box(f, 0, 0.1, 1.1, 0.5), 2.2),
        (lambda f: drawing.segment(f, -0.5, 0, 0.7, 0.5, 0.3), 0.78 + np.pi * 0.09),
        (lambda f: drawing.polygon(f, (-1, -1), (1, -0.8), (0, 1)), 1.9),
    ],
    ids=["disc", "ellipse", "box", "segment", "polygon"],
)
def test_shapes_cover_their_area(frame, coverage, area):
    covered = coverage(frame)
    assert covered.dtype == np.float32
    assert covered.min() == 0
    assert covered.max() == 1
    pixels = area * frame.scale.ravel() ** 2
    np.testing.assert_allclose(covered.sum(axis=(1, 2)), pixels, rtol=EDGE)


def test_a_polygon_the_other_way_round_covers_nothing(frame):
    assert drawing.polygon(frame, (0, 1), (1, -0.8), (-1, -1)).max() == 0


def test_place_turns_clockwise_and_mirrors():
    one = np.ones((1, 1, 1), dtype=np.float32)
    quarter = Frame.place(5, 2.5, 2.5, one, rotation=(0, 1))
    assert (quarter.x[0, 4, 2], quarter.y[0, 4, 2]) == (2, 0)  # below the middle, the object's x
    mirrored = Frame.place(5, 2.5, 2.5, one, mirror=-1)
    assert mirrored.x[0, 2, 4] == -2


def test_coverage_is_half_on_an_edge_through_a_pixel():
    one = np.ones((1, 1, 1), dtype=np.float32)
    covered = drawing.box(Frame.place(5, 2.5, 2.5, one), 0, 0, 1, 1)
    np.testing.assert_array_equal(covered[0, 2], [0, 0.5, 1, 0.5, 0])


@pytest.mark.parametrize(
    ("hue", "rgb"),
    [
        (0, (1, 0, 0)),
        (1 / 6, (1, 1, 0)),
        (1 / 3, (0, 1, 0)),
        (0.5, (0, 1, 1)),
        (2 / 3, (0, 0, 1)),
        (5 / 6, (1, 0, 1)),
        (1, (1, 0, 0)),
        (-1 / 6, (1, 0, 1)),
    ],
)
def test_hues_are_where_the_colour_circle_has_them(hue, rgb):
    colour = drawing.hsv(*(np.full((1, 1, 1), v, dtype=np.float32) for v in (hue, 1, 1)))
    np.testing.assert_allclose(colour[0, :, 0, 0], rgb, atol=1e-6)  # float32 rounding of the hue


def test_saturation_fades_to_white_and_value_to_black():
    colour = drawing.hsv(*(np.full((1, 1, 1), v, dtype=np.float32) for v in (0, 0.5, 0.5)))
    np.testing.assert_allclose(colour[0, :, 0, 0], [0.5, 0.25, 0.25], rtol=1e-6)  # float32


def test_value_noise_stays_between_its_grid_numbers(rng):
    grid = rng.uniform(-1, 1, size=(3, 4, 4)).astype(np.float32)
    noise = drawing.value_noise(grid, 30)
    assert noise.shape == (3, 30, 30)
    assert (abs(noise).max(axis=(1, 2)) <= abs(grid).max(axis=(1, 2))).all()
    corner = noise[:, 0, 0] - grid[:, 0, 0]
    assert abs(corner).max() < 0.05  # half a pixel from the grid's corner


def test_paint_mixes_by_coverage_and_leaves_the_background_alone():
    background = np.zeros((1, 3, 1, 2), dtype=np.float32)
    canvas = Canvas(background)
    canvas.paint(np.array([[[0.25, 1.0]]]), np.array([1, 0.5, 0]).reshape(1, 3, 1, 1))
    np.testing.assert_allclose(canvas.pixels[0, :, 0], [[0.25, 1], [0.125, 0.5], [0, 0]])
    assert background.max() == 0


def test_words_belong_to_the_picture_and_not_to_the_request():
    key = np.array([5, 7], dtype=np.uint64)
    words = drawing.picture_words(key, 0, 9, 12)
    np.testing.assert_array_equal(drawing.picture_words(key, 3, 2, 12), words[3:5])


def test_words_come_in_whole_counters():
    with pytest.raises(ValueError, match=r"positive multiple of 4.*but is 6"):
        drawing.picture_words(np.zeros(2, dtype=np.uint64), 0, 1, 6)


def test_uniform_fills_its_interval_evenly(draws):
    numbers = draws.uniform(2, 5).ravel()
    assert numbers.dtype == np.float32
    counts, _ = np.histogram(numbers, bins=10, range=(2, 5))
    assert counts.sum() == 5000
    assert abs(counts - 500).max() < 5 * 21.2  # five standard deviations of a count


def test_around_is_centred_and_bounded(draws):
    numbers = draws.around(3, 2).ravel()
    assert abs(numbers - 3).max() <= 2
    assert abs(numbers.mean() - 3) < 5 * 0.0115  # five standard errors: 2 / sqrt(6) / sqrt(5000)


def test_turn_is_a_rotation_within_its_limit(draws):
    cos, sin = drawing.turn(draws, 0.4)
    np.testing.assert_allclose(cos**2 + sin**2, 1, atol=1e-6)
    angles = np.arctan2(sin, cos)
    assert 0.3 < abs(angles).max() < 0.41
    assert angles.min() < 0 < angles.max()


def test_chance_and_sign_are_as_likely_as_said(draws):
    assert abs(draws.chance(0.3).mean() - 0.3) < 5 * 0.0065
    sign = draws.sign()
    assert set(sign.ravel()) == {-1, 1}
    assert abs(sign.mean()) < 5 * 0.0142


def test_grain_is_a_triangle_over_minus_one_to_one(draws):
    grain = draws.grain(16)
    assert grain.shape == (5000, 16)
    assert (grain.min(), grain.max()) == (-1, 1)
    assert abs(grain.std() - np.sqrt(42.5) / 15) < 0.01  # two half-bytes, variance 21.25 each


def test_grain_comes_in_whole_words(draws):
    with pytest.raises(ValueError, match="multiple of 8 but is 12"):
        draws.grain(12)


def test_draws_tell_when_the_words_run_out(draws):
    draws.take(60)
    with pytest.raises(ValueError, match="65 words are wanted but each picture has 64"):
        draws.take(5)
