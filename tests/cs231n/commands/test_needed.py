"""Without the environment the command lines say so in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cs231n.commands.support.needed import missing_package_in_a_sentence

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.assignment1


def run_without(package, program, folder):
    """Run `python -m program` in a Python that has every package but one; None for no package."""
    packages = Path(click.__file__).parents[1]
    for path in packages.iterdir() if package else []:
        if not path.name.startswith(package):
            (folder / path.name).symlink_to(path)
    return subprocess.run(
        [sys.executable, "-S", "-m", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("program", ["cs231n", "grading"])
@pytest.mark.parametrize(("without", "named"), [(None, "click"), ("numpy", "numpy")])
def test_a_python_without_the_packages_is_told_in_one_sentence(program, without, named, tmp_path):
    done = run_without(without, program, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"{program} needs {named}, which this Python ({sys.executable}) does not have: "
        "activate the environment, or make one as README.md says.\n"
    )


@pytest.mark.parametrize("name", ["cs231n.nothing", "cs231n", "grading", "numpy.nothing", None])
def test_what_is_no_missing_package_is_raised_as_it_came(name):
    with (
        pytest.raises(ModuleNotFoundError, match="No module"),
        missing_package_in_a_sentence("cs231n"),
    ):
        raise ModuleNotFoundError("No module", name=name)


def test_another_import_error_is_raised_as_it_came():
    with (
        pytest.raises(ImportError, match="cannot import name 'nothing'"),
        missing_package_in_a_sentence("cs231n"),
    ):
        from cs231n.files import nothing  # noqa: F401


def test_a_missing_package_ends_the_program_with_the_sentence():
    with (
        pytest.raises(SystemExit, match=r"^grading needs absent, which this Python"),
        missing_package_in_a_sentence("grading"),
    ):
        import absent  # noqa: F401
