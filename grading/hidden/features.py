"""Hidden checks of the notebook `features`: other bins, other ranges, many constant columns."""

from cs231n.checks.api import assert_close, exercise, oracle
from cs231n.checks.suites.features import TINY_ADDITION, picture_of_hues, require_tuple


@exercise("color-histogram", hidden=True)
def histograms_of_other_bins(student, rng):
    for nbin, xmin, xmax in ((1, 0, 255), (30, 0, 255), (4, 0, 2.0)):
        im = picture_of_hues(rng, (9, 4), nbin, xmax)
        got = student.features.color_histogram_hsv(im, nbin=nbin, xmin=xmin, xmax=xmax)
        what = f"the histogram of {nbin} bins up to {xmax}"
        assert_close(got, oracle.hue_shares(im, nbin, xmin, xmax), what)


@exercise("standardize-features", hidden=True)
def features_with_many_constant_columns(student, rng):
    train, test = rng.normal(size=(6, 9)), rng.normal(size=(2, 9))
    train[:, ::2] = rng.integers(-4, 4, size=5)
    got = require_tuple(student.features.standardize_features(train, test), 2)
    assert_close(got[0], oracle.standardized(train, train), "train", TINY_ADDITION)
    assert_close(got[1], oracle.standardized(train, test), "test", TINY_ADDITION)
