"""A submission with a few mistakes loses the points of those, and no others, in the jail."""

import pytest

from cs231n.checks.table import select
from grading import oracles
from grading.authoring import trees
from grading.intake.collect import Submission
from grading.jail.jail import find_jail
from grading.judging.verifier import Oracles, hidden_resources, run_seeds, verify
from grading.mutants import all_variants
from grading.release.build import release_tree

NOTEBOOKS = ("fully_connected_nets", "batch_normalization", "dropout")
ROWS = [row for name in NOTEBOOKS for row in select(name) if row.kind == "code"]
MISTAKES = {"affine-forward", "batchnorm-forward-train", "fc-two-layer-init", "dropout-forward"}


@pytest.fixture(scope="module")
def judge():
    """What a submission of these modules, by path, comes to."""
    base, asked = release_tree("assignment2", notebooks=False), Oracles(oracles.load())
    with find_jail(base) as jail:

        def run(texts):
            submission = Submission("ada", modules={p: text.encode() for p, text in texts.items()})
            seeds, resources = run_seeds(3), hidden_resources(3)
            return verify(submission, ROWS, jail, asked, seeds, resources)

        yield run


def solved():
    return {row.path: trees.read(row.path) for row in ROWS}


def test_each_mistake_costs_its_own_points(judge):
    texts = solved()
    rows = {row.id: row for row in ROWS}
    for name in MISTAKES:
        wrong = next(v for v in all_variants() if v.exercise == name and not v.right)
        texts[rows[name].path] = wrong.apply(texts[rows[name].path], rows[name])
    results = {result.id: result for result in judge(texts)}
    assert {one.id for one in results.values() if one.status != "pass"} == MISTAKES
    assert results["fc-net-loss"].first == ("affine-forward",)
    assert results["fc-net-loss"].flags == []


def test_a_file_that_was_not_handed_in_costs_its_own_exercises(judge):
    texts = solved()
    del texts["cs231n/normalization.py"]
    lost = {row.id for row in ROWS if row.path == "cs231n/normalization.py"}
    assert {one.id for one in judge(texts) if one.status != "pass"} == lost


def test_a_file_that_cannot_be_imported_costs_its_own_exercises(judge):
    texts = solved() | {"cs231n/normalization.py": "def ("}
    lost = {row.id for row in ROWS if row.path == "cs231n/normalization.py"}
    assert {one.id for one in judge(texts) if one.status != "pass"} == lost


def test_what_was_released_earns_nothing(judge):
    assert {one.points for one in judge(trees.stubs())} == {0.0}


def test_a_right_submission_is_judged_once(judge):
    results = judge(solved())
    assert {(one.status, one.note) for one in results} == {("pass", "")}
