"""The files of CIFAR-10, official ones and the decoded copy, read with trust in none of them."""

import json
import pickle
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cs231n.data.registry import find
from cs231n.files.cache import cache_folder

__all__ = [
    "CIFAR10_CLASSES",
    "SPLITS",
    "load_CIFAR10",
    "load_CIFAR_batch",
    "load_pickle",
    "read_decoded",
    "read_official",
]

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
SPLITS = {"train": 50_000, "test": 10_000}  # pictures
BATCH = 10_000  # pictures in one of the official files
BATCHES = {"train": [f"data_batch_{i}" for i in range(1, 6)], "test": ["test_batch"]}


def _dtype(kind: str, align: int = 0, copy: int = 0) -> np.dtype:
    """Make a dtype; old pickles pass numbers where new releases of NumPy want truth values."""
    return np.dtype(kind, bool(align), bool(copy))


def _encode(text: str, encoding: str) -> bytes:
    """Return the bytes that Python 3 writes as text into pickles for Python 2."""
    return text.encode(encoding)


# All that pickles of arrays, lists and texts ask for, by the names old and new releases use.
_RECONSTRUCT = np.zeros(1).__reduce__()[0]
_FROM_BUFFER = np.zeros(1).__reduce_ex__(5)[0]
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): _RECONSTRUCT,
    ("numpy.core.numeric", "_frombuffer"): _FROM_BUFFER,
    ("numpy._core.numeric", "_frombuffer"): _FROM_BUFFER,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): _dtype,
    ("_codecs", "encode"): _encode,
}


class _CIFARUnpickler(pickle.Unpickler):
    """An unpickler that calls nothing but what puts arrays together."""

    def find_class(self, module: str, name: str) -> object:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}") from None


def load_pickle(f: BinaryIO) -> object:
    """Load a pickle of arrays, lists, dicts, numbers and text, and of nothing else.

    Python 2's strings become text byte by byte (latin-1), as the files of CIFAR-10 need it.

    Parameters
    ----------
    f : file
        Open for reading bytes.

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If the file is damaged, no pickle, or asks for anything that could run code.
    """
    try:
        return _CIFARUnpickler(f, encoding="latin1").load()
    except Exception as error:  # damaged pickles fail with all kinds of errors
        raise ValueError(
            f"{getattr(f, 'name', 'the file')} is no pickle of arrays and lists ({error}), so it "
            f"is refused; delete its folder and run `{find('cifar10').command}`."
        ) from None


def load_CIFAR_batch(filename: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Load one file of CIFAR-10.

    Parameters
    ----------
    filename : str or Path
        One of data_batch_1 ... data_batch_5, test_batch.

    Returns
    -------
    X : ndarray (N, 32, 32, 3) of float64
        Red, green and blue, 0 to 255; N is 10000 in the official files.
    Y : ndarray (N,) of int64
        Classes, 0 to 9.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no file of CIFAR-10.

    References
    ----------
    Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009;
    https://www.cs.toronto.edu/~kriz/cifar.html describes the layout.
    """
    X, Y = _read_batch(Path(filename))
    return X.astype(np.float64, order="C"), Y


def load_CIFAR10(ROOT: str | Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Load all of CIFAR-10 from the folder `cifar-10-batches-py`.

    Parameters
    ----------
    ROOT : str or Path

    Returns
    -------
    Xtr : ndarray (50000, 32, 32, 3) of float64
        1.2 GB; `load_pictures` takes a part.
    Ytr : ndarray (50000,) of int64
    Xte : ndarray (10000, 32, 32, 3) of float64
    Yte : ndarray (10000,) of int64

    Raises
    ------
    FileNotFoundError, ValueError
        As `load_CIFAR_batch`.
    """
    train = [_read_batch(Path(ROOT) / name) for name in BATCHES["train"]]
    Xtr = np.concatenate([X for X, _ in train], dtype=np.float64)
    Ytr = np.concatenate([Y for _, Y in train])
    Xte, Yte = load_CIFAR_batch(Path(ROOT) / "test_batch")
    return Xtr, Ytr, Xte, Yte


def _read_batch(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read a file of CIFAR-10, (N, 32, 32, 3) uint8 and (N,) int64."""
    try:
        with open(path, "rb") as file:
            batch = load_pickle(file)
    except FileNotFoundError:
        row = find("cifar10")
        raise FileNotFoundError(
            f"expected a file of CIFAR-10 at {path}, but it is not there; run `{row.command}`, "
            f"which puts the files into {cache_folder() / row.folder}."
        ) from None
    entries = batch if isinstance(batch, dict) else {}
    entries = {k.decode() if isinstance(k, bytes) else k: v for k, v in entries.items()}
    X, y = entries.get("data"), entries.get("labels")
    if (
        not isinstance(X, np.ndarray)
        or (X.dtype, X.shape[1:]) != (np.uint8, (3072,))
        or not isinstance(y, list)
        or len(y) != len(X)
        or not all(isinstance(label, int) and 0 <= label < 10 for label in y)
    ):
        raise ValueError(
            f"{path} is no file of CIFAR-10: expected a dict with 'data', an array (N, 3072) of "
            "uint8, and 'labels', a list of N classes from 0 to 9."
        )
    return X.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), np.array(y, dtype=np.int64)


def read_official(folder: Path, split: str, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    """Read pictures start ... stop - 1 of a split, from the files that hold them."""
    X, y = np.empty((stop - start, 32, 32, 3), np.uint8), np.empty(stop - start, np.int64)
    for number, file in enumerate(BATCHES[split]):
        low, high = max(start, number * BATCH), min(stop, (number + 1) * BATCH)
        if low < high:
            images, labels = _read_batch(folder / file)
            if len(labels) != BATCH:
                raise ValueError(f"{file} should hold {BATCH} pictures but holds {len(labels)}.")
            X[low - start : high - start] = images[low - number * BATCH : high - number * BATCH]
            y[low - start : high - start] = labels[low - number * BATCH : high - number * BATCH]
    return X, y


def read_decoded(folder: Path, split: str, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    """Read pictures start ... stop - 1 of a split of the decoded copy, without reading others."""
    try:
        X = np.load(folder / f"{split}_X.npy", mmap_mode="r", allow_pickle=False)
        y = np.load(folder / f"{split}_y.npy", allow_pickle=False)
        classes = tuple(json.loads((folder / "classes.json").read_text(encoding="utf-8")))
        whole = X.shape == (SPLITS[split], 32, 32, 3) and y.shape == X.shape[:1]
    except (OSError, ValueError, EOFError):
        whole = False
    if not whole or classes != CIFAR10_CLASSES:
        raise ValueError(
            f"{folder} is damaged; delete it and run `{find('cifar10-jpeg').command}`."
        )
    return X[start:stop], y[start:stop]
