"""What of the repository ships with an assignment, and where it lies in the student's folder."""

import fnmatch
import re
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from cs231n.checks.table import Exercise, assignments, read_table

from .closure import closure

ROOT = Path(__file__).resolve().parents[2]
SHIPS = Path(__file__).with_name("ships.toml")
SUITES, TABLES = "cs231n/checks/suites/", "cs231n/checks/exercises/"


class ReleaseError(RuntimeError):
    """Something stands in the way of a release; the message says what, and what to do."""


def git(root: Path, *arguments: str) -> str:
    """What a git command prints."""
    try:
        run = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise ReleaseError("git is not installed; a release holds what git tracks") from None
    if run.returncode:
        said = run.stderr.strip().partition("\n")[0]
        raise ReleaseError(f"{root}: a release holds what git tracks, but git says: {said}")
    return run.stdout


def tracked_files(root: Path = ROOT) -> list[str]:
    """The files that git tracks and that are there, relative to `root`.

    Raises
    ------
    ReleaseError
        If `root` is no clone.
    """
    names = [name for name in git(root, "ls-files", "-z").split("\0") if (root / name).is_file()]
    if "pyproject.toml" not in names:
        raise ReleaseError(f"{root}: git tracks no pyproject.toml here; release from a clone")
    return names


def shipped(names: Iterable[str], assignment: str, root: Path = ROOT) -> dict[str, str]:
    """Where each file that ships lies in the repository -> in the student's folder.

    Parameters
    ----------
    names : iterable of str
        Of all tracked files.
    assignment : str
    root : Path
        Of the solved tree, whose files say what they import.
    """
    names, moved, own = list(names), {}, f"assignments/{assignment}/"
    first = first_assignments(names, root)
    order = assignments()
    known = order[: order.index(assignment) + 1]
    for name in names:
        if name.startswith(("cs231n/", "datasets/")) or name in ("LICENSE", "setup.py"):
            if first[name] in known:
                moved[name] = name
        elif name == "assignments/README.md":
            moved[name] = "README.md"
        elif name == f"{own}README.md":
            moved[name] = f"{assignment}.md"
        elif name.startswith(own) and not name.endswith(".md"):
            moved[name] = name.removeprefix(own)
    return moved


def first_assignments(names: Iterable[str], root: Path = ROOT) -> dict[str, str]:
    """The first assignment that each file ships with: the latest, unless something needs it before.

    Parameters
    ----------
    names : iterable of str
        Of all tracked files.
    root : Path
    """
    names, order = list(names), assignments()
    code = [name for name in names if name.endswith((".py", ".pyx", ".h", ".ipynb"))]
    texts = {name: (root / name).read_text(encoding="utf-8") for name in code if _counts(name)}
    named = tomllib.loads(SHIPS.read_text(encoding="utf-8"))["ships"]
    first = dict.fromkeys(names, order[-1])
    for assignment in reversed(order):
        roots = [name for name in names if _named(name, named) == assignment]
        roots += _roots(assignment, texts)
        needed = closure(roots, texts) | set(roots)
        needed |= {name for name in names if _belongs_to(name, needed)}
        first |= dict.fromkeys(needed, assignment)
    return first


def _counts(name: str) -> bool:
    return name.startswith(("cs231n/", "assignments/"))


def _named(name: str, named: Mapping[str, str]) -> str:
    """The assignment that ships.toml says of a file; empty where it says nothing."""
    found = (first for pattern, first in named.items() if fnmatch.fnmatchcase(name, pattern))
    return next(found, "")


def _roots(assignment: str, texts: Mapping[str, str]) -> list[str]:
    """What an assignment has of its own: notebooks, suites, the modules and table of exercises."""
    rows = [row for row in read_table().values() if row.assignment == assignment]
    found = [name for name in texts if name.startswith(f"assignments/{assignment}/")]
    found += [row.path for row in rows if row.path] + [f"{TABLES}{assignment}.toml"]
    ids = re.compile("|".join(rf'@exercise\(\s*"{re.escape(row.id)}"' for row in rows) or "(?!)")
    notebooks = {f"{SUITES}{row.notebook}.py" for row in rows}
    suites = [name for name in texts if name.startswith(SUITES)]
    return found + [name for name in suites if name in notebooks or ids.search(texts[name])]


def _belongs_to(name: str, needed: set[str]) -> bool:
    """Whether a template (page.html, page_style.html) belongs to a module that ships (page.py)."""
    folder, _, last = name.rpartition("/")
    stem = last.removesuffix(".html")
    if stem == last:
        return False
    return any(f"{folder}/{one}.py" in needed for one in (stem, stem.rpartition("_")[0]))


def compiled(path: str) -> str:
    """Where Python looks for the extension module of a .pyx."""
    return path.removesuffix(".pyx") + EXTENSION_SUFFIXES[0]


def kit_extensions(names: Iterable[str], root: Path = ROOT) -> dict[str, bytes]:
    """The kit's own compiled kernels, by their path in the student's tree.

    Those that hold exercises are left out: compiled, they are the solution.

    Parameters
    ----------
    names : iterable of str
        The files of a released tree.
    """
    written = {row.path for row in read_table().values()}
    kernels = [compiled(name) for name in names if name.endswith(".pyx") and name not in written]
    return {name: (root / name).read_bytes() for name in kernels if (root / name).is_file()}


def rows_until(assignment: str) -> list[Exercise]:
    """The exercises of an assignment and of those before it."""
    order = assignments()
    names = order[: order.index(assignment) + 1]
    return [row for row in read_table().values() if row.assignment in names]


def stubs(assignment: str, include_earlier: bool) -> set[str]:
    """The ids of the exercises that ship unsolved."""
    rows = rows_until(assignment)
    return {row.id for row in rows if include_earlier or row.assignment == assignment}


def require_no_later_exercise(paths: Iterable[str], assignment: str) -> None:
    """Raise ReleaseError if a module among the shipped paths holds a later exercise."""
    paths, known = set(paths), rows_until(assignment)
    for row in read_table().values():
        if row not in known and row.path in paths:
            msg = (
                f"{row.path} ships with {assignment} but holds {row.id} of {row.assignment}: move "
                "the exercise, or say in grading/release/ships.toml that the module ships later"
            )
            raise ReleaseError(msg)
