"""Rebuilding: the instructor's notebook and package, with the student's words and modules."""

import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.intake.rebuild import ANSWER, answer_cells, rebuild_notebook

FUZZ = settings(max_examples=60, deadline=None)  # the machine may be busy


def marks(grade_id, grade=False, solution=False, points=None):
    data = {"grade_id": grade_id, "grade": grade, "solution": solution, "schema_version": 3}
    data |= {"locked": not solution, "task": False}
    return {"nbgrader": data | ({"points": points} if points else {})}


def answer_cell(name, text="Write here."):
    cell = new_markdown_cell(text, metadata=marks(name, grade=True, solution=True, points=2))
    cell.id = name
    return cell


def released_notebook():
    return new_notebook(
        cells=[
            new_markdown_cell("# Title"),
            new_code_cell('check("loss")', metadata=marks("loss", grade=True, points=3)),
            answer_cell("why"),
            answer_cell("when"),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}
        },
    )


RELEASED = released_notebook()


def submit(change=lambda tree: None, released=RELEASED):
    """The bytes a student hands in who changed the released notebook's JSON."""
    tree = json.loads(nbformat.writes(released))
    change(tree)
    return json.dumps(tree).encode()


def rebuild(submitted):
    flags = []
    return rebuild_notebook(RELEASED, submitted, flags, "loss.ipynb"), flags


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_answers_arrive_and_nothing_else_does():
    def change(tree):
        title, check, why, when = tree["cells"]
        title["source"] = "# Mine"
        check |= {"source": "score = 100", "outputs": [{"output_type": "stream", "text": "ok"}]}
        check["metadata"] |= {"tags": ["skip-execution"]}
        why |= {"source": ["Because ", "of this."], "attachments": {"a.svg": {}}}
        why["metadata"]["nbgrader"]["points"] = 99
        when["source"] = "Now."
        tree["cells"].append({"cell_type": "code", "source": "evil()", "metadata": {}})
        tree["metadata"] = {"kernelspec": {"name": "evil"}}

    notebook, flags = rebuild(submit(change))
    assert sources(notebook) == ["# Title", 'check("loss")', "Because of this.", "Now."]
    expected = released_notebook()
    for cell, source in zip(expected.cells, sources(notebook)):
        cell.source = source
    assert [{**c, "id": 0} for c in notebook.cells] == [{**c, "id": 0} for c in expected.cells]
    assert notebook.metadata == RELEASED.metadata
    assert flags == []
    nbformat.validate(notebook)


def test_the_released_notebook_is_not_changed():
    before = nbformat.writes(RELEASED)
    notebook, _ = rebuild(submit(lambda tree: tree["cells"][2].update(source="Because.")))
    notebook.cells[0].source = "changed"
    assert nbformat.writes(RELEASED) == before


def test_no_notebook_gives_the_released_one():
    assert rebuild(None) == (RELEASED, [])


def test_a_missing_answer_is_flagged_and_keeps_the_released_text():
    notebook, flags = rebuild(submit(lambda tree: tree["cells"].pop(2)))
    assert sources(notebook)[2] == "Write here."
    assert flags == ["loss.ipynb: the answer cell why is missing, so it is unanswered."]


def copy_answer(tree, first, second):
    original = tree["cells"][2]
    copied = {**original, "id": "fresh", "source": second}
    original["source"] = first
    tree["cells"].insert(0, copied)


@pytest.mark.parametrize(
    ("original", "copied", "kept"),
    [
        ("The original.", "The copy.", "The original."),
        ("Write here.", "The copy.", "The copy."),
        ("The original.", "Write here.", "The original."),
    ],
)
def test_of_copied_answers_the_one_in_the_released_place_counts(original, copied, kept):
    notebook, flags = rebuild(submit(lambda tree: copy_answer(tree, original, copied)))
    assert sources(notebook)[2] == kept
    assert flags == ["loss.ipynb: the answer cell why is there 2 times; one counts."]


def test_an_answer_whose_metadata_an_editor_dropped_is_found_by_its_cell():
    def change(tree):
        tree["cells"][2] |= {"source": "Because.", "metadata": {}}

    notebook, flags = rebuild(submit(change))
    assert (sources(notebook)[2], flags) == ("Because.", [])


