"""Photographs as they come: each is read, or reported with the reason, and nothing stops the rest.

Grey, palette, transparent, CMYK and 16-bit pictures become 8-bit red, green and blue, ones that a
camera marked as turned are turned, and a picture with the wrong ending in its name is read all the
same. What is damaged, cut short, empty, huge or no picture is reported.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cs231n.data.image_folders import FORMATS, decode_picture

__all__ = [
    "Photographs",
    "find_photographs",
    "photograph_batches",
    "read_file",
    "read_photographs",
]


@dataclass(frozen=True)
class Photographs:
    """What was read of a number of files.

    Attributes
    ----------
    X : ndarray, shape (N, H, W, 3), uint8
        Those that could be read.
    places : ndarray, shape (N,), int64
        Which of the files each is, counted from 0.
    problems : tuple of (Path, str)
        The files that could not be read, each with the reason.
    """

    X: np.ndarray
    places: np.ndarray
    problems: tuple[tuple[Path, str], ...]


def find_photographs(paths: Iterable[str | Path]) -> list[Path]:
    """List files: those named, and of the folders named all that look like pictures by their name.

    Parameters
    ----------
    paths : iterable of str or Path
        Folders are searched through all their folders, in order of the names.

    Returns
    -------
    list of Path

    Raises
    ------
    FileNotFoundError
        If one of them is not there.
    ValueError
        If a folder holds no picture.
    """
    found = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = [file for file in sorted(path.rglob("*")) if _looks_like_one(path, file)]
            if not inside:
                raise ValueError(
                    f"{path} holds no picture by its name; expected files that end in "
                    f"{', '.join(FORMATS)}."
                )
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise FileNotFoundError(f"there is no file or folder {path}; check its name.")
    return found


def read_photographs(
    paths: Iterable[str | Path], size: tuple[int, int], *, fit: str = "crop"
) -> Photographs:
    """Read picture files into one array.

    Parameters
    ----------
    paths : iterable of str or Path
    size : (int, int)
        Height and width of every picture.
    fit : {"crop", "stretch"}
        How a picture of another shape gets there: cut at both ends, or distorted.

    Returns
    -------
    Photographs
    """
    paths = [Path(path) for path in paths]
    X, places, problems = np.empty((len(paths), *size, 3), dtype=np.uint8), [], []
    for i, path in enumerate(paths):
        try:
            X[len(places)] = decode_picture(read_file(path), size, fit=fit)
        except ValueError as error:
            problems.append((path, str(error)))
        else:
            places.append(i)
    return Photographs(X[: len(places)], np.array(places, dtype=np.int64), tuple(problems))


def photograph_batches(
    paths: Iterable[str | Path], size: tuple[int, int], batch_size: int = 50, *, fit: str = "crop"
) -> Iterator[Photographs]:
    """Read picture files by and by, so that no more than a batch is in memory.

    Arguments as of `read_photographs`; `places` count from the first file of all. Every batch has
    been through `batch_size` files, the last one perhaps through fewer.
    """
    if batch_size < 1:
        raise ValueError(f"photograph_batches: batch_size should be 1 or more, not {batch_size}.")
    paths = list(paths)
    for start in range(0, len(paths), batch_size):
        batch = read_photographs(paths[start : start + batch_size], size, fit=fit)
        yield Photographs(batch.X, batch.places + start, batch.problems)


def read_file(path: Path) -> bytes:
    """Read a file for `decode_picture`; ValueError says why that cannot be."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ValueError("is not there") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise ValueError(f"cannot be read ({getattr(error, 'strerror', error)})") from None
    if not data:
        raise ValueError("is empty")
    return data


def _looks_like_one(root, file):
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return file.suffix.lower() in FORMATS and not hidden and file.is_file()
