"""Kernels build on install, with bounds checks when asked, and the kit works where they do not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture
def copy(tmp_path):
    """The library without compiled kernels, and what builds them."""
    ignored = shutil.ignore_patterns("*.so", "*.c", "__pycache__")
    shutil.copytree(ROOT / "cs231n", tmp_path / "cs231n", ignore=ignored)
    shutil.copy(ROOT / "setup.py", tmp_path)
    return tmp_path


def run(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def announced(folder):
    return run(folder, "-c", "from cs231n.kernels.status import announce; print(announce())").stdout


@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
def test_kernels_keep_within_bounds(copy):
    for kernel in copy.glob("cs231n/**/*.pyx"):
        text = kernel.read_text()
        assert "boundscheck=False" in text
        kernel.write_text(text.replace("boundscheck=False", "boundscheck=True"))
    build = run(copy, "setup.py", "build_ext", "--inplace")
    assert build.returncode == 0, build.stderr[-2000:]
    assert announced(copy).startswith("Kernels: compiled")
    helpers = (ROOT / "tests" / "helpers").glob("*.py")
    for path in [*helpers, ROOT / "tests" / "conftest.py", ROOT / "tests/cs231n/test_im2col.py"]:
        shutil.copy(path, copy)
    tests = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_im2col.py")
    assert tests.returncode == 0, tests.stdout[-2000:]
    assert "skipped" not in tests.stdout


def test_without_a_compiler_the_build_succeeds_and_says_what_is_missing(copy):
    build = run(copy, "setup.py", "build_ext", "--inplace", CC="false")
    assert build.returncode == 0, build.stderr[-2000:]
    assert list(copy.glob("cs231n/**/*.so")) == []
    assert "their NumPy twins run" in announced(copy)
    code = (
        "import sys\n"
        # an installed kit, which would lend its kernel to this copy, is out of the way
        "sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]\n"
        "from cs231n import im2col\n"
        "print(im2col.KERNELS)"
    )
    assert run(copy, "-c", code).stdout == "numpy\n"
