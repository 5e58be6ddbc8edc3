"""N-grams as plain data, a network that is a formula, and texts written by tables of chances."""

import numpy as np

from cs231n.checks.beside.decoding import WordMachine
from cs231n.language import ngrams, streams, writing


def counts(sequences, n):
    """Call `count_ngrams`: rows of (context, token, count), or what it returned if not dicts."""
    found = ngrams.count_ngrams(sequences, n)
    if not isinstance(found, dict) or not all(isinstance(row, dict) for row in found.values()):
        return found
    return [
        (_plain(context), _plain(token), _plain(count))
        for context, row in found.items()
        for token, count in row.items()
    ]


def _plain(value):
    """Whole numbers as int and tuples of them as tuple; a text for anything else."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return int(value) if isinstance(value, int | np.integer) else repr(value)[:80]


def chances(order, V, counted, queries):
    """Call `probability` for each (token, context), with these counts in the place of the model's.

    `counted` holds for each length of context the rows (context, token, count).
    """
    model = ngrams.NgramModel(order, V)
    for rows in counted:
        found = {}
        for context, token, count in rows:
            found.setdefault(tuple(context), {})[token] = count
        model.counts.append(found)
        model.totals.append({context: sum(row.values()) for context, row in found.items()})
    return [model.probability(token, tuple(context)) for token, context in queries]


class Formula:
    """Stands for a LanguageModel of two layers: its loss is a formula of all that it is given."""

    def __init__(self):
        self.weight, self.asked = 1.0, []

    def begin(self, features):
        """States of zeros, (N, 1) each."""
        return tuple(np.zeros((len(features), 1)) for _ in range(2))

    def loss(self, x, y, mask, states):
        """The loss, a gradient, and states that depend on those before."""
        low, high = states
        self.asked.append(np.array(mask))
        loss = self.weight * float(np.sum(x * y)) + float(low.sum() - 2 * high.sum())
        low, high = 0.5 * low + x.mean(axis=1, keepdims=True), 0.3 * high + low
        return loss, {"weight": np.array([loss / 100])}, [low, high]


def streamed(x, y, learn):
    """Call `run_stream` on a `Formula`: its losses, and the masks that it was given."""
    model = Formula()

    def step(grads):
        model.weight -= float(grads["weight"][0])

    losses = streams.run_stream(model, x, y, step) if learn else streams.run_stream(model, x, y)
    return losses, model.asked


def written(moves, scores, prime, takes, temperature, end, max_length):
    """Call `write` with a `WordMachine`: what it wrote, and the probabilities that it offered.

    `takes` says which of the tokens, sorted by their probabilities, is picked: 0 the likeliest.
    """
    offered = []

    def pick(probabilities):
        offered.append(np.array(probabilities))
        return np.argsort(-np.asarray(probabilities), kind="stable")[takes]

    machine = WordMachine(moves, scores)
    text = writing.write(machine, prime, pick, temperature, end, max_length)
    return ([int(token) for token in text] if isinstance(text, list) else text), offered
