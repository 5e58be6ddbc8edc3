"""Features of pictures: histograms of oriented gradients for shapes, of hues for colours.

`extract_features` stacks them into the rows that a classifier learns from; `standardize_features`
brings their columns to one scale.
"""

import numpy as np
from tqdm import tqdm

ORIENTATIONS = 9  # bins for the direction of an edge, over half a turn
CELL = 8  # pixels along a side of a cell
CLIP = 0.2  # largest entry of a normalised block, so that one strong edge does not drown the rest
CHUNK = 500  # pictures treated together, few enough to stay in the processor's cache


def extract_features(imgs, feature_fns, verbose=False):
    """Compute features of every picture, side by side in one row each.

    Parameters
    ----------
    imgs : ndarray, shape (N, H, W, C) or (N, H, W)
    feature_fns : list of callables
        Each takes one picture and returns its features, (F_k,) or a number. One that has an
        attribute `batch`, a function of all pictures at once, is computed by that.
    verbose : bool
        Show a progress bar.

    Returns
    -------
    ndarray, shape (N, sum F_k), float64

    Raises
    ------
    ValueError
        If there are no pictures or no functions.
    """
    if len(imgs) == 0 or not feature_fns:
        msg = (
            f"extract_features: got {len(imgs)} pictures and {len(feature_fns)} functions; "
            "it needs one of each at least."
        )
        raise ValueError(msg)
    columns = []
    for function in feature_fns:
        if hasattr(function, "batch"):
            columns.append(function.batch(imgs))
        else:
            rows = tqdm(imgs, desc="features", unit="picture", disable=not verbose)
            columns.append(np.stack([np.ravel(function(im)) for im in rows]))
    return np.concatenate(columns, axis=1).astype(np.float64, copy=False)


def rgb2gray(rgb):
    """Brightness of pixels as the eye weighs them: 0.299 R + 0.587 G + 0.114 B.

    Parameters
    ----------
    rgb : ndarray, shape (..., 3)

    Returns
    -------
    ndarray, shape (...), float64

    References
    ----------
    ITU-R Recommendation BT.601, section 2.5.1.
    """
    return rgb[..., :3] @ np.array([0.299, 0.587, 0.114])


def rgb_to_hsv(rgb):
    """Hue, saturation and value of pixels.

    Parameters
    ----------
    rgb : ndarray, shape (..., 3)
        Red, green and blue from 0 to 1.

    Returns
    -------
    ndarray, shape (..., 3), float64
        Hue from 0 to below 1 around the colour circle (red 0, green 1/3, blue 2/3; grey counts as
        0), saturation and value from 0 to 1.

    References
    ----------
    A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978.
    """
    red, green, blue = np.moveaxis(np.asarray(rgb, dtype=np.float64), -1, 0)
    value = np.maximum(np.maximum(red, green), blue)
    chroma = value - np.minimum(np.minimum(red, green), blue)
    safe = np.where(chroma > 0, chroma, 1)
    sixth = np.select(
        [value == red, value == green],
        [(green - blue) / safe, 2 + (blue - red) / safe],
        4 + (red - green) / safe,
    )
    hue = np.where(chroma > 0, sixth / 6 % 1.0, 0)
    hue = np.where(hue < 1, hue, 0)  # a hair below red rounds to a full turn
    saturation = chroma / np.where(value > 0, value, 1)
    return np.stack([hue, saturation, value], axis=-1)


def hog_feature(im):
    """Histogram of oriented gradients: which edges lie where, whatever their colour.

    The picture is cut into cells of 8 x 8 pixels. In each cell every pixel votes, with the
    magnitude of its gradient, for the direction of the gradient in 9 bins over half a turn; a vote
    is shared between the two nearest bins. Blocks of 2 x 2 cells are scaled to length 1, clipped
    at 0.2, and scaled again.

    Parameters
    ----------
    im : ndarray, shape (H, W, 3) or (H, W)

    Returns
    -------
    ndarray, shape (9 * (H // 8) * (W // 8),), float64
        Ordered by row of cells, column of cells, bin: 144 numbers for a picture of 32 x 32.

    References
    ----------
    N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005,
    section 6; here blocks do not overlap, so that each cell counts once.
    """
    return hog_features(np.asarray(im)[None])[0]


