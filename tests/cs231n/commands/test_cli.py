"""The student's commands: what they print, where to, and the exit codes."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from cs231n import checks
from cs231n.checks.manifest import manifest
from cs231n.checks.runner import CheckResult, ExerciseResult
from cs231n.checks.table import assignments, read_table, select
from cs231n.classifiers import KNearestNeighbor
from cs231n.commands import check, info
from cs231n.commands.support import cli
from cs231n.commands.support.cli import main
from cs231n.data import downloads, registry
from cs231n.kernels import status

pytestmark = pytest.mark.assignment1


def run(*args):
    return CliRunner().invoke(main, args, terminal_width=100)


def one_line_error(result, code=1):
    """The error of a command that failed as it should: one line, on stderr alone."""
    assert result.exit_code == code
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    if code == 2:  # click adds how the command is used
        return result.stderr.splitlines()[-1]
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.fixture
def verdicts(monkeypatch):
    """Let the checks say "pass" of everything, at once; returns what they were asked for."""
    asked = []

    def run_local(rows):
        asked.extend(row.id for row in rows)
        return [
            ExerciseResult(row.id, "pass", row.points, row.points, "", 0.1)
            for row in rows
            if row.kind != "written"
        ]

    monkeypatch.setattr(checks, "run_local", run_local)
    return asked


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with every file of all assignments, as the current one."""
    monkeypatch.chdir(tmp_path)
    for name in manifest(select()):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"content of {name}")
    return tmp_path


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("CS231N_DATA_MIRROR", raising=False)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_check_of_a_right_answer_exits_0_and_shows_its_points():
    result = run("check", "knn-two-loops")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "✓   knn-two-loops" in result.stdout
    assert "3 / 3" in result.stdout


def test_check_of_a_wrong_answer_exits_1_and_shows_expected_got_and_hint(monkeypatch):
    right = KNearestNeighbor.compute_distances_two_loops
    method = "compute_distances_two_loops"
    monkeypatch.setattr(KNearestNeighbor, method, lambda self, X: right(self, X) ** 2)
    result = run("check", "knn-two-loops")
    assert (result.exit_code, result.stderr) == (1, "")
    for word in (
        "expected  ",
        "got       ",
        "where     dists[",
    ):
        assert word in result.stdout
    assert read_table()["knn-two-loops"].hint in " ".join(result.stdout.split())


def test_check_of_an_unwritten_exercise_exits_1_and_says_what_is_next(monkeypatch):
    def stub(self, X):
        raise NotImplementedError("knn-two-loops")

    monkeypatch.setattr(KNearestNeighbor, "compute_distances_two_loops", stub)
    result = run("check", "knn-two-loops")
    assert result.exit_code == 1
    assert "Next: knn-two-loops, in cs231n/classifiers/k_nearest_neighbor.py" in result.stdout


@pytest.mark.parametrize("names", [(), ("assignment1",), ("knn", "knn-no-loops", "knn")])
def test_check_takes_any_names_and_runs_nothing_twice(verdicts, names):
    assert run("check", *names).exit_code == 0
    expected = select("knn") if "knn" in names else select(*names)
    assert verdicts == [row.id for row in expected]


def test_check_without_names_takes_the_assignment_of_the_release(verdicts, tmp_path, monkeypatch):
    (tmp_path / "RELEASE.json").write_text('{"assignment": "assignment2"}')
    monkeypatch.setattr(check, "ROOT", tmp_path)
    assert run("check").exit_code == 0
    assert verdicts == [row.id for row in select("assignment2")]


def test_a_function_that_is_not_written_is_one_sentence(monkeypatch):
    def unwritten():
        raise NotImplementedError("affine-forward: write it in cs231n/layers.py")

    monkeypatch.setattr(downloads, "available", unwritten)
    error = one_line_error(run("data", "list"))
    assert error == "Error: affine-forward: write it in cs231n/layers.py\n"


