"""What a release expects is what the oracles say, the same bytes every time."""

import io

import numpy as np
import pytest

from cs231n.checks.oracles import FrozenOracles
from cs231n.checks.runner import CheckResult, ExerciseResult
from cs231n.checks.table import select
from grading.release import freeze
from grading.release.freeze import FreezeError, frozen_answers, npz_bytes


def test_frozen_answers_serve_the_checks_they_were_made_for(tmp_path):
    rows = select("knn-two-loops")
    path = tmp_path / "expected.npz"
    path.write_bytes(frozen_answers(rows))
    frozen = FrozenOracles(path)
    assert frozen.answers
    assert {key.split("/")[0] for key in frozen.answers} == {"knn-two-loops"}


def test_frozen_answers_are_the_same_bytes_every_time():
    rows = select("knn-two-loops")
    assert frozen_answers(rows) == frozen_answers(rows)


def test_a_solution_that_fails_its_check_freezes_nothing(monkeypatch):
    bad = CheckResult("distances_match", "fail", 1.0, message="dists is off")
    verdict = ExerciseResult("knn-two-loops", "fail", 0, 3, "", 0.0, [bad])
    monkeypatch.setattr(freeze, "run_exercise", lambda *args, **kwargs: verdict)
    message = r"solution of knn-two-loops does not pass its own check distances_match \(fail: dists"
    with pytest.raises(FreezeError, match=message):
        frozen_answers(select("knn-two-loops"))


def test_tuning_checks_ask_no_oracle_since_nothing_is_frozen_for_them():
    rows = [r for r in select() if r.kind != "code"]
    assert {r.kind for r in rows} == {"tuning", "written"}
    with np.load(io.BytesIO(frozen_answers(rows))) as archive:
        assert archive.files == []


def test_npz_bytes_read_back_and_do_not_depend_on_order():
    a, b = np.arange(6).reshape(2, 3), np.array([1.5])
    content = npz_bytes({"x/a": a, "b": b})
    assert content == npz_bytes({"b": b, "x/a": a})
    with np.load(io.BytesIO(content)) as archive:
        assert sorted(archive.files) == ["b", "x/a"]
        np.testing.assert_array_equal(archive["x/a"], a)
