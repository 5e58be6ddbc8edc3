"""What is said about compiled kernels, whether they are there or not."""

import os
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from cs231n.kernels import status


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A folder that stands for the package, in which each test puts kernels."""
    monkeypatch.setattr(status, "PACKAGE", tmp_path)
    return tmp_path


def test_kernels_are_compiled_or_said_to_run_in_numpy():
    said = status.announce()
    assert said.startswith("Kernels: ")
    assert "compiled" in said


def test_without_kernels_none_are_needed(package):
    assert status.announce() == "Kernels: none are needed for this assignment."


def test_a_kernel_with_a_module_beside_it_is_compiled(package):
    for name in ("im2col.pyx", f"im2col{EXTENSION_SUFFIXES[0]}"):
        (package / name).touch()
    assert status.announce() == "Kernels: compiled (im2col)."


def test_each_kernel_that_is_not_compiled_is_named(package):
    for name in ("im2col.pyx", f"im2col{EXTENSION_SUFFIXES[0]}", "slow_one.pyx", "slow_two.pyx"):
        (package / name).touch()
    assert status.announce().startswith("Kernels: slow_one, slow_two not compiled")
    assert "Install a C compiler and run `python -m cs231n build`" in status.announce()


def test_a_kernel_that_changed_since_is_named(package):
    compiled = package / f"im2col{EXTENSION_SUFFIXES[0]}"
    compiled.touch()
    (package / "im2col.pyx").touch()
    os.utime(compiled, (1, 1))
    assert status.announce() == (
        "Kernels: im2col changed since it was compiled; run `python -m cs231n build`."
    )
