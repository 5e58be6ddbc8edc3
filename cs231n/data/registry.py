"""The data sets that the kit knows by name, read from `datasets/registry.toml`."""

import dataclasses
import difflib
import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from cs231n.files.cache import ROOT

__all__ = ["KINDS", "Dataset", "captioned", "find", "read_registry"]

REGISTRY = ROOT / "datasets" / "registry.toml"
KINDS = ("folder", "pictures", "drawn", "sentences")
ALGORITHMS = ("sha256", "md5")
PLAIN_NAME = r"\w[\w.-]*"


@dataclass(frozen=True)
class Dataset:
    """A row of the registry.

    Attributes
    ----------
    name : str
    title : str
    kind : {"folder", "pictures", "drawn", "sentences"}
        A tar archive that is unpacked; one whose pictures become arrays; nothing to fetch; a table
        of pictures' names and sentences, which stays as it is.
    licence : str
    card : str
        Where the set is described, from `datasets/`.
    folder : str
        What it is called in the cache once it is ready.
    file, checksum, size : str, str, int
        The archive: its name at every source, "sha256:..." or "md5:..." and its length in bytes.
    urls : tuple of str
        Public addresses of the archive; none if it is found in mirrors only.
    inside : str
        The folder in the archive that is meant; "" for all of it.
    captions : bool
        Whether its pictures have sentences.
    known_as : str
        What the name of the set's folder, or the one in its dataset.json, contains in any case;
        "" if copies of it need not be recognised.
    kind_size : int
        Its files are numbered from 1 on, and so many in a row show one kind of place; 0 if not so.
    """

    name: str
    title: str
    kind: str
    licence: str
    card: str
    folder: str
    file: str = ""
    checksum: str = ""
    size: int = 0
    urls: tuple[str, ...] = ()
    inside: str = ""
    captions: bool = False
    known_as: str = ""
    kind_size: int = 0

    def is_called(self, name: str) -> bool:
        """Whether a folder or a dataset.json of this name is a copy of the set."""
        return bool(self.known_as) and self.known_as in name.lower()

    @property
    def command(self) -> str:
        """The command that brings the set into the cache."""
        return f"python -m cs231n data get {self.name}"

    def digest_of(self, path: Path) -> str:
        """Return a file's checksum as the registry writes it, "sha256:..."."""
        algorithm = self.checksum.partition(":")[0]
        with open(path, "rb") as file:
            return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


def read_registry(path: Path | None = None) -> dict[str, Dataset]:
    """Read the registry.

    Parameters
    ----------
    path : Path, optional
        The kit's own registry unless given.

    Returns
    -------
    dict
        Name to `Dataset`, in the order of the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a row misses something, has something unknown, or has a malformed value.
    """
    path = REGISTRY if path is None else path
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"the registry of data sets should be at {path} but is not there; run from the "
            "unpacked folder of the course, or install that folder with `pip install -e .`."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not valid TOML: {error}.") from None
    return {name: _row(f"{path.name}, [{name}]", name, table) for name, table in tables.items()}


def find(name: str) -> Dataset:
    """Return the row of a data set.

    Raises
    ------
    LookupError
        If there is none; the message lists near names.
    """
    registry = read_registry()
    if name in registry:
        return registry[name]
    near = difflib.get_close_matches(name, registry, n=3, cutoff=0.4) or list(registry)
    raise LookupError(f"There is no data set named {name!r}. Near: {', '.join(near)}.")


def captioned() -> list[str]:
    """Return the names of the sets whose pictures have sentences."""
    return [row.name for row in read_registry().values() if row.captions]


def _row(where: str, name: str, table: object) -> Dataset:
    """Make a row from its TOML table."""
    if not isinstance(table, dict):
        raise ValueError(f"{where}: expected a table of fields but got {table!r}.")
    fields = {field.name: field for field in dataclasses.fields(Dataset)}
    unknown = table.keys() - fields.keys() | table.keys() & {"name"}
    if unknown:
        raise ValueError(f"{where}: unknown field {min(unknown)!r}; known are {', '.join(fields)}.")
    needed = {name for name, field in fields.items() if field.default is dataclasses.MISSING}
    if table.get("kind") != "drawn":
        needed |= {"file", "checksum", "size"}
    missing = needed - table.keys() - {"name"}
    if missing:
        raise ValueError(f"{where}: expected the field {min(missing)!r}, which is not there.")
    urls = table.get("urls", [])
    if not isinstance(urls, list) or not all(re.match("https?://", str(url)) for url in urls):
        raise ValueError(f"{where}: urls should be a list of http(s) addresses but is {urls!r}.")
    row = Dataset(name=name, **{**table, "urls": tuple(urls)})
    _check_values(where, row)
    return row


def _check_values(where: str, row: Dataset) -> None:
    """Raise ValueError at the first value that does not fit."""
    if row.kind not in KINDS:
        raise ValueError(f"{where}: kind should be one of {', '.join(KINDS)} but is {row.kind!r}.")
    for part in (row.name, row.folder, *filter(None, (row.file, row.inside))):
        if not re.fullmatch(PLAIN_NAME, str(part)):
            raise ValueError(f"{where}: {part!r} should be a plain name, without folders.")
    _check_captions(where, row)
    if row.kind == "drawn":
        return
    algorithm, _, digits = row.checksum.partition(":")
    length = hashlib.new(algorithm).digest_size * 2 if algorithm in ALGORITHMS else 0
    if len(digits) != length or set(digits) - set("0123456789abcdef"):
        raise ValueError(
            f"{where}: checksum should be 'sha256:' and 64 digits, or 'md5:' and 32 (0-9, a-f), "
            f"but is {row.checksum!r}."
        )
    if not isinstance(row.size, int) or row.size <= 0:
        raise ValueError(f"{where}: size should be the bytes of {row.file} but is {row.size!r}.")


def _check_captions(where: str, row: Dataset) -> None:
    """Raise ValueError unless the fields about sentences and kinds of places fit."""
    if not isinstance(row.captions, bool):
        raise ValueError(f"{where}: captions should be true or false but is {row.captions!r}.")
    if not isinstance(row.known_as, str) or row.known_as != row.known_as.lower():
        raise ValueError(f"{where}: known_as should be text in lower case but is {row.known_as!r}.")
    if type(row.kind_size) is not int or row.kind_size < 0:
        raise ValueError(
            f"{where}: kind_size should be a whole number, 0 or more, but is {row.kind_size!r}."
        )
    if row.kind_size and not (row.captions and row.known_as):
        raise ValueError(
            f"{where}: kind_size needs captions = true, and known_as to recognise the set by."
        )
