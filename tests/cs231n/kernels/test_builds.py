"""Kernels are compiled as they stand, and loaded again without a new start of Python."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from cs231n import im2col
from cs231n.checks.failures import StudentError
from cs231n.checks.freshness import bring_in_kernel
from cs231n.checks.student import LocalSession, Student
from cs231n.commands import build
from cs231n.commands.support.cli import main
from cs231n.kernels import builds, compiler

pytestmark = [
    pytest.mark.assignment2,
    pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler"),
]
# Small, so that it compiles in a second: without memoryviews.
KERNEL = """# cython: boundscheck=False
def answer(x):
    cdef double y = x
    return 2 * y
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A folder of compiled kernels that all tests here share."""
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A folder in place of the package, for kernels whose names it then takes."""
    monkeypatch.setattr(builds, "CACHE", tmp_path / "build")
    source = tmp_path / "cs231n"
    source.mkdir()
    # the compiler runs from the folder that is tested
    shutil.copy(compiler.__file__, source)
    (source / "__init__.py").touch()
    monkeypatch.setattr(builds, "PACKAGE", source)
    yield source
    for name in [name for name in sys.modules if name.startswith("cs231n.trial_")]:
        del sys.modules[name]
        vars(sys.modules["cs231n"]).pop(name.partition(".")[2], None)


def test_a_kernel_is_compiled_once_for_each_text(cache):
    path = builds.build(KERNEL, "trial_once", cache)
    made = path.stat().st_mtime_ns
    assert builds.build(KERNEL, "trial_once", cache) == path
    assert path.stat().st_mtime_ns == made
    assert sorted(p.name for p in cache.iterdir()) == [path.parent.name]  # and nothing is left


def test_an_edit_is_loaded_in_place_of_the_text_before(package):
    file = package / "trial_edit.pyx"
    answers = []
    for factor in (2, 3, 2):
        file.write_text(KERNEL.replace("2 *", f"{factor} *"))
        bring_in_kernel("cs231n.trial_edit")
        answers.append(Student(LocalSession(module="cs231n.trial_edit")).trial_edit.answer(1.0))
    assert answers == [2.0, 3.0, 2.0]


def test_a_text_that_does_not_compile_is_told_by_its_line(package):
    (package / "trial_wrong.pyx").write_text(KERNEL.replace("2 * y", "2 * z"))
    student = Student(LocalSession(module="cs231n.trial_wrong"))
    with pytest.raises(
        StudentError, match=r"line 4 does not compile: undeclared name.*: z"
    ) as told:
        student.trial_wrong.answer(1.0)
    assert told.value.place == "cs231n/trial_wrong.pyx, line 4: return 2 * z"


def test_an_error_at_the_top_of_a_kernel_is_the_students(package):
    (package / "trial_top.pyx").write_text("raise KeyError('top')\n")
    with pytest.raises(StudentError, match="KeyError: 'top'"):
        Student(LocalSession(module="cs231n.trial_top")).trial_top.answer()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("for i un x:\n", r"trial.pyx, line 1 does not compile: "),
        (
            "def f():\n    for i in [1]:\n        cdef int j\n",
            r"line 3 .*declare counters at the top",
        ),
        ('include "no_such_file.pxi"\n', r"line 1 .*no_such_file"),
        (
            'cdef extern from *:\n    """\n    #error no such machine\n    """\n    int one\n'
            "print(one)\n",
            r"does not compile: the C compiler says: #error no such machine",
        ),
    ],
)
def test_what_does_not_compile_is_one_sentence(cache, text, message):
    with pytest.raises(builds.BuildError, match=message) as told:
        builds.build(text, "trial", cache)
    assert "\n" not in str(told.value)


