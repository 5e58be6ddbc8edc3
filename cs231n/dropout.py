"""Dropout: units that are left out at random while training."""

import numpy as np

__all__ = ["dropout_backward", "dropout_forward"]


def dropout_forward(x, dropout_param):
    """Keep each unit with probability p and divide it by p; in testing do nothing.

    Parameters
    ----------
    x : ndarray, any shape
    dropout_param : dict
        "p", the probability of keeping a unit, in (0, 1]; "mode", "train" or "test"; "seed",
        optional: np.random is seeded with it first, so that every call drops the same units.

    Returns
    -------
    out : ndarray, shape and dtype of x
    cache : tuple
        (dropout_param, mask); the mask is already divided by p, and None in testing.

    Raises
    ------
    ValueError
        If p is not in (0, 1], or the mode is another.

    References
    ----------
    N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
    """
    p, mode = float(dropout_param["p"]), dropout_param["mode"]
    if not 0 < p <= 1:
        raise ValueError(f"dropout: p is the probability of keeping a unit, in (0, 1], not {p}.")
    if mode not in ("train", "test"):
        raise ValueError(f'dropout: mode is "{mode}"; it should be train or test.')
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask, out = None, x
    if mode == "train":
        ### BEGIN SOLUTION: draw mask, which holds 1 / p or 0, and apply it: out
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
        ### END SOLUTION
    return out.astype(x.dtype, copy=False), (dropout_param, mask)


def dropout_backward(dout, cache):
    """Go back through `dropout_forward`.

    Parameters
    ----------
    dout : ndarray, any shape
    cache : tuple
        (dropout_param, mask)

    Returns
    -------
    dx : ndarray, shape and dtype of dout
    """
    dropout_param, mask = cache
    dx = dout
    if dropout_param["mode"] == "train":
        ### BEGIN SOLUTION: dx: what was dropped has no influence, what was kept has 1 / p
        dx = dout * mask
        ### END SOLUTION
    return dx.astype(dout.dtype, copy=False)
