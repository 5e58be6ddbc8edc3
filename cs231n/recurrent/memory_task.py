"""A task for memories: name the symbol that came first, after many steps of noise."""

import numpy as np

from cs231n.layers import affine_backward, affine_forward, softmax_loss
from cs231n.optim import adam
from cs231n.rnn_layers import lstm_backward, lstm_forward, rnn_backward, rnn_forward

__all__ = ["MemoryNet", "draw_memories"]

CELLS = {"rnn": (1, rnn_forward, rnn_backward), "lstm": (4, lstm_forward, lstm_backward)}
LONGEST = 1.0  # of a gradient, all parameters together


def draw_memories(N, T, symbols, rng):
    """Draw sequences that begin with a symbol, which T steps of noise follow.

    Parameters
    ----------
    N : int
    T : int
    symbols : int
        K, how many there are.
    rng : numpy.random.Generator

    Returns
    -------
    x : ndarray, shape (N, T + 1, 2K), float32
        First a one among the first K numbers; then normal noise in all of them.
    y : ndarray, shape (N,), int
        Which symbol it was.
    """
    y = rng.integers(symbols, size=N)
    x = rng.normal(size=(N, T + 1, 2 * symbols)).astype(np.float32)
    x[:, 0] = np.eye(symbols, 2 * symbols, dtype=np.float32)[y]
    return x, y


class MemoryNet:
    """A recurrent layer whose last state is read by an affine layer: scores of the K symbols.

    Parameters
    ----------
    cell : {"rnn", "lstm"}
    hidden_dim : int
    symbols : int
    bias : ndarray, shape (4H,) or (H,), optional
        What the recurrent layer's bias starts from; zeros unless given.
    seed : int

    Attributes
    ----------
    params : dict
        Wx (2K, mH), Wh (H, mH), b (mH,), W (H, K), c (K,), with m = 4 for an LSTM and else 1.
    """

    def __init__(self, cell, hidden_dim=32, symbols=4, bias=None, seed=0):
        m, self._forward, self._backward = CELLS[cell]
        self.hidden_dim, self.symbols = hidden_dim, symbols
        self.rng = np.random.default_rng(seed)
        shapes = {
            "Wx": (2 * symbols, m * hidden_dim),
            "Wh": (hidden_dim, m * hidden_dim),
            "W": (hidden_dim, symbols),
        }
        self.params = {
            name: (self.rng.normal(size=shape) / np.sqrt(shape[0])).astype(np.float32)
            for name, shape in shapes.items()
        }
        zeros = np.zeros(m * hidden_dim, dtype=np.float32)
        self.params["b"] = zeros if bias is None else np.array(bias, dtype=np.float32)
        self.params["c"] = np.zeros(symbols, dtype=np.float32)

    def loss(self, x, y=None):
        """Scores (N, K) of sequences x (N, T + 1, 2K); with y, the loss and its gradients."""
        p, h0 = self.params, np.zeros((len(x), self.hidden_dim), dtype=np.float32)
        h, cell_cache = self._forward(x, h0, p["Wx"], p["Wh"], p["b"])
        scores, affine_cache = affine_forward(h[:, -1], p["W"], p["c"])
        if y is None:
            return scores
        loss, dscores = softmax_loss(scores, y)
        grads, dh = {}, np.zeros_like(h)
        dh[:, -1], grads["W"], grads["c"] = affine_backward(dscores, affine_cache)
        _, _, grads["Wx"], grads["Wh"], grads["b"] = self._backward(dh, cell_cache)
        return loss, grads

    def train(self, T, steps=300, batch_size=50, learning_rate=1e-2):
        """Train by Adam on sequences with T steps of noise, drawn anew for each step."""
        configs = {name: {"learning_rate": learning_rate} for name in self.params}
        for _ in range(steps):
            _, grads = self.loss(*draw_memories(batch_size, T, self.symbols, self.rng))
            length = np.sqrt(sum(float(np.sum(g * g)) for g in grads.values()))
            for name, grad in grads.items():
                grad = grad * np.float32(min(1, LONGEST / max(length, 1e-8)))
                self.params[name], configs[name] = adam(self.params[name], grad, configs[name])
        return self

    def accuracy(self, T, N=1000, seed=1):
        """The share of N new sequences whose first symbol it names."""
        x, y = draw_memories(N, T, self.symbols, np.random.default_rng(seed))
        return float(np.mean(self.loss(x).argmax(axis=1) == y))
