"""From a student's function to a verdict, in process."""

import sys
import time
import types

import numpy as np
import pytest

from cs231n.checks.asserts import assert_close
from cs231n.checks.failures import CheckFailure, StudentDied, StudentMemory
from cs231n.checks.oracles import LiveOracles, oracle
from cs231n.checks.runner import CheckResult, checks_of, exercise, generator, judge, run_exercise
from cs231n.checks.student import LocalSession
from cs231n.checks.table import Exercise

ROW = Exercise("doubling", "a0", "n0", "Doubling", 4, "twice?", function="pupil:double")


@pytest.fixture
def pupil(monkeypatch):
    """A package of one function that each test writes."""
    package = types.ModuleType("pupil")
    package.__path__ = []
    monkeypatch.setitem(sys.modules, "pupil", package)
    return package


@exercise("doubling", weight=3)
def twice_as_much(student, rng):
    x = rng.normal(size=(2, 3))
    assert_close(student.double(x), oracle.twice(x), "out")


@exercise("doubling", weight=1)
def of_zero_is_zero(student, rng):
    assert_close(student.double(np.zeros(2)), np.zeros(2), "out")


@exercise("doubling", weight=4, hidden=True)
def of_ones_is_two(student, rng):
    assert_close(student.double(np.ones(2)), np.full(2, 2.0), "out")


def run(seconds=None, **options):
    oracles = LiveOracles({"twice": lambda x: x + x})
    return run_exercise(ROW, lambda: LocalSession("pupil", seconds), oracles, **options)


def test_a_right_answer_has_all_points(pupil):
    pupil.double = lambda x: 2 * x
    result = run(seeds=(1, 2))
    assert (result.status, result.points, result.message) == ("pass", 4, "")
    assert [check.outcome for check in result.checks] == ["pass", "pass"]


def test_a_half_right_answer_has_the_weight_of_what_passed(pupil):
    pupil.double = lambda x: x
    result = run()
    assert (result.status, result.points) == ("partial", 1.0)
    assert "off by" in result.message


def test_hidden_checks_run_only_where_asked_for(pupil):
    pupil.double = lambda x: 2 * x if x.shape != (2,) or not x.all() else x
    assert run().status == "pass"
    result = run(hidden=True)
    assert (result.status, result.points) == ("partial", 2.0)


def test_an_exception_is_an_error_with_its_place(pupil):
    pupil.double = lambda x: x.no_such_thing
    result = run()
    assert (result.status, result.points) == ("error", 0)
    assert "no_such_thing" in result.message


def test_an_unwritten_stub_is_not_run_and_named(pupil):
    def double(x):
        raise NotImplementedError("doubling: write it in pupil.py")

    pupil.double = double
    result = run()
    assert (result.status, result.points) == ("not-run", 0)
    assert result.message == "Not written yet: doubling: write it in pupil.py"


def test_a_missing_function_is_an_error(pupil):
    assert run().status == "error"


def test_changing_the_input_fails_and_names_the_argument(pupil):
    def double(x):
        x *= 2
        return x

    pupil.double = double
    result = run()
    assert result.status == "partial"  # doubling zeros changes nothing
    assert "double changed its argument x in place" in result.message


def test_an_endless_loop_times_out_and_the_rest_is_not_tried(pupil):
    def double(x):
        while True:
            time.sleep(0.01)

    pupil.double = double
    start = time.perf_counter()
    result = run(seconds=0.2)
    assert time.perf_counter() - start < 2
    assert [check.outcome for check in result.checks] == ["timeout", "timeout"]
    assert (result.status, result.points) == ("timeout", 0)


def test_a_memory_error_is_memory(pupil):
    def double(x):
        raise MemoryError

    pupil.double = double
    assert run().status == "memory"


@pytest.mark.parametrize(
    ("error", "status"), [(StudentDied("gone"), "error"), (StudentMemory("much"), "memory")]
)
def test_a_lost_session_is_a_verdict(error, status):
    class Lost:
        def exchange(self, data):
            raise error

    result = run_exercise(ROW, Lost, LiveOracles({"twice": lambda x: x + x}))
    assert (result.status, result.points) == (status, 0)


@pytest.mark.parametrize("reply", [b"", b"PASS", b"\0" * 12])
def test_a_forged_reply_is_worth_nothing(reply):
    class Forger:
        def exchange(self, data):
            return reply

    result = run_exercise(ROW, Forger, LiveOracles({"twice": lambda x: x + x}))
    assert (result.status, result.points) == ("error", 0)


def test_an_unforeseen_answer_is_an_error_for_a_person_to_look_at(pupil):
    @exercise("pair")
    def returns_two(student, rng):
        first, second = student.double(np.ones(1))
        assert_close(first, second, "out")

    pupil.double = lambda x: 1.0
    row = Exercise("pair", "a0", "n0", "Pair", 1, "?", function="pupil:double")
    result = run_exercise(row, lambda: LocalSession("pupil"), LiveOracles({}))
    assert result.status == "error"
    assert result.flags == ["look at returns_two: it ended oddly"]


def test_objects_stay_with_the_student(pupil):
    class Box:
        def __init__(self, value):
            self.value = value

        def plus(self, other):
            return Box(self.value + other)

    Box.__module__ = "pupil"
    pupil.Box = Box

    @exercise("boxes")
    def add(student, rng):
        box = student.Box(np.ones(2)).plus(1)
        assert_close(box.get("value"), np.full(2, 2.0), "value")
        box.set("value", 5)
        assert_close(box.plus(1).get("value"), 6, "value")

    row = Exercise("boxes", "a0", "n0", "Boxes", 1, "?", function="pupil:Box")
    assert run_exercise(row, lambda: LocalSession("pupil"), LiveOracles({})).status == "pass"


def test_seeds_draw_different_numbers_and_the_same_ones_again():
    first = generator(1, "doubling", "twice").normal(size=3)
    np.testing.assert_array_equal(first, generator(1, "doubling", "twice").normal(size=3))
    for other in [(2, "doubling", "twice"), (1, "halving", "twice"), (1, "doubling", "thrice")]:
        assert not np.array_equal(first, generator(*other).normal(size=3))


def test_a_failing_seed_fails_the_check(pupil):
    calls = []

    def double(x):
        calls.append(x)
        return 2 * x if len(calls) < 2 else x

    pupil.double = double
    assert run(seeds=(1, 2)).checks[0].outcome == "fail"


def test_judge_rounds_partial_points_to_cents():
    results = [CheckResult("a", "pass", 1), CheckResult("b", "fail", 2, message="no")]
    verdict = judge(ROW, results, 0.0)
    assert (verdict.points, verdict.status, verdict.message) == (1.33, "partial", "no")


def test_exercise_without_checks_is_refused():
    row = Exercise("nothing", "a0", "n0", "", 1, "?", function="pupil:x")
    with pytest.raises(LookupError, match="nothing has no checks"):
        run_exercise(row, LocalSession, LiveOracles({}))
    assert checks_of("nothing") == []


def test_check_failure_shows_as_a_short_text_in_ipython():
    from cs231n.checks.failures import ExercisesFailed

    assert ExercisesFailed("not there yet: a")._render_traceback_() == ["not there yet: a"]
    assert isinstance(CheckFailure("x"), AssertionError)


def test_a_written_question_is_named_and_not_judged(capsys):
    from cs231n.checks import check

    check("knn-question-folds")
    assert capsys.readouterr().out == (
        "knn-question-folds: an answer in words, 2 points; a person reads it.\n"
    )
