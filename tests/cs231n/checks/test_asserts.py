"""What the comparisons accept, and what they say when they do not."""

import re

import numpy as np
import pytest

from cs231n.checks.asserts import (
    assert_close,
    assert_gradient,
    assert_labels,
    assert_that,
    kind,
    measuring,
    take,
)
from cs231n.checks.failures import CheckFailure

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def test_equal_values_pass_and_their_error_is_measured():
    with measuring() as errors:
        assert_close(X * (1 + 1e-12), X, "x")
    assert errors[0] == pytest.approx(1e-12, rel=1e-3)


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (None, "should be a NumPy array"),
        (X.tolist(), "should be a NumPy array"),
        (X.T, "wrong shape"),
        (X[:1], "wrong shape"),
        (X.astype(np.float32), "wrong dtype"),
        (np.where(X == 5, np.nan, X), "finite"),
        (np.where(X == 5, np.inf, X), "finite"),
        (X + 1e-6, "off by"),
        (np.zeros_like(X), "off by"),
    ],
    ids=["none", "list", "transposed", "one row", "float32", "nan", "inf", "off", "zeros"],
)
def test_wrong_arrays_fail_with_what_is_wrong(got, message):
    with pytest.raises(CheckFailure, match=message):
        assert_close(got, X, "x")


def test_failure_names_the_worst_entry_and_both_values():
    wrong = X.copy()
    wrong[1, 0] = 7.0
    with pytest.raises(CheckFailure) as caught:
        assert_close(wrong, X, "x")
    assert (caught.value.where, caught.value.expected, caught.value.got) == ("x[1, 0]", "4", "7")
    assert "1 of 6 entries" in caught.value.message


@pytest.mark.parametrize("got", [2.0, np.float32(2.0), 2, np.array(2.0)])
def test_numbers_of_any_kind_count_as_numbers(got):
    assert_close(got, 2.0, "loss")


@pytest.mark.parametrize("got", [None, "2.0", True, np.array([2.0]), 2j])
def test_what_is_no_number_fails(got):
    with pytest.raises(CheckFailure, match="one number"):
        assert_close(got, 2.0, "loss")


def test_a_nan_loss_fails():
    with pytest.raises(CheckFailure, match="finite"):
        assert_close(float("nan"), 2.0, "loss")


def test_labels_may_be_floats_but_must_be_equal():
    assert_labels(np.array([1.0, 2.0]), np.array([1, 2]), "y")
    with pytest.raises(CheckFailure, match="1 of 2 places"):
        assert_labels(np.array([1.0, 2.5]), np.array([1, 2]), "y")
    with pytest.raises(CheckFailure, match="wrong shape"):
        assert_labels(np.array([1]), np.array([1, 1]), "y")


def test_gradient_of_a_square_passes_and_a_tenth_of_a_percent_off_fails(rng):
    x = rng.normal(size=(3, 4))
    assert_gradient(lambda z: float(np.sum(z**2)), x, 2 * x, "dx", rng)
    with pytest.raises(CheckFailure, match="not the derivative"):
        assert_gradient(lambda z: float(np.sum(z**2)), x, 2.002 * x, "dx", rng)


def test_gradient_of_the_wrong_shape_or_nan_fails(rng):
    x = rng.normal(size=(3, 4))
    with pytest.raises(CheckFailure, match="wrong shape"):
        assert_gradient(np.sum, x, x.T, "dx", rng)
    with pytest.raises(CheckFailure, match="not finite"):
        assert_gradient(np.sum, x, x * np.nan, "dx", rng)


def test_take_names_what_should_come_back():
    assert take((1, 2), "loss", "dW") == (1, 2)
    for wrong in (None, 1.0, (1,), [1, 2], (1, 2, 3)):
        with pytest.raises(CheckFailure, match=r"should return \(loss, dW\)"):
            take(wrong, "loss", "dW")


def test_assert_that_carries_its_columns():
    assert_that(True, "fine")
    with pytest.raises(CheckFailure, match="not fine") as caught:
        assert_that(False, "not fine", expected="a", got="b", where="c")
    assert (caught.value.expected, caught.value.got, caught.value.where) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "return missing"), (X, r"shape \(2, 3\)"), ((1, 2), "tuple of 2"), (1.0, "a float")],
)
def test_kind_describes_a_value_in_words(value, words):
    assert re.search(words, kind(value))
