"""The gradebook: the same scores as the verdicts, read back with nbgrader's own interface."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from cs231n.checks.table import Exercise
from grading.intake.collect import Submission
from grading.reporting import course_folder
from grading.reporting.gradebook import write

SOFTMAX = "cs231n.losses:softmax"
ROWS = [
    Exercise("loss", "a1", "softmax", "Loss", 3, "Which maximum?", SOFTMAX),
    Exercise("grad", "a1", "softmax", "Gradient", 2, "Which rule?", SOFTMAX, see="the notes"),
    Exercise("why", "a1", "softmax", "Why", 4, "?", kind="written"),
    Exercise("near", "a1", "knn", "Near", 1, "?", "cs231n.near:near"),
    Exercise("other", "a2", "conv", "Other", 9, "?", "cs231n.conv:conv"),
]
TABLE = {row.id: row for row in ROWS}
BLANK = "*Your answer.*"


def marks(grade_id, grade, solution, points=None):
    data = {"grade_id": grade_id, "grade": grade, "solution": solution, "schema_version": 3}
    data |= {"locked": not solution, "task": False}
    return {"nbgrader": data | ({} if points is None else {"points": points})}


def check_cell(row):
    return new_code_cell(
        f'check("{row.id}")', id=row.id, metadata=marks(row.id, True, False, row.points)
    )


def answer_cell(row):
    return new_markdown_cell(BLANK, id=row.id, metadata=marks(row.id, True, True, row.points))


def notebooks(rows=ROWS):
    found = {}
    for row in rows:
        if row.assignment == "a1":
            cells = found.setdefault(row.notebook, new_notebook()).cells
            cells.append(answer_cell(row) if row.kind == "written" else check_cell(row))
    experiment = new_code_cell("rate = 1", id="rate", metadata=marks("experiment", False, True))
    found["softmax"].cells.append(experiment)
    return found


def answered(text):
    notebook = notebooks()["softmax"]
    notebook.cells[2].source = text
    return nbformat.writes(notebook).encode()


def verdict(status, points, most, message="", **check):
    check = {"name": "a_b", "outcome": status, "weight": 1.0, "error": None, **check}
    check = {"expected": None, "got": None, "where": None, "hidden": False, "odd": False, **check}
    check |= {"message": message}
    basis = {"status": status, "points": points, "max": most, "message": message, "seconds": 0.1}
    return basis | {"checks": [check]}


def results(**points):
    """Records of students by name from points for loss, grad and near."""
    students = {}
    for student, (loss, grad, near) in points.items():
        exercises = {
            "loss": verdict("partial", loss, 3.0, "loss is off"),
            "grad": verdict("fail", grad, 2.0, "dW is off", expected="1", got="2", where="dW[0]"),
            "near": verdict("pass", near, 1.0),
        }
        record = {"score": loss + grad + near, "max": 6.0, "flags": [], "exercises": exercises}
        students[student] = record
    return {"assignment": "a1", "tier": "bubblewrap", "students": students}


def handed_in(student, answer=BLANK, **more):
    return Submission(
        student, {"cs231n/losses.py": b"x = 1\n"}, {"softmax": answered(answer)}, **more
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """An empty gradebook: nbgrader takes seconds to make one."""
    folder = tmp_path_factory.mktemp("empty")
    with course_folder.open_gradebook(folder):
        return folder / "gradebook.db"


@pytest.fixture
def course(tmp_path, database):
    """Write verdicts into one course folder, again and again."""
    shutil.copy(database, tmp_path)

    def run(verdicts, submissions, rows=ROWS):
        table = {row.id: row for row in rows}
        write(tmp_path, "a1", verdicts, submissions, notebooks(rows), table)
        return tmp_path

    return run


@pytest.fixture
def opened():
    """Open a course's database as nbgrader does."""
    books = []

    def run(out):
        books.append(Gradebook(f"sqlite:///{out}/gradebook.db"))
        return books[-1]

    yield run
    for book in books:
        book.close()
        book.engine.dispose()


def grade_of(book, name, student, notebook="softmax"):
    return book.find_grade(name, notebook, "a1", student)


def test_scores_in_nbgrader_equal_the_verdicts(course, opened):
    verdicts = results(ada=(3.0, 2.0, 1.0), bob=(1.33, 0.5, 0.0), eve=(0.0, 0.0, 0.0))
    book = opened(course(verdicts, [handed_in("ada"), handed_in("bob"), Submission("eve")]))
    for student, record in verdicts["students"].items():
        submission = book.find_submission("a1", student)
        assert submission.score == pytest.approx(record["score"], abs=1e-12)
        for name, exercise in record["exercises"].items():
            assert grade_of(book, name, student, TABLE[name].notebook).score == exercise["points"]


