"""Recurrent layers: steps, whole sequences, word vectors, and what turns states into scores.

Shapes: N sequences of T steps; x (N, T, D) goes in, states h (N, T, H) come out. A sequence is one
sequence of matrix products for the states, which wait for each other, and single large products for
all that do not: x Wx for all steps at once, and in the backward pass dWx, dWh and dx for all steps
at once. All keep the precision of their inputs, and change none of them.

The four blocks of an LSTM's weights stand in the order input, forget, output, block input (i, f, o,
g), along the last axis of Wx (D, 4H), Wh (H, 4H) and b (4H,).
"""

import numpy as np

__all__ = [
    "lstm_backward",
    "lstm_forward",
    "lstm_step_backward",
    "lstm_step_forward",
    "rnn_backward",
    "rnn_forward",
    "rnn_step_backward",
    "rnn_step_forward",
    "sigmoid",
    "temporal_affine_backward",
    "temporal_affine_forward",
    "temporal_softmax_loss",
    "word_embedding_backward",
    "word_embedding_forward",
]


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    """Take one step of a vanilla RNN: next_h = tanh(x Wx + prev_h Wh + b).

    Parameters
    ----------
    x : ndarray, shape (N, D)
    prev_h : ndarray, shape (N, H)
    Wx : ndarray, shape (D, H)
    Wh : ndarray, shape (H, H)
    b : ndarray, shape (H,)

    Returns
    -------
    next_h : ndarray, shape (N, H)
    cache : tuple
    """
    ### BEGIN SOLUTION: next_h, and in cache what the way back needs
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    cache = x, prev_h, Wx, Wh, next_h
    ### END SOLUTION
    return next_h, cache


def rnn_step_backward(dnext_h, cache):
    """Go back through `rnn_step_forward`.

    Parameters
    ----------
    dnext_h : ndarray, shape (N, H)
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, D)
    dprev_h : ndarray, shape (N, H)
    dWx : ndarray, shape (D, H)
    dWh : ndarray, shape (H, H)
    db : ndarray, shape (H,)
    """
    ### BEGIN SOLUTION: dx, dprev_h, dWx, dWh and db
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)  # (N, H), tanh' = 1 - tanh^2
    dx, dprev_h = da @ Wx.T, da @ Wh.T
    dWx, dWh, db = x.T @ da, prev_h.T @ da, da.sum(axis=0)
    ### END SOLUTION
    return dx, dprev_h, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    """Run a vanilla RNN over sequences.

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
    h0 : ndarray, shape (N, H)
        The state before the first step.
    Wx : ndarray, shape (D, H)
    Wh : ndarray, shape (H, H)
    b : ndarray, shape (H,)

    Returns
    -------
    h : ndarray, shape (N, T, H)
        The states after each step.
    cache : tuple
    """
    ### BEGIN SOLUTION: h, (N, T, H), one step after another; cache
    h = _times(x, Wx) + b  # (N, T, H); each step is replaced by its state below
    prev_h = h0
    for t in range(x.shape[1]):
        prev_h = h[:, t] = np.tanh(h[:, t] + prev_h @ Wh)
    cache = x, h0, Wx, Wh, h
    ### END SOLUTION
    return h, cache


def rnn_backward(dh, cache):
    """Go back through `rnn_forward`.

    Parameters
    ----------
    dh : ndarray, shape (N, T, H)
        Derivatives of the loss by each state, without what flows through later states.
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, T, D)
    dh0 : ndarray, shape (N, H)
    dWx : ndarray, shape (D, H)
    dWh : ndarray, shape (H, H)
    db : ndarray, shape (H,)

    References
    ----------
    P. Werbos, "Backpropagation through time: what it does and how to do it", 1990.
    """
    ### BEGIN SOLUTION: dx, dh0, dWx, dWh and db, from the last step to the first
    x, h0, Wx, Wh, h = cache
    da, dh0 = np.empty_like(h), np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        da[:, t] = (dh[:, t] + dh0) * (1 - h[:, t] * h[:, t])
        dh0 = da[:, t] @ Wh.T  # by the state before this step; in the end, by h0
    prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)  # (N, T, H)
    dx, db = _times(da, Wx.T), da.sum(axis=(0, 1))
    dWx, dWh = _rows(x).T @ _rows(da), _rows(prev_h).T @ _rows(da)
    ### END SOLUTION
    return dx, dh0, dWx, dWh, db


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """Take one step of an LSTM.

    i, f, o = sigmoid and g = tanh of the four blocks of x Wx + prev_h Wh + b
    next_c = f prev_c + i g
    next_h = o tanh(next_c)

    Parameters
    ----------
    x : ndarray, shape (N, D)
    prev_h, prev_c : ndarray, shape (N, H)
    Wx : ndarray, shape (D, 4H)
    Wh : ndarray, shape (H, 4H)
    b : ndarray, shape (4H,)

    Returns
    -------
    next_h, next_c : ndarray, shape (N, H)
    cache : tuple

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997; F. Gers et al., "Learning to
    forget", 2000 (the forget gate).
    """
    ### BEGIN SOLUTION: next_h, next_c, and cache: what the way back needs, as you like it
    gates = x @ Wx + prev_h @ Wh + b  # (N, 4H)
    next_h, next_c, tanh_c = _lstm_cell(gates, prev_c)
    cache = (x, prev_h, prev_c, Wx, Wh, gates, tanh_c)
    ### END SOLUTION
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    """Go back through `lstm_step_forward`.

    Parameters
    ----------
    dnext_h, dnext_c : ndarray, shape (N, H)
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, D)
    dprev_h, dprev_c : ndarray, shape (N, H)
    dWx : ndarray, shape (D, 4H)
    dWh : ndarray, shape (H, 4H)
    db : ndarray, shape (4H,)
    """
    ### BEGIN SOLUTION: dx, dprev_h, dprev_c, dWx, dWh, db; next_h depends on next_c, too
    x, prev_h, prev_c, Wx, Wh, gates, tanh_c = cache
    da, dprev_c = _lstm_cell_backward(dnext_h, dnext_c, gates, tanh_c, prev_c)
    dx, dprev_h = da @ Wx.T, da @ Wh.T
    dWx, dWh, db = x.T @ da, prev_h.T @ da, da.sum(axis=0)
    ### END SOLUTION
    return dx, dprev_h, dprev_c, dWx, dWh, db