def test_check_prints_json_and_nothing_else(monkeypatch):
    right = KNearestNeighbor.compute_distances_two_loops

    def chatty(self, X):
        print("now in the loop")
        return right(self, X)

    monkeypatch.setattr(KNearestNeighbor, "compute_distances_two_loops", chatty)
    result = run("check", "--json", "knn-two-loops")
    (exercise,) = json.loads(result.stdout)
    assert (exercise["id"], exercise["status"], exercise["points"]) == ("knn-two-loops", "pass", 3)
    assert {"name", "outcome", "expected", "got"} <= exercise["checks"][0].keys()
    assert "now in the loop" in result.stderr


@pytest.mark.parametrize("error", [float("inf"), float("nan")])
def test_json_has_no_numbers_that_json_does_not_know(monkeypatch, error):
    one = CheckResult("one", "fail", 1, error)
    results = [ExerciseResult("knn-two-loops", "fail", 0, 3, "off", 0.1, [one])]
    monkeypatch.setattr(checks, "run_local", lambda rows: results)
    result = run("check", "--json", "knn-two-loops")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["checks"][0]["error"] is None
    assert not {"NaN", "Infinity"} & set(result.stdout.split())


def test_check_of_an_unknown_name_lists_near_ones():
    error = one_line_error(run("check", "knn-two-lops"))
    assert "named 'knn-two-lops'. Near: knn-two-loops" in error


def test_check_of_a_written_answer_says_that_a_person_reads_it():
    error = one_line_error(run("check", "knn-question-folds"))
    assert "knn-question-folds is answered in words" in error


def test_a_broken_module_spoils_its_own_exercises_only(tmp_path):
    package = Path(cli.__file__).parent
    shutil.copytree(package, tmp_path / "cs231n", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "cs231n/features.py").write_text("def color_histogram_hsv((im):\n")
    names = ["knn-two-loops", "color-histogram", "features-tuned"]
    done = subprocess.run(
        [sys.executable, "-m", "cs231n", "check", "--json", *names],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    results = {one["id"]: one for one in json.loads(done.stdout)}
    assert results["knn-two-loops"]["status"] == "pass"
    assert results["color-histogram"]["status"] == "error"
    assert results["color-histogram"]["message"].startswith("SyntaxError: ")
    assert results["features-tuned"]["points"] == 0


def test_check_without_expected_values_is_one_line(monkeypatch, tmp_path):
    from cs231n.checks import oracles

    monkeypatch.setattr(oracles.metadata, "entry_points", lambda group: [])
    monkeypatch.setattr(oracles, "FROZEN", tmp_path / "expected.npz")
    assert "unpack the release afresh" in one_line_error(run("check", "knn-two-loops"))


def test_an_unknown_option_is_misuse():
    assert "No such option" in one_line_error(run("check", "--fast"), code=2)


def test_hint_shows_where_and_the_hint_and_keeps_the_reading_back():
    result, row = run("hint", "knn-no-loops"), read_table()["knn-no-loops"]
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"knn-no-loops (5 points): {row.title}")
    assert f"{row.path}: {row.name}" in result.stdout
    assert row.hint in result.stdout
    assert row.see not in result.stdout
    assert "--more" in result.stdout


def test_hint_more_says_what_to_read():
    result, row = run("hint", "--more", "knn-no-loops"), read_table()["knn-no-loops"]
    assert row.see in result.stdout
    assert "--more" not in result.stdout


def test_hint_of_a_notebook_has_them_all_and_of_words_no_place():
    result = run("hint", "knn")
    assert all(f"{row.id} (" in result.stdout for row in select("knn"))
    assert "where" not in run("hint", "knn-question-folds").stdout


def test_hint_needs_a_known_name():
    assert "Near: softmax" in one_line_error(run("hint", "softmx"))
    assert "Missing argument" in one_line_error(run("hint"), code=2)


def test_data_list_shows_every_set_with_licence_and_state(cache):
    result = run("data", "list")
    assert (result.exit_code, result.stderr) == (0, "")
    for row in downloads.available():
        assert row.name in result.stdout
    assert "drawn here" in result.stdout


