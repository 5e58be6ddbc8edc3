"""Grading speed beside stock nbgrader: the same submissions, in one run, as a ratio.

nbgrader executes every cell of a submission, training included, so it is given the easiest case:
notebooks reduced to their set-up and check cells, and the students' modules beside them. Both
figures hold start-up and gradebook; the kit grades each submission several times over, under
other names, so that its start-up counts as little as it does for a class.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import nbformat
from rich.console import Console
from rich.table import Table

from cs231n.checks.manifest import manifest
from cs231n.checks.table import read_table, select
from grading.demo.pupils import solved
from grading.judging.autograde import autograde
from grading.release.build import release_tree

ASSIGNMENT = "assignment1"
CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.Exchange.root = {root!r} + "/exchange"
c.Autograde.exclude_overwriting = {{{assignment!r}: {modules!r}}}
c.Execute.timeout = 120
"""


@click.command()
@click.option("--students", default=5, show_default=True, help="Submissions that both grade.")
@click.option("--times", default=10, show_default=True, help="How often the kit grades each.")
def main(students: int, times: int) -> None:
    """Grade the same submissions with stock nbgrader and the kit."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        modules = [path for path in manifest(select(ASSIGNMENT)) if path.endswith(".py")]
        names = [f"s{number:03d}" for number in range(students)]
        make_course(root / "course", modules, names)
        copies = [f"{name}-{copy}" for name in names for copy in range(times)]
        make_submissions(root / "submissions", modules, copies)
        stock = time_stock(root / "course")
        alone = run_kit(root / "alone", root / "submissions", jobs=1)
        both = run_kit(root / "both", root / "submissions", jobs=2)
    view = Table("grader", "seconds a submission", "ratio")
    for name, seconds in [
        ("nbgrader autograde", stock / students),
        ("kit, 1 process", alone / len(copies)),
        ("kit, 2 processes", both / len(copies)),
    ]:
        view.add_row(name, f"{seconds:.3f}", f"{stock / students / seconds:.1f}")
    Console().print(view)


def make_course(root: Path, modules: list[str], names: list[str]) -> None:
    """A stock nbgrader course: reduced notebooks, and a solved package for every student."""
    tree = release_tree(ASSIGNMENT)
    source = root / "source" / ASSIGNMENT
    write(source, {path: content for path, content in tree.items() if path.startswith("cs231n/")})
    for name in {row.notebook for row in read_table().values() if row.assignment == ASSIGNMENT}:
        notebook = nbformat.reads(tree[f"{name}.ipynb"].decode(), 4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        graded = [c for c in code if c.metadata.get("nbgrader", {}).get("grade")]
        notebook.cells = [code[0], *[c for c in graded if "tuned" not in c.source]]
        nbformat.write(notebook, source / f"{name}.ipynb")
    config = CONFIG.format(root=str(root), assignment=ASSIGNMENT, modules=modules)
    (root / "nbgrader_config.py").write_text(config)
    run_nbgrader(root, "generate_assignment", ASSIGNMENT)
    for name in names:
        target = root / "submitted" / name / ASSIGNMENT
        shutil.copytree(root / "release" / ASSIGNMENT, target)
        write(target, {path: solved(path).encode() for path in modules})


def make_submissions(root: Path, modules: list[str], names: list[str]) -> None:
    """The same modules, one folder a student."""
    for name in names:
        write(root / name, {path: solved(path).encode() for path in modules})


def time_stock(root: Path) -> float:
    """Seconds that stock nbgrader takes for the whole course."""
    start = time.perf_counter()
    run_nbgrader(root, "autograde", ASSIGNMENT)
    return time.perf_counter() - start


def run_kit(out: Path, submissions: Path, jobs: int = 1) -> float:
    """Seconds that the kit takes for the same, gradebook and feedback included."""
    start = time.perf_counter()
    autograde(ASSIGNMENT, submissions, out, jobs=jobs, resume=False, progress=False)
    return time.perf_counter() - start


def run_nbgrader(root: Path, *command: str) -> None:
    """Run an nbgrader command in a course; what it says is shown if it fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # it runs alembic
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=root,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"nbgrader {command[0]} failed:\n{done.stderr[-2000:]}")


def write(root: Path, files: dict[str, bytes]) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


if __name__ == "__main__":
    main()
