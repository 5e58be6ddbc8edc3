"""Solutions are cut out by their markers, and markers that are wrong stop everything."""

import re

import pytest

from cs231n.checks.table import Exercise
from grading.authoring.markers import (
    MarkerError,
    clear_solutions,
    find_regions,
    owner,
    replace_solution,
)

PATH = "cs231n/layers.py"
SOLVED = '''"""Layers."""


class Net:
    def forward(self, x):
        """Forward."""
        out = None
        ### BEGIN SOLUTION: multiply by the weights
        out = x @ self.w

        out += self.b
        ### END SOLUTION
        return out


def loss(scores):
    ### BEGIN SOLUTION [loss-value]: the mean
    value = scores.mean()
    ### END SOLUTION
    if scores.size:
        ### BEGIN SOLUTION [loss-gradient]: its derivative
        grad = 1 / scores.size
        ### END SOLUTION
    return value, grad
'''
FIRST = SOLVED.split("\n\n\ndef loss")[0]
STUBS = '''"""Layers."""


class Net:
    def forward(self, x):
        """Forward."""
        out = None
        # TODO (net-forward): multiply by the weights
        raise NotImplementedError("net-forward: write it in cs231n/layers.py")
        return out


def loss(scores):
    # TODO (loss-value): the mean
    raise NotImplementedError("loss-value: write it in cs231n/layers.py")
    if scores.size:
        # TODO (loss-gradient): its derivative
        raise NotImplementedError("loss-gradient: write it in cs231n/layers.py")
    return value, grad
'''


def row(name, function, kind="code"):
    return Exercise(
        name, "assignment1", "layers", "Title", 1, "Why?", f"cs231n.layers:{function}", kind=kind
    )


FORWARD = row("net-forward", "Net.forward")
VALUE, GRADIENT = row("loss-value", "loss"), row("loss-gradient", "loss")
ROWS = [FORWARD, VALUE, GRADIENT]


def test_regions_are_found_with_their_functions_and_words():
    forward, value, gradient = find_regions(SOLVED)
    assert (forward.first, forward.last, forward.function) == (7, 11, "Net.forward")
    assert (forward.todo, forward.exercise) == ("multiply by the weights", None)
    assert (value.function, value.exercise) == ("loss", "loss-value")
    assert (gradient.indent, gradient.exercise) == (" " * 8, "loss-gradient")


def test_clearing_leaves_a_todo_and_an_error_by_name():
    assert clear_solutions(SOLVED, ROWS, PATH) == STUBS


def test_a_stub_raises_its_own_name():
    namespace = {}
    exec(clear_solutions(SOLVED, ROWS, PATH), namespace)
    with pytest.raises(NotImplementedError, match=r"net-forward: write it in cs231n/layers.py"):
        namespace["Net"]().forward(1)


def test_text_without_regions_is_left_as_it_is():
    assert clear_solutions("x = 1\n", ROWS, PATH) == "x = 1\n"


def test_clearing_twice_changes_nothing():
    once = clear_solutions(SOLVED, ROWS, PATH)
    assert clear_solutions(once, ROWS, PATH) == once


def test_the_innermost_function_owns_a_region():
    text = (
        "def outer():\n    def inner():\n        ### BEGIN SOLUTION: x\n        pass\n"
        "        ### END SOLUTION\n"
    )
    assert find_regions(text)[0].function == "outer.inner"


