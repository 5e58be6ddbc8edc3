"""Features: brightness, hues, oriented gradients, standardising, stacking."""

import colorsys

import numpy as np
import pytest

from cs231n.features import (
    color_histogram_hsv,
    extract_features,
    hog_feature,
    hog_features,
    rgb2gray,
    rgb_to_hsv,
    standardize_features,
)

pytestmark = pytest.mark.assignment1

# The same sums in another order.
ROUNDING = 1e-12


def hog_by_loops(im, cell=8, bins=9):
    """Dalal and Triggs pixel by pixel, for a grey picture; blocks of 2 x 2 cells side by side."""
    H, W = im.shape
    votes = np.zeros((H // cell, W // cell, bins))
    for y in range(H // cell * cell):
        for x in range(W // cell * cell):
            gx = im[y, min(x + 1, W - 1)] - im[y, max(x - 1, 0)]
            gy = im[min(y + 1, H - 1), x] - im[max(y - 1, 0), x]
            place = np.degrees(np.arctan2(gy, gx)) % 180 / (180 / bins)
            low = int(place)
            cell_votes = votes[y // cell, x // cell]
            cell_votes[low % bins] += np.hypot(gx, gy) * (1 - (place - low))
            cell_votes[(low + 1) % bins] += np.hypot(gx, gy) * (place - low)
    for y in range(0, H // cell, 2):
        for x in range(0, W // cell, 2):
            block = votes[y : y + 2, x : x + 2]
            block /= np.sqrt(np.sum(block**2) + 1e-10)
            block[:] = np.minimum(block, 0.2)
            block /= np.sqrt(np.sum(block**2) + 1e-10)
    return votes.ravel()


def test_rgb2gray_weighs_the_colours_as_bt601_does():
    pixels = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]])
    np.testing.assert_allclose(rgb2gray(pixels), [76.245, 149.685, 29.07, 255], rtol=ROUNDING)


def test_rgb_to_hsv_equals_colorsys(rng):
    corners = np.stack(np.meshgrid(*[[0, 0.5, 1.0]] * 3), axis=-1).reshape(-1, 3)
    rgb = np.concatenate([corners, rng.uniform(size=(200, 3))])
    expected = [colorsys.rgb_to_hsv(*pixel) for pixel in rgb]
    np.testing.assert_allclose(rgb_to_hsv(rgb), expected, rtol=ROUNDING, atol=ROUNDING)


def test_hue_stays_below_a_full_turn():
    hue = rgb_to_hsv(np.array([1.0, 0.0, 1e-18]))[0]
    assert hue == 0


@pytest.mark.parametrize("shape", [(32, 32), (16, 24), (27, 40), (8, 8)])
def test_hog_equals_its_definition_in_loops(rng, shape):
    im = rng.uniform(0, 255, size=shape)
    np.testing.assert_allclose(hog_feature(im), hog_by_loops(im), rtol=1e-9, atol=1e-9)


def test_hog_of_a_picture_of_32_has_144_numbers(rng):
    assert hog_feature(rng.integers(256, size=(32, 32, 3)).astype(np.uint8)).shape == (144,)


def test_hog_of_colour_is_that_of_its_brightness(rng):
    im = rng.uniform(0, 255, size=(16, 24, 3))
    np.testing.assert_array_equal(hog_feature(im), hog_feature(rgb2gray(im)))


def test_hog_sees_the_direction_of_an_edge():
    im = np.zeros((16, 16))
    im[:, 8:] = 1.0  # the gradient points along x: bin 0
    assert set(np.flatnonzero(hog_feature(im)) % 9) == {0}
    # Along y, a quarter turn: shared by the bins around 4.5.
    assert set(np.flatnonzero(hog_feature(im.T)) % 9) == {4, 5}


@pytest.mark.parametrize("change", [lambda im: 3 * im, lambda im: im + 40, lambda im: 255 - im])
def test_hog_is_unchanged_by_light(rng, change):
    im = rng.uniform(0, 255, size=(32, 32))
    np.testing.assert_allclose(hog_feature(change(im)), hog_feature(im), rtol=1e-6, atol=1e-9)


def test_hog_of_a_constant_picture_is_zero():
    np.testing.assert_array_equal(hog_feature(np.full((16, 16, 3), 7.0)), np.zeros(36))


def test_hog_refuses_what_is_no_picture():
    with pytest.raises(ValueError, match=r"at least 8 pixels each way, but it is \(5, 9\)"):
        hog_feature(np.zeros((5, 9)))


def test_color_histogram_of_three_colours():
    im = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [0, 0, 128]]], dtype=np.uint8)
    np.testing.assert_array_equal(color_histogram_hsv(im), [0.25, 0, 0, 0.25, 0, 0, 0.5, 0, 0, 0])


def test_color_histogram_counts_without_normalisation():
    im = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [0, 0, 128]]], dtype=np.uint8)
    np.testing.assert_array_equal(color_histogram_hsv(im, nbin=2, normalized=False), [2, 2])


def test_color_histogram_is_zero_where_nothing_counts():
    im = np.full((2, 3, 3), 255, dtype=np.uint8)  # grey: hue 0, which is below xmin
    np.testing.assert_array_equal(color_histogram_hsv(im, nbin=4, xmin=100), np.zeros(4))


def test_standardize_features_of_two_columns():
    train, test = np.array([[1.0, 10.0], [3.0, 10.0]]), np.array([[5.0, 13.0]])
    got = standardize_features(train, test)
    np.testing.assert_array_equal(got[0], [[-1.0, 0.0], [1.0, 0.0]])
    np.testing.assert_array_equal(got[1], [[3.0, 3.0]])


def test_standardize_features_knows_a_constant_column_despite_rounding():
    train = np.full((7, 1), 0.1)  # whose computed standard deviation is 1e-17, not 0
    (got,) = standardize_features(train)
    assert np.abs(got).max() < ROUNDING


def test_standardize_features_changes_no_input(rng):
    train, test = rng.normal(size=(5, 3)), rng.normal(size=(2, 3))
    before = train.copy(), test.copy()
    standardize_features(train, test)
    np.testing.assert_array_equal(train, before[0])
    np.testing.assert_array_equal(test, before[1])


def test_extract_features_stacks_columns_in_order(rng):
    imgs = rng.integers(256, size=(5, 16, 24, 3)).astype(np.uint8)

    def brightness(im):
        return im.mean()

    got = extract_features(imgs, [brightness, hog_feature, color_histogram_hsv])
    rows = [[im.mean(), *hog_feature(im), *color_histogram_hsv(im)] for im in imgs]
    np.testing.assert_allclose(got, rows, rtol=ROUNDING, atol=ROUNDING)


def test_hog_of_many_pictures_equals_one_by_one(rng):
    imgs = rng.integers(256, size=(503, 8, 8)).astype(np.uint8)  # more than are treated at once
    np.testing.assert_allclose(hog_features(imgs), [hog_feature(im) for im in imgs], rtol=ROUNDING)


def test_extract_features_shows_progress_when_asked(rng, capsys):
    imgs = rng.integers(256, size=(3, 8, 8, 3)).astype(np.uint8)
    extract_features(imgs, [color_histogram_hsv], verbose=True)
    assert "features" in capsys.readouterr().err


@pytest.mark.parametrize(("count", "functions"), [(0, [hog_feature]), (3, [])])
def test_extract_features_refuses_nothing(count, functions):
    with pytest.raises(ValueError, match="it needs one of each at least"):
        extract_features(np.zeros((count, 8, 8)), functions)
