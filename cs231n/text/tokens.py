"""Characters, bytes or words, and their numbers."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from cs231n.language import vocabulary

__all__ = ["END", "UNKNOWN", "Tokens"]

UNKNOWN, END = 0, 1  # numbers of what is not known, and (of words) of what ends a sentence
UNKNOWN_CHARACTER = "\N{REPLACEMENT CHARACTER}"
UNKNOWN_WORD, END_WORD = vocabulary.SPECIAL[vocabulary.UNK], vocabulary.SPECIAL[vocabulary.END]


class Tokens:
    """The tokens that a language model knows: 0 is any that is not known; of words, 1 is the end.

    Of bytes, a token is the byte's own number, and all are known.

    Parameters
    ----------
    level : {"characters", "bytes", "words"}
    symbols : sequence of str
        What is known, in the order of its numbers; for bytes nothing.

    Raises
    ------
    ValueError
        If a symbol comes twice.
    """

    def __init__(self, level: str, symbols: Sequence[str]) -> None:
        self.level, self.symbols = level, list(symbols)
        self._numbers = {symbol: number for number, symbol in enumerate(self.symbols)}
        if len(self._numbers) < len(self.symbols):
            (twice, _), *_ = Counter(self.symbols).most_common(1)
            raise ValueError(f"Tokens: {twice!r} comes twice; give every symbol once.")

    @classmethod
    def count(
        cls, level: str, train: Iterable, at_least: int = 1, most: int | None = None
    ) -> "Tokens":
        """Take the symbols of a training part: a text, or sentences as lists of words.

        Words come by how common they are, and only those that come often enough; characters come
        in the order of their code points.

        Raises
        ------
        ValueError
            If no word comes so often.
        """
        if level == "bytes":
            return cls(level, [])
        if level == "characters":
            return cls(level, [UNKNOWN_CHARACTER, *sorted(set(train) - {UNKNOWN_CHARACTER})])
        counts = Counter(word for words in train for word in words)
        special = [UNKNOWN_WORD, END_WORD]
        often = [word for word, n in counts.items() if n >= at_least and word not in special]
        if not often:
            raise ValueError(
                f"no word comes {at_least} times among {counts.total()}; take a lower threshold "
                "(--at-least), or a longer text."
            )
        return cls(level, special + sorted(often, key=lambda word: (-counts[word], word))[:most])

    def __len__(self) -> int:
        return 256 if self.level == "bytes" else len(self.symbols)

    @property
    def unknown(self) -> int | None:
        """The number of what is not known; None of bytes."""
        return None if self.level == "bytes" else UNKNOWN

    def encode(self, text: str | Sequence[str]) -> np.ndarray:
        """Numbers (T,) int32 of a text, or of a sentence's words, without an end."""
        if self.level == "bytes":
            return np.frombuffer(text.encode("utf-8"), dtype=np.uint8).astype(np.int32)
        return np.array([self._numbers.get(one, UNKNOWN) for one in text], dtype=np.int32)

    def decode(self, numbers: Iterable[int]) -> str:
        """Text of numbers; words with spaces between them."""
        if self.level == "bytes":
            return bytes(int(number) for number in numbers).decode("utf-8", "replace")
        between = " " if self.level == "words" else ""
        return between.join(self.symbols[number] for number in numbers)
