"""Translators of given parameters, to judge each part of them without the others.

They live in the student's process and hand back plain data.
"""

import numpy as np

from cs231n.kernels.fast_recurrent import lstm_forward_fast, lstm_last_cell
from cs231n.language.translator import Translator


class ReadingTranslator(Translator):
    """Encodes without what students write for it, so that its other parts are judged alone."""

    def encode(self, sources):
        """As `Translator.encode`."""
        p, lengths = self.params, np.array([len(sentence) for sentence in sources])
        order, width = -1 if self.reverse else 1, max(lengths)
        rows = [np.pad(list(one)[::order], (0, width - len(one))) for one in sources]
        words = np.stack(rows).astype(int)
        empty = np.zeros((len(words), len(p["Wh_enc"])), dtype=self.dtype)
        weights = p["Wx_enc"], p["Wh_enc"], p["b_enc"]
        encoded, cache = lstm_forward_fast(p["W_source"][words], empty, *weights, lengths=lengths)
        h = np.array([row[n - 1] if n else 0 * row[0] for row, n in zip(encoded, lengths)])
        return encoded, (h, lstm_last_cell(cache)), lengths, (words, lengths, cache)


class LookingTranslator(ReadingTranslator):
    """Looks back in a way that nobody writes: adds the mean of the encoder's states.

    Who forgets to hand derivatives on to `encoded` has other gradients then.
    """

    def look_back(self, h, encoded, lengths):
        """The decoder's states plus the mean of those that count of the encoder's."""
        mean = encoded.sum(axis=1) / lengths[:, None].astype(encoded.dtype)
        return h + mean[:, None], (None, encoded, lengths)

    def look_back_backward(self, dout, cache):
        """Go back through `look_back`."""
        _, encoded, lengths = cache
        dmean = dout.sum(axis=1) / lengths[:, None].astype(dout.dtype)
        counts = np.arange(encoded.shape[1]) < lengths[:, None]
        return dout, dmean[:, None] * counts[:, :, None], {}


def hand_over(params, reverse, sources, dencoded, dh, dc):
    """Call `encode_backward` behind `encode`."""
    translator = _made(params, reverse, False)
    *_, cache = translator.encode(sources)
    return translator.encode_backward(dencoded, dh, dc, cache)


def loss(params, reverse, looks, sources, targets):
    """Call `loss`."""
    return _made(params, reverse, looks).loss(sources, targets)


def written(params, reverse, looks, sources, words):
    """Tell words (N, T) one after the other, the rows of the state turned round once each time.

    Returns
    -------
    scores : list of ndarray, shape (N, V)
        Behind each word, in the order of the rows of `words`.
    state : whatever `advance` returned last
    """
    translator, scores = _made(params, reverse, looks), []
    state, columns = translator.begin(sources), np.asarray(words).T
    rows = np.arange(len(words))
    for column in columns:
        result = translator.advance(state, column[rows])
        if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], tuple):
            return result
        found, state = result
        scores.append(np.array(found)[np.argsort(rows)] if np.ndim(found) else found)
        state, rows = tuple(part[::-1] for part in state), rows[::-1]
    return scores, tuple(part[np.argsort(rows)] for part in state)


def _made(params, reverse, looks):
    W, H = len(params["Wx_enc"]), len(params["Wh_enc"])
    sizes = len(params["W_source"]), len(params["W_target"]), W, H
    kind = LookingTranslator if looks else ReadingTranslator
    translator = kind(*sizes, reverse=reverse, dtype=params["Wx_enc"].dtype)
    translator.params = params
    return translator
