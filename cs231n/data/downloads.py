"""Registered data sets: fetched once, checked, and unpacked into the cache."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from cs231n.data import archives, drawn_pictures
from cs231n.data.registry import Dataset, find, read_registry
from cs231n.files.cache import cache_folder, lock

__all__ = ["DownloadError", "State", "available", "fetch", "prepare", "prepare_from_mirror"]

MIRROR = "CS231N_DATA_MIRROR"  # the environment variable: a folder or an http(s) address


class DownloadError(OSError):
    """A data set could not be fetched; nothing unfinished is left that could be taken for it."""


@dataclass(frozen=True)
class State:
    """A row of the table that `available` returns: words for people."""

    name: str
    size: str
    licence: str
    state: str


def available() -> list[State]:
    """Return a row for each registered set, with what of it is here; asks no network."""
    return [
        State(row.name, _megabytes(row.size) if row.size else "-", row.licence, _state(row))
        for row in read_registry().values()
    ]


def prepare(name: str, progress: bool = True) -> Path:
    """Bring a data set into the cache, ready for use, unless it is there already.

    Parameters
    ----------
    name : str
        A name of the registry.
    progress : bool
        Whether to show progress bars on stderr.

    Returns
    -------
    Path
        The folder that holds it.

    Raises
    ------
    LookupError
        If there is no set of that name.
    DownloadError
        If no source has it, or what came was wrong.
    ValueError
        If the archive cannot be unpacked.
    """
    row = find(name)
    folder = cache_folder() / row.folder
    if row.kind == "drawn":
        with lock(row.name):
            return drawn_pictures.prepare(progress=progress)
    if folder.is_dir():
        return folder
    with lock(row.name):
        if not folder.is_dir():  # another process may have been at work while this one waited
            archive = _fetch(row, progress)
            if row.kind == "pictures":
                archives.decode_pictures(archive, folder, progress=progress)
            elif row.kind == "sentences":
                archives.keep(archive, folder)
            else:
                archives.unpack(archive, folder, row.inside, progress=progress)
            archive.unlink()
    return folder


def fetch(name: str, progress: bool = True) -> Path:
    """Bring the archive of a data set into the cache, and check it.

    It is looked for in the folder or at the address that `CS231N_DATA_MIRROR` names, then at its
    public addresses. A download that breaks off, or is stopped, goes on from there the next time.

    Parameters
    ----------
    name : str
        A name of the registry.
    progress : bool
        Whether to show a progress bar on stderr.

    Returns
    -------
    Path
        The archive, whose checksum is the registry's. `prepare` unpacks and then removes it.

    Raises
    ------
    LookupError
        If there is no set of that name.
    ValueError
        If the set is drawn, not fetched.
    DownloadError
        If no source has it, or what came was wrong.
    """
    row = find(name)
    if row.kind == "drawn":
        raise ValueError(f"{name} is drawn by the kit; there is nothing to fetch.")
    with lock(row.name):
        return _fetch(row, progress)


def prepare_from_mirror(
    names: tuple[str, ...] = ("cifar10", "cifar10-jpeg"), progress: bool = True
) -> str | None:
    """Prepare the first of these sets that is in the cache, or else in a mirror folder.

    Returns
    -------
    str or None
        Which one is ready now; None if none is (addresses are not asked).
    """
    rows = [find(name) for name in names]
    here = [row for row in rows if (cache_folder() / row.folder).is_dir()]
    for row in here or [row for row in rows if _in_mirror(row)]:
        prepare(row.name, progress)
        return row.name
    return None


def _fetch(row: Dataset, progress: bool) -> Path:
    """Fetch an archive while holding the lock."""
    from cs231n.data import (
        fetch as transfer,  # requests takes long to import, and most commands fetch nothing
    )

    target = cache_folder() / row.file
    part = target.with_name(target.name + ".part")
    if target.is_file():
        if row.digest_of(target) == row.checksum:
            return target
        target.unlink()
    failures = []
    for source in _sources(row):
        try:
            resumed = transfer.bring(source, part, row.size, label=row.name, progress=progress)
            if resumed and row.digest_of(part) != row.checksum:
                # Pieces that do not belong together: a server may change its file in between.
                transfer.forget(part)
                transfer.bring(source, part, row.size, label=row.name, progress=progress)
        except transfer.TransferError as error:
            failures.append(f"{source}: {error}")
            continue
        got = row.digest_of(part)
        if got == row.checksum:
            os.replace(part, target)
            transfer.forget(part)
            return target
        transfer.forget(part)
        failures.append(
            f"{source}: what came has the checksum {got} where {row.checksum} is expected, "
            "and was deleted"
        )
        print(f"{row.name}: {failures[-1]}.", file=sys.stderr)
    raise DownloadError(_explain(row, failures, part))


def _sources(row: Dataset) -> list[str | Path]:
    """Return where to look for an archive, in order."""
    mirror = os.environ.get(MIRROR)
    if not mirror:
        return list(row.urls)
    if mirror.startswith(("http://", "https://")):
        return [f"{mirror.rstrip('/')}/{row.file}", *row.urls]
    return [Path(mirror).expanduser() / row.file, *row.urls]


def _explain(row: Dataset, failures: list[str], part: Path) -> str:
    """Word the error when no source gave the archive."""
    if not failures:
        return (
            f"{row.name} has no public address; set {MIRROR} to a folder or an address that has "
            f"{row.file}, then run `{row.command}`."
        )
    reasons = f"{row.name} could not be fetched ({'; '.join(failures)}); "
    if part.exists() and part.stat().st_size:
        kept = f"{_megabytes(part.stat().st_size)} of {_megabytes(row.size)}"
        return f"{reasons}run `{row.command}` again to go on: {kept} are here."
    return (
        f"{reasons}run `{row.command}` again when the network is there, or set {MIRROR} to a "
        f"folder or an address that has {row.file}."
    )


def _in_mirror(row: Dataset) -> bool:
    """Whether a mirror folder has the archive."""
    mirror = os.environ.get(MIRROR)
    return bool(mirror and row.file) and (Path(mirror).expanduser() / row.file).is_file()


def _state(row: Dataset) -> str:
    """Say in words what of a set is here."""
    folder = cache_folder()
    part = folder / f"{row.file}.part"
    if row.kind == "drawn":
        return "drawn here, nothing to fetch"
    if (folder / row.folder).is_dir():
        return "in the cache"
    if (folder / row.file).is_file():
        return "fetched, not unpacked"
    if part.is_file():
        return f"partly fetched, {_megabytes(part.stat().st_size)}"
    return "in the mirror" if _in_mirror(row) else "not here"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
