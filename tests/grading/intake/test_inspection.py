"""Advice on modules: unusual things are named with their line, usual ones are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs231n.checks.table import Exercise, read_table
from grading.intake.collect import Submission
from grading.intake.inspection import inspect_module, inspect_submission, solved_modules

STUB = b'''"""Losses."""
import tqdm
import scipy


def svm(x):
    """The loss."""
    # TODO (svm-loss): write it
    raise NotImplementedError("svm-loss")


class Net:
    def loss(self, x):
        raise NotImplementedError("net-loss")
'''
TAKES = "takes {} of the kit, which no exercise of this module needs"
KIT = {"cs231n.fast_layers", "cs231n.kernels.fast_recurrent", "cs231n.kernels.windows"}
ROWS = [
    Exercise("svm-loss", "a1", "svm", "Loss", 3, "?", "cs231n.losses:svm"),
    Exercise("net-loss", "a1", "svm", "Loss", 3, "?", "cs231n.losses:Net.loss"),
    Exercise("why", "a1", "svm", "Why", 3, "?", kind="written"),
]


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np",
        "from math import exp",
        "import collections.abc",
        "from .layers import affine",
        "from cs231n.layers import affine",
        "if __name__ == '__main__':\n    pass",
        "x = super().__init__()",
        "x.reopen = np.exp(y).T.dot(z.open)",
        "pattern = '\\d'",
        "",
    ],
)
def test_usual_code_needs_no_look(code):
    assert inspect_module("m.py", code.encode()) == []


@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("import torch", "imports torch, which no exercise needs"),
        ("import numpy, os.path", "imports os.path, which no exercise needs"),
        ("from scipy.signal import convolve", "imports scipy.signal, which no exercise needs"),
        ("def f():\n    import socket", "imports socket, which no exercise needs"),
        *[
            (code, TAKES.format("fast_recurrent"))
            for code in (
                "from cs231n.kernels import fast_recurrent as f",
                "import cs231n.kernels.fast_recurrent",
                "from .kernels.fast_recurrent import rnn_forward_fast",
                "from .kernels import fast_recurrent",
                "from cs231n import fast_recurrent",  # its name in earlier releases
            )
        ],
        ("x = net.rnn_forward_fast(a)", TAKES.format("rnn_forward_fast")),
        ("f = rnn.graph", TAKES.format("graph")),
        ("h = graph.forward(self)", TAKES.format("graph.forward")),
        (
            "from cs231n.checks.beside import recipe",
            "imports what checks are made of, which no exercise needs",
        ),
        ("import numpy as np\nnp.random.seed = f", "changes np, which is not its own"),
        ("open('/etc/passwd')", "uses open"),
        ("f = eval", "uses eval"),
        ("__import__('o' + 's')", "uses __import__"),
        ("__builtins__['open']", "uses __builtins__"),
        ("x = ().__class__.__base__", "reaches for .__class__"),
        ("f = inspectable._getframe(1)", "reaches for ._getframe"),
        ("e.tb_frame.f_back", "reaches for .f_back"),
    ],
)
def test_unusual_code_is_named_with_its_line(code, remark):
    flags = inspect_module("cs231n/m.py", b"\n\n" + code.encode(), kit=KIT)
    line = 3 + code.count("\n")
    assert f"cs231n/m.py, line {line}: {remark}." in flags


def test_one_remark_names_several_lines():
    (flag,) = inspect_module("m.py", b"open(a)\n" * 5)
    assert flag == "m.py, lines 1, 2, 3 and 2 more: uses open."


def test_what_the_release_does_itself_is_no_news():
    assert inspect_module("m.py", b"import scipy\nx = 1", STUB) == []


def test_a_syntax_error_is_named_with_its_line():
    (flag,) = inspect_module("m.py", b"x = 1\nif x\n    y = 2\n")
    assert flag == "m.py, line 2: expected ':'; the module cannot be imported."


def test_exercises_left_as_released_are_named_whatever_their_comments():
    mine = STUB.replace(b"write it", b"tomorrow").replace(
        b'raise NotImplementedError("net-loss")', b"return x"
    )
    (flag,) = inspect_module("m.py", mine, STUB, ROWS[:2])
    assert flag == "m.py: as released, so not started: svm-loss."


def test_a_submission_is_inspected_module_by_module():
    submission = Submission("ada", {"cs231n/losses.py": STUB, "cs231n/x.py": b"import os"})
    assert inspect_submission(submission, {"cs231n/losses.py": STUB}, ROWS) == [
        "cs231n/losses.py: as released, so not started: svm-loss, net-loss.",
        "cs231n/x.py, line 1: imports os, which no exercise needs.",
    ]


def test_what_the_stub_imports_itself_may_stay_by_its_old_name_too():
    stub = b"from cs231n.kernels.windows import count_places"
    for mine in (stub, b"from cs231n.windows import count_places"):
        assert inspect_module("cs231n/m.py", mine, stub, kit=KIT) == []


def test_every_module_of_a_release_without_exercises_is_the_kits():
    base = ["cs231n/layers.py", "cs231n/kernels/new.py", "cs231n/kernels/k.pyx", "setup.py"]
    assert solved_modules(base) == {"cs231n.kernels.new"}


def test_the_kits_own_solutions_need_no_look():
    for path in {row.path for row in read_table().values() if row.kind == "code"}:
        with open(path, "rb") as file:
            data = file.read()
        assert inspect_module(path, data, data) == []


@pytest.mark.parametrize(
    "code",
    [
        b"-" * 900_000 + b"1",
        b"1" + b"+1" * 400_000,
        b"a" + b".b" * 400_000,
        b"(" * 500_000,
        b"lambda:" * 100_000 + b"1",
        b"if a:\n pass\n" + b"elif a:\n pass\n" * 50_000,
    ],
    ids=["minus", "plus", "attributes", "brackets", "lambdas", "elif"],
)
def test_code_that_is_too_deep_gets_one_remark(code):
    (flag,) = inspect_module("m.py", code)
    assert "m.py" in flag


def test_hostile_names_are_printable_in_remarks():
    flags = inspect_module("m.py", b"# -*- coding: utf-7 -*-\nimport o\x1bs")
    assert flags
    assert all(flag.isprintable() for flag in flags)


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_give_printable_remarks(data):
    for flag in inspect_module("m.py", data):
        assert flag.isprintable()


KERNEL = "cs231n/im2col_cython.pyx"
KERNEL_STUB = b"""import numpy as np

