"""The gates of an LSTM: how open they start, what they do over time, how often they are shut."""

import numpy as np

from cs231n.rnn_layers import lstm_forward, sigmoid

__all__ = ["first_bias", "gates_over_time", "saturation"]


def first_bias(hidden_dim, half_life, dtype=np.float32):
    """Make the bias that an LSTM starts with: zeros, but for the forget gates.

    Their bias is such that, where x Wx + h Wh adds nothing to it, half of what a cell holds is
    still there after `half_life` steps.

    Parameters
    ----------
    hidden_dim : int
        H.
    half_life : float
        Steps, above 0.
    dtype : dtype

    Returns
    -------
    ndarray, shape (4H,)
        Its blocks stand in the order i, f, o, g.

    References
    ----------
    F. Gers et al., "Learning to forget", 2000, section 4; R. Jozefowicz et al., "An empirical
    exploration of recurrent network architectures", 2015 (a bias of 1); C. Tallec and Y. Ollivier,
    "Can recurrent neural networks warp time?", 2018 (a bias by the length of time).
    """
    b = np.zeros(4 * hidden_dim, dtype=dtype)
    ### BEGIN SOLUTION: the block of the forget gates
    f = 0.5 ** (1 / half_life)  # f ** half_life = 1/2
    b[hidden_dim : 2 * hidden_dim] = np.log(f / (1 - f))  # sigmoid backwards
    ### END SOLUTION
    return b


def gates_over_time(x, h0, Wx, Wh, b):
    """Run an LSTM over sequences, and tell what its gates and its cells are at each step.

    Parameters
    ----------
    x : ndarray, shape (N, T, D)
    h0 : ndarray, shape (N, H)
    Wx : ndarray, shape (D, 4H)
    Wh : ndarray, shape (H, 4H)
    b : ndarray, shape (4H,)

    Returns
    -------
    dict of str to ndarray, shape (N, T, H)
        "i", "f", "o" and "g", as they act; "c", the cells after each step; "h", the states.
    """
    ### BEGIN SOLUTION: h by lstm_forward; i, f, o, g of all steps at once; then c, step by step
    h, _ = lstm_forward(x, h0, Wx, Wh, b)
    prev_h = np.concatenate([h0[:, None], h[:, :-1]], axis=1)  # (N, T, H)
    i, f, o, g = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=2)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    c, prev_c = np.empty_like(h), np.zeros_like(h0)
    for t in range(x.shape[1]):
        prev_c = c[:, t] = f[:, t] * prev_c + i[:, t] * g[:, t]
    ### END SOLUTION
    return {"i": i, "f": f, "o": o, "g": g, "c": c, "h": h}


def saturation(gate, counts, low=0.1, high=0.9):
    """Say of each unit how often its gate is as good as shut, and as good as open.

    Parameters
    ----------
    gate : ndarray, shape (N, T, H)
        Values from 0 to 1.
    counts : ndarray, shape (N, T), bool
        Which steps count: not those behind the end of a sentence.
    low, high : float
        Below `low` a gate is as good as shut, above `high` as good as open.

    Returns
    -------
    shut, open : ndarray, shape (H,)
        Shares of the steps that count, from 0 to 1.

    References
    ----------
    A. Karpathy, J. Johnson, L. Fei-Fei, "Visualizing and understanding recurrent networks", 2015,
    figure 3.
    """
    ### BEGIN SOLUTION: shut and opened, each (H,): shares of the steps that count
    values = gate[counts]  # (steps that count, H)
    shut, opened = (values < low).mean(axis=0), (values > high).mean(axis=0)
    ### END SOLUTION
    return shut, opened
