"""Brackets and indentation, where the answer lies beyond the reach of an n-gram."""

import math

import numpy as np
import pytest

from cs231n.language.ngrams import NgramModel
from cs231n.text import memory
from cs231n.text.long_context import (
    PROBED,
    balance,
    network_chances,
    ngram_chances,
    probe,
    structure_of,
)
from cs231n.text.recurrent_lm import RecurrentLM
from cs231n.text.tokens import Tokens

pytestmark = pytest.mark.assignment4


def test_brackets_are_matched_within_a_paragraph():
    text = "f(abcd) (x) [abcde} ab)\n\n] {abc[defg]hij}"
    found = structure_of(text, reach=3)
    places = [text.index(")"), text.index("]hij"), text.index("}", 25)]
    assert found.closing.tolist() == places
    assert found.kinds.tolist() == [0, 1, 2]
    assert [text[place] for place in found.open] == ["d", ")"][:2]
    assert not set(found.open) & set(found.shut)


def test_beginnings_of_lines_are_found():
    text = "long\n  text\n  more\n\n  new\nx\nflush\nlines"
    found = structure_of(text, reach=3)
    assert [text[place:].split()[0] for place in found.indented] == ["more", "x"]
    assert [text[place:].split()[0] for place in found.flush] == ["text", "lines"]


def test_a_memory_is_told_from_none():
    text = "(abcd) [abcd] (abcd)\n    x\n    y\nz"
    structure = structure_of(text, reach=3)
    knows = np.full((len(text), 4), 1e-3)
    for place, character in enumerate(text):
        if character in PROBED:
            knows[place, PROBED.index(character)] = 0.9
    found = probe(structure, knows)
    assert (found.right_kind, found.square_or_curly) == (1, 1)
    assert (found.indented, found.flush) == (pytest.approx(0.4505), 0.9)
    assert found.bits == pytest.approx(-math.log2(0.9))
    assert found.open > 10 * found.shut
    always = np.tile([0.5, 0.1, 0.1, 0.6], (len(text), 1))
    found = probe(structure, always)
    assert found.right_kind == pytest.approx(2 / 3)
    assert (found.square_or_curly, found.indented) == (0, pytest.approx(0.6))
    nothing = probe(structure_of("plain words", 3), always)
    assert math.isnan(nothing.right_kind)
    assert math.isnan(nothing.indented)


def test_brackets_of_a_text_are_counted():
    assert balance("(a) [b) ]) x}") == (5, 2)


def test_networks_and_ngrams_give_probabilities_of_the_same_places():
    text = "(ab) [cd]\n" * 30
    tokens = Tokens.count("characters", text + "{}")
    numbers, encoded = tokens.encode(PROBED).tolist(), tokens.encode(text)
    ngram = NgramModel(3, len(tokens)).fit([encoded])
    counted = ngram_chances(ngram, encoded[:50], encoded, numbers)
    assert counted.shape == (50, 4)
    assert counted[3, 0] > 0.9  # behind "ab" comes ")"
    model = RecurrentLM(len(tokens), 3, 4)
    assert network_chances(model, encoded[:50], encoded, numbers).shape == (50, 4)


def test_both_models_are_compared_and_write():
    text = "(ab) [cd] {ef}\n    g\n    h\n\n" * 20
    tokens = Tokens.count("characters", text)
    encoded = tokens.encode(text)
    ngram = NgramModel(3, len(tokens)).fit([encoded])
    model = RecurrentLM(len(tokens), 3, 4)
    found = memory.compare(model, ngram, tokens, encoded, encoded[:112], written=300)
    assert (found["order"], found["reach"]) == (3, 2)
    rows = {name: row for name, *row in found["rows"]}
    assert rows["its kind is the likeliest of the three"][1:3] == [1, 12]
    assert rows["probability of a space behind a line with spaces"][2] == 4
    assert rows["written brackets that close one (300 characters)"][2] > 0
    short = Tokens.count("characters", "no brackets")
    with pytest.raises(ValueError, match=r"the text has no '\)': its brackets cannot be followed"):
        memory.compare(model, ngram, short, encoded, encoded)