def test_the_assignment_has_its_notebooks_cells_and_points(course, opened):
    book = opened(course(results(), []))
    assignment = book.find_assignment("a1")
    assert {notebook.name for notebook in assignment.notebooks} == {"softmax", "knn"}
    assert (assignment.max_score, assignment.max_written_score) == (10, 4)
    cells = {
        cell.name: (cell.max_score, cell.cell_type) for cell in assignment.notebooks[0].grade_cells
    }
    cells |= {
        cell.name: (cell.max_score, cell.cell_type) for cell in assignment.notebooks[1].grade_cells
    }
    assert cells == {
        "loss": (3, "code"),
        "grad": (2, "code"),
        "why": (4, "markdown"),
        "near": (1, "code"),
    }
    assert book.find_source_cell("loss", "softmax", "a1").locked
    assert book.find_source_cell("loss", "softmax", "a1").source == 'check("loss")'
    assert not book.find_source_cell("why", "softmax", "a1").locked


def test_an_answer_waits_for_a_person_and_an_untouched_one_is_zero(course, opened):
    verdicts = results(ada=(3.0, 2.0, 1.0), bob=(3.0, 2.0, 1.0))
    book = opened(course(verdicts, [handed_in("ada", "Because."), handed_in("bob")]))
    ada, bob = grade_of(book, "why", "ada"), grade_of(book, "why", "bob")
    assert (ada.auto_score, ada.needs_manual_grade) == (None, True)
    assert (bob.auto_score, bob.needs_manual_grade) == (0.0, False)
    assert book.find_comment("why", "softmax", "a1", "ada").comment is None
    assert book.find_comment("why", "softmax", "a1", "bob").comment == "No response."
    assert not grade_of(book, "loss", "ada").needs_manual_grade


def test_a_second_run_changes_nothing(course, opened):
    verdicts = results(ada=(3.0, 2.0, 1.0))
    out = course(verdicts, [handed_in("ada", "Because.")])
    before = {p: p.read_bytes() for p in out.rglob("*.*") if p.is_file() and p.suffix != ".db"}
    ids = grade_of(opened(out), "loss", "ada").id
    course(verdicts, [handed_in("ada", "Because.")])
    book = opened(out)
    assert grade_of(book, "loss", "ada").id == ids
    assert [s.student.id for s in book.assignment_submissions("a1")] == ["ada"]
    assert before == {p: p.read_bytes() for p in before}


def grade_by_hand(opened, out, points, name="why"):
    book = opened(out)
    grade = grade_of(book, name, "ada")
    grade.manual_score, grade.needs_manual_grade = points, False
    book.find_comment("why", "softmax", "a1", "ada").manual_comment = "Good."
    book.db.commit()


@pytest.mark.parametrize(("answer", "again"), [("Because.", False), ("Now this.", True)])
def test_a_persons_score_stays_and_is_reviewed_where_the_answer_changed(
    course, opened, answer, again
):
    verdicts = results(ada=(3.0, 2.0, 1.0))
    out = course(verdicts, [handed_in("ada", "Because.")])
    grade_by_hand(opened, out, 3.5)
    course(verdicts, [handed_in("ada", answer)])
    book = opened(out)
    grade = grade_of(book, "why", "ada")
    assert (grade.score, grade.needs_manual_grade) == (3.5, again)
    assert book.find_comment("why", "softmax", "a1", "ada").comment == "Good."


@pytest.mark.parametrize(("loss", "again"), [(1.0, False), (2.0, True)])
def test_an_overruled_verdict_stays_and_is_reviewed_where_it_moved(course, opened, loss, again):
    out = course(results(ada=(1.0, 2.0, 1.0)), [handed_in("ada")])
    grade_by_hand(opened, out, 3.0, "loss")
    course(results(ada=(loss, 2.0, 1.0)), [handed_in("ada")])
    grade = grade_of(opened(out), "loss", "ada")
    assert (grade.auto_score, grade.score, grade.needs_manual_grade) == (loss, 3.0, again)


def test_a_resubmission_replaces_scores_files_and_time(course, opened):
    first = handed_in("ada", "Because.", received="2025-01-31T18:00:00+01:00")
    first.modules["cs231n/near.py"] = b"gone later"
    out = course(results(ada=(3.0, 2.0, 1.0)), [first])
    second = handed_in("ada", "Better.", received="2025-02-01T00:30:00+01:00")
    course(results(ada=(1.0, 0.0, 0.0)), [second])
    submission = opened(out).find_submission("a1", "ada")
    assert submission.score == 1.0
    assert f"{submission.timestamp:%Y-%m-%d %H:%M}" == "2025-01-31 23:30"
    folder = out / "submitted/ada/a1"
    assert (folder / "timestamp.txt").read_text() == "2025-01-31 23:30:00 UTC"
    assert not (folder / "cs231n/near.py").exists()
    assert (folder / "softmax.ipynb").read_bytes() == answered("Better.")


