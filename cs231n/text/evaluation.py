"""How well a language model predicts what was held out, beside the best n-gram."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cs231n.language.ngrams import NgramModel, perplexities
from cs231n.language.streams import sentence_batch
from cs231n.text.tokens import END

__all__ = [
    "Evaluation",
    "best_ngram",
    "evaluate",
    "held_out_loss",
    "logprobs_of",
    "ngram_rows",
    "predict",
    "with_ends",
]

ROWS = 32  # in which a text is read side by side
WARM = 256  # tokens that each row reads before the first one that counts
CHUNK = 128  # tokens at a time
SENTENCES = 128  # at a time


@dataclass(frozen=True)
class Evaluation:
    """What a model reaches on the part that was held out.

    Attributes
    ----------
    model : dict
        What `perplexities` returns of it: perplexity, bits, unknown, known.
    ngrams : dict
        Order -> the same of an interpolated Witten-Bell n-gram of the training part.
    tokens : int
        That are predicted.
    """

    model: dict
    ngrams: dict
    tokens: int

    @property
    def best_order(self) -> int:
        """The order of the n-gram that predicts best."""
        return min(self.ngrams, key=lambda order: self.ngrams[order]["bits"])


def evaluate(model, train, held_out, unknown=None, orders=6, ngrams=None) -> Evaluation:
    """Compare a model with n-grams of all orders up to `orders`.

    Parameters
    ----------
    model : RecurrentLM
    train, held_out : ndarray (L,) or list of ndarray
        Tokens of a text, or of sentences without an end.
    unknown : int or None
        The token of what is not known.
    orders : int
    ngrams : dict, optional
        Rows of `ngram_rows`, if they are known already.
    """
    if ngrams is None:
        ngrams = ngram_rows(train, held_out, len(model.params["b_vocab"]), unknown, orders)[0]
    sequences = with_ends(held_out)
    row = perplexities(logprobs_of(model, held_out, train), sequences, unknown)
    return Evaluation(row, ngrams, sum(map(len, sequences)))


def ngram_rows(train, held_out, V, unknown=None, orders=6) -> tuple[dict, NgramModel]:
    """Perplexities by order, 1 to `orders`, and the model of the highest order."""
    sequences, largest = with_ends(held_out), NgramModel(orders, V).fit(with_ends(train))
    rows = {}
    for order in range(1, orders + 1):
        smaller = best_ngram(largest, order)
        # A text goes on where the training part ends.
        before = train[-(order - 1) :] if order > 1 and isinstance(train, np.ndarray) else []
        found = [
            smaller.logprobs(np.concatenate([before, one]).astype(int))[len(before) :]
            for one in sequences
        ]
        rows[order] = perplexities(found, sequences, unknown)
    return rows, largest


def best_ngram(largest: NgramModel, order: int) -> NgramModel:
    """The n-gram of a lower order that is part of a larger one."""
    smaller = NgramModel(order, largest.V)
    smaller.counts, smaller.totals = largest.counts[:order], largest.totals[:order]
    return smaller


def with_ends(part) -> list[np.ndarray]:
    """Sequences to predict: the text, or the sentences with their ends."""
    if isinstance(part, np.ndarray):
        return [part]
    return [np.append(sentence, END) for sentence in part]


def held_out_loss(model, held_out, train) -> float:
    """The mean loss of the held-out tokens, in nats."""
    return -float(np.concatenate(logprobs_of(model, held_out, train)).mean())


def logprobs_of(model, held_out, train) -> list[np.ndarray]:
    """Natural logarithms of the probabilities of all held-out tokens, sequence by sequence."""
    if isinstance(held_out, np.ndarray):
        return [predict(model, held_out, train, _right)]
    found = [None] * len(held_out)
    order = np.argsort([len(sentence) for sentence in held_out], kind="stable")
    for start in range(0, len(order), SENTENCES):
        chosen = order[start : start + SENTENCES]
        x, y, mask = sentence_batch([held_out[i] for i in chosen], END)
        rows, _ = model.logprobs(x, y, lengths=mask.sum(axis=1))
        for i, row, counts in zip(chosen, rows, mask):
            found[i] = row[counts]
    return found


def predict(model, tokens: np.ndarray, before: np.ndarray, keep: Callable) -> np.ndarray:
    """Read a text and keep something of every prediction.

    The text is cut into rows that are read side by side; each row first reads the tokens that come
    before it, as many as there are up to `WARM`, so that it knows what it is about.

    Parameters
    ----------
    model : RecurrentLM
    tokens : ndarray, shape (L,), int
    before : ndarray, int
        What comes before the text, one token or more.
    keep : callable
        (log-probabilities (S, t, V), right tokens (S, t)) -> array (S, t, ...).

    Returns
    -------
    ndarray, shape (L, ...)
    """
    before = before[-WARM:]
    warm, rows = len(before), min(ROWS, len(tokens))
    each = -(-len(tokens) // rows)  # tokens of a row
    text = np.concatenate([before, tokens, np.zeros(rows * each - len(tokens), dtype=int)])
    starts = each * np.arange(rows)[:, None]
    states, kept = None, []
    for first in range(0, warm - 1 + each, CHUNK):
        places = starts + np.arange(first, min(first + CHUNK, warm - 1 + each))
        scores, states = model.scores(text[places], states)
        scores -= scores.max(axis=2, keepdims=True)
        scores -= np.log(np.exp(scores).sum(axis=2, keepdims=True))
        late = max(warm - 1 - first, 0)
        kept.append(keep(scores[:, late:], text[places + 1][:, late:]))
    found = np.concatenate(kept, axis=1)  # (rows, each, ...)
    return found.reshape(-1, *found.shape[2:])[: len(tokens)]


def _right(logprobs, y):
    """Of the right tokens."""
    return np.take_along_axis(logprobs, y[:, :, None], axis=2)[:, :, 0].astype(np.float64)
