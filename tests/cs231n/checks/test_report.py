"""Results as text: lines for a notebook, a table for the terminal."""

import dataclasses
import io

import pytest
from rich.console import Console

from cs231n.checks.report import MARKS, lines, place, print_table
from cs231n.checks.runner import CheckResult, ExerciseResult
from cs231n.checks.table import Exercise, assignments, read_table, select
from grading.reporting.results import STATUSES

ROW = Exercise(
    "knn-vote", "a1", "knn", "A vote", 4, "How?", "cs231n.knn:Nearest.vote", see="numpy.argsort"
)
TUNED = Exercise(
    "net-tuned", "a1", "net", "A net", 8, "Rising?", "cs231n.net:Net.predict", kind="tuning",
    file="best_net.npz",
)  # fmt: skip
TABLE = {row.id: row for row in (ROW, TUNED)}
WRONG = CheckResult(
    "ties_go_to_the_smaller", "fail", 1, 0.25, "Labels [differ] in 2 places.", "3", "5", "y[1]"
)


def result(status="pass", *checks, row=ROW):
    points = {"pass": 4, "partial": 2}.get(status, 0)
    return ExerciseResult(row.id, status, points, row.points, "", 0.1, list(checks))


def table_of(*results, width=100):
    console = Console(file=io.StringIO(), width=width)
    print_table(results, TABLE, console)
    return console.file.getvalue()


def test_every_status_has_a_mark_of_its_own():
    assert set(MARKS) == set(STATUSES)
    assert len(set(MARKS.values())) == len(MARKS)


def test_a_pass_is_short_and_shows_the_size_of_the_error():
    checks = CheckResult("votes_are_counted", "pass", 1, 2.5e-12), CheckResult("one", "pass", 1)
    assert list(lines(result("pass", *checks), ROW)) == [
        "✓ knn-vote: 4 of 4 points",
        "    ✓ votes are counted   (largest error 2.5e-12)",
        "    ✓ one",
    ]


def test_a_failure_tells_expected_got_where_and_what_helps():
    assert list(lines(result("partial", WRONG), ROW)) == [
        "½ knn-vote: 2 of 4 points",
        "    ✗ ties go to the smaller   (largest error 2.5e-01)",
        "        Labels [differ] in 2 places.",
        "        expected  3",
        "        got       5",
        "        where     y[1]",
        "    file      cs231n/knn.py: Nearest.vote",
        "    hint      How?",
        "    to read   numpy.argsort",
    ]


def test_what_comes_first_stands_above_the_checks():
    blocked = dataclasses.replace(result("partial", WRONG), note="Write knn-distances first.")
    text = list(lines(blocked, ROW))
    assert text[1] == "    Write knn-distances first."
    assert text[2:] == list(lines(result("partial", WRONG), ROW))[1:]


def test_what_was_said_just_before_is_not_said_again():
    wrong = [CheckResult(name, "error", 1, message="No.", where="y[1]") for name in "abc"]
    text = "\n".join(lines(result("error", *wrong), ROW))
    assert (text.count("No."), text.count("y[1]"), text.count("the same")) == (1, 1, 2)


def test_long_messages_and_hints_are_wrapped_between_words_and_stay_indented():
    words = " ".join(f"word{i}" for i in range(40))
    long = CheckResult("one", "fail", 1, message=words)
    row = dataclasses.replace(ROW, hint=words)
    text = "\n".join(lines(result("fail", long), row)).splitlines()
    assert max(map(len, text)) <= 90
    assert " ".join(" ".join(text).split()).count(words) == 2
    assert [line[:8].strip() for line in text[2:6]] == [""] * 4


def test_a_stub_shows_its_message_and_not_its_code():
    stub = CheckResult("one", "not-run", 1, message="Not written yet.", where="knn.py: raise X")
    assert "raise" not in "\n".join(lines(result("not-run", stub), ROW))


@pytest.mark.parametrize("outcome", ["not-run", "timeout"])
def test_what_could_not_run_is_told_once(outcome):
    checks = [CheckResult(name, outcome, 1, message="No answer.") for name in ("one", "two")]
    text = "\n".join(lines(result(outcome, *checks), ROW))
    assert text.count("No answer.") == 1
    assert "two" not in text


def test_the_place_of_a_tuned_net_is_its_file_of_weights():
    assert place(TUNED) == "hand_in/best_net.npz, made in net.ipynb"
    assert place(ROW) == "cs231n/knn.py: Nearest.vote"


def test_the_table_sums_points_and_counts_checks():
    good = CheckResult("one", "pass", 1)
    text = table_of(result("pass", good, good), result("not-run", row=TUNED))
    assert [line.split() for line in text.splitlines() if "knn-vote" in line] == [
        ["✓", "knn-vote", "knn.py:", "vote", "4", "/", "4", "2", "of", "2"]
    ]
    assert "hand_in/best_net.npz" in text
    assert "4 / 12" in text


def test_below_the_table_stands_what_is_wrong_and_what_comes_next():
    unwritten = result("not-run", row=TUNED)
    text = table_of(result("partial", WRONG), unwritten)
    assert "Labels [differ] in 2 places." in text
    assert text.rstrip().endswith(
        "1 exercise is not written yet. Next: net-tuned, in hand_in/best_net.npz, made in net.ipynb"
    )
    assert "2 exercises are not written yet. Next: net-tuned" in table_of(unwritten, unwritten)


def test_what_comes_first_is_next():
    blocked = dataclasses.replace(result("not-run"), first=(TUNED.id,))
    assert "Next: net-tuned, in hand_in" in table_of(blocked)


def test_when_all_is_well_nothing_stands_below_the_table():
    assert table_of(result()).rstrip().splitlines()[-1].split() == ["sum", "4", "/", "4"]


@pytest.mark.parametrize("assignment", assignments())
@pytest.mark.parametrize("width", [80, 60])
def test_every_exercise_and_file_of_the_course_stands_whole_in_the_table(assignment, width):
    rows = [row for row in select(assignment) if row.kind != "written"]
    good = [CheckResult("one", "pass", 1)] * 12
    results = [ExerciseResult(r.id, "pass", r.points, r.points, "", 0.1, good) for r in rows]
    console = Console(file=io.StringIO(), width=width)
    print_table(results, read_table(), console)
    text = console.file.getvalue()
    words = set(text.split())
    assert max(map(len, text.splitlines())) <= width
    assert {row.id for row in rows} <= words
    files = {row.path.rpartition("/")[2] + ":" for row in rows if not row.file}
    assert files <= words or width < 80


def test_a_narrow_terminal_cuts_no_name_and_breaks_no_message():
    text = table_of(result("partial", WRONG), width=50)
    assert "…" not in text
    assert "        Labels [differ] in 2 places.\n" in text
    assert "cs231n/knn.py: Nearest.vote" in text
