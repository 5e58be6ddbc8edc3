"""One mistake costs once: which parts are the kit's in a second judging, and what it holds."""

from dataclasses import replace

import pytest

import grading.oracles
from cs231n.checks.runner import CheckResult, ExerciseResult, run_exercise
from cs231n.checks.table import needed, read_table
from grading.authoring import trees
from grading.authoring.markers import belongs_to, find_regions
from grading.judging.parts import merged, second_files, to_replace
from grading.judging.verifier import Oracles
from grading.mutants import all_variants

TABLE = read_table()
ROWS = [row for row in TABLE.values() if row.kind == "code"]
USERS = {}  # exercises by what they need in another function
for _row in ROWS:
    for _other in needed(_row):
        if _other.function != _row.function:
            USERS.setdefault(_other.id, []).append(_row)
VARIANTS = {f"{variant.exercise}/{variant.name}": variant for variant in all_variants()}
# Their first wrong answer hurts nothing that is built on it, or the kit does not run through it.
HARMLESS = {
    "fc-two-layer-init",
    "fc-net-init",
    "fc-net-loss",
    "three-layer-init",
    "rnn-step-backward",
    "lstm-step-backward",
    "match-score",
    "match-box-iou",
}
PASS, FAIL = CheckResult("a", "pass", 1), CheckResult("a", "fail", 1, message="off by 3")
STUB = "Not written yet: {0}: write it in cs231n/x.py"


@pytest.fixture(scope="module")
def oracles():
    return Oracles(grading.oracles.load())


@pytest.fixture(scope="module")
def solved():
    return {row.path: trees.read(row.path).encode() for row in ROWS if row.language == "python"}


def results(**outcomes):
    """Results of these exercises; of all others there is a pass."""
    found = {row.id: ExerciseResult(row.id, "pass", 1, 1, "", 0, [PASS]) for row in ROWS}
    for name, outcome in outcomes.items():
        name = name.replace("_", "-")
        check = CheckResult("a", outcome, 1, message=STUB.format(name))
        found[name] = ExerciseResult(name, outcome, 0, 1, check.message, 0, [check])
    return found


def replaced(name, **outcomes):
    """Ids of what is the kit's when this exercise fails, and others end in these ways."""
    found = results(**{name: "fail", **outcomes})
    return [row.id for row in to_replace(TABLE[name], found)]


def ended(open_session, row, oracles, only=None):
    # what a laptop checks: the grader's own checks measure time as well
    return run_exercise(row, open_session, oracles, (231,), only=only)


def again(row, found, files, oracles):
    """The verdict on an exercise after its second judging, without a jail."""
    parts = to_replace(row, found)
    made = second_files(row, parts, found, files)
    texts = {path: made[path].decode() for path in made if made[path] != trees_text(path)}
    failed = [check.name for check in found[row.id].checks if check.outcome != "pass"]
    with trees.running(texts) as open_session:
        second = ended(open_session, row, oracles, failed)
    return merged(row, found[row.id], second, parts, found)


def trees_text(path):
    return trees.read(path).encode() if (trees.ROOT / path).is_file() else None


def costs_alone(name, users, text, oracles, solved):
    """Whether a wrong part costs only its own points, with this text of its module; who failed."""
    path = TABLE[name].path
    with trees.running({path: text}) as open_session:
        found = {one.id: ended(open_session, one, oracles) for one in [TABLE[name], *users]}
    assert found[name].status != "pass"
    failing = [user for user in users if found[user.id].status != "pass"]
    for user in failing:
        found[user.id] = again(user, found, solved | {path: text.encode()}, oracles)
        assert found[user.id].status == "pass", (user.id, found[user.id].message)
        assert found[user.id].first == (name,)
    return failing


def first_wrong(name):
    return next(v for v in VARIANTS.values() if v.exercise == name and not v.right)


