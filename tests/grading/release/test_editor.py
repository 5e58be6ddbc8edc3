"""VS Code finds the environment, the notebooks' folder and the extensions without a question."""

import fnmatch
import json

import pytest

from grading.release.checks import EXPECTED
from grading.release.editor import editor_files
from grading.release.project import GITIGNORE

FILES = {name: json.loads(text) for name, text in editor_files("cs231n-assignment1").items()}
SETTINGS = FILES[".vscode/settings.json"]
CONTAINER = FILES[".devcontainer/devcontainer.json"]


def test_a_release_expects_these_files():
    assert set(FILES) < set(EXPECTED)


def test_the_container_makes_the_environment_that_the_settings_name():
    assert SETTINGS["python.defaultInterpreterPath"] == "${workspaceFolder}/.venv"
    assert SETTINGS["jupyter.notebookFileRoot"] == "${workspaceFolder}"
    made, _, installed = CONTAINER["postCreateCommand"].partition(" && ")
    assert made == "python -m venv .venv"
    assert installed == ".venv/bin/python -m pip install --editable ."


def test_the_container_has_a_compiler_and_asks_for_nothing():
    name, _, tag = CONTAINER["image"].partition(":")
    assert name == "python"
    assert "slim" not in tag
    assert "alpine" not in tag
    assert "forwardPorts" not in CONTAINER
    assert CONTAINER["name"] == "cs231n-assignment1"


def test_the_container_has_the_recommended_extensions():
    extensions = FILES[".vscode/extensions.json"]["recommendations"]
    assert CONTAINER["customizations"]["vscode"]["extensions"] == extensions


@pytest.mark.parametrize(
    "name",
    [
        "cs231n/__pycache__",
        "cs231n/kernels/conv_kernels.c",
        "cs231n/kernels/conv_kernels.cpython-313-darwin.so",
        "cs231n_assignment1.egg-info",
    ],
)
def test_what_is_generated_is_hidden_and_not_committed(name):
    hidden = [pattern.removeprefix("**/") for pattern in SETTINGS["files.exclude"]]
    ignored = [line.rstrip("/") for line in GITIGNORE.splitlines()]
    last = name.rpartition("/")[2]
    for patterns in (hidden, ignored):
        assert any(fnmatch.fnmatch(name, p) or fnmatch.fnmatch(last, p) for p in patterns), patterns


@pytest.mark.parametrize("name", ["knn.ipynb", "cs231n/layers.py", "cs231n/im2col_cython.pyx"])
def test_what_students_open_is_not_hidden(name):
    hidden = [pattern.removeprefix("**/") for pattern in SETTINGS["files.exclude"]]
    assert not any(fnmatch.fnmatch(name, pattern) for pattern in hidden)
