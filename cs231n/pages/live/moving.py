"""A network on its way to another runtime: packed, folded, quantised, and compared there."""

import base64

import numpy as np

__all__ = [
    "KINDS",
    "diverging_colours",
    "first_difference",
    "fold_batchnorm",
    "pack_floats",
    "quantize",
    "smoothed",
    "trace",
    "unpack_floats",
]

KINDS = {"float32": "<f4", "float16": "<f2"}  # "<" is little-endian: the lowest byte comes first
# Blue and orange are told apart by people who do not see red or green.
NEGATIVE, ZERO, POSITIVE = (0, 90, 160), (247, 247, 247), (190, 80, 0)


def pack_floats(values, kind="float32"):
    """Write numbers as text: their little-endian bytes in C order, in base64.

    Parameters
    ----------
    values : array_like of real numbers
        Of any shape, dtype, byte order and memory layout; may be empty.
    kind : {"float32", "float16"}
        What each number becomes: four bytes or two.

    Returns
    -------
    str
        ASCII, without line breaks.

    References
    ----------
    RFC 4648, section 4 (base64). The page reads it with atob and Float32Array.
    """
    ### BEGIN SOLUTION: convert to KINDS[kind], the bytes to base64, and return that as a str
    numbers = np.asarray(values).astype(KINDS[kind])
    return base64.b64encode(numbers.tobytes()).decode("ascii")
    ### END SOLUTION


def unpack_floats(text, shape, kind="float32"):
    """Read numbers that `pack_floats` wrote.

    Parameters
    ----------
    text : str
    shape : tuple of int
    kind : {"float32", "float16"}

    Returns
    -------
    ndarray, shape `shape`
        Of float32 or float16, as `kind` says. It may be written to.

    Raises
    ------
    ValueError
        If the text holds another count of numbers.
    """
    ### BEGIN SOLUTION: bytes from base64, numbers from bytes, one-dimensional and writable: numbers
    numbers = np.frombuffer(base64.b64decode(text), dtype=KINDS[kind]).astype(kind)
    ### END SOLUTION
    if numbers.size != np.prod(shape, dtype=int):
        raise ValueError(
            f"unpack_floats: the text holds {numbers.size} numbers, but the shape {tuple(shape)} "
            f"takes {np.prod(shape, dtype=int)}: is it packed as {kind}?"
        )
    return numbers.reshape(shape)


def fold_batchnorm(w, b, gamma, beta, mean, var, eps=1e-5):
    """Fold batch normalisation, as it is in testing, into the layer before it.

    In testing it is gamma * (z - mean) / sqrt(var + eps) + beta with constants for each channel or
    unit, so one convolution or affine layer with other weights gives the same.

    Parameters
    ----------
    w : ndarray, shape (F, C, HH, WW) or (D, M)
        Of a convolution with F filters, or an affine layer with M outputs.
    b : ndarray, shape (F,) or (M,)
    gamma, beta, mean, var : ndarray, shape (F,) or (M,)
        Of the normalisation; mean and var are its running averages.
    eps : float

    Returns
    -------
    w, b : ndarray
        Of the one layer; shapes and dtypes as before.

    References
    ----------
    B. Jacob et al., "Quantization and Training of Neural Networks for Efficient
    Integer-Arithmetic-Only Inference", CVPR 2018, equation 14.
    """
    ### BEGIN SOLUTION: one factor for each output, along its axis of w: folded_w, folded_b
    factor = gamma / np.sqrt(var + eps)  # (F,) or (M,)
    along_outputs = (-1, 1, 1, 1) if w.ndim == 4 else (1, -1)
    folded_w = w * factor.reshape(along_outputs)
    folded_b = (b - mean) * factor + beta
    ### END SOLUTION
    return folded_w.astype(w.dtype), folded_b.astype(b.dtype)


def trace(layers, x):
    """Run one example through a list of layers, and keep what comes out of each.

    Parameters
    ----------
    layers : list of dict
        Each with its "kind" and what belongs to it:
        "affine": w (D, M), b (M,); a picture is flattened in C order before.
        "conv": w (F, C, HH, WW), b (F,), stride, pad; `GIVEN` has it written.
        "pool": size (height, width), stride; `GIVEN` has it written.
        "norm": groups, gamma, beta; `GIVEN` has it written.
        "scale": scale and shift, (C,) for pictures (C, H, W), else (D,).
        "relu": nothing.
        "softmax": nothing; behind a list of scores, which may be 1,000 apart or more.
    x : ndarray, shape (C, H, W) or (D,)

    Returns
    -------
    list of ndarray
        What comes out of each layer, of the dtype of x.
    """
    outputs = []
    ### BEGIN SOLUTION: layer after layer, each on what the one before gave: fill outputs
    out = x
    for layer in layers:
        kind = layer["kind"]
        if kind == "affine":
            out = out.reshape(-1) @ layer["w"] + layer["b"]
        elif kind == "relu":
            out = np.maximum(out, 0)
        elif kind == "scale":
            along_channels = (-1, *[1] * (out.ndim - 1))
            out = out * layer["scale"].reshape(along_channels)
            out = out + layer["shift"].reshape(along_channels)
        elif kind == "softmax":
            weights = np.exp(out - out.max())
            out = weights / weights.sum()
        else:
            out = GIVEN[kind](out, layer)
        outputs.append(out.astype(x.dtype))
    ### END SOLUTION
    return outputs


