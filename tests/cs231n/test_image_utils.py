"""Pictures on their way into a network and out of it."""

import numpy as np
import pytest
from PIL import Image

from cs231n.image_utils import (
    SQUEEZENET_MEAN,
    SQUEEZENET_STD,
    blur_image,
    deprocess_image,
    load_image,
    preprocess_image,
    resize_images,
    square,
)

pytestmark = pytest.mark.assignment2


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def test_blur_spreads_a_point_as_the_formula_says():
    X = np.zeros((1, 1, 15, 17))
    X[0, 0, 7, 8] = 1
    got = blur_image(X, sigma=1.5)[0, 0]
    d2 = (np.arange(15)[:, None] - 7) ** 2 + (np.arange(17) - 8) ** 2
    expected = np.exp(-d2 / (2 * 1.5**2))
    near = (np.abs(np.arange(15)[:, None] - 7) <= 5) & (np.abs(np.arange(17) - 8) <= 5)
    np.testing.assert_allclose(got[near], (expected / expected[near].sum())[near])
    assert not np.any(got[~near])


def test_blur_leaves_even_pictures_sums_and_types_alone(rng):
    even = np.full((2, 3, 5, 7), 3, dtype=np.float32)
    np.testing.assert_allclose(blur_image(even, 2.0), even, rtol=1e-6)
    assert blur_image(even).dtype == np.float32
    X = rng.standard_normal((2, 3, 8, 9))
    before = X.copy()
    assert blur_image(X, 1.0).sum() == pytest.approx(X.sum())  # borders are mirrored
    np.testing.assert_array_equal(blur_image(X, 0), X)
    np.testing.assert_array_equal(X, before)


def test_blur_refuses_a_negative_width():
    with pytest.raises(ValueError, match=r"sigma is -1; it should be 0 or more"):
        blur_image(np.zeros((1, 3, 4, 5)), -1)


def test_preprocessing_is_standardising_and_can_be_undone(picture):
    X = preprocess_image(picture)
    expected = (picture[2, 4] / 255 - np.array([0.485, 0.456, 0.406])) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(X[2, 4], expected, rtol=1e-5)
    assert X.dtype == np.float32
    np.testing.assert_array_equal(deprocess_image(X), picture)
    np.testing.assert_array_equal(deprocess_image(X[None]), picture[None])


def test_deprocessing_cuts_off_or_rescales():
    pixels = np.array([-0.5, 0.25, 1.5]).reshape(1, 3, 1).repeat(3, axis=2)
    X = (pixels - SQUEEZENET_MEAN) / SQUEEZENET_STD
    np.testing.assert_array_equal(deprocess_image(X)[0, :, 0], [0, 64, 255])
    np.testing.assert_array_equal(deprocess_image(X, rescale=True)[0, :, 0], [0, 96, 255])
    even = np.zeros((2, 2, 3)) - SQUEEZENET_MEAN / SQUEEZENET_STD
    assert not np.any(deprocess_image(even, rescale=True))


def test_load_image_reads_a_file_and_shrinks_its_shorter_side(picture, tmp_path):
    Image.fromarray(picture).save(tmp_path / "own.png")
    np.testing.assert_array_equal(load_image(tmp_path / "own.png"), picture)
    assert load_image(str(tmp_path / "own.png"), size=4).shape == (4, 6, 3)


def test_load_image_makes_three_channels_of_one(picture, tmp_path):
    Image.fromarray(picture[:, :, 0]).save(tmp_path / "grey.png")
    got = load_image(tmp_path / "grey.png")
    np.testing.assert_array_equal(got, picture[:, :, :1].repeat(3, axis=2))


def test_load_image_names_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*none.png"):
        load_image(tmp_path / "none.png")


def test_resizing_is_linear_between_pixels():
    X = np.array([[0.0, 8.0], [4.0, 12.0]]).reshape(1, 1, 2, 2)
    row = np.array([0, 2, 6, 8])  # pixel centres lie at 1/4 and 3/4 of the side
    expected = row + np.array([0, 1, 3, 4])[:, None]
    np.testing.assert_allclose(resize_images(X, 4, 4)[0, 0], expected)


def test_shrinking_takes_means_and_keeps_the_brightness(rng):
    X = rng.uniform(0, 1, (2, 3, 12, 9)).astype(np.float32)
    small = resize_images(X, 4, 3)
    assert (small.shape, small.dtype) == ((2, 3, 4, 3), np.float32)
    np.testing.assert_allclose(resize_images(np.ones((1, 1, 12, 9)), 5, 4), 1)
    np.testing.assert_allclose(resize_images(X, 12, 9), X, rtol=1e-6)


def test_square_takes_the_middle(picture):
    np.testing.assert_array_equal(square(picture, 6), picture[:, 1:7])
    tall = np.ascontiguousarray(picture.transpose(1, 0, 2))
    np.testing.assert_array_equal(square(tall, 6), tall[1:7])
    assert square(picture, 11).shape == (11, 11, 3)
