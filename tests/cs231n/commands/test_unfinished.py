"""What a submission still lacks, from notebooks as they were released and from broken ones."""

import json

import pytest
from click.testing import CliRunner
from handing_in import FUZZ
from hypothesis import given
from hypothesis import strategies as st

from cs231n import checks
from cs231n.checks.manifest import ANSWER_STUB, CELL_STUB, manifest
from cs231n.checks.table import Exercise, select
from cs231n.commands.support.cli import main
from cs231n.commands.support.unfinished import Gap, find_gaps, read_cells
from grading.release.build import release_tree

pytestmark = pytest.mark.assignment1
ROWS = [
    Exercise("why", "a1", "one", "Why", 2, "Why?", kind="written"),
    Exercise("how", "a1", "one", "How", 3, "How?", kind="written"),
    Exercise("add", "a1", "one", "Add", 4, "?", "cs231n.sums:add"),
    Exercise("net", "a1", "one", "A", 8, "?", "cs231n.nets:A", kind="tuning", file="a.npz"),
]


def cell(name, source, kind="markdown", grade=True, solution=True):
    mark = {"grade_id": name, "grade": grade, "solution": solution}
    return {"cell_type": kind, "metadata": {"nbgrader": mark}, "source": source}


WHY, HOW = cell("why", "Because.\n"), cell("how", ["Like\n", "this."])
SEARCH = cell("search", "rates = [1, 2]\n", "code", grade=False)
CHECK = cell("net", 'check("net")', "code", solution=False)


@pytest.fixture
def gaps(tmp_path):
    """A function: what a notebook with some cells, or these bytes, lacks; the net is there."""
    (tmp_path / "hand_in").mkdir()
    (tmp_path / "hand_in/a.npz").write_bytes(b"a net")

    def find(*cells, content=None):
        data = json.dumps({"cells": cells}).encode() if content is None else content
        (tmp_path / "one.ipynb").write_bytes(data)
        return find_gaps(ROWS, tmp_path)

    return find


@pytest.fixture(scope="module")
def released():
    """Assignment 1 as students get it."""
    return release_tree("assignment1")


