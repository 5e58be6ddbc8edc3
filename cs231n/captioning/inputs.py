"""Pictures to be captioned, from wherever they are: photographs, sets with sentences, scenes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cs231n.captioning.features import features_by_chunks
from cs231n.captioning.files import CaptionedPicture
from cs231n.captioning.sets import SCENES, read_pictures
from cs231n.data import registry
from cs231n.data.photo_folders import find_photographs
from cs231n.drawn.scenes import load_caption_scenes
from cs231n.drawn.worlds import SPLITS

__all__ = [
    "InputPicture",
    "Source",
    "captioned",
    "find",
    "photographs",
    "printable",
    "require_seeing",
    "scenes",
]

BATCH = 32  # scenes whose features are computed together
CAPTION_FILES = ("dataset.json", "captions_*.json", "annotations/captions_*.json")
Report = Callable[[Path, str], None]


@dataclass(frozen=True)
class InputPicture:
    """A picture to be captioned, and what is known of it.

    Attributes
    ----------
    key : int
        Its number in the file that describes it, or else in the order of the pictures.
    name : str
        For people; see `printable`.
    features : ndarray, shape (D,), float32
    pixels : ndarray, shape (H, W, 3), uint8, or None
        None if it will not be shown.
    references : tuple of str
        Sentences that people, or the embedded set, say of it.
    scene : Scene or None
        What is on an embedded picture.
    thumbnail : bytes
        The picture as a page shows it, in a twentieth of the memory; b"" before it is made.
    """

    key: int
    name: str
    features: np.ndarray
    pixels: np.ndarray | None = None
    references: tuple[str, ...] = ()
    scene: object = None
    thumbnail: bytes = b""


@dataclass(frozen=True)
class Source:
    """Pictures to come: what they are called, how many they are, and an iterator over them."""

    name: str
    count: int
    pictures: Iterator[InputPicture]


def find(
    captioner, names: Sequence[str], split: str = "val", most: int = 1000, report=None
) -> Source:
    """Find the pictures that names mean, to be shown.

    Parameters
    ----------
    captioner : Captioner
    names : sequence of str
        Either one name: "scenes", a data set of the registry, or a file or folder of captions as
        `files.read_captions` takes; or any number of photographs and folders of them.
    split : str
        Of a data set.
    most : int
        Take so many at most.
    report : callable, optional
        See `photographs`.

    Returns
    -------
    Source

    Raises
    ------
    LookupError, FileNotFoundError
        If there is no such file, folder or set.
    ValueError
        If there is no such split, or a file is damaged.
    """
    if tuple(names) == (SCENES,):
        return Source(f"embedded scenes ({split})", most, scenes(captioner, most, split))
    rows = _captions(*names) if len(names) == 1 else None
    if rows is None:
        paths = find_photographs(names)[:most]
        name = ", ".join(printable(Path(name).name) for name in names[:3])
        name += f" and {len(names) - 3} more" if len(names) > 3 else ""
        return Source(name, len(paths), photographs(captioner, paths, report, shown=True))
    chosen = [row for row in rows if row.split == split][:most]
    if not chosen:
        there = ", ".join(sorted({row.split for row in rows}))
        raise ValueError(f"{names[0]} has no pictures of the split {split}; there are: {there}.")
    name = f"{printable(Path(names[0]).name)} ({split})"
    return Source(name, len(chosen), captioned(captioner, chosen, report, shown=True))


def photographs(
    captioner, paths: Iterable[Path], report: Report | None = None, *, shown: bool = False
) -> Iterator[InputPicture]:
    """Read photographs, and compute what a captioner sees of them, or take it from the cache.

    Parameters
    ----------
    captioner : Captioner
    paths : iterable of Path
    report : callable, optional
        Is called with the path of each that cannot be read, and the reason.
    shown : bool
        Whether the pictures themselves are wanted, too: cut to squares.

    Yields
    ------
    InputPicture
    """
    rows = [CaptionedPicture(Path(path), "", (), i) for i, path in enumerate(paths)]
    return captioned(captioner, rows, report, shown=shown)


def captioned(
    captioner, rows: list[CaptionedPicture], report: Report | None = None, *, shown: bool = False
) -> Iterator[InputPicture]:
    """Read pictures that have sentences; arguments and results as of `photographs`."""
    paths = [row.path for row in rows]
    names = _names(paths)
    for part in features_by_chunks(paths, captioner.extractor, shown):
        for path, reason in part.problems:
            if report:
                report(path, reason)
        pictures = part.pictures or (None,) * len(part.places)
        for i, features, pixels in zip(part.places, part.features, pictures):
            yield InputPicture(rows[i].key, names[i], features, pixels, rows[i].sentences)


def scenes(captioner, count: int, split: str = "val") -> Iterator[InputPicture]:
    """Draw embedded scenes.

    Parameters
    ----------
    captioner : Captioner
    count : int
    split : str

    Yields
    ------
    InputPicture

    Raises
    ------
    ValueError
        If there are no such scenes.
    """
    if count > SPLITS.get(split, count):
        raise ValueError(
            f"there are {SPLITS[split]:,} scenes of the split {split}, not {count:,}; "
            "ask for fewer."
        )
    drawn = load_caption_scenes(count, split)
    for low in range(0, count, BATCH):
        for i, row in enumerate(captioner.features_of(drawn.X[low : low + BATCH]), low):
            said = tuple(sentence["raw"] for sentence in drawn.sentences[i])
            yield InputPicture(i, f"scene {split}/{i}", row, drawn.X[i], said, drawn.scenes[i])


def require_seeing(captioner, run: str, embedded: bool):
    """Require a captioner that was trained on such pictures: embedded scenes, or photographs.

    Raises
    ------
    ValueError
        If it was trained on others.
    """
    words = None
    if captioner.extractor == "given":
        words = "features from a file, and nobody knows how to compute them for other pictures"
    elif captioner.extractor == "scenes" and not embedded:
        words = "the embedded scenes and cannot see photographs"
    elif captioner.extractor != "scenes" and embedded:
        words = "photographs and has no words for the embedded scenes"
    if words:
        wanted = SCENES if embedded else registry.captioned()[0]
        raise ValueError(
            f"{run} was trained on {words}; name another run, such as "
            f"`python -m cs231n caption train {wanted}` makes."
        )


def printable(text: str | Path) -> str:
    """Make a file's name into text that any terminal and any page can show.

    Bytes that are no UTF-8, and marks that are not seen but do something, become U+FFFD.
    """
    text = str(text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _captions(name):
    """Captions of a data set; None if the name means photographs."""
    path = Path(name)
    holds = path.suffix == ".json" or any(next(path.glob(form), None) for form in CAPTION_FILES)
    return read_pictures(name)[0] if holds or not path.exists() else None


def _names(paths):
    """Names of files, as brief as they can be told apart: whole paths only if two share a name."""
    brief = len({path.name for path in paths}) == len(paths)
    return [printable(path.name if brief else path) for path in paths]
