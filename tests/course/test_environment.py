"""The conda files ask for what pyproject.toml asks for, and for nothing else."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from grading.release.project import CONDA_NAMES, conda_environment, student_pyproject

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
EXTRAS = ("course", "grading", "test")


def asked_for(environment):
    """(requirements by conda, requirements by pip) of an environment.yml, under their pip names."""
    *conda, last = yaml.safe_load(environment)["dependencies"]
    names = {conda_name: name for name, conda_name in CONDA_NAMES.items()}
    pairs = [spec.partition(" ") for spec in conda]
    return [names.get(name, name) + ranges for name, _, ranges in pairs], last["pip"]


def test_environment_yml_is_what_pyproject_makes_of_it():
    expected = conda_environment(PYPROJECT, PROJECT["name"], EXTRAS)
    assert (ROOT / "environment.yml").read_text() == expected, "copy the expected text into it"


def test_environment_yml_asks_for_every_requirement_once():
    conda, pip = asked_for((ROOT / "environment.yml").read_text())
    groups = [PROJECT["optional-dependencies"][name] for name in EXTRAS]
    wanted = [spec for group in [PROJECT["dependencies"], *groups] for spec in group]
    assert conda[:2] == [f"python{PROJECT['requires-python']}", "pip"]
    assert sorted([*conda[2:], *pip]) == sorted([*wanted, "--editable .[course,grading,test]", "--editable ./grading"])


def test_a_requirement_added_to_pyproject_is_missed():
    text = PYPROJECT.replace("dependencies = [\n", 'dependencies = [\n  "scipy>=1.11",\n', 1)
    conda, _ = asked_for(conda_environment(text, "x"))
    assert "scipy>=1.11" in conda


@pytest.fixture
def student():
    return tomllib.loads(student_pyproject(PYPROJECT, "assignment1", kernels=False))


def test_students_get_the_same_ranges_and_no_more(student):
    assert student["project"]["dependencies"] == PROJECT["dependencies"]
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
        "*.pyx",
        "*.h",
    ]
    asked = tomllib.loads(text)["project"]["dependencies"]
    # students compile what they write, not only when they install
    assert asked == [*PROJECT["dependencies"], "setuptools>=70", "cython>=3.0,<4"]


def test_students_conda_file_follows_their_pyproject(student):
    text = student_pyproject(PYPROJECT, "assignment1", kernels=False)
    conda, pip = asked_for(conda_environment(text, "cs231n-assignment1"))
    assert conda[2:] == PROJECT["dependencies"]
    assert pip == ["--editable ."]
