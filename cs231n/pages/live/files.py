"""Which kind of model a file holds, for the page."""

from pathlib import Path

import numpy as np

from cs231n.files.cache import whole_file
from cs231n.pages.live.characters import character_model
from cs231n.pages.live.models import read_picture_model

__all__ = ["read_live_model", "save_characters"]

CHARACTERS, CELL = "characters", "cell"


def save_characters(params, characters, path, cell="lstm"):
    """Write a model of characters to one file, for the page.

    Parameters
    ----------
    params : dict of ndarray
        As `character_model` takes them.
    characters : sequence of str
    path : str or Path
        Ends in .npz.
    cell : {"lstm", "tanh", "relu"}

    Returns
    -------
    Path
    """
    character_model(params, characters, cell)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {CHARACTERS: np.array([ord(c) for c in characters], dtype=np.uint32)}
    with whole_file(path) as file:
        np.savez(file, **params, **about, **{CELL: np.array(cell)})
    return path


def read_live_model(path, **options):
    """Read a network for pictures, or a model of characters.

    Parameters
    ----------
    path : str or Path
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
    if path.suffix == ".npz" and path.is_file():
        try:
            with np.load(path, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files if name != CELL}
                cell = str(archive[CELL]) if CELL in archive.files else None
        except Exception:  # a cut or foreign file fails in many ways; the other reader says it
            arrays = {}
        if CHARACTERS in arrays:
            characters = [chr(number) for number in arrays.pop(CHARACTERS)]
            return character_model(arrays, characters, cell, path.stem)
    return read_picture_model(path, **options)
