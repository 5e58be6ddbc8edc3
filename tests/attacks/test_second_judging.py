"""Attacks on the second judging of an exercise, whose job holds solutions of what it needs."""

import functools
import json
from dataclasses import replace

import pytest

from cs231n.checks.runner import run_exercise
from cs231n.checks.table import read_table
from grading import oracles
from grading.authoring import trees
from grading.authoring.markers import replace_solution
from grading.intake.collect import Submission
from grading.jail.jail import Jail
from grading.judging.verifier import Oracles, hidden_resources, run_seeds, verify
from grading.release.build import release_tree
from grading.reporting.results import student_record

TABLE = read_table()
NAMES = ["log-softmax", "decode-walk", "decode-greedy"]  # each needs the ones before it
ROWS = [replace(TABLE[name], seconds=2.0) for name in NAMES]
PATH = "cs231n/language/decoding.py"
SECRET = 20231
WRONG = {"log-softmax": "return 2.0 * scores", "decode-walk": "logprobs.append(0.0)"}
TIERS = [pytest.param("bubblewrap", marks=pytest.mark.jail), "rlimits"]

# Keeps the kit's text wherever it can be written, and answers with what it finds there.
THIEF = """
import builtins, os, pathlib, sys, tempfile

HERE = pathlib.Path(__file__).parent
FOLDERS = [HERE, HERE.parent, HERE.parents[1], HERE.parents[1] / "hand_in"]
PLACES = [*FOLDERS, *map(pathlib.Path, {more})]

def put(text):
    os.environ["STOLEN"] = builtins.STOLEN = np.STOLEN = sys.STOLEN = text
    for place in PLACES:
        try:
            (place / "stolen.py").write_text(text)
        except OSError:
            pass

def stolen(name):
    texts = [os.environ.get("STOLEN"), *(getattr(m, "STOLEN", None) for m in (builtins, np, sys))]
    texts += [path.read_text() for place in PLACES for path in place.glob("stolen.py")]
    for text in filter(None, texts):
        names = dict(globals())
        exec(text, names)
        names["Sentence"] = Sentence
        return names[name]

for file in HERE.glob("kit_*.py"):
    put(file.read_text())
"""
# Both jails give a job its own folder; in the weaker one all else is shared (docs/security.md).
ELSEWHERE = {"bubblewrap": ["/tmp", "/work", "/var/tmp", "/dev/shm", "/jail", "/"], "rlimits": []}
USE = {
    "log-softmax": "if stolen('log_softmax'): return stolen('log_softmax')(scores)\n",
    "decode-walk": (
        "if stolen('walk'):\n"
        "    return stolen('walk')(model, features, start, end, choose, max_length)\n"
    ),
}


def answers(bodies, top=""):
    """A module with these bodies of exercises; the others are solved."""
    text = trees.read(PATH)
    for name, body in bodies.items():
        text = replace_solution(text, TABLE[name], body, PATH)
    return text.replace("import numpy as np\n", f"import numpy as np\n{top}\n", 1)


@functools.cache
def released():
    return release_tree("assignment3", notebooks=False)


class Judge:
    """A jail, and what it takes to judge modules in it."""

    def __init__(self, tier):
        self.jail = Jail(released(), tier)
        self.oracles = Oracles(oracles.load())
        self.places = ELSEWHERE[tier]

    def grade(self, text, rows=ROWS, **options):
        """A student's record, by the exercises' ids, and with its flags."""
        submission = Submission("mallory", modules={PATH: text.encode()})
        seeds, resources = run_seeds(SECRET), hidden_resources(SECRET)
        results = verify(submission, rows, self.jail, self.oracles, seeds, resources, **options)
        return student_record(results, [])


@pytest.fixture(scope="module", params=TIERS)
def judge(request):
    judge = Judge(request.param)
    yield judge
    judge.jail.close()


def points(record):
    return [record["exercises"][name]["points"] for name in NAMES]


