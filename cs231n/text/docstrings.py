"""A text that every Python brings along: the documentation strings of its own library.

Strings, and paragraphs of them, that came before are left out: else the part that is held out
would be a copy of what is learnt. Licence: that of Python (PSF).
"""

import ast
import hashlib
import sys
import sysconfig
import warnings
from pathlib import Path

from tqdm import tqdm

from cs231n.files.cache import cache_folder, whole_file

__all__ = ["LENGTH", "docstrings"]

LENGTH = 1_115_394  # characters taken by default: as many as tinyshakespeare has
LEFT_OUT = {"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings(library: Path | None = None, progress: bool = True) -> str:
    """Return the documentation strings of a library, de-duplicated, those in ASCII only.

    Modules come first, then packages, by the order of their paths; strings as they stand in the
    file's tree, outer ones first, with an empty line between them. The text is kept in the cache,
    where there is one.

    Parameters
    ----------
    library : Path, optional
        A folder with Python files; Python's own standard library by default.
    progress : bool

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the folder has none.
    """
    library = Path(sysconfig.get_paths()["stdlib"]) if library is None else Path(library)
    made_by = f"{library} {sys.version}".encode() + Path(__file__).read_bytes()
    name = hashlib.sha256(made_by).hexdigest()[:16]
    kept = cache_folder() / "docstrings" / f"{name}.txt"
    if kept.is_file():
        return kept.read_text(encoding="ascii")
    text = _without_copies(_strings(library, progress))
    if not text:
        raise ValueError(f"no Python file below {library} has a documentation string in ASCII.")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(kept) as file:
            file.write(text.encode("ascii"))
    except OSError:
        pass  # it will be read again the next time
    return text


def _strings(library, progress):
    """All strings in ASCII, file by file."""
    inside = (path.relative_to(library).parts for path in library.rglob("*.py"))
    files = sorted(
        (parts for parts in inside if not LEFT_OUT & set(parts)),
        key=lambda parts: (len(parts) > 1, parts),
    )
    for parts in tqdm(files, desc="docstrings", unit="file", delay=1, disable=not progress):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about escapes in other people's strings
                tree = ast.parse(library.joinpath(*parts).read_bytes())
        except (OSError, SyntaxError, ValueError):
            continue  # a file for another version, or one that may not be read
        for node in ast.walk(tree):
            said = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
            if said and said.isascii():
                yield said


def _without_copies(strings):
    """Paragraphs that did not come before, as a text."""
    seen, kept = set(), []
    for said in strings:
        for paragraph in said.split("\n\n"):
            key = paragraph.strip()
            if key and key not in seen:
                seen.add(key)
                kept.append(paragraph.strip("\n"))
    return "\n\n".join(kept)
