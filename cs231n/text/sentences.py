"""Sentences to learn from: the embedded scenes', a registered set's, or those of any text file."""

import gzip
import itertools
import lzma
import zlib
from pathlib import Path

from cs231n.data import downloads, registry
from cs231n.drawn import sentences as scene_sentences
from cs231n.drawn import worlds
from cs231n.drawn.scenes import SEED, SIZES
from cs231n.language.metrics import tokenize

__all__ = ["EVERYDAY", "SCENES", "everyday_is_here", "read_sentences"]

SCENES, EVERYDAY = "scenes", "everyday-sentences"
OPENERS = {".xz": lzma.open, ".gz": gzip.open}
TEXTS = (".tsv", ".txt", *OPENERS)


def read_sentences(data, limit=None):
    """Read sentences and cut them into words.

    Parameters
    ----------
    data : str or Path
        "scenes", the embedded ones; the name of a registered set; or a text file in UTF-8 with one
        sentence a line, after a tab if something else stands before it. It may be packed (.xz,
        .gz).
    limit : int, optional
        How many to read at most.

    Returns
    -------
    list of list of str
        In lower case, without punctuation; lines without words are left out.

    Raises
    ------
    FileNotFoundError
        If there is no such file, nor set.
    ValueError
        If the file is not a text in UTF-8, or holds no words.
    """
    if str(data) == SCENES:
        return list(itertools.islice(_of_scenes(), limit))
    path = Path(data)
    if str(data) in registry.read_registry():
        path = _text_in(downloads.prepare(str(data)))
    sentences = []
    for line in _lines_of(path):
        words = tokenize(line.rpartition("\t")[2])
        if words:
            sentences.append(words)
        if limit is not None and len(sentences) == limit:
            break
    if not sentences:
        raise ValueError(f"{path} holds no words; it should hold one sentence a line.")
    return sentences


def everyday_is_here():
    """Whether the everyday sentences are registered, and in the cache or a mirror folder."""
    known = EVERYDAY in registry.read_registry()
    return known and downloads.prepare_from_mirror((EVERYDAY,)) is not None


def _of_scenes():
    """Sentences of the training scenes, one after the other, without drawing these."""
    for i in range(SIZES["train"]):
        scene = worlds.sample_scene(SEED, "train", i)
        for sentence in scene_sentences.describe(scene, SEED):
            yield list(sentence.words)


def _text_in(folder):
    """The one text file of a set."""
    if folder.is_file():
        return folder
    found = sorted(path for path in folder.rglob("*") if path.suffix in TEXTS)
    if len(found) != 1:
        raise ValueError(f"{folder} should hold one file of sentences but holds {len(found)}.")
    return found[0]


def _lines_of(path):
    """Lines of a text file."""
    if not path.is_file():
        raise FileNotFoundError(
            f'There is no file {path}; name one, a registered set, or "{SCENES}".'
        )
    try:
        with OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8-sig") as file:
            return file.read().splitlines()
    except (UnicodeDecodeError, lzma.LZMAError, gzip.BadGzipFile, zlib.error, EOFError):
        raise ValueError(f"{path} is not a whole text in UTF-8; save it as one.") from None
