"""The textbook's way through an LSTM: step by step, and every product when it comes up.

What a step needs of the weights is computed in that step, and its part of their derivatives is
added there; arrays of zeros are of NumPy's own type, float64, as they long were in such code.
"""

import numpy as np

from grading.benchmarks.workloads import Arrays, by_gate


def step(**arrays: np.ndarray) -> Arrays:
    """Loss and all gradients of a `Captions` workload."""
    words, W_embed, W_vocab = (arrays[name] for name in ("words", "W_embed", "W_vocab"))
    into, right = words[:, :-1], words[:, 1:]
    x = W_embed[into]  # (N, T, D)
    h, steps = forward(x, *(arrays[name] for name in ("h0", "Wx", "Wh", "b")))
    N, T, H = h.shape
    scores = (h.reshape(N * T, H) @ W_vocab).reshape(N, T, -1) + arrays["b_vocab"]
    loss, dscores = softmax(scores, right)
    flat = dscores.reshape(N * T, -1)
    dh = (flat @ W_vocab.T).reshape(h.shape)
    found = backward(dh, steps, arrays["Wx"], arrays["Wh"])
    dW_embed = np.zeros_like(W_embed)
    np.add.at(dW_embed, into, found.pop("x"))
    db_vocab, dh0 = flat.sum(axis=0), found.pop("h0")
    found = by_gate("ifog", **found) | {"W_embed": dW_embed, "h0": dh0, "loss": np.array(loss)}
    return found | {"W_vocab": h.reshape(N * T, H).T @ flat, "b_vocab": db_vocab}


def forward(x, h0, Wx, Wh, b):
    """States (N, T, H), and what each step keeps."""
    N, T, H = *x.shape[:2], h0.shape[1]
    h, steps, prev_h, prev_c = np.zeros((N, T, H)), [], h0, np.zeros_like(h0)
    for t in range(T):
        a = x[:, t] @ Wx + prev_h @ Wh + b
        i, f, o = (1 / (1 + np.exp(-a[:, k * H : (k + 1) * H])) for k in range(3))
        g = np.tanh(a[:, 3 * H :])
        c = f * prev_c + i * g
        steps.append((x[:, t], prev_h, prev_c, i, f, o, g, c))
        prev_h, prev_c = o * np.tanh(c), c
        h[:, t] = prev_h
    return h, steps


def backward(dh, steps, Wx, Wh):
    """Derivatives by x, h0, Wx, Wh and b, of which each step adds its own."""
    N, T, H = dh.shape
    dx, dWx, dWh = np.zeros((N, T, len(Wx))), np.zeros(Wx.shape), np.zeros(Wh.shape)
    db, dprev_h, dprev_c = np.zeros(4 * H), np.zeros((N, H)), np.zeros((N, H))
    for t in reversed(range(T)):
        x, prev_h, prev_c, i, f, o, g, c = steps[t]
        dnext_h = dh[:, t] + dprev_h
        tanh_c = np.tanh(c)
        dc = dprev_c + dnext_h * o * (1 - tanh_c**2)
        da = np.hstack(
            [
                dc * g * i * (1 - i),
                dc * prev_c * f * (1 - f),
                dnext_h * tanh_c * o * (1 - o),
                dc * i * (1 - g**2),
            ]
        )
        dx[:, t], dprev_h, dprev_c = da @ Wx.T, da @ Wh.T, dc * f
        dWx += x.T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
    return {"x": dx, "h0": dprev_h, "Wx": dWx, "Wh": dWh, "b": db}


def softmax(scores, right):
    """Sum of the losses over N, and the derivatives by the scores."""
    N, T, V = scores.shape
    flat, places = scores.reshape(N * T, V), (np.arange(N * T), right.reshape(-1))
    probs = np.exp(flat - flat.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    loss = -np.log(probs[places]).sum() / N
    probs[places] -= 1
    return loss, (probs / N).reshape(scores.shape)
