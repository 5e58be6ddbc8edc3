"""Read a student's folder or zip without trusting a byte of it.

Both kinds of source list regular files by a clean relative name and read one of them under a cap.
Nothing is ever written to disk, no link is followed, no archive inside an archive is opened.
What is not taken raises `Refused`, or stands in `flags`, in words for the student.
"""

import os
import stat
import unicodedata
import zipfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

ENTRIES = 5000  # files in one submission
DEPTH = 12  # folders above a file
NAME = 200  # characters of a relative name
ARCHIVE = 300 << 20  # bytes of a zip as it lies on disk
DIRECTORY = 2 << 20  # bytes of a zip's table of contents, and of any single read
RATIO = 200  # times a member may grow when unpacked, beyond the first megabyte
CHUNK = 1 << 16
SKIPPED = {"__pycache__", "__MACOSX", "node_modules", "site-packages"}
_QUIET = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # follow no link, wait for no pipe


class Refused(ValueError):
    """Something handed in that is not taken; the text is for the student."""


class Folder:
    """A student's folder, read through descriptors that follow no link."""

    def __init__(self, path: Path):
        self.flags: list[str] = []
        try:
            self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | _QUIET)
        except OSError as error:
            raise Refused(
                f"{shown(path.name)} cannot be opened as a folder: {error.strerror}"
            ) from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._root)

    def files(self) -> dict[str, str]:
        """Clean names of the regular files -> their names on disk."""
        found, links, count = {}, Counter(), 0
        for where, folders, names, descriptor in os.fwalk(".", dir_fd=self._root):
            count += len(folders) + len(names)
            if count > ENTRIES:
                raise Refused(_too_many())
            inside = "" if where == "." else where.removeprefix("./") + "/"
            for name in sorted(folders + names):
                state = os.lstat(name, dir_fd=descriptor)
                if stat.S_ISDIR(state.st_mode) or skipped(name):
                    continue
                try:
                    _require_regular(state, inside + name)
                    found[inside + name] = (clean_name(inside + name), state)
                except Refused as refusal:
                    self.flags.append(str(refusal))
                links[state.st_dev, state.st_ino] += 1
            deep = inside.count("/") >= DEPTH
            folders[:] = [] if deep else sorted(name for name in folders if not skipped(name))
        outside = {
            name
            for name, (_, state) in found.items()
            if state.st_nlink > links[state.st_dev, state.st_ino]
        }
        self.flags += [_foreign(name, "a hard link to a file elsewhere") for name in outside]
        pairs = [(clean, name) for name, (clean, _) in found.items() if name not in outside]
        return without_clashes(pairs, self.flags)

    def read(self, name: str, cap: int) -> bytes:
        """The bytes of one file as `files` names it on disk; Refused above `cap`."""
        with self.open(name) as file:
            return read_capped(file, cap, name)

    def open(self, name: str) -> BinaryIO:
        """Open one regular file, each folder on the way to it without following a link."""
        *folders, last = name.split("/")
        with ExitStack() as stack:
            here = self._root
            try:
                for folder in folders:
                    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _QUIET, dir_fd=here)
                    stack.callback(os.close, here)
                descriptor = os.open(last, os.O_RDONLY | _QUIET, dir_fd=here)
            except OSError as error:
                raise Refused(f"{shown(name)} cannot be read: {error.strerror}") from None
        return _regular_file(descriptor, name)


