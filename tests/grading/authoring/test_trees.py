"""Trees: rewritten packages in processes of their own."""

import pytest

from cs231n.checks.failures import StudentDied, StudentError, StudentTimeout
from cs231n.checks.student import Student
from cs231n.checks.table import read_table
from cs231n.kernels import builds
from grading.authoring import trees

SOFTMAX = "cs231n/classifiers/softmax.py"


def tree_with(body, seconds=10.0):
    """A tree whose softmax module holds one function, `answer`."""
    return trees.running({SOFTMAX: f"def answer():\n    {body}\n"}, seconds)


def test_an_overridden_module_runs_in_place_of_the_file():
    with tree_with("return 42") as open_session:
        assert Student(open_session()).classifiers.softmax.answer() == 42


def test_the_package_of_this_process_is_untouched():
    from cs231n.classifiers import softmax

    with tree_with("return 42") as open_session:
        Student(open_session()).classifiers.softmax.answer()
    assert not hasattr(softmax, "answer")


def test_an_error_shows_the_line_of_the_rewritten_text():
    with (
        tree_with("return 1 / 0  # here") as open_session,
        pytest.raises(StudentError, match="division by zero") as caught,
    ):
        Student(open_session()).classifiers.softmax.answer()
    assert caught.value.place == f"{SOFTMAX}, line 2: return 1 / 0  # here"


def test_an_endless_loop_is_stopped_and_the_next_session_starts_afresh():
    with tree_with("\n    while True: pass", seconds=0.2) as open_session:
        with pytest.raises(StudentTimeout, match=r"No answer within 0\.2 s"):
            Student(open_session()).classifiers.softmax.answer()
        knn = Student(open_session()).classifiers.k_nearest_neighbor.KNearestNeighbor()
        assert "KNearestNeighbor" in repr(knn)


def test_a_process_that_ends_is_told_from_one_that_hangs():
    with (
        tree_with("import os; os._exit(0)") as open_session,
        pytest.raises(StudentDied, match="ended instead of answering"),
    ):
        Student(open_session()).classifiers.softmax.answer()


def test_objects_do_not_outlive_a_session():
    with trees.running({}) as open_session:
        knn = Student(open_session()).classifiers.k_nearest_neighbor.KNearestNeighbor()
        open_session()
        with pytest.raises(StudentError, match="IndexError"):
            knn.get("X_train")


def test_stubs_clear_every_solution_but_those_to_keep():
    table = read_table()
    keep = table["softmax-loss-naive"]
    text = trees.stubs(keep=(keep,))[SOFTMAX]
    assert "softmax-loss-naive: write it" not in text
    assert "softmax-loss-vectorized: write it" in text
    assert "SOLUTION" not in text


def test_a_rewritten_kernel_runs_in_place_of_the_compiled_one():
    kernel = "def im2col_cython(*args):\n    return 42\n"
    with trees.running({"cs231n/im2col_cython.pyx": kernel}) as open_session:
        assert Student(open_session()).im2col_cython.im2col_cython(1) == 42
        # and only there
    assert "read_windows" in trees.read("cs231n/im2col_cython.pyx")


def test_without_a_compiler_a_tree_has_no_kernel(monkeypatch):
    def build(text, name):
        raise builds.NoCompiler("there is none")

    monkeypatch.setattr(builds, "build", build)
    with (
        trees.running({}) as open_session,
        pytest.raises(StudentError, match="im2col_cython is not compiled: there is no compiler"),
    ):
        Student(open_session()).im2col_cython.im2col_cython(1)
