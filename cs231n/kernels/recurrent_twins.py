"""The twins, in NumPy, of the loops of recurrent_kernels.pyx: see fast_recurrent.py."""

import numpy as np

__all__ = ["steps", "steps_back", "taken_steps", "words_of_rows"]


def taken_steps(plan, T):
    """Which sequences take which steps, (N, T, 1)."""
    order, lengths = plan[:2]
    taken = np.empty((len(order), T, 1), dtype=bool)
    taken[order] = np.arange(T)[:, None] < lengths[:, None, None]
    return taken


def steps(cell, x, h0, Wx, Wh, b, added, c0):
    """All steps forward: h (N, T, H), and what the backward pass needs."""
    (N, T, D), H = x.shape, h0.shape[1]
    entering = (x.reshape(N * T, D) @ Wx + b).reshape(N, T, len(b))
    if added is not None:
        every = added.ndim == 3
        entering[:, : T if every else 1] += added if every else added[:, None]
    entering = np.ascontiguousarray(entering.transpose(1, 0, 2))  # (T, N, M), a step in one piece
    h, tanh_c = np.empty((N, T, H), dtype=x.dtype), []
    cells, state = [c0], h0
    for t in range(T):
        a = entering[t]
        a += state @ Wh
        if cell == "lstm":
            np.tanh(a[:, : 3 * H] * 0.5, out=a[:, : 3 * H])  # sigmoid(a) = (tanh(a / 2) + 1) / 2
            a[:, : 3 * H] = a[:, : 3 * H] * 0.5 + 0.5
            np.tanh(a[:, 3 * H :], out=a[:, 3 * H :])
            i, f, o, g = np.split(a, 4, axis=1)
            cells.append(f * cells[-1] + i * g)
            tanh_c.append(np.tanh(cells[-1]))
            state = o * tanh_c[-1]
        else:
            state = np.tanh(a) if cell == "tanh" else np.maximum(a, 0)
        h[:, t] = state
    return h, (entering, cells, tanh_c)


def steps_back(cell, dh, dc, x, h0, Wx, Wh, added, plan, h, kept):
    """All derivatives, given those by the states."""
    ends = np.empty((len(h0), 1), dtype=int)
    ends[plan[0], 0] = plan[1]
    da, dh0, dc0 = _cells_back(cell, dh, dc, h, h0, Wh, ends, kept)
    rows = da.reshape(-1, da.shape[-1])  # (N T, M)
    prev_h = np.concatenate([h0[:, None], h], axis=1)[:, :-1]  # (N, T, H)
    dx = (rows @ Wx.T).reshape(x.shape)
    dWx, dWh = (v.reshape(-1, v.shape[-1]).T @ rows for v in (x, prev_h))
    dadded = None
    if added is not None:
        dadded = da[:, :1].sum(axis=1) if added.ndim == 2 else da.sum(axis=1, keepdims=True)
    return dx, dh0, dWx, dWh, rows.sum(axis=0), dadded, dc0


def _cells_back(cell, dh, dc_last, h, h0, Wh, ends, kept):
    """All steps back: the derivatives da (N, T, M) by what entered the cells, dh0 and dc0."""
    gates, cells, tanh_c = kept
    N, T, H = h.shape
    da = np.empty((N, T, Wh.shape[1]), dtype=h.dtype)
    dstate, dc, zero = np.zeros_like(h0), dc_last, h.dtype.type(0)
    for t in reversed(range(T)):
        dstate = dh[:, t] + dstate
        if cell == "lstm":
            i, f, o, g = np.split(gates[t], 4, axis=1)
            through = np.where(t < ends, dc + dstate * o * (1 - tanh_c[t] * tanh_c[t]), zero)
            da[:, t, :H] = through * g * (i * (1 - i))
            da[:, t, H : 2 * H] = through * cells[t] * (f * (1 - f))
            da[:, t, 2 * H : 3 * H] = dstate * tanh_c[t] * (o * (1 - o))
            da[:, t, 3 * H :] = through * i * (1 - g * g)
            dc = np.where(t < ends, through * f, dc)
        elif cell == "tanh":
            da[:, t] = dstate * (1 - h[:, t] * h[:, t])
        else:
            da[:, t] = np.where(h[:, t] <= 0, zero, dstate)
        dstate = da[:, t] @ Wh.T
    return da, dstate, dc


def words_of_rows(h, W, b, rows, right):
    """Sums and scores whose difference, after a logarithm, is the loss of each row; dh, dW, db."""
    some = h.reshape(-1, h.shape[2])[rows]  # (R, H)
    scores = some @ W + b  # (R, V)
    places = (np.arange(len(rows)), right)
    if scores.size:
        scores -= scores.max(axis=1, keepdims=True)
    of_right = scores[places]
    np.exp(scores, out=scores)
    sums = scores.sum(axis=1)
    scores /= sums[:, None]
    scores[places] -= 1
    scores /= max(len(h), 1)
    dh = np.zeros_like(h)
    dh.reshape(-1, h.shape[2])[rows] = scores @ W.T
    return sums, of_right, dh, some.T @ scores, scores.sum(axis=0)
