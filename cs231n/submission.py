"""Pack what a student hands in: the files of the manifest, and a receipt that names them."""

import hashlib
import json
import os
import time
import zipfile
from pathlib import Path

from cs231n.checks.runner import ExerciseResult
from cs231n.checks.table import Exercise

FOLDER = Path("hand_in")


def manifest(rows: list[Exercise]) -> list[str]:
    """The files that an assignment consists of, relative to the folder it was unpacked in."""
    notebooks = [f"{row.notebook}.ipynb" for row in rows]
    modules = [row.path for row in rows if row.path]
    weights = [f"{FOLDER}/{row.file}" for row in rows if row.file]
    return list(dict.fromkeys(notebooks + modules + weights))


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
    files = manifest(rows)
    missing = [name for name in files if not Path(name).is_file()]
    if missing and not allow_missing:
        msg = (
            f"Missing here: {', '.join(missing)}. Run this in the folder of the assignment, and "
            "before it the last cells of the tuning exercises; or add --allow-missing and lose "
            "their points."
        )
        raise FileNotFoundError(msg)
    contents = {name: Path(name).read_bytes() for name in files if name not in missing}
    receipt = _receipt(assignment, contents, results)
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{assignment}-{time.strftime('%Y%m%d-%H%M%S')}.zip"
    partial = path.with_suffix(".part")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**contents, "receipt.json": receipt}.items():
            archive.writestr(name, content)
    os.replace(partial, path)
    return path, hashlib.sha256(receipt).hexdigest()[:16]


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