@pytest.mark.parametrize("name", USERS)
def test_a_wrong_part_costs_its_own_points_alone(name, oracles, solved):
    row = TABLE[name]
    text = first_wrong(name).apply(trees.read(row.path), row)
    failing = costs_alone(name, USERS[name], text, oracles, solved)
    assert bool(failing) == (name not in HARMLESS)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_a_wrong_step_costs_its_own_points_alone_in_sequences_that_take_it(cell, oracles, solved):
    name, row = f"{cell}-step-backward", TABLE[f"{cell}-backward"]
    text = VARIANTS[f"{row.id}/step-by-step"].apply(trees.read(row.path), row)
    text = first_wrong(name).apply(text, TABLE[name])
    assert costs_alone(name, [row], text, oracles, solved) == [row]


def test_an_unwritten_module_costs_its_own_points_alone(oracles, solved):
    path, row = "cs231n/layers.py", TABLE["fc-two-layer-net"]
    text = trees.stubs()[path]
    names = [other.id for other in needed(row)]
    with trees.running({path: text}) as open_session:
        found = {name: ended(open_session, TABLE[name], oracles) for name in [*names, row.id]}
    assert found[row.id].points == 0
    verdict = again(row, found, solved | {path: text.encode()}, oracles)
    assert (verdict.status, verdict.points) == ("pass", row.points)


@pytest.mark.parametrize("text", ["def (", "import nothing_of_this_name", "import sys; sys.exit()"])
def test_a_module_that_does_not_import_costs_its_own_points_alone(text, oracles, solved):
    path, row = "cs231n/normalization.py", TABLE["spatial-batchnorm-backward"]
    names = [other.id for other in needed(row) if other.path == path]
    found = results(**dict.fromkeys([*names, row.id], "error"))
    for other in ROWS:
        if other.path == path:
            found[other.id] = replace(found[other.id], status="error")
    found[row.id].checks[0].name = "agrees"
    files = solved | {path: text.encode()}
    made = second_files(row, to_replace(row, found), found, files)
    assert b"kit_" not in made[path]
    with trees.running({path: made[path].decode()}) as open_session:
        assert ended(open_session, row, oracles).status == "pass"


def test_a_right_answer_with_a_cache_of_its_own_is_judged_with_its_own_forward():
    """Both passes are the kit's where one of them is, as far as the exercise needs them."""
    both = ["batchnorm-forward-train", "batchnorm-forward-test", "batchnorm-backward"]
    name = "spatial-batchnorm-backward"
    assert replaced(name, batchnorm_backward="fail") == both
    assert replaced(name, batchnorm_forward_train="fail") == both
    assert replaced("spatial-batchnorm-forward", batchnorm_forward_train="fail") == both[:2]
    assert replaced("fc-net-loss", relu_forward="fail") == ["relu-forward", "relu-backward"]


def test_what_passes_stays_the_students():
    assert replaced("lstm-backward", lstm_step_backward="fail") == [
        "lstm-step-forward",
        "lstm-step-backward",
    ]
    assert replaced("lstm-backward") == []


def test_parts_of_the_same_function_are_never_replaced():
    assert replaced("fc-net-loss", fc_net_scores="fail") == []
    assert replaced("net-gradients", net_scores="fail") == []


def test_an_exercise_that_passes_or_is_not_written_is_not_judged_again():
    for outcome in ("pass", "not-run"):
        found = results(**{"batchnorm-backward": outcome, "batchnorm_forward_train": "fail"})
        assert to_replace(TABLE["batchnorm-backward"], found) == []


def test_what_is_not_judged_is_taken_to_be_right():
    found = results(captioning_scores="fail")
    found = {name: one for name, one in found.items() if name == "captioning-scores"}
    assert to_replace(TABLE["captioning-scores"], found) == []


def test_all_that_is_needed_is_written_in_python():
    assert {TABLE[name].language for name in USERS} == {"python"}


