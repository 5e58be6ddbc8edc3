"""Submissions that import modules by the names of earlier releases."""

import importlib
import subprocess
import sys

import pytest

from grading.intake.moved import moved, stand_ins, today

BASE = {"cs231n/__init__.py": b"", "cs231n/kernels/__init__.py": b""}
BASE["cs231n/kernels/windows.py"] = b"PLACES = 3\n"


@pytest.mark.parametrize(
    "line",
    [
        b"from cs231n.windows import PLACES as got",
        b"import cs231n.windows\ngot = cs231n.windows.PLACES",
        b"from cs231n import windows\ngot = windows.PLACES",
        b"from .windows import PLACES as got",
        b"import importlib\ngot = importlib.import_module('cs231n.windows').PLACES",
    ],
)
def test_a_module_is_found_at_its_old_place(tmp_path, line):
    files = {**BASE, **stand_ins([line], BASE), "cs231n/mine.py": line}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    code = "from cs231n.mine import got; print(got)"
    run = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout == "3\n"


def test_nothing_stands_in_where_nothing_asks_for_it():
    assert stand_ins([b"from cs231n.kernels.windows import PLACES, windowed"], {}) == {}
    assert stand_ins([b"import numpy as np"], BASE) == {}


def test_nothing_of_the_release_is_replaced_or_shadowed():
    base = {**BASE, "cs231n/windows.py": b"mine = 1"}
    assert stand_ins([b"import cs231n.windows"], base) == {}
    base = {**BASE, "cs231n/windows/__init__.py": b"mine = 1"}
    assert stand_ins([b"import cs231n.windows"], base) == {}


def test_every_moved_module_is_where_the_list_says():
    assert len(moved()) > 90
    for old, new in moved().items():
        importlib.import_module(new)
        assert today(old) == new
    assert today("cs231n.windows.count_places") == "cs231n.kernels.windows.count_places"
    assert today("cs231n.layers.affine_forward") == "cs231n.layers.affine_forward"
