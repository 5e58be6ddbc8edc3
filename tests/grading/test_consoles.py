"""Grading on consoles that cannot print everything: the same exit codes, and results written."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from cs231n.checks.console import ERRORS
from cs231n.checks.table import read_table
from grading.judging.autograde import Summary
from grading.reporting.view import print_matrix, print_reasons

ROWS = [read_table()["knn-two-loops"], read_table()["knn-predict-labels"]]
MODULE = ROWS[0].path
# Grades two exercises only.
RUN = """
import runpy, sys
from cs231n.checks.table import read_table
from grading.judging import autograde

if __name__ == "__main__":
    ids = ("knn-two-loops", "knn-predict-labels")
    autograde.select = lambda name: [read_table()[one] for one in ids]
    for command in sys.argv[1:]:
        sys.argv = ["grading", *command.split()]
        try:
            runpy.run_module("grading", run_name="__main__")
        except SystemExit as error:
            print("exit code", error.code)
"""
COMMANDS = [
    "release assignment9→ --out release",
    "autograde assignment1 --submissions in --out out --jobs 1 --seed 5",
    "autograde assignment1 --submissions in/“nobody” --out out",
]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.slow
def test_autograde_is_done_on_a_console_that_knows_ascii_only(tmp_path):
    module = "def f(:  # naïve “loops”\n"
    for student in ("ada", "zoe"):
        (tmp_path / "in" / student / MODULE).parent.mkdir(parents=True)
        (tmp_path / "in" / student / MODULE).write_text(module, encoding="utf-8")
    (tmp_path / "script").mkdir()
    (tmp_path / "script/run.py").write_text(RUN, encoding="utf-8")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))}
    run = subprocess.run(
        [sys.executable, "script/run.py", *COMMANDS],
        cwd=tmp_path,
        env=env | ASCII,
        capture_output=True,
        check=False,
    )
    out, errors = run.stdout.decode("ascii"), run.stderr.decode("ascii")
    assert "Traceback" not in errors
    assert [line for line in out.splitlines() if "exit code" in line] == [
        "exit code 2", "exit code 0", "exit code 2",
    ]  # fmt: skip
    students = json.loads((tmp_path / "out/results.json").read_text(encoding="utf-8"))["students"]
    assert list(students) == ["ada", "zoe"]
    assert "2 students: ! 4 error" in out
    for name in ("grades.csv", "gradebook.db", "index.html", "feedback/ada.html"):
        assert (tmp_path / "out" / name).is_file()


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_classes_are_shown_in_what_an_encoding_has(encoding):
    exercise = {"status": "fail", "points": 1, "max": 3, "message": "naïve → “loops”"}
    exercises = {row.id: exercise for row in ROWS}
    record = {"score": 2, "max": 6, "flags": ["odd…"], "exercises": exercises}
    results = {"assignment": "assignment1", "tier": "bubblewrap", "students": {"zoë": record}}
    stream = io.TextIOWrapper(io.BytesIO(), encoding, errors=ERRORS)
    console = Console(file=stream, width=80)
    Summary(results, Path("out"), 1, 0, []).print(console)
    print_matrix(results, ROWS, console)
    print_reasons(results, console)
    console.rule("5  The result")
    stream.flush()
    text = stream.buffer.getvalue().decode(encoding)
    name, loops = {"cp1252": ("zoë", "naïve -> “loops”"), "ascii": ("zoe", 'naive -> "loops"')}[
        encoding
    ]
    assert f"{name}: 2 of 6 points" in text
    assert f"x {loops} (knn-two-loops, knn-predict-labels)" in text
    assert "flag: odd" in text
    assert "1 x" in text
