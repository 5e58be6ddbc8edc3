"""Tar archives from elsewhere: unpacked, or decoded into arrays, whole or not at all."""

import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import numpy as np
from tqdm import tqdm

from cs231n.data.image_folders import decode_picture
from cs231n.files.cache import beside

__all__ = ["MOST_BYTES", "MOST_FILES", "decode_pictures", "keep", "unpack"]

MOST_FILES = 200_000
MOST_BYTES = 4_000_000_000
SHUFFLE_SEED = 231  # of the order in which decoded pictures are kept


def unpack(archive: Path, folder: Path, inside: str = "", progress: bool = True) -> None:
    """Unpack a tar archive, compressed or not, into a folder that is not there yet.

    Only files and folders below the top come out; owners, permissions and times do not matter.

    Parameters
    ----------
    archive : Path
    folder : Path
        It appears when everything is in it.
    inside : str
        The folder of the archive that becomes `folder`; "" for all of it.
    progress : bool

    Raises
    ------
    ValueError
        If the archive is damaged, holds links, devices or names that lead elsewhere, is beyond
        `MOST_FILES` or `MOST_BYTES`, or has no folder `inside`.
    """
    with _whole_folder(folder) as (temporary, choose):
        for name, data in _files(archive, progress):
            target = temporary.joinpath(*name.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        if not (temporary / inside).is_dir():
            raise ValueError(f"{archive.name} should hold a folder {inside}, but does not.")
        choose(temporary / inside)


def keep(file: Path, folder: Path) -> None:
    """Put a file, as it is, into a folder that is not there yet."""
    with _whole_folder(folder) as (temporary, _):
        shutil.copyfile(file, temporary / file.name)


def decode_pictures(
    archive: Path, folder: Path, size: tuple[int, int] = (32, 32), progress: bool = True
) -> None:
    """Decode an archive of `<split>/<class>/<picture>` into arrays, without unpacking it.

    For each split, `<split>_X.npy` (N, H, W, 3) uint8 and `<split>_y.npy` (N,) int64 come about,
    and `classes.json`. Pictures are shuffled, always alike: the first thousand hold all classes.

    Parameters
    ----------
    archive, folder, progress : as of `unpack`
    size : (int, int)
        Height and width.

    Raises
    ------
    ValueError
        As `unpack`; or if a file lies elsewhere or is no picture.
    """
    pictures: dict[str, list[tuple[str, str, np.ndarray]]] = {}
    for name, data in _files(archive, progress):
        if len(name.parts) != 3:
            raise ValueError(f"{archive.name}: {name} is not of the form split/class/picture.")
        split, kind, file = name.parts
        try:
            pictures.setdefault(split, []).append((kind, file, decode_picture(data, size)))
        except ValueError as error:
            raise ValueError(f"{archive.name}: {name} {error}.") from None
    classes = sorted({kind for rows in pictures.values() for kind, _, _ in rows})
    with _whole_folder(folder) as (temporary, _):
        for split, rows in pictures.items():
            rows.sort(key=lambda row: row[:2])
            # RandomState, because its numbers are the same in every release of NumPy
            order = np.random.RandomState(SHUFFLE_SEED).permutation(len(rows))
            np.save(temporary / f"{split}_X.npy", np.stack([rows[i][2] for i in order]))
            y = np.array([classes.index(rows[i][0]) for i in order], dtype=np.int64)
            np.save(temporary / f"{split}_y.npy", y)
        (temporary / "classes.json").write_text(json.dumps(classes), encoding="utf-8")


@contextmanager
def _whole_folder(folder: Path):
    """Give a temporary folder, and a function to choose a folder in it, that becomes `folder`.

    The caller holds the lock of the set, so that what an earlier process left here can go.
    """
    for left in folder.parent.glob(f".{folder.name}-" + "[0-9a-f]" * 32):
        shutil.rmtree(left, ignore_errors=True)
    temporary = beside(folder)
    chosen = [temporary]
    temporary.mkdir()
    try:
        yield temporary, chosen.append
        os.rename(chosen[-1], folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _files(archive: Path, progress: bool) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield name and contents of each file in an archive; ValueError at anything unsafe."""
    files = total = 0
    options = {"unit": "B", "unit_scale": True, "delay": 1, "disable": not progress}
    try:
        with (
            open(archive, "rb") as raw,
            tqdm(total=archive.stat().st_size, desc=f"unpacking {archive.name}", **options) as bar,
            tarfile.open(fileobj=raw) as tar,
        ):
            for member in tar:
                name = _safe_name(archive, member)
                files, total = files + 1, total + member.size
                if files > MOST_FILES or total > MOST_BYTES:
                    raise ValueError(
                        f"{archive.name} holds more than {MOST_FILES:,} files or {MOST_BYTES:,} "
                        "bytes; nothing of it is kept."
                    )
                if member.isfile():
                    yield name, tar.extractfile(member).read()
                bar.update(raw.tell() - bar.n)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's error, not the archive's
        raise ValueError(f"{archive.name} is no tar archive, or damaged ({error}).") from None


def _safe_name(archive: Path, member: tarfile.TarInfo) -> PurePosixPath:
    """Return the name of a file or folder that stays below the top."""
    name = PurePosixPath(member.name)
    if not (member.isfile() or member.isdir()):
        raise ValueError(f"{archive.name} holds a link or device, {member.name}; refused.")
    if name.is_absolute() or ".." in name.parts or set(member.name) & set("\\:\0"):
        raise ValueError(
            f"{archive.name} holds a name that leads elsewhere, {member.name}; refused."
        )
    return name
