"""The checks of fully connected nets judge each exercise by itself, and take historical code."""

import pytest

import grading.hidden
import grading.oracles
from cs231n.checks.oracles import LiveOracles
from cs231n.checks.runner import load_suites, run_exercise
from cs231n.checks.table import read_table
from grading.authoring import trees
from grading.authoring.markers import find_regions, owner, replace_solution

pytestmark = pytest.mark.assignment2

NETS, RULES = "cs231n/classifiers/fc_net.py", "cs231n/optim.py"


def results(path, text, *names):
    """How exercises end with this text in the place of a solved module."""
    load_suites(grading.hidden)
    oracles = LiveOracles(grading.oracles.load())
    with trees.running({path: text}) as session:
        return [run_exercise(read_table()[name], session, oracles, hidden=True) for name in names]


def cleared(path, *exercises):
    """The solved module with the regions of these exercises as stubs."""
    rows = [row for row in read_table().values() if row.path == path]
    text = trees.read(path)
    lines = text.splitlines()
    for region in reversed(find_regions(text)):
        row = owner(region, rows, path)
        if row.id in exercises:
            lines[region.first : region.last + 1] = [
                f'{region.indent}raise NotImplementedError("{row.id}: write it in {path}")'
            ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "unwritten"),
    [
        ("fc-two-layer-init", ("fc-two-layer-net", "fc-net-init", "fc-net-scores", "fc-net-loss")),
        ("fc-two-layer-net", ("fc-net-init", "fc-net-scores", "fc-net-loss")),
        ("fc-net-init", ("fc-two-layer-init", "fc-two-layer-net", "fc-net-scores", "fc-net-loss")),
        ("fc-net-scores", ("fc-two-layer-init", "fc-two-layer-net", "fc-net-loss")),
        ("fc-net-loss", ("fc-two-layer-init", "fc-two-layer-net")),
    ],
)
def test_an_exercise_can_be_checked_before_others_are_written(name, unwritten):
    (result,) = results(NETS, cleared(NETS, *unwritten), name)
    assert result.status == "pass"


def test_rules_with_the_older_names_of_their_arguments_are_judged():
    text = trees.read(RULES)
    for rule in ("sgd_momentum", "rmsprop", "adam"):
        text = text.replace(f"def {rule}(w, dw, config=None):", f"def {rule}(x, dx, config=None):")
    text = text.replace(
        "    config = _with_defaults(", "    w, dw = x, dx\n    config = _with_defaults("
    )
    text = text.replace("    next_w = w - rate * dw /", "    w -= rate * dw /")  # x itself changes
    text = text.replace("def sgd(w, dw, config=None):", "def sgd(x, dx, config=None):")
    text = text.replace("    return next_w, config", "    return locals().get('next_w', w), config")
    found = results(RULES, text, "sgd-momentum", "rmsprop", "adam")
    assert [result.status for result in found] == ["pass"] * 3, [r.message for r in found]


def message(path, text, name):
    """That of the first failed check of an exercise."""
    (result,) = results(path, text, name)
    return result.message


NET_SLIPS = {
    "the last layer's weights": (
        ("for layer in range(1, last + 1):", "for layer in range(1, last):"),
        ("fc-net-loss", "leaves out W3, the weights of the last layer"),
    ),
    "half of the penalty": (
        ("loss += 0.5 * self.reg * np.sum(w**2)", "loss += self.reg * np.sum(w**2)"),
        ("fc-net-loss", "factor 1/2"),
    ),
    "a ReLU too many": (
        (
            "caches.append(affine_cache)\n",
            "caches.append(affine_cache)\n        scores[scores < 0] = 0\n",
        ),
        ("fc-net-scores", "last layer is affine alone, without a ReLU"),
    ),
}


@pytest.mark.parametrize("case", NET_SLIPS)
def test_a_likely_slip_of_a_net_is_named(case):
    (old, new), (name, words) = NET_SLIPS[case]
    text = trees.read(NETS)
    assert text.count(old) == 1
    assert words in message(NETS, text.replace(old, new), name)


RULE_SLIPS = {
    "rmsprop": (
        """
config["cache"] = decay * cache + (1 - decay) * dw**2
next_w = w - rate * dw / np.sqrt(config["cache"] + epsilon)
""",
        "epsilon goes behind the root",
    ),
    "sgd-momentum": (
        """
config["v"] = momentum * velocity - rate * dw
next_w = w + config["v"]
""",
        'config["velocity"] is still the old one',
    ),
    "adam": (
        """
config["t"] += 1
config["m"] = beta1 * m + (1 - beta1) * dw
config["v"] = beta2 * v + (1 - beta2) * dw**2
next_w = w - rate * config["m"] / (np.sqrt(config["v"]) + epsilon)
""",
        "not corrected for their start",
    ),
}


@pytest.mark.parametrize("name", RULE_SLIPS)
def test_a_likely_slip_of_a_rule_is_named(name):
    code, words = RULE_SLIPS[name]
    text = replace_solution(trees.read(RULES), read_table()[name], code, RULES)
    assert words in message(RULES, text, name)
