"""The verifier: what is asked, what is known beforehand, and what a verdict says."""

import socket
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

from cs231n.checks import runner
from cs231n.checks.api import assert_close, exercise, oracle
from cs231n.checks.failures import StudentError
from cs231n.checks.table import read_table
from grading.intake.collect import Submission
from grading.jail.jail import Jail, JailError
from grading.jail.jobs import Job
from grading.judging.verifier import Oracles, derived_seed, hidden_resources, run_seeds, verify

STUB = b"def double(x):\n    raise NotImplementedError('x')\n"
BASE = {"cs231n/__init__.py": b"", "cs231n/work.py": STUB}
RIGHT = b"def double(x):\n    return 2 * x\n"
ROW = replace(
    read_table()["knn-two-loops"],
    id="verifier-double",
    function="cs231n.work:double",
    points=4,
    seconds=5.0,
)
TUNING = replace(ROW, id="verifier-tuned", kind="tuning", file="best.npz")
SMALL = replace(ROW, id="verifier-small")
ROWS = [ROW]


@exercise(ROW.id, weight=3)
def doubles(student, rng):
    x = rng.normal(size=(2, 3))
    assert_close(student.work.double(x), oracle.twice(x), what="out")


@exercise(ROW.id, hidden=True)
def doubles_a_negative_number(student, rng):
    assert_close(student.work.double(-np.ones(1)), -2 * np.ones(1), what="out")


@exercise(SMALL.id)
def doubles_one_number(student, rng):
    assert_close(student.work.double(np.ones(1)), 2 * np.ones(1), what="out")


@exercise(TUNING.id)
def sees_pictures(student, rng, pictures):
    X, _ = pictures(2)
    assert_close(student.work.double(X[0, 0].astype(float)), 2.0 * X[0, 0], what="out")


def twice(x):
    return x + x


@pytest.fixture(
    scope="module", params=[pytest.param("bubblewrap", marks=pytest.mark.jail), "rlimits"]
)
def jail(request):
    with Jail(BASE, request.param) as jail:
        yield jail


def judge(jail, module, rows=ROWS, oracles=None, seeds=(231, 7), hand_in=None, **options):
    modules = {} if module is None else {"cs231n/work.py": module}
    submission = Submission("ada", modules=modules, hand_in=hand_in or {})
    oracles = oracles or Oracles({"twice": twice})
    return verify(submission, rows, jail, oracles, seeds, hidden_resources(5), **options)


def test_a_right_answer_passes_public_and_hidden_checks(jail):
    (result,) = judge(jail, RIGHT)
    assert (result.status, result.points, result.max) == ("pass", 4, 4)
    assert [check.hidden for check in result.checks] == [False, True]


def test_a_hidden_check_costs_its_part(jail):
    (result,) = judge(jail, b"def double(x):\n    return 2 * x if x.size > 1 else x\n")
    assert (result.status, result.points) == ("partial", 3)


def test_the_stub_is_not_run(jail):
    (result,) = judge(jail, STUB)
    assert (result.status, result.points) == ("not-run", 0)


def test_a_module_that_was_not_handed_in_is_named_and_not_run(jail):
    (result,) = judge(jail, None)
    assert (result.status, result.message) == ("not-run", "cs231n/work.py was not handed in.")


def test_weights_that_were_not_handed_in_are_named(jail):
    (result,) = judge(jail, RIGHT, [TUNING])
    assert (result.status, result.message) == ("not-run", "hand_in/best.npz was not handed in.")


def test_a_tuning_exercise_gets_pictures(jail):
    (result,) = judge(jail, RIGHT, [TUNING], hand_in={"best.npz": b""})
    assert result.status == "pass"


def test_written_exercises_are_left_to_people(jail):
    assert judge(jail, RIGHT, [replace(ROW, kind="written")]) == []


def test_an_answer_that_fits_the_public_seed_alone_fails(jail):
    rng = runner.generator(231, ROW.id, "doubles")
    known = (2 * rng.normal(size=(2, 3))).tolist()
    code = f"""
import numpy as np
def double(x):
    return np.array({known}) if x.size > 1 else 2 * x
"""
    (public,) = judge(jail, code.encode(), seeds=(231,))
    (result,) = judge(jail, code.encode(), seeds=run_seeds(99))
    assert (public.status, result.status) == ("pass", "partial")
    assert result.checks[0].outcome == "fail"


def test_a_slow_call_is_a_timeout_and_the_next_exercise_is_judged(jail):
    code = b"import time\ndef double(x):\n    time.sleep(9 * (x.size > 1))\n    return 2 * x\n"
    slow, other = judge(jail, code, [replace(ROW, seconds=0.5), SMALL])
    assert slow.status == "timeout"
    assert "No answer within 0.5 s" in slow.message
    assert other.status == "pass"


def test_many_calls_share_the_time_of_an_exercise(jail):
    code = b"import time\ndef double(x):\n    time.sleep(0.5)\n    return 2 * x\n"
    (result,) = judge(jail, code, [replace(ROW, seconds=1.0)], seeds=range(20))
    assert result.status == "timeout"
    assert "took longer than 3 s together" in result.message


