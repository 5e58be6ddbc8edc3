"""The table of exercises, and finding one's way in it."""

import pytest

from cs231n.checks.table import assignments, read_table, select

GOOD = """
[[exercise]]
id = "a"
assignment = "a1"
notebook = "n"
title = "A"
function = "cs231n.layers:f"
points = 1
hint = "?"
"""


def write(tmp_path, text):
    path = tmp_path / "exercises.toml"
    path.write_text(text)
    return path


def test_a_row_knows_its_file_and_name(tmp_path):
    row = read_table(write(tmp_path, GOOD))["a"]
    assert (row.path, row.name, row.kind) == ("cs231n/layers.py", "f", "code")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("points = 1", ""), "missing 1 required positional argument: 'points'"),
        (("points = 1", "points = 1\nweight = 2"), "unexpected keyword argument 'weight'"),
        (("points = 1", 'points = 1\nkind = "quiz"'), "kind is 'quiz'"),
        (('function = "cs231n.layers:f"', ""), "needs a function"),
        (("?", '?"\n' + GOOD.strip()[:-1]), "stands twice"),
    ],
    ids=["missing", "unknown", "kind", "function", "twice"],
)
def test_a_broken_row_is_named(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        read_table(write(tmp_path, GOOD.replace(*change)))


def test_select_takes_exercises_notebooks_and_assignments():
    assert [row.id for row in select("knn-two-loops")] == ["knn-two-loops"]
    assert {row.notebook for row in select("knn")} == {"knn"}
    assert {row.assignment for row in select("assignment1")} == {"assignment1"}
    assert len(select()) == len(read_table())
    assert assignments()[0] == "assignment1"


def test_an_unknown_name_lists_the_near_ones():
    with pytest.raises(LookupError, match=r"named 'knn-two-lops'.*Near: knn-two-loops"):
        select("knn-two-lops")
