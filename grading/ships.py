"""What of the repository ships with an assignment, and where it lies in the student's folder."""

import fnmatch
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from cs231n.checks.table import Exercise, assignments, read_table

ROOT = Path(__file__).resolve().parents[1]
SHIPS = Path(__file__).with_name("ships.toml")
SUITES = "cs231n/checks/suites/"


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


def shipped(names: Iterable[str], assignment: str) -> dict[str, str]:
    """Where each file that ships lies in the repository -> in the student's folder.

    Parameters
    ----------
    names : iterable of str
        Of all tracked files.
    assignment : str
    """
    names, moved, own = list(names), {}, f"assignments/{assignment}/"
    for name in names:
        if name.startswith(("cs231n/", "datasets/")) or name in ("LICENSE", "setup.py"):
            moved[name] = name
        elif name == "assignments/README.md":
            moved[name] = "README.md"
        elif name == f"{own}README.md":
            moved[name] = f"{assignment}.md"
        elif name.startswith(own) and not name.endswith(".md"):
            moved[name] = name.removeprefix(own)
    firsts = tomllib.loads(SHIPS.read_text(encoding="utf-8"))["ships"] | _suites()
    return {old: new for old, new in moved.items() if not _is_later(new, firsts, assignment)}


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
                "the exercise, or say in grading/ships.toml that the module ships later"
            )
            raise ReleaseError(msg)


def table_until(text: str, assignment: str) -> str:
    """The text of exercises.toml with the rows of this and earlier assignments."""
    known = {row.id for row in rows_until(assignment)}
    head, *blocks = text.split("[[exercise]]")
    kept = [block for block in blocks if tomllib.loads(block)["id"] in known]
    return "[[exercise]]".join([head, *kept])


def _suites() -> dict[str, str]:
    """The first assignment of every notebook's suite."""
    rows = reversed(read_table().values())
    return {f"{SUITES}{row.notebook}.py": row.assignment for row in rows}


def _is_later(name: str, firsts: Mapping[str, str], assignment: str) -> bool:
    order = assignments()
    here = order.index(assignment)
    first = [first for pattern, first in firsts.items() if fnmatch.fnmatchcase(name, pattern)]
    # an assignment that has no exercises yet comes after all that have
    return any(one not in order or order.index(one) > here for one in first)
