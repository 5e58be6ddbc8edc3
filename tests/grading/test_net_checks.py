"""The checks of the two-layer net tell its exercises apart, and verdicts hold for any seed."""

import importlib
import types
import warnings

import pytest

import grading.hidden
import grading.oracles
from cs231n.checks import net_probes
from cs231n.checks.oracles import LiveOracles
from cs231n.checks.runner import load_suites, run_exercise
from cs231n.checks.student import LocalSession
from cs231n.checks.table import read_table
from grading.markers import clear_solutions, find_regions, owner
from grading.mutants import all_variants

pytestmark = pytest.mark.assignment1

PATH = "cs231n/classifiers/neural_net.py"
NET = ("net-scores", "net-loss", "net-gradients", "net-train", "net-predict")
NOTEBOOKS = ("two_layer_net", "features")
SEEDS = range(100, 105)


@pytest.fixture
def install(monkeypatch):
    """Put another text in the place of a module of the package."""

    def install(path, text):
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        other = types.ModuleType(module.__name__)
        exec(compile(text, path, "exec"), other.__dict__)
        for name in ("TwoLayerNet", "color_histogram_hsv", "standardize_features"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, getattr(other, name))
        importlib.reload(net_probes)

    yield install
    monkeypatch.undo()
    importlib.reload(net_probes)


def solved(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(row, seed=1, hidden=False):
    load_suites(grading.hidden)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mutant may divide by zero
        oracles = LiveOracles(grading.oracles.load())
        return run_exercise(row, LocalSession, oracles, seeds=(seed,), hidden=hidden)


def cleared(*exercises):
    """The solved module with the regions of these exercises as stubs."""
    rows = [row for row in read_table().values() if row.path == PATH]
    lines = solved(PATH).splitlines()
    for region in reversed(find_regions(solved(PATH))):
        row = owner(region, rows, PATH)
        if row.id in exercises:
            lines[region.first : region.last + 1] = [
                f'{region.indent}raise NotImplementedError("{row.id}: write it in {PATH}")'
            ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", NET)
def test_stubs_are_not_run_by_name(install, name):
    rows = [row for row in read_table().values() if row.path == PATH]
    install(PATH, clear_solutions(solved(PATH), rows, PATH))
    result = run(read_table()[name])
    assert (result.status, result.points) == ("not-run", 0)
    assert "write it in cs231n/classifiers/neural_net.py" in result.message


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
def test_an_exercise_can_be_checked_before_later_ones_are_written(install, name, unwritten):
    install(PATH, cleared(*unwritten))
    assert run(read_table()[name], hidden=True).status == "pass"


def test_loss_is_judged_also_where_the_gradients_fail(install):
    text = solved(PATH).replace("dscores /= N", "dscores = dscores.reshape(-1, 1000)")
    install(PATH, text)
    assert run(read_table()["net-loss"]).status == "pass"
    assert run(read_table()["net-gradients"]).status == "error"


def test_a_net_of_the_historical_interface_is_judged(install):
    text = solved(PATH).replace(", gradients=True)", ")")
    install(PATH, text.replace("if not gradients:", "if False:"))
    assert [run(read_table()[name]).status for name in NET] == ["pass"] * 5


def test_a_broken_loss_of_the_historical_interface_shows_its_own_error(install):
    text = solved(PATH).replace(", gradients=True)", ")").replace("if not gradients:", "if False:")
    install(PATH, text.replace("dscores /= N", 'raise KeyError("mine")'))
    result = run(read_table()["net-loss"])
    assert result.status == "error"
    assert "KeyError: 'mine'" in result.message


CODE = {row.id: row for row in read_table().values() if row.kind == "code"}
OURS = [v for v in all_variants() if CODE[v.exercise].notebook in NOTEBOOKS]


@pytest.mark.parametrize("variant", OURS, ids=lambda v: f"{v.exercise}/{v.name}")
def test_verdicts_on_variants_hold_for_every_seed(install, variant):
    row = CODE[variant.exercise]
    install(row.path, variant.apply(solved(row.path), row))
    for seed in SEEDS:
        for hidden in (False, True):
            result = run(row, seed, hidden)
            assert (result.status == "pass") is variant.right, (seed, hidden)


@pytest.mark.parametrize(
    "row", [r for r in CODE.values() if r.notebook in NOTEBOOKS], ids=lambda r: r.id
)
def test_every_exercise_has_enough_variants(row):
    rights = [variant.right for variant in OURS if variant.exercise == row.id]
    assert rights.count(False) >= 3
    assert rights.count(True) >= 1
