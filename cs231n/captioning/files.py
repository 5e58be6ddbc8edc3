"""Sentences about any pictures, read from Karpathy's dataset.json or COCO's captions JSON."""

import json
import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cs231n.language.metrics import tokenize

__all__ = ["CaptionedPicture", "read_captions", "read_coco", "read_karpathy", "words_of"]

SAME_SPLIT = {"restval": "train"}  # what Karpathy left over of COCO's validation set trains
COCO_NAME = re.compile(r"captions_([A-Za-z_]+?)_?\d*\.json")
MARKS = dict.fromkeys(map(ord, "“”„‘’‚«»‹›…–—―¿¡。、，！？；：「」『』（）"), " ")


@dataclass(frozen=True)
class CaptionedPicture:
    """A picture and what is said about it.

    Attributes
    ----------
    path : Path
        Where its file should be.
    split : str
        "train", "val", "test" or whatever the file calls it.
    sentences : tuple of str
        As they were written, any number of them; ones without a word are left out.
    key : int
        Its number in the file: Karpathy's "imgid" (its row in a file of features) or COCO's "id".
    """

    path: Path
    split: str
    sentences: tuple[str, ...]
    key: int


def words_of(sentence: str) -> list[str]:
    """Cut a sentence of any language that puts spaces between words into words.

    As `metrics.tokenize`, after letters with accents got one form only (Unicode's NFC) and
    the quotation marks and dashes of print went the way of those of typewriters.
    """
    return tokenize(unicodedata.normalize("NFC", sentence).translate(MARKS))


def read_captions(path: str | Path, pictures: str | Path | None = None) -> list[CaptionedPicture]:
    """Read sentences from a file, or from all the files of a folder.

    Parameters
    ----------
    path : str or Path
        A dataset.json, a captions_SPLIT.json, or a folder with the one or with any number of the
        others, themselves or in its folder `annotations`.
    pictures : str or Path, optional
        The folder of the pictures; if not given they are looked for beside the file, in `images`,
        and where COCO's and Karpathy's sets have them.

    Returns
    -------
    list of CaptionedPicture
        In the order of the file. Whether their files are there is not asked.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or none in the folder.
    ValueError
        If a file is of another form; the message names the file and the entry.
    """
    path = Path(path)
    if not path.is_dir():
        return _read(path, pictures)
    if (path / "dataset.json").is_file():
        return read_karpathy(path / "dataset.json", pictures)
    files = [*path.glob("captions_*.json"), *path.glob("annotations/captions_*.json")]
    if not files:
        raise FileNotFoundError(
            f"read_captions: {path} should hold a dataset.json (Karpathy's) or captions_SPLIT.json "
            "(COCO's), but does not; name the file, or the folder that holds it."
        )
    return [row for file in sorted(files) for row in read_coco(file, pictures)]


def read_karpathy(path: str | Path, pictures: str | Path | None = None) -> list[CaptionedPicture]:
    """Read a dataset.json; its split "restval" becomes "train". Arguments as of `read_captions`."""
    path = Path(path)
    return _karpathy(path, _content(path), pictures)


def read_coco(
    path: str | Path, pictures: str | Path | None = None, split: str | None = None
) -> list[CaptionedPicture]:
    """Read a captions_SPLIT.json; the split is that of the name unless given."""
    path = Path(path)
    return _coco(path, _content(path), pictures, split)


def _read(path, pictures):
    """Read a file, of whichever form it is."""
    content = _content(path)
    if isinstance(content.get("annotations"), list):
        return _coco(path, content, pictures, None)
    return _karpathy(path, content, pictures)


def _karpathy(path, content, pictures):
    find = _finder(path.parent, pictures, ["", "images"])
    found, keys = [], {}
    for i, row in enumerate(_rows(path, content, "images")):
        where = f"{path}: images[{i}]"
        name = _field(where, row, "filename", str)
        key = _field(where, row, "imgid", int) if "imgid" in row else i
        if keys.setdefault(key, i) != i:
            raise ValueError(f"{where} has the imgid {key} of images[{keys[key]}]; number anew.")
        split = _field(where, row, "split", str)
        said = []
        for k, sentence in enumerate(_field(where, row, "sentences", list)):
            said.append(_karpathys_sentence(f"{where}.sentences[{k}]", sentence))
        file = find(where, name, str(row.get("filepath") or ""))
        found.append(
            CaptionedPicture(file, SAME_SPLIT.get(split, split), tuple(filter(words_of, said)), key)
        )
    return found


