"""Where a filter stands on a picture: counting its places, and padding. Letters as in README.md."""

import numpy as np

__all__ = [
    "check_pictures",
    "check_precision",
    "count_places",
    "pad_batch_last",
    "unpad_batch_last",
]


def count_places(H, W, HH, WW, pad, stride):
    """Count the places where a filter can stand.

    OH = 1 + (H + 2 pad - HH) // stride, and OW likewise. Where the steps do not come out even, the
    last rows and columns stay unseen.

    Parameters
    ----------
    H, W : int
    HH, WW : int
    pad : int
        Zeros added on each side.
    stride : int

    Returns
    -------
    OH, OW : int

    Raises
    ------
    ValueError
        If the filter is larger than the padded picture, or a number makes no sense.
    """
    if min(HH, WW, stride) < 1 or pad < 0:
        raise ValueError(
            f"count_places: a filter of {HH} x {WW} with pad {pad} and stride {stride} makes no "
            "sense; sides and stride should be 1 or more, pad 0 or more."
        )
    if H + 2 * pad < HH or W + 2 * pad < WW:
        raise ValueError(
            f"count_places: a filter of {HH} x {WW} does not fit on a picture of {H} x {W} with "
            f"{pad} zeros on each side; take a smaller filter or more padding."
        )
    return 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride


def pad_batch_last(x, pad):
    """Pad pictures with zeros and put the batch on the last axis, where neighbours in memory are.

    Parameters
    ----------
    x : ndarray (N, C, H, W)
    pad : int

    Returns
    -------
    ndarray (C, H + 2 pad, W + 2 pad, N), dtype of x, contiguous
    """
    N, C, H, W = x.shape
    padded = np.zeros((C, H + 2 * pad, W + 2 * pad, N), dtype=x.dtype)
    padded[:, pad : pad + H, pad : pad + W] = x.transpose(1, 2, 3, 0)
    return padded


def unpad_batch_last(padded, pad):
    """Undo `pad_batch_last`: cut the padding off and put the batch first, (N, C, H, W)."""
    _, Hp, Wp, _ = padded.shape
    inner = padded[:, pad : Hp - pad, pad : Wp - pad]  # (C, H, W, N)
    return np.ascontiguousarray(inner.transpose(3, 0, 1, 2))


def check_pictures(name, x):
    """Raise unless x is a batch of pictures that the kernels take."""
    if x.ndim != 4:
        raise ValueError(f"{name}: x has shape {x.shape}; it should be (N, C, H, W).")
    check_precision(name, "x", x)


def check_precision(name, what, array):
    """Raise TypeError unless the array is of float32 or float64."""
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{name}: {what} is of {array.dtype}; it should be float32 or float64: "
            f"{what}.astype(np.float32)."
        )


def check_upstream(name, dout, shape, dtype=None):
    """Raise unless dout has the shape of what the forward function returned, and this dtype."""
    if dout.shape != tuple(shape):
        raise ValueError(
            f"{name}: dout has shape {dout.shape}; it should be {tuple(shape)}, that of out."
        )
    if dtype is None:
        check_precision(name, "dout", dout)
    else:
        check_same_dtype(name, "dout", dout, dtype)


def check_same_dtype(name, what, array, dtype):
    """Raise TypeError unless the array is of the dtype of x."""
    if array.dtype != dtype:
        raise TypeError(
            f"{name}: {what} is of {array.dtype}; it should be {dtype}, as x is: "
            f"{what}.astype(np.{dtype})."
        )
