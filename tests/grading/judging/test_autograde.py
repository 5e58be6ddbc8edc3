"""The batch: everyone gets verdicts, a stopped run goes on, the same seed says the same."""

import csv
import json
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from children import interruptible, wait_until
from rich.console import Console

from cs231n.checks.runner import CheckResult, ExerciseResult
from cs231n.checks.table import assignments, read_table, select
from grading.intake.collect import Submission
from grading.judging import autograde as batch
from grading.judging import pool
from grading.judging.autograde import kit_digest
from grading.reporting import feedback, gradebook
from grading.reporting.results import (
    STATUSES,
    failed_record,
    harmless,
    plain_text,
    student_record,
    write_grades,
    write_results,
    write_whole,
)

ROOT = Path(__file__).resolve().parents[3]
ROWS = [read_table()["knn-two-loops"], read_table()["knn-predict-labels"]]
MODULE = ROWS[0].path


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Two exercises, no feedback pages, no gradebook, and a kit that nobody edits meanwhile."""
    monkeypatch.setattr(batch, "kit_digest", lambda base: "as it is")
    monkeypatch.setattr(batch, "select", lambda name: ROWS)
    monkeypatch.setattr(feedback, "write", lambda *args: None)
    monkeypatch.setattr(gradebook, "write", lambda *args: None)


@pytest.fixture
def class_(tmp_path):
    """A folder with a right answer, an endless one, and one that is nothing at all."""
    right = (ROOT / MODULE).read_bytes()
    hand_in(tmp_path, "ada", right)
    hand_in(tmp_path, "bob", b"import os\nos._exit(0)\n")
    (tmp_path / "in" / "cho").mkdir()
    return tmp_path / "in"


def hand_in(tmp_path, student, module):
    path = tmp_path / "in" / student / MODULE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(module)


def grade(class_, out, **options):
    return batch.autograde("assignment1", class_, out, progress=False, **{"jobs": 1, **options})


def without_times(path):
    results = json.loads(path.read_text())
    for record in results["students"].values():
        for exercise in record["exercises"].values():
            del exercise["seconds"]
    return results


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def statuses(summary, student):
    exercises = summary.results["students"][student]["exercises"]
    return [exercises[row.id]["status"] for row in ROWS]


# A whole run


def test_everyone_gets_verdicts_whatever_the_others_handed_in(class_, tmp_path):
    summary = grade(class_, tmp_path / "out", seed=5)
    assert statuses(summary, "ada") == ["pass", "pass"]
    assert statuses(summary, "bob") == ["error", "error"]
    assert statuses(summary, "cho") == ["not-run", "not-run"]
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert results == summary.results
    assert results.keys() == {"assignment", "seed", "tier", "kit", "students"}
    lines = table(tmp_path / "out" / "grades.csv")
    assert lines[0] == ["student", "score", "max", "flags", *[row.id for row in ROWS]]
    assert [line[:2] for line in lines[1:]] == [["ada", "7.0"], ["bob", "0.0"], ["cho", "0.0"]]


def test_the_same_seed_says_the_same_with_any_number_of_processes(class_, tmp_path):
    grade(class_, tmp_path / "one", seed=5)
    grade(class_, tmp_path / "two", seed=5, jobs=2)
    assert without_times(tmp_path / "one" / "results.json") == without_times(
        tmp_path / "two" / "results.json"
    )


def test_a_second_run_keeps_the_seed_and_judges_only_what_changed(class_, tmp_path):
    first = grade(class_, tmp_path / "out")
    (class_ / "bob" / MODULE).write_bytes((ROOT / MODULE).read_bytes() + b"# mine\n")
    second = grade(class_, tmp_path / "out")
    assert (first.graded, first.kept) == (3, 0)
    assert (second.graded, second.kept) == (1, 2)
    assert second.results["seed"] == first.results["seed"]
    assert second.results["students"]["ada"] == first.results["students"]["ada"]
    assert statuses(second, "bob") == ["pass", "pass"]


def test_another_seed_or_no_resuming_judges_all_again(class_, tmp_path):
    grade(class_, tmp_path / "out", seed=1)
    assert grade(class_, tmp_path / "out", seed=2).graded == 3
    assert grade(class_, tmp_path / "out", resume=False).graded == 3


def test_the_secret_seed_is_long_and_for_its_owner_only(class_, tmp_path):
    summary = grade(class_, tmp_path / "out")
    assert summary.results["seed"] > 2**64
    assert stat.S_IMODE((tmp_path / "out" / "run.json").stat().st_mode) == 0o600


def test_the_weaker_jail_is_named_in_the_results_and_told(class_, tmp_path):
    summary = grade(class_, tmp_path / "out", seed=5, tier="rlimits")
    shown = StringIO()
    summary.print(Console(file=shown, width=300))
    assert summary.results["tier"] == "rlimits"
    assert "weaker jail 'rlimits'" in shown.getvalue()
    assert "can read what its user can" in shown.getvalue()


def test_a_summary_shows_every_student_and_where_things_are(class_, tmp_path):
    summary = grade(class_, tmp_path / "out", seed=5)
    shown = StringIO()
    summary.print(Console(file=shown, width=300))
    text = shown.getvalue()
    assert all(word in text for word in ("ada", "bob", "cho", "results.json", "grades.csv", "✓✓"))


@pytest.mark.parametrize("assignment", assignments())
def test_a_summary_cuts_nothing_at_80_columns(assignment):
    rows = [row for row in select(assignment) if row.kind != "written"]
    exercises = {row.id: {"status": "pass"} for row in rows}
    record = {"score": 100.5, "max": 260, "flags": ["odd"], "exercises": exercises}
    students = {"ada": record, "a-student-with-a-long-name": record}
    results = {"assignment": assignment, "tier": "bubblewrap", "students": students}
    shown = StringIO()
    batch.Summary(results, Path("out"), 2, 0, []).print(Console(file=shown, width=80))
    table = shown.getvalue().partition("2 students")[0]
    assert max(map(len, table.splitlines())) <= 80
    assert set(students) <= set(table.split())
    assert table.count("✓") == 2 * len(rows)


def test_no_process_and_no_folder_is_left(class_, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    grade(class_, tmp_path / "out", seed=5, jobs=2)
    assert list(tmp_path.glob("grading-*")) == []


def test_a_record_of_a_run_that_cannot_be_read_is_named(class_, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text("{")
    with pytest.raises(ValueError, match=r"run\.json cannot be read: remove it"):
        grade(class_, tmp_path / "out")


def test_a_verdict_that_cannot_be_read_is_judged_again(class_, tmp_path):
    grade(class_, tmp_path / "out")
    (tmp_path / "out" / "verdicts" / "ada.json").write_text('{"of":')
    assert grade(class_, tmp_path / "out").graded == 1


def test_missing_submissions_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder of submissions"):
        grade(tmp_path / "nowhere", tmp_path / "out")


def test_a_stopped_run_goes_on_from_there(class_, tmp_path, monkeypatch, capsys):
    real = pool.run_tasks

    def stopped(*args):
        for number, done in enumerate(real(*args)):
            if number == 1:
                raise KeyboardInterrupt
            yield done

    monkeypatch.setattr(batch, "run_tasks", stopped)
    with pytest.raises(KeyboardInterrupt):
        grade(class_, tmp_path / "out")
    assert "Stopped: 1 of 3" in capsys.readouterr().err
    monkeypatch.setattr(batch, "run_tasks", real)
    assert grade(class_, tmp_path / "out").kept == 1


def test_two_runs_do_not_write_to_one_place(class_, tmp_path, monkeypatch):
    real = pool.run_tasks

    def run_twice(*args):
        with pytest.raises(RuntimeError, match=r"Another run is grading into .*another --out"):
            grade(class_, tmp_path / "out")
        return real(*args)

    monkeypatch.setattr(batch, "run_tasks", run_twice)
    grade(class_, tmp_path / "out")
    monkeypatch.setattr(batch, "run_tasks", real)
    assert grade(class_, tmp_path / "out").kept == 3


# The pool


@pytest.fixture
def task():
    base = {"cs231n/__init__.py": b""}
    return pool.Task(ROWS, base, "rlimits", seed=5)


class Deadly(Submission):
    """A submission that kills the process it arrives in, as a fault of ours would."""

    def __reduce__(self):
        return os._exit, (3,)


class Unjudgeable(Submission):
    """A submission that the verifier cannot handle."""

    def __getattribute__(self, name):
        if name == "modules":
            raise ZeroDivisionError("no modules")
        return super().__getattribute__(name)


def test_a_process_that_dies_costs_one_submission(task):
    class_ = [Submission("ada"), Deadly("bob"), Submission("cho")]
    answers = {s.student: answer for s, answer in pool.run_tasks(task, class_, 1)}
    assert answers["bob"] == "The process that judged this submission died."
    assert answers["ada"]["score"] == answers["cho"]["score"] == 0
    assert answers["ada"]["exercises"].keys() == answers["cho"]["exercises"].keys()


def test_a_process_that_does_not_end_costs_one_submission(task, monkeypatch):
    monkeypatch.setattr(pool, "GRACE", -task.seconds + 0.5)
    monkeypatch.setattr(pool, "ATTEMPTS", 1)
    monkeypatch.setattr(pool._Worker, "give", _give_nothing)
    ((_, answer),) = pool.run_tasks(task, [Submission("ada")], 1)
    assert answer == "The process that judged this submission did not come to an end."


def _give_nothing(self, submission, attempt):
    self.busy, self.until = (submission, attempt), time.monotonic() + self.limit


def test_an_error_of_the_grader_costs_one_submission():
    judge = pool.Judge.__new__(pool.Judge)
    judge.jail = judge.builds = judge.oracles = None
    judge.seeds, judge.resources = (1,), {}
    judge.task = pool.Task(ROWS, {}, "rlimits", 1)
    answer = pool._answer(judge, Unjudgeable("bob"))
    assert answer == "The grader failed on this submission (ZeroDivisionError: no modules)."


def test_a_jail_that_is_not_there_is_the_reason(task):
    ((_, answer),) = pool.run_tasks(replace(task, base={}), [Submission("ada")], 1)
    assert "There is no jail to judge in: rlimits: " in answer


def test_what_could_not_be_judged_is_zero_flagged_and_tried_again(class_, tmp_path, monkeypatch):
    real = pool.run_tasks
    monkeypatch.setattr(
        batch, "run_tasks", lambda task, waiting, jobs: ((s, "It broke.") for s in waiting)
    )
    summary = grade(class_, tmp_path / "out")
    assert statuses(summary, "ada") == ["error", "error"]
    assert summary.results["students"]["ada"]["flags"][-1] == "It broke. A person should look."
    monkeypatch.setattr(batch, "run_tasks", real)
    assert grade(class_, tmp_path / "out").graded == 3


def test_ctrl_c_ends_the_command_and_leaves_nothing(class_, tmp_path):
    hand_in(tmp_path, "dan", b"while True: pass\n")
    command = [sys.executable, "-m", "grading", "autograde", "assignment1"]
    command += ["--submissions", str(class_), "--out", str(tmp_path / "out"), "--jobs", "1"]
    process = interruptible(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    verdicts = tmp_path / "out" / "verdicts"
    wait_until(lambda: list(verdicts.glob("*.json")), process)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "The same command goes on from there." in errors
    assert "Traceback" not in errors
    assert list(tmp_path.glob("grading-*")) == []


# Records and files


def result(status="pass", points=3.0, **options):
    return ExerciseResult("knn-two-loops", status, points, 3.0, "", 0.1, **options)


def test_a_record_holds_score_flags_and_exercises():
    check = CheckResult("c", "fail", 1.0, error=float("inf"), message="a\x1b[31mb", got="x" * 2000)
    record = student_record([result("partial", 1.5, checks=[check], flags=["odd"])], ["late"])
    assert (record["score"], record["max"], record["flags"]) == (1.5, 3.0, ["late", "odd"])
    (stored,) = record["exercises"]["knn-two-loops"]["checks"]
    assert (stored["error"], stored["message"], len(stored["got"])) == (None, "a[31mb", 1000)


def test_remarks_without_number_do_not_push_out_what_was_odd():
    remarks = [f"imports m{i}" for i in range(200)]
    record = student_record([result("partial", 1.5, flags=["odd"])], remarks)
    assert len(record["flags"]) == 50
    assert record["flags"][:2] + record["flags"][-1:] == ["imports m0", "imports m1", "odd"]


@pytest.mark.parametrize(
    ("status", "points"),
    [("pass", 2.0), ("fail", 3.0), ("error", 1.0), ("great", 3.0), ("partial", 9.0), ("fail", -1)],
)
def test_a_verdict_that_cannot_be_is_refused(status, points):
    with pytest.raises(ValueError, match="is no verdict"):
        student_record([result(status, points)], [])


def test_a_failed_record_is_zero_everywhere_and_says_why():
    record = failed_record(select("assignment1"), ["late"], "It broke.")
    assert record["score"] == 0
    assert {e["status"] for e in record["exercises"].values()} == {"error"}
    assert record["flags"] == ["late", "It broke. A person should look."]
    assert "error" in STATUSES


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("two\nlines\ttab", "two\nlines   tab"),
        ("\x1b]0;title\x07bell", "]0;titlebell"),
        ("right\u202eleft \ud800", "rightleft "),
        ("<object at 0x7f00deadbeef>", "<object at 0x…>"),
        ("x" * 5000, "x" * 999 + "…"),
        (None, "None"),
    ],
)
def test_plain_text_is_plain(text, plain):
    assert plain_text(text) == plain


@pytest.mark.parametrize("value", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(value):
    assert harmless(value) == f"'{value}"


@pytest.mark.parametrize("value", ["ada", 3.0, -1.0, ""])
def test_other_cells_stay_as_they_are(value):
    assert harmless(value) == value


def test_grades_survive_commas_and_quotes(tmp_path):
    record = student_record([result()], [])
    write_grades(tmp_path / "g.csv", ROWS[:1], {'=a,"b"': record})
    assert table(tmp_path / "g.csv")[1] == ['\'=a,"b"', "3.0", "3.0", "0", "3.0"]


def test_results_are_strict_json_with_sorted_keys(tmp_path):
    write_results(tmp_path / "r.json", {"b": 1, "a": "é"})
    assert (tmp_path / "r.json").read_text(encoding="utf-8") == '{\n "a": "é",\n "b": 1\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_results(tmp_path / "r.json", {"a": float("nan")})


def test_a_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    write_whole(tmp_path / "x", "old")

    def fail(descriptor):
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write_whole(tmp_path / "x", "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("x", "old")]


def test_the_kit_s_digest_changes_with_the_released_tree():
    assert kit_digest({"a": b"1"}) != kit_digest({"a": b"2"})


def test_a_record_says_on_which_parts_an_exercise_was_judged():
    told = replace(result(), first=("batchnorm-forward-train",), note="With\x1b the kit's.")
    record = student_record([told], [])["exercises"][told.id]
    assert (record["first"], record["note"]) == (["batchnorm-forward-train"], "With the kit's.")
