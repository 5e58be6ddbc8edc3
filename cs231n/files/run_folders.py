"""Folders of training runs: which may be begun, which may go on, and JSON that is written whole."""

import json
from pathlib import Path

from cs231n.files.cache import whole_file

__all__ = ["check_run", "write_json"]


def check_run(out: Path, settings: str, trained: bool, resume: bool) -> None:
    """Refuse to overwrite a run, and to go on with one that is not there.

    Parameters
    ----------
    out : Path
        The run's folder.
    settings : str
        Name of the file there that holds what the run was told.
    trained : bool
        Whether something is lost if it is begun anew.
    resume : bool
        Whether it is to go on.

    Raises
    ------
    FileExistsError
        If the folder holds a run in which something was trained, and `resume` is False.
    FileNotFoundError
        If there is nothing to resume.
    """
    begun = (out / settings).exists()
    if begun and trained and not resume:
        raise FileExistsError(
            f"{out} holds a run already: go on with it (--resume), or name another folder (--out)."
        )
    if resume and not begun:
        raise FileNotFoundError(f"{out} holds no run to resume: leave --resume out to begin one.")


def write_json(path: Path, content: object) -> None:
    """Write JSON to a file, which appears when it is whole; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write((json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
