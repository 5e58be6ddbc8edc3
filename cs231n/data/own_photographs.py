"""Your own photographs for a notebook, or others where there are none.

names, pictures, source = gather_photographs("my_photographs")
"""

from pathlib import Path

from cs231n.data.photo_folders import find_photographs, read_photographs
from cs231n.data.samples import COMMAND, find_samples

__all__ = ["gather_photographs"]

# Of scikit-image's samples, those that are photographs of things.
SAMPLES = (
    "astronaut.png",
    "brick.png",
    "camera.png",
    "chelsea.png",
    "clock_motion.png",
    "coffee.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "moon.png",
    "motorcycle_left.png",
    "motorcycle_right.png",
    "page.png",
    "rocket.jpg",
    "text.png",
)


def gather_photographs(folder, size=224, most=32, least=3):
    """Read the photographs of a folder; if there is none, those that come with scikit-image.

    Parameters
    ----------
    folder : str or Path
    size : int
        Pixels of each side; the middle square is cut out.
    most : int
        No more than so many, the first by their names.
    least : int
        So many should there be at least.

    Returns
    -------
    names : list of str
    pictures : ndarray, shape (N, size, size, 3), uint8
    source : str
        A sentence that says which these are, and what could not be read.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, nor scikit-image; the message says what to do.
    ValueError
        If the folder holds fewer pictures that can be read.
    """
    folder = Path(folder)
    if folder.is_dir():
        paths, source = find_photographs([folder])[:most], f"Photographs of {folder}."
    else:
        paths = _samples()[:most]
        source = f"Samples of scikit-image; put photographs of your own into the folder {folder}."
    read = read_photographs(paths, (size, size))
    source += "".join(f"\n{path.name} {reason}" for path, reason in read.problems)
    if len(read.X) < least:
        raise ValueError(
            f"gather_photographs: {folder} should hold {least} pictures that can be read, or more, "
            f"but holds {len(read.X)}. {source}"
        )
    return [paths[place].stem for place in read.places], read.X, source


def _samples():
    """The files of scikit-image; FileNotFoundError says how to get them."""
    found = find_samples(SAMPLES)
    if not found:
        raise FileNotFoundError(
            "There is no folder of photographs, nor scikit-image with its samples: make the folder "
            f"and put some in, or run `{COMMAND}` (12 MB)."
        )
    return found
