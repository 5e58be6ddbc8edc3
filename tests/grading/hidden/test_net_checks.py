"""The checks of the two-layer net judge each exercise by itself."""

import pytest

import grading.hidden
import grading.oracles
from cs231n.checks.oracles import LiveOracles
from cs231n.checks.runner import load_suites, run_exercise
from cs231n.checks.table import read_table
from grading.authoring import trees
from grading.authoring.markers import find_regions, owner

pytestmark = pytest.mark.assignment1

PATH = "cs231n/classifiers/neural_net.py"
NET = ("net-scores", "net-loss", "net-gradients", "net-train", "net-predict")
SOLVED = trees.read(PATH)
HISTORICAL = SOLVED.replace(", gradients=True)", ")").replace("if not gradients:", "if False:")


def statuses(text, *names):
    """How exercises end with this text in the place of the solved module."""
    return [result.status for result in results(text, *names)]


def results(text, *names):
    load_suites(grading.hidden)
    oracles = LiveOracles(grading.oracles.load())
    with trees.running({PATH: text}) as session:
        return [run_exercise(read_table()[name], session, oracles, hidden=True) for name in names]


def cleared(*exercises):
    """The solved module with the regions of these exercises as stubs."""
    rows = [row for row in read_table().values() if row.path == PATH]
    lines = SOLVED.splitlines()
    for region in reversed(find_regions(SOLVED)):
        row = owner(region, rows, PATH)
        if row.id in exercises:
            lines[region.first : region.last + 1] = [
                f'{region.indent}raise NotImplementedError("{row.id}: write it in {PATH}")'
            ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "unwritten"),
    [
        ("net-scores", ("net-loss", "net-gradients", "net-train", "net-predict")),
        ("net-loss", ("net-gradients", "net-train", "net-predict")),
        ("net-gradients", ("net-train", "net-predict")),
        ("net-train", ("net-scores", "net-loss", "net-gradients", "net-predict")),
        ("net-predict", ("net-loss", "net-gradients", "net-train")),
    ],
)
def test_an_exercise_can_be_checked_before_others_are_written(name, unwritten):
    assert statuses(cleared(*unwritten), name) == ["pass"]


def test_loss_is_judged_also_where_the_gradients_fail():
    text = SOLVED.replace("dscores /= N", "dscores = dscores.reshape(-1, 1000)")
    assert statuses(text, "net-loss", "net-gradients") == ["pass", "error"]


def test_a_net_of_the_historical_interface_is_judged():
    assert statuses(HISTORICAL, *NET) == ["pass"] * 5


def test_a_broken_loss_of_the_historical_interface_shows_its_own_error():
    text = HISTORICAL.replace("dscores /= N", 'raise KeyError("mine")')
    (result,) = results(text, "net-loss")
    assert result.status == "error"
    assert "KeyError: 'mine'" in result.message
