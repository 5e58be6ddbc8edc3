"""Loaders of the assignments' pictures: CIFAR-10, or the embedded set in its place."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from cs231n.data.cifar import (
    CIFAR10_CLASSES,
    SPLITS,
    load_CIFAR10,
    load_CIFAR_batch,
    load_pickle,
    read_decoded,
    read_official,
)
from cs231n.data.drawn_pictures import load_drawn
from cs231n.data.registry import find
from cs231n.drawn.pictures10 import PICTURES10_CLASSES
from cs231n.files.cache import cache_folder

__all__ = [
    "get_CIFAR10_data",
    "load_CIFAR10",
    "load_CIFAR_batch",
    "load_pickle",
    "load_pictures",
]


def get_CIFAR10_data(
    num_training: int = 49000,
    num_validation: int = 1000,
    num_test: int = 1000,
    subtract_mean: bool = True,
) -> dict[str, np.ndarray]:
    """Load pictures for a network: channels first, mean picture of the training set subtracted.

    They are CIFAR-10's if that is in the cache, otherwise the embedded ones; it prints which.

    Parameters
    ----------
    num_training, num_validation : int
        How many of the 50,000 training pictures train, and how many of those behind them validate.
    num_test : int
        How many of the 10,000 test pictures to take.
    subtract_mean : bool

    Returns
    -------
    dict
        `X_train`, `X_val`, `X_test` (N, 3, 32, 32) float64; `y_train`, `y_val`, `y_test` (N,)
        int64; `name`, a text scalar, "cifar10" or "pictures10"; `classes`, an array (10,) of text.

    Raises
    ------
    ValueError
        If there are not so many pictures.
    """
    data = load_pictures(None, num_training, num_validation, num_test, dtype=np.uint8)
    images = {key: data[key] for key in ("X_train", "X_val", "X_test")}
    mean = np.zeros(images["X_train"].shape[1:])
    if subtract_mean and num_training:
        mean = images["X_train"].mean(axis=0, dtype=np.float64)  # (32, 32, 3)
    for key, X in images.items():
        # One array of floats for each part, and no further copies: the whole set takes 1.2 GB.
        out = np.empty((len(X), 3, 32, 32))
        np.subtract(X.transpose(0, 3, 1, 2), mean.transpose(2, 0, 1), out=out)
        data[key] = out
    return data


def load_pictures(
    name: str | None = None,
    num_training: int = 5000,
    num_validation: int = 1000,
    num_test: int = 1000,
    dtype: type = np.float64,
) -> dict[str, np.ndarray]:
    """Load raw pictures, channels last, split for training, validation and test; print which.

    Parameters
    ----------
    name : {None, "cifar10", "cifar10-jpeg", "pictures10"}
        A set, or None for CIFAR-10 if it is in the cache (in either form), otherwise the embedded
        set, which needs no file.
    num_training, num_validation : int
        How many of the 50,000 training pictures train, and how many of those behind them validate.
    num_test : int
        How many of the 10,000 test pictures to take.
    dtype : dtype
        Type of the pixels, which are 0 to 255 in any case.

    Returns
    -------
    dict
        `X_train`, `X_val`, `X_test` (N, 32, 32, 3); `y_train`, `y_val`, `y_test` (N,) int64;
        `name`, a text scalar, "cifar10" (in either form) or "pictures10"; `classes`, an array (10,)
        of text. All have a shape, so that loops over the dict may print it.

    Raises
    ------
    ValueError
        If there are not so many pictures, the name is of another kind of set, or files are damaged.
    FileNotFoundError
        If the set is not in the cache; the message has the command that fetches it.
    LookupError
        If no set has that name.

    Examples
    --------
    >>> data = load_pictures("pictures10", num_training=100, num_validation=20, num_test=30)
    Pictures: pictures10, drawn by the kit: 100 to train, 20 to validate, 30 to test.
    >>> data["X_val"].shape
    (20, 32, 32, 3)
    """
    _check_counts(num_training, num_validation, num_test)
    name = _choose(name)
    read, says = _READERS[name]
    folder = _folder(name)
    parts = {
        "train": ("train", 0, num_training),
        "val": ("train", num_training, num_training + num_validation),
        "test": ("test", 0, num_test),
    }
    data: dict[str, np.ndarray] = {}
    for part, (split, start, stop) in parts.items():
        X, y = read(folder, split, start, stop)
        data[f"X_{part}"] = np.array(X, dtype=dtype, order="C")  # no view of a file on disk
        data[f"y_{part}"] = np.array(y)
    embedded = name == "pictures10"
    data["name"] = np.str_("pictures10" if embedded else "cifar10")
    data["classes"] = np.array(PICTURES10_CLASSES if embedded else CIFAR10_CLASSES)
    counts = f"{num_training} to train, {num_validation} to validate, {num_test} to test"
    print(f"Pictures: {says}: {counts}.")
    return data


def _check_counts(num_training: int, num_validation: int, num_test: int) -> None:
    """Raise ValueError unless there are as many pictures."""
    train, test = SPLITS["train"], SPLITS["test"]
    if min(num_training, num_validation, num_test) < 0:
        raise ValueError(
            "the numbers of pictures should be 0 or more, but are "
            f"num_training={num_training}, num_validation={num_validation}, num_test={num_test}."
        )
    if num_training + num_validation > train or num_test > test:
        raise ValueError(
            f"there are {train} pictures to train and validate and {test} to test, but "
            f"num_training={num_training} and num_validation={num_validation} make "
            f"{num_training + num_validation}, and num_test={num_test}; ask for fewer."
        )


def _choose(name: str | None) -> str:
    """Return the set to read."""
    if name is None:
        here = [n for n in ("cifar10", "cifar10-jpeg") if _folder(n).is_dir()]
        return [*here, "pictures10"][0]
    row = find(name)
    if name not in _READERS:
        raise ValueError(
            f"load_pictures: {name} ({row.title}) is no set of 32 by 32 pictures in ten classes; "
            f"expected one of {', '.join(_READERS)}."
        )
    if row.kind != "drawn" and not _folder(name).is_dir():
        raise FileNotFoundError(f"load_pictures: {name} is not in the cache; run `{row.command}`.")
    return name


def _folder(name: str) -> Path:
    return cache_folder() / find(name).folder


def _read_drawn(folder: Path, split: str, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    return load_drawn(stop - start, split, start)


_Reader = Callable[[Path, str, int, int], tuple[np.ndarray, np.ndarray]]
_READERS: dict[str, tuple[_Reader, str]] = {
    "cifar10": (read_official, "CIFAR-10 from the cache"),
    "cifar10-jpeg": (read_decoded, "CIFAR-10 from the cache (its JPEG copy)"),
    "pictures10": (_read_drawn, "pictures10, drawn by the kit"),
}
