"""Texts to learn from, by whatever a person names, cut into a part to train on and one held out.

corpus = load_corpus("docstrings", "characters")
corpus.train, corpus.held_out  # texts; or of words: lists of sentences, each a list of words
"""

import hashlib
import lzma
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cs231n.captioning.files import read_captions, words_of
from cs231n.data import downloads, registry
from cs231n.drawn import scenes as caption_scenes
from cs231n.text.docstrings import LENGTH, docstrings

__all__ = ["DOCSTRINGS", "SCENES", "Corpus", "load_corpus", "require_text"]

DOCSTRINGS, SCENES = "docstrings", "scenes"
LEAST = 1000  # characters of a text
LEAST_SENTENCES = 20
TENTH = 10  # 1 / share that is held out
SEED = 0  # of the pictures that are held out: the same ones for every run
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Corpus:
    """A text in two parts.

    Attributes
    ----------
    name : str
    level : {"characters", "bytes", "words"}
    train, held_out : str, or list of list of str
        A text; of words, sentences.
    parts : str
        How it was cut, for people.
    """

    name: str
    level: str
    train: str | list
    held_out: str | list
    parts: str

    @property
    def digest(self) -> str:
        """Letters that stand for all of it."""
        text = repr((self.level, self.train, self.held_out))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def load_corpus(
    data: str | Path, level: str, length: int | None = None, progress: bool = True
) -> Corpus:
    """Load a text.

    Parameters
    ----------
    data : str or Path
        "docstrings", those of Python's own library; "scenes", the sentences about the embedded
        scenes; a set of sentences in the registry; a folder or a .json with sentences about
        pictures; a .tsv or .tsv.xz of pictures' names, tabs and sentences; or any text in UTF-8.
    level : {"characters", "bytes", "words"}
    length : int, optional
        Characters that are taken of a text at most; of "docstrings" 1,115,394 by default. Not for
        sentences about pictures.
    progress : bool

    Returns
    -------
    Corpus
        Of a text, the last tenth is held out; of sentences about pictures, all those of the split
        "val", or of a tenth of the pictures where there is none.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    LookupError
        If it is the name of nothing.
    ValueError
        If the text is empty, too short, or no text.
    """
    if str(data) == DOCSTRINGS:
        text = docstrings(progress=progress)[: LENGTH if length is None else length]
        return _of_text(DOCSTRINGS, text, level)
    said = _sentences_of_pictures(data, progress)
    if said is None:
        return _of_text(str(data), read_text(data)[:length], level)
    if length is not None:
        raise ValueError(f"a length is for texts; {data} has sentences about pictures.")
    return _of_pictures(str(data), said, level)


def read_text(path: str | Path) -> str:
    """Read a text in UTF-8; lines end in newlines, whatever they ended in.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it holds no text.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {path}; check its name.") from None
    except IsADirectoryError:
        raise ValueError(
            f"{path} is a folder without sentences about pictures; name a file of text."
        ) from None
    if not content.strip():
        raise ValueError(f"{path} is empty; give a text of {LEAST:,} characters or more.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not a text in UTF-8 (byte {error.start:,} is not); save it as UTF-8, or "
            "name another file."
        ) from None
    if "\0" in text:
        raise ValueError(f"{path} holds zero bytes: it is a binary file, not a text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def require_text(name: str, text: str, least: int = LEAST) -> None:
    """Raise ValueError if a text is too short to be cut into parts."""
    if len(text) < least:
        raise ValueError(
            f"{name} has {len(text):,} characters; a language model needs {least:,} or more."
        )


def _of_text(name, text, level):
    """Hold the last tenth of a text out, of words the last tenth of its sentences."""
    require_text(name, text)
    if level != "words":
        cut = len(text) - len(text) // TENTH
        return Corpus(name, level, text[:cut], text[cut:], "the last tenth of the text")
    sentences = _sentences(text)
    if len(sentences) < LEAST_SENTENCES:
        raise ValueError(
            f"{name} has {len(sentences)} sentences; words need {LEAST_SENTENCES} or more, or take "
            "the level characters."
        )
    cut = len(sentences) - len(sentences) // TENTH
    return Corpus(name, level, sentences[:cut], sentences[cut:], "the last tenth of the sentences")


def _sentences(text):
    """Sentences as lists of words: cut behind . ! ?, at empty lines or, if there is none, lines."""
    blocks = text.split("\n\n") if "\n\n" in text.strip() else text.split("\n")
    cut = (one for block in blocks for one in SENTENCE_END.split(block))
    return [words for words in map(words_of, cut) if words]


def _of_pictures(name, said, level):
    """Hold the sentences about some pictures out."""
    names = list(said)
    val = [key for key in names if said[key][0] == "val"]
    parts = "the pictures of val"
    if not val:
        order = np.random.default_rng(SEED).permutation(len(names))
        val = [names[i] for i in np.sort(order[: max(1, len(names) // TENTH)])]
        parts = f"{len(val):,} of {len(names):,} pictures"
    held = set(val)
    train = [key for key in names if key not in held and said[key][0] in ("train", "")]
    both = [[one for key in keys for one in said[key][1]] for keys in (train, val)]
    if len(both[0]) < LEAST_SENTENCES or not both[1]:
        raise ValueError(
            f"{name} has {len(both[0])} sentences to train on and {len(both[1])} to hold out; "
            f"give {LEAST_SENTENCES} or more, about several pictures."
        )
    if level == "words":
        both = [[words for words in map(words_of, part) if words] for part in both]
    else:
        both = ["\n".join(part) + "\n" for part in both]
    return Corpus(name, level, *both, parts)


def _sentences_of_pictures(data, progress):
    """Picture -> (split, sentences); None if it is not a set of sentences about pictures."""
    path = Path(data)
    if str(data) == SCENES:
        return {
            f"{split}/{i}": (split, [one["raw"] for one in said])
            for split in ("train", "val")
            for i, said in enumerate(
                caption_scenes.load_caption_scenes(
                    caption_scenes.SIZES[split], split, progress=progress
                ).sentences
            )
        }
    if not path.exists():
        if path.suffix or len(path.parts) > 1:
            return None  # a file that is not there
        row = registry.find(str(data))
        if not (row.captions or row.kind == "sentences"):
            raise ValueError(f"{data} has no sentences; name a text, or a set that has some.")
        path = downloads.prepare(row.name, progress)
        if row.kind == "sentences":
            path /= row.file
    if path.name.endswith((".tsv", ".tsv.xz")):
        return _read_table(path)
    if path.suffix == ".json" or (path.is_dir() and any(path.rglob("*.json"))):
        return {
            (str(row.path), row.split): (row.split, list(row.sentences))
            for row in read_captions(path)
            if row.sentences
        }
    return None


def _read_table(path):
    """Sentences of a table: a picture's name, a tab, a sentence."""
    try:
        content = path.read_bytes()
        text = (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8-sig")
    except (lzma.LZMAError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is damaged, or not a table in UTF-8 ({error}).") from None
    said = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, tab, sentence = line.partition("\t")
        if not tab:
            raise ValueError(
                f"{path}, line {number}: expected a picture's name, a tab and a sentence but got "
                f"{line[:60]!r}."
            )
        if words_of(sentence):
            said.setdefault(name, ("", []))[1].append(sentence.strip())
    return said
