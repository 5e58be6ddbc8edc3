"""Attacks in Cython: nothing leaves the jail, while kernels are compiled or when they run."""

import glob
import os
import shutil
import tomllib
from pathlib import Path

import pytest

from cs231n.checks.table import read_table
from grading import oracles
from grading.authoring.trees import stubs
from grading.intake.collect import Submission
from grading.jail import builds
from grading.jail.builds import Builds
from grading.jail.jail import Jail, Limits
from grading.judging.verifier import Oracles, hidden_resources, run_seeds, verify
from grading.release.build import release_tree
from grading.reporting.results import student_record

pytestmark = [
    pytest.mark.assignment2,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler"),
]
ROOT = Path(__file__).resolve().parents[2]
CORPUS = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text(encoding="utf-8"))
CHEATS, ASSAULTS = CORPUS["kernels"], CORPUS["kernel_assaults"]
SECRET = 20231
SECONDS = 60.0  # for a compiler, on a machine that is busy; attacks that never end get fewer
ROWS = [read_table()[f"{name}-cython"] for name in ("im2col", "col2im")]
KERNEL = ROWS[0].path
SOLVED = (ROOT / KERNEL).read_text()
# Wrong in both functions, and compiled in a second.
WRONG = """
def im2col_cython(x, HH, WW, pad, stride):
    return x

def col2im_cython(cols, N, C, H, W, HH, WW, pad, stride):
    return cols
"""
LIMITS = Limits(memory=700 << 20, address_space=1 << 30)


@pytest.fixture(scope="module")
def mark(tmp_path_factory):
    """A file that must not come to be, in a folder that any user may enter."""
    folder = tmp_path_factory.mktemp("mark")
    for path in (folder, *folder.parents[:2]):
        path.chmod(0o755)
    return folder / "mark"


class Class:
    """A jail with its compiled kernels, and all that is needed to grade in it."""

    def __init__(self, tier, mark):
        self.jail = Jail(release_tree("assignment2", notebooks=False), tier, LIMITS)
        self.mark, self.oracles = mark, Oracles(oracles.load())
        self.builds = Builds(self.jail, SECONDS)
        self.right = self.grade("alice", SOLVED)
        self.honest = self.grade("bob", WRONG)

    def grade(self, student, text, seconds=None):
        """A student's record without the times."""
        self.builds.seconds = seconds or SECONDS
        submission = Submission(student, modules={KERNEL: text.encode()})
        seeds, resources = run_seeds(SECRET), hidden_resources(SECRET)
        record = student_record(
            verify(
                submission,
                ROWS,
                self.jail,
                self.oracles,
                seeds,
                resources,
                seconds=60.0,
                builds=self.builds,
            ),
            [],
        )
        for exercise in record["exercises"].values():
            del exercise["seconds"]
            for check in exercise["checks"]:
                del check["error"]
        return record

    def attack(self, name, seconds=None):
        """Grade an attack; its record."""
        top = (
            (CHEATS | ASSAULTS)[name]["top"]
            .replace("{root}", str(ROOT))
            .replace("{mark}", str(self.mark))
        )
        return self.grade("mallory", top + WRONG if "def im2col" not in top else top, seconds)

    def processes(self):
        """What runs in this test's name below it, compilers above all."""
        self.jail.open({}).close()
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                words = Path(path).read_bytes().decode(errors="replace")
            except OSError:
                continue
            if "cc1" in words and str(self.jail._folder) in words:
                found.append(words)
        return found


@pytest.fixture(scope="module")
def classes(mark):
    """One class for each jail, made when it is asked for."""
    made = {}

    def of(tier):
        if tier not in made:
            made[tier] = Class(tier, mark)
        return made[tier]

    yield of
    for class_ in made.values():
        class_.jail.close()


@pytest.fixture(params=[pytest.param("bubblewrap", marks=pytest.mark.jail), "rlimits"])
def class_(request, classes):
    return classes(request.param)


@pytest.fixture
def walled(classes):
    return classes("bubblewrap")


def test_the_right_kernel_has_full_points_and_the_wrong_one_none(class_):
    assert class_.right["score"] == class_.right["max"] > 0
    assert class_.honest["score"] == 0


STATUSES = {"fail", "error", "timeout", "memory"}
ENDLESS = ("a compiler without end", "a compiler that eats")


def withstands(class_, name):
    """Grade an attack; neighbours, the zygote and the compiled kernels must be what they were."""
    zygote = class_.jail._process.pid
    kept = {path: os.stat(path).st_mtime_ns for path in glob.glob(f"{ROOT}/cs231n/*.so")}
    record = class_.attack(name, 6.0 if name in ENDLESS else None)
    assert record["score"] == 0
    assert {e["status"] for e in record["exercises"].values()} <= STATUSES
    assert class_.jail._process.pid == zygote
    assert class_.processes() == []
    assert not class_.mark.exists()
    assert kept == {path: os.stat(path).st_mtime_ns for path in kept}
    assert class_.grade("zoe", SOLVED) == class_.right


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_in_a_kernel_gains_nothing(class_, name):
    withstands(class_, name)


@pytest.mark.jail
@pytest.mark.parametrize("name", ASSAULTS)
def test_an_assault_in_a_kernel_gains_nothing_and_leaves_nothing(walled, name):
    withstands(walled, name)


@pytest.mark.jail
@pytest.mark.parametrize("name", ["a file of the machine, included", "the solution, in C"])
def test_what_a_compiler_says_gives_no_file_away(walled, name):
    message = walled.attack(name)["exercises"][ROWS[0].id]["message"]
    assert "does not compile" in message
    assert "root:" not in message
    assert not any(line in message for line in SOLVED.splitlines() if len(line) > 20)


def test_a_compiler_without_end_is_a_timeout(class_):
    record = class_.attack("a compiler without end", 6.0)
    assert {e["status"] for e in record["exercises"].values()} == {"timeout"}
    assert "takes longer than 6 s to compile" in record["exercises"][ROWS[0].id]["message"]


def test_what_does_not_compile_costs_its_own_exercises_only(class_):
    other = read_table()["conv-cost"]
    solved = (ROOT / other.path).read_bytes()
    submission = Submission("eve", modules={KERNEL: b"for i un x:\n", other.path: solved})
    seeds, resources = run_seeds(SECRET), hidden_resources(SECRET)
    results = verify(
        submission,
        [*ROWS, other],
        class_.jail,
        class_.oracles,
        seeds,
        resources,
        60.0,
        class_.builds,
    )
    assert [result.status for result in results] == ["error", "error", "pass"]
    assert "line 1 does not compile" in results[0].message


def test_released_kernels_are_unwritten_and_built_once_for_all(class_):
    stub = stubs()[KERNEL]
    record = class_.grade("ben", stub)
    assert {e["status"] for e in record["exercises"].values()} == {"not-run"}
    known = dict(class_.builds._known)
    assert class_.grade("ida", stub) == record
    assert class_.builds._known == known


def test_a_jail_that_cannot_compile_says_so_and_judges_nobody(class_, monkeypatch):
    monkeypatch.setattr(
        builds, "_compile", lambda *args: builds.Problem("error", "there is no C compiler here.")
    )
    monkeypatch.setattr(class_, "builds", Builds(class_.jail, SECONDS))
    record = class_.grade("fay", SOLVED)
    for exercise in record["exercises"].values():
        assert exercise["status"] == "not-run"
        assert "No kernel can be compiled in this jail" in exercise["message"]
    assert any("was not judged" in flag for flag in record["flags"])
