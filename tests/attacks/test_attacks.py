"""A corpus of attacks: none may gain a point, touch a neighbour, stop the batch or survive.

Each is the same wrong answer to one exercise, with an attack around it. Its score is compared
with that of the wrong answer alone.
"""

import functools
import io
import os
import resource
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cs231n.checks.table import read_table
from grading import oracles
from grading.authoring.markers import replace_solution
from grading.intake.collect import Submission
from grading.jail.jail import Jail, Limits
from grading.judging.verifier import Oracles, hidden_resources, run_seeds, verify
from grading.release.build import release_tree
from grading.reporting.results import student_record

ROOT = Path(__file__).resolve().parents[2]
SECRET = 20231
ROW = replace(read_table()["knn-two-loops"], seconds=2.0)
ROWS = [ROW, replace(read_table()["knn-predict-labels"], seconds=2.0)]
SOLVED = (ROOT / ROW.path).read_text()
LIMITS = Limits(memory=500 << 20, disk=16 << 20, file_bytes=8 << 20)

CORPUS = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text(encoding="utf-8"))
CHEATS, ASSAULTS = CORPUS["cheats"], CORPUS["assaults"]


def submission(student, text):
    return Submission(student, modules={path: text.encode() for path in {r.path for r in ROWS}})


def attacked(attack):
    """The solved module with an attack in one exercise and at the top."""
    top = CORPUS["helper"] if "helper" in attack else attack.get("top", "")
    body = attack.get("body", CORPUS["wrong"]).replace("{root!r}", repr(str(ROOT)))
    text = replace_solution(SOLVED, ROW, body, ROW.path)
    text = text.replace("import numpy as np\n", f"import numpy as np\n\n{top}\n", 1)
    if top != "def (:":
        compile(text, ROW.path, "exec")  # else it would be refused for its grammar alone
    return text


class Class:
    """A jail and all that is needed to grade in it."""

    def __init__(self, tier):
        self.jail = Jail(release_tree("assignment1", notebooks=False), tier, LIMITS)
        self.oracles = Oracles(oracles.load())
        self.right = self.grade(submission("alice", SOLVED))
        self.honest = self.grade(submission("bob", attacked({})))

    def grade(self, submission):
        """A student's record without the times."""
        record = student_record(
            verify(
                submission,
                ROWS,
                self.jail,
                self.oracles,
                run_seeds(SECRET),
                hidden_resources(SECRET),
                seconds=20.0,
            ),
            [],
        )
        for exercise in record["exercises"].values():
            del exercise["seconds"]
        return record

    def withstands(self, attack):
        """Grade an attack between two neighbours; returns its record."""
        zygote = self.jail._process.pid
        before = self.processes()
        record = self.grade(attack)
        assert self.processes() <= before
        assert self.jail._process.pid == zygote
        assert self.grade(submission("zoe", SOLVED)) == self.right
        for name, exercise in record["exercises"].items():
            assert exercise["points"] <= self.honest["exercises"][name]["points"]
        return record

    def processes(self):
        """How many processes there are below this one, supervisors apart that are leaving."""
        self.jail.open({}).close()
        return sum(_descends(path, os.getpid()) for path in Path("/proc").glob("[0-9]*"))


def _descends(path, ancestor):
    try:
        while path.name not in ("0", "1"):
            state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
            if state == "Z" or not (path / "cmdline").read_bytes():
                return False
            if int(parent) == ancestor:
                return True
            path = path.parent / parent
    except OSError:
        pass
    return False


@pytest.fixture(
    scope="module", params=[pytest.param("bubblewrap", marks=pytest.mark.jail), "rlimits"]
)
def class_(request):
    class_ = Class(request.param)
    yield class_
    class_.jail.close()


@pytest.fixture(scope="module")
def walled():
    class_ = Class("bubblewrap")
    yield class_
    class_.jail.close()


def test_the_right_answer_has_full_points_and_the_wrong_one_less(class_):
    assert class_.right["score"] == class_.right["max"]
    assert class_.honest["exercises"][ROW.id]["points"] == 0
    assert class_.honest["exercises"][ROWS[1].id]["status"] == "pass"


@pytest.mark.parametrize("attack", CHEATS.values(), ids=CHEATS)
def test_a_cheat_gains_nothing(class_, attack):
    class_.withstands(submission("mallory", attacked(attack)))


@pytest.mark.jail
@pytest.mark.parametrize("attack", ASSAULTS.values(), ids=ASSAULTS)
def test_an_assault_gains_nothing_and_leaves_nothing(walled, attack):
    walled.withstands(submission("mallory", attacked(attack)))


@pytest.mark.parametrize("name", ["numpy.py", "sitecustomize.py", "cs231n/__init__.py", "json.py"])
def test_files_that_no_exercise_names_do_not_enter(class_, name):
    attack = submission("mallory", attacked({}))
    attack.modules[name] = b"import os; os._exit(0)"
    assert class_.withstands(attack) == class_.honest