BROKEN = {
    "never ends": ("### END SOLUTION", "", r"line 8: a solution begins and never ends"),
    "never begins": (
        "### BEGIN SOLUTION: multiply by the weights",
        "",
        r"line 12: END SOLUTION without a BEGIN",
    ),
    "nested": (
        "out = x @ self.w",
        "### BEGIN SOLUTION: again",
        r"line 9: a solution begins inside the one of line 8",
    ),
    "no words": (": multiply by the weights", "", r"line 8: .* is no marker; write '### BEGIN"),
    "misspelt": ("### BEGIN SOLUTION: mul", "###BEGIN SOLUTION: mul", r"line 8: .* is no marker"),
    "trailing words": ("### END SOLUTION", "### END SOLUTION here", r"line 12: .* is no marker"),
    "hidden": ("out += self.b", "### BEGIN HIDDEN TESTS", r"line 11: .* is no marker"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_marker_is_named_with_its_line(case):
    old, new, message = BROKEN[case]
    text = FIRST.replace(old, new, 1)
    with pytest.raises(MarkerError, match=rf"{re.escape(PATH)}, {message}"):
        find_regions(text, PATH)


def test_a_region_outside_every_function_is_refused():
    with pytest.raises(MarkerError, match=r"module, .*the solution stands outside every function"):
        find_regions("### BEGIN SOLUTION: x\nx = 1\n### END SOLUTION\n")


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([], 0),
        ([VALUE, GRADIENT], 0),
        ([row("net-forward", "Net.forward", kind="tuning")], 0),
        ([FORWARD, row("net-again", "Net.forward")], 2),
    ],
)
def test_a_region_that_is_not_exactly_one_exercise_is_refused(rows, count):
    message = rf"layers.py, line 8: the solution in Net.forward belongs to {count} exercises"
    with pytest.raises(MarkerError, match=message):
        clear_solutions(FIRST, rows, PATH)


def test_a_region_that_names_an_unknown_exercise_is_refused():
    region = find_regions(SOLVED)[1]
    with pytest.raises(MarkerError, match=r"in loss belongs to 0 exercises"):
        owner(region, [FORWARD, GRADIENT], PATH)


def test_replacing_a_solution_changes_its_lines_only():
    changed = replace_solution(SOLVED, GRADIENT, "\nif scores.size > 3:\n    grad = 2\n", PATH)
    assert changed == SOLVED.replace(
        "        grad = 1 / scores.size\n",
        "        if scores.size > 3:\n            grad = 2\n",
    )


KERNEL = """from cython cimport floating


def columns(x):
    read[double](x)


cdef int read(
    const floating[:] x, double[::1] cols, Py_ssize_t stride
) except -1:
    \'\'\'cols[i] = x[i * stride]\'\'\'
    ### BEGIN SOLUTION [kernel-columns]: loop over cols
    cdef Py_ssize_t i
    for i in range(cols.shape[0]):
        cols[i] = x[i * stride]
    ### END SOLUTION
    return 0


cpdef double half(double x) noexcept:
    ### BEGIN SOLUTION: divide
    return x / 2
    ### END SOLUTION
"""
KERNEL_PATH = "cs231n/kernel.pyx"
KERNEL_ROWS = [
    Exercise(name, "a1", "k", "T", 1, "?", f"cs231n.kernel:{function}", language="cython")
    for name, function in (("kernel-columns", "columns"), ("kernel-half", "half"))
]


def test_regions_of_a_kernel_are_found_without_parsing_it():
    columns, half = find_regions(KERNEL, KERNEL_PATH)
    assert (columns.function, columns.exercise) == ("read", "kernel-columns")
    assert (half.function, half.exercise) == ("half", None)


def test_a_region_belongs_to_the_exercise_it_names_wherever_it_stands():
    stub = clear_solutions(KERNEL, KERNEL_ROWS, KERNEL_PATH)
    assert '    raise NotImplementedError("kernel-columns: write it in cs231n/kernel.pyx")' in stub
    assert '    raise NotImplementedError("kernel-half: write it in cs231n/kernel.pyx")' in stub
    assert "shape" not in stub
    assert "return x / 2" not in stub


def test_the_body_of_a_kernel_is_replaced():
    code = "cols[:] = 1"
    changed = replace_solution(KERNEL, KERNEL_ROWS[0], code, KERNEL_PATH)
    assert "    cols[:] = 1\n    ### END SOLUTION" in changed
    assert "shape" not in changed


@pytest.mark.parametrize("before", ["", "def f(x):\n    return x\n\nx = 2\n"])
def test_a_region_of_a_kernel_outside_every_function_is_refused(before):
    text = f"{before}### BEGIN SOLUTION: x\ny = 1\n### END SOLUTION\n"
    with pytest.raises(MarkerError, match=r"kernel.pyx, .*stands outside every function"):
        find_regions(text, KERNEL_PATH)