@pytest.mark.parametrize("width", ["80", "60", "30"])
def test_data_list_cuts_no_name(cache, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    words = run("data", "list").stdout.split()
    assert {row.name for row in downloads.available()} <= set(words)


def test_data_list_without_a_registry_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(registry, "REGISTRY", tmp_path / "registry.toml")
    assert "the registry of data sets should be at" in one_line_error(run("data", "list"))


def test_data_get_says_where_the_set_is(server, toy_cache):
    result = run("data", "get", "toy")
    assert result.exit_code == 0
    assert result.stdout == f"toy is in {toy_cache / 'toy-folder'}\n"


def test_data_get_of_an_unknown_set_lists_near_ones():
    error = one_line_error(run("data", "get", "cifar"))
    assert "named 'cifar'. Near: cifar10" in error


def test_data_get_that_fails_says_what_to_do(server, toy_cache):
    server.plan = [lambda answer: answer.give(b"an apology", 404)]
    error = one_line_error(run("data", "get", "toy"))
    assert "answers 404" in error
    assert "run `python -m cs231n data get toy` again" in error


def test_submit_checks_and_packs(verdicts, folder):
    result = run("submit", "assignment1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert verdicts == [row.id for row in select("assignment1")]
    (path,) = folder.glob("hand_in/*.zip")
    assert f"Wrote {path.relative_to(folder)}: hand in this file, whole." in result.stdout
    assert "Receipt " in result.stdout
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [*manifest(select("assignment1")), "receipt.json"]
        receipt = json.loads(archive.read("receipt.json"))
    assert receipt["public checks"]["knn-two-loops"] == ["pass", 3, 3]


def test_submit_takes_the_latest_assignment_and_keeps_earlier_zips(verdicts, folder):
    for _ in range(2):
        assert run("submit").exit_code == 0
    assert len(list(folder.glob(f"hand_in/{assignments()[-1]}-*.zip"))) == 2


def test_submit_of_missing_files_runs_no_check_and_writes_nothing(verdicts, folder):
    (folder / "svm.ipynb").unlink()
    error = one_line_error(run("submit", "assignment1"))
    assert "Missing here: svm.ipynb." in error
    assert "--allow-missing" in error
    assert verdicts == []
    assert list(folder.glob("hand_in/*.zip")) == []


def test_submit_may_leave_files_out(verdicts, folder):
    (folder / "hand_in/best_net.npz").unlink()
    result = run("submit", "assignment1", "--allow-missing")
    assert result.exit_code == 0
    (path,) = folder.glob("hand_in/*.zip")
    with zipfile.ZipFile(path) as archive:
        assert "hand_in/best_net.npz" not in archive.namelist()


def test_submit_packs_work_that_fails_the_checks(folder, monkeypatch):
    failed = [ExerciseResult(row.id, "fail", 0, row.points, "", 0.1) for row in select("knn")]
    monkeypatch.setattr(checks, "run_local", lambda rows: failed)
    assert run("submit", "assignment1").exit_code == 0
    assert len(list(folder.glob("hand_in/*.zip"))) == 1


def test_submit_of_something_else_than_an_assignment_is_refused(folder):
    error = one_line_error(run("submit", "knn"), code=2)
    assert error == f"Error: knn is no assignment; there are: {', '.join(assignments())}"
    assert "Near: assignment1" in one_line_error(run("submit", "asignment1"))


def test_info_tells_versions_kernels_and_pictures(cache):
    result = run("info")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Python 3.")
    assert status.announce() in result.stdout
    assert "pictures10: drawn here, nothing to fetch" in result.stdout
    assert "newer than the kit knows" not in result.stdout


def test_info_mentions_a_python_newer_than_known(cache, monkeypatch):
    monkeypatch.setattr(info.sys, "version_info", (info.NEWEST[0], info.NEWEST[1] + 1, 0))
    result = run("info")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "This Python is newer than the kit knows (3.14)." in result.stdout


def test_without_a_command_the_help_is_shown():
    result = run()
    assert result.exit_code == 2
    assert all(f"  {name} " in result.output for name in cli.main.commands)
