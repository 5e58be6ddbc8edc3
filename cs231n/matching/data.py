"""Pictures as regions, and sentences as rows of words: from scenes, photographs, or any boxes."""

from dataclasses import dataclass, fields

import numpy as np

from cs231n.drawn.region_features import region_features, sliding_boxes
from cs231n.drawn.worlds import SIDE
from cs231n.language.vocabulary import NULL, UNK
from cs231n.matching.training import Pairs

__all__ = [
    "RegionSet",
    "Spread",
    "numbers_of",
    "objects_of_scenes",
    "pairs_of",
    "windows_of_scenes",
]

LEAST_SPREAD = 1e-2  # of a number, as a share of the mean spread: rarer ones are not blown up


@dataclass(frozen=True)
class RegionSet:
    """Pictures with regions and sentences.

    Attributes
    ----------
    regions : ndarray, shape (N, R, D), float32
    mask : ndarray, shape (N, R), bool
        Which regions are there.
    boxes : ndarray, shape (N, R, 4), float32
        Left, top, width and height, as shares of the picture's width and height.
    sentences : list of list of list of str
        For each picture any number of sentences, cut into words.
    names : list of str
    kinds : ndarray, shape (N,), int64
        Which kind of place a picture shows; -1 where the set does not tell.
    """

    regions: np.ndarray
    mask: np.ndarray
    boxes: np.ndarray
    sentences: list
    names: list
    kinds: np.ndarray

    def __len__(self):
        return len(self.regions)

    def rows(self, chosen):
        """Return those pictures, by their numbers."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, value in parts.items():
            listed = isinstance(value, list)
            parts[name] = [value[i] for i in chosen] if listed else value[chosen]
        return RegionSet(**parts)

    @property
    def flat_sentences(self):
        """All sentences, picture by picture."""
        return [words for said in self.sentences for words in said]

    @property
    def owners(self):
        """For each of `flat_sentences` the number of its picture."""
        return np.repeat(np.arange(len(self)), [len(said) for said in self.sentences])


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation (D,) of the numbers of regions that are there."""

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def of(cls, data):
        """Measure a set, which should be the one that is trained on."""
        there = data.regions[data.mask]
        std = there.std(axis=0)
        least = max(LEAST_SPREAD * float(std.mean()), np.finfo(np.float32).tiny)
        return cls(there.mean(axis=0), np.maximum(std, np.float32(least)))

    def standardised(self, regions):
        """Regions with a mean of 0 and a standard deviation of 1."""
        return ((regions - self.mean) / self.std).astype(np.float32)


def objects_of_scenes(drawn):
    """Take the objects' boxes as regions.

    Parameters
    ----------
    drawn : CaptionScenes

    Returns
    -------
    RegionSet
    """
    return _scenes(drawn, drawn.boxes, drawn.areas > 0)


def windows_of_scenes(drawn, width=20, step=11):
    """Take windows that slide over the scenes as regions, as if nobody knew where objects are."""
    windows = sliding_boxes(width, step)
    boxes = np.broadcast_to(windows, (len(drawn.X), *windows.shape))
    return _scenes(drawn, boxes, np.ones(boxes.shape[:2], dtype=bool))


def pairs_of(data, vocabulary, spread):
    """Turn a set into the numbers that models take.

    Parameters
    ----------
    data : RegionSet
    vocabulary : Vocabulary
        Words that it does not know become "<UNK>".
    spread : Spread

    Returns
    -------
    Pairs
    """
    words, lengths = numbers_of(data.flat_sentences, vocabulary)
    return Pairs(spread.standardised(data.regions), data.mask, words, lengths, data.owners)


def numbers_of(sentences, vocabulary):
    """Turn sentences into numbers of words (M, T), filled up with "<NULL>", and lengths (M,)."""
    lengths = np.array([len(words) for words in sentences], dtype=np.int64)
    rows = np.full((len(sentences), max(1, lengths.max(initial=0))), NULL, dtype=np.int64)
    for row, words in zip(rows, sentences):
        row[: len(words)] = [vocabulary.word_to_idx.get(word, UNK) for word in words]
    return rows, lengths


def _scenes(drawn, boxes, mask):
    return RegionSet(
        regions=region_features(drawn.X, boxes),
        mask=mask,
        boxes=(boxes / np.float32(SIDE)).astype(np.float32),
        sentences=[[sentence["words"] for sentence in said] for said in drawn.sentences],
        names=[f"scene:{scene.split}/{scene.index}" for scene in drawn.scenes],
        kinds=np.full(len(drawn.X), -1),
    )
