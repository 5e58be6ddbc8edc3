"""Recurrent networks for training fast: whole sequences, and the scores of words at their end.

These do what `rnn_layers` does, for whole sequences at once, and add options to it. Compiled where
`KERNELS` says so; NumPy does the same elsewhere. docs/kernels.md tells how.

Shapes: N sequences of T steps; x (N, T, D) goes in, states h (N, T, H) come out. M is the width of
what enters a cell, H for the vanilla cell and 4H for the LSTM, in the order input, forget, output,
block input.
"""

import numpy as np

from cs231n.kernels.memory import panels_of, states_of
from cs231n.kernels.recurrent_twins import steps, steps_back, taken_steps, words_of_rows
from cs231n.kernels.threads import get_threads
from cs231n.kernels.windows import check_precision, check_same_dtype

try:
    from cs231n.kernels import recurrent_kernels
except ImportError:  # no compiler, or not built yet
    KERNELS = "numpy"
else:
    KERNELS = "cython"

__all__ = [
    "KERNELS",
    "lstm_backward_fast",
    "lstm_forward_fast",
    "lstm_last_cell",
    "rnn_backward_fast",
    "rnn_forward_fast",
    "softmax_words_fast",
    "word_embedding_backward_fast",
]


def rnn_forward_fast(x, h0, Wx, Wh, b, added=None, activation="tanh", lengths=None, threads=None):
    """Run a vanilla RNN over sequences: h[t] = activation(x[t] Wx + h[t-1] Wh + b + added).

    Parameters
    ----------
    x : ndarray (N, T, D) of float32 or float64
    h0 : ndarray (N, H), dtype of x, as all that follow
    Wx : ndarray (D, H)
    Wh : ndarray (H, H)
    b : ndarray (H,)
    added : ndarray or None
        (N, H) is added at the first step only, (N, 1, H) at every step.
    activation : "tanh" or "relu"
    lengths : ndarray (N,), int, or None
        Steps each sequence takes. After them h is 0, and what arrives there is not looked at.
    threads : int or None
        None takes the number of `fast_threads.get_threads`.

    Returns
    -------
    h : ndarray (N, T, H), dtype of x
    cache : tuple

    Raises
    ------
    ValueError
        If the shapes do not fit together, or the activation is neither of the two.
    TypeError
        If the arrays are not all float32, or all float64.
    """
    if activation not in ("tanh", "relu"):
        raise ValueError(
            f"rnn_forward_fast: activation is {activation!r}; it should be 'tanh' or 'relu'."
        )
    return _forward("rnn_forward_fast", activation, x, h0, Wx, Wh, b, added, None, lengths, threads)


def rnn_backward_fast(dh, cache, threads=None):
    """Go back through `rnn_forward_fast`.

    Parameters
    ----------
    dh : ndarray (N, T, H), dtype of x
        Derivatives of the loss by each state, without what flows through later states.
    cache : tuple
    threads : int or None

    Returns
    -------
    dx : ndarray (N, T, D)
    dh0 : ndarray (N, H)
    dWx : ndarray (D, H)
    dWh : ndarray (H, H)
    db : ndarray (H,)
    dadded : ndarray, shape of added, or None

    Raises
    ------
    ValueError
        If dh has not the shape that the forward function returned.
    TypeError
        If dh is not of the dtype of x.
    """
    return _backward("rnn_backward_fast", dh, None, cache, threads)[:6]


def lstm_forward_fast(x, h0, Wx, Wh, b, added=None, lengths=None, threads=None, c0=None):
    """Run an LSTM over sequences.

    i, f, o = sigmoid and g = tanh of the four blocks of x[t] Wx + h[t-1] Wh + b + added
    c[t] = f c[t-1] + i g
    h[t] = o tanh(c[t])

    Parameters
    ----------
    x : ndarray (N, T, D) of float32 or float64
    h0 : ndarray (N, H), dtype of x, as all that follow
    Wx : ndarray (D, 4H)
    Wh : ndarray (H, 4H)
    b : ndarray (4H,)
    added : ndarray or None
        (N, 4H) is added at the first step only, (N, 1, 4H) at every step.
    lengths : ndarray (N,), int, or None
        Steps each sequence takes. After them h is 0, and what arrives there is not looked at.
    threads : int or None
    c0 : ndarray (N, H) or None
        The first cell states, by default 0. `lstm_last_cell` gives the last ones.

    Returns
    -------
    h : ndarray (N, T, H), dtype of x
    cache : tuple

    Raises
    ------
    ValueError
        If the shapes do not fit together.
    TypeError
        If the arrays are not all float32, or all float64.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997; F. Gers et al., "Learning to
    forget", 2000 (the forget gate).
    """
    name, c0 = "lstm_forward_fast", np.zeros_like(h0) if c0 is None else c0
    return _forward(name, "lstm", x, h0, Wx, Wh, b, added, c0, lengths, threads)