def test_an_assignment_that_grows_shrinks_or_is_revalued_keeps_the_rest(course, opened):
    out = course(results(ada=(3.0, 2.0, 1.0)), [handed_in("ada")])
    grade_by_hand(opened, out, 3.5)
    grown = [row for row in ROWS if row.id not in ("grad", "near")]
    grown += [Exercise("new", "a1", "softmax", "New", 5, "?", SOFTMAX)]
    verdicts = results(ada=(3.0, 2.0, 1.0))
    exercises = verdicts["students"]["ada"]["exercises"]
    exercises["new"] = verdict("pass", 5.0, 5.0)
    course(verdicts, [handed_in("ada")], grown)
    book = opened(out)
    assert [notebook.name for notebook in book.find_assignment("a1").notebooks] == ["softmax"]
    submission = book.find_submission("a1", "ada")
    assert (submission.score, submission.max_score) == (3.0 + 5.0 + 3.5, 12)


def test_an_exercise_without_a_verdict_scores_nothing(course, opened):
    verdicts = results(ada=(3.0, 2.0, 1.0))
    del verdicts["students"]["ada"]["exercises"]["loss"]
    grade = grade_of(opened(course(verdicts, [handed_in("ada")])), "loss", "ada")
    assert (grade.score, grade.needs_manual_grade) == (0.0, False)


def test_autograded_notebooks_are_rebuilt_and_show_the_verdicts(course):
    out = course(results(ada=(1.5, 0.0, 1.0)), [handed_in("ada", "Because.")])
    softmax = nbformat.read(out / "autograded/ada/a1/softmax.ipynb", as_version=4)
    nbformat.validate(softmax)
    loss, grad, why, _ = softmax.cells
    assert "½ loss: 1.5 of 3 points" in loss.outputs[0].text
    assert "dW is off" in grad.outputs[0].text
    assert "expected  1" in grad.outputs[0].text
    assert why.source == "Because."
    knn = nbformat.read(out / "autograded/ada/a1/knn.ipynb", as_version=4)  # was not handed in
    assert "✓ near: 1 of 1" in knn.cells[0].outputs[0].text


def test_verdicts_in_notebooks_keep_hidden_values_and_control_characters_back(course):
    verdicts = results(ada=(0.0, 0.0, 0.0))
    check = verdicts["students"]["ada"]["exercises"]["grad"]["checks"][0]
    check |= {"hidden": True, "expected": "SECRET", "message": "dW is off\x1b[31m"}
    out = course(verdicts, [handed_in("ada")])
    text = (out / "autograded/ada/a1/softmax.ipynb").read_text()
    assert "dW is off" in text
    assert "SECRET" not in text
    assert "u001b" not in text


def test_what_rebuilding_noticed_is_told_beside_an_untouched_answer(course, opened):
    broken = Submission("ada", notebooks={"softmax": b"{"})
    book = opened(course(results(ada=(0.0, 0.0, 0.0)), [broken]))
    comment = book.find_comment("why", "softmax", "a1", "ada").comment
    assert comment.startswith("No response. softmax.ipynb is no notebook")


@pytest.mark.parametrize("student", ["../../ada", "a/b", "*", ""])
def test_ids_that_intake_never_makes_are_refused(course, student):
    with pytest.raises(ValueError, match="is no student id as intake makes them"):
        course(results(**{student: (0.0, 0.0, 0.0)}), [])


def test_a_table_that_the_notebooks_do_not_follow_is_refused(tmp_path):
    table = TABLE | {"loss": Exercise("loss", "a1", "softmax", "Loss", 5, "?", SOFTMAX)}
    with pytest.raises(ValueError, match=r"softmax\.ipynb should have a graded cell loss worth 5"):
        write(tmp_path, "a1", results(), [], notebooks(), table)


def test_a_graded_cell_that_is_no_exercise_is_refused(tmp_path):
    table = {name: row for name, row in TABLE.items() if name != "near"}
    with pytest.raises(ValueError, match="the graded cells near are no exercises of a1"):
        write(tmp_path, "a1", results(), [], notebooks(), table)


def test_a_new_database_needs_no_nbgrader_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin")
    write(tmp_path, "a1", results(), [], notebooks(), TABLE)
    assert (tmp_path / "gradebook.db").exists()
    assert os.environ["PATH"] == "/usr/bin"


def test_released_notebooks_are_those_at_the_top_of_the_release(monkeypatch):
    tree = {
        "knn.ipynb": nbformat.writes(new_notebook()).encode(),
        "x/other.ipynb": b"",
        "a.py": b"",
    }
    monkeypatch.setattr("grading.release.build.release_tree", lambda assignment: tree)
    assert list(course_folder.released_notebooks("a1")) == ["knn"]


def test_stock_autograde_refuses_to_score_by_another_way(course, opened):
    out = course(results(ada=(1.5, 0.0, 1.0)), [handed_in("ada", "Because.")])
    nbgrader = Path(sys.executable).with_name("nbgrader")
    environment = {
        **os.environ,
        "HOME": str(out),
        "PATH": f"{nbgrader.parent}:{os.environ['PATH']}",
    }
    run = subprocess.run(
        [nbgrader, "autograde", "a1", "--force"],
        cwd=out, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    assert "python -m grading autograde" in run.stderr
    assert opened(out).find_submission("a1", "ada").score == 2.5
    assert (out / "autograded/ada/a1/softmax.ipynb").exists()
