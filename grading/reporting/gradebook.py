"""Write verdicts into nbgrader's gradebook, and make their folder a course that formgrader opens.

    out/
      gradebook.db  nbgrader_config.py
      source/<assignment>/                the instructor's notebooks
      release/<assignment>/               the notebooks as students got them
      submitted/<student>/<assignment>/   the files that counted, as they came
      autograded/<student>/<assignment>/  the rebuilt notebooks, each check with its verdict

Scores that a person gave, and their comments, survive every further run.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import is_grade, is_locked, is_solution

from cs231n.checks.report import lines
from cs231n.checks.runner import CheckResult, ExerciseResult
from cs231n.checks.table import Exercise, read_table
from grading.intake.collect import Submission
from grading.intake.rebuild import rebuild_notebook
from grading.intake.roster import STUDENT

from .course_folder import (
    Notebooks,
    one_commit,
    open_gradebook,
    received_utc,
    released_notebooks,
    write_course,
    write_student,
)
from .feedback import revealed
from .results import Record, plain_text

NO_RESPONSE = "No response."  # nbgrader's words


def write(
    out: str | os.PathLike,
    assignment: str,
    results: Mapping[str, Any],
    submissions: Sequence[Submission],
    released: Notebooks | None = None,
    table: Mapping[str, Exercise] | None = None,
) -> None:
    """Make `out` a course folder of nbgrader's that holds these verdicts.

    Parameters
    ----------
    out : path
    assignment : str
    results : dict
        What results.json holds.
    submissions : sequence of Submission
    released : dict of name -> NotebookNode, optional
        The assignment's notebooks as students got them; by default those of the release.
    table : dict of id -> Exercise, optional

    Raises
    ------
    ValueError
        If notebooks and verdicts do not fit together, or a student's id is not safe.
    """
    out, table = Path(out), read_table() if table is None else table
    released = released_notebooks(assignment) if released is None else released
    _require_fit(assignment, released, results["students"], table)
    write_course(out, assignment, released)
    by_student = {submission.student: submission for submission in submissions}
    with open_gradebook(out) as gradebook:
        with one_commit(gradebook):
            _define_assignment(gradebook, assignment, released)
        for student, record in results["students"].items():
            submission = by_student.get(student) or Submission(student)
            folder = out / "autograded" / student / assignment
            with one_commit(gradebook):
                rebuilt = _grade(gradebook, folder, assignment, submission, record, released, table)
            # After the scores, so that a run that stops in between asks for review again.
            write_student(out, assignment, submission, rebuilt)


def _require_fit(
    assignment: str,
    released: Notebooks,
    students: Mapping[str, Record],
    table: Mapping[str, Exercise],
) -> None:
    """Every exercise has one graded cell, worth what the table says; every id is safe."""
    points = {
        cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
        for notebook in released.values()
        for cell in notebook.cells
        if is_grade(cell)
    }
    for row in table.values():
        if row.assignment == assignment and points.pop(row.id, None) != row.points:
            raise ValueError(
                f"{row.notebook}.ipynb should have a graded cell {row.id} worth {row.points:g} "
                "points, as the table of exercises has it: run `python -m grading notebooks`."
            )
    if points:
        names = ", ".join(points)
        raise ValueError(f"the graded cells {names} are no exercises of {assignment}")
    for student in students:
        if not STUDENT.fullmatch(student):
            raise ValueError(f"{student!r} is no student id as intake makes them")


def _define_assignment(gradebook: Gradebook, assignment: str, released: Notebooks) -> None:
    """Bring assignment, notebooks and cells in the database to what the release has now."""
    gradebook.update_or_create_assignment(assignment)
    for old in list(gradebook.find_assignment(assignment).notebooks):
        if old.name not in released:
            gradebook.remove_notebook(old.name, assignment)
    for name, notebook in released.items():
        kernel = json.dumps(notebook.metadata.get("kernelspec", {}))
        gradebook.update_or_create_notebook(name, assignment, kernelspec=kernel)
        marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
        _remove_cells(gradebook, assignment, name, marked)
        for cell in marked:
            _define_cell(gradebook, assignment, name, cell)


def _remove_cells(gradebook: Gradebook, assignment: str, name: str, marked: list) -> None:
    """Delete cells that the notebook has no more, with what was graded in them."""
    notebook = gradebook.find_notebook(name, assignment)
    here = {cell.metadata.nbgrader.grade_id: cell for cell in marked}
    for kind, applies in [
        ("grade_cells", is_grade),
        ("solution_cells", is_solution),
        ("source_cells", lambda cell: True),
    ]:
        for old in list(getattr(notebook, kind)):
            if old.name not in here or not applies(here[old.name]):
                for part in [*getattr(old, "grades", ()), *getattr(old, "comments", ())]:
                    gradebook.db.delete(part)
                gradebook.db.delete(old)
    gradebook.db.flush()


def _define_cell(gradebook: Gradebook, assignment: str, name: str, cell: NotebookNode) -> None:
    marks = cell.metadata.nbgrader
    where = (marks.grade_id, name, assignment)
    if is_grade(cell):
        values = {"max_score": float(marks.points), "cell_type": cell.cell_type}
        gradebook.update_or_create_grade_cell(*where, **values)
    if is_solution(cell):
        gradebook.update_or_create_solution_cell(*where)
    gradebook.update_or_create_source_cell(
        *where,
        cell_type=cell.cell_type,
        locked=is_locked(cell),
        source=cell.source,
        checksum=marks.get("checksum"),
    )


def _grade(
    gradebook: Gradebook,
    folder: Path,
    assignment: str,
    submission: Submission,
    record: Record,
    released: Notebooks,
    table: Mapping[str, Exercise],
) -> dict[str, NotebookNode]:
    """Record one student's scores and comments; returns the rebuilt notebooks.

    `folder` holds the notebooks of an earlier run, if there was one.
    """
    student = submission.student
    gradebook.update_or_create_student(student)
    time = received_utc(submission)
    with gradebook.db.no_autoflush:  # nbgrader asks for more while the submission is half made
        entry = gradebook.update_or_create_submission(assignment, student, timestamp=time)
    _complete(entry)
    rebuilt = {}
    for graded in entry.notebooks:
        name, flags = f"{graded.name}.ipynb", []
        stub, data = released[graded.name], submission.notebooks.get(graded.name)
        notebook = rebuild_notebook(stub, data, flags, name)
        old, new, blank = (_answers(version) for version in (_read(folder / name), notebook, stub))
        for grade in graded.grades:
            score = record["exercises"].get(grade.name, {}).get("points", 0.0)
            if table[grade.name].kind == "written":
                score = 0.0 if new[grade.name].strip() == blank[grade.name].strip() else None
            _set_score(grade, score, changed=old.get(grade.name) != new.get(grade.name))
        for comment in graded.comments:
            _set_comment(comment, new[comment.name] == blank[comment.name], flags)
        _show_verdicts(notebook, record["exercises"], table)
        rebuilt[name] = notebook
    return rebuilt


def _complete(entry: SubmittedAssignment) -> None:
    """Add what a submission lacks because the assignment has grown since it was recorded."""
    have = {notebook.name: notebook for notebook in entry.notebooks}
    for notebook in entry.assignment.notebooks:
        mine = have.get(notebook.name) or SubmittedNotebook(notebook=notebook, assignment=entry)
        graded = {grade.cell_id for grade in mine.grades}
        commented = {comment.cell_id for comment in mine.comments}
        mine.grades += [Grade(cell=c) for c in notebook.grade_cells if c.id not in graded]
        mine.comments += [Comment(cell=c) for c in notebook.solution_cells if c.id not in commented]


def _set_score(grade: Grade, score: float | None, changed: bool) -> None:
    """Set the automatic score; a person's score stays, for review where the work has changed."""
    moved = changed if score is None else score != grade.auto_score
    grade.auto_score = score
    if grade.manual_score is None:
        grade.needs_manual_grade = score is None
    elif moved:
        grade.needs_manual_grade = True


