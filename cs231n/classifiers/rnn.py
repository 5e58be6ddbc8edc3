"""A recurrent network that reads a picture's features and writes a sentence about it."""

import numpy as np

from cs231n.language.vocabulary import END, NULL, SPECIAL, START
from cs231n.layers import affine_backward, affine_forward
from cs231n.recurrent import captioning_graph as graph
from cs231n.rnn_layers import (
    lstm_backward,
    lstm_forward,
    rnn_backward,
    rnn_forward,
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
ACTIVATIONS = ("tanh", "relu")


class CaptioningRNN:
    """Scores of the next word, given a picture and the words so far.

    Words go in as vectors; every state gives scores of all words. In the historical model the
    picture's features, through an affine layer, are the state before the first word; `loss` then
    uses the layers of `rnn_layers`. With any of the options behind `dtype` it is computed by
    `captioning_graph`.

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
    picture : {"state", "start", "every", "step"}
        Where v W_proj + b_proj goes: it is the state before the first word; or it is added to what
        enters the first layer's cells together with "<START>" only, or at every step; or it is a
        first step of its own, before "<START>", in the place of a word's vector.
    activation : {"tanh", "relu"}
        Of an RNN's cells.
    num_layers : int
        Cells on top of each other; the picture enters the first layer.
    dropout : float or dict
        The share of numbers dropped while training, from 0 to below 1: of a picture's features, of
        words' vectors, between layers, and of the states that scores are made of; or a dict of
        shares by "picture", "words", "between", "scores".
    fast : bool
        Compute the historical model by `captioning_graph` too, with the kit's own layers.
    seed : int, optional
        First parameters and dropout come from a generator of their own; by default from
        `np.random`.

    Attributes
    ----------
    params : dict
        W_embed (V, W), W_proj (D, H), b_proj (H,), Wx (W, mH), Wh (H, mH), b (mH,), W_vocab (H, V),
        b_vocab (V,), with m = 1 for an RNN and m = 4 for an LSTM. W_proj is (D, mH) where the
        picture is added at "start" or "every" step, and (D, W) as a "step". Further layers have
        Wx2 (H, mH), Wh2, b2, and so on.
    settings : dict
        Plain values: `CaptioningRNN(word_to_idx, **model.settings)` has the same shapes.

    Raises
    ------
    ValueError
        If an option is unknown, or there is no word "<NULL>".

    References
    ----------
    A. Karpathy and L. Fei-Fei, "Deep visual-semantic alignments for generating image descriptions",
    CVPR 2015 ("start"); O. Vinyals et al., "Show and tell", CVPR 2015 ("step"); W. Zaremba et al.,
    "Recurrent neural network regularization", 2014 (dropout that leaves the recurrence alone).
    """

    def __init__(
        self,
        word_to_idx,
        input_dim=512,
        wordvec_dim=128,
        hidden_dim=128,
        cell_type="rnn",
        dtype=np.float32,
        *,
        picture="state",
        activation="tanh",
        num_layers=1,
        dropout=0.0,
        fast=False,
        seed=None,
    ):
        _require("cell_type", cell_type, CELLS)
        _require("picture", picture, graph.PICTURES)
        _require("activation", activation, ACTIVATIONS)
        if activation == "relu" and cell_type == "lstm":
            raise ValueError('activation="relu" is for cell_type="rnn"; an LSTM takes "tanh".')
        if num_layers < 1:
            raise ValueError(f"num_layers is {num_layers}; there should be 1 layer or more.")
        if SPECIAL[NULL] not in word_to_idx:
            raise ValueError(
                f'word_to_idx has no word "{SPECIAL[NULL]}", which fills short sentences up.'
            )
        self.cell_type, self.dtype = cell_type, np.dtype(dtype)
        self.picture, self.activation, self.num_layers = picture, activation, num_layers
        self.dropout, self.wordvec_dim, self.fast = _shares(dropout), wordvec_dim, fast
        self.word_to_idx = word_to_idx
        self.idx_to_word = {number: word for word, number in word_to_idx.items()}
        self._null = word_to_idx[SPECIAL[NULL]]
        self._start = word_to_idx.get(SPECIAL[START])
        self._end = word_to_idx.get(SPECIAL[END])
        self.rng = np.random if seed is None else np.random.default_rng(seed)
        sizes = (len(word_to_idx), input_dim, wordvec_dim, hidden_dim, CELLS[cell_type][0])
        params = graph.first_params(self.rng, *sizes, num_layers, picture)
        self.params = {name: value.astype(self.dtype) for name, value in params.items()}

    @property
    def settings(self):
        """What this model was made with, `seed` left out."""
        (D, _), (H, _) = self.params["W_proj"].shape, self.params["Wh"].shape
        sizes = {"input_dim": D, "wordvec_dim": self.wordvec_dim, "hidden_dim": H}
        names = ("cell_type", "picture", "activation", "num_layers", "dropout", "fast")
        return sizes | {name: getattr(self, name) for name in names} | {"dtype": self.dtype.name}

    @property
    def historical(self):
        """Whether `loss` uses the layers of `rnn_layers`."""
        plain = (self.picture, self.activation, self.num_layers) == ("state", "tanh", 1)
        return plain and not self.fast and not any(self.dropout.values())

    def loss(self, features, captions, mode="train", masks=None):
        """Compute the loss of sentences, each word given the right ones before it.

        Parameters
        ----------
        features : ndarray, shape (N, D)
        captions : ndarray, shape (N, T + 1), int
            Numbers of words; behind "<END>" filled up with "<NULL>", which counts nothing.
        mode : {"train", "test"}
            Nothing is dropped in "test".
        masks : dict, optional
            What `masks` returned, for a loss that can be computed twice; by default drawn anew.

        Returns
        -------
        loss : float
            Minus the sum of the log-probabilities of the words, divided by N.
        grads : dict
            Its derivatives by each of the parameters.
        """
        if not self.historical:
            if masks is None:
                N, T = captions.shape[0], captions.shape[1] - 1
                masks = self.masks(N, T) if mode == "train" else {}
            return graph.loss(self, features, captions, masks)
        grads, backward = {}, CELLS[self.cell_type][2]
        ### BEGIN SOLUTION: loss, of the words that come next; fill grads on the way back
        words_in, words_out = captions[:, :-1], captions[:, 1:]
        scores, caches = self._scores(features, words_in)
        proj_cache, embed_cache, cell_cache, vocab_cache = caches
        loss, dscores = temporal_softmax_loss(scores, words_out, words_out != self._null)
        dh, grads["W_vocab"], grads["b_vocab"] = temporal_affine_backward(dscores, vocab_cache)
        dvectors, dh0, grads["Wx"], grads["Wh"], grads["b"] = backward(dh, cell_cache)
        grads["W_embed"] = word_embedding_backward(dvectors, embed_cache)
        _, grads["W_proj"], grads["b_proj"] = affine_backward(dh0, proj_cache)
        ### END SOLUTION
        return loss, grads

    def _scores(self, features, words):
        """Go through the layers of `rnn_layers` to the scores of the next words.

        Parameters
        ----------
        features : ndarray, shape (N, D)
        words : ndarray, shape (N, T), int
            The right words so far, from "<START>" on.

        Returns
        -------
        scores : ndarray, shape (N, T, V)
            At step t, of the word behind words[:, t].
        caches : tuple
            For the way back in `loss`.
        """
        p, forward = self.params, CELLS[self.cell_type][1]
        features = features.astype(self.dtype)
        ### BEGIN SOLUTION: scores, by affine_forward and the layers of rnn_layers; caches
        h0, proj_cache = affine_forward(features, p["W_proj"], p["b_proj"])
        vectors, embed_cache = word_embedding_forward(words, p["W_embed"])
        h, cell_cache = forward(vectors, h0, p["Wx"], p["Wh"], p["b"])
        scores, vocab_cache = temporal_affine_forward(h, p["W_vocab"], p["b_vocab"])
        caches = proj_cache, embed_cache, cell_cache, vocab_cache
        ### END SOLUTION
        return scores, caches

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
        ### BEGIN SOLUTION: fill captions, word by word, with self.begin and self.advance
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
        ### END SOLUTION
        return captions

    def masks(self, N, T):
        """Draw masks of dropout for N sentences of T words to predict; {} if nothing is dropped."""
        return graph.draw_masks(self, N, T)

    def logprobs(self, features, captions):
        """The log-probability of every word, given the right ones before it; nothing is dropped.

        Parameters
        ----------
        features : ndarray, shape (N, D)
        captions : ndarray, shape (N, T + 1), int

        Returns
        -------
        ndarray, shape (N, T), float64
            Natural logarithms, for captions[:, 1:]; 0 where that is "<NULL>".
        """
        return graph.logprobs(self, features, captions)

    def begin(self, features):
        """The state before the first word, for pictures' features (N, D): a tuple of arrays."""
        return graph.begin(self, features)

    def advance(self, state, words):
        """Read one more word of each sentence.

        Parameters
        ----------
        state : tuple of ndarray, with N rows
            From `begin` or `advance`.
        words : ndarray, shape (N,), int

        Returns
        -------
        scores : ndarray, shape (N, V)
            Of the word that comes next.
        state : tuple
        """
        return graph.advance(self, state, words)


def _require(name, value, known):
    if value not in known:
        choices = ", ".join(f'"{one}"' for one in known)
        raise ValueError(f'{name} is "{value}"; it should be one of {choices}.')


def _shares(dropout):
    """A share for each of the places that dropout works at."""
    shares = dropout if isinstance(dropout, dict) else dict.fromkeys(graph.PLACES, dropout)
    shares = dict.fromkeys(graph.PLACES, 0.0) | shares
    for place, share in shares.items():
        _require("a place of dropout", place, graph.PLACES)
        if not 0 <= share < 1:
            raise ValueError(f"dropout at {place} is {share}, but should be at least 0, below 1.")
    return shares
