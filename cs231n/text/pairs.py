"""Pairs of sentences for a translator: drawn ones, or those of a file, in splits and as numbers."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from cs231n.drawn import languages
from cs231n.drawn.languages import Pair
from cs231n.language.vocabulary import NULL, UNK, Vocabulary

__all__ = ["LANGUAGES", "PairSet", "draw_pairs", "numbers_of", "read_pairs", "split_pairs"]

LANGUAGES = "languages"  # the name of the drawn ones, in the place of a file's
SHORTEST = 5  # words: "the cat sees a bird"
HELD_OUT = 1000  # pairs of a file to validate on, at most


@dataclass(frozen=True)
class PairSet:
    """Pairs in splits, and the words of both languages, which are those of the split train."""

    splits: dict[str, list[Pair]]
    source_words: Vocabulary
    target_words: Vocabulary

    @classmethod
    def of(cls, splits: dict[str, list[Pair]], at_least: int = 1) -> "PairSet":
        """Count the words of the split train.

        Parameters
        ----------
        splits : dict of list of Pair
        at_least : int
            How often a word has to come to be known.
        """
        train = splits["train"]
        source = Vocabulary.count((pair.source for pair in train), at_least)
        target = Vocabulary.count((pair.target for pair in train), at_least)
        return cls(splits, source, target)

    @property
    def digest(self) -> str:
        """A hash of all sentences."""
        text = repr([(name, p.source, p.target) for name in self.splits for p in self.splits[name]])
        return sha256(text.encode()).hexdigest()

    def sources(self, split: str) -> np.ndarray:
        """Sources as people read them, (N, S) int64, filled up with `NULL`."""
        return numbers_of([pair.source for pair in self.splits[split]], self.source_words)

    def targets(self, split: str) -> np.ndarray:
        """Translations from `START` to `END`, (N, T + 1), filled up with `NULL`."""
        pairs = self.splits[split]
        longest = max((len(pair.target) for pair in pairs), default=0)
        rows = [self.target_words.encode(pair.target, longest + 2) for pair in pairs]
        return np.array(rows).reshape(len(pairs), longest + 2)

    def solver_data(self) -> dict[str, Any]:
        """What `CaptioningSolver` trains on: in the place of pictures, it sees sources."""
        data: dict[str, Any] = {"word_to_idx": self.target_words.word_to_idx}
        for split in {"train", "val"} & self.splits.keys():
            data[f"{split}_captions"] = self.targets(split)
            data[f"{split}_features"] = self.sources(split)
            data[f"{split}_image_idxs"] = np.arange(len(self.splits[split]))
        return data


def numbers_of(sentences: list[tuple[str, ...]], words: Vocabulary) -> np.ndarray:
    """Turn sentences into rows of numbers (N, S), filled up with `NULL`; S is 1 at least."""
    longest = max([1, *map(len, sentences)])
    rows = np.full((len(sentences), longest), NULL, dtype=np.int64)
    for row, sentence in zip(rows, sentences):
        row[: len(sentence)] = [words.word_to_idx.get(word, UNK) for word in sentence]
    return rows


def draw_pairs(
    sentences: int = 20000,
    seed: int = 0,
    kinds: int = 12,
    longest: int = 11,
    held_out: int = 500,
) -> PairSet:
    """Draw pairs of the two small languages.

    Parameters
    ----------
    sentences : int
        In the split train.
    seed : int
    kinds : int
        Nouns, adjectives and verbs, of each so many.
    longest : int
        Words of a source, at most; those of the split long have 1 to 7 more.
    held_out : int
        Sentences in each of the splits val, test and long. No source is in two splits.

    Returns
    -------
    PairSet
    """
    rng = np.random.default_rng(seed)
    pairs = languages.draw_split(sentences + 2 * held_out, rng, (SHORTEST, longest), kinds)
    order = rng.permutation(len(pairs))  # short sentences run out, and would come first
    pairs = [pairs[k] for k in order]
    splits = {
        "train": pairs[2 * held_out :],
        "val": pairs[:held_out],
        "test": pairs[held_out : 2 * held_out],
        "long": languages.draw_split(held_out, rng, (longest + 1, longest + 7), kinds),
    }
    return PairSet.of(splits)


def read_pairs(path: str | Path, targets: str | Path | None = None) -> list[Pair]:
    """Read sentence pairs, words with spaces between.

    Parameters
    ----------
    path : str or Path
        A text file in UTF-8: in each line a source, a tab, and its translation; what follows
        another tab is not read. With `targets`: a source in each line.
    targets : str or Path, optional
        A file with the translation of each line of `path`.

    Returns
    -------
    list of Pair
        Without alignment. Empty lines are left out.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, it is empty or no text, lines have no tab, a side has no words,
        or the two files differ in their number of lines.
    """
    lines = _lines(path)
    if targets is not None:
        others = _lines(targets)
        if len(lines) != len(others):
            raise ValueError(
                f"{path} has {len(lines)} lines and {targets} has {len(others)}: line by line, one "
                "should be the translation of the other."
            )
        rows = list(zip(lines, others))
    else:
        without = [
            number for number, line in enumerate(lines, 1) if line.strip() and "\t" not in line
        ]
        if without:
            raise ValueError(
                f"{path}: {len(without)} of {len(lines)} lines have no tab, the first of them line "
                f"{without[0]}; each should be a sentence, a tab, and its translation."
            )
        rows = [[*line.split("\t"), ""][:2] for line in lines]
    pairs = [Pair(tuple(one.split()), tuple(other.split()), ()) for one, other in rows]
    half = [n for n, pair in enumerate(pairs, 1) if bool(pair.source) != bool(pair.target)]
    if half:
        raise ValueError(
            f"{path}: {len(half)} sentences have no translation, or no source, the first of them "
            f"in line {half[0]}; each should have both."
        )
    return [pair for pair in pairs if pair.source]


def split_pairs(pairs: list[Pair], seed: int) -> dict[str, list[Pair]]:
    """Split pairs into train and val: a tenth, at most 1,000, whose sources are not in train.

    Raises
    ------
    ValueError
        If there are fewer than 10 different sources.
    """
    groups: dict[tuple[str, ...], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair.source, []).append(pair)
    if len(groups) < 10:
        raise ValueError(
            f"there are {len(groups)} different source sentences; there should be 10 at least."
        )
    order = np.random.default_rng(seed).permutation(len(groups))
    sources = list(groups)
    chosen = {sources[k] for k in order[: min(HELD_OUT, len(groups) // 10)]}
    return {
        "train": [pair for pair in pairs if pair.source not in chosen],
        "val": [groups[source][0] for source in sources if source in chosen],
    }


def _lines(path: str | Path) -> list[str]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise FileNotFoundError(
            f'There is no file {path}; name a file of sentence pairs, or "{LANGUAGES}".'
        ) from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8.") from None
    if not text.strip():
        raise ValueError(f"{path} is empty; it should hold a sentence in each line.")
    return text.rstrip("\n").split("\n")
