"""Features of pictures for captions: computed once for each picture, and kept in the cache.

A picture is known by what its file holds, not by its name: one that was moved, renamed or copied is
not computed again, and a run that was stopped goes on where it was.
"""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cs231n.data.photo_folders import read_photographs
from cs231n.drawn import features as scene_features
from cs231n.drawn.worlds import SIDE
from cs231n.files.cache import cache_folder, whole_file

__all__ = ["EXTRACTORS", "FileFeatures", "compute", "features_of_files", "picture_size"]

CHUNK = 32  # pictures computed together; so many are lost at most when a run is stopped


@dataclass(frozen=True)
class Extractor:
    """What turns pictures into numbers: D of them, for pictures of size x size pixels."""

    dim: int
    size: int
    version: str  # changes whenever the same picture would get other numbers


EXTRACTORS = {
    "efficientnet-lite0": Extractor(dim=1280, size=224, version="57934424-1"),
    "scenes": Extractor(dim=scene_features.NUMBERS, size=SIDE, version="1"),
}


@dataclass(frozen=True)
class FileFeatures:
    """Features of the files that could be read.

    Attributes
    ----------
    features : ndarray, shape (N, D), float32
    places : ndarray, shape (N,), int64
        Which of the files each row is, counted from 0.
    problems : tuple of (Path, str)
        The files that could not be read, each with the reason.
    computed : int
        How many were not in the cache.
    """

    features: np.ndarray
    places: np.ndarray
    problems: tuple[tuple[Path, str], ...]
    computed: int


def picture_size(extractor: str) -> tuple[int, int]:
    """Return the height and width of the pictures that an extractor sees."""
    size = _find(extractor).size
    return size, size


def compute(X: np.ndarray, extractor: str) -> np.ndarray:
    """Compute features of pictures.

    Parameters
    ----------
    X : ndarray, shape (N, H, W, 3), uint8
    extractor : {"efficientnet-lite0", "scenes"}

    Returns
    -------
    ndarray, shape (N, D), float32

    Raises
    ------
    ValueError
        If there is no such extractor, or the pictures have a shape that it cannot see.
    FileNotFoundError
        If its weights are not installed.
    """
    row = _find(extractor)
    if not len(X):
        return np.zeros((0, row.dim), dtype=np.float32)
    if extractor == "scenes":
        return scene_features.scene_features(X)
    network = _network()
    return network.features(network.preprocess(X))


def features_of_files(
    paths: Sequence[str | Path], extractor: str = "efficientnet-lite0", progress: bool = True
) -> FileFeatures:
    """Compute features of picture files, or take them from the cache.

    Parameters
    ----------
    paths : sequence of str or Path
    extractor : str
        See `compute`.
    progress : bool
        Whether to show a bar with the time left on stderr.

    Returns
    -------
    FileFeatures

    Raises
    ------
    As `compute`; a picture that cannot be read raises nothing.
    """
    paths, row = [Path(path) for path in paths], _find(extractor)
    features = np.empty((len(paths), row.dim), dtype=np.float32)
    good, problems, computed = np.zeros(len(paths), dtype=bool), [], 0
    with tqdm(total=len(paths), unit="picture", desc="features", disable=not progress) as bar:
        for low in range(0, len(paths), CHUNK):
            chunk = paths[low : low + CHUNK]
            kept = [_kept_in(path, extractor) for path in chunk]
            rows = [None if file is None else _load(file, row.dim) for file in kept]
            for i, found in enumerate(rows):
                if found is not None:
                    features[low + i], good[low + i] = found, True
            missing = np.array([i for i, found in enumerate(rows) if found is None], dtype=int)
            read = read_photographs([chunk[i] for i in missing], picture_size(extractor))
            for i, found in zip(missing[read.places], compute(read.X, extractor)):
                features[low + i], good[low + i] = found, True
                _store(kept[i], found)
            problems += read.problems
            computed += len(read.X)
            bar.update(len(chunk))
    return FileFeatures(features[good], np.flatnonzero(good), tuple(problems), computed)


def _find(extractor):
    if extractor == "given":
        raise ValueError(
            "these features were given in a file, so the kit cannot compute them for other "
            "pictures; give a file of features for those, too (--features)."
        )
    if extractor not in EXTRACTORS:
        raise ValueError(
            f"there is no extractor {extractor!r}; take one of {', '.join(EXTRACTORS)}."
        )
    return EXTRACTORS[extractor]


@functools.cache
def _network():
    from cs231n.classifiers.pretrained_cnn import PretrainedCNN  # reads 19 MB of weights

    return PretrainedCNN()


def _kept_in(path, extractor):
    """The cache's file for a picture; None if the picture cannot be read."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        return None
    version = f"{extractor}-{EXTRACTORS[extractor].version}"
    return cache_folder() / "caption-features" / version / digest[:2] / f"{digest[2:]}.npy"


def _load(file, dim):
    """Features from the cache; None if they are not there, or damaged."""
    try:
        row = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return row if row.shape == (dim,) and np.isfinite(row).all() else None


def _store(file, row):
    """Keep features in the cache if it can be written to."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as out:
            np.save(out, row)
    except OSError:
        pass  # no place to keep them: computed again the next time
