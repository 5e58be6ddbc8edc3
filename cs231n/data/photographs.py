"""Photographs that come with scikit-image, where that is installed: a cat, coffee, a rocket."""

import importlib.util
from pathlib import Path

from cs231n.image_utils import load_image

NAMES = {"chelsea": "chelsea.png", "coffee": "coffee.png", "rocket": "rocket.jpg"}


def load_photographs(size=None):
    """Read the photographs; scikit-image itself is not imported, only its files are read.

    Parameters
    ----------
    size : int, optional
        Pixels of the shorter side; by default as they are.

    Returns
    -------
    dict
        Name -> picture (H, W, 3), uint8.

    Raises
    ------
    FileNotFoundError
        If they are not here; the message has the command that fetches them.
    """
    package = importlib.util.find_spec("skimage")
    folders = package.submodule_search_locations if package else []
    for folder in folders:
        files = {name: Path(folder) / "data" / file for name, file in NAMES.items()}
        if all(file.is_file() for file in files.values()):
            return {name: load_image(file, size) for name, file in files.items()}
    raise FileNotFoundError(
        "The photographs of scikit-image are not here; fetch them (12 MB) with "
        "`python -m pip install --no-deps scikit-image`."
    )