def hog_features(imgs):
    """`hog_feature` of every picture of an array, (N, H, W, 3) or (N, H, W); returns (N, F).

    Raises
    ------
    ValueError
        If the pictures are smaller than a cell, or not pictures.
    """
    imgs = np.asarray(imgs)
    if imgs.ndim not in (3, 4) or min(imgs.shape[1:3]) < CELL:
        msg = (
            f"hog_feature: a picture should be (H, W) or (H, W, 3), at least {CELL} pixels each "
            f"way, but it is {imgs.shape[1:]}."
        )
        raise ValueError(msg)
    chunks = [imgs[low : low + CHUNK] for low in range(0, len(imgs), CHUNK)]
    return np.concatenate([_normalise_blocks(_cell_histograms(chunk)) for chunk in chunks])


hog_feature.batch = hog_features


def _cell_histograms(imgs):
    """Votes (N, rows, columns, ORIENTATIONS) of the cells of pictures."""
    grey = rgb2gray(imgs) if imgs.ndim == 4 else imgs.astype(np.float64)
    padded = np.pad(grey, ((0, 0), (1, 1), (1, 1)), mode="edge")
    gx = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]  # (N, H, W)
    gy = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    magnitude = np.hypot(gx, gy)
    turn = np.arctan2(gy, gx) / np.pi % 1.0 * ORIENTATIONS  # in bins, from 0 to ORIENTATIONS
    below = np.floor(turn)
    share = turn - below
    N, rows, columns = len(grey), grey.shape[1] // CELL, grey.shape[2] // CELL
    votes = np.zeros((N, rows, columns, ORIENTATIONS))
    for offset, part in ((0, (1 - share) * magnitude), (1, share * magnitude)):
        bins = (below + offset) % ORIENTATIONS
        for k in range(ORIENTATIONS):
            chosen = np.where(bins == k, part, 0)[:, : rows * CELL, : columns * CELL]
            cells = chosen.reshape(N, rows, CELL, columns, CELL)
            votes[..., k] += cells.sum(axis=(2, 4))
    return votes


def _normalise_blocks(votes):
    """Scale, clip and scale again (L2-Hys) each block of 2 x 2 cells; returns (N, F)."""
    out = np.empty_like(votes)
    for row in range(0, votes.shape[1], 2):
        for column in range(0, votes.shape[2], 2):
            block = votes[:, row : row + 2, column : column + 2]
            block = np.minimum(_unit_length(block), CLIP)
            out[:, row : row + 2, column : column + 2] = _unit_length(block)
    return out.reshape(len(votes), -1)


def _unit_length(block):
    return block / np.sqrt(np.sum(block**2, axis=(1, 2, 3), keepdims=True) + 1e-10)


def color_histogram_hsv(im, nbin=10, xmin=0, xmax=255, normalized=True):
    """Histogram of the hues of a picture's pixels.

    Hues, scaled to run from 0 to xmax, are counted in nbin bins of equal width from xmin to xmax.

    Parameters
    ----------
    im : ndarray, shape (H, W, 3)
        Red, green and blue from 0 to xmax.
    nbin : int
    xmin, xmax : float
        Hues outside count in no bin.
    normalized : bool
        Return shares of the counted pixels, which sum to 1; otherwise the counts.

    Returns
    -------
    ndarray, shape (nbin,), float64
        Zeros if no pixel counts.
    """
    ### BEGIN SOLUTION: take the hues from rgb_to_hsv, count them in bins, turn counts into shares
    hue = rgb_to_hsv(im / xmax)[..., 0] * xmax  # (H, W)
    counts, _ = np.histogram(hue, bins=nbin, range=(xmin, xmax))
    histogram = counts.astype(np.float64)
    return histogram / max(histogram.sum(), 1) if normalized else histogram
    ### END SOLUTION


def standardize_features(train, *others):
    """Shift and scale every column to mean 0 and standard deviation 1, as training data has it.

    out[i, j] = (x[i, j] - mean_j) / std_j

    mean_j and std_j are those of column j of `train`, with 1/N under the root, for all sets alike.
    A column that never varies in `train` is shifted, not scaled.

    Parameters
    ----------
    train : ndarray, shape (N, F), float
    *others : ndarrays, shape (M, F), float
        Such as validation and test features.

    Returns
    -------
    tuple of ndarray
        One for each argument, in order, even if there is only one.
    """
    ### BEGIN SOLUTION: mean and std from train alone; apply them to every set
    mean, std = train.mean(axis=0), train.std(axis=0)  # (F,)
    varies = train.max(axis=0) > train.min(axis=0)  # rounding may give a constant column a std
    std = np.where(varies, std, 1)
    return tuple((features - mean) / std for features in (train, *others))
    ### END SOLUTION
