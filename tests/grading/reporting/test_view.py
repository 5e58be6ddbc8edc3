"""A class in the terminal: points by exercise and student, and the reasons for what is missing."""

import io
import re

import pytest
from rich.console import Console

from cs231n.checks.table import Exercise, assignments, select
from grading.reporting.view import (
    MOST_STUDENTS,
    print_matrix,
    print_places,
    print_reasons,
    reasons_of,
)

ROWS = [
    Exercise("knn-vote", "a1", "knn", "A vote", 4, "How?", "cs231n.knn:vote"),
    Exercise("knn-loops", "a1", "knn", "Loops", 3, "Which?", "cs231n.knn:loops"),
    Exercise("knn-question", "a1", "knn", "Why", 2, "Why?", kind="written"),
]


def exercise(status="pass", points=3.0, message=""):
    return {"status": status, "points": points, "max": 4, "message": message}


def record(vote=None, loops=None, flags=()):
    exercises = {"knn-vote": vote or exercise(), "knn-loops": loops or exercise()}
    score = sum(one["points"] for one in exercises.values())
    return {"score": score, "max": 7.0, "flags": list(flags), "exercises": exercises}


def shown(function, *args, width=120, **kwargs):
    console = Console(file=io.StringIO(), width=width)
    function(*args, console, **kwargs)
    return console.file.getvalue()


def test_the_matrix_has_a_row_for_each_judged_exercise_and_the_score_below():
    results = {"students": {"ada": record(), "[bob]": record(loops=exercise("fail", 0.5))}}
    text = shown(print_matrix, results, ROWS)
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    assert ["exercise", "ada", "[bob]"] in rows
    assert ["knn-vote", "3 ✓", "3 ✓"] in rows
    assert ["knn-loops", "3 ✓", "0.5 ✗"] in rows
    assert ["score", "6", "3.5"] in rows
    assert "knn-question" not in text
    assert "points, of 7" in text


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("assignment", assignments())
def test_every_exercise_and_student_stands_whole_in_tables_below_each_other(assignment, width):
    rows = select(assignment)
    exercises = {row.id: exercise(points=10.25) for row in rows}
    one = {"score": 100.5, "max": 200, "flags": [], "exercises": exercises}
    names = [f"student-{i:02}" for i in range(MOST_STUDENTS)]
    results = {"students": dict.fromkeys(names, one)}
    text = shown(print_matrix, results, rows, width=width)
    tables = text.count("points, of ")
    assert tables > 1
    assert max(map(len, text.splitlines()[:-1])) <= width
    assert [word for word in text.split() if word.startswith("student-")] == names
    for row in rows:
        assert text.split().count(row.id) == (0 if row.kind == "written" else tables)
    assert text.count("10.25 ✓") == len(names) * sum(row.kind != "written" for row in rows)


@pytest.mark.parametrize(("more", "words"), [(0, None), (3, "and 3 more students")])
def test_of_a_large_class_the_first_are_shown_and_the_rest_counted(more, words):
    students = {f"s{i:02}": record() for i in range(MOST_STUDENTS + more)}
    text = shown(print_matrix, {"students": students}, ROWS)
    assert f"s{MOST_STUDENTS - 1:02}" in text
    assert f"s{MOST_STUDENTS:02}" not in text
    assert words in text if words else "more students" not in text


def test_reasons_are_the_first_line_of_each_message_and_the_flags():
    one = record(exercise("fail", 0, "dists is off.\nTwo lines."), flags=["forged a grade"])
    assert reasons_of(one) == ["✗ dists is off. (knn-vote)", "flag: forged a grade"]


def test_exercises_that_share_a_message_are_named_together():
    late = exercise("timeout", 0, "No answer within 10 s.")
    assert reasons_of(record(late, late)) == ["⏱ No answer within 10 s. (knn-vote, knn-loops)"]


def test_unwritten_exercises_are_one_reason_whatever_their_stubs_say():
    stubs = [exercise("not-run", 0, f"Not written yet: {name}") for name in ("vote", "loops")]
    assert reasons_of(record(*stubs)) == ["· Not written yet (knn-vote, knn-loops)"]


def test_a_verdict_without_words_is_still_told():
    assert reasons_of(record(exercise("memory", 0, ""))) == ["▣  (knn-vote)"]


def test_students_with_all_points_need_no_reason():
    results = {"students": {"ada": record(), "bob": record(exercise("error", 0, "[boom]"))}}
    text = shown(print_reasons, results)
    assert "ada" not in text
    assert text == "bob: 3 of 7 points\n  ! [boom] (knn-vote)\n"


def test_of_many_reasons_the_first_are_shown_and_the_rest_counted():
    results = {"students": {"ada": record(flags=["one", "two", "three"])}}
    text = shown(print_reasons, results, most=1)
    assert "flag: one" in text
    assert "flag: two" not in text
    assert "and 2 more; the feedback page has them all" in text


def test_places_name_every_product_of_a_run(tmp_path):
    text = shown(lambda console: print_places(tmp_path, console))
    for name in ("index.html", "feedback/", "grades.csv", "results.json", "gradebook.db"):
        assert f"{tmp_path}/{name}" in text
    assert f"cd {tmp_path} && jupyter lab" in text
