"""The table of exercises, and finding one's way in it."""

import pytest

from cs231n.checks.table import assignments, needed, read_table, select

GOOD = """
[[exercise]]
id = "a"
notebook = "n"
title = "A"
function = "cs231n.layers:f"
points = 1
hint = "?"
"""


def write(tmp_path, text):
    (tmp_path / "a1.toml").write_text(text)
    return tmp_path


def test_a_row_knows_its_file_and_name(tmp_path):
    row = read_table(write(tmp_path, GOOD))["a"]
    assert (row.path, row.name, row.kind) == ("cs231n/layers.py", "f", "code")
    assert row.assignment == "a1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("points = 1", ""), "missing 1 required positional argument: 'points'"),
        (("points = 1", "points = 1\nweight = 2"), "unexpected keyword argument 'weight'"),
        (("points = 1", 'points = 1\nkind = "quiz"'), "kind is 'quiz'"),
        (('function = "cs231n.layers:f"', ""), "needs a function"),
        (("?", '?"\n' + GOOD.strip()[:-1]), "is there twice"),
        (("points = 1", 'points = 1\nneeds = ["b"]'), "it needs b; no earlier row has that id"),
    ],
    ids=["missing", "unknown", "kind", "function", "twice", "needs"],
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


def test_what_an_exercise_needs_is_found_through_others_and_in_order():
    table = read_table()
    assert "affine-forward" not in table["captioning-loss"].needs
    names = [row.id for row in needed(table["captioning-loss"])]
    assert {"affine-forward", "rnn-forward", "captioning-scores"} < set(names)
    assert names == [name for name in table if name in names]
    assert needed(table["knn-two-loops"]) == []