def test_a_wrong_index_is_an_error_although_the_source_turns_checks_off(cache):
    text = (builds.PACKAGE / "im2col_cython.pyx").read_text()
    assert "boundscheck=False" in text
    wrong = text.replace(
        "c, oh * stride + i, ow * stride + j, n\n", "c, oh * stride + i, ow, n + 9\n"
    )
    assert wrong != text
    kernel = builds.load("trial_index", builds.build(wrong, "trial_index", cache))
    with pytest.raises(IndexError, match=r"Out of bounds on buffer access \(axis 3\)"):
        kernel.im2col_cython(np.ones((2, 3, 5, 7)), 3, 2, 1, 2)
    del sys.modules["cs231n.trial_index"]


def test_six_axes_of_columns_do_what_two_do(rng):
    kernel = builds.latest("im2col_cython")
    N, C, H, W, HH, WW, pad, stride = 2, 3, 5, 7, 3, 2, 1, 2
    cols = rng.normal(size=(C, HH, WW, N, 3, 4))
    flat = cols.transpose(0, 1, 2, 4, 5, 3).reshape(C * HH * WW, -1)
    np.testing.assert_array_equal(
        kernel.col2im_6d_cython(cols, N, C, H, W, HH, WW, pad, stride),
        im2col.col2im_indices(flat, (N, C, H, W), HH, WW, pad, stride),
    )


def test_the_historical_names_of_arguments_are_taken(rng):
    kernel = builds.latest("im2col_cython")
    window = {"field_height": 3, "field_width": 2, "padding": 1, "stride": 2}
    x = rng.normal(size=(2, 3, 5, 7)).astype(np.float32)
    cols = kernel.im2col_cython(x, **window)
    np.testing.assert_array_equal(cols, im2col.im2col_indices(x, **window), strict=True)
    back = kernel.col2im_cython(cols, *x.shape, **window)
    np.testing.assert_array_equal(back, im2col.col2im_indices(cols, x.shape, **window), strict=True)


def unwritten(*args):
    raise NotImplementedError("im2col-cython: write it in cs231n/im2col_cython.pyx")


def test_numpy_serves_where_the_kernel_is_unwritten(rng, monkeypatch):
    kernel = builds.latest("im2col_cython")
    monkeypatch.setitem(
        sys.modules,
        "cs231n.im2col_cython",
        type(kernel)("cs231n.im2col_cython"),
    )
    monkeypatch.setattr(sys.modules["cs231n.im2col_cython"], "im2col_cython", unwritten, False)
    monkeypatch.setattr(sys.modules["cs231n.im2col_cython"], "col2im_cython", unwritten, False)
    x = rng.normal(size=(2, 3, 5, 7))
    cols = im2col.im2col(x, 3, 2, 1, 2)
    np.testing.assert_array_equal(cols, im2col.im2col_indices(x, 3, 2, 1, 2))
    np.testing.assert_array_equal(
        im2col.col2im(cols, x.shape, 3, 2, 1, 2), im2col.col2im_indices(cols, x.shape, 3, 2, 1, 2)
    )