def test_one_hang_does_not_cost_the_other_exercises(class_):
    record = class_.withstands(submission("mallory", attacked({"body": "while True: pass"})))
    assert record["exercises"][ROW.id]["status"] == "timeout"
    assert record["exercises"][ROWS[1].id]["status"] == "pass"


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("a loop in C", {"timeout"}),
        ("os._exit in the call", {"error"}),
        ("an array larger than the machine", {"memory"}),
        ("garbage on the socket", {"error"}),
        ("all masked", {"fail", "error"}),
        ("sys.exit at import", {"error"}),
    ],
)
def test_the_status_says_what_happened(class_, name, statuses):
    record = class_.grade(submission("mallory", attacked(CHEATS[name])))
    assert record["exercises"][ROW.id]["status"] in statuses


@pytest.mark.parametrize("name", ["garbage on the socket", "a broken header"])
def test_broken_frames_are_flagged_for_a_person(class_, name):
    assert class_.grade(submission("mallory", attacked(CHEATS[name])))["flags"]


def test_the_students_words_cannot_drive_a_terminal(class_):
    record = class_.grade(
        submission("mallory", attacked({"body": "raise ValueError('\\x1b[2J\\0' * 9999)"}))
    )
    message = record["exercises"][ROW.id]["message"]
    assert "\x1b" not in message
    assert len(message) <= 1000


def bomb(tmp_path):
    np.savez_compressed(tmp_path / "bomb.npz", W1=np.zeros(200 << 20, np.uint8))
    return (tmp_path / "bomb.npz").read_bytes()


def pickled(tmp_path):
    np.savez(tmp_path / "pickled.npz", W1=np.array([sys.exit], dtype=object))
    return (tmp_path / "pickled.npz").read_bytes()


@pytest.mark.parametrize("make", [bomb, pickled, lambda path: b"PK\x03\x04" + bytes(99)])
def test_weights_that_are_no_weights_earn_nothing(class_, tmp_path, make):
    row = replace(read_table()["net-tuned"], seconds=5.0)
    modules = {row.path: (ROOT / row.path).read_bytes()}
    attack = Submission("mallory", modules=modules, hand_in={row.file: make(tmp_path)})
    seeds, resources = run_seeds(SECRET), hidden_resources(SECRET)
    (result,) = verify(attack, [row], class_.jail, class_.oracles, seeds, resources)
    assert result.points == 0
    assert class_.grade(submission("zoe", SOLVED)) == class_.right


def points(class_, name, text, resources=None, **hand_in):
    """What one exercise earns with this text as its module."""
    row = read_table()[name]
    attack = Submission("mallory", modules={row.path: text.encode()})
    attack.hand_in = {f"{name}.npz": data for name, data in hand_in.items()}
    resources = resources or hidden_resources(SECRET)
    (result,) = verify(attack, [row], class_.jail, class_.oracles, run_seeds(SECRET), resources)
    return result.points


def answered(name, code, top=""):
    """The solved module of an exercise with this code in its place, and at the top."""
    row = read_table()[name]
    text = replace_solution((ROOT / row.path).read_text(), row, code, row.path)
    return text.replace("import numpy as np\n", f"import numpy as np\n{top}\n", 1)


LOOPS = """
dists = np.zeros((num_test, num_train))
for i in range(num_test):
    for j in range(num_train):
        dists[i, j] = np.sqrt(np.sum((X[i].astype(float) - self.X_train[j]) ** 2))
"""
HIDING_LOOPS = {
    "a forged count": {
        "top": "import cs231n.checks.beside.steps as s; s.count_steps = lambda *a, **k: 3"
    },
    "nothing done where arrays are long": {
        "before": "if num_test * num_train > 9999: return np.zeros((num_test, num_train))"
    },
    "remembered from the first of three calls": {
        "top": "KNOWN = {}",
        "before": "if X.tobytes() in KNOWN: return KNOWN[X.tobytes()]",
        "after": "KNOWN[X.tobytes()] = dists",
    },
    "done by a child that nobody waits for": {
        "top": "import mmap, os, signal",
        "before": """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
shared, (read, write) = mmap.mmap(-1, num_test * num_train * 8), os.pipe()
if os.fork():
    os.close(write)
    os.read(read, 1)
    return np.frombuffer(bytes(shared)).reshape(num_test, num_train)
""",
        "after": "shared[:] = dists.tobytes()\nos._exit(0)",
    },
}


@pytest.mark.parametrize("trick", HIDING_LOOPS.values(), ids=HIDING_LOOPS)
def test_a_loop_cannot_be_hidden(class_, trick):
    code = f"\n{trick.get('before', '')}\n{LOOPS}{trick.get('after', '')}\n"
    honest = points(class_, "knn-no-loops", answered("knn-no-loops", LOOPS))
    hidden = answered("knn-no-loops", code, trick.get("top", ""))
    assert points(class_, "knn-no-loops", hidden) <= honest < read_table()["knn-no-loops"].points


