"""Pictures with sentences and features, from whatever a person names: a folder, a file, a set.

data = load_caption_set("ucm-captions", splits=("train", "val"))
data.of("val").features  # (210, 1280)
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from cs231n.captioning.features import features_of_files
from cs231n.captioning.files import CaptionedPicture, read_captions, words_of
from cs231n.data import downloads, registry
from cs231n.drawn import features as scene_features
from cs231n.drawn import scenes as caption_scenes

__all__ = ["SCENES", "CaptionSet", "load_caption_set", "read_pictures"]

SCENES = "scenes"  # names the embedded set
NAMED = re.compile(rb'"dataset"\s*:\s*"([^"]{,200})"')
EDGE = 4096  # bytes at either end of a dataset.json in which its name is looked for


@dataclass(frozen=True)
class CaptionSet:
    """Pictures, row by row.

    Attributes
    ----------
    splits : ndarray, shape (N,), str
    names : ndarray, shape (N,), str
        Paths of files, or "scene:SPLIT/INDEX".
    sentences : ndarray, shape (N,), object
        For each picture a list of sentences, each a list of words.
    features : ndarray, shape (N, D), float32
    kinds : ndarray, shape (N,), int64
        Which kind of place a picture shows; -1 where the set does not tell.
    scenes : ndarray, shape (N,), object
        What is on an embedded scene; None for other pictures.
    """

    splits: np.ndarray
    names: np.ndarray
    sentences: np.ndarray
    features: np.ndarray
    kinds: np.ndarray
    scenes: np.ndarray

    def __len__(self) -> int:
        return len(self.splits)

    def rows(self, chosen: np.ndarray) -> "CaptionSet":
        """Return those rows, as an index of an array chooses them."""
        return CaptionSet(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def of(self, split: str) -> "CaptionSet":
        """Return the rows of a split.

        Raises
        ------
        ValueError
            If there are none.
        """
        if split not in self.splits:
            there = ", ".join(dict.fromkeys(self.splits.tolist())) or "no picture at all"
            raise ValueError(f"there is no picture of the split {split!r}; there is: {there}.")
        return self.rows(self.splits == split)

    @property
    def digest(self) -> str:
        """Letters that stand for all of it but the files' places."""
        words = [[" ".join(words) for words in said] for said in self.sentences]
        names = [Path(name).name for name in self.names]
        text = repr((self.splits.tolist(), names, words))
        return hashlib.sha256(text.encode() + self.features.tobytes()).hexdigest()


def load_caption_set(
    data: str | Path = SCENES,
    splits: Sequence[str] = (),
    features: str | Path | None = None,
    report: Callable[[Path, str], None] | None = None,
    progress: bool = True,
) -> CaptionSet:
    """Load pictures with sentences.

    Parameters
    ----------
    data : str or Path
        A folder with pictures and a dataset.json (Karpathy's) or captions_SPLIT.json (COCO's); such
        a file; a set of the registry; or "scenes", the embedded ones.
    splits : sequence of str
        Those that are wanted; all if empty.
    features : str or Path, optional
        A .npy file (N, D) with a row for each picture of the file, in its order, or for each number
        of a picture there. Without it, EfficientNet-Lite0 is run; with it, no picture is read.
    report : callable, optional
        Is called with the path of each picture that is left out, and the reason.
    progress : bool

    Returns
    -------
    CaptionSet
        Without pictures that cannot be read or about which nothing is said.

    Raises
    ------
    LookupError, FileNotFoundError
        If there is no such set or file.
    ValueError
        If a file is of another form, the features do not fit, or nothing is left.
    """
    report = report or (lambda path, reason: None)
    if str(data) == SCENES:
        if features is not None:
            raise ValueError(
                "features of the embedded scenes are not read from a file; leave --features out."
            )
        return _scenes(splits)
    pictures, kinds = read_pictures(data)
    given = None if features is None else _given(Path(features), pictures)
    wanted = np.array([not splits or row.split in splits for row in pictures], dtype=bool)
    for row in pictures:
        if not row.sentences and (not splits or row.split in splits):
            report(row.path, "has no sentence")
    wanted &= [bool(row.sentences) for row in pictures]
    found = np.flatnonzero(wanted)
    if given is None:
        read = features_of_files([pictures[i].path for i in found], progress=progress)
        for path, reason in read.problems:
            report(path, reason)
        found, rows = found[read.places], read.features
    else:
        finite = np.isfinite(given[found]).all(axis=1)
        for i in found[~finite]:
            report(pictures[i].path, f"has features in {features} that are no finite numbers")
        found = found[finite]
        rows = given[found]
    if not len(found):
        there = ", ".join(dict.fromkeys(row.split for row in pictures)) or "none"
        raise ValueError(
            f"{data} has no picture that can be read and has a sentence"
            f"{' in the split ' + ' or '.join(splits) if splits else ''}; its splits: {there}."
        )
    return _set_of([pictures[i] for i in found], kinds[found], rows)


