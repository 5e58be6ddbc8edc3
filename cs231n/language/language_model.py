"""A recurrent network that predicts the next token: words of sentences, or characters of a text."""

import numpy as np

from cs231n.language.recurrence import CELLS, stack_backward, stack_forward
from cs231n.rnn_layers import (
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

__all__ = ["LanguageModel"]


class LanguageModel:
    """Scores of the next token, given those so far.

    Tokens go in as vectors, through recurrent layers, and every state of the highest gives scores
    of all tokens. With one layer of "relu" it is the word model of the course's last lecture.

    Parameters
    ----------
    tokens : int
        V: tokens are numbered from 0 to V - 1.
    wordvec_dim : int
        D, numbers in a token's vector.
    hidden_dim : int
        H, numbers in a layer's state.
    num_layers : int
        L, layers on top of each other.
    cell : {"relu", "tanh"}
    dtype : dtype
        Of the parameters and of all computation.
    seed : int
        The first parameters come from a generator of their own.

    Attributes
    ----------
    params : dict
        W_embed (V, D), W_vocab (H, V), b_vocab (V,); for each layer k = 1, ..., L, the lowest
        first, Wx{k} (D, H) or above the first (H, H), Wh{k} (H, H) and b{k} (H,).

    Raises
    ------
    ValueError
        If the cell is unknown, or there is no layer.
    """

    def __init__(
        self,
        tokens,
        wordvec_dim=300,
        hidden_dim=200,
        num_layers=1,
        cell="relu",
        dtype=np.float32,
        seed=0,
    ):
        if cell not in CELLS:
            raise ValueError(f"cell is {cell!r}; it should be one of {', '.join(CELLS)}.")
        if num_layers < 1:
            raise ValueError(f"num_layers is {num_layers}; there should be 1 layer or more.")
        self.cell, self.num_layers, self.dtype = cell, num_layers, np.dtype(dtype)
        rng, H = np.random.default_rng(seed), hidden_dim
        params = {
            "W_embed": 0.1 * rng.normal(size=(tokens, wordvec_dim)),
            "W_vocab": rng.normal(size=(H, tokens)) / np.sqrt(H),
            "b_vocab": np.zeros(tokens),
        }
        for k in range(1, num_layers + 1):
            below = wordvec_dim if k == 1 else H
            params[f"Wx{k}"] = rng.normal(size=(below, H)) / np.sqrt(below)
            params[f"Wh{k}"] = rng.normal(size=(H, H)) / np.sqrt(H) / 2
            params[f"b{k}"] = np.zeros(H)
        self.params = {name: value.astype(self.dtype) for name, value in params.items()}

    @property
    def layers(self):
        """For each layer (Wx, Wh, b), the lowest first."""
        numbers = range(1, self.num_layers + 1)
        return [tuple(self.params[f"{name}{k}"] for name in ("Wx", "Wh", "b")) for k in numbers]

    def begin(self, features):
        """States before the first token, zeros: a tuple of L arrays (N, H), N rows as features."""
        shape = len(features), len(self.params["W_vocab"])
        return tuple(np.zeros(shape, dtype=self.dtype) for _ in range(self.num_layers))

    def advance(self, states, words):
        """Read one more token of each sequence: scores (N, V) of the next, and the states."""
        scores, last, _ = self.scores(np.asarray(words)[:, None], states)
        return scores[:, 0], tuple(last)

    def scores(self, x, states):
        """Read tokens and score what follows each of them.

        Parameters
        ----------
        x : ndarray, shape (N, T), int
        states : sequence of ndarray, shape (N, H)
            For each layer, its state before the first token.

        Returns
        -------
        scores : ndarray, shape (N, T, V)
        last : list of ndarray, shape (N, H)
            For each layer, its state after the last token.
        caches : tuple
            Of the embedding, the layers and the scores.
        """
        vectors, embedded = word_embedding_forward(x, self.params["W_embed"])
        h, last, stacked = stack_forward(vectors, states, self.layers, self.cell)
        scores, scored = temporal_affine_forward(h, self.params["W_vocab"], self.params["b_vocab"])
        return scores, last, (embedded, stacked, scored)

    def loss(self, x, y, mask, states):
        """Compute how badly the right tokens are predicted, in nats for a token, and its gradients.

        Parameters
        ----------
        x : ndarray, shape (N, T), int
            Tokens that are read.
        y : ndarray, shape (N, T), int
            For each of them the token that follows.
        mask : ndarray, shape (N, T), bool
            Which of the predictions count; one or more.
        states : sequence of ndarray, shape (N, H)
            For each layer, its state before the first token. No derivative goes further back.

        Returns
        -------
        loss : float
            The mean over all predictions that count: exp(loss) is the perplexity.
        grads : dict
            Of the names and shapes of `params`.
        last : list of ndarray, shape (N, H)
            For each layer, its state after the last token.
        """
        ### BEGIN SOLUTION: loss, a mean over predictions, grads by name, and the last states
        scores, last, (embedded, stacked, scored) = self.scores(x, states)
        loss, dscores = temporal_softmax_loss(scores, y, mask)  # divided by N
        share = len(x) / int(mask.sum())
        grads = {}
        dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores * share, scored)
        dvectors, of_layers = stack_backward(dh, stacked, self.cell)
        for k, (dWx, dWh, db) in enumerate(of_layers, 1):
            grads[f"Wx{k}"], grads[f"Wh{k}"], grads[f"b{k}"] = dWx, dWh, db
        grads["W_embed"] = word_embedding_backward(dvectors, embedded)
        return loss * share, grads, last
        ### END SOLUTION

    def logprobs(self, x, y):
        """Natural logarithms of the probabilities of all tokens of one sequence.

        Parameters
        ----------
        x, y : ndarray, shape (T,), int
            Tokens that are read, from states of zeros, and those that follow each of them.

        Returns
        -------
        ndarray, shape (T,), float64
        """
        scores, _, _ = self.scores(np.asarray(x)[None], self.begin([x]))
        scores = scores[0].astype(np.float64)  # (T, V)
        right = scores[np.arange(len(y)), y]
        top = scores.max(axis=1)
        return right - top - np.log(np.exp(scores - top[:, None]).sum(axis=1))
