"""What a release must be before it goes out. Each check returns its faults, in words."""

import fnmatch
import functools
import posixpath
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cs231n.checks.table import Exercise
from grading.authoring.markers import ANY

from .leaks import leaks
from .links import join, links
from .output import write
from .probe import probe

EXPECTED = (
    ".devcontainer/devcontainer.json",
    ".gitignore",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    "LICENSE",
    "README.md",
    "RELEASE.json",
    "environment.yml",
    "pyproject.toml",
    "setup.py",
    "figures/*.png",
    "figures/*.svg",
    "cs231n/README.md",
    "cs231n/*.pyx",
    "cs231n/*.h",
    "cs231n/*.py",
    "cs231n/*.html",
    "cs231n/*.js",
    "cs231n/*.css",
    "cs231n/checks/exercises/*.toml",
    "cs231n/checks/expected.npz",
    "datasets/README.md",
    "datasets/registry.toml",
    "datasets/cards/*.md",
    "datasets/imagenet_classes.txt",
)
FOREIGN = re.compile(r"^\s*(?:from|import)\s+(grading|tests)\b", re.MULTILINE)


@dataclass
class Release:
    """A student's product before it is written.

    Attributes
    ----------
    assignment : str
    tree : dict of str to bytes
        Every file by its path.
    solved : dict of str to str
        The solved text of each module and notebook that ships unsolved, by the same path.
    rows : sequence of Exercise
        The exercises that the table in the tree holds.
    unsolved : set of str
        The ids of those that ship as stubs.
    """

    assignment: str
    tree: dict[str, bytes]
    solved: dict[str, str]
    rows: Sequence[Exercise]
    unsolved: set[str]

    @functools.cached_property
    def texts(self) -> dict[str, str]:
        """Every file that is text, decoded."""
        return {n: c.decode() for n, c in self.tree.items() if not n.endswith((".npz", ".png"))}

    @functools.cached_property
    def notebooks(self) -> dict[str, NotebookNode]:
        books = {name: text for name, text in self.texts.items() if name.endswith(".ipynb")}
        return {name: nbformat.reads(text, as_version=4) for name, text in books.items()}

    @functools.cached_property
    def probed(self) -> dict:
        """What happens when the release is used as a student would use it."""
        with tempfile.TemporaryDirectory(prefix="release-") as name:
            write(self.tree, Path(name))
            return probe(Path(name))


def no_marker_is_left(release: Release) -> list[str]:
    """Solutions and hidden tests are cut out with their markers."""
    return [
        f"{name}, line {number}: a marker is left: {line.strip()}"
        for name, text in release.texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if ANY.search(line)
    ]


def no_solution_has_leaked(release: Release) -> list[str]:
    """No line and no longer phrase of a solution stands anywhere."""
    return leaks(release.texts, release.solved)


def only_expected_files_ship(release: Release) -> list[str]:
    """Nothing of the grader or the tests, nothing generated, nothing nobody thought of."""
    notebooks = {f"{row.notebook}.ipynb" for row in release.rows}
    expected = (*EXPECTED, f"{release.assignment}.md", *notebooks)
    faults = [
        f"{name}: no file of a release"
        for name in release.tree
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in expected)
    ]
    for name, text in release.texts.items():
        for found in FOREIGN.findall(text) if name.endswith((".py", ".pyx")) else []:
            faults.append(f"{name}: imports {found}, which does not ship")
    return faults


def notebooks_are_clean(release: Release) -> list[str]:
    """Valid, without outputs, and every part to be written is empty."""
    faults = []
    for name, notebook in release.notebooks.items():
        try:
            nbformat.validate(notebook)
        except nbformat.ValidationError as error:
            faults.append(f"{name}: not a valid notebook: {error.message}")
        for cell in notebook.cells:
            if cell.get("outputs") or cell.get("execution_count"):
                faults.append(f"{name}: cell {cell.get('id')} has outputs")
            if _is_answer(cell) and not re.search("NotImplementedError|Your answer", cell.source):
                faults.append(f"{name}: cell {cell.get('id')} is answered")
    return faults


def links_lead_somewhere(release: Release) -> list[str]:
    """Every relative link of a document or notebook leads to a file or folder of the release."""
    there = set(release.tree)
    for name in release.tree:
        while name := posixpath.dirname(name):
            there.add(name)
    pages = {name: text for name, text in release.texts.items() if name.endswith(".md")}
    for name, notebook in release.notebooks.items():
        prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
        pages[name] = "\n\n".join(prose)
    return [
        f"{name}: the link to {target} leads nowhere"
        for name, text in pages.items()
        for target in links(text)
        if join(name, target) not in there
    ]


def every_module_imports(release: Release) -> list[str]:
    """Every module compiles and imports, with nothing but the release's own modules."""
    if "crash" in release.probed:
        return [f"the release does not run: {release.probed['crash']}"]
    return release.probed["imports"]


def every_stub_says_so(release: Release) -> list[str]:
    """Every exercise that ships unsolved stops by name, every other passes its checks."""
    results, faults = release.probed.get("results", {}), []
    for row in release.rows:
        if row.kind != "code":
            continue
        status, message = results.get(row.id, ("missing", "it was not run"))
        wanted = "not-run" if row.id in release.unsolved else "pass"
        if status != wanted:
            faults.append(f"exercise {row.id} is {status}, not {wanted}: {message}")
        text = release.texts.get(row.path, "")
        if wanted == "not-run" and f'NotImplementedError("{row.id}: ' not in text:
            faults.append(f"{row.path}: no stub names {row.id}")
    return faults


def set_up_cells_run(release: Release) -> list[str]:
    """The first code cell of every notebook runs in the release's folder."""
    return release.probed.get("setups", [])


CHECKS = (
    no_marker_is_left,
    no_solution_has_leaked,
    only_expected_files_ship,
    notebooks_are_clean,
    links_lead_somewhere,
    every_module_imports,
    every_stub_says_so,
    set_up_cells_run,
)


def names_of_checks() -> tuple[str, ...]:
    """The checks in words, in their order."""
    return tuple(check.__name__.replace("_", " ") for check in CHECKS)


def problems(release: Release) -> list[str]:
    """What every check finds wrong; an empty list for a release that may go out."""
    return [fault for check in CHECKS for fault in check(release)]


def _is_answer(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))
