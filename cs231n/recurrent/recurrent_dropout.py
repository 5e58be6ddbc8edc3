"""A recurrent layer of rectified units whose outputs are dropped out: the states go on whole.

    h[t] = max(0, x[t] Wx + h[t-1] Wh + b)        what the next step sees
    out[t] = mask[t] h[t]                         what the words are read from

The mask holds 0 for what is dropped and 1 / (share kept) for the rest, and is given, so that a
numeric gradient can be taken: with a new mask in every call there is nothing to differentiate.
"""

import numpy as np

__all__ = ["rnn_dropout_backward", "rnn_dropout_backward_wrong", "rnn_dropout_forward"]


def rnn_dropout_forward(x, h0, Wx, Wh, b, mask):
    """Run the layer over sequences.

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
    h0 : ndarray, shape (N, H)
    Wx : ndarray, shape (D, H)
    Wh : ndarray, shape (H, H)
    b : ndarray, shape (H,)
    mask : ndarray, shape (N, T, H)

    Returns
    -------
    out : ndarray, shape (N, T, H)
        The states with the mask.
    cache : tuple
        (x, h0, Wx, Wh, mask, h, out), where h (N, T, H) are the states without it.

    References
    ----------
    W. Zaremba et al., "Recurrent neural network regularization", 2014.
    """
    h = x @ Wx + b  # (N, T, H); each step is replaced by its state below
    prev_h = h0
    for t in range(x.shape[1]):
        prev_h = h[:, t] = np.maximum(0, h[:, t] + prev_h @ Wh)
    out = (mask * h).astype(h.dtype, copy=False)
    return out, (x, h0, Wx, Wh, mask, h, out)


def rnn_dropout_backward_wrong(dout, cache):
    """Go back through `rnn_dropout_forward`, nearly: this one has the mistake that you look for.

    Parameters
    ----------
    dout : ndarray, shape (N, T, H)
    cache : tuple

    Returns
    -------
    dx, dh0, dWx, dWh, db : ndarray
        Of the shapes of x, h0, Wx, Wh, b.
    """
    x, h0, Wx, Wh, mask, _, out = cache
    dx, dWx, dWh, db = (np.zeros_like(array) for array in (x, Wx, Wh, Wx[0]))
    dprev_h = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        prev_h = out[:, t - 1] if t > 0 else h0
        dh = dout[:, t] * mask[:, t] + dprev_h
        da = dh * (out[:, t] > 0)
        dx[:, t], dprev_h = da @ Wx.T, da @ Wh.T
        dWx += x[:, t].T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def rnn_dropout_backward(dout, cache):
    """Go back through `rnn_dropout_forward`.

    Parameters
    ----------
    dout : ndarray, shape (N, T, H)
        Derivatives of the loss by the outputs.
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, T, D)
    dh0 : ndarray, shape (N, H)
    dWx : ndarray, shape (D, H)
    dWh : ndarray, shape (H, H)
    db : ndarray, shape (H,)
    """
    ### BEGIN SOLUTION: dx, dh0, dWx, dWh, db: as in the function above, without its mistake
    x, h0, Wx, Wh, mask, h, _ = cache
    dx, dWx, dWh, db = (np.zeros_like(array) for array in (x, Wx, Wh, Wx[0]))
    dh0, whole = np.zeros_like(h0), (dout * mask).astype(h.dtype, copy=False)
    for t in reversed(range(x.shape[1])):
        prev_h = h[:, t - 1] if t > 0 else h0
        da = (whole[:, t] + dh0) * (h[:, t] > 0)  # a unit that was dropped may well be active
        dx[:, t], dh0 = da @ Wx.T, da @ Wh.T
        dWx += x[:, t].T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
    ### END SOLUTION
    return dx, dh0, dWx, dWh, db
