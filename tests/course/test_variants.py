"""Every exercise keeps the rules: solved full points, unwritten none, wrong fewer, right full."""

import pytest

import grading.hidden
import grading.oracles
from cs231n.checks.oracles import LiveOracles
from cs231n.checks.runner import PUBLIC_SEED, checks_of, load_suites, run_exercise
from cs231n.checks.table import needed, read_table
from grading.authoring import trees
from grading.mutants import Variant, all_variants

TABLE = read_table()
ROWS = [row for row in TABLE.values() if row.kind == "code"]
VARIANTS = all_variants()
SEEDS = (PUBLIC_SEED, 1, 2026)
load_suites(grading.hidden)


class AskedOracles(LiveOracles):
    """Live oracles that also note which were asked for."""

    def __init__(self):
        super().__init__(grading.oracles.load())
        self.asked = set()

    def ask(self, name, args, kwargs):
        self.asked.add(name)
        return super().ask(name, args, kwargs)


@pytest.fixture(scope="module")
def oracles():
    return AskedOracles()


@pytest.fixture(scope="module")
def solved():
    with trees.running({}) as open_session:
        yield open_session


@pytest.fixture(scope="module")
def unwritten():
    with trees.running(trees.stubs()) as open_session:
        yield open_session


def id_of(thing):
    return f"{thing.exercise}/{thing.name}" if hasattr(thing, "exercise") else thing.id


def outcomes(result):
    """What to show where a test fails: the checks that did not pass, with their messages."""
    return [(c.name, c.outcome, c.message) for c in result.checks if c.outcome != "pass"]


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_solution_scores_full(row, solved, oracles):
    result = run_exercise(row, solved, oracles, SEEDS, hidden=True)
    assert (result.points, result.status) == (row.points, "pass"), outcomes(result)


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_stub_scores_zero_and_names_the_exercise(row, unwritten, oracles):
    result = run_exercise(row, unwritten, oracles, SEEDS[:1])
    assert (result.points, result.status) == (0, "not-run"), outcomes(result)
    # Where one function holds several exercises, the first of them is the one to write next.
    first = next(other for other in ROWS if other.function == row.function)
    names = {
        f"{id}: write it in {row.path}"
        for id in [row.id, first.id, *(other.id for other in needed(row))]
    }
    assert any(name in result.message for name in names)


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_solution_scores_full_where_other_functions_are_unwritten(row, oracles):
    functions = {other.function for other in [row, *needed(row)]}
    keep = [other for other in ROWS if other.function in functions]
    with trees.running(trees.stubs(keep=tuple(keep))) as open_session:
        result = run_exercise(row, open_session, oracles, SEEDS[:1], hidden=True)
    assert (result.points, result.status) == (row.points, "pass"), outcomes(result)


@pytest.mark.parametrize("variant", VARIANTS, ids=id_of)
def test_variant_scores_what_it_deserves(variant, oracles):
    row = TABLE[variant.exercise]
    overrides = {row.path: variant.apply(trees.read(row.path), row)}
    with trees.running(overrides) as open_session:
        # every variant on the laptop, and in the grader, whose checks are not all the same
        places = [(seed, False) for seed in SEEDS] + [(SEEDS[1], True)]
        for seed, hidden in places:
            result = run_exercise(row, open_session, oracles, [seed], hidden=hidden)
            assert (result.points == row.points) == variant.right, (seed, outcomes(result))
            assert not result.flags


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_doing_nothing_earns_nothing(row, oracles):
    nothing = Variant(
        row.id, "nothing", why="what the function starts from is no answer", code="pass"
    )
    with trees.running({row.path: nothing.apply(trees.read(row.path), row)}) as open_session:
        result = run_exercise(row, open_session, oracles, SEEDS[:1])
    assert result.points == 0, outcomes(result)


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_exercise_has_three_wrong_variants_and_a_right_one(row):
    rights = [variant.right for variant in VARIANTS if variant.exercise == row.id]
    assert rights.count(False) >= 3
    assert rights.count(True) >= 1


def test_every_variant_has_a_name_of_its_own_and_belongs_to_an_exercise():
    ids = [id_of(variant) for variant in VARIANTS]
    assert len(set(ids)) == len(ids)
    assert {variant.exercise for variant in VARIANTS} <= {row.id for row in ROWS}


def test_every_oracle_is_asked_for(solved):
    oracles = AskedOracles()
    for row in ROWS:
        run_exercise(row, solved, oracles, SEEDS[:1], hidden=True)
    assert oracles.asked == set(oracles.functions)


def test_hidden_checks_stand_beside_public_ones():
    for row in ROWS:
        public = {check.name for check in checks_of(row.id)}
        everything = [check.name for check in checks_of(row.id, hidden=True)]
        assert public
        assert len(everything) == len(set(everything))
