"""The embedded pictures, kept in the cache once they are drawn."""

import functools
import hashlib
import zipfile
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cs231n.drawn import drawing, pictures10, things
from cs231n.files.cache import cache_folder, whole_file, writable_cache

__all__ = ["load_drawn", "prepare"]

SEED = 0  # of the set that notebooks use
CHUNK = 1000  # pictures in a file
FIRST = {"train": 6000, "test": 1000}  # what the notebooks of the first assignment ask for


def load_drawn(
    n: int, split: str = "train", start: int = 0, *, seed: int = SEED, progress: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pictures `start` ... `start + n - 1` of a split of pictures10.

    They come from the cache, where they are kept a thousand in a file: a larger subset draws what
    is missing. Where the cache cannot be written to, they are drawn each time.

    Parameters
    ----------
    n : int
    split : {"train", "test"}
    start : int
    seed : int
    progress : bool
        Whether to show a progress bar on stderr when drawing takes more than a second.

    Returns
    -------
    X : ndarray (n, 32, 32, 3) of uint8
    y : ndarray (n,) of int64

    Raises
    ------
    ValueError
        If the split has no such pictures; "hidden" ones are never kept.
    """
    if split not in FIRST:
        raise ValueError(f"load_drawn: split should be 'train' or 'test' but is {split!r}.")
    pictures10.check_request(n, seed, split, start)
    first, last = start // CHUNK, -(-(start + n) // CHUNK)
    X, y = np.empty((n, 32, 32, 3), dtype=np.uint8), np.empty(n, dtype=np.int64)
    bar = tqdm(
        range(first, last),
        desc="drawing pictures",
        unit="k pictures",
        delay=1,
        disable=not progress,
    )
    for chunk in bar:
        drawn_X, drawn_y = _chunk(seed, split, chunk)
        low, high = max(start, chunk * CHUNK), min(start + n, (chunk + 1) * CHUNK)
        X[low - start : high - start] = drawn_X[low - chunk * CHUNK : high - chunk * CHUNK]
        y[low - start : high - start] = drawn_y[low - chunk * CHUNK : high - chunk * CHUNK]
    return X, y


def prepare(progress: bool = True) -> Path:
    """Draw what the first notebooks ask for; return the folder that keeps it."""
    writable_cache()
    for split, n in FIRST.items():
        load_drawn(n, split, progress=progress)
    return _folder(SEED)


@functools.cache
def _version() -> str:
    """Return letters that change with the code that draws."""
    code = b"".join(Path(module.__file__).read_bytes() for module in (drawing, pictures10, things))
    return hashlib.sha256(code).hexdigest()[:12]


def _folder(seed: int) -> Path:
    return cache_folder() / "pictures10" / f"{_version()}-seed{seed}"


def _chunk(seed: int, split: str, chunk: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a thousand pictures from their file, or draw them and try to write it."""
    path = _folder(seed) / f"{split}-{chunk:03d}.npz"
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            X, y = arrays["X"], arrays["y"]
        if X.shape == (CHUNK, 32, 32, 3) and y.shape == (CHUNK,):
            return X, y
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass  # not there, or damaged by something else than us: drawn anew either way
    X, y = pictures10.draw_pictures(CHUNK, seed=seed, split=split, start=chunk * CHUNK)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.savez(file, X=X, y=y)
    except OSError:
        pass  # no place to keep them
    return X, y