def read_pictures(data: str | Path) -> tuple[list[CaptionedPicture], np.ndarray]:
    """Return the pictures that a folder, a file or a set of the registry lists, and their kinds.

    Raises
    ------
    LookupError, OSError, ValueError
        As of `load_caption_set`.
    """
    path = Path(data)
    if not path.exists():
        try:
            row = registry.find(str(data))
        except LookupError as error:
            raise LookupError(
                f"there is no file or folder {data}; {error.args[0]} The embedded set is "
                f"{SCENES!r}."
            ) from None
        if not row.captions:
            known = ", ".join(registry.captioned())
            raise ValueError(f"the set {data} has no sentences; take {known}, or {SCENES}.")
        path = downloads.prepare(row.name)
    pictures = read_captions(path)
    return pictures, _kinds(path, pictures)


def _set_of(pictures, kinds, features):
    """A set of photographs."""
    return CaptionSet(
        splits=np.array([row.split for row in pictures], dtype=str),
        names=np.array([str(row.path) for row in pictures], dtype=str),
        sentences=_objects([[words_of(text) for text in row.sentences] for row in pictures]),
        features=np.ascontiguousarray(features, dtype=np.float32),
        kinds=kinds,
        scenes=_objects([None] * len(pictures)),
    )


def _scenes(splits):
    """The embedded set."""
    unknown = [split for split in splits if split not in caption_scenes.SIZES]
    if unknown:
        there = ", ".join(caption_scenes.SIZES)
        raise ValueError(f"there is no picture of the split {unknown[0]!r}; there is: {there}.")
    parts = []
    for split in splits or caption_scenes.SIZES:
        drawn = caption_scenes.load_caption_scenes(caption_scenes.SIZES[split], split)
        n = len(drawn.X)
        parts.append(
            CaptionSet(
                splits=np.full(n, split),
                names=np.array([f"scene:{split}/{i}" for i in range(n)]),
                sentences=_objects([[one["words"] for one in said] for said in drawn.sentences]),
                features=scene_features.scene_features(drawn.X),
                kinds=np.full(n, -1),
                scenes=_objects(drawn.scenes),
            )
        )
    each = [[getattr(part, field.name) for part in parts] for field in fields(CaptionSet)]
    return CaptionSet(*map(np.concatenate, each))


def _given(path, pictures):
    """Map a file of features, with one row for each of the pictures."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        kind, shape = array.dtype.kind, array.shape
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {path} of features; check its name.") from None
    except (ValueError, EOFError, OSError, AttributeError) as error:
        raise ValueError(f"{path} is no .npy file, or damaged ({error}).") from None
    keys = np.array([row.key for row in pictures])
    if kind not in "fiu" or len(shape) != 2 or not shape[1]:
        raise ValueError(f"{path} should hold numbers (N, D) but holds {array.dtype} of {shape}.")
    if shape[0] == len(pictures):
        return array
    if shape[0] > keys.max():
        return array[keys]
    raise ValueError(
        f"{path} holds features of {shape[0]} pictures but {len(pictures)} are listed, numbered up "
        f"to {keys.max()}; give one row for each picture, or for each number."
    )


def _kinds(path, pictures):
    """Kinds of places, as far as the registry says how the files of such a set are numbered."""
    file = path / "dataset.json" if path.is_dir() else path
    names = [path.name]
    if file.is_file():
        with open(file, "rb") as opened:
            head = opened.read(EDGE)
            opened.seek(max(0, file.stat().st_size - EDGE))
            names += [
                name.decode("utf-8", "replace") for name in NAMED.findall(head + opened.read())
            ]
    stems = [row.path.stem for row in pictures]
    for row in registry.read_registry().values():
        if row.kind_size and any(map(row.is_called, names)) and all(map(str.isdecimal, stems)):
            return (np.array(stems, dtype=np.int64) - 1) // row.kind_size
    return np.full(len(pictures), -1)


def _objects(values):
    """Put values of any kind into an array, one each."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
