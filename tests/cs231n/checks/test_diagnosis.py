"""Mistakes recognised by their numbers."""

import numpy as np
import pytest

from cs231n.checks.failures import CheckFailure
from cs231n.checks.judge.diagnosis import assert_no_mistake

EXPECTED = np.array([[1.0, 2.0], [3.0, 4.0]])
MISTAKES = [(10 * EXPECTED, "divide by ten"), (-EXPECTED, "turn the sign")]


def test_right_values_pass():
    assert_no_mistake(EXPECTED.copy(), EXPECTED, "dW", MISTAKES)


def test_a_mistake_is_named_with_the_entry_furthest_off():
    with pytest.raises(CheckFailure, match=r"^divide by ten$") as caught:
        assert_no_mistake(10 * EXPECTED, EXPECTED, "dW", MISTAKES)
    assert (caught.value.expected, caught.value.got, caught.value.where) == ("4", "40", "dW[1, 1]")


def test_a_number_is_named_without_an_index():
    with pytest.raises(CheckFailure, match=r"^the sum$") as caught:
        assert_no_mistake(6.0, 2.0, "the loss", [(6.0, "the sum")])
    assert caught.value.where == "the loss"


def test_a_mistake_that_gives_the_expected_values_is_none():
    assert_no_mistake(0.0, 0.0, "the loss", [(0.0, "no penalty")])


@pytest.mark.parametrize("got", [EXPECTED + 1, EXPECTED.T, np.full((2, 2), np.nan)])
def test_other_wrong_values_fail_as_numbers(got):
    with pytest.raises(CheckFailure, match=r"^dW (is off by|holds nan)"):
        assert_no_mistake(got, EXPECTED, "dW", MISTAKES)


def test_another_kind_fails_as_such():
    with pytest.raises(CheckFailure, match="dW should be a NumPy array"):
        assert_no_mistake(None, EXPECTED, "dW", MISTAKES)


def test_rounding_is_no_mistake_but_is_measured_against_the_tolerance():
    assert_no_mistake(2.0 + 1e-7, 2.0, "the loss", [(2.0 + 1e-7, "rounded")], tol=1e-6)
    with pytest.raises(CheckFailure, match="is off by"):
        assert_no_mistake(2.0 + 1e-7, 2.0, "the loss", [(2.0 + 1e-7, "rounded")])