@pytest.fixture
def nothing_installed(tmp_path, monkeypatch):
    """No program is on the path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CC", "cc")


def test_without_a_compiler_a_check_says_what_to_install(package, nothing_installed):
    (package / "trial_tools.pyx").write_text(KERNEL)
    student = Student(LocalSession(module="cs231n.trial_tools"))
    with pytest.raises(StudentError, match=r"NoCompiler: .*no C compiler.*apt install gcc"):
        student.trial_tools.answer(1.0)


def test_without_a_compiler_a_build_says_what_to_install(package, nothing_installed):
    (package.parent / "setup.py").touch()
    with pytest.raises(builds.NoCompiler, match=r"there is no C compiler here\. You need"):
        build.build_in_place(package.parent)


@pytest.mark.parametrize("name", ["Cython", "setuptools"])
def test_without_cython_or_setuptools_a_build_says_so(monkeypatch, name):
    find = builds.importlib.util.find_spec
    monkeypatch.setattr(
        builds.importlib.util, "find_spec", lambda one: None if one == name else find(one)
    )
    with pytest.raises(builds.NoCompiler, match=f"{name.lower()} is not installed"):
        builds.require_tools()


def compiler_that(monkeypatch, result):
    """Let every compilation come to this: text of result.json, or None for none."""

    class Process:
        pid = 0

        def __init__(self, command, cwd, **_):
            if result is not None:
                (cwd / "result.json").write_text(result)

        def wait(self, seconds=None):
            if result is None and seconds:
                raise subprocess.TimeoutExpired("cc", seconds)

        def kill(self):
            """Nothing to end."""

    monkeypatch.setattr(builds.subprocess, "Popen", Process)
    monkeypatch.setattr(builds.os, "killpg", lambda *args: None)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, r"the compiler took more than 300 s"),
        ("{", r"the compiler broke off without a word"),
    ],
)
def test_a_compiler_that_fails_is_told(monkeypatch, tmp_path, result, message):
    compiler_that(monkeypatch, result)
    with pytest.raises(builds.BuildError, match=message):
        builds.build("odd = 1\n", "trial_odd", tmp_path)


@pytest.mark.parametrize("tool", ["Cython is not installed", "setuptools is not installed"])
def test_a_compiler_without_its_tools_is_told(monkeypatch, tmp_path, tool):
    result = {"kind": "tools", "message": f"{tool}.", "line": None}
    compiler_that(monkeypatch, json.dumps(result))
    with pytest.raises(builds.NoCompiler, match=f"{tool}. You need"):
        builds.build("odd = 2\n", "trial_odd", tmp_path)


@pytest.mark.parametrize(("module", "step"), [("Cython", "translate"), ("setuptools", "compile_c")])
def test_the_compilers_process_misses_its_tools(monkeypatch, module, step):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, f"{module}.Compiler", None)
    with pytest.raises(compiler.Refused, match=f"{module} is not installed: pip install"):
        getattr(compiler, step)("trial.pyx", "trial")


def test_grading_gets_bytes_or_a_sentence(package):
    (package / "trial_grade.pyx").write_text(KERNEL)
    built = builds.for_grading("trial_grade")["built"]
    assert built.dtype == np.uint8
    assert built.tobytes()[:4] in (b"\x7fELF", b"\xcf\xfa\xed\xfe")
    (package / "trial_grade.pyx").write_text(KERNEL.replace("2 * y", "2 * z"))
    answer = builds.for_grading("trial_grade")
    assert answer["kind"] == "source"
    assert "line 4 does not compile" in answer["message"]


def test_a_build_in_place_needs_a_setup_py(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no setup.py in"):
        build.build_in_place(tmp_path)


def test_a_build_in_place_tells_the_line_that_is_wrong(tmp_path):
    (tmp_path / "cs231n").mkdir()
    shutil.copy(builds.PACKAGE.parent / "setup.py", tmp_path)
    (tmp_path / "cs231n/trial_place.pyx").write_text(KERNEL.replace("2 * y", "2 * z"))
    with pytest.raises(ValueError, match=r"cs231n/trial_place.pyx, line 4 does not compile: undec"):
        build.build_in_place(tmp_path)
    (tmp_path / "cs231n/trial_place.pyx").write_text(KERNEL)
    build.build_in_place(tmp_path)
    assert list((tmp_path / "cs231n").glob("trial_place*.so"))


def test_what_no_compiler_says_is_still_a_sentence():
    assert compiler.in_one_sentence("one\nlast words\n") == (
        "The kernels do not compile: last words"
    )


def test_python_modules_are_not_compiled():
    bring_in_kernel("cs231n.layers")
    assert "layers" not in str(list(builds._loaded))


def test_the_command_says_what_is_compiled_or_what_is_missing(monkeypatch):
    monkeypatch.setattr(build, "build_in_place", lambda: None)
    done = CliRunner().invoke(main, ["build"])
    assert done.exit_code == 0
    assert done.output.startswith("Kernels: ")

    def refuse():
        raise builds.NoCompiler("there is no C compiler here.")

    monkeypatch.setattr(build, "build_in_place", refuse)
    failed = CliRunner().invoke(main, ["build"])
    assert failed.exit_code == 1
    assert failed.output == "Error: there is no C compiler here.\n"
