"""A network beside the best n-gram, where the answer lies further back than the n-gram can see."""

from dataclasses import asdict

import numpy as np

from cs231n.language.ngrams import NgramModel
from cs231n.language.writing import write
from cs231n.text.long_context import (
    PROBED,
    balance,
    network_chances,
    ngram_chances,
    probe,
    structure_of,
)
from cs231n.text.tokens import Tokens

__all__ = ["WRITTEN", "compare"]

WRITTEN = 10_000  # characters of a sample in which brackets are counted
NAMES = {
    "bits": ("bits paid for a closing bracket", ".2f"),
    "right_kind": ("its kind is the likeliest of the three", ".1%"),
    "square_or_curly": ("the same of square and curly ones", ".1%"),
    "open": ('probability of ")" where "(" is open', ".4f"),
    "shut": ("the same where nothing is open", ".4f"),
    "indented": ("probability of a space behind a line with spaces", ".4f"),
    "flush": ("the same behind a line without", ".4f"),
}


def compare(model, ngram: NgramModel, tokens: Tokens, train, held_out, written=None) -> dict:
    """Ask both models about the brackets and the indentation of the held-out text.

    Parameters
    ----------
    model : RecurrentLM
    ngram : NgramModel
    tokens : Tokens
        Of characters.
    train, held_out : ndarray (L,), int
    written : int, optional
        `WRITTEN` by default: length of a text that each model writes (temperature 1, seed 231), in
        which closing brackets should close something.

    Returns
    -------
    dict
        "order", "reach" (characters that the n-gram sees), "rows": (what, the network's number, the
        n-gram's, cases, how to show it).

    Raises
    ------
    ValueError
        If the training part lacks one of the brackets or the space.
    """
    lacking = [one for one in PROBED if one not in tokens.symbols]
    if lacking:
        raise ValueError(f"the text has no {lacking[0]!r}: its brackets cannot be followed.")
    written = WRITTEN if written is None else written
    numbers, reach = tokens.encode(PROBED).tolist(), ngram.order - 1
    structure = structure_of(tokens.decode(held_out), reach)
    ours = asdict(probe(structure, network_chances(model, held_out, train, numbers)))
    theirs = asdict(probe(structure, ngram_chances(ngram, held_out, train, numbers)))
    cases = dict.fromkeys(("right_kind", "bits"), len(structure.closing))
    cases |= {"square_or_curly": int((structure.kinds > 0).sum())}
    cases |= {"open": len(structure.open), "shut": len(structure.shut)}
    cases |= {"indented": len(structure.indented), "flush": len(structure.flush)}
    rows = [
        (name, ours[key], theirs[key], cases[key], shape) for key, (name, shape) in NAMES.items()
    ]
    texts = [_text(one, tokens, written) for one in (model, _Writer(ngram))]
    (ours_closed, ours_matched), (closed, matched) = map(balance, texts)
    shares = ours_matched / max(ours_closed, 1), matched / max(closed, 1)
    name = f"written brackets that close one ({written:,} characters)"
    rows.append((name, *shares, ours_closed + closed, ".1%"))
    return {"order": ngram.order, "reach": reach, "rows": rows}


def _text(model, tokens, length):
    rng = np.random.default_rng(231)
    newline = tokens.encode("\n").tolist()
    numbers = write(model, newline, lambda p: rng.choice(len(p), p=p), max_length=length)
    return tokens.decode(numbers)


class _Writer:
    """An n-gram with the two functions that `write` asks for."""

    def __init__(self, ngram):
        self._ngram = ngram

    def begin(self, rows):
        return [()] * len(rows)

    def advance(self, states, words):
        states = [(*state, int(word))[-self._ngram.order :] for state, word in zip(states, words)]
        return np.log([self._ngram.distribution(state) for state in states]), states
