"""A recurrent network that reads a picture's features and writes a sentence about it."""

import numpy as np

from cs231n.layers import affine_backward, affine_forward
from cs231n.rnn_layers import (
    lstm_backward,
    lstm_forward,
    lstm_step_forward,
    rnn_backward,
    rnn_forward,
    rnn_step_forward,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

CELLS = {
    "rnn": (1, rnn_forward, rnn_backward),
    "lstm": (4, lstm_forward, lstm_backward),
}


class CaptioningRNN:
    """Scores of the next word, given a picture and the words so far.

    The picture's features, through an affine layer, are the state before the first word. Words go
    in as vectors; every state gives scores of all words.

    Parameters
    ----------
    word_to_idx : dict
        Word -> number; "<NULL>" fills sentences up, "<START>" and "<END>" (optional) frame them.
    input_dim : int
        D, numbers in a picture's features.
    wordvec_dim : int
        W, numbers in a word's vector.
    hidden_dim : int
        H, numbers in a state.
    cell_type : {"rnn", "lstm"}
    dtype : dtype
        Of the parameters and of all computation.

    Attributes
    ----------
    params : dict
        W_embed (V, W), W_proj (D, H), b_proj (H,), Wx (W, mH), Wh (H, mH), b (mH,), W_vocab (H, V),
        b_vocab (V,), with m = 1 for an RNN and m = 4 for an LSTM.

    Raises
    ------
    ValueError
        If the cell is unknown, or there is no word "<NULL>".

    References
    ----------
    A. Karpathy and L. Fei-Fei, "Deep visual-semantic alignments for generating image descriptions",
    CVPR 2015; O. Vinyals et al., "Show and tell", CVPR 2015.
    """

    def __init__(
        self,
        word_to_idx,
        input_dim=512,
        wordvec_dim=128,
        hidden_dim=128,
        cell_type="rnn",
        dtype=np.float32,
    ):
        if cell_type not in CELLS:
            raise ValueError(f'cell_type is "{cell_type}"; it should be "rnn" or "lstm".')
        if "<NULL>" not in word_to_idx:
            raise ValueError('word_to_idx has no word "<NULL>", which fills short sentences up.')
        self.cell_type, self.dtype = cell_type, np.dtype(dtype)
        self.word_to_idx = word_to_idx
        self.idx_to_word = {number: word for word, number in word_to_idx.items()}
        self._null = word_to_idx["<NULL>"]
        self._start = word_to_idx.get("<START>")
        self._end = word_to_idx.get("<END>")
        V, m = len(word_to_idx), CELLS[cell_type][0]
        sizes = {
            "W_embed": (V, wordvec_dim),
            "W_proj": (input_dim, hidden_dim),
            "Wx": (wordvec_dim, m * hidden_dim),
            "Wh": (hidden_dim, m * hidden_dim),
            "W_vocab": (hidden_dim, V),
        }
        self.params = {
            name: (np.random.randn(*shape) / (100 if name == "W_embed" else np.sqrt(shape[0])))
            for name, shape in sizes.items()
        }
        for name, size in [("b_proj", hidden_dim), ("b", m * hidden_dim), ("b_vocab", V)]:
            self.params[name] = np.zeros(size)
        self.params = {name: value.astype(self.dtype) for name, value in self.params.items()}

    def loss(self, features, captions):
        """Compute the loss of sentences, each word given the right ones before it.

        Parameters
        ----------
        features : ndarray, shape (N, D)
        captions : ndarray, shape (N, T + 1), int
            Numbers of words; behind "<END>" filled up with "<NULL>", which counts nothing.

        Returns
        -------
        loss : float
            Minus the sum of the log-probabilities of the words, divided by N.
        grads : dict
            Its derivatives by each of the parameters.
        """
        words_in, words_out = captions[:, :-1], captions[:, 1:]
        p, forward, backward = self.params, *CELLS[self.cell_type][1:]
        h0, proj_cache = affine_forward(features.astype(self.dtype), p["W_proj"], p["b_proj"])
        vectors, embed_cache = word_embedding_forward(words_in, p["W_embed"])
        h, cell_cache = forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
        scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
        loss, dscores = temporal_softmax_loss(scores, words_out, words_out != self._null)

        grads = {}
        dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, vocab_cache)
        dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = backward(dh, cell_cache)
        grads["W_embed"] = word_embedding_backward(dvectors, embed_cache)
        _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, proj_cache)
        return loss, grads

    def sample(self, features, max_length=30):
        """Write a sentence about each picture: always the word with the largest score.

        Parameters
        ----------
        features : ndarray, shape (N, D)
        max_length : int
            Words at most.

        Returns
        -------
        ndarray, shape (N, max_length), int
            Numbers of words, the first of them the first that was chosen; behind "<END>" comes
            "<NULL>".
        """
        captions = np.full((len(features), max_length), self._null, dtype=np.int32)
        state, words = self.begin(features), np.full(len(features), self._start)
        ended = np.zeros(len(features), dtype=bool)
        for t in range(max_length):
            scores, state = self.advance(state, words)
            words = np.argmax(scores, axis=1)
            captions[~ended, t] = words[~ended]
            if self._end is not None:
                ended |= words == self._end
            if ended.all():
                break
        return captions

    def begin(self, features):
        """The state before the first word, for pictures' features (N, D): a tuple of (N, H)."""
        W, b = self.params["W_proj"], self.params["b_proj"]
        h = features.astype(self.dtype) @ W + b
        return (h,) if self.cell_type == "rnn" else (h, np.zeros_like(h))

    def advance(self, state, words):
        """Read one more word of each sentence.

        Parameters
        ----------
        state : tuple of ndarray, shape (N, H)
            From `begin` or `advance`.
        words : ndarray, shape (N,), int

        Returns
        -------
        scores : ndarray, shape (N, V)
            Of the word that comes next.
        state : tuple
        """
        p = self.params
        step = rnn_step_forward if self.cell_type == "rnn" else lstm_step_forward
        *state, _ = step(p["W_embed"][words], *state, p["Wx"], p["Wh"], p["b"])
        return state[0] @ p["W_vocab"] + p["b_vocab"], tuple(state)
