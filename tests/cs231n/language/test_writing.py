"""Texts that a model writes, and the circles that they end in."""

import numpy as np
import pytest

from cs231n.language.language_model import LanguageModel
from cs231n.language.writing import find_loop, write

pytestmark = pytest.mark.assignment4


@pytest.fixture
def model():
    model = LanguageModel(6, 4, 8, num_layers=2, cell="tanh", seed=4)
    model.params["W_vocab"] *= 4
    return model


def test_writing_goes_on_as_if_it_had_been_read(model):
    whole = write(model, [2], np.argmax, max_length=12)
    assert len(whole) == 12
    assert write(model, [2, *whole[:5]], np.argmax, max_length=7) == whole[5:]


def test_the_end_is_not_written(model):
    whole = write(model, [2], np.argmax, max_length=12)
    end = whole[4]
    assert write(model, [2], np.argmax, end=end) == whole[: whole.index(end)]


def test_tokens_come_as_often_as_they_are_likely(model):
    scores, _ = model.advance(model.begin([0]), [3])
    expected = np.exp(scores[0] / 0.5) / np.exp(scores[0] / 0.5).sum()
    rng = np.random.default_rng(0)

    def draw(chances):
        return rng.choice(len(chances), p=chances)

    drawn = [write(model, [3], draw, 0.5, max_length=1)[0] for _ in range(2000)]
    np.testing.assert_allclose(np.bincount(drawn, minlength=6) / 2000, expected, atol=0.05)


def test_without_a_beginning_nothing_is_written(model):
    with pytest.raises(ValueError, match="prime is empty; give it START"):
        write(model, [], np.argmax)


def test_a_temperature_of_zero_is_refused(model):
    with pytest.raises(ValueError, match="temperature is 0, but should be above 0"):
        write(model, [1], np.argmax, temperature=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xabab", (1, 2)),
        ("xyabcabca", (2, 3)),
        ("aaaa", (0, 1)),
        ("abcab", None),
        ("ababx", None),
        ("", None),
        ("bbabbabb", (6, 1)),  # the shortest, though a longer one has more of the text
    ],
)
def test_circles(text, expected):
    assert find_loop(list(text)) == expected


def test_turns_are_counted():
    assert find_loop(list("xabab"), turns=2) == (1, 2)
    assert find_loop(list("xabab"), turns=3) is None
    with pytest.raises(ValueError, match="turns is 1; only from 2 on is it a circle"):
        find_loop([1, 1], turns=1)