def first_difference(ours, theirs, tol=1e-4):
    """Find the first layer whose numbers differ from those of another runtime.

    Parameters
    ----------
    ours, theirs : list of ndarray
        What came out of each layer.
    tol : float
        What |ours - theirs| may be at most, in units of the layer's largest |ours|; in units of 1
        where a layer of ours is 0 everywhere.

    Returns
    -------
    int or None
        The layer's place in the list. A layer that only one of them has, that has another shape,
        or in which only one has nan or inf, or another one, differs too. None if there is none.
    """
    ### BEGIN SOLUTION: compare layer by layer; return the place of the first that differs
    for place, (one, other) in enumerate(zip(ours, theirs)):
        if np.shape(one) != np.shape(other):
            return place
        one, other = (np.asarray(values, dtype=np.float64) for values in (one, other))
        finite = np.isfinite(one)
        unit = np.abs(one[finite]).max(initial=0) or 1.0
        if not np.allclose(other, one, rtol=0, atol=tol * unit, equal_nan=True):
            return place
    return None if len(ours) == len(theirs) else min(len(ours), len(theirs))
    ### END SOLUTION


def quantize(w, bits=8):
    """Write numbers as small integers: w is about low + step * codes.

    The smallest number gets the code 0, the largest 2**bits - 1, and the others the nearest code,
    so none is off by more than step / 2.

    Parameters
    ----------
    w : ndarray, float
        Of any shape, with one number at least.
    bits : int
        1 to 8.

    Returns
    -------
    codes : ndarray, uint8
        Of the shape of w.
    low, step : float
        If all numbers are the same, step is 0, and so are the codes.

    References
    ----------
    B. Jacob et al., CVPR 2018, equation 1 (with a zero point in the place of low).
    """
    low = float(np.min(w))
    ### BEGIN SOLUTION: the distance of two codes, a float, and the codes, uint8: step, codes
    step = (float(np.max(w)) - low) / (2**bits - 1)
    places = (np.asarray(w, dtype=np.float64) - low) / (step or 1.0)
    codes = np.clip(np.rint(places), 0, 2**bits - 1).astype(np.uint8)
    ### END SOLUTION
    return codes, low, step


def diverging_colours(values, largest=None):
    """Colour numbers so that 0 is nearly white: negative ones blue, positive ones orange.

    Parameters
    ----------
    values : ndarray, float
        Of any shape.
    largest : float, optional
        The |value| that gets the full colour, POSITIVE or NEGATIVE, and so does all beyond it; by
        default the largest |value| there is. In between, colours are mixed linearly with ZERO.

    Returns
    -------
    ndarray, shape (..., 3), uint8
        Red, green, blue; rounded to the nearest. If `largest` is 0, all is ZERO.
    """
    values = np.asarray(values, dtype=np.float64)
    negative, zero, positive = (np.array(c, dtype=np.float64) for c in (NEGATIVE, ZERO, POSITIVE))
    ### BEGIN SOLUTION: mix zero with positive or negative, (..., 3), not yet rounded: colours
    if largest is None:
        largest = np.abs(values).max(initial=0)
    share = np.clip(values / largest, -1, 1) if largest else np.zeros(values.shape)
    end = np.where(share[..., None] < 0, negative, positive)
    colours = zero + np.abs(share)[..., None] * (end - zero)
    ### END SOLUTION
    return np.rint(colours).astype(np.uint8)


def smoothed(values, decay=0.9):
    """Smooth a curve by a running average that begins without a bias towards 0.

    a_t = decay * a_(t-1) + (1 - decay) * values_t from a_0 = 0; shown is a_t / (1 - decay**t), as
    Adam corrects its averages.

    Parameters
    ----------
    values : sequence of T floats
    decay : float
        At least 0, below 1; 0 smooths nothing.

    Returns
    -------
    ndarray, shape (T,), float64

    References
    ----------
    D. Kingma and J. Ba, "Adam", ICLR 2015, section 3.
    """
    shown = np.zeros(len(values))
    ### BEGIN SOLUTION: the corrected average at each step: fill shown
    average = 0.0
    for t, value in enumerate(values, 1):
        average = decay * average + (1 - decay) * value
        shown[t - 1] = average / (1 - decay**t)
    ### END SOLUTION
    return shown


def conv_of_one(x, layer):
    """Convolve one picture (C, H, W) -> (F, OH, OW)."""
    pad, stride, w = layer["pad"], layer["stride"], layer["w"]
    padded = np.pad(x, [(0, 0), (pad, pad), (pad, pad)])
    seen = _windows(padded, w.shape[2:], stride)  # (C, OH, OW, HH, WW)
    return np.einsum("cijhw,fchw->fij", seen, w, optimize=True) + layer["b"][:, None, None]


def pool_of_one(x, layer):
    """Take the largest of each window of one picture (C, H, W) -> (C, OH, OW)."""
    return _windows(x, layer["size"], layer["stride"]).max(axis=(3, 4))


def norm_of_one(x, layer):
    """Normalise groups of channels, or of units, of one example; shape unchanged."""
    groups = x.astype(np.float64).reshape(layer["groups"], -1)
    mean, var = groups.mean(axis=1, keepdims=True), groups.var(axis=1, keepdims=True)
    normalized = ((groups - mean) / np.sqrt(var + layer.get("eps", 1e-5))).reshape(x.shape)
    along_channels = (-1, *[1] * (x.ndim - 1))
    out = normalized * layer["gamma"].reshape(along_channels)
    return (out + layer["beta"].reshape(along_channels)).astype(x.dtype)


GIVEN = {"conv": conv_of_one, "pool": pool_of_one, "norm": norm_of_one}


def _windows(x, size, stride):
    """All windows of a picture (C, H, W) as a view, (C, OH, OW, height, width)."""
    view = np.lib.stride_tricks.sliding_window_view(x, tuple(size), axis=(1, 2))
    return view[:, ::stride, ::stride]
