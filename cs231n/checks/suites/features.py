"""Checks of the notebook `features`."""

import colorsys

import numpy as np

from cs231n.checks.api import assert_close, assert_that, exercise, kind, oracle
from cs231n.checks.judge.handed_in import check_steps, feature_rows, load_network, require_accuracy

# Per cent of unseen pictures; each step counts. What nets reach: tests/cs231n/handin/test_nets.py
FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL = 45, 54, 60, 66
REMEDY = "run the last cell of features"
# A tiny number added to the standard deviation shows only where a column never varies.
TINY_ADDITION = 1e-6


def picture_of_hues(rng, shape, nbin, scale):
    """A picture whose hues lie well inside the bins, so that rounding puts none into another."""
    hues = (rng.integers(nbin, size=shape) + rng.uniform(0.2, 0.8, size=shape)) / nbin
    colours = [colorsys.hsv_to_rgb(h, rng.uniform(0.3, 1), rng.uniform(0.3, 1)) for h in hues.flat]
    return scale * np.reshape(colours, (*shape, 3))


def require_tuple(result, count):
    """The sets that came back, one for each that went in."""
    fits = isinstance(result, tuple) and len(result) == count
    msg = "standardize_features should return a tuple with one array for each argument."
    assert_that(fits, msg, f"a tuple of {count}", kind(result))
    return result


@exercise("color-histogram", weight=2)
def shares_match_the_definition(student, rng):
    im = picture_of_hues(rng, (5, 7), 12, 255)
    got = student.features.color_histogram_hsv(im, nbin=12)
    assert_close(got, oracle.hue_shares(im, 12, 0, 255), what="the histogram of 12 bins")


@exercise("color-histogram")
def pure_colours_fall_into_their_bins(student, rng):
    counts = rng.permutation([2, 5, 3])
    pixels = rng.permutation(np.repeat([[255, 0, 0], [0, 255, 0], [0, 0, 255]], counts, axis=0))
    got = student.features.color_histogram_hsv(pixels.reshape(2, 5, 3).astype(np.uint8))
    expected = np.zeros(10)
    expected[[0, 3, 6]] = counts / 10  # red at 0, green at a third, blue at two thirds
    assert_close(got, expected, what="the histogram of red, green and blue pixels")


@exercise("color-histogram")
def counts_are_returned_where_asked_for(student, rng):
    im = picture_of_hues(rng, (5, 7), 8, 255)
    got = student.features.color_histogram_hsv(im, nbin=8, normalized=False)
    assert_that(type(got) is np.ndarray, "The histogram should be an array.", "array", kind(got))
    expected = 35 * oracle.hue_shares(im, 8, 0, 255)
    assert_close(got.astype(np.float64), expected, what="the histogram with normalized=False")


@exercise("color-histogram")
def the_range_follows_xmin_and_xmax(student, rng):
    im = picture_of_hues(rng, (5, 7), 6, 1.0)
    im[0, 0] = colorsys.hsv_to_rgb(0.9, 1, 1)  # so that a pixel counts
    got = student.features.color_histogram_hsv(im, nbin=3, xmin=0.5, xmax=1.0)
    assert_close(got, oracle.hue_shares(im, 3, 0.5, 1.0), what="the histogram from 0.5 to 1")


@exercise("standardize-features", weight=2)
def training_features_match_the_formula(student, rng):
    train = rng.normal(3, 5, size=(7, 4)) * [1, 10, 0.1, 1]
    (got,) = require_tuple(student.features.standardize_features(train), 1)
    assert_close(got, oracle.standardized(train, train), "train", TINY_ADDITION)


@exercise("standardize-features", weight=3)
def other_sets_take_mean_and_std_from_training(student, rng):
    train, val, test = (rng.normal(i, 2 + i, size=(5 + 2 * i, 4)) for i in range(3))
    got = require_tuple(student.features.standardize_features(train, val, test), 3)
    for what, before, after in zip(("train", "val", "test"), (train, val, test), got):
        assert_close(after, oracle.standardized(train, before), what, TINY_ADDITION)


@exercise("standardize-features")
def a_column_that_never_varies_is_shifted_only(student, rng):
    train, test = rng.normal(size=(8, 4)), rng.normal(size=(3, 4))
    train[:, 2] = 4.0
    got = require_tuple(student.features.standardize_features(train, test), 2)
    assert_close(got[0], oracle.standardized(train, train), "train", TINY_ADDITION)
    assert_close(got[1], oracle.standardized(train, test), "test", TINY_ADDITION)


def require_net_accuracy(student, pictures, percent):
    """Require an accuracy of hand_in/best_features.npz."""
    arrays = load_network(student, "best_features.npz", REMEDY)
    require_accuracy(student, arrays, *feature_rows(arrays, pictures), percent)


check_steps("features-tuned", require_net_accuracy, (FIRST_STEP, SECOND_STEP, THIRD_STEP, GOAL))
