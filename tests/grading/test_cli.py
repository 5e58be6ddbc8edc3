"""The instructor's commands: what they pass on, print, and end with."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import grading.authoring.notebooks
import grading.demo.run
import grading.judging.autograde
import grading.release.build
from grading.cli import main
from grading.jail.jail import JailError
from grading.release.ships import ReleaseError


def run(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args], terminal_width=100)


def error_of(result, code=1):
    """The last line on stderr of a command that failed as it should."""
    assert result.exit_code == code
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert code == 2 or result.stderr.count("\n") == 1
    return result.stderr.splitlines()[-1]


@pytest.fixture
def calls(monkeypatch):
    """Replace the long functions; returns what they were called with."""
    made = []

    class Said:
        def summary(self):
            return "released"

        def print(self, console):
            console.print("graded")

    def record(*args, **kwargs):
        made.append((args, kwargs))
        return Said()

    monkeypatch.setattr(grading.release.build, "build_release", record)
    monkeypatch.setattr(grading.judging.autograde, "autograde", record)
    monkeypatch.setattr(grading.demo.run, "run_demo", record)
    return made


@pytest.fixture
def refuse(monkeypatch):
    """Let one of the long functions raise."""

    def let(module, name, error):
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr(module, name, fail)

    return let


def test_release_passes_its_options_on_and_prints_the_summary(calls, tmp_path):
    result = run("release", "assignment1", "--out", tmp_path, "--earlier-as-stubs", "--force")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "released\n", "")
    assert calls == [(("assignment1", tmp_path, True), {"force": True})]


def test_release_never_replaces_unless_told_to(calls, tmp_path):
    run("release", "assignment1", "--out", tmp_path)
    assert calls == [(("assignment1", tmp_path, False), {"force": False})]


@pytest.mark.parametrize("command", ["release", "autograde"])
def test_an_unknown_assignment_is_misuse_and_the_known_ones_are_named(calls, command, tmp_path):
    more = ["--submissions", tmp_path] if command == "autograde" else []
    result = run(command, "assignment9", "--out", tmp_path, *more)
    assert "no assignment 'assignment9'; there are: assignment1" in error_of(result, 2)
    assert calls == []


@pytest.mark.parametrize("command", ["release", "autograde"])
def test_without_a_place_to_write_to_nothing_starts(calls, command):
    assert "Missing option" in error_of(run(command, "assignment1"), 2)
    assert calls == []


def test_a_release_that_is_refused_is_one_line(refuse, tmp_path):
    refuse(grading.release.build, "build_release", ReleaseError("knn.ipynb: a solution is left"))
    result = run("release", "assignment1", "--out", tmp_path)
    assert error_of(result) == "Error: knn.ipynb: a solution is left"


def test_autograde_passes_its_options_on_and_prints_the_class(calls, tmp_path):
    (tmp_path / "in").mkdir()
    options = ["--jobs", 3, "--seed", 7, "--fresh"]
    places = ["--submissions", tmp_path / "in", "--out", tmp_path / "out"]
    result = run("autograde", "assignment1", *places, *options)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "graded\n", "")
    expected = ("assignment1", tmp_path / "in", tmp_path / "out")
    assert calls == [(expected, {"jobs": 3, "seed": 7, "resume": False})]


def test_autograde_by_default_draws_a_seed_and_goes_on_where_it_stopped(calls, tmp_path):
    run("autograde", "assignment1", "--submissions", tmp_path, "--out", tmp_path)
    assert calls[0][1] == {"jobs": None, "seed": None, "resume": True}


@pytest.mark.parametrize("wrong", [["--jobs", 0], ["--jobs", "many"], ["--seed", -1]])
def test_numbers_that_make_no_sense_are_misuse(calls, tmp_path, wrong):
    places = ["--submissions", tmp_path, "--out", tmp_path]
    assert "Invalid value" in error_of(run("autograde", "assignment1", *places, *wrong), 2)
    assert calls == []


def test_submissions_have_to_be_a_folder(calls, tmp_path):
    places = ["--submissions", tmp_path / "nowhere", "--out", tmp_path]
    assert "does not exist" in error_of(run("autograde", "assignment1", *places), 2)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (JailError("no jail works here"), "Error: no jail works here"),
        (PermissionError(13, "Permission denied", "out"), "[Errno 13] Permission denied: 'out'"),
        (LookupError("nothing is named so"), "Error: nothing is named so"),
        (ValueError("a bad seed"), "Error: a bad seed"),
    ],
)
def test_foreseeable_errors_of_grading_are_one_line(refuse, tmp_path, error, line):
    refuse(grading.judging.autograde, "autograde", error)
    places = ["--submissions", tmp_path, "--out", tmp_path]
    assert line in error_of(run("autograde", "assignment1", *places))


def test_a_bug_is_not_hidden(refuse, tmp_path):
    refuse(grading.judging.autograde, "autograde", TypeError("a bug"))
    result = run("autograde", "assignment1", "--submissions", tmp_path, "--out", tmp_path)
    assert result.exit_code == 1
    assert isinstance(result.exception, TypeError)


def test_demo_runs_where_it_is_told_to(calls, tmp_path):
    assert run("demo", "--out", tmp_path).exit_code == 0
    assert run("demo").exit_code == 0
    assert run("demo", "assignment2").exit_code == 0
    places = [(tmp_path, "assignment1"), (Path("build/demo"), "assignment1")]
    assert calls == [(place, {}) for place in [*places, (Path("build/demo"), "assignment2")]]


def test_demo_leaves_a_folder_alone_that_holds_something_else(tmp_path):
    (tmp_path / "thesis.tex").write_text("chapter 1")
    assert "holds something else; name an empty folder" in error_of(run("demo", "--out", tmp_path))
    assert (tmp_path / "thesis.tex").read_text() == "chapter 1"


@pytest.mark.parametrize(
    ("options", "changed", "code", "output"),
    [
        ([], ["knn.ipynb"], 0, "built: knn.ipynb\n"),
        ([], [], 0, ""),
        (["--check"], ["knn.ipynb"], 1, "out of step: knn.ipynb\n"),
        (["--check"], [], 0, ""),
    ],
)
def test_notebooks_names_what_was_built_or_is_out_of_step(
    monkeypatch, options, changed, code, output
):
    asked = []
    monkeypatch.setattr(
        grading.authoring.notebooks,
        "build_all",
        lambda check: asked.append(check) or [Path(name) for name in changed],
    )
    result = run("notebooks", *options)
    assert (result.exit_code, result.stdout, result.stderr) == (code, output, "")
    assert asked == ["--check" in options]


def test_notebooks_that_break_a_rule_are_named(refuse):
    error = grading.authoring.notebooks.NotebookError("knn.md: the first cell should be the title")
    refuse(grading.authoring.notebooks, "build_all", error)
    assert "knn.md: the first cell should be the title" in error_of(run("notebooks"))
