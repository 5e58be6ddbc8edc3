"""A translator: an encoder LSTM reads a sentence, a decoder LSTM writes it in another language."""

import numpy as np

from cs231n.kernels.fast_recurrent import (
    lstm_backward_fast,
    lstm_forward_fast,
    lstm_last_cell,
    softmax_words_fast,
    word_embedding_backward_fast,
)
from cs231n.language.attention import attend, attend_backward
from cs231n.language.decoding import log_softmax
from cs231n.language.translation import last_states, source_batch
from cs231n.language.vocabulary import NULL

__all__ = ["Translator"]


class Translator:
    """Scores of the next word of a translation, given the source and the words so far.

    A source is a row of word numbers in reading order. A translation is a row of `START`, the
    numbers of its words, and `END`. Both are padded with `NULL`, which the loss leaves out.

    Parameters
    ----------
    source_words, target_words : int
        How many words each language has, the special ones of `vocabulary` included.
    wordvec_dim : int
        W, numbers in a word's vector.
    hidden_dim : int
        H, numbers in a state, and in a cell.
    attention : bool
        Whether each state of the decoder looks back at all states of the encoder.
    reverse : bool
        Whether the encoder reads the source backwards.
    dtype : dtype
        Of the parameters and of all computation.
    seed : int
        Of the first parameters.

    Attributes
    ----------
    params : dict
        W_source (V_s, W), Wx_enc (W, 4H), Wh_enc (H, 4H), b_enc (4H,); W_target (V_t, W), Wx_dec
        (W, 4H), Wh_dec (H, 4H), b_dec (4H,); W_vocab (H, V_t), b_vocab (V_t,). With attention
        also W_attend (H, H), W_mix (2H, H), b_mix (H,).
    settings : dict
        Plain values: `Translator(**model.settings)` has the same shapes.

    References
    ----------
    I. Sutskever et al., "Sequence to sequence learning with neural networks", 2014; M.-T. Luong et
    al., "Effective approaches to attention-based neural machine translation", 2015.
    """

    def __init__(
        self,
        source_words,
        target_words,
        wordvec_dim=64,
        hidden_dim=128,
        attention=False,
        reverse=True,
        dtype="float32",
        seed=0,
    ):
        self.settings = {"source_words": source_words, "target_words": target_words}
        self.settings |= {"wordvec_dim": wordvec_dim, "hidden_dim": hidden_dim}
        self.settings |= {"attention": attention, "reverse": reverse, "dtype": np.dtype(dtype).name}
        self.attention, self.reverse, self.dtype = attention, reverse, np.dtype(dtype)
        W, H, rng = wordvec_dim, hidden_dim, np.random.default_rng(seed)
        shapes = {"W_source": (source_words, W), "Wx_enc": (W, 4 * H), "Wh_enc": (H, 4 * H)}
        shapes |= {"W_target": (target_words, W), "Wx_dec": (W, 4 * H), "Wh_dec": (H, 4 * H)}
        shapes |= {"W_vocab": (H, target_words)}
        shapes |= {"W_attend": (H, H), "W_mix": (2 * H, H)} if attention else {}
        params = {}
        for name, shape in shapes.items():
            scale = 0.1 if name in ("W_source", "W_target") else 1 / np.sqrt(shape[0])
            params[name] = scale * rng.standard_normal(shape)
        params["b_enc"], params["b_dec"] = np.zeros(4 * H), np.zeros(4 * H)
        for name in ("b_enc", "b_dec"):
            params[name][H : 2 * H] = 1  # forget gates start open
        params |= {"b_vocab": np.zeros(target_words)} | (
            {"b_mix": np.zeros(H)} if attention else {}
        )
        self.params = {name: value.astype(self.dtype) for name, value in params.items()}

    def encode(self, sources):
        """Read sources to their ends.

        Parameters
        ----------
        sources : sequence of N sequences of int

        Returns
        -------
        encoded : ndarray, shape (N, S, H)
            The encoder's states, in the order in which it read.
        last : tuple of two ndarrays, shape (N, H)
            State h and cell c after the last word of each source: what the decoder starts from.
        lengths : ndarray, shape (N,), int
        cache : tuple
            For `encode_backward`.
        """
        p = self.params
        words, lengths = source_batch(sources, NULL, self.reverse)
        empty = np.zeros((len(words), self.settings["hidden_dim"]), dtype=self.dtype)
        weights = p["Wx_enc"], p["Wh_enc"], p["b_enc"]
        encoded, cell_cache = lstm_forward_fast(
            p["W_source"][words], empty, *weights, lengths=lengths
        )
        last = last_states(encoded, lengths), lstm_last_cell(cell_cache)
        return encoded, last, lengths, (words, lengths, cell_cache)

    def encode_backward(self, dencoded, dh, dc, cache):
        """Go back through `encode`: from what the decoder started from into the encoder.

        Parameters
        ----------
        dencoded : ndarray, shape (N, S, H)
            Derivatives of the loss with respect to the states themselves, as attention has them;
            without what flows through `last` and through later states.
        dh, dc : ndarray, shape (N, H)
            Derivatives with respect to both parts of `last`.
        cache : tuple
            (words, lengths, cell_cache): words (N, S) and lengths (N,) as the encoder read them,
            and the cache of `lstm_forward_fast`.

        Returns
        -------
        dict
            Derivatives with respect to W_source, Wx_enc, Wh_enc and b_enc.
        """
        words, lengths, cell_cache = cache
        ### BEGIN SOLUTION: dh joins dencoded where each source ends; then back through the cells
        dstates = dencoded.copy()
        dstates[np.arange(len(dh)), lengths - 1] += dh  # without words: -1, which is behind the end
        dx, _, dWx, dWh, db, *_ = lstm_backward_fast(dstates, cell_cache, dc=dc)
        dW = word_embedding_backward_fast(dx, words, len(self.params["W_source"]))
        ### END SOLUTION
        return {"W_source": dW, "Wx_enc": dWx, "Wh_enc": dWh, "b_enc": db}

    def look_back(self, h, encoded, lengths):
        """Turn states of the decoder (N, T, H) into what scores are made of: with attention
        tanh([context, h] W_mix + b_mix), without it h itself.

        Returns
        -------
        out : ndarray, shape (N, T, H)
        cache : tuple
            For `look_back_backward`; its first part is the weights of attention, or None.
        """
        if not self.attention:
            return h, (None, encoded)
        p = self.params
        context, weights, cache = attend(h, encoded, p["W_attend"], lengths)
        both = np.concatenate([context, h], axis=2)  # (N, T, 2H)
        out = np.tanh(both @ p["W_mix"] + p["b_mix"])
        return out, (weights, both, out, cache)

    def look_back_backward(self, dout, cache):
        """Go back through `look_back`.

        Returns
        -------
        dh : ndarray, shape (N, T, H)
        dencoded : ndarray, shape (N, S, H)
        grads : dict
            Derivatives with respect to the parameters of attention; {} without it.
        """
        if not self.attention:
            return dout, np.zeros_like(cache[1]), {}
        _, both, out, attend_cache = cache
        H = out.shape[2]
        dmixed = (dout * (1 - out * out)).reshape(-1, H)
        grads = {"W_mix": both.reshape(-1, 2 * H).T @ dmixed, "b_mix": dmixed.sum(axis=0)}
        dboth = (dmixed @ self.params["W_mix"].T).reshape(both.shape)
        dh, dencoded, grads["W_attend"] = attend_backward(dboth[:, :, :H], attend_cache)
        return dh + dboth[:, :, H:], dencoded, grads

    def loss(self, sources, targets):
        """Compute the loss of translations, each word given the source and the right words before.

        Parameters
        ----------
        sources : sequence of N sequences of int
        targets : ndarray, shape (N, T + 1), int

        Returns
        -------
        loss : float
            Minus the sum of the log-probabilities of all words and of END, divided by N.
        grads : dict
            Its derivatives with respect to each of the parameters.
        """
        p, grads = self.params, {}
        encoded, (h0, c0), lengths, source_cache = self.encode(sources)
        ### BEGIN SOLUTION: loss; then grads of the decoder, dencoded, and dh0, dc0 of its start
        words_in, words_out = targets[:, :-1], targets[:, 1:]
        mask, weights = words_out != NULL, (p["Wx_dec"], p["Wh_dec"], p["b_dec"])
        h, cell_cache = lstm_forward_fast(
            p["W_target"][words_in], h0, *weights, c0=c0, lengths=mask.sum(axis=1)
        )
        out, out_cache = self.look_back(h, encoded, lengths)
        loss, dout, grads["W_vocab"], grads["b_vocab"] = softmax_words_fast(
            out, p["W_vocab"], p["b_vocab"], words_out, mask
        )
        dh, dencoded, more = self.look_back_backward(dout, out_cache)
        dx, dh0, dWx, dWh, db, _, dc0 = lstm_backward_fast(dh, cell_cache)
        grads |= more | {"Wx_dec": dWx, "Wh_dec": dWh, "b_dec": db}
        grads["W_target"] = word_embedding_backward_fast(dx, words_in, len(p["W_target"]))
        ### END SOLUTION
        return loss, grads | self.encode_backward(dencoded, dh0, dc0, source_cache)

    def begin(self, sources):
        """The state before the first word of each translation: h, c, encoded, lengths."""
        encoded, last, lengths, _ = self.encode(sources)
        return (*last, encoded, lengths)

    def advance(self, state, words):
        """Read one more word of each translation.

        Parameters
        ----------
        state : tuple
            From `begin` or `advance`: h and c (N, H) of the decoder, encoded (N, S, H), and lengths
            (N,), which stay as they are. Each part has a row for each translation.
        words : ndarray, shape (N,), int
            START at first.

        Returns
        -------
        scores : ndarray, shape (N, V_t)
            Of the word that comes next.
        state : tuple
        """
        p, (h, c, encoded, lengths) = self.params, state
        ### BEGIN SOLUTION: a sequence of one step from h and c; look_back; scores, the next state
        weights = p["Wx_dec"], p["Wh_dec"], p["b_dec"]
        steps, cache = lstm_forward_fast(p["W_target"][words][:, None], h, *weights, c0=c)
        out, _ = self.look_back(steps, encoded, lengths)
        scores = out[:, 0] @ p["W_vocab"] + p["b_vocab"]  # (N, V_t)
        state = steps[:, 0], lstm_last_cell(cache), encoded, lengths
        ### END SOLUTION
        return scores, state

    def follow(self, sources, targets):
        """Tell the translator given translations, and see what it makes of them.

        Parameters
        ----------
        sources : sequence of N sequences of int
        targets : ndarray, shape (N, T + 1), int

        Returns
        -------
        scores : ndarray, shape (N, T, V_t)
            Of the words targets[:, 1:].
        weights : ndarray, shape (N, T, S), or None
            Of attention, places of the source in the order in which it was read.
        """
        p = self.params
        encoded, (h0, c0), lengths, _ = self.encode(sources)
        weights = p["Wx_dec"], p["Wh_dec"], p["b_dec"]
        h, _ = lstm_forward_fast(p["W_target"][targets[:, :-1]], h0, *weights, c0=c0)
        out, (looks, *_) = self.look_back(h, encoded, lengths)
        return out @ p["W_vocab"] + p["b_vocab"], looks

    def logprobs(self, sources, targets):
        """The log-probability of each word targets[:, 1:], (N, T) float64; 0 for `NULL`."""
        scores, _ = self.follow(sources, targets)
        N, T, V = scores.shape
        every, words = log_softmax(scores.reshape(N * T, V)).reshape(N, T, V), targets[:, 1:]
        right = np.take_along_axis(every, words[:, :, None], axis=2)[:, :, 0]
        return np.where(words == NULL, 0.0, right)