def lstm_forward(x, h0, Wx, Wh, b):
    """Run an LSTM over sequences; its first cell state is 0.

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
    h0 : ndarray, shape (N, H)
    Wx : ndarray, shape (D, 4H)
    Wh : ndarray, shape (H, 4H)
    b : ndarray, shape (4H,)

    Returns
    -------
    h : ndarray, shape (N, T, H)
    cache : tuple
    """
    ### BEGIN SOLUTION: h and cache: step by step, from h0 and a cell state of zeros
    (N, T, _), H = x.shape, h0.shape[1]
    gates = _steps_first(_times(x, Wx) + b)  # (T, N, 4H); each step becomes i, f, o, g below
    h = np.empty((N, T, H), dtype=gates.dtype)
    c, tanh_c = np.empty((2, T, N, H), dtype=gates.dtype)
    prev_h, prev_c = h0, np.zeros_like(h[:, 0])
    for t in range(T):
        gates[t] += prev_h @ Wh
        prev_h, prev_c, tanh_c[t] = _lstm_cell(gates[t], prev_c)
        h[:, t], c[t] = prev_h, prev_c
    cache = (x, h0, Wx, Wh, h, c, gates, tanh_c)
    ### END SOLUTION
    return h, cache


def lstm_backward(dh, cache):
    """Go back through `lstm_forward`.

    Parameters
    ----------
    dh : ndarray, shape (N, T, H)
        Derivatives of the loss by each state, without what flows through later states.
    cache : tuple

    Returns
    -------
    dx : ndarray, shape (N, T, D)
    dh0 : ndarray, shape (N, H)
    dWx : ndarray, shape (D, 4H)
    dWh : ndarray, shape (H, 4H)
    db : ndarray, shape (4H,)
    """
    ### BEGIN SOLUTION: dx, dh0, dWx, dWh, db: from the last step to the first
    x, h0, Wx, Wh, h, c, gates, tanh_c = cache
    da = np.empty((*x.shape[:2], Wx.shape[1]), dtype=gates.dtype)
    dprev_h, dprev_c, no_c = np.zeros_like(h0), np.zeros_like(h0), np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        prev_c = c[t - 1] if t else no_c
        dnext_h = dh[:, t] + dprev_h
        da[:, t], dprev_c = _lstm_cell_backward(dnext_h, dprev_c, gates[t], tanh_c[t], prev_c)
        dprev_h = da[:, t] @ Wh.T
    dh0, prev_h = dprev_h, np.concatenate([h0[:, None], h[:, :-1]], axis=1)  # (N, T, H)
    dx, db = _times(da, Wx.T), da.sum(axis=(0, 1))
    dWx, dWh = _rows(x).T @ _rows(da), _rows(prev_h).T @ _rows(da)
    ### END SOLUTION
    return dx, dh0, dWx, dWh, db


def word_embedding_forward(x, W):
    """Look up the vector of each word.

    Parameters
    ----------
    x : ndarray, shape (N, T), int
        Numbers of words, from 0 to V - 1.
    W : ndarray, shape (V, D)

    Returns
    -------
    out : ndarray, shape (N, T, D)
    cache : tuple

    Raises
    ------
    IndexError
        If a number is not that of a word.
    """
    low, high = (int(x.min()), int(x.max())) if x.size else (0, 0)
    if low < 0 or high >= len(W):
        wrong = low if low < 0 else high
        raise IndexError(f"there is no word {wrong}: numbers of words run from 0 to {len(W) - 1}.")
    ### BEGIN SOLUTION: out, (N, T, D), without a loop; cache
    out, cache = W[x], (x, W.shape)
    ### END SOLUTION
    return out, cache


