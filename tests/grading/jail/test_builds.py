"""Kernels in the jail: compiled there, kept as bytes, the kit's own beside the released tree."""

import shutil

import pytest

from cs231n.checks.student import Student
from cs231n.checks.table import read_table
from cs231n.kernels import builds as kernel_builds
from cs231n.kernels import compiler as kernel_compiler
from grading.authoring.trees import ROOT, read, stubs
from grading.jail import builds
from grading.jail.builds import Builds
from grading.jail.jail import Jail
from grading.release import build, ships
from grading.release.leaks import leaks

pytestmark = pytest.mark.assignment2
KERNEL = "cs231n/im2col_cython.pyx"
FAST = "cs231n/trial_fast.pyx"
TIERS = [pytest.param("bubblewrap", marks=pytest.mark.jail), "rlimits"]
compiler = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")


@pytest.fixture(scope="module")
def extension(tmp_path_factory):
    """A compiled kernel of the kit's, as bytes."""
    path = kernel_builds.build("answer = 42\n", "trial_fast", tmp_path_factory.mktemp("kernels"))
    return path.read_bytes()


@pytest.fixture(scope="module", params=TIERS)
def jail(request, extension):
    base = {"cs231n/__init__.py": b"", "cs231n/kernels/__init__.py": b""}
    base |= {KERNEL: stubs()[KERNEL].encode(), FAST: b"answer = 42\n"}
    for module in (kernel_builds, kernel_compiler):
        path = f"{module.__name__.replace('.', '/')}.py"
        base[path] = (ROOT / path).read_bytes()
    base["cs231n/probe.py"] = b"def run(code):\n    names = {}\n    exec(code, names)\n" + (
        b"    return names['result']\n"
    )
    base[ships.compiled(FAST)] = extension
    with Jail(base, request.param) as jail:
        yield jail


class Session:
    """A job, as `Student` takes it."""

    def __init__(self, jail, files):
        self.job = jail.open(files)

    def __enter__(self):
        return Student(self)

    def __exit__(self, *_):
        self.job.close()

    def exchange(self, data):
        return self.job.exchange(data, 20.0)


@compiler
def test_a_kernel_of_the_kit_is_there_and_one_job_cannot_change_it_for_another(jail):
    name = ships.compiled(FAST)
    code = f"""
import os
for path in ({name!r}, os.path.realpath({name!r})):
    try:
        open(path, "r+b").write(bytes(4096))
    except OSError:
        pass
result = os.path.islink({name!r})
"""
    with Session(jail, {}) as student:
        linked = student.probe.run(code)
    assert linked or jail.tier == "rlimits"
    with Session(jail, {}) as student:
        assert student.probe.run("from cs231n.trial_fast import answer as result") == 42


@compiler
def test_a_file_of_that_name_replaces_the_link_and_not_what_it_points_to(jail):
    name = ships.compiled(FAST)
    with Session(jail, {name: b"other"}) as student:
        assert student.probe.run(f"import os; result = os.path.getsize({name!r})") == 5
    with Session(jail, {}) as student:
        assert student.probe.run("from cs231n.trial_fast import answer as result") == 42


@compiler
def test_a_kernel_is_built_once_for_each_text_and_then_runs(jail, monkeypatch):
    keeper = Builds(jail)
    text = b"def answer(x):\n    cdef double y = x\n    return 2 * y\n"
    files, problems = keeper.of({"cs231n/trial.pyx": text, "cs231n/other.py": b"x = 1\n"})
    assert problems == {}
    assert list(files) == [ships.compiled("cs231n/trial.pyx")]
    with Session(jail, files) as student:
        assert student.trial.answer(21.0) == 42.0
    monkeypatch.setattr(builds, "_compile", None)
    assert keeper.of({"cs231n/trial.pyx": text}) == (files, {})


@compiler
def test_what_does_not_compile_has_a_problem_with_its_line(jail):
    files, problems = Builds(jail).of({"cs231n/trial.pyx": b"\ndef f(x):\n    return y\n"})
    assert files == {}
    problem = problems["cs231n/trial.pyx"]
    assert problem.status == "error"
    assert "trial.pyx, line 3 does not compile: undeclared name" in problem.message


@pytest.mark.parametrize(
    "answer",
    [None, 3, {"built": "text"}, {"built": [1]}, {"message": "\x00" * 9999}, {}],
)
def test_a_forged_answer_of_a_compiler_is_a_problem(jail, monkeypatch, answer):
    class Forged:
        def __init__(self, session):
            self.kernels = self.builds = self

        def for_grading(self, name):
            return answer

    monkeypatch.setattr(builds, "Student", Forged)
    built = builds._compile(jail, "cs231n/trial.pyx", b"", 5.0)
    assert built.status == "error"
    assert len(built.message) <= builds.TOLD


def test_the_kits_kernels_are_sent_along_and_no_solution(tmp_path):
    for name in (KERNEL, FAST):
        path = tmp_path / ships.compiled(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    found = ships.kit_extensions([KERNEL, FAST, "cs231n/layers.py", "cs231n/gone.pyx"], tmp_path)
    assert found == {ships.compiled(FAST): FAST.encode()}


def test_a_released_kernel_is_a_stub():
    rows = [row for row in read_table().values() if row.path == KERNEL]
    stub = build.strip_module(read(KERNEL), KERNEL, {row.id for row in rows})
    assert stub == stubs()[KERNEL]
    for row in rows:
        assert f'raise NotImplementedError("{row.id}: write it in {KERNEL}")' in stub
    assert "SOLUTION" not in stub
    assert "for c in range" not in stub


def test_a_kernel_without_markers_is_not_released():
    text = "\n".join(line for line in read(KERNEL).splitlines() if "SOLUTION" not in line)
    with pytest.raises(build.ReleaseError, match="no solution is marked for col2im-cython, im2c"):
        build.strip_module(text, KERNEL, {"im2col-cython", "col2im-cython"})


def test_a_leak_of_a_kernel_is_found():
    solved, stub = read(KERNEL), stubs()[KERNEL]
    assert leaks({KERNEL: stub}, {KERNEL: solved}) == []
    line = "dpadded[c, oh * stride + i, ow * stride + j, n] += cols[\n    c, i, j, oh, ow, n\n]\n"
    texts = {KERNEL: stub, "assignment2.md": f"Write\n{line}"}
    assert len(leaks(texts, {KERNEL: solved})) == 1
