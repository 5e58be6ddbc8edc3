"""Tokens: what is known gets a number, in an order that does not depend on chance."""

import numpy as np
import pytest

from cs231n.text.tokens import END, UNKNOWN, Tokens

pytestmark = pytest.mark.assignment4


def test_characters_come_in_the_order_of_their_code_points():
    tokens = Tokens.count("characters", "banana é")
    assert tokens.symbols == ["\N{REPLACEMENT CHARACTER}", " ", "a", "b", "n", "é"]
    assert tokens.encode("nab?").tolist() == [4, 2, 3, UNKNOWN]
    assert tokens.decode([3, 2, 4]) == "ban"
    assert (len(tokens), tokens.unknown) == (6, UNKNOWN)


def test_words_come_by_how_common_they_are():
    said = [["a", "dog"], ["a", "cat"], ["a", "cat", "and", "<END>"]]
    tokens = Tokens.count("words", said, at_least=1, most=3)
    assert tokens.symbols == ["<UNK>", "<END>", "a", "cat", "and"]
    assert tokens.encode(["a", "dog"]).tolist() == [2, UNKNOWN]
    assert tokens.decode([2, 3, END]) == "a cat <END>"
    assert Tokens.count("words", said, at_least=2).symbols[2:] == ["a", "cat"]


def test_bytes_are_their_own_numbers():
    tokens = Tokens.count("bytes", "")
    numbers = tokens.encode("né")
    assert numbers.dtype == np.int32
    assert numbers.tolist() == [110, 0xC3, 0xA9]
    assert tokens.decode(numbers) == "né"
    assert tokens.decode([0xC3]) == "\N{REPLACEMENT CHARACTER}"
    assert (len(tokens), tokens.unknown) == (256, None)


def test_what_cannot_be_numbered_is_named():
    with pytest.raises(ValueError, match="'a' comes twice"):
        Tokens("words", ["a", "b", "a"])
    with pytest.raises(ValueError, match="no word comes 3 times among 2; take a lower threshold"):
        Tokens.count("words", [["a", "b"]], at_least=3)
