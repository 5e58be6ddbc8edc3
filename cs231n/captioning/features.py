"""Features of pictures for captions: computed once for each picture, and kept in the cache.

A picture is known by what its file holds, not by its name: one that was moved, renamed or copied is
not computed again, and a run that was stopped goes on where it was.
"""

import functools
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cs231n.data.image_folders import decode_picture
from cs231n.data.photo_folders import read_file
from cs231n.drawn import features as scene_features
from cs231n.drawn.worlds import SIDE
from cs231n.files.cache import cache_folder, whole_file

__all__ = [
    "EXTRACTORS",
    "PLACES",
    "FileFeatures",
    "compute",
    "features_by_chunks",
    "features_of_files",
    "picture_size",
]

PLACES = "efficientnet-lite0-places"
GRID = ((0, 3), (2, 5), (4, 7))  # rows, and columns, of the last map: thirds that overlap
CHUNK = 32  # pictures computed together; so many are lost at most when a run is stopped


@dataclass(frozen=True)
class Extractor:
    """What turns pictures into numbers: D of them, for pictures of size x size pixels."""

    dim: int
    size: int
    version: str  # changes whenever the same picture would get other numbers


EXTRACTORS = {
    "efficientnet-lite0": Extractor(dim=1280, size=224, version="57934424-1"),
    PLACES: Extractor(dim=10 * 1280, size=224, version="57934424-1"),
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
    pictures : tuple of ndarray, shape (H, W, 3), uint8
        The pictures, where they were asked for.
    """

    features: np.ndarray
    places: np.ndarray
    problems: tuple[tuple[Path, str], ...]
    computed: int
    pictures: tuple[np.ndarray, ...] = ()


def picture_size(extractor: str) -> tuple[int, int]:
    """Return the height and width of the pictures that an extractor sees."""
    size = _find(extractor).size
    return size, size


def compute(X: np.ndarray, extractor: str) -> np.ndarray:
    """Compute features of pictures.

    Parameters
    ----------
    X : ndarray, shape (N, H, W, 3), uint8
    extractor : {"efficientnet-lite0", "efficientnet-lite0-places", "scenes"}
        The second gives what the first does, 1,280 numbers, and then as many for each of nine
        places, three by three, from top left on.

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
    if extractor == PLACES:
        return np.concatenate([_places(network, picture) for picture in X])
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
    dim = _find(extractor).dim
    parts = [FileFeatures(np.empty((0, dim), np.float32), np.empty(0, np.int64), (), 0)]
    with tqdm(total=len(paths), unit="picture", desc="features", disable=not progress) as bar:
        for part in features_by_chunks(paths, extractor):
            parts.append(part)
            bar.update(len(part.places) + len(part.problems))
    return FileFeatures(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.places for part in parts]),
        tuple(problem for part in parts for problem in part.problems),
        sum(part.computed for part in parts),
    )


def features_by_chunks(
    paths: Sequence[str | Path], extractor: str, shown: bool = False
) -> Iterator[FileFeatures]:
    """Compute features as `features_of_files`, so that a chunk of pictures is in memory at most.

    Parameters
    ----------
    paths, extractor :
        As of `features_of_files`.
    shown : bool
        Whether the pictures themselves are wanted, too, of the size that the extractor sees. Every
        file is read once, and decoded once if it is shown or its features are not in the cache.

    Yields
    ------
    FileFeatures
        Whose places count from the first file of all.
    """
    for low in range(0, len(paths), CHUNK):
        yield _chunk([Path(path) for path in paths[low : low + CHUNK]], low, extractor, shown)


def _chunk(paths, low, extractor, shown):
    """Features of a few files, whose places count from `low` on."""
    row, size = _find(extractor), picture_size(extractor)
    features = np.empty((len(paths), row.dim), dtype=np.float32)
    decoded, kept, good, problems = {}, {}, [], []  # the first two by place
    for i, path in enumerate(paths):
        try:
            data = read_file(path)
            file = _kept_in(data, extractor)
            found = _load(file, row.dim)
            if found is None or shown:
                decoded[i] = decode_picture(data, size)
        except ValueError as error:
            problems.append((path, str(error)))
            continue
        good.append(i)
        if found is None:
            kept[i] = file
        else:
            features[i] = found
    if kept:
        X = np.stack([decoded[i] for i in kept])
        for (i, file), found in zip(kept.items(), compute(X, extractor)):
            features[i] = found
            _store(file, found)
    places = np.array(good, dtype=np.int64)
    pictures = tuple(decoded[i] for i in good) if shown else ()
    return FileFeatures(features[places], low + places, tuple(problems), len(kept), pictures)


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


def _places(network, picture):
    """The whole picture and nine places of it, (1, 10 * 1280)."""
    seen, _ = network.forward(network.preprocess([picture]), end="head.relu")  # (1, 1280, 7, 7)
    rows = [seen.mean(axis=(2, 3))]
    for top, bottom in GRID:
        for left, right in GRID:
            rows.append(seen[:, :, top:bottom, left:right].mean(axis=(2, 3)))
    return np.concatenate(rows, axis=1)


@functools.cache
def _network():
    from cs231n.classifiers.pretrained_cnn import PretrainedCNN  # reads 19 MB of weights

    return PretrainedCNN()


def _kept_in(data, extractor):
    """The cache's file for the features of a picture whose file holds these bytes."""
    digest = hashlib.sha256(data).hexdigest()
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