def test_a_submission_has_an_end(jail):
    code = b"import time\ndef double(x):\n    time.sleep(9)\n"
    rows = [replace(ROW, seconds=0.6)] * 3
    results = judge(jail, code, rows, seconds=0.5)
    assert [result.status for result in results] == ["timeout"] * 3
    assert "the rest was not run" in results[2].message


def test_an_error_of_the_grader_is_flagged_and_the_rest_is_judged(jail):
    broken = replace(ROW, id="verifier-without-checks")
    bad, good = judge(jail, RIGHT, [broken, ROW])
    assert (bad.status, bad.points) == ("error", 0)
    assert bad.flags == ["verifier-without-checks could not be judged; a person should look"]
    assert good.status == "pass"


def test_a_jail_that_fails_is_no_verdict(jail, monkeypatch):
    def fail(files):
        raise JailError("no room")

    monkeypatch.setattr(jail, "open", fail)
    with pytest.raises(JailError, match="no room"):
        judge(jail, RIGHT)


def test_only_files_that_exercises_name_enter_the_jail(jail, monkeypatch):
    seen = []
    real = jail.open
    monkeypatch.setattr(jail, "open", lambda files: (seen.append(sorted(files)), real(files))[1])
    submission = Submission(
        "ada",
        modules={"cs231n/work.py": RIGHT, "cs231n/__init__.py": b"1 / 0"},
        hand_in={"best.npz": b"", "other.npz": b""},
    )
    verify(submission, [ROW, TUNING], jail, Oracles({"twice": twice}), (1,), hidden_resources(5))
    assert seen == [["cs231n/work.py", "hand_in/best.npz"]]


def test_one_job_serves_a_healthy_submission(jail, monkeypatch):
    opened = []
    real = jail.open
    monkeypatch.setattr(jail, "open", lambda files: (opened.append(1), real(files))[1])
    judge(jail, RIGHT, [ROW, ROW])
    assert opened == [1]


def test_oracles_compute_each_answer_once_for_all_submissions(jail):
    oracles = Oracles({"twice": twice})
    for _ in range(3):
        judge(jail, RIGHT, oracles=oracles)
    assert oracles.computed == 2  # one for each seed


def test_oracles_hand_out_copies():
    oracles = Oracles({"twice": twice})
    for _ in range(2):
        oracles.begin("e", "c", 1)
        answer = oracles.ask("twice", [np.ones(2)], {})
        np.testing.assert_array_equal(answer, [2, 2])
        answer[:] = 0


def test_oracles_tell_inputs_apart_by_every_byte():
    oracles = Oracles({"twice": twice})
    for x in (np.array([1.0, 2.0]), np.array([2.0, 1.0])):  # the same sum, the same largest
        oracles.begin("e", "c", 1)
        np.testing.assert_array_equal(oracles.ask("twice", [x], {}), 2 * x)


def test_oracles_compute_afresh_from_what_is_no_plain_data():
    oracles = Oracles({"call": lambda f: f(3)})
    oracles.begin("e", "c", 1)
    assert oracles.ask("call", [lambda x: x + 1], {}) == 4
    assert oracles.computed == 0


def test_oracles_forget_the_oldest_when_they_hold_too_much(monkeypatch):
    monkeypatch.setattr("grading.judging.verifier.MEMO_BYTES", 10_000)
    oracles = Oracles({"twice": twice})
    for seed in (1, 2, 1):
        oracles.begin("e", "c", seed)
        oracles.ask("twice", [np.ones(1000)], {})
    assert oracles.computed == 3


def test_the_seeds_are_the_public_one_and_one_of_the_secret():
    public, hidden = run_seeds(1)
    assert public == runner.PUBLIC_SEED
    assert len({hidden, run_seeds(2)[1], derived_seed(1, "pictures")}) == 3
    assert run_seeds(1) == (public, hidden)


def test_hidden_pictures_are_drawn_once_and_copied():
    pictures = hidden_resources(3)["pictures"]
    X, y = pictures(4)
    X[:] = 0
    again, labels = pictures(4)
    assert again.any()
    assert again.shape == (4, 32, 32, 3)
    np.testing.assert_array_equal(labels, y)


def test_the_verifier_imports_nothing_of_a_submission(jail):
    judge(jail, b"import sys\nsys.modules['verifier_was_here'] = sys\n" + RIGHT)
    assert "verifier_was_here" not in sys.modules
    assert "cs231n.work" not in sys.modules


def test_a_reply_over_the_cap_is_not_read():
    ours, theirs = socket.socketpair()
    lease, other = socket.socketpair()
    job = Job(ours, lease, reply_bytes=10)

    def answer():
        theirs.recv(100)
        theirs.sendall((5).to_bytes(4, "big") + (6).to_bytes(8, "big"))
        other.close()

    with theirs:
        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(StudentError, match="11 bytes is over the cap of 10"):
            job.exchange(b"?", 5.0)
        thread.join()
    assert not job.alive
