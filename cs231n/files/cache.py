"""Where fetched and drawn data lies, and how files get there whole or not at all."""

import errno
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["beside", "cache_folder", "lock", "whole_file", "writable_cache"]

ROOT = Path(__file__).resolve().parents[2]  # of a checkout, or of a release
SECONDS_BETWEEN_TRIES = 0.1
TAKEN = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}  # how systems say that another holds the lock


def cache_folder() -> Path:
    """Return the folder of fetched and drawn data, which need not exist.

    That is what the environment variable `CS231N_DATA_CACHE` names, otherwise `datasets/cache`
    beside the package, otherwise (the package was installed away from its `datasets/`) a folder
    in the user's home.
    """
    named = os.environ.get("CS231N_DATA_CACHE")
    if named:
        return Path(named).expanduser().absolute()
    if (ROOT / "datasets" / "registry.toml").is_file():
        return ROOT / "datasets" / "cache"
    return Path.home() / ".cache" / "cs231n-kit"


def writable_cache() -> Path:
    """Return the cache folder after making it.

    Raises
    ------
    OSError
        If it cannot be made or written to.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise OSError(
            f"cannot write to the data folder {folder} ({error.strerror}); set the environment "
            "variable CS231N_DATA_CACHE to a folder that you may write to."
        ) from None


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under its name when it is complete, and never before.

    Any number of processes may write the same name at once; the last one to finish stays.
    """
    temporary = beside(path)
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def beside(path: Path) -> Path:
    """Return a name in the same folder that nobody else uses, for what will become `path`."""
    return path.with_name(f".{path.name}-{uuid.uuid4().hex}")


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold a lock in the cache; others, in this process or another, wait for it.

    The system gives it back when its holder dies, so none is ever left behind.

    Raises
    ------
    OSError
        If the cache cannot be written to, or its file system has no locks.
    """
    folder = writable_cache()
    with open(folder / f".{name}.lock", "ab") as file:
        waiting = False
        while not _locked(file, folder):
            if not waiting:
                print(f"{name}: another process is at work on it; waiting.", file=sys.stderr)
                waiting = True
            time.sleep(SECONDS_BETWEEN_TRIES)
        yield  # closing the file gives the lock back


def _locked(file: BinaryIO, folder: Path) -> bool:
    """Try to lock a file; say whether that worked."""
    try:
        _lock_now(file)
    except OSError as error:
        if error.errno in TAKEN:
            return False
        raise OSError(
            f"the file system of {folder} has no locks ({error.strerror}), so that two downloads "
            "could mix; set the environment variable CS231N_DATA_CACHE to a folder on a local disk."
        ) from None
    return True


if os.name == "nt":
    import msvcrt

    def _lock_now(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock_now(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