def test_no_method_of_the_kit_names_its_class():
    """It is bound to a class of another module, where `super()` would fail."""
    for name in USERS:
        if "." in TABLE[name].name:
            text = trees.read(TABLE[name].path)
            assert "super(" not in text
            assert "__class__" not in text


@pytest.mark.parametrize("row", [r for r in ROWS if r.needs], ids=lambda row: row.id)
def test_the_files_of_a_second_judging_hold_no_solution_but_of_what_is_needed(row, solved):
    names = {one.id for one in needed(row) if one.function != row.function}
    outcomes = dict.fromkeys([row.id, *names], "fail")
    found = results(**outcomes)
    files = dict.fromkeys(solved, b"")
    made = second_files(row, to_replace(row, found), found, files)
    kits = {path: text.decode() for path, text in made.items() if "kit_" in path}
    assert bool(kits) == bool(names)
    for path, text in kits.items():
        here = path.replace("kit_", "")
        for one in ROWS:
            if one.path == here:
                assert (f"# TODO ({one.id})" not in text) == (one.id in names), (path, one.id)
        for region in find_regions(trees.read(here), here):
            owners = {one.id for one in ROWS if one.path == here and belongs_to(region, one)}
            if not owners & names:
                body = trees.read(here).splitlines()[region.first + 1 : region.last]
                assert "\n".join(body) not in text


def test_nothing_of_the_second_judging_is_told_but_which_checks_pass():
    row = TABLE["batchnorm-backward"]
    names = ("both", "first", "second", "neither")
    first = [CheckResult(name, "fail", 1, 0.5, "mine", "1", "2", "x[0]") for name in names]
    second = [CheckResult(name, "fail", 1, 0.25, "THEIRS", "8", "9", "y[0]") for name in names]
    first[0].outcome = first[1].outcome = second[0].outcome = second[2].outcome = "pass"
    found = results(batchnorm_forward_train="fail")
    found[row.id] = ExerciseResult(row.id, "partial", 2, row.points, "mine", 1.5, first, ["a"])
    theirs = ExerciseResult(row.id, "partial", 2, row.points, "THEIRS", 9, second, ["THEIRS"])
    parts = to_replace(row, found)
    verdict = merged(row, found[row.id], theirs, parts, found)
    assert [check.outcome for check in verdict.checks] == ["pass", "pass", "pass", "fail"]
    assert verdict.checks[2] == CheckResult("second", "pass", 1)
    assert verdict.points == round(row.points * 3 / 4, 2)
    assert verdict.seconds == 1.5
    assert verdict.flags == ["a", f"look at {row.id}: its second judging ended oddly"]
    assert "THEIRS" not in repr(verdict)
    assert verdict.first == ("batchnorm-forward-train",)
    assert verdict.note == (
        "Judged with the kit's batchnorm-forward-train instead of yours: "
        "batchnorm-forward-train did not pass."
    )


def test_a_second_judging_that_gains_nothing_says_so():
    row = TABLE["fc-net-loss"]
    found = results(fc_net_loss="fail", affine_forward="fail", softmax_layer_loss="fail")
    second = ExerciseResult(row.id, "fail", 0, row.points, "", 0, [FAIL])
    verdict = merged(row, found[row.id], second, to_replace(row, found), found)
    assert (verdict.status, verdict.points) == ("fail", 0)
    assert verdict.first == ("affine-forward", "softmax-layer-loss")
    assert verdict.note == (
        "It does not score more with the kit's affine-forward, affine-backward and "
        "softmax-layer-loss instead of yours."
    )


def test_a_note_lists_a_few_names_only():
    row = TABLE["fc-net-normalize-backward"]
    outcomes = {one.id: "fail" for one in needed(row)}
    found = results(**outcomes, **{row.id: "fail"})
    second = ExerciseResult(row.id, "fail", 0, row.points, "", 0, [FAIL])
    verdict = merged(row, found[row.id], second, to_replace(row, found), found)
    assert "affine-forward, affine-backward, relu-forward and 11 more" in verdict.note
