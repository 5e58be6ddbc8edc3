"""Pack what a student hands in: the files of the manifest, and a receipt that names them."""

import hashlib
import itertools
import json
import time
import zipfile
from pathlib import Path

from cs231n.checks.manifest import FOLDER, manifest
from cs231n.checks.runner import ExerciseResult
from cs231n.checks.table import Exercise
from cs231n.files.cache import whole_file


def require_files(rows: list[Exercise], allow_missing: bool = False) -> list[str]:
    """The files of the manifest that are not here.

    Raises
    ------
    FileNotFoundError
        If there are any and that is not allowed.
    """
    missing = [name for name in manifest(rows) if not Path(name).is_file()]
    if missing and not allow_missing:
        msg = (
            f"Missing here: {', '.join(missing)}. Run this in the folder of the assignment, and "
            "before it the last cells of the tuning exercises; or add --allow-missing and lose "
            "their points."
        )
        raise FileNotFoundError(msg)
    return missing


def pack_submission(
    assignment: str,
    rows: list[Exercise],
    results: list[ExerciseResult],
    allow_missing: bool = False,
) -> tuple[Path, str]:
    """Write the zip to hand in.

    Parameters
    ----------
    assignment : str
    rows : the exercises of that assignment
    results : what the public checks said, recorded in the receipt as information
    allow_missing : hand in although files of the manifest are missing

    Returns
    -------
    path : Path
        A new file in `hand_in/`; earlier ones stay.
    receipt : str
        The first 16 digits of the SHA-256 of the receipt.

    Raises
    ------
    FileNotFoundError
        If a file of the manifest is missing.
    """
    missing = require_files(rows, allow_missing)
    names = [name for name in manifest(rows) if name not in missing]
    contents = {name: Path(name).read_bytes() for name in names}
    receipt = _receipt(assignment, contents, results)
    FOLDER.mkdir(exist_ok=True)
    path = _free_path(f"{assignment}-{time.strftime('%Y%m%d-%H%M%S')}")
    with whole_file(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**contents, "receipt.json": receipt}.items():
            archive.writestr(name, content)
    return path, hashlib.sha256(receipt).hexdigest()[:16]


def _free_path(stem):
    """A name in `hand_in/` that is not taken, even when two are packed in one second."""
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := FOLDER / f"{name}.zip").exists())


def _receipt(assignment, contents, results):
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    points = {result.id: [result.status, result.points, result.max] for result in results}
    receipt = {
        "assignment": assignment,
        "packed": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "files": hashes,
        "public checks": points,
    }
    return json.dumps(receipt, indent=1).encode()
