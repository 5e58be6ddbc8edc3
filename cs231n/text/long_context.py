"""Does a model remember further back than an n-gram can see? Brackets and indentation tell.

A. Graves showed it in 2013 with samples: his network closed brackets and quotation marks that it
had opened long before. Here both models read the same held-out text, and are asked where the
answer lies beyond the reach of the n-gram.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cs231n.text.evaluation import predict

__all__ = [
    "PROBED",
    "Probe",
    "Structure",
    "balance",
    "network_chances",
    "ngram_chances",
    "probe",
    "structure_of",
]

PAIRS = {")": "(", "]": "[", "}": "{"}
PROBED = (*PAIRS, " ")  # what is predicted: one of the closing brackets, or a space


@dataclass(frozen=True)
class Structure:
    """Places of a text at which only a memory helps.

    Attributes
    ----------
    closing : ndarray, shape (B,), int
        Where a bracket is closed that was opened more than `reach` characters before.
    kinds : ndarray, shape (B,), int
        Which of `PAIRS` it is.
    open, shut : ndarray, int
        Where a round bracket has been open for more than `reach` characters, and nothing was opened
        since; where no bracket has been open for so long.
    indented, flush : ndarray, int
        Where a line begins whose line before was indented; whose line before was not.
    """

    closing: np.ndarray
    kinds: np.ndarray
    open: np.ndarray
    shut: np.ndarray
    indented: np.ndarray
    flush: np.ndarray


@dataclass(frozen=True)
class Probe:
    """What one model knows at such places; nan where there is none.

    Attributes
    ----------
    right_kind : float
        Share of the closed brackets at which the right kind is the likeliest of the three.
    square_or_curly : float
        The same of those that are not round.
    bits : float
        Paid for the closing bracket, on the average.
    open, shut : float
        Mean probability of ")" where a round bracket is open, and where none is.
    indented, flush : float
        Mean probability of a space where a line begins, behind a line that was indented, and behind
        one that was not.
    """

    right_kind: float
    square_or_curly: float
    bits: float
    open: float
    shut: float
    indented: float
    flush: float


def structure_of(text: str, reach: int) -> Structure:
    """Find the places of a text that ask for a memory of more than `reach` characters.

    Brackets match within a paragraph; those that match none, as in a smiley or behind the number of
    an item, count for nothing.
    """
    closing, kinds, opened, shut, stack, last = [], [], [], [], [], 0
    for place, character in enumerate(text):
        if stack and stack[-1][0] == "(" and place - stack[-1][1] > reach:
            opened.append(place)
        elif not stack and place - last > reach:
            shut.append(place)
        if character in PAIRS.values():
            stack.append((character, place))
        elif character in PAIRS and stack and stack[-1][0] == PAIRS[character]:
            _, since = stack.pop()
            last = place
            if place - since > reach:
                closing.append(place)
                kinds.append(list(PAIRS).index(character))
        elif text.startswith("\n\n", place):
            stack, last = [], place
    arrays = (np.array(places, dtype=int) for places in (closing, kinds, opened, shut))
    return Structure(*arrays, *_line_starts(text, reach))


def probe(structure: Structure, chances: np.ndarray) -> Probe:
    """Say what a model knows.

    Parameters
    ----------
    structure : Structure
    chances : ndarray, shape (L, 4)
        At each place of the text, the probabilities of `PROBED`.
    """
    at, kinds = chances[structure.closing, : len(PAIRS)], structure.kinds
    right = at.argmax(axis=1) == kinds
    paid = -np.log2(at[np.arange(len(at)), kinds])
    of_round, of_space = chances[:, 0], chances[:, -1]
    groups = (right, right[kinds > 0], paid, of_round[structure.open], of_round[structure.shut])
    groups += (of_space[structure.indented], of_space[structure.flush])
    return Probe(*(float(np.mean(group)) if len(group) else np.nan for group in groups))


def network_chances(model, held_out, train, numbers) -> np.ndarray:
    """Probabilities (L, 4) of some tokens, by a network that reads the text."""
    return np.exp(predict(model, held_out, train, lambda logprobs, _: logprobs[:, :, numbers]))


def ngram_chances(model, held_out, train, numbers) -> np.ndarray:
    """The same by an n-gram."""
    before = model.order - 1
    tokens = np.concatenate([train[-before:] if before else [], held_out]).astype(int).tolist()
    contexts = (tuple(tokens[t - before : t]) for t in range(before, len(tokens)))
    return np.array([[model.probability(n, context) for n in numbers] for context in contexts])


def balance(text: str) -> tuple[int, int]:
    """Count the closing brackets of a text, and those that close one that is open."""
    stack, closed, matched = [], 0, 0
    for character in text:
        if character in PAIRS.values():
            stack.append(character)
        elif character in PAIRS:
            closed += 1
            if stack and stack[-1] == PAIRS[character]:
                stack.pop()
                matched += 1
    return closed, matched


def _line_starts(text, reach):
    """Where lines begin behind an indented line, and behind one that is not.

    Neither line is empty, and the one before is too long for an n-gram to see its beginning.
    """
    found, place = ([], []), 0
    for before, line in pairwise(text.split("\n")):
        place += len(before) + 1
        if line.strip() and before.strip() and len(before) > reach:
            found[0 if before[0] == " " else 1].append(place)
    return tuple(np.array(places, dtype=int) for places in found)
