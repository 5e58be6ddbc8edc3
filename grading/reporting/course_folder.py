"""The files of a graded class, laid out as nbgrader and its formgrader expect a course."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from cs231n.checks.manifest import FOLDER
from grading.authoring.notebooks import ASSIGNMENTS
from grading.intake.collect import Submission

from .results import write_whole

CONFIG = Path(__file__).with_name("course_config.py")
Notebooks = Mapping[str, NotebookNode]


@contextlib.contextmanager
def open_gradebook(out: Path) -> Iterator[Gradebook]:
    """Open, or create, the gradebook of a course folder."""
    before = os.environ.get("PATH", "")
    # nbgrader runs `alembic` from the PATH when it makes a new database.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        gradebook = Gradebook(f"sqlite:///{(out / 'gradebook.db').resolve()}")
    finally:
        os.environ["PATH"] = before
    try:
        yield gradebook
    finally:
        gradebook.close()
        gradebook.engine.dispose()


@contextlib.contextmanager
def one_commit(gradebook: Gradebook) -> Iterator[None]:
    """Commit once, at the end: nbgrader does after every row, and each waits for the disk."""
    gradebook.db.commit = gradebook.db.flush
    try:
        yield
    finally:
        del gradebook.db.commit
    gradebook.db.commit()


def released_notebooks(assignment: str) -> dict[str, NotebookNode]:
    """The notebooks of an assignment's release, by name."""
    from grading.release.build import release_tree

    tree = release_tree(assignment)
    names = [path for path in tree if path.endswith(".ipynb") and "/" not in path]
    return {
        name.removesuffix(".ipynb"): nbformat.reads(tree[name].decode(), as_version=4)
        for name in names
    }


def write_course(out: Path, assignment: str, released: Notebooks) -> None:
    """Write the configuration, the instructor's notebooks and the released ones."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CONFIG, out / "nbgrader_config.py")
    (out / "exchange").mkdir(exist_ok=True)
    for folder in ("source", "release"):
        (out / folder / assignment).mkdir(parents=True, exist_ok=True)
    for name, notebook in released.items():
        write_whole(out / "release" / assignment / f"{name}.ipynb", nbformat.writes(notebook))
        source = ASSIGNMENTS / assignment / f"{name}.ipynb"
        if source.is_file():
            shutil.copyfile(source, out / "source" / assignment / source.name)


def received_utc(submission: Submission) -> datetime | None:
    """When the collector received it, as nbgrader counts time."""
    return (
        datetime.fromisoformat(submission.received).astimezone(UTC) if submission.received else None
    )


def write_student(out: Path, assignment: str, submission: Submission, rebuilt: Notebooks) -> None:
    """Write the files that counted, as they came, and the rebuilt notebooks by file name."""
    folder = out / "submitted" / submission.student / assignment
    shutil.rmtree(folder, ignore_errors=True)
    files = {f"{name}.ipynb": data for name, data in submission.notebooks.items()}
    files |= submission.modules
    files |= {f"{FOLDER}/{name}": data for name, data in submission.hand_in.items()}
    if time := received_utc(submission):
        files["timestamp.txt"] = f"{time:%Y-%m-%d %H:%M:%S} UTC".encode()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    folder = out / "autograded" / submission.student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    for name, notebook in rebuilt.items():
        nbformat.write(notebook, folder / name)
