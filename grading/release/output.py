"""Writing a release: a record of what is in it, a zip, and nobody's work overwritten."""

import hashlib
import io
import json
import os
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from .ships import ROOT, ReleaseError, git

RECORD = "RELEASE.json"
# What running a release leaves in it; everything else that is new is somebody's work.
LEFTOVERS = {"__pycache__", ".ipynb_checkpoints", ".DS_Store", ".venv", "cache"}
ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows


def record(assignment: str, tree: dict[str, bytes], root: Path = ROOT) -> bytes:
    """RELEASE.json: assignment, version, commit, and the SHA-256 of every file."""
    changed = git(root, "status", "--porcelain", "--untracked-files=no").strip()
    commit = git(root, "rev-parse", "HEAD").strip() + ("-changed" if changed else "")
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(tree.items())}
    contents = {"assignment": assignment, "version": version["version"], "commit": commit}
    return (json.dumps(contents | {"files": hashes}, indent=1) + "\n").encode()


def zip_bytes(files: Mapping[str, bytes], prefix: str = "") -> bytes:
    """A zip of files, their names below a prefix: the same bytes wherever it is made.

    Nothing is compressed: what zlib makes of a file differs between its versions.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(f"{prefix}{name}", ZIP_TIME)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def require_free(folder: Path, archive: Path, force: bool) -> None:
    """Raise ReleaseError unless both places are free, or hold what `force` may replace."""
    there = [path for path in (folder, archive) if os.path.lexists(path)]
    if there and not force:
        names = " and ".join(map(str, there))
        raise ReleaseError(f"{names}: already there; --force replaces an earlier release")
    if folder in there:
        _require_untouched(folder)
    if archive in there and not _is_release(archive, folder.name):
        raise ReleaseError(f"{archive}: not a release; move it away first")


def write(tree: dict[str, bytes], folder: Path) -> None:
    """Write a tree as a folder that does not exist yet."""
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def put(tree: dict[str, bytes], folder: Path, archive: Path) -> None:
    """Write folder and zip beside their places, then move them there in one step each."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".release-") as name:
        fresh, old = Path(name, "new"), Path(name, "old")
        write(tree, fresh)
        Path(name, "zip").write_bytes(zip_bytes(tree, f"{folder.name}/"))
        if folder.exists():
            shutil.move(folder, old)
        os.replace(fresh, folder)
        os.replace(Path(name, "zip"), archive)


def _require_untouched(folder: Path) -> None:
    """Refuse to replace a folder that is no release, or in which somebody has worked."""
    try:
        files = json.loads((folder / RECORD).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        msg = f"{folder}: holds no {RECORD}, so it is not a release; move it away first"
        raise ReleaseError(msg) from None
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name == RECORD or LEFTOVERS & set(name.split("/")):
            continue
        if files.get(name) != hashlib.sha256(path.read_bytes()).hexdigest():
            msg = f"{folder}: somebody has worked in it ({name}); move it away first"
            raise ReleaseError(msg)


def _is_release(archive: Path, prefix: str) -> bool:
    try:
        with zipfile.ZipFile(archive) as opened:
            return f"{prefix}/{RECORD}" in opened.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
