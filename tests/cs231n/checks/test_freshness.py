"""In a notebook, a check judges what the file says now."""

import importlib
import os
import sys

import pytest

from cs231n.checks import freshness
from cs231n.checks.failures import StudentError
from cs231n.checks.freshness import AUTORELOAD, bring_in
from cs231n.checks.student import LocalSession, Student

TICKS = iter(range(10**9, 10**10, 10**6))


@pytest.fixture
def notebook():
    """As after `%load_ext autoreload`, and forgotten afterwards."""
    importlib.import_module(AUTORELOAD)
    yield
    del sys.modules[AUTORELOAD]


@pytest.fixture
def module(tmp_path, monkeypatch):
    """An imported package of one module, beginner/work.py, and a function that writes it."""
    (tmp_path / "beginner").mkdir()
    (tmp_path / "beginner/__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(freshness, "_loaded", {})
    monkeypatch.setattr(freshness, "_old_objects", {})

    def save(text):
        file = tmp_path / "beginner/work.py"
        file.write_text(text)
        os.utime(file, (next(TICKS) / 1e3,) * 2)

    save("class Work:\n    def answer(self):\n        return 1\n")
    import beginner.work as module

    yield module, save
    del sys.modules["beginner.work"], sys.modules["beginner"]


def test_an_edit_reaches_an_object_made_before(module, notebook):
    work, save = module
    made_before = work.Work()
    for answer in (2, 3):
        save(f"class Work:\n    def answer(self):\n        return {answer}\n")
        bring_in("beginner.work")
        assert made_before.answer() == answer


def test_a_file_is_loaded_once(module, notebook):
    work, save = module
    save("loaded = []\n")
    bring_in("beginner.work")
    loaded = work.loaded
    bring_in("beginner.work")
    assert work.loaded is loaded


def test_outside_a_notebook_nothing_is_loaded_anew(module, monkeypatch):
    monkeypatch.delitem(sys.modules, AUTORELOAD, raising=False)
    work, save = module
    save("class Work:\n    def answer(self):\n        return 2\n")
    bring_in("beginner.work")
    assert work.Work().answer() == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("class Work:\n    def answer(self:\n", "SyntaxError: .*work.py, line 2"),
        ("import no_such_thing\n", "ModuleNotFoundError: No module named 'no_such_thing'"),
    ],
)
def test_a_text_that_does_not_load_is_told_until_it_is_mended(module, notebook, text, error):
    _, save = module
    save(text)
    for _ in range(2):
        student = Student(LocalSession("beginner", module="beginner.work"))
        with pytest.raises(StudentError, match=error):
            student.work.Work()
    save("class Work:\n    def answer(self):\n        return 5\n")
    assert Student(LocalSession("beginner", module="beginner.work")).work.Work().answer() == 5


def test_a_module_that_is_not_imported_yet_is_left_alone(notebook):
    bring_in("beginner.nothing")
    assert "beginner.nothing" not in sys.modules