def word_embedding_backward(dout, cache):
    """Go back through `word_embedding_forward`: a word used twice receives the sum.

    Parameters
    ----------
    dout : ndarray, shape (N, T, D)
    cache : tuple

    Returns
    -------
    dW : ndarray, shape (V, D)
    """
    ### BEGIN SOLUTION: dW, (V, D), in which every use of a word adds up
    x, shape = cache
    dW = np.zeros(shape, dtype=dout.dtype)
    np.add.at(dW, x, dout)
    ### END SOLUTION
    return dW


def temporal_affine_forward(x, w, b):
    """Apply one affine layer at every step: out[n, t] = x[n, t] w + b.

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
    w : ndarray, shape (D, M)
    b : ndarray, shape (M,)

    Returns
    -------
    out : ndarray, shape (N, T, M)
    cache : tuple
        (x, w, b, out)
    """
    out = _times(x, w) + b
    return out, (x, w, b, out)


def temporal_affine_backward(dout, cache):
    """Go back through `temporal_affine_forward`.

    Returns
    -------
    dx : ndarray, shape (N, T, D)
    dw : ndarray, shape (D, M)
    db : ndarray, shape (M,)
    """
    x, w, _, _ = cache
    rows = _rows(dout)  # (N T, M)
    return _times(dout, w.T), _rows(x).T @ rows, rows.sum(axis=0)


def temporal_softmax_loss(x, y, mask, verbose=False):
    """Sum the softmax loss over the steps that count, and divide by the number of sequences.

    Parameters
    ----------
    x : ndarray, shape (N, T, V)
        Scores of all words at each step.
    y : ndarray, shape (N, T), int
        The right words.
    mask : ndarray, shape (N, T), bool
        Which steps count.
    verbose : bool
        Print the shape of dx.

    Returns
    -------
    loss : float
    dx : ndarray, shape (N, T, V)
    """
    N, T, V = x.shape
    ### BEGIN SOLUTION: loss, of the steps that count, and dx, (N, T, V)
    flat, right = _rows(x), (np.arange(N * T), y.reshape(-1))
    shifted = flat - flat.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    sums = exps.sum(axis=1, keepdims=True)  # (N T, 1)
    losses = np.log(sums[:, 0]) - shifted[right]
    loss = float(np.sum(losses * mask.reshape(-1))) / N
    dx = exps / sums
    dx[right] -= 1
    dx *= mask.reshape(-1, 1).astype(x.dtype) / N
    dx = dx.reshape(N, T, V)
    ### END SOLUTION
    if verbose:
        print("dx:", dx.shape)
    return loss, dx


def sigmoid(x):
    """Compute 1 / (1 + exp(-x)) so that no exponential overflows; any shape, dtype of x."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def _lstm_cell(gates, prev_c):
    """Turn gates (N, 4H) into i, f, o, g in place; return next_h, next_c and tanh(next_c)."""
    ### BEGIN SOLUTION [lstm-step-forward]: if you like, what is the same in a step and a sequence
    H = prev_c.shape[1]
    gates[:, : 3 * H] = sigmoid(gates[:, : 3 * H])
    gates[:, 3 * H :] = np.tanh(gates[:, 3 * H :])
    i, f, o, g = _blocks(gates)
    next_c = f * prev_c + i * g
    tanh_c = np.tanh(next_c)
    next_h = o * tanh_c
    ### END SOLUTION
    return next_h, next_c, tanh_c


def _lstm_cell_backward(dnext_h, dnext_c, gates, tanh_c, prev_c):
    """Derivatives by what went into the gates, (N, 4H), and by prev_c, (N, H)."""
    ### BEGIN SOLUTION [lstm-step-backward]: if you like, what is the same in a step and a sequence
    i, f, o, g = _blocks(gates)
    da = np.empty_like(gates)
    di, df, do, dg = _blocks(da)
    dc = dnext_c + dnext_h * o * (1 - tanh_c * tanh_c)
    np.multiply(dc * g, i * (1 - i), out=di)
    np.multiply(dc * prev_c, f * (1 - f), out=df)
    np.multiply(dnext_h * tanh_c, o * (1 - o), out=do)
    np.multiply(dc * i, 1 - g * g, out=dg)
    dprev_c = dc * f
    ### END SOLUTION
    return da, dprev_c


def _blocks(gates):
    """The four blocks (N, H) of (N, 4H), as views."""
    H = gates.shape[1] // 4
    return [gates[:, k * H : (k + 1) * H] for k in range(4)]


def _rows(x):
    """(N, T, D) as a matrix (N T, D)."""
    return x.reshape(-1, x.shape[-1])


def _times(x, w):
    """x (N, T, D) times w (D, M) for all steps in one product, (N, T, M)."""
    return (_rows(x) @ w).reshape(*x.shape[:2], w.shape[1])


def _steps_first(x):
    """(N, T, M) as (T, N, M), contiguous."""
    return np.ascontiguousarray(x.transpose(1, 0, 2))
