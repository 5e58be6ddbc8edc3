"""The conda files ask for what pyproject.toml asks for, and for nothing else."""

import io
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from cs231n.commands.info import NEWEST
from grading.release.project import CONDA_NAMES, conda_environment, student_pyproject

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
EXTRAS = ("course", "grading", "test")
COURSE = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["course"]]


def asked_for(environment):
    """(requirements by conda, requirements by pip) of an environment.yml, under their pip names."""
    *conda, last = yaml.safe_load(environment)["dependencies"]
    names = {conda_name: name for name, conda_name in CONDA_NAMES.items()}
    pairs = [spec.partition(" ") for spec in conda]
    return [names.get(name, name) + ranges for name, _, ranges in pairs], last["pip"]


def test_environment_yml_is_what_pyproject_makes_of_it():
    expected = conda_environment(PYPROJECT, PROJECT["name"], EXTRAS, ("./grading",))
    assert (ROOT / "environment.yml").read_text() == expected, "copy the expected text into it"


def test_environment_yml_asks_for_every_requirement_once():
    conda, pip = asked_for((ROOT / "environment.yml").read_text())
    groups = [PROJECT["optional-dependencies"][name] for name in EXTRAS]
    wanted = [spec for group in [PROJECT["dependencies"], *groups] for spec in group]
    assert conda[:2] == [f"python{PROJECT['requires-python']}", "pip"]
    editable = ["--editable .[course,grading,test]", "--editable ./grading"]
    assert sorted([*conda[2:], *pip]) == sorted([*wanted, *editable])


def test_a_requirement_added_to_pyproject_is_missed():
    text = PYPROJECT.replace("dependencies = [\n", 'dependencies = [\n  "scipy>=1.11",\n', 1)
    conda, _ = asked_for(conda_environment(text, "x"))
    assert "scipy>=1.11" in conda


@pytest.fixture
def student():
    return tomllib.loads(student_pyproject(PYPROJECT, "assignment1", kernels=False))


def test_students_get_the_same_ranges_and_no_more(student):
    assert student["project"]["dependencies"] == COURSE
    assert student["project"]["requires-python"] == PROJECT["requires-python"]
    assert "optional-dependencies" not in student["project"]
    assert "entry-points" not in student["project"]


def test_students_get_a_package_of_their_own_name(student):
    assert student["project"]["name"] == "cs231n-assignment1"
    assert student["tool"]["setuptools"]["packages"]["find"]["include"] == ["cs231n*"]


def test_without_kernels_no_compiler_is_asked_for(student):
    assert [re.match("[a-z]+", one)[0] for one in student["build-system"]["requires"]] == [
        "setuptools"
    ]


def test_with_kernels_the_build_needs_what_ours_needs():
    text = student_pyproject(PYPROJECT, "assignment2", kernels=True)
    ours = tomllib.loads(PYPROJECT)["build-system"]["requires"]
    assert tomllib.loads(text)["build-system"]["requires"] == ours
    assert tomllib.loads(text)["tool"]["setuptools"]["package-data"]["cs231n"] == [
        "**/*.pyx",
        "**/*.h",
        "**/*.html",
        "**/*.js",
        "**/*.css",
    ]
    asked = tomllib.loads(text)["project"]["dependencies"]
    # students compile what they write, not only when they install
    assert asked == [*COURSE, "setuptools>=70", "cython>=3.0,<4"]


def test_students_conda_file_follows_their_pyproject(student):
    text = student_pyproject(PYPROJECT, "assignment1", kernels=False)
    conda, pip = asked_for(conda_environment(text, "cs231n-assignment1"))
    assert conda[2:] == COURSE
    assert pip == ["--editable ."]


def test_every_requirement_has_its_reason_beside_it():
    texts = [PYPROJECT, student_pyproject(PYPROJECT, "assignment2", kernels=True)]
    rows = [row for text in texts for row in re.findall(r'^  "\S+[<>=]=.*$', text, re.MULTILINE)]
    assert len(rows) > 40
    assert [row for row in rows if not re.search("#|scikit-image", row)] == []


def test_gradient_check_brings_numpy_alone():
    assert [re.match("[a-z]+", one)[0] for one in PROJECT["dependencies"]] == ["numpy"]
    course = PROJECT["optional-dependencies"]["course"]
    assert set(PROJECT["optional-dependencies"]["plots"]) < set(course)


def test_the_grader_is_a_distribution_of_its_own_with_the_oracles():
    grading = tomllib.loads((ROOT / "grading/pyproject.toml").read_text())["project"]
    assert grading["entry-points"] == {"cs231n.oracles": {"grading": "grading.oracles:load"}}
    assert "entry-points" not in PROJECT
    for key in ("version", "license", "requires-python"):
        assert grading[key] == PROJECT[key]


def test_the_oracles_are_found_where_setup_has_been():
    assert [one.value for one in metadata.entry_points(group="cs231n.oracles")] == [
        "grading.oracles:load"
    ]


def check_python(version):
    """Whether the Makefile's check ends at a Python of this version, and what it says."""
    makefile = (ROOT / "Makefile").read_text()
    code = re.search(r"^define CHECK_PYTHON\n(.*?)^endef", makefile, re.MULTILINE | re.DOTALL)[1]
    said = io.StringIO()
    fake = SimpleNamespace(version_info=version, exit=sys.exit, stderr=said)
    try:
        exec(code.replace("import sys\n", ""), {"sys": fake})
    except SystemExit as end:
        return True, end.code
    return False, said.getvalue()


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (
            (3, 10, 13),
            (
                True,
                "The kit needs Python 3.11 or newer; this is Python 3.10. "
                "Name one: make PYTHON=python3.12 ...",
            ),
        ),
        ((3, 11, 0), (False, "")),
        ((*NEWEST, 2), (False, "")),
        (
            (3, 15, 0),
            (False, "The kit knows Python up to 3.14; this is Python 3.15, and it goes on.\n"),
        ),
    ],
)
def test_make_refuses_an_old_python_and_warns_of_one_it_does_not_know(version, expected):
    assert check_python(version) == expected


def test_every_place_names_the_same_pythons():
    oldest, newest = PROJECT["requires-python"].removeprefix(">="), ".".join(map(str, NEWEST))
    versions = [f"3.{minor}" for minor in range(int(oldest[2:]), NEWEST[1] + 1)]
    assert PROJECT["classifiers"] == [f"Programming Language :: Python :: {v}" for v in versions]
    for name in ("README.md", "assignments/README.md", "CONTRIBUTING.md"):
        assert f"Python {oldest} to {newest}" in " ".join((ROOT / name).read_text().split())
