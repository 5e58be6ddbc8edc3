"""Loops are told by the lines that run."""

import sys

import numpy as np
import pytest

from cs231n.checks.beside.steps import count_steps
from cs231n.checks.failures import CheckFailure
from cs231n.checks.judge.loops import require_no_loop
from cs231n.classifiers import KNearestNeighbor
from cs231n.classifiers.linear_svm import svm_loss_naive, svm_loss_vectorized

SIZES = ("examples", "numbers", "classes")


def measure_with(loss):
    def measure(N, D, C):
        return count_steps(loss, np.ones((D, C)), np.ones((N, D)), np.zeros(N, int), 0.1)

    return measure


def test_a_vectorized_function_runs_the_same_lines_for_any_sizes():
    measure = measure_with(svm_loss_vectorized)
    assert measure(3, 4, 5) == measure(40, 50, 60) > 0
    require_no_loop(measure, (3, 4, 5), 40, SIZES)


def test_a_loop_runs_its_lines_once_for_each_turn():
    measure = measure_with(svm_loss_naive)
    assert measure(21, 4, 5) - measure(11, 4, 5) == measure(11, 4, 5) - measure(1, 4, 5) > 10


def test_a_loop_is_named_by_what_it_goes_over():
    with pytest.raises(CheckFailure, match="There is a loop over the examples"):
        require_no_loop(measure_with(svm_loss_naive), (3, 4, 5), 40, SIZES)


def test_a_loop_that_is_allowed_is_not_measured():
    require_no_loop(lambda N, D: 5 * N, (3, 4), 40, (None, "numbers"))
    with pytest.raises(CheckFailure, match="There is a loop over the numbers"):
        require_no_loop(lambda N, D: 5 * D, (3, 4), 40, (None, "numbers"))


def test_methods_are_counted_by_name():
    knn = KNearestNeighbor()
    knn.train(np.ones((5, 2)), np.zeros(5, int))
    one, ten = (
        count_steps(knn, np.ones((N, 2)), method="compute_distances_one_loop") for N in (1, 10)
    )
    assert ten > one > 0


def test_lines_outside_of_the_package_do_not_count():
    assert count_steps(lambda: [i for i in range(9)]) == 0  # noqa: C416


def test_a_debugger_that_was_tracing_goes_on_after_an_error():
    before = sys.gettrace()

    def tracer(*event):
        return None

    sys.settrace(tracer)
    try:
        with pytest.raises(ZeroDivisionError, match="division by zero"):
            count_steps(lambda: 1 / 0)
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)
