"""Let a trained language model write, and say where it runs in a circle."""

from dataclasses import dataclass

import numpy as np

from cs231n.language.writing import find_loop, write
from cs231n.text.tokens import END, Tokens

__all__ = ["TURNS", "Written", "first_tokens", "write_texts"]

TURNS = 3  # times that a circle is gone round before it counts


@dataclass(frozen=True)
class Written:
    """A text that a model wrote.

    Attributes
    ----------
    prime, text : str
        What it was given, and how it went on.
    loop : str or None
        The circle that the text ends in.
    loop_start : int
        After how many tokens that begins.
    """

    prime: str
    text: str
    loop: str | None = None
    loop_start: int = 0


def write_texts(
    model,
    tokens: Tokens,
    prime: str = "",
    length: int = 500,
    temperature: float = 1.0,
    greedy: bool = False,
    seed: int = 231,
    count: int = 1,
) -> list[Written]:
    """Go on from a beginning, by chance or always with the likeliest token.

    Parameters
    ----------
    model : RecurrentLM
    tokens : Tokens
    prime : str
        The beginning; characters that the model does not know are refused. By default a text
        begins behind a newline, or a sentence at its beginning.
    length : int
        Characters, bytes or words at most.
    temperature : float
        Above 0.
    greedy : bool
    seed : int
    count : int
        Texts.

    Raises
    ------
    ValueError
        If the beginning has a token that is not known, or a number is out of range.
    """
    if length < 1:
        raise ValueError(f"length is {length}; it should be 1 or more.")
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}; it should be above 0 (or use --greedy).")
    rng, read = np.random.default_rng(seed), first_tokens(tokens, prime)
    end = END if tokens.level == "words" else None
    found = []
    for _ in range(count):
        pick = np.argmax if greedy else lambda p: _draw(rng, p, tokens.unknown)
        written = write(model, read, pick, temperature, end, length)
        loop = find_loop(written, TURNS) if greedy else None
        circle = written[loop[0] : loop[0] + loop[1]] if loop else None
        found.append(
            Written(
                prime,
                tokens.decode(written),
                None if circle is None else tokens.decode(circle),
                loop[0] if loop else 0,
            )
        )
    return found


def first_tokens(tokens: Tokens, prime: str) -> list[int]:
    """Numbers of what a model reads before it writes."""
    if tokens.level == "words":
        from cs231n.captioning.files import words_of

        words = words_of(prime)
        numbers = [END, *tokens.encode(words).tolist()]
        unknown = [word for word, number in zip(words, numbers[1:]) if number == tokens.unknown]
    else:
        numbers = tokens.encode(prime or "\n").tolist()
        unknown = [one for one, number in zip(prime, numbers) if number == tokens.unknown]
    if unknown:
        what = "word" if tokens.level == "words" else "character"
        raise ValueError(
            f"the model does not know the {what} {unknown[0]!r}; begin with others (--prime)."
        )
    return numbers


def _draw(rng, chances, unknown):
    """Draw a token, but not the one that stands for what is not known."""
    if unknown is not None:
        chances = chances.copy()
        chances[unknown] = 0
    return rng.choice(len(chances), p=chances / chances.sum())