@pytest.fixture
def folder(released, tmp_path, monkeypatch):
    """The release as the current folder, with everything passing and every net handed in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checks, "run_local", lambda rows: [])
    for name in manifest(select("assignment1")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(released.get(name, b"a net"))
    return tmp_path


def submit(*options):
    result = CliRunner().invoke(main, ["submit", "assignment1", *options])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def fill(path):
    """Answer every question of a released notebook, and fill in every search."""
    text = path.read_text(encoding="utf-8")
    text = text.replace(ANSWER_STUB, "Because.").replace(json.dumps(CELL_STUB)[1:-1], "pass")
    path.write_text(text, encoding="utf-8")


def test_a_release_lacks_every_answer_and_every_search(folder, released):
    rows = select("assignment1")
    found = find_gaps(rows)
    written = {row.id: row.points for row in rows if row.kind == "written"}
    assert {gap.name: gap.points for gap in found if gap.points} == written
    searches = {gap.name: gap.words for gap in found if not gap.points}
    stub = json.dumps(CELL_STUB)[1:-1].encode()
    books = [data for name, data in released.items() if name.endswith(".ipynb")]
    assert len(searches) == sum(data.count(stub) for data in books) > 0
    assert searches["net-search"] == "not filled in (two_layer_net.ipynb, for net-tuned)"
    assert searches["knn-best-k"] == "not filled in (knn.ipynb)"


def test_nothing_is_missing_in_a_release_that_is_filled_in(folder):
    for path in folder.glob("*.ipynb"):
        fill(path)
    assert find_gaps(select("assignment1")) == []


def test_submit_says_what_is_missing_with_the_points_and_packs(folder):
    for name in ("svm", "softmax", "two_layer_net", "features"):
        fill(folder / f"{name}.ipynb")
    (folder / "hand_in/best_net.npz").unlink()
    out = submit("--allow-missing")
    before, _, after = out.partition("Wrote hand_in")
    lines = before.partition("Not done yet, with the points at stake:\n")[2].splitlines()
    assert lines == [
        "    2  knn-question-distances: no answer in knn.ipynb",
        "    2  knn-question-folds: no answer in knn.ipynb",
        "    -  knn-best-k: not filled in (knn.ipynb)",
        "    8  net-tuned: hand_in/best_net.npz is missing",
        "   12  of 98 points. Fill in what you can, and submit again.",
        "",
    ]
    assert after
    assert len(list(folder.glob("hand_in/*.zip"))) == 1


def test_submit_is_silent_where_all_is_done(folder):
    for path in folder.glob("*.ipynb"):
        fill(path)
    assert "Not done" not in submit()


def test_submit_packs_a_broken_notebook_and_says_so(folder):
    for path in folder.glob("*.ipynb"):
        fill(path)
    (folder / "knn.ipynb").write_text("<<<<<<< HEAD\n")
    out = submit()
    assert "    4  knn.ipynb: it is not a notebook (broken JSON); it should answer " in out
    assert len(list(folder.glob("hand_in/*.zip"))) == 1


def test_what_is_answered_is_not_named(gaps):
    assert gaps(WHY, HOW, SEARCH, CHECK) == []


@pytest.mark.parametrize("source", ["", " \n", ANSWER_STUB, f"\n{ANSWER_STUB}\n", [], None, 7, [7]])
def test_an_answer_needs_words(gaps, source):
    assert gaps(WHY, cell("how", source)) == [Gap("how", 3, "no answer in one.ipynb")]


def test_an_answer_below_the_placeholder_counts(gaps):
    assert gaps(WHY, cell("how", f"{ANSWER_STUB}\nLike this.")) == []


def test_an_answer_in_a_deleted_cell_is_missing(gaps):
    assert gaps(HOW) == [Gap("why", 2, "no answer in one.ipynb")]


def test_a_copy_of_a_cell_with_an_answer_is_enough(gaps):
    assert gaps(HOW, WHY, cell("why", ANSWER_STUB)) == []


@pytest.mark.parametrize(
    "source", ["", "# TODO (search): fill in", f"x = 1\n  {CELL_STUB}\n", [f"{CELL_STUB}\n", "y"]]
)
def test_a_search_that_raises_as_released_or_is_empty_is_named(gaps, source):
    (gap,) = gaps(WHY, HOW, {**SEARCH, "source": source}, CHECK)
    assert gap == Gap("search", 0, "not filled in (one.ipynb, for net)")


def test_a_stub_in_a_comment_is_no_stub(gaps):
    assert gaps(WHY, HOW, {**SEARCH, "source": f"# {CELL_STUB}\nx = 1"}, CHECK) == []


def test_a_search_is_for_the_net_that_is_checked_next(gaps):
    stub = {**SEARCH, "source": CELL_STUB}
    (gap,) = gaps(WHY, stub, HOW, CHECK)
    assert gap.words == "not filled in (one.ipynb)"
    (gap,) = gaps(WHY, HOW, CHECK, stub)
    assert gap.words == "not filled in (one.ipynb)"


def test_cells_of_code_that_are_not_to_be_filled_in_are_left_alone(gaps):
    stub = {"cell_type": "code", "source": CELL_STUB, "metadata": {}}
    assert gaps(stub, WHY, HOW, {**CHECK, "source": ""}) == []


def test_a_net_that_is_not_handed_in_costs_its_points(gaps, tmp_path):
    (tmp_path / "hand_in/a.npz").unlink()
    assert gaps(WHY, HOW) == [Gap("net", 8, "hand_in/a.npz is missing")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "broken JSON"),
        (b"{", "broken JSON"),
        (b"\xff\xfe\xff", "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b"[" + b"1" * 10_000 + b"]", "broken JSON"),
        (b"[]", "no cells"),
        (b"null", "no cells"),
        (b'{"cells": {}}', "no cells"),
        (b'{"worksheets": []}', "no cells"),
    ],
)
def test_what_is_not_a_notebook_is_one_sentence_and_costs_its_answers(gaps, content, words):
    said = f"it is not a notebook ({words}); it should answer why, how"
    assert gaps(content=content) == [Gap("one.ipynb", 5, said)]


def test_a_missing_notebook_costs_its_answers(tmp_path):
    missing = [gap for gap in find_gaps(ROWS[:2], tmp_path) if gap.name == "one.ipynb"]
    assert missing == [Gap("one.ipynb", 5, "it is missing; it should answer why, how")]


def test_a_notebook_without_questions_is_named_without_points(tmp_path):
    (gap,) = find_gaps(ROWS[2:3], tmp_path)
    assert gap == Gap("one.ipynb", 0, "it is missing")


def test_read_cells_raises_what_is_wrong(tmp_path):
    path = tmp_path / "one.ipynb"
    with pytest.raises(FileNotFoundError, match="it is missing"):
        read_cells(path)
    path.write_text("{}")
    with pytest.raises(ValueError, match=r"it is not a notebook \(no cells\)"):
        read_cells(path)
    path.write_text("{")
    with pytest.raises(ValueError, match=r"it is not a notebook \(broken JSON\)"):
        read_cells(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ValueError, match="it cannot be read"):
        read_cells(path)


def test_a_mark_of_bytes_at_the_beginning_is_no_fault(gaps):
    assert gaps(content=b"\xef\xbb\xbf" + json.dumps({"cells": [WHY, HOW]}).encode()) == []


KEYS = st.sampled_from(["cells", "cell_type", "metadata", "nbgrader", "grade_id", "source", "why"])
ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


MARKS = st.dictionaries(st.sampled_from(["grade_id", "grade", "solution"]), ANY | KEYS)
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": ANY | st.just("code"),
        "metadata": ANY | st.fixed_dictionaries({"nbgrader": ANY | MARKS}),
        "source": ANY | st.lists(ANY | st.just(CELL_STUB)),
    },
)


@FUZZ
@given(st.lists(ANY | CELLS, max_size=5))
def test_no_notebook_is_too_strange(gaps, cells):
    assert all(isinstance(gap, Gap) for gap in gaps(*cells))