class Zip:
    """A student's zip; members are unpacked in memory, one by one, under caps."""

    def __init__(self, file: BinaryIO, name: str):
        self.flags: list[str] = []
        if os.fstat(file.fileno()).st_size > ARCHIVE:
            file.close()
            raise Refused(f"{shown(name)} is larger than {megabytes(ARCHIVE)}: hand in less.")
        self._file = file
        try:
            self._zip = open_zip(file, name)
        except Refused:
            file.close()
            raise

    @classmethod
    def at(cls, path: Path) -> "Zip":
        """Open the zip at a path, which must be a regular file itself."""
        try:
            descriptor = os.open(path, os.O_RDONLY | _QUIET)
        except OSError as error:
            raise Refused(f"{shown(path.name)} cannot be opened: {error.strerror}") from None
        return cls(_regular_file(descriptor, path.name), path.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._zip.close()
        self._file.close()

    def files(self) -> dict[str, zipfile.ZipInfo]:
        """Clean names of the regular files -> their members."""
        members = self._zip.infolist()
        if len(members) > ENTRIES:
            raise Refused(_too_many())
        pairs = []
        for member in members:
            name = member.orig_filename.replace("\\", "/")  # some tools on Windows write these
            if name.endswith("/") or any(map(skipped, name.split("/"))):
                continue
            try:
                require_plain_member(member, name)
                pairs.append((clean_name(name), member))
            except Refused as refusal:
                self.flags.append(str(refusal))
        return without_clashes(pairs, self.flags)

    def read(self, member: zipfile.ZipInfo, cap: int) -> bytes:
        """The bytes of one member; Refused above `cap`, or where the zip is damaged."""
        return read_member(self._zip, member, cap)


class _Gate:
    """A file that answers no single read above a cap, so that a table of contents stays small."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int | None = -1) -> bytes:
        wanted = DIRECTORY + 1 if size is None or size < 0 else size
        data = self._file.read(min(wanted, DIRECTORY + 1))
        if len(data) > DIRECTORY:
            raise Refused(_too_many())
        return data


def open_zip(file: BinaryIO, name: str) -> zipfile.ZipFile:
    """Open a zip file for reading; Refused where it is none, damaged, or its contents too many."""
    try:
        return zipfile.ZipFile(_Gate(file))
    except Refused:
        raise
    except Exception as error:  # zipfile raises half a dozen types on crafted bytes
        msg = f"{shown(name)} is no readable zip ({shown(error)}): make it again and hand it in."
        raise Refused(msg) from None


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, cap: int) -> bytes:
    """Unpack one member under `cap` and under a cap on how much it grows."""
    name = member.orig_filename
    allowed = min(cap, (1 << 20) + RATIO * member.compress_size)
    try:
        with archive.open(member) as stream:
            data = read_capped(stream, allowed, name)
    except Refused:
        raise
    except Exception as error:  # damaged data, wrong checksums and sizes: many types
        raise Refused(f"{shown(name)} cannot be unpacked: {shown(error)}") from None
    if len(data) != member.file_size:
        raise Refused(f"{shown(name)} is not as long as the zip says: make the zip again.")
    return data


def read_capped(stream: BinaryIO, cap: int, name: str) -> bytes:
    """Read a stream to its end, in pieces; Refused as soon as it is longer than `cap`."""
    pieces, size = [], 0
    while piece := stream.read(CHUNK):
        size += len(piece)
        if size > cap:
            raise Refused(
                f"{shown(name)} is too large: at most {megabytes(cap)} is taken. Make it smaller."
            )
        pieces.append(piece)
    return b"".join(pieces)


def clean_name(name: str) -> str:
    """A relative name in NFC, with / between the parts; Refused for every name that strays."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(f"{shown(name)}: the name is no text; rename the file.") from None
    name = unicodedata.normalize("NFC", name)
    parts = name.split("/")
    if name.startswith("/") or ":" in parts[0] or ".." in parts:
        raise Refused(f"{shown(name)} leads out of the submission and is not taken.")
    parts = [part for part in parts if part not in ("", ".")]
    if any(not char.isprintable() for char in name):
        raise Refused(f"{shown(name)}: the name holds control characters; rename the file.")
    if not parts or len(name) > NAME or len(parts) > DEPTH + 1:
        raise Refused(f"{shown(name)}: the name is too long or too deep, or none; rename the file.")
    return "/".join(parts)


def without_clashes(pairs: list[tuple[str, object]], flags: list[str]) -> dict[str, object]:
    """Drop, and flag, all names that are the same, or differ only in upper and lower case."""
    counts = Counter(name.casefold() for name, _ in pairs)
    clashing = sorted({name for name, _ in pairs if counts[name.casefold()] > 1})
    flags += [
        f"{shown(name)} is there more than once (names that differ only in upper and lower case "
        "count as one). None is taken: keep one."
        for name in clashing
    ]
    return {name: handle for name, handle in pairs if counts[name.casefold()] == 1}


def skipped(part: str) -> bool:
    """True for names that tools leave behind, which nobody needs to hear about."""
    return (part.startswith(".") and part not in (".", "..")) or part in SKIPPED


def shown(text: object, limit: int = 80) -> str:
    """Text from a submission as it may stand in a message: printable, and short."""
    text = str(text)
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(char if char.isprintable() else "�" for char in text)


def megabytes(size: int) -> str:
    """A size for people, such as 20 MB."""
    return f"{size / 2**20:.3g} MB"


def _regular_file(descriptor: int, name: str) -> BinaryIO:
    try:
        _require_regular(os.fstat(descriptor), name)
    except Refused:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _require_regular(state: os.stat_result, name: str) -> None:
    if stat.S_ISLNK(state.st_mode):
        raise Refused(_foreign(name, "a link"))
    if not stat.S_ISREG(state.st_mode):
        raise Refused(_foreign(name, "no regular file"))


def require_plain_member(member: zipfile.ZipInfo, name: str) -> None:
    """Require a zip's member to be an ordinary file in an ordinary compression, unencrypted."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise Refused(_foreign(name, "a link" if kind == stat.S_IFLNK else "no regular file"))
    if member.flag_bits & 1:
        raise Refused(f"{shown(name)} is encrypted: make the zip without a password.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(f"{shown(name)} is packed in an unusual way: make an ordinary zip.")


def _foreign(name: str, what: str) -> str:
    return f"{shown(name)} is {what} and is not taken: hand in the file itself."


def _too_many() -> str:
    return f"There are more than {ENTRIES} files: hand in only notebooks, modules and hand_in/."
