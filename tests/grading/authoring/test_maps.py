"""The maps in README pages say what is there, and nothing else."""

import pytest

from cs231n.checks.table import Exercise, read_table
from grading.authoring.maps import ROOT, build_maps, fill, texts_below
from grading.release.build import release_tree

TEXTS = {
    "cs231n/__init__.py": '"""The library."""',
    "cs231n/layers.py": '"""Layers: one | two. More words.\n\nMuch more."""',
    "cs231n/fast.pyx": '# cython: x\n"""Compiled\nloops. More."""\ncdef int x',
    "cs231n/topic/__init__.py": '"""A topic.\n\nStudents write `a.py`.\n\nSo::\n\n    x = 1\n"""',
    "cs231n/topic/a.py": '"""What a does."""',
    "cs231n/topic/deep/__init__.py": '"""Deep inside."""',
}
ROWS = [
    Exercise("one", "assignment1", "first", "One", 1, "?", "cs231n.topic.a:one"),
    Exercise("two", "assignment1", "first", "Two", 1, "?", "cs231n.layers:two"),
    Exercise("why", "assignment1", "first", "Why", 1, "?", kind="written"),
]


def filled(kind):
    return fill(f"before\n<!-- map: {kind} -->\nold\n<!-- end of map -->\nafter", TEXTS, ROWS)


def test_the_map_of_files_has_a_sentence_for_each_and_a_star_where_students_write():
    text = filled("files cs231n")
    assert "| [`layers.py`](layers.py) | Layers: one \\| two | * |" in text
    assert "| [`fast.pyx`](fast.pyx) | Compiled loops |  |" in text
    assert "### `topic/`\n\nA topic. Students write `a.py`.\n\n" in text
    assert "| [`a.py`](topic/a.py) | What a does | * |" in text
    assert "__init__" not in text


def test_the_map_of_topics_names_what_students_write_there():
    text = filled("topics cs231n")
    assert "| [`cs231n/topic/`](cs231n/topic) | A topic | `a.py` |" in text
    assert "deep" not in text


def test_the_map_of_notebooks_names_the_files_in_the_order_of_the_exercises():
    assert "| 1 | `first` | `topic/a.py`, `layers.py` |" in filled("notebooks")


def test_what_is_outside_a_map_stays_and_a_map_made_twice_is_the_same():
    text = filled("notebooks")
    assert text.startswith("before\n<!--")
    assert text.endswith("-->\nafter")
    assert "old" not in text
    assert fill(text, TEXTS, ROWS) == text


def test_the_maps_of_the_repository_are_in_step():
    assert build_maps(check=True) == []


def test_a_page_out_of_step_is_found_and_written(tmp_path):
    for page in ("README.md", "cs231n/README.md", "grading/README.md"):
        (tmp_path / page).parent.mkdir(exist_ok=True)
        (tmp_path / page).write_text("<!-- map: notebooks -->\n<!-- end of map -->\n")
    assert len(build_maps(check=True, root=tmp_path)) == 3
    assert len(build_maps(root=tmp_path)) == 3
    assert build_maps(root=tmp_path) == []
    assert "`knn`" in (tmp_path / "README.md").read_text()


@pytest.mark.parametrize("top", ["cs231n", "grading"])
def test_every_module_is_on_the_map(top):
    page = (ROOT / top / "README.md").read_text()
    modules = [path for path in texts_below(ROOT) if path.startswith(f"{top}/")]
    for path in modules:
        if not path.endswith("__init__.py"):
            assert f"]({path.removeprefix(f'{top}/')})" in page


def test_the_map_of_a_release_holds_what_ships():
    tree = release_tree("assignment1", notebooks=False)
    page = tree["cs231n/README.md"].decode()
    assert "`knn`" in page
    later = [row for row in read_table().values() if row.assignment != "assignment1"]
    assert all(f"`{row.notebook}`" not in page for row in later)
    for path in tree:
        if path.startswith("cs231n/") and path.endswith(".py") and "__init__" not in path:
            assert f"]({path.removeprefix('cs231n/')})" in page
    assert "rnn_layers" not in page