def _karpathys_sentence(where, sentence):
    """Return the sentence as written, or made of its tokens where only they are there."""
    if not isinstance(sentence, dict):
        raise ValueError(f"{where} should be a table with 'raw' or 'tokens' but is {sentence!r}.")
    if "raw" in sentence or "tokens" not in sentence:
        return _field(where, sentence, "raw", str)
    tokens = _field(where, sentence, "tokens", list)
    if not all(isinstance(token, str) for token in tokens):
        raise ValueError(f"{where}: tokens should be texts but are {tokens!r}.")
    return " ".join(tokens)


def _coco(path, content, pictures, split):
    if split is None:
        named = COCO_NAME.fullmatch(path.name)
        split = named[1] if named else "train"
    year = "".join(re.findall(r"\d+", path.stem))
    find = _finder(path.parent, pictures, [f"{split}{year}", "images", ""])
    files, said = {}, {}
    for i, row in enumerate(_rows(path, content, "images")):
        where = f"{path}: images[{i}]"
        key = _field(where, row, "id", int)
        if key in files:
            raise ValueError(f"{where} has the id {key} of a picture before it; number anew.")
        files[key], said[key] = find(where, _field(where, row, "file_name", str)), []
    for i, row in enumerate(_rows(path, content, "annotations")):
        where = f"{path}: annotations[{i}]"
        key = _field(where, row, "image_id", int)
        if key not in files:
            raise ValueError(f"{where} is about the picture {key}, which is not among the images.")
        if words_of(caption := _field(where, row, "caption", str)):
            said[key].append(caption)
    return [CaptionedPicture(file, split, tuple(said[key]), key) for key, file in files.items()]


def _content(path):
    """Return the table that a JSON file holds."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"read_captions: there is no file {path}; check its name."
        ) from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} should be UTF-8 but has other bytes at {error.start}; save it as UTF-8."
        ) from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{path} is no JSON, or damaged ({error}).") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} should hold a table with 'images' but holds another thing.")
    return content


def _rows(path, content, name):
    """Return a list of tables."""
    rows = content.get(name)
    if not isinstance(rows, list):
        raise ValueError(
            f"{path} should have a list {name!r}, as Karpathy's dataset.json and COCO's captions "
            f"do, but has {', '.join(map(repr, content)) or 'nothing'}."
        )
    for i, row in enumerate(rows):
        if not isinstance(row, dict):
            raise ValueError(f"{path}: {name}[{i}] should be a table but is {row!r}.")
    return rows


def _field(where, row, name, kind):
    """Return a field of a row, which must be of a kind."""
    kinds = {str: "a text", int: "a whole number", list: "a list"}
    value = row.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        came = f"is {value!r:.60}" if name in row else "is not there"
        raise ValueError(f"{where}: {name!r} should be {kinds[kind]} but {came}.")
    if kind is str:  # half a character, which JSON can hold and no file can, becomes a mark
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _finder(root, pictures, usual):
    """Return a function that finds where a picture is, or else where it should be."""
    if pictures is not None:
        folders = [Path(pictures)]
    else:
        folders = [Path(root) / name for name in usual]
        folders += [Path(root).parent / name for name in usual if root.name == "annotations"]

    def find(where, name, inside=""):
        for part in (name, inside):
            if (
                PurePosixPath(part).is_absolute()
                or ".." in PurePosixPath(part).parts
                or "\0" in part
            ):
                raise ValueError(f"{where}: the name {part!r} leads elsewhere; name a file below.")
        options = [folder / inside / name for folder in folders]
        options += [folder / name for folder in folders if inside]
        return next((path for path in options if os.path.isfile(path)), options[0])

    return find