def test_an_answer_turned_into_code_stays_markdown():
    def change(tree):
        tree["cells"][2] |= {"source": "Because.", "cell_type": "code", "outputs": []}

    notebook, _ = rebuild(submit(change))
    assert (notebook.cells[2].cell_type, sources(notebook)[2]) == ("markdown", "Because.")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no notebook"),
        (b"{", "is no notebook"),
        (b"[]", "no format; it should be a notebook of format 4"),
        (b"{}", "no format"),
        (submit().replace(b'"nbformat": 4', b'"nbformat": 3'), "has format 3; it should be"),
        (submit().replace(b'"nbformat": 4', b'"nbformat": 5'), "has format 5; it should be"),
        (submit().replace(b'"nbformat": 4', b'"nbformat": ' + b"4" * 9999), "has format 0"),
        (b'{"nbformat": 4, "cells": 5}', "has no list of cells"),
        (b'{"nbformat": 4, "cells": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"nbformat": 4, "cells": [' + b"[]," * 600_000 + b"0]}", "too large to be read"),
        (b'{"nbformat": 4, "cells": [' + b"1," * 3_000_000 + b"0]}", "too large to be read"),
        (submit(lambda tree: tree["cells"][2].update(source="ü")).replace(b"\\u00fc", b"\xfc"),
         "is no UTF-8 text"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_gives_the_released_one_and_a_remedy(data, words):
    notebook, (flag,) = rebuild(data)
    assert sources(notebook) == sources(RELEASED)
    assert words in flag
    assert "open it in JupyterLab" in flag


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_no_json_are_flagged_and_the_answers_read(word):
    data = submit(lambda tree: tree["cells"][2].update(source="Because."))
    data = data.replace(b'"nbformat_minor": 5', b'"nbformat_minor": ' + word.encode())
    notebook, (flag,) = rebuild(data)
    assert sources(notebook)[2] == "Because."
    assert flag == f"loss.ipynb holds {word}, which is no JSON; its answers were read."


def test_a_byte_order_mark_is_no_obstacle():
    data = b"\xef\xbb\xbf" + submit(lambda tree: tree["cells"][2].update(source="Because."))
    assert sources(rebuild(data)[0])[2] == "Because."


def test_control_characters_and_lone_surrogates_leave_an_answer():
    text = "a\x1b[31m\x00\x9b\ud800b\r\nc\td\rü"
    notebook, _ = rebuild(submit(lambda tree: tree["cells"][2].update(source=text)))
    assert sources(notebook)[2] == "a[31m?b\nc\td\nü"
    nbformat.writes(notebook).encode()


def test_a_novel_is_cut_and_flagged():
    notebook, (flag,) = rebuild(submit(lambda tree: tree["cells"][2].update(source="x" * 60_000)))
    assert len(sources(notebook)[2]) == ANSWER
    assert flag == "loss.ipynb: the answer why has 60000 characters; the first 50000 were kept."


@pytest.mark.parametrize(
    "cell",
    [
        None,
        3,
        {},
        {"metadata": None},
        {"metadata": {"nbgrader": []}},
        {"metadata": {"nbgrader": {"grade_id": ["why"]}}, "source": "x"},
        {"metadata": {"nbgrader": {"grade_id": "why"}}, "source": 3},
        {"metadata": {"nbgrader": {"grade_id": "why"}}, "source": [1]},
        {"id": {}, "source": "x"},
    ],
)
def test_malformed_cells_are_passed_over(cell):
    def change(tree):
        tree["cells"][2]["source"] = "Because."
        tree["cells"].insert(0, cell)

    assert sources(rebuild(submit(change))[0])[2] == "Because."


@FUZZ
@given(st.binary(max_size=300))
def test_random_bytes_give_the_released_notebook(data):
    assert sources(rebuild(data)[0]) == sources(RELEASED)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)
KEYS = st.sampled_from(["cells", "metadata", "nbgrader", "grade_id", "source", "id", "cell_type"])


@FUZZ
@given(path=st.lists(KEYS | st.integers(0, 3), max_size=4), value=JSON)
def test_a_notebook_with_anything_anywhere_is_rebuilt(path, value):
    def change(tree):
        for key in path[:-1]:
            try:
                tree = tree[key]
            except (KeyError, IndexError, TypeError):
                return
        if path and isinstance(tree, dict) and isinstance(path[-1], str):
            tree[path[-1]] = value

    notebook, _ = rebuild(submit(change))
    nbformat.validate(notebook)
    nbformat.writes(notebook).encode()
    assert [c.metadata for c in notebook.cells] == [c.metadata for c in RELEASED.cells]


def test_answer_cells_are_those_with_a_solution():
    assert [cell.metadata.nbgrader.grade_id for cell in answer_cells(RELEASED)] == ["why", "when"]
