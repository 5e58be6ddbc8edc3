"""Notebooks are built from their Markdown halves, and the halves keep the rules."""

import re
from pathlib import Path

import nbformat
import pytest

from cs231n.checks.table import Exercise
from grading.authoring.notebooks import (
    NotebookError,
    as_bytes,
    build_all,
    build_pair,
    cell_ids,
    lint,
    read_cells,
)

AUTHORING = Path(__file__).resolve().parents[3] / "docs" / "authoring.md"


def row(name, notebook="knn", kind="code", points=3):
    function = "cs231n.knn:KNearestNeighbor.distances" if kind != "written" else ""
    return Exercise(
        name, "assignment1", notebook, "A title", points, "How far?", function, kind=kind
    )


TABLE = {
    "knn-two-loops": row("knn-two-loops"),
    "knn-question-distances": row("knn-question-distances", kind="written", points=1),
    "svm-loss": row("svm-loss", "svm"),
}


def example():
    """The notebook that docs/authoring.md shows, whole."""
    return re.search(r"````markdown\n(.*?)\n````", AUTHORING.read_text(), re.DOTALL)[1]


def faults(text, table=TABLE):
    return lint(read_cells(text), "knn", table)


def cell_of(notebook, identity):
    return next(cell for cell in notebook.cells if cell.id == identity)


@pytest.fixture
def built():
    return build_pair(example(), "knn", TABLE)


def test_the_pairs_of_the_repository_are_in_step():
    assert build_all(check=True) == []


def test_the_example_of_the_guide_keeps_the_rules():
    assert faults(example()) == []


def test_a_check_becomes_a_locked_test_with_the_points_of_the_table(built):
    assert cell_of(built, "knn-two-loops").metadata["nbgrader"] == {
        "grade": True,
        "grade_id": "knn-two-loops",
        "locked": True,
        "points": 3,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }


def test_an_answer_becomes_a_cell_that_a_person_grades(built):
    cell = cell_of(built, "knn-question-distances")
    marks = cell.metadata["nbgrader"]
    assert cell.cell_type == "markdown"
    assert (marks["grade"], marks["solution"], marks["locked"]) == (True, True, False)
    assert marks["points"] == 1


def test_an_experiment_keeps_its_todo_where_nbgrader_leaves_it(built):
    cell = cell_of(built, "knn-look")
    assert cell.source == (
        "# TODO (knn-look): choose the number of a test picture\n"
        "### BEGIN SOLUTION\nnumber = 7\n### END SOLUTION\nprint(number)"
    )
    assert "points" not in cell.metadata["nbgrader"]


def test_prose_is_plain_and_ends_in_the_hint_of_the_table(built):
    index = [cell.id for cell in built.cells].index("knn-two-loops")
    task = built.cells[index - 1]
    assert task.metadata == {}
    assert task.source.endswith(
        "<details><summary>Hint (knn-two-loops, 3 points)</summary>\n\nHow far?\n\n"
        "Write it in `cs231n/knn.py`: `KNearestNeighbor.distances`.\n\n</details>"
    )


def test_one_point_is_no_points(built):
    assert any("(knn-question-distances, 1 point)" in cell.source for cell in built.cells)


def test_the_same_text_gives_the_same_bytes(built):
    assert as_bytes(build_pair(example(), "knn", TABLE)) == as_bytes(built)


def test_a_built_notebook_is_valid_and_has_no_outputs(built):
    nbformat.validate(nbformat.reads(as_bytes(built).decode(), as_version=4))
    assert all(not cell.get("outputs") for cell in built.cells)


def test_an_edit_in_one_section_leaves_the_ids_of_the_others_alone():
    before = cell_ids(read_cells("# A\n\n## 1. B\n\nx\n\n## 2. C\n\ny"))
    after = cell_ids(read_cells("# A\n\n## 1. B\n\nx\n\n\nmore\n\n## 3. C\n\ny"))
    assert before == ["a-1", "b-1", "c-1"]
    assert after == ["a-1", "b-1", "b-2", "c-1"]


def test_headings_that_collide_with_each_other_or_a_name_still_give_ids():
    text = '# Same\n\n## Same\n\n```python check="same-1"\nx\n```\n\n# 你好'
    assert cell_ids(read_cells(text)) == ["same-2", "same-3", "same-1", "top-1"]


def without(text):
    return example().replace(text, "", 1)


def instead(old, new):
    assert old in example()
    return example().replace(old, new, 1)