def lstm_last_cell(cache):
    """Return the cell states (N, H) after each sequence's last step, of `lstm_forward_fast`."""
    _, _, h0, _, _, _, (order, ends, _, _), _, kept = cache
    numbers = np.arange(len(h0))
    if isinstance(kept, tuple):
        last = np.empty_like(h0)
        last[order] = np.stack(kept[1])[ends, order]  # of the twin's (T + 1, N, H)
        return last
    return states_of(kept[:, ends, numbers, recurrent_kernels.CELL_KEPT], order, h0.shape[1])


def lstm_backward_fast(dh, cache, threads=None, dc=None):
    """Go back through `lstm_forward_fast`.

    Parameters
    ----------
    dh : ndarray (N, T, H), dtype of x
        Derivatives of the loss by each state, without what flows through later states.
    cache : tuple
    threads : int or None
    dc : ndarray (N, H) or None
        Derivatives of the loss by the last cell states themselves; None for 0.

    Returns
    -------
    dx : ndarray (N, T, D)
    dh0 : ndarray (N, H)
    dWx : ndarray (D, 4H)
    dWh : ndarray (H, 4H)
    db : ndarray (4H,)
    dadded : ndarray, shape of added, or None
    dc0 : ndarray (N, H)

    Raises
    ------
    ValueError
        If the shape of dh differs from that of the states, or the shape of dc from that of c0.
    TypeError
        If dh or dc is not of the dtype of x.
    """
    name = "lstm_backward_fast"
    if dc is None:
        dc = np.zeros_like(cache[2])
    _check_shape(name, "dc", dc, cache[2].shape)
    check_same_dtype(name, "dc", dc, cache[2].dtype)
    return _backward(name, dh, dc, cache, threads)


def softmax_words_fast(h, W_vocab, b_vocab, words, mask, threads=None):
    """Score all words at each step, take the softmax loss, and go back to the states.

    loss = -1/N sum_nt mask[n, t] log softmax(h[n, t] W_vocab + b_vocab)[words[n, t]]

    Steps that do not count cost nothing. What they hold, be it NaN, reaches neither the loss nor
    a derivative.

    Parameters
    ----------
    h : ndarray (N, T, H) of float32 or float64
    W_vocab : ndarray (H, V), dtype of h
    b_vocab : ndarray (V,), dtype of h
    words : ndarray (N, T), int
        The right words.
    mask : ndarray (N, T), bool
        Which steps count.
    threads : int or None

    Returns
    -------
    loss : float
    dh : ndarray (N, T, H)
    dW_vocab : ndarray (H, V)
    db_vocab : ndarray (V,)

    Raises
    ------
    ValueError
        If the shapes do not fit together.
    TypeError
        If the arrays are not all float32, or all float64.
    IndexError
        If a number is not that of a word.
    """
    name = "softmax_words_fast"
    _check_axes(name, "h", h, 3)
    (N, T, H), V = h.shape, W_vocab.shape[-1]
    for what, array, shape in (("W_vocab", W_vocab, (H, V)), ("b_vocab", b_vocab, (V,))):
        _check_shape(name, what, array, shape)
        check_same_dtype(name, what, array, h.dtype)
    _check_shape(name, "words", words, (N, T))
    _check_shape(name, "mask", mask, (N, T))
    _check_words(name, words, V)
    threads = get_threads(threads)
    rows = np.flatnonzero(mask)  # (R,)
    right = words.reshape(-1)[rows]
    if KERNELS == "cython" and rows.size and W_vocab.size:
        h, W_vocab, b_vocab = map(np.ascontiguousarray, (h, W_vocab, b_vocab))
        sums, of_right, dh, dW, db = recurrent_kernels.words(
            h, W_vocab, b_vocab, rows.astype("l"), right.astype("l"), 1 / N, threads
        )
    else:
        sums, of_right, dh, dW, db = words_of_rows(h, W_vocab, b_vocab, rows, right)
    losses = np.log(sums) - of_right  # (R,)
    return float(losses.sum(dtype=np.float64)) / max(N, 1), dh, dW, db


def word_embedding_backward_fast(dout, words, V, threads=None):
    """Add up what arrives at each word's vector: dW[v] = sum of dout[n, t] where words[n, t] is v.

    Parameters
    ----------
    dout : ndarray (N, T, D) of float32 or float64
    words : ndarray (N, T), int
    V : int
        How many words there are.
    threads : int or None

    Returns
    -------
    dW : ndarray (V, D), dtype of dout

    Raises
    ------
    ValueError
        If words has not the shape of dout without its last axis.
    TypeError
        If dout is neither float32 nor float64.
    IndexError
        If a number is not that of a word.
    """
    name = "word_embedding_backward_fast"
    check_precision(name, "dout", dout)
    _check_shape(name, "words", words, dout.shape[:-1])
    _check_words(name, words, V)
    dW = np.zeros((V, dout.shape[-1]), dtype=dout.dtype)
    threads, flat = get_threads(threads), words.reshape(-1)
    if KERNELS == "cython" and words.size and dW.size:
        recurrent_kernels.sum_rows(np.ascontiguousarray(dout), flat.astype("l"), dW, threads)
    elif words.size and dW.size:
        order = np.argsort(flat, kind="stable")
        found, starts = np.unique(flat[order], return_index=True)
        dW[found] = np.add.reduceat(dout.reshape(flat.size, -1)[order], starts, axis=0)
    return dW


