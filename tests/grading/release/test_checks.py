"""Every check of a release catches the fault it is there for."""

import dataclasses
import re

import nbformat
import pytest

from cs231n.checks.table import read_table, select
from grading.release import checks, probe
from grading.release.build import FROZEN, release_tree, solved_texts
from grading.release.checks import (
    Release,
    every_module_imports,
    every_stub_says_so,
    links_lead_somewhere,
    names_of_checks,
    no_marker_is_left,
    no_solution_has_leaked,
    notebooks_are_clean,
    only_expected_files_ship,
    problems,
    set_up_cells_run,
)
from grading.release.freeze import frozen_answers
from grading.release.ships import rows_until, stubs

KNN = "cs231n/classifiers/k_nearest_neighbor.py"
SOLUTION = "                dists[i, j] = np.sqrt(np.sum(difference**2))\n"


@pytest.fixture(scope="module")
def sound():
    """Assignment 1 as it would go out."""
    rows, unsolved = rows_until("assignment1"), stubs("assignment1", False)
    tree = release_tree("assignment1")
    tree[FROZEN] = frozen_answers(rows)
    return Release("assignment1", tree, solved_texts("assignment1", unsolved), rows, unsolved)


@pytest.mark.parametrize(
    "assignment", dict.fromkeys(row.assignment for row in read_table().values())
)
def test_no_assignment_gives_its_solutions_away(assignment):
    unsolved = stubs(assignment, False)
    tree, rows = release_tree(assignment), rows_until(assignment)
    release = Release(assignment, tree, solved_texts(assignment, unsolved), rows, unsolved)
    assert no_solution_has_leaked(release) == []
    assert no_marker_is_left(release) == []


def with_file(release, name, content):
    """The release with a file of other content, or with a function applied to it."""
    if callable(content):
        content = content(release.tree[name].decode())
    return dataclasses.replace(release, tree=release.tree | {name: content.encode()})


def with_cell(release, name, change):
    """The release with `change` applied to the parsed notebook `name`."""

    def edit(text):
        notebook = nbformat.reads(text, as_version=4)
        change(notebook)
        return nbformat.writes(notebook)

    return with_file(release, name, edit)


def test_assignment1_is_fit_to_go_out(sound):
    assert problems(sound) == []


def test_the_checks_have_names_in_words():
    assert names_of_checks()[0] == "no marker is left"
    assert len(names_of_checks()) == len(checks.CHECKS) == 8


@pytest.mark.parametrize("name", [KNN, "assignment1.md", "knn.ipynb"])
@pytest.mark.parametrize("marker", ["### BEGIN SOLUTION", "### END HIDDEN TESTS", "###BEGIN x"])
def test_a_marker_that_is_left_is_found(sound, name, marker):
    faults = no_marker_is_left(with_file(sound, name, f"one\n{marker}\n"))
    assert faults == [f"{name}, line 2: a marker is left: {marker}"]


@pytest.mark.parametrize(
    "name",
    [KNN, "assignment1.md", "README.md", "cs231n/checks/suites/knn.py", "cs231n/checks/api.py"],
)
def test_a_line_of_a_solution_is_found_wherever_it_stands(sound, name):
    leaky = with_file(sound, name, lambda text: text + SOLUTION.strip())
    (fault,) = set(no_solution_has_leaked(leaky)) - set(no_solution_has_leaked(sound))
    assert fault == (
        f"{name}: gives away a solution: "
        "dists [ i , j ] = np . sqrt ( np . sum ( difference * * 2 ) )"
    )


def test_a_solution_spread_over_other_lines_is_found(sound):
    text = "dists[i, j] = np.sqrt(  # a comment\n    np.sum(\n        difference**2\n))"
    leaky = with_file(sound, "cs231n/checks/api.py", text)
    assert any("checks/api.py: gives" in fault for fault in no_solution_has_leaked(leaky))


def test_a_solved_module_is_found(sound):
    solved = re.sub(r" *### (BEGIN|END) SOLUTION.*\n", "", sound.solved[KNN])
    faults = no_solution_has_leaked(with_file(sound, KNN, solved))
    assert any(fault.startswith(f"{KNN}: gives away") for fault in faults)


def test_a_solution_in_a_notebook_cell_is_found(sound):
    def plant(notebook):
        notebook.cells.append(nbformat.v4.new_code_cell(SOLUTION.strip(), id="planted"))

    leaky = with_cell(sound, "features.ipynb", plant)
    assert any("features.ipynb: gives away" in fault for fault in no_solution_has_leaked(leaky))


def test_a_model_answer_is_found(sound):
    answers = [
        cell.source
        for cell in nbformat.reads(sound.solved["knn.ipynb"], as_version=4).cells
        if cell.cell_type == "markdown" and "nbgrader" in cell.metadata
    ]
    assert answers
    for answer in answers:
        leaky = with_file(sound, "assignment1.md", f"By the way: {answer}")
        assert any("assignment1.md: gives" in fault for fault in no_solution_has_leaked(leaky))


def test_an_experiment_that_ships_solved_is_found(sound):
    leaky = with_file(sound, "svm.ipynb", sound.solved["svm.ipynb"])
    assert any("svm.ipynb: gives away" in fault for fault in no_solution_has_leaked(leaky))


@pytest.mark.parametrize(
    "name",
    [
        "grading/oracles/knn.py",
        "tests/test_a.py",
        "cs231n/__pycache__/a.cpython-311.pyc",
        ".ipynb_checkpoints/knn.ipynb",
        "other.ipynb",
        "knn.md",
        "datasets/cache/a.bin",
        "cs231n/secret.txt",
    ],
)
def test_a_file_that_has_no_place_in_a_release_is_found(sound, name):
    faults = only_expected_files_ship(with_file(sound, name, "x"))
    assert faults == [f"{name}: no file of a release"]


