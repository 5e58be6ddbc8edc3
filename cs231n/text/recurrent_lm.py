"""A recurrent language model: layers of cells on top of each other, on the kit's fast kernels."""

import numpy as np

from cs231n.kernels import fast_recurrent as fast
from cs231n.recurrent import stack
from cs231n.recurrent.stack import masked

__all__ = ["RecurrentLM"]

FIRST_VECTORS = 0.1  # standard deviation of tokens' first vectors


class RecurrentLM:
    """Scores of the next token, given those so far; its states can be handed on.

    Parameters
    ----------
    tokens : int
        V: tokens are numbered from 0 to V - 1.
    wordvec_dim, hidden_dim : int
        W and H, numbers of a token's vector and of a state.
    num_layers : int
    cell_type : {"lstm", "rnn"}
    activation : {"tanh", "relu"}
        Of an RNN's cells.
    dropout : float
        Share dropped while training: between layers, and of the states that scores are made of.
    drop_vectors : bool
        Whether it works on the tokens' vectors, too.
    counts : ndarray, shape (V,), optional
        How often each token comes: the first scores are the logarithms of their frequencies.
    seed : int
    dtype : dtype

    Attributes
    ----------
    params : dict
        W_embed (V, W); Wx (W, mH), Wh (H, mH), b (mH,) with m = 4 for an LSTM and 1 for an RNN;
        Wx2 (H, mH), ... of further layers; W_vocab (H, V), b_vocab (V,).
    rng : numpy.random.Generator
        From which first parameters and dropout are drawn.

    References
    ----------
    T. Mikolov et al., "Recurrent neural network based language model", 2010; A. Graves, "Generating
    sequences with recurrent neural networks", 2013; W. Zaremba et al., "Recurrent neural network
    regularization", 2014 (dropout); R. Jozefowicz et al., "An empirical exploration of recurrent
    network architectures", 2015 (forget gates that begin open).
    """

    def __init__(
        self,
        tokens,
        wordvec_dim=64,
        hidden_dim=256,
        num_layers=2,
        cell_type="lstm",
        activation="tanh",
        dropout=0.0,
        drop_vectors=False,
        counts=None,
        seed=231,
        dtype=np.float32,
    ):
        self.num_layers, self.cell_type, self.activation = num_layers, cell_type, activation
        self.dropout, self.drop_vectors = dropout, drop_vectors
        self.dtype, self.rng = np.dtype(dtype), np.random.default_rng(seed)
        H, blocks = hidden_dim, 4 if cell_type == "lstm" else 1
        params = {"W_embed": FIRST_VECTORS * self.rng.standard_normal((tokens, wordvec_dim))}
        for layer in range(1, num_layers + 1):
            Wx, Wh, b = stack.names_of(layer)
            below = wordvec_dim if layer == 1 else H
            params[Wx] = self.rng.standard_normal((below, blocks * H)) / np.sqrt(below)
            params[Wh] = self.rng.standard_normal((H, blocks * H)) / np.sqrt(H)
            params[b] = np.zeros(blocks * H)
            if cell_type == "lstm":
                params[b][H : 2 * H] = 1  # what a cell holds stays, until it learns to forget
            elif activation == "relu":
                params[Wh] *= 0.5  # states of rectified cells would grow from step to step
        params["W_vocab"] = self.rng.standard_normal((H, tokens)) / np.sqrt(H) / 4
        counts = np.ones(tokens) if counts is None else np.maximum(counts, 1)
        params["b_vocab"] = np.log(counts / counts.sum())
        self.params = {name: value.astype(self.dtype) for name, value in params.items()}

    def loss(self, x, y, mask=None, states=None):
        """Mean loss of a batch, its derivatives, and the states after it; dropout works.

        Parameters
        ----------
        x, y : ndarray, shape (N, T), int
            Tokens read, and those that follow.
        mask : ndarray, shape (N, T), bool, optional
            What counts: the beginning of each row. All of it by default.
        states : tuple of ndarray, optional
            Of the batch that this one continues; no derivative goes back through them.

        Returns
        -------
        loss : float
            Nats per token that counts.
        grads : dict of ndarray
        states : tuple of ndarray
            The last ones; None where rows differ in length.
        """
        p, lengths = self.params, None if mask is None else mask.sum(axis=1)
        states = self.begin(x) if states is None else states
        masks = self._masks(*x.shape)
        vectors = masked(p["W_embed"][x], masks, "vectors")
        h, caches = stack.run(self, vectors, states, masks, lengths=lengths)
        after = stack.last_states(self, caches) if mask is None else None
        mask = np.ones(x.shape, dtype=bool) if mask is None else mask
        loss, dh, dW, db = fast.softmax_words_fast(
            masked(h, masks, "scores"), p["W_vocab"], p["b_vocab"], y, mask
        )
        per_token = self.dtype.type(len(x) / mask.sum())  # the kernel's mean is over rows
        dx, grads, _, _ = stack.run_back(
            self, masked(dh * per_token, masks, "scores"), caches, masks
        )
        dx = masked(dx, masks, "vectors")
        grads["W_embed"] = fast.word_embedding_backward_fast(dx, x, len(p["W_embed"]))
        grads |= {"W_vocab": dW * per_token, "b_vocab": db * per_token}
        return loss * float(per_token), grads, after

    def logprobs(self, x, y, states=None, lengths=None):
        """Natural logarithms of the probabilities of y, each given what was read; and states.

        Parameters
        ----------
        x, y : ndarray, shape (N, T), int
        states : tuple of ndarray, optional
        lengths : ndarray, shape (N,), int, optional
            Of rows; what stands behind them is computed, too, and means nothing.

        Returns
        -------
        logprobs : ndarray, shape (N, T), float64
        states : tuple of ndarray, or None with lengths
        """
        scores, states = self.scores(x, states, lengths)
        right = np.take_along_axis(scores, y[:, :, None].astype(np.int64), axis=2)[:, :, 0]
        top = scores.max(axis=2)
        sums = np.exp(scores - top[:, :, None]).sum(axis=2, dtype=np.float64)
        return right.astype(np.float64) - top - np.log(sums), states

    def scores(self, x, states=None, lengths=None):
        """Scores (N, T, V) of what follows each token of x (N, T), and states as of `logprobs`."""
        states = self.begin(x) if states is None else states
        h, caches = stack.run(self, self.params["W_embed"][x], states, {}, lengths=lengths)
        scores = h @ self.params["W_vocab"] + self.params["b_vocab"]
        return scores, None if lengths is not None else stack.last_states(self, caches)

    def begin(self, rows):
        """States before anything was read, for as many sequences as there are rows."""
        return stack.first_states(self, len(rows))

    def advance(self, states, tokens):
        """Read one more token (N,) of each sequence: scores (N, V) of the next, and states."""
        states = stack.step(self, self.params["W_embed"][tokens], states)
        return stack.top_of(self, states) @ self.params["W_vocab"] + self.params["b_vocab"], states

    def _masks(self, N, T):
        """Masks of dropout for one step."""
        H, rate = self.params["Wh"].shape[0], self.dropout
        if not rate:
            return {}
        shapes = {"vectors": (N, T, self.params["W_embed"].shape[1])} if self.drop_vectors else {}
        shapes |= {f"between{layer}": (N, T, H) for layer in range(2, self.num_layers + 1)}
        shapes["scores"] = (N, T, H)
        return {
            name: stack.draw_mask(self.rng, shape, rate, self.dtype)
            for name, shape in shapes.items()
        }