def test_one_mistake_costs_once(judge):
    record = judge.grade(answers({"log-softmax": WRONG["log-softmax"]}))
    assert points(record) == [0, ROWS[1].points, ROWS[2].points]
    walk = record["exercises"]["decode-walk"]
    assert (walk["status"], walk["first"]) == ("pass", ["log-softmax"])
    assert walk["note"].startswith("Judged with the kit's log-softmax instead of yours")
    assert record["flags"] == []


def thief(places):
    """A module whose answers are wrong, but where it finds others."""
    top = THIEF.replace("{more}", repr(places))
    return answers({name: USE[name] + WRONG[name] for name in WRONG}, top)


def test_the_thief_would_gain_if_anything_stayed(monkeypatch):
    asked = Oracles(oracles.load())
    for kept, status in ((trees.read(PATH), "pass"), ("", "fail")):
        monkeypatch.setenv("STOLEN", kept)
        with trees.running({PATH: thief([])}) as open_session:
            result = run_exercise(ROWS[0], open_session, asked, (231,))
        assert result.status == status


def test_what_a_second_judging_sees_is_gone_before_the_next_begins(judge):
    """Files, environment and modules: neither this submission nor the next finds anything."""
    honest = judge.grade(answers(WRONG))
    assert points(honest)[:2] == [0, 0]
    assert points(honest)[2] == ROWS[2].points
    for _ in range(2):  # the second is an accomplice's
        assert points(judge.grade(thief(judge.places))) == points(honest)


def test_an_exercise_that_calls_the_kits_own_finds_a_stub(judge):
    bodies = {
        "log-softmax": WRONG["log-softmax"],
        "decode-greedy": (
            "from cs231n.language import kit_decoding\n"
            "return kit_decoding.greedy(model, features, start, end, max_length)"
        ),
    }
    record = judge.grade(answers(bodies))
    assert points(record) == [0, ROWS[1].points, 0]


def test_what_it_reads_is_not_told(judge):
    bodies = {
        "log-softmax": WRONG["log-softmax"],
        "decode-walk": (
            "import pathlib\n"
            "kits = pathlib.Path(__file__).parent.glob('kit_*.py')\n"
            "raise ValueError('nothing', *(file.read_text()[-900:] for file in kits))"
        ),
    }
    text = json.dumps(judge.grade(answers(bodies)))
    assert "nothing" in text
    assert "def " not in text


def test_a_second_judging_that_never_ends_costs_nobody_else(judge):
    """It is the last to be run, in the time that the submission has anyway."""
    trap = "import sys\nwhile 'cs231n.language.kit_decoding' in sys.modules: pass\n"
    body = "return walk(model, features, start, end, np.argmax, max_length)"
    bodies = {"log-softmax": WRONG["log-softmax"], "decode-walk": trap + "return walk.missing"}
    rows = [replace(row, seconds=0.5) for row in ROWS]
    record = judge.grade(answers({**bodies, "decode-greedy": body}), rows)
    assert points(record) == [0, 0, ROWS[2].points]
    assert record["exercises"]["decode-walk"]["status"] == "error"  # as in its first judging


def test_no_second_judging_begins_when_the_time_is_over(judge, monkeypatch):
    opened, real = [], judge.jail.open
    monkeypatch.setattr(judge.jail, "open", lambda files: (opened.append(1), real(files))[1])
    slow = "import time\ntime.sleep(5)"
    record = judge.grade(answers({"log-softmax": slow}), seconds=1.0)
    assert points(record) == [0, 0, 0]
    assert len(opened) == 1
    assert record["exercises"]["decode-greedy"]["note"] == ""


def test_the_protocol_broken_in_a_second_judging_is_flagged(judge):
    garbage = (
        "import os, stat, sys\n"
        "if 'cs231n.language.kit_decoding' in sys.modules:\n"
        "    for number in range(3, 64):\n"
        "        try:\n"
        "            if stat.S_ISSOCK(os.fstat(number).st_mode):\n"
        "                os.write(number, b'9' * 9999)\n"
        "        except OSError:\n"
        "            pass\n"
        "return None"
    )
    bodies = {"log-softmax": WRONG["log-softmax"], "decode-walk": garbage}
    record = judge.grade(answers(bodies), ROWS[:2])
    assert record["flags"] == ["look at decode-walk: its second judging ended oddly"]
