"""The pictures that come with scikit-image: found where it is installed, without importing it."""

import importlib.util
from collections.abc import Iterable
from pathlib import Path

__all__ = ["COMMAND", "find_samples"]

COMMAND = "python -m pip install --no-deps scikit-image"


def find_samples(names: Iterable[str]) -> list[Path]:
    """Return the files of scikit-image's samples that have these names, as far as they are here.

    Parameters
    ----------
    names : iterable of str
        Names of files, without folders.

    Returns
    -------
    list of Path
        In the order of the names; none where scikit-image is not installed.

    Raises
    ------
    ValueError
        If a name leads to another folder.
    """
    names = list(names)
    for name in names:
        if Path(name).name != name:
            raise ValueError(f"find_samples: {name!r} should be a file's name, without folders.")
    package = importlib.util.find_spec("skimage")
    folders = package.submodule_search_locations if package else []
    paths = (Path(folder) / "data" / name for folder in folders for name in names)
    return [path for path in paths if path.is_file()]
