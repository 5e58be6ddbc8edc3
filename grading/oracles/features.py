"""What the checks of the features expect, pixel by pixel and column by column."""

import colorsys
import statistics

import numpy as np


def hue_shares(im, nbin, xmin, xmax):
    """Shares (nbin,) of a picture's pixels by hue, by the standard library's colour circle.

    Parameters
    ----------
    im : ndarray, shape (H, W, 3), values from 0 to xmax
    nbin : int
    xmin, xmax : float
    """
    counts = [0] * nbin
    for pixel in im.reshape(-1, 3).tolist():
        hue = xmax * colorsys.rgb_to_hsv(*(value / xmax for value in pixel))[0]
        place = (hue - xmin) / (xmax - xmin) * nbin
        if 0 <= place < nbin:
            counts[int(place)] += 1
    return np.array([count / max(sum(counts), 1) for count in counts])


def standardized(train, features):
    """Columns of `features` (M, F), shifted and scaled by mean and spread of those of `train`."""
    columns = []
    for known, column in zip(train.T.tolist(), features.T.tolist()):
        mean, spread = statistics.fmean(known), statistics.pstdev(known)
        spread = spread if max(known) > min(known) else 1.0
        columns.append([(value - mean) / spread for value in column])
    return np.array(columns).T


ORACLES = [hue_shares, standardized]
