"""The kit as a wheel: it holds the library alone, and checks gradients where only NumPy is."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from grading.release.ships import tracked_files

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TRACKED = tracked_files()
OFFLINE = ("--quiet", "--no-index", "--disable-pip-version-check")
pytestmark = pytest.mark.slow

CHECK = """
import importlib.util, json, sys, sysconfig
import numpy as np
from cs231n.gradient_check import check_gradient

x = np.array([[1.0, -2.0, 3.0], [0.5, 0.25, -1.5]])
cube = lambda x: float((x**3).sum())
installed = sysconfig.get_path("purelib")
print(json.dumps({
    "right": check_gradient(cube, x, 3 * x**2).ok,
    "wrong": check_gradient(cube, x, 2 * x**2).ok,
    "used": sorted({name.partition(".")[0] for name, module in sys.modules.items()
                    if (getattr(module, "__file__", None) or "").startswith(installed)}),
    "importable": [name for name in NAMES if importlib.util.find_spec(name)],
}))
"""


def run(*command, cwd, **environment):
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of what git tracks, built by the packages that are here.

    Its kernels, which take a compiler a minute, are left to their twins: test_setup.py builds them.
    """
    tree = tmp_path_factory.mktemp("tree")
    for name in TRACKED:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    pip = (sys.executable, "-m", "pip", "wheel", *OFFLINE, "--no-deps", "--no-build-isolation")
    run(*pip, "--wheel-dir", "out", ".", cwd=tree, CC="false")
    (path,) = tree.glob("out/*.whl")
    return path


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """The Python of an environment that has NumPy and nothing else, not even pip."""
    folder = tmp_path_factory.mktemp("empty")
    run(sys.executable, "-m", "venv", "--without-pip", "venv", cwd=folder)
    python = next(path for path in folder.glob("venv/*/python*") if path.stem == "python")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run(python, "-I", "-c", where, cwd=folder).strip())
    ours, record = Path(np.__file__).parents[1], metadata.distribution("numpy").files
    for name in {file.parts[0] for file in record} - {"..", "__pycache__"}:
        (packages / name).symlink_to(ours / name)
    return python


def test_the_wheel_holds_the_library_alone(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "cs231n",
        f"cs231n_kit-{PROJECT['version']}.dist-info",
    }
    library = {name for name in TRACKED if name.startswith("cs231n/")}
    assert {Path(name).suffix for name in library} >= {".py", ".pyx", ".h", ".html", ".toml"}
    assert library - {"cs231n/README.md"} - set(names) == set()


def test_what_is_required_is_numpy_alone(wheel):
    (name,) = [one for one in zipfile.ZipFile(wheel).namelist() if one.endswith("/METADATA")]
    text = zipfile.ZipFile(wheel).read(name).decode()
    required = re.findall(r"^Requires-Dist: ([\w.-]+)((?!.*extra ==).*)$", text, re.MULTILINE)
    assert [one for one, _ in required] == ["numpy"]
    assert set(re.findall(r"^Provides-Extra: (.+)$", text, re.MULTILINE)) == {
        "plots",
        "course",
        "grading",
        "pretrained",
        "test",
    }


def test_gradients_are_checked_where_only_numpy_is(wheel, empty, tmp_path):
    # with its dependencies, and with no index to get one from
    pip = (sys.executable, "-m", "pip", "--python", empty, "install", *OFFLINE)
    run(*pip, wheel, cwd=tmp_path)
    names = ["grading", "tests", "click", "matplotlib", "PIL", "pip", "cs231n.gradient_check"]
    said = run(empty, "-I", "-c", CHECK.replace("NAMES", repr(names)), cwd=tmp_path)
    assert json.loads(said) == {
        "right": True,
        "wrong": False,
        "used": ["cs231n", "numpy"],
        "importable": ["cs231n.gradient_check"],
    }
