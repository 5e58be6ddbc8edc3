"""The demonstration's classes: what each student hands in is what the story says."""

import pytest

from cs231n.checks.manifest import manifest
from cs231n.checks.table import assignments, read_table, select
from grading.authoring.train_hand_in import NETS
from grading.demo import pupils as module
from grading.demo.pupils import PLOTS, pupils
from grading.release.build import release_tree


@pytest.fixture(scope="module", params=PLOTS)
def class_(request):
    """An assignment, what is released of it, and what each student makes of that."""
    tree = release_tree(request.param, notebooks=False)
    paths = manifest(select(request.param))
    released = {path: tree[path] for path in paths if path in tree}
    notebooks = {path: b"{}" for path in paths if path.endswith(".ipynb")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "train_hand_in", lambda assignment: {"net.npz": b"weights"})
        files = {p.name: p.files(released | notebooks) for p in pupils(request.param)}
    return request.param, released, files


def test_every_class_has_networks_to_hand_in():
    assert set(PLOTS) == set(NETS) <= set(assignments())


def test_an_assignment_without_a_class_is_refused():
    with pytest.raises(LookupError, match="assignment9 has no demonstration; there are: assig"):
        pupils("assignment9")


def test_every_part_is_an_exercise_of_the_assignment(class_):
    name, _, _ = class_
    plot = PLOTS[name]
    parts = [*plot.begun, *plot.mistaken, plot.attacked, plot.cut, plot.lost]
    assert {read_table()[part].assignment for part in parts} == {name}


def test_the_best_hands_in_every_module_solved_and_the_idle_one_what_was_released(class_):
    _, released, files = class_
    for path in released:
        assert b'NotImplementedError("' not in files["ada"][path]
        assert b"SOLUTION" not in files["ada"][path]
        assert files["ben"][path] == released[path]
    assert files["ada"]["hand_in/net.npz"] == b"weights"


def test_the_beginner_wrote_the_beginning_and_nothing_else(class_):
    name, _, files = class_
    text = b"".join(content for content in files["fay"].values()).decode()
    unwritten = {row.id for row in select(name) if f'NotImplementedError("{row.id}: ' in text}
    code = {row.id for row in select(name) if row.kind == "code"}
    assert unwritten == code - set(PLOTS[name].begun)


def test_typical_work_differs_from_solved_work_where_mistakes_are(class_):
    name, released, files = class_
    differ = {path for path in released if files["cho"][path] != files["ada"][path]}
    assert differ == {read_table()[part].path for part in PLOTS[name].mistaken}


def test_two_students_have_code_that_does_no_good(class_):
    name, _, files = class_
    path = read_table()[PLOTS[name].attacked].path
    assert b"while True:" in files["dan"][path]
    assert b"Agreeable" in files["eve"][path]
    compile(files["eve"][path], path, "exec")


def test_one_module_is_broken_and_one_is_not_there(class_):
    name, released, files = class_
    lost, cut = (read_table()[part].path for part in (PLOTS[name].lost, PLOTS[name].cut))
    assert set(released) - set(files["gus"]) == {lost}
    assert len(files["gus"][cut]) == len(files["cho"][cut]) - 1
