"""What models write: from a seed, from a beginning, and in circles."""

import pytest

from cs231n.text.recurrent_lm import RecurrentLM
from cs231n.text.sampling import first_tokens, write_texts
from cs231n.text.tokens import Tokens

pytestmark = pytest.mark.assignment4

CHARACTERS = Tokens.count("characters", "abc \n")
WORDS = Tokens.count("words", [["a", "dog", "runs"]])


def model(tokens):
    return RecurrentLM(len(tokens), 3, 4, seed=5)


def test_a_seed_says_what_is_written():
    one, same = (write_texts(model(CHARACTERS), CHARACTERS, length=40, seed=1) for _ in range(2))
    assert one == same
    other = write_texts(model(CHARACTERS), CHARACTERS, length=40, seed=2)
    assert one[0].text != other[0].text
    assert len(one[0].text) == 40
    assert CHARACTERS.symbols[0] not in one[0].text
    assert one[0].loop is None


def test_greedy_text_ends_in_a_circle_that_is_named():
    network = model(CHARACTERS)
    for name in ("Wh", "Wh2"):
        network.params[name] *= 0  # it knows only what it read last
    (one,) = write_texts(network, CHARACTERS, "ab", length=200, greedy=True)
    assert one.loop
    assert one.text[one.loop_start :].startswith(one.loop * 3)


def test_words_end_by_themselves():
    network = model(WORDS)
    network.params["b_vocab"][1] = 99
    assert [one.text for one in write_texts(network, WORDS, "a", count=2)] == ["", ""]


def test_the_beginning_is_read():
    assert first_tokens(CHARACTERS, "") == CHARACTERS.encode("\n").tolist()
    assert first_tokens(WORDS, "A dog") == [1, *WORDS.encode(["a", "dog"])]
    assert first_tokens(Tokens("bytes", []), "é") == [0xC3, 0xA9]


@pytest.mark.parametrize(
    ("tokens", "options", "message"),
    [
        (CHARACTERS, {"prime": "abX"}, "the model does not know the character 'X'"),
        (WORDS, {"prime": "a cat"}, "the model does not know the word 'cat'"),
        (WORDS, {"length": 0}, "length is 0; it should be 1 or more"),
        (WORDS, {"temperature": 0.0}, r"temperature is 0.0; it should be above 0 \(or use"),
    ],
)
def test_what_cannot_be_written_is_named(tokens, options, message):
    with pytest.raises(ValueError, match=message):
        write_texts(model(tokens), tokens, **options)


def test_a_low_temperature_is_nearly_greedy():
    network = model(CHARACTERS)
    greedy, cold = (
        write_texts(network, CHARACTERS, length=30, **how)[0].text
        for how in ({"greedy": True}, {"temperature": 1e-6})
    )
    assert greedy == cold
