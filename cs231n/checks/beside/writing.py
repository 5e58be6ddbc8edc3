"""Texts written by tables of chances, and the probabilities that were offered on the way."""

import numpy as np

from cs231n.checks.beside.decoding import WordMachine
from cs231n.language import writing


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
