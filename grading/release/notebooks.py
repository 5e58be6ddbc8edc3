"""Notebooks as students get them, by nbgrader's own generate step."""

import io
import logging
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nbformat
from nbformat import NotebookNode

CONFIG = Path(__file__).with_name("nbgrader_config.py")


class GenerateError(RuntimeError):
    """nbgrader refused a notebook; the message holds what it said."""


def generate(sources: Mapping[str, bytes], assignment: str) -> dict[str, NotebookNode]:
    """Strip notebooks of their solutions, as `nbgrader generate_assignment` does.

    Parameters
    ----------
    sources : dict of str to bytes
        The solved notebooks by file name, such as knn.ipynb.
    assignment : str

    Returns
    -------
    dict of str to NotebookNode

    Raises
    ------
    GenerateError
        If nbgrader cannot read or will not release one of them.
    """
    if not sources:
        return {}
    with tempfile.TemporaryDirectory(prefix="generate-") as root:
        course, folder = Path(root), Path(root, "source", assignment)
        folder.mkdir(parents=True)
        for name, content in sources.items():
            (folder / name).write_bytes(content)
        _run(course, assignment)
        made = course / "release" / assignment
        return {name: nbformat.read(made / name, as_version=4) for name in sources}


def _run(course: Path, assignment: str) -> None:
    # importing nbgrader takes seconds, and most commands do not need it
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    config = _load_config()
    config.CourseDirectory.root = str(course)
    config.GenerateAssignment.no_database, config.SaveCells.enabled = True, False
    config.CourseDirectory.source_directory = "source"
    config.CourseDirectory.release_directory = "release"
    config.CourseDirectory.assignment_id = assignment
    said, noise = io.StringIO(), io.StringIO()
    logger = logging.getLogger("cs231n.generate")
    logger.handlers, logger.propagate = [logging.StreamHandler(said)], False
    logger.setLevel(logging.ERROR)
    directory = CourseDirectory(config=config)
    converter = GenerateAssignment(coursedir=directory, config=config, log=logger)
    try:
        with redirect_stdout(noise), redirect_stderr(noise):
            converter.start()
    except (NbGraderException, SystemExit) as error:
        msg = f"nbgrader does not release {assignment}: {said.getvalue().strip() or error}"
        raise GenerateError(msg) from None


def _load_config():
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader(CONFIG.name, path=str(CONFIG.parent)).load_config()
