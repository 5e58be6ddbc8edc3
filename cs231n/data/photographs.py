"""Photographs that come with scikit-image, where that is installed: a cat, coffee, a rocket."""

from cs231n.data.samples import COMMAND, find_samples
from cs231n.image_utils import load_image

NAMES = ("chelsea.png", "coffee.png", "rocket.jpg")


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
    files = find_samples(NAMES)
    if len(files) < len(NAMES):
        raise FileNotFoundError(
            f"The photographs of scikit-image are not here; fetch them (12 MB) with `{COMMAND}`."
        )
    return {file.stem: load_image(file, size) for file in files}
