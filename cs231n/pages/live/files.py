"""What the page is made of: a model, from whatever file holds it, and pictures."""

import contextlib
import sys
from pathlib import Path

from cs231n.data_utils import load_pictures
from cs231n.files.checkpoint import load_tree
from cs231n.pages.live.characters import character_model
from cs231n.pages.live.models import read_picture_model

__all__ = ["load_page_pictures", "read_live_model"]

MODEL, KIND = "model.npz", "language model"  # as `python -m cs231n language train` writes them


def read_live_model(path, **options):
    """Read a network for pictures, or a model of characters.

    Parameters
    ----------
    path : str or Path
        A file, or the folder of a run of `language train`.
    **options
        Those of `from_params`, where the file is one of W1, b1, ...

    Returns
    -------
    PictureModel or CharacterModel

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it holds something else.
    """
    path = Path(path)
    if path.is_dir():
        path /= MODEL
    try:
        tree = load_tree(path)
    except (FileNotFoundError, ValueError):
        tree = None  # another kind of file, or none: the other reader says it
    if isinstance(tree, dict) and tree.get("kind") == KIND:
        return _language_model(path, tree)
    return read_picture_model(path, **options)


def load_page_pictures(name, train=600, val=200):
    """Load pictures as `load_pictures` does; what it says goes to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        return load_pictures(name, train, val, 0)


def _language_model(path, tree):
    """The model of a run of `language train`."""
    settings, symbols = tree["asked"]["settings"], tree["symbols"]
    if settings["level"] == "words":
        raise ValueError(f"{path} is a model of words; the page writes characters or bytes.")
    if settings["level"] == "bytes":
        symbols = [chr(number) for number in range(256)]
    lstm = settings["cell_type"] == "lstm"
    cell = "lstm" if lstm else settings["activation"]
    return character_model(tree["params"], symbols, cell, path.parent.name, settings["level"])