cdef int read_windows() except -1:
    raise NotImplementedError("im2col-cython: write it in cs231n/im2col_cython.pyx")
"""


@pytest.mark.parametrize(
    ("line", "remark"),
    [
        ("cdef extern from *:", "embeds or declares C code"),
        ('include "/etc/passwd"', "includes another file"),
        ("# distutils: extra_compile_args = -O3", "instructs the compiler"),
        ("    return im2col_indices(x)", "calls a NumPy twin of the kit's"),
        ("import os", "imports what no exercise needs"),
        ("from libc.stdlib cimport system", "imports what no exercise needs"),
        ("    exec('1')", "uses what no exercise needs"),
    ],
)
def test_what_a_kernel_has_no_need_of_is_named_with_its_line(line, remark):
    flags = inspect_module(KERNEL, b"import numpy as np\n" + line.encode(), KERNEL_STUB, [])
    assert flags == [f"{KERNEL}, line 2: {remark}."]


def test_a_kernel_as_released_is_not_started():
    row = read_table()["im2col-cython"]
    assert inspect_module(KERNEL, KERNEL_STUB, KERNEL_STUB, [row]) == [
        f"{KERNEL}: as released, so not started: im2col-cython."
    ]


def test_a_kernel_with_loops_is_no_news():
    solved = KERNEL_STUB.replace(
        b'raise NotImplementedError("im2col-cython: write it in', b'x = ("'
    )
    loops = solved + b"    cdef Py_ssize_t i\n    for i in range(3):\n        pass\n"
    assert inspect_module(KERNEL, loops, KERNEL_STUB, [read_table()["im2col-cython"]]) == []