def _set_comment(comment: Comment, untouched: bool, flags: Iterable[str]) -> None:
    words = [NO_RESPONSE, *flags] if untouched else flags
    comment.auto_comment = " ".join(words) or None


def _show_verdicts(
    notebook: NotebookNode, exercises: Mapping[str, Record], table: Mapping[str, Exercise]
) -> None:
    """Print each verdict below its check, where formgrader shows outputs."""
    for cell in notebook.cells:
        record = exercises.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if record is not None and cell.cell_type == "code":
            text = verdict_text(record, table[cell.metadata.nbgrader.grade_id])
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]


def verdict_text(record: Record, row: Exercise) -> str:
    """A verdict as `check` prints it in a notebook."""
    checks = [CheckResult(**check) for check in revealed(record["checks"])]
    kept = {key: record[key] for key in ("status", "points", "max", "message", "seconds")}
    result = ExerciseResult(id=row.id, checks=checks, **kept)
    return plain_text("\n".join(filter(None, lines(result, row))), longest=10_000) + "\n"


def _answers(notebook: NotebookNode | None) -> dict[str, str]:
    cells = [] if notebook is None else [c for c in notebook.cells if is_solution(c)]
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in cells}


def _read(path: Path) -> NotebookNode | None:
    """The notebook of an earlier run, if there is one."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError):
        return None
