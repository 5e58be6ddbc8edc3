"""How long arrays are timed: the best of three calls counts, on a clock that the test turns."""

from types import SimpleNamespace

import pytest

from cs231n.checks.api import assert_that
from cs231n.checks.failures import CheckFailure
from grading.hidden import speed


@pytest.fixture
def clock():
    """A clock on which calls take the seconds in `clock.takes`; `clock.calls` counts them."""
    clock = SimpleNamespace(calls=0, takes=[], right=True)
    clock.measure = lambda call: (call(), None)
    return clock


def time_them(clock):
    def call():
        clock.calls += 1
        return clock.takes[min(clock.calls, len(clock.takes)) - 1]

    def judge(result):
        assert_that(clock.right, "wrong")

    speed.require_quick(clock, lambda: (call, judge), "examples")


def test_a_quick_call_needs_no_second(clock):
    clock.takes = [0.1]
    time_them(clock)
    assert clock.calls == 1


def test_one_quick_call_among_slow_ones_is_enough(clock):
    clock.takes = [0.4, 0.4, 0.1]
    time_them(clock)
    assert clock.calls == 3


@pytest.mark.parametrize(("seconds", "calls"), [(0.2, 3), (0.7, 1)])
def test_calls_that_are_never_quick_are_a_loop(clock, seconds, calls):
    clock.takes = [seconds]
    with pytest.raises(CheckFailure, match="There is a loop over the examples"):
        time_them(clock)
    assert clock.calls == calls


def test_a_quick_call_with_a_wrong_result_fails(clock):
    clock.takes, clock.right = [0.1], False
    with pytest.raises(CheckFailure, match="wrong"):
        time_them(clock)