CHECK = '```python check="knn-two-loops"\ncheck("knn-two-loops")\n```\n'
REGION = "### BEGIN SOLUTION: choose the number of a test picture\nnumber = 7\n### END SOLUTION"
LONG = "\n".join(f"x{n} = {n}" for n in range(26))
BROKEN = {
    "check missing": (without(CHECK), "exercise knn-two-loops is in the table, but not here"),
    "check twice": (instead(CHECK, f"{CHECK}\nAgain.\n\n{CHECK}"), "'knn-two-loops' names 2 cells"),
    "unknown check": (
        example() + '\nx\n\n```python check="knn-foo"\ncheck("knn-foo")\n```\n',
        "check knn-foo: no exercise of that name is in cs231n/checks/exercises/",
    ),
    "check of another notebook": (
        example() + '\nx\n\n```python check="svm-loss"\ncheck("svm-loss")\n```\n',
        "check svm-loss: exercise svm-loss belongs to the notebook svm",
    ),
    "check with more": (
        instead('check("knn-two-loops")\n', 'print(1)\ncheck("knn-two-loops")\n'),
        'the cell should be check("knn-two-loops") and nothing else',
    ),
    "check without task": (
        instead(CHECK, f"```python\nx = 1\n```\n\n{CHECK}"),
        "check knn-two-loops: the cell above it should be its task",
    ),
    "answer tag on a function": (
        instead(CHECK, '<!-- #region answer="knn-two-loops" -->\nx\n<!-- #endregion -->\n'),
        "a code exercise needs a cell with the tag check",
    ),
    "long cell": (example() + f"\n```python\n{LONG}\n```\n", "26 lines of code; at most 25"),
    "long set-up": (
        instead("import numpy as np\n", "import numpy as np\n" + 3 * "import re\n"),
        "the set-up has 9 lines; at most 8",
    ),
    "no set-up": ("# A\n\nwords", "the first code cell should be the set-up"),
    "no title": (instead("# Nearest", "## Nearest"), "the first cell should be the title"),
    "unknown tag": (
        example() + "\n```python points=3\nx = 1\n```\n",
        "tag 'points' is unknown; there are check, answer, experiment",
    ),
    "two tags": (
        example() + '\n```python check="a" points=3\nx = 1\n```\n',
        "tag 'check points' is unknown",
    ),
    "raw cell": (example() + "\n<!-- #raw -->\nx\n<!-- #endraw -->\n", "tag 'raw' is unknown"),
    "experiment of prose": (
        example() + '\n<!-- #region experiment="a" -->\nx\n<!-- #endregion -->\n',
        "experiment a: experiment should be a code cell",
    ),
    "bad name": (
        instead('experiment="knn-look"', 'experiment="knn look"'),
        "name 'knn look' should be lower-case words joined by '-'",
    ),
    "magic": (example() + "\n```bash\nls\n```\n", "a cell magic; open the fence with ```text"),
    "empty cell": (example() + "\n```python\n\n```\n", "the cell is empty"),
    "no region": (instead(REGION, "number = 7"), "an experiment needs a region"),
    "open region": (instead("### END SOLUTION\n", ""), "an experiment needs a region"),
    "no words": (instead(": choose the number of a test picture", ""), "BEGIN SOLUTION: the TODO'"),
    "nested": (instead("number = 7", "### BEGIN SOLUTION: x"), "marker '### BEGIN SOLUTION: x'"),
    "stray end": (instead(REGION, "### END SOLUTION"), "marker '### END SOLUTION'"),
    "hidden tests": (instead("number = 7", "### BEGIN HIDDEN TESTS"), "### BEGIN HIDDEN TESTS"),
    "marker in plain code": (
        example() + f"\n```python\n{REGION}\n```\n",
        "solution markers belong into experiments only",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_named(case):
    text, message = BROKEN[case]
    assert any(message in fault for fault in faults(text)), faults(text)


@pytest.mark.parametrize("case", BROKEN)
def test_a_notebook_that_breaks_a_rule_is_not_built(case):
    text, message = BROKEN[case]
    with pytest.raises(NotebookError, match=re.escape(message)):
        build_pair(text, "knn", TABLE)


def test_a_tuning_check_may_stand_under_its_experiment():
    table = {"net-tuned": row("net-tuned", "knn", kind="tuning")}
    text = example().split("## Two loops")[0] + (
        '## Tune\n\n```python experiment="search"\n### BEGIN SOLUTION: try\nx = 1\n'
        '### END SOLUTION\n```\n\n```python check="net-tuned"\ncheck("net-tuned")\n```\n'
    )
    assert faults(text, table) == []


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder of two assignments' notebooks, with the table that belongs to it."""
    monkeypatch.setattr(
        "grading.authoring.notebooks.read_table", lambda: TABLE | {"svm-loss": TABLE_ROW}
    )
    folder = tmp_path / "assignment1"
    folder.mkdir()
    (folder / "README.md").write_text("the handout is no notebook")
    (folder / "knn.md").write_text(example())
    return folder


TABLE_ROW = row("svm-loss", "other")


def test_what_was_built_is_in_step_until_its_half_changes(course):
    assert build_all(check=True, folder=course.parent) == [course / "knn.ipynb"]
    assert not (course / "knn.ipynb").exists()
    assert build_all(folder=course.parent) == [course / "knn.ipynb"]
    assert build_all(folder=course.parent) == []
    (course / "knn.md").write_text(instead("A picture is", "Every picture is"))
    assert build_all(check=True, folder=course.parent) == [course / "knn.ipynb"]


def test_all_faults_are_told_at_once_and_nothing_is_written(course):
    (course / "knn.md").write_text(without(CHECK))
    (course / "svm.md").write_text("no title")
    with pytest.raises(NotebookError) as caught:
        build_all(folder=course.parent)
    assert "knn.md: exercise knn-two-loops is in the table" in str(caught.value)
    assert "svm.md: the first cell should be the title" in str(caught.value)
    assert not list(course.glob("*.ipynb"))


def test_a_set_up_of_its_own_is_refused(course):
    (course / "other.md").write_text(instead("import numpy as np", "import numpy"))
    with pytest.raises(NotebookError, match=r"other.md: its set-up cell is not the one of knn.md"):
        build_all(folder=course.parent)


def test_a_notebook_without_its_half_is_refused(course):
    (course / "lost.ipynb").write_text("{}")
    with pytest.raises(NotebookError, match=r"assignment1/lost.ipynb: no .md half"):
        build_all(folder=course.parent)