def _forward(name, cell, x, h0, Wx, Wh, b, added, c0, lengths, threads):
    """Check, and run the kernel or its twin."""
    _check_axes(name, "x", x, 3)
    _check_axes(name, "h0", h0, 2)
    (N, T, D), H = x.shape, h0.shape[1]
    M = 4 * H if cell == "lstm" else H
    shapes = {"h0": (N, H), "Wx": (D, M), "Wh": (H, M), "b": (M,)}
    for (what, shape), array in zip(shapes.items(), (h0, Wx, Wh, b), strict=True):
        _check_shape(name, what, array, shape)
        check_same_dtype(name, what, array, x.dtype)
    if c0 is not None:
        _check_shape(name, "c0", c0, (N, H))
        check_same_dtype(name, "c0", c0, x.dtype)
    if added is not None:
        if added.shape not in ((N, M), (N, 1, M)):
            raise ValueError(
                f"{name}: added has shape {added.shape}; it should be {(N, M)}, for the first step "
                f"only, or {(N, 1, M)}, for every step."
            )
        check_same_dtype(name, "added", added, x.dtype)
    threads, plan = get_threads(threads), _plan(name, lengths, N, T)
    arrays = [None if a is None else np.ascontiguousarray(a) for a in (x, h0, Wx, Wh, b, added)]
    if KERNELS == "cython" and plan[3][T] and all(a is None or a.size for a in arrays):
        h, kept = recurrent_kernels.forward(cell, *arrays, c0, plan, threads)
    else:
        zero, taken = x.dtype.type(0), taken_steps(plan, T)
        h, kept = steps(cell, np.where(taken, x, zero), *arrays[1:], c0)
        h = np.where(taken, h, zero)
    x, h0, Wx, Wh, _, added = arrays
    return h, (cell, x, h0, Wx, Wh, added, plan, h, kept)


def _backward(name, dh, dc, cache, threads):
    """Check, and run the kernel or its twin, whichever ran forward."""
    cell, x, h0, Wx, Wh, added, plan, h, kept = cache
    _check_shape(name, "dh", dh, h.shape)
    check_same_dtype(name, "dh", dh, h.dtype)
    threads, dh = get_threads(threads), np.ascontiguousarray(dh)
    if not isinstance(kept, tuple):
        dc = None if dc is None else panels_of(dc[plan[0]], kept.shape[-1])
        more = (x, h0, Wx, Wh, added, plan, h, kept, threads)
        found = recurrent_kernels.backward(cell, dh, dc, *more)
        return *found, None if dc is None else states_of(dc, plan[0], h0.shape[1])
    zero, taken = dh.dtype.type(0), taken_steps(plan, h.shape[1])
    dh, x = np.where(taken, dh, zero), np.where(taken, x, zero)
    return steps_back(cell, dh, dc, x, h0, Wx, Wh, added, plan, h, kept)


def _plan(name, lengths, N, T):
    """Sequences in the order of their lengths, these, how many take each step, and sums of that."""
    if lengths is None:
        lengths = np.full(N, T)
    lengths = np.asarray(lengths)
    _check_shape(name, "lengths", lengths, (N,))
    if N and not 0 <= lengths.min() <= lengths.max() <= T:
        raise ValueError(
            f"{name}: lengths run from {lengths.min()} to {lengths.max()}; each should be a number "
            f"of steps from 0 to {T}."
        )
    order = np.argsort(-lengths, kind="stable")
    counts = (lengths[:, None] > np.arange(T + 1)).sum(axis=0)  # (T + 1,), the last one 0
    starts = np.concatenate([[0], np.cumsum(counts[:T])])
    return [array.astype("l") for array in (order, lengths[order], counts, starts)]


def _check_axes(name, what, array, count):
    """Raise unless an array has so many axes, and is float32 or float64."""
    check_precision(name, what, array)
    if array.ndim != count:
        axes = {3: "(N, T, D)", 2: "(N, H)"}[count]
        raise ValueError(f"{name}: {what} has shape {array.shape}; it should be {axes}.")


def _check_shape(name, what, array, shape):
    """Raise unless an array has this shape."""
    if array.shape != shape:
        raise ValueError(f"{name}: {what} has shape {array.shape}; it should be {shape}.")


def _check_words(name, words, V):
    """Raise unless all numbers are those of words."""
    low, high = (int(words.min()), int(words.max())) if words.size else (0, -1)
    if low < 0 or high >= V:
        wrong = low if low < 0 else high
        raise IndexError(f"{name}: there is no word {wrong}; words run from 0 to {V - 1}.")
