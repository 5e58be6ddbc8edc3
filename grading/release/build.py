"""Build the student's product of an assignment: a folder, and the same as a zip.

The repository is the solved tree. What ships is read from the files that git tracks, stripped by
pure functions, checked (checks.py), and only then written where it was asked for.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cs231n.checks.table import read_table
from grading.authoring.maps import fill
from grading.authoring.markers import clear_solutions, find_regions, owner

from . import ships
from .checks import Release, names_of_checks, problems
from .editor import editor_files
from .freeze import frozen_answers
from .links import relink
from .notebooks import generate
from .output import RECORD, put, record, require_free
from .project import GITIGNORE, conda_environment, student_pyproject
from .ships import ROOT, ReleaseError

FROZEN = "cs231n/checks/expected.npz"


@dataclass(frozen=True)
class ReleaseReport:
    """What `build_release` made."""

    folder: Path
    zip: Path
    commit: str
    files: int
    checks: tuple[str, ...]

    def summary(self) -> str:
        """A few lines for the terminal."""
        size = self.zip.stat().st_size / 1e6
        return (
            f"{self.folder}: {self.files} files, built from {self.commit}\n"
            f"{self.zip}: the same, {size:.1f} MB\n"
            f"checked: {', '.join(self.checks)}"
        )


def build_release(
    assignment: str,
    out: str | os.PathLike,
    include_earlier_stubs: bool = False,
    progress: Callable[[str], None] | None = None,
    force: bool = False,
) -> ReleaseReport:
    """Write `out/<assignment>/` and `out/<assignment>.zip`, the same bytes for the same commit.

    Parameters
    ----------
    assignment : str
    out : path
    include_earlier_stubs : bool
        Ship earlier assignments' functions as stubs, too; they ship solved otherwise.
    progress : callable, optional
        Called with a few words before each step.
    force : bool
        Replace an earlier release in which nobody has worked.

    Raises
    ------
    ReleaseError
        If a check of the release fails, or something at `out` would be overwritten.
    """
    say = progress or (lambda words: None)
    folder, archive = Path(out, assignment), Path(out, f"{assignment}.zip")
    require_free(folder, archive, force)
    say("notebooks and modules without their solutions")
    tree = release_tree(assignment, include_earlier_stubs)
    say("expected values of the public seed")
    rows = ships.rows_until(assignment)
    tree[FROZEN] = frozen_answers(rows)
    tree[RECORD] = record(assignment, tree)
    say("checks of the release")
    unsolved = ships.stubs(assignment, include_earlier_stubs)
    release = Release(assignment, tree, solved_texts(assignment, unsolved), rows, unsolved)
    faults = problems(release)
    if faults:
        raise ReleaseError("the release is not fit to go out:\n" + "\n".join(faults))
    put(tree, folder, archive)
    commit = json.loads(tree[RECORD])["commit"]
    return ReleaseReport(folder, archive, commit, len(tree), names_of_checks())


def release_tree(
    assignment: str,
    include_earlier_stubs: bool = False,
    notebooks: bool = True,
    root: Path = ROOT,
) -> dict[str, bytes]:
    """The student's product as path -> content, in the order of the paths.

    Without the two files that `build_release` adds: the expected values, which a grader computes
    itself, and the record. Nothing is written.

    Parameters
    ----------
    assignment : str
    include_earlier_stubs : bool
        Ship earlier assignments' functions as stubs, too; they ship solved otherwise.
    notebooks : bool
        False leaves the notebooks out, and with them the seconds that nbgrader takes.
    root : Path
        Of the solved tree.

    Raises
    ------
    ReleaseError
        If git does not know the tree, or a shipped module holds an exercise of a later assignment
        or lacks the markers of one of this.
    MarkerError
        If a module's markers are unbalanced, nested, stray or belong to no exercise.
    """
    moved = ships.shipped(ships.tracked_files(root), assignment, root)
    ships.require_no_later_exercise(moved.values(), assignment)
    unsolved = ships.stubs(assignment, include_earlier_stubs)
    contents = {new: (root / old).read_bytes() for old, new in moved.items()}
    tree = _project_files(root, assignment, contents)
    everywhere = {name: name for name in tree} | moved
    modules = {n: c.decode() for n, c in contents.items() if n.endswith((".py", ".pyx"))}
    for old, new in moved.items():
        if new.endswith((".py", ".pyx")) and new.startswith("cs231n/"):
            tree[new] = strip_module(contents[new].decode(), new, unsolved).encode()
        elif new.endswith(".md"):
            text = fill(contents[new].decode(), modules, ships.rows_until(assignment))
            text = _named_after(text, assignment) if new == "README.md" else text
            tree[new] = relink(text, old, everywhere).encode()
        elif not new.endswith(".ipynb"):
            tree[new] = contents[new]
    if notebooks:
        tree |= _notebooks(contents, everywhere, assignment)
    return dict(sorted(tree.items()))


def strip_module(text: str, path: str, unsolved: set[str]) -> str:
    """A solved module with the exercises in `unsolved` as stubs, and no markers elsewhere.

    Raises
    ------
    ReleaseError
        If one of these exercises has no marked solution (it would ship solved), or the module does
        not compile.
    """
    rows = [row for row in read_table().values() if row.path == path and row.kind == "code"]
    wanted, cleared = {row.id for row in rows} & unsolved, set()
    lines = text.splitlines()
    try:
        regions = find_regions(text, path)
    except SyntaxError as error:
        raise ReleaseError(f"{path}, line {error.lineno}: {error.msg}") from None
    for region in reversed(regions):
        exercise = owner(region, rows, path).id
        if exercise in unsolved:
            cleared.add(exercise)
        else:
            del lines[region.last], lines[region.first]
    if wanted - cleared:
        names = ", ".join(sorted(wanted - cleared))
        raise ReleaseError(f"{path}: no solution is marked for {names}; it would ship solved")
    text = "\n".join(lines) + "\n" if lines else ""
    return clear_solutions(text, rows, path) if cleared else text


def solved_texts(assignment: str, unsolved: set[str]) -> dict[str, str]:
    """The solved text of everything that ships unsolved, by its path in the release."""
    moved = ships.shipped(ships.tracked_files(), assignment)
    paths = {row.path for row in read_table().values() if row.id in unsolved}
    return {
        new: (ROOT / old).read_text(encoding="utf-8")
        for old, new in moved.items()
        if new in paths or new.endswith(".ipynb")
    }


def _project_files(root: Path, assignment: str, shipped: Mapping[str, bytes]) -> dict[str, bytes]:
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    kernels = any(name.endswith(".pyx") for name in shipped)
    project = student_pyproject(text, assignment, kernels)
    files = {
        "pyproject.toml": project,
        "environment.yml": conda_environment(project, f"cs231n-{assignment}"),
        ".gitignore": GITIGNORE,
    }
    files |= editor_files(f"cs231n-{assignment}")
    return {name: content.encode() for name, content in files.items()}


def _named_after(text: str, assignment: str) -> str:
    """The student's README, which names the first assignment and its exercises, for another one."""
    rows = [row for row in ships.rows_until(assignment) if row.assignment == assignment]
    text = text.replace("assignment1", assignment)
    if rows and assignment != "assignment1":
        text = text.replace("knn-no-loops", rows[0].id).replace(
            "check knn", f"check {rows[0].notebook}"
        )
    return text


def _notebooks(
    contents: Mapping[str, bytes], moved: Mapping[str, str], assignment: str
) -> dict[str, bytes]:
    from grading.authoring.notebooks import as_bytes  # jupytext takes a second to import

    solved = {name: content for name, content in contents.items() if name.endswith(".ipynb")}
    sources = {new: old for old, new in moved.items()}
    made = {}
    for name, notebook in generate(solved, assignment).items():
        for cell in notebook.cells:
            if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata:
                cell.source = relink(cell.source, sources[name], moved)
        made[name] = as_bytes(notebook)
    return made
