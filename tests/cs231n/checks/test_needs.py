"""What to write or mend first, where an exercise fails for what it builds on."""

import pytest

from cs231n import normalization
from cs231n.checks import ExercisesFailed, check, run_local
from cs231n.checks.needs import unwritten, what_comes_first
from cs231n.checks.runner import CheckResult, ExerciseResult
from cs231n.checks.table import read_table

TABLE = read_table()
ROW = TABLE["spatial-batchnorm-backward"]
FORWARD = "batchnorm-forward-train"


def stub(name):
    return CheckResult(
        "one", "not-run", 1, message=f"Not written yet: {name}: write it in cs231n/x.py"
    )


def wrong(outcome="fail", message="off by 3"):
    return CheckResult("one", outcome, 1, message=message)


def result(name, check=None):
    status = check.outcome if check else "pass"
    return ExerciseResult(name, status, 0, 1, "", 0.1, [check] if check else [])


def comes_first(check, **others):
    """What comes before `ROW`, and which exercises were run to tell."""
    asked = []

    def result_of(row):
        asked.append(row.id)
        return result(row.id, others.get(row.id.replace("-", "_")))

    return *what_comes_first(ROW, result(ROW.id, check), result_of), asked


def test_the_stub_of_another_exercise_is_to_be_written_first():
    first, note, asked = comes_first(stub(FORWARD))
    assert (first, asked) == ((FORWARD,), [])
    assert note == f"Write {FORWARD} first: this exercise runs through it."


def test_nothing_comes_before_its_own_stub():
    assert comes_first(stub(ROW.id), batchnorm_forward_train=wrong()) == ((), "", [])


def test_nothing_comes_before_what_passes():
    assert comes_first(None, batchnorm_forward_train=wrong()) == ((), "", [])


def test_a_needed_exercise_that_fails_is_named():
    first, note, asked = comes_first(wrong(), batchnorm_backward=wrong("error"))
    assert first == ("batchnorm-backward",)
    assert note == (
        "batchnorm-backward does not pass its own checks yet; mend it first: "
        'check("batchnorm-backward").'
    )
    assert asked == [FORWARD, "batchnorm-forward-test", "batchnorm-backward"]


def test_the_first_in_the_course_is_named_and_no_more_are_run():
    first, _, asked = comes_first(
        wrong(), batchnorm_forward_train=wrong(), batchnorm_backward=wrong()
    )
    assert (first, asked) == ((FORWARD,), [FORWARD])


def test_a_needed_exercise_that_is_not_written_is_to_be_written():
    first, note, _ = comes_first(wrong(), batchnorm_forward_train=stub(FORWARD))
    assert (first, note) == (
        (FORWARD,),
        f"Write {FORWARD} first: this exercise builds on it.",
    )


@pytest.mark.parametrize(
    "message", ["Not written yet: later", "Not written yet: nobody: write it in x"]
)
def test_a_stub_of_the_students_own_names_nothing(message):
    own = CheckResult("one", "not-run", 1, message=message)
    first, note, _ = comes_first(own, batchnorm_forward_train=wrong())
    assert first == (FORWARD,)
    assert "mend it first" in note


def test_words_like_those_of_a_stub_are_none_where_something_else_happened():
    assert unwritten(result(ROW.id, stub(FORWARD))) == FORWARD
    assert unwritten(result(ROW.id, wrong(message=stub(FORWARD).message))) == ""


def break_forward(monkeypatch, error=None):
    solved = normalization.batchnorm_forward

    def forward(x, gamma, beta, bn_param):
        if error:
            raise error
        out, cache = solved(x, gamma, beta, bn_param)
        return out, (cache[0] + 1, *cache[1:])

    monkeypatch.setattr(normalization, "batchnorm_forward", forward)


def test_check_says_first_what_is_to_be_written_first(monkeypatch, capsys):
    words = f"{FORWARD}: write it in cs231n/normalization.py"
    break_forward(monkeypatch, NotImplementedError(words))
    with pytest.raises(ExercisesFailed, match="batchnorm-backward"):
        check("batchnorm-backward")
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == f"Write {FORWARD} first: this exercise runs through it."


def test_check_says_first_what_is_to_be_mended_first_and_then_what_is_wrong(monkeypatch, capsys):
    break_forward(monkeypatch, KeyError("gone"))
    with pytest.raises(ExercisesFailed, match="batchnorm-backward"):
        check("batchnorm-backward")
    text = " ".join(capsys.readouterr().out.split())
    note, message = f"{FORWARD} does not pass its own checks yet", "KeyError: 'gone'"
    assert 0 < text.index(note) < text.index(message)


def test_a_failure_whose_parts_pass_names_nothing(monkeypatch):
    monkeypatch.setattr(normalization, "batchnorm_backward", lambda dout, cache: (dout,) * 3)
    (failed,) = run_local([TABLE["batchnorm-backward"]])
    assert failed.status != "pass"
    assert (failed.first, failed.note) == ((), "")


def test_results_of_the_same_run_are_used_again(monkeypatch):
    from cs231n import checks

    ran, real = [], checks.run_exercise
    monkeypatch.setattr(
        checks, "run_exercise", lambda row, *a, **k: (ran.append(row.id), real(row, *a, **k))[1]
    )
    break_forward(monkeypatch, KeyError("gone"))
    names = ["batchnorm-backward-alt", FORWARD, "batchnorm-backward"]
    results = run_local([TABLE[name] for name in names])
    assert [one.id for one in results] == names
    assert sorted(ran) == sorted(names)