SCORES = "scores = X @ W; own = scores[np.arange(len(X)), y][:, None]"
RIGHT_LOSS = f"""
{SCORES}
loss = (np.maximum(0, scores - own + 1).sum() - len(X)) / len(X) + reg * np.sum(W * W)
return loss, np.zeros_like(W)
"""
CONSTANT_LOSS = RIGHT_LOSS.replace(
    "return", "loss = KNOWN.setdefault((X.tobytes(), y.tobytes(), reg, *trace(W)), loss)\nreturn"
)
# One loss for all weights that lie close together, as those of a numerical derivative do.
NEARBY = "KNOWN = {}\ntrace = lambda W: np.round(W, 1).ravel().tolist()"


def test_a_loss_that_agrees_with_a_wrong_gradient_gains_nothing(class_):
    honest = points(class_, "svm-loss-naive", answered("svm-loss-naive", RIGHT_LOSS))
    constant = answered("svm-loss-naive", CONSTANT_LOSS, NEARBY)
    assert 0 < points(class_, "svm-loss-naive", constant) <= honest


DRAWN = "chosen = np.random.choice(num_train, batch_size)"
TRAINED = {  # what follows a step, and what could stand there to tell of another minibatch
    "linear-train": (
        "self.W = self.W - learning_rate * dW",
        "self.batches[-1:] = [(X[other], y[other], float(reg))]",
    ),
    "net-train": (
        "self.params[name] = self.params[name] - learning_rate * grad",
        "self.batches[-1:] = [(X[other], y[other])]",
    ),
}


@pytest.mark.parametrize("name", TRAINED)
def test_minibatches_that_were_not_trained_on_gain_nothing(class_, name):
    solved = (ROOT / read_table()[name].path).read_text()
    step, lie = TRAINED[name]
    always = solved.replace(DRAWN, "chosen = np.arange(min(batch_size, num_train))")
    forge = f"other = np.random.choice(num_train, batch_size); {lie}"
    forged = always.replace(step, f"{step}\n            if hasattr(self, 'batches'): {forge}")
    if name == "net-train":  # the step stands deeper, in a loop over the parameters
        forged = always.replace(
            step, f"{step}\n                if hasattr(self, 'batches'): {forge}"
        )
    assert solved != always != forged
    honest = points(class_, name, always)
    assert points(class_, name, forged) <= honest < read_table()[name].points


def weights(**changed):
    """A network that sees nothing, as a file, but for some arrays."""
    arrays = {"W1": np.zeros((3072, 1)), "b1": np.zeros(1), "W2": np.zeros((1, 10))}
    arrays |= {"b2": np.zeros(10), "mean": np.zeros(3072), "std": np.ones(3072)}
    file = io.BytesIO()
    np.savez(file, **(arrays | changed))
    return file.getvalue()


def telling_pictures(count):
    """Pictures whose label is their first number: (X, y)."""
    X, y = np.zeros((count, 32, 32, 3), np.uint8), np.arange(count) % 10
    X[:, 0, 0, 0] = y
    return X, y


@functools.cache
def reader():
    """A file of weights that label such pictures: of 2 c x - c^2 the largest is that of c = x."""
    first = (np.arange(3072) == 0).astype(float)[:, None]
    labels = np.arange(10.0)
    return weights(W1=first, W2=2 * labels[None], b2=-(labels**2))


FORGED_FILE = """
import io, sys
def load(self, name):
    with np.load(io.BytesIO({data!r})) as archive:
        return {{key: archive[key] for key in archive.files}}
sys.modules["dispatch"].Dispatcher._load = load
"""


def test_only_the_weights_that_were_handed_in_are_judged(class_):
    solved = (ROOT / read_table()["net-tuned"].path).read_text()
    resources = {"pictures": telling_pictures}

    def earned(text, **hand_in):
        return points(class_, "net-tuned", text, resources, **hand_in)

    assert earned(solved, best_net=reader()) == read_table()["net-tuned"].points
    other_model = answered("net-predict", "return np.round(X[:, 0]).astype(int)")
    other_file = solved.replace(
        "import numpy as np\n", "import numpy as np\n" + FORGED_FILE.format(data=reader()), 1
    )
    for text in (solved, other_model, other_file):
        assert earned(text, best_net=weights()) == 0


def test_values_that_broadcast_are_not_combined(class_):
    """The difference of a column and a row of what may travel would fill the machine."""
    code = "return (np.ones((9000, 1)) if reg else np.ones((1, 9000))), {}"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert points(class_, "net-loss", answered("net-loss", code)) == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10  # KiB