@pytest.mark.parametrize("line", ["from grading.oracles import load", "    import tests.x"])
def test_an_import_of_what_does_not_ship_is_found(sound, line):
    (fault,) = only_expected_files_ship(with_file(sound, "cs231n/a.py", f"x = 1\n{line}\n"))
    assert re.fullmatch(r"cs231n/a.py: imports (grading|tests), which does not ship", fault)


def test_an_output_is_found(sound):
    def plant(notebook):
        cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
        cell.outputs = [nbformat.v4.new_output("stream", text="42")]

    (fault,) = notebooks_are_clean(with_cell(sound, "knn.ipynb", plant))
    assert re.fullmatch(r"knn.ipynb: cell \S+ has outputs", fault)


def test_an_execution_count_is_found(sound):
    def plant(notebook):
        next(cell for cell in notebook.cells if cell.cell_type == "code").execution_count = 3

    assert len(notebooks_are_clean(with_cell(sound, "knn.ipynb", plant))) == 1


def test_an_answer_that_is_not_empty_is_found(sound):
    def plant(notebook):
        cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]
        cells[0].source = "42"

    (fault,) = notebooks_are_clean(with_cell(sound, "knn.ipynb", plant))
    assert re.fullmatch(r"knn.ipynb: cell \S+ is answered", fault)


def test_an_invalid_notebook_is_found(sound):
    text = sound.texts["knn.ipynb"].replace('"cell_type": "code"', '"cell_type": "codex"', 1)
    faults = notebooks_are_clean(with_file(sound, "knn.ipynb", text))
    assert faults[0].startswith("knn.ipynb: not a valid notebook: ")


def test_a_dead_link_in_a_document_is_found(sound):
    text = "[a](knn.ipynb) [b](cs231n) [c](datasets/cards/) [d](gone.md) `[e](f.md)`"
    faults = links_lead_somewhere(with_file(sound, "README.md", text))
    assert [fault for fault in faults if fault.startswith("README.md")] == [
        "README.md: the link to gone.md leads nowhere"
    ]


def test_a_dead_link_in_a_notebook_is_found(sound):
    def plant(notebook):
        notebook.cells.append(nbformat.v4.new_markdown_cell("![a](figures/gone.png)", id="a"))

    faults = links_lead_somewhere(with_cell(sound, "knn.ipynb", plant))
    assert "knn.ipynb: the link to figures/gone.png leads nowhere" in faults


def test_a_module_that_does_not_compile_is_found(sound):
    (fault,) = every_module_imports(with_file(sound, "cs231n/broken.py", "def f(:\n"))
    assert fault.startswith("cs231n.broken does not import: SyntaxError")


def test_a_module_that_is_missing_is_not_borrowed_from_the_installed_kit(sound):
    tree = {name: data for name, data in sound.tree.items() if name != "cs231n/features.py"}
    release = dataclasses.replace(sound, tree=tree)
    faults = every_module_imports(with_file(release, "cs231n/a.py", "import cs231n.features\n"))
    missing = "ModuleNotFoundError: No module named 'cs231n.features'"
    assert f"cs231n.a does not import: {missing}" in faults


def test_a_module_from_elsewhere_is_found(sound):
    text = "import sys, types\nsys.modules['grading'] = types.ModuleType('grading')\n"
    text += "sys.modules['grading'].__file__ = '/elsewhere/grading/__init__.py'\n"
    faults = every_module_imports(with_file(sound, "cs231n/sneaky.py", text))
    assert faults == ["grading came from outside the release"]


def test_an_interpreter_that_dies_is_found(sound):
    (fault,) = every_module_imports(with_file(sound, "cs231n/dies.py", "import os\nos._exit(7)\n"))
    assert fault == "the release does not run: exit code 7: no message"


def test_a_release_that_hangs_is_found(sound, monkeypatch):
    monkeypatch.setattr(probe, "SECONDS", 3)
    text = "import time\ntime.sleep(60)\n"
    (fault,) = every_module_imports(with_file(sound, "cs231n/sleeps.py", text))
    assert fault == "the release does not run: no answer within 3 s"


def test_an_exercise_that_ships_solved_is_found(sound):
    solved = re.sub(r" *### (BEGIN|END) SOLUTION.*\n", "", sound.solved[KNN])
    faults = every_stub_says_so(with_file(sound, KNN, solved))
    assert "exercise knn-two-loops is pass, not not-run: " in faults
    assert f"{KNN}: no stub names knn-two-loops" in faults


def test_a_stub_that_fails_otherwise_is_found(sound):
    row = select("knn-two-loops")[0]
    text = sound.texts[KNN].replace(f'NotImplementedError("{row.id}: ', 'ValueError("')
    faults = every_stub_says_so(with_file(sound, KNN, text))
    assert any(fault.startswith("exercise knn-two-loops is error, not not-run") for fault in faults)


def test_an_earlier_exercise_that_does_not_pass_is_found(sound):
    later = dataclasses.replace(sound, unsolved=sound.unsolved - {"knn-two-loops"})
    (fault,) = every_stub_says_so(later)
    assert fault.startswith("exercise knn-two-loops is not-run, not pass: Not written yet")


def test_a_set_up_cell_that_fails_is_found(sound):
    def plant(notebook):
        cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
        cell.source += "\nimport cs231n.gone"

    (fault,) = set_up_cells_run(with_cell(sound, "knn.ipynb", plant))
    assert fault.startswith("knn.ipynb: its set-up cell fails: ModuleNotFoundError")


def test_checking_leaves_the_release_as_it_was(sound):
    before = dict(sound.tree)
    problems(sound)
    assert sound.tree == before
