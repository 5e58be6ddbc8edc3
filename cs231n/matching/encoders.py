"""Words in context: a recurrent network that reads sentences forwards, and one backwards."""

import numpy as np

from cs231n.kernels.fast_recurrent import rnn_backward_fast, rnn_forward_fast

__all__ = ["both_ways_backward", "both_ways_forward", "reverse_words"]


def reverse_words(x, lengths):
    """Turn sentences round: the last word comes first, and what fills up stays behind.

    Parameters
    ----------
    x : ndarray, shape (M, T) or (M, T, H)
        Sentences of words: their numbers, or a vector for each.
    lengths : ndarray, shape (M,), int
        How many words each has, from 0 to T.

    Returns
    -------
    ndarray, shape of x
        A new one. Turned round twice, sentences are what they were.
    """
    ### BEGIN SOLUTION: step t of sentence m comes from lengths[m] - 1 - t; what fills up, from t
    steps = np.arange(x.shape[1])
    last = np.asarray(lengths)[:, None] - 1
    source = np.where(steps <= last, last - steps, steps)  # (M, T)
    return x[np.arange(len(x))[:, None], source]
    ### END SOLUTION


def both_ways_forward(x, lengths, params):
    """Read sentences both ways: s_t = (hf_t + hb_t) Wd + bd.

    hf_t = relu(x_t Wf + hf_(t-1) Uf + bf), and hb_t likewise, from the last word to the first.

    Parameters
    ----------
    x : ndarray, shape (M, T, D), float
    lengths : ndarray, shape (M,), int
    params : dict
        "Wf", "Wb" (D, H); "Uf", "Ub" (H, H); "bf", "bb" (H,); "Wd" (H, K); "bd" (K,).

    Returns
    -------
    s : ndarray, shape (M, T, K)
        Behind the words of a sentence stands bd.
    cache : tuple

    References
    ----------
    A. Karpathy and L. Fei-Fei, CVPR 2015, section 3.1.2 (there, s_t goes through another ReLU,
    which keeps a region that is the opposite of a word from counting against it).
    """
    M, H = len(x), params["Uf"].shape[0]
    h0 = np.zeros((M, H), dtype=x.dtype)
    states, caches = [], []
    for way in "fb":
        read = x if way == "f" else reverse_words(x, lengths)
        weights = (params[f"{name}{way}"] for name in "WUb")
        h, cache = rnn_forward_fast(read, h0, *weights, activation="relu", lengths=lengths)
        states.append(h if way == "f" else reverse_words(h, lengths))
        caches.append(cache)
    both = states[0] + states[1]
    return both @ params["Wd"] + params["bd"], (both, lengths, params["Wd"], caches)


def both_ways_backward(ds, cache):
    """Go back through `both_ways_forward`.

    Returns
    -------
    dx : ndarray, shape (M, T, D)
    grads : dict
        With the names of the parameters.
    """
    both, lengths, Wd, caches = cache
    flat = ds.reshape(-1, ds.shape[-1])
    grads = {"Wd": both.reshape(len(flat), -1).T @ flat, "bd": flat.sum(axis=0)}
    dboth, dx = ds @ Wd.T, 0
    for way, part in zip("fb", caches):
        dh = dboth if way == "f" else reverse_words(dboth, lengths)
        dread, _, grads[f"W{way}"], grads[f"U{way}"], grads[f"b{way}"], _ = rnn_backward_fast(
            np.ascontiguousarray(dh), part
        )
        dx = dx + (dread if way == "f" else reverse_words(dread, lengths))
    return dx, grads
