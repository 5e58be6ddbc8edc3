"""Expected values: computed live, or frozen for the public seeds."""

import numpy as np
import pytest

from cs231n.checks import oracles
from cs231n.checks.failures import CheckFailure
from cs231n.checks.oracles import FrozenOracles, LiveOracles, answering, fingerprint, oracle


def frozen(tmp_path, record):
    path = tmp_path / "expected.npz"
    np.savez(path, **record)
    return FrozenOracles(path)


@pytest.fixture
def live():
    live = LiveOracles({"double": lambda x, times=2: times * x})
    live.begin("exercise", "check", 1)
    return live


def test_frozen_answers_equal_live_ones(live, tmp_path):
    with answering(live):
        first, second = oracle.double(np.ones(3)), oracle.double(2.0, times=3)
    still = frozen(tmp_path, live.record)
    still.begin("exercise", "check", 1)
    with answering(still):
        np.testing.assert_array_equal(oracle.double(np.ones(3)), first)
        assert oracle.double(2.0, times=3) == second


def test_other_inputs_than_the_frozen_ones_are_refused(live, tmp_path):
    with answering(live):
        oracle.double(np.ones(3))
    still = frozen(tmp_path, live.record)
    still.begin("exercise", "check", 1)
    with answering(still), pytest.raises(CheckFailure, match="not those of the release"):
        oracle.double(np.full(3, 1.1))


def test_a_missing_answer_says_what_to_do(live, tmp_path):
    still = frozen(tmp_path, live.record)
    still.begin("exercise", "check", 2)
    with answering(still), pytest.raises(LookupError, match="unpack the release afresh"):
        oracle.double(1.0)


def test_fingerprint_sees_one_changed_entry():
    x = np.arange(6.0).reshape(2, 3)
    y = x.copy()
    y[1, 2] += 1e-3
    assert not np.allclose(fingerprint([x], {}), fingerprint([y], {}), rtol=1e-9)


def test_without_release_and_repository_it_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(oracles, "FROZEN", tmp_path / "none.npz")
    monkeypatch.setattr(oracles.metadata, "entry_points", lambda group: [])
    with pytest.raises(FileNotFoundError, match="unpack the release afresh"):
        oracles.installed_oracles()
