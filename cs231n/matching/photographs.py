"""Photographs as regions: the whole picture, and nine places of it that overlap."""

from pathlib import Path

import numpy as np

from cs231n.captioning.features import PLACES, features_of_files
from cs231n.captioning.files import words_of
from cs231n.captioning.sets import read_pictures
from cs231n.matching.data import RegionSet

__all__ = ["NETWORK_BOXES", "load_photographs", "set_of_files"]

REGIONS, NUMBERS = 10, 1280  # of a photograph, of a region
_THIRDS = (0, 2, 4)  # where the places begin, in sevenths; each is 3 sevenths wide
NETWORK_BOXES = np.array(
    [[0, 0, 7, 7], *([left, top, 3, 3] for top in _THIRDS for left in _THIRDS)], dtype=np.float32
) / np.float32(7)


def load_photographs(data, splits, regions="grid", report=None, progress=True):
    """Load photographs with sentences, as regions of EfficientNet-Lite0's last map.

    Parameters
    ----------
    data : str or Path
        A folder with a dataset.json or captions_SPLIT.json, such a file, or a set of the registry.
    splits : sequence of str
    regions : {"grid", "whole"}
    report : callable, optional
        Is called with the path of each picture that is left out, and the reason.
    progress : bool

    Returns
    -------
    dict of str to RegionSet
        By split; those without a picture are not there.

    Raises
    ------
    LookupError, FileNotFoundError, ValueError
        As of `captioning.sets.load_caption_set`.
    """
    report = report or (lambda path, reason: None)
    pictures, kinds = read_pictures(data)
    wanted = [i for i, row in enumerate(pictures) if row.split in splits]
    for i in wanted:
        if not pictures[i].sentences:
            report(pictures[i].path, "has no sentence")
    wanted = np.array([i for i in wanted if pictures[i].sentences], dtype=int)
    features, places = _regions_of_files(
        [pictures[i].path for i in wanted], regions, report, progress
    )
    found = wanted[places]
    if not len(found):
        there = ", ".join(dict.fromkeys(row.split for row in pictures)) or "none"
        raise ValueError(
            f"{data} has no picture that can be read and has a sentence in the split "
            f"{' or '.join(splits)}; its splits: {there}."
        )
    rows = [pictures[i] for i in found]
    whole = _set_of(
        features,
        [[words_of(text) for text in row.sentences] for row in rows],
        [str(row.path) for row in rows],
        kinds[found],
    )
    of_split = {name: [i for i, row in enumerate(rows) if row.split == name] for name in splits}
    return {name: whole.rows(chosen) for name, chosen in of_split.items() if chosen}


def _regions_of_files(paths, regions="grid", report=None, progress=True):
    """Compute the regions of picture files, or take them from the cache.

    Returns
    -------
    features : ndarray, shape (N, R, 1280), float32
        Of the files that could be read; `report` hears of the others.
    places : ndarray, shape (N,), int64
        Which of the paths each is.
    """
    read = features_of_files([Path(path) for path in paths], PLACES, progress)
    for path, reason in read.problems:
        if report:
            report(path, reason)
    features = read.features.reshape(len(read.features), REGIONS, NUMBERS)
    return features[:, : 1 if regions == "whole" else REGIONS], read.places


def set_of_files(paths, regions="grid", report=None, progress=True):
    """Return a set of pictures without sentences."""
    features, places = _regions_of_files(paths, regions, report, progress)
    names = [str(paths[i]) for i in places]
    return _set_of(features, [[] for _ in names], names, np.full(len(names), -1))


def _set_of(features, sentences, names, kinds):
    N, R, _ = features.shape
    boxes = np.broadcast_to(NETWORK_BOXES[:R], (N, R, 4))
    return RegionSet(features, np.ones((N, R), dtype=bool), boxes, sentences, names, kinds)
