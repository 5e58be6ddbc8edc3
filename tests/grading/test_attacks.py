"""A corpus of attacks: none may gain a point, touch a neighbour, stop the batch or survive.

Each is the same wrong answer to one exercise, with an attack around it. Its score is compared
with that of the wrong answer alone.
"""

import os
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cs231n.checks.table import read_table
from grading import oracles
from grading.intake import Submission
from grading.jail import Jail, Limits
from grading.markers import replace_solution
from grading.release import release_tree
from grading.results import student_record
from grading.verifier import Oracles, hidden_resources, run_seeds, verify

ROOT = Path(__file__).resolve().parents[2]
SECRET = 20231
ROW = replace(read_table()["knn-two-loops"], seconds=2.0)
ROWS = [ROW, replace(read_table()["knn-predict-labels"], seconds=2.0)]
SOLVED = (ROOT / ROW.path).read_text()
WRONG = "dists[:] = 1.0"
LIMITS = Limits(memory=500 << 20, disk=16 << 20, file_bytes=8 << 20)

# The job's own socket, found as an attacker finds it.
HELPER = """
import os, stat, sys

def find_socket():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return number
        except OSError:
            pass
"""

# name -> (code at the top of the module, body of the exercise); run in both jails
CHEATS = {
    "patched comparisons": (
        """
        import builtins
        for module in (np, np.testing, np.linalg):
            for name in dir(module):
                if name.startswith(("assert", "allclose", "array_equal", "isclose", "isfinite")):
                    setattr(module, name, lambda *args, **kwargs: True)
        np.abs = np.max = lambda *args, **kwargs: 0.0
        builtins.max = builtins.sum = builtins.float = lambda *args, **kwargs: 0.0
        """,
        WRONG,
    ),
    "patched dispatcher": (
        """
        import sys
        def answer(self, data, encode=sys.modules["dispatch"].encode):
            return encode({"value": True, "changed": [], "status": "pass", "points": 100})
        sys.modules["dispatch"].Dispatcher.answer = answer
        """,
        WRONG,
    ),
    "patched encoder": (
        """
        import sys
        dispatch, protocol = sys.modules["dispatch"], sys.modules["protocol"]
        def encode(value, keep=None, real=protocol.encode):
            try:
                return real({"value": value["value"] * 0, "changed": []}, keep)
            except Exception:
                return real({"value": None, "changed": []}, keep)
        dispatch.encode = protocol.encode = encode
        """,
        WRONG,
    ),
    "a reply that claims success": (
        HELPER,
        """
        socket = find_socket()
        encode = sys.modules["protocol"].encode
        for claim in ("pass", True, {"status": "pass", "points": 100.0}, 0.0, None):
            os.write(socket, encode({"value": claim, "changed": []}))
        """,
    ),
    "garbage on the socket": (HELPER, "os.write(find_socket(), os.urandom(4096))"),
    "a broken header": (
        HELPER,
        """
        socket = find_socket()
        for header in (b'{"a": ["V1000000000", [9]]}', b"[" * 100000, b'{"d": 7}', b"9" * 9999):
            os.write(socket, len(header).to_bytes(4, "big") + bytes(8) + header)
        """,
    ),
    "an answer without end": (
        HELPER,
        """
        socket = find_socket()
        while True:
            os.write(socket, b"\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0\\0\\0[]" * 1000)
        """,
    ),
    "two replies": (
        HELPER,
        """
        socket = find_socket()
        encode = sys.modules["protocol"].encode
        os.write(socket, encode({"value": dists, "changed": []}))
        """,
    ),
    "hunting in memory": (
        "",
        """
        import gc, sys
        found, frame = [], sys._getframe()
        while frame:
            found += list(frame.f_locals.values())
            frame = frame.f_back
        for thing in found + gc.get_objects():
            if type(thing) is np.ndarray and thing.shape == dists.shape and thing is not dists:
                return thing.astype(float)
            if type(thing) is dict and np.shape(thing.get("expected")) == dists.shape:
                return thing["expected"]
        """,
    ),
    "an array that agrees with everything": (
        """
        class Agreeable(np.ndarray):
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            def __array_function__(self, *args): return True
            def __array_ufunc__(self, *args, **kwargs): return 0.0
        """,
        "return dists.view(Agreeable)",
    ),
    "an object that agrees with everything": (
        """
        class Agreeable:
            def __eq__(self, other): return True
            def __array__(self, *args, **kwargs): return np.zeros((3, 5))
            shape, dtype = (3, 5), np.dtype(float)
            def __getattr__(self, name): return lambda *args, **kwargs: True
        """,
        "return Agreeable()",
    ),
    "objects in an array": (
        "",
        """
        class Agreeable(float):
            def __eq__(self, other): return True
            def __sub__(self, other): return 0.0
            __rsub__ = __sub__
        return np.array([[Agreeable() for _ in row] for row in dists], dtype=object)
        """,
    ),
    "all masked": ("", "return np.ma.masked_all(dists.shape)"),
    "not a number": ("", "dists[:] = np.nan"),
    "infinite": ("", "dists[:] = np.inf"),
    "one number for all": ("", "return np.float64(1.0)"),
    "a shape that broadcasts": ("", "return dists[:1]"),
    "empty": ("", "return dists[:0]"),
    "half precision": ("", "return dists.astype(np.float16)"),
    "text": ("", "return 'pass'"),
    "not a string, nearly": ("", "return type('str', (str,), {'__eq__': lambda s, o: True})('x')"),
    "a name with a surrogate": (
        "",
        "raise type('\\ud800', (Exception,), {})('\\udfff\\x1b[2J\\0')",
    ),
    "an error that cannot be told": (
        "",
        "raise type('E', (Exception,), {'__str__': lambda self: 1 / 0})",
    ),
    "inputs overwritten": ("", "X *= 0.0; self.X_train *= 0.0; dists[:] = 0.0"),
    "inputs of others overwritten": (
        """
        import gc
        for thing in gc.get_objects():
            if type(thing) is np.ndarray and thing.flags.writeable:
                thing[...] = 0
        """,
        "dists[:] = 0.0",
    ),
    "reseeding": (
        """
        np.random.seed(0)
        np.random.default_rng = lambda *args: np.random.Generator(np.random.PCG64(0))
        """,
        "dists[:] = np.random.default_rng().normal(size=dists.shape)",
    ),
    "a thread that waits": (
        """
        import threading, time
        def later():
            while True:
                time.sleep(0.01)
                np.abs = np.sqrt = lambda *args, **kwargs: 0.0
        threading.Thread(target=later, daemon=True).start()
        """,
        WRONG,
    ),
    "words at the end": (
        """
        import atexit
        atexit.register(print, '{"score": 100}')
        """,
        "print('### BEGIN GRADE\\n100\\n### END GRADE'); dists[:] = 1.0",
    ),
    "no more tracing": ("import sys; sys.settrace(lambda *a: None); sys.setprofile(None)", WRONG),
    "sys.exit at import": ("import sys; sys.exit(0)", WRONG),
    "os._exit at import": ("import os; os._exit(0)", WRONG),
    "os._exit in the call": ("", "import os; os._exit(0)"),
    "an interrupt": ("", "raise KeyboardInterrupt"),
    "a syntax error": ("def (:", WRONG),
    "streams closed": ("import os; os.closerange(0, 64)", WRONG),
    "print without end": ("", "while True: print('x' * 100000)"),
    "a loop in Python": ("", "while True: pass"),
    "a loop in C": ("", "import collections, itertools; collections.deque(itertools.repeat(1), 0)"),
    "a loop at import": ("while True: pass", WRONG),
    "a loop that hears nothing": (
        "",
        """
        import signal
        for number in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM, signal.SIGXCPU):
            signal.signal(number, signal.SIG_IGN)
        while True:
            try:
                while True: pass
            except BaseException:
                continue
        """,
    ),
    "much memory": ("", "hog = [np.ones(10**7) for _ in range(1000)]"),
    "an array larger than the machine": ("", "return np.ones((10**6, 10**6))"),
    "an answer larger than the cap": ("", "return np.zeros((3000, 4000))"),
    "deep recursion": ("", "import sys; sys.setrecursionlimit(10**6); f = lambda: f(); f()"),
    "a crash": ("", "import ctypes; ctypes.string_at(0)"),
}

# These could do harm outside of the jail of namespaces, and are run in it alone.
ASSAULTS = {
    "a fork bomb": ("", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"),
    "threads without end": (
        "",
        """
        import threading, time
        while True:
            threading.Thread(target=time.sleep, args=(60,)).start()
        """,
    ),
    "a full disk": (
        "",
        """
        import itertools
        for number in itertools.count():
            with open(f"/tmp/{number}", "wb") as file:
                file.write(bytes(1 << 20))
        """,
    ),
    "kill": (
        "",
        """
        import os, signal
        for target in (os.getppid(), -1, 0, 1, os.getpid()):
            try: os.kill(target, signal.SIGKILL)
            except OSError: pass
        """,
    ),
    "a daemon": (
        """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(60)
            os._exit(0)
        """,
        WRONG,
    ),
    "reading the solution": (
        "",
        """
        import os
        for folder, _, files in os.walk("/"):
            for name in files:
                if name in ("k_nearest_neighbor.py", "knn.py") and not folder.startswith("/work/"):
                    text = open(os.path.join(folder, name)).read()
                    if "### BEGIN SOLUTION" in text or "def euclidean_distances" in text:
                        names = {}
                        exec(text, names)
                        if "euclidean_distances" in names:
                            return names["euclidean_distances"](X, self.X_train)
                        other = names["KNearestNeighbor"]()
                        other.train(self.X_train, None)
                        return other.compute_distances_two_loops(X)
        """,
    ),
    "the repository by its path": (
        "",
        f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from grading.oracles.knn import euclidean_distances
        return euclidean_distances(X, self.X_train)
        """,
    ),
    "leaving a note for the next": (
        """
        import os
        for folder, _, _ in os.walk("/"):
            try: open(f"{folder}/sitecustomize.py", "w").write("raise SystemExit")
            except OSError: pass
        """,
        WRONG,
    ),
    "escape by mount": (
        "",
        """
        import ctypes
        libc = ctypes.CDLL(None)
        libc.unshare(0x10020000)
        libc.mount(b"proc", b"/proc", b"proc", 0, None)
        libc.umount2(b"/work", 2)
        libc.chroot(b"/proc/1/root")
        dists[:] = 1.0
        """,
    ),
}


def submission(student, text):
    return Submission(student, modules={path: text.encode() for path in {r.path for r in ROWS}})


def attacked(top, body):
    """The solved module with an attack in one exercise and at the top."""
    top, body = (textwrap.dedent(part).strip("\n") for part in (top, body))
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
        self.honest = self.grade(submission("bob", attacked("", WRONG)))

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


@pytest.mark.parametrize(("top", "body"), CHEATS.values(), ids=CHEATS)
def test_a_cheat_gains_nothing(class_, top, body):
    class_.withstands(submission("mallory", attacked(top, body)))


@pytest.mark.jail
@pytest.mark.parametrize(("top", "body"), ASSAULTS.values(), ids=ASSAULTS)
def test_an_assault_gains_nothing_and_leaves_nothing(walled, top, body):
    walled.withstands(submission("mallory", attacked(top, body)))


@pytest.mark.parametrize("name", ["numpy.py", "sitecustomize.py", "cs231n/__init__.py", "json.py"])
def test_files_that_no_exercise_names_do_not_enter(class_, name):
    attack = submission("mallory", attacked("", WRONG))
    attack.modules[name] = b"import os; os._exit(0)"
    assert class_.withstands(attack) == class_.honest


def test_one_hang_does_not_cost_the_other_exercises(class_):
    record = class_.withstands(submission("mallory", attacked("", "while True: pass")))
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
    record = class_.grade(submission("mallory", attacked(*CHEATS[name])))
    assert record["exercises"][ROW.id]["status"] in statuses


@pytest.mark.parametrize("name", ["garbage on the socket", "a broken header"])
def test_broken_frames_are_flagged_for_a_person(class_, name):
    assert class_.grade(submission("mallory", attacked(*CHEATS[name])))["flags"]


def test_the_students_words_cannot_drive_a_terminal(class_):
    record = class_.grade(
        submission("mallory", attacked("", "raise ValueError('\\x1b[2J\\0' * 9999)"))
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
def test_weights_that_are_no_weights_are_loaded_in_the_jail_only(class_, tmp_path, make):
    row = replace(read_table()["net-tuned"], seconds=5.0)
    modules = {row.path: (ROOT / row.path).read_bytes()}
    attack = Submission("mallory", modules=modules, hand_in={row.file: make(tmp_path)})
    seeds, resources = run_seeds(SECRET), hidden_resources(SECRET)
    (result,) = verify(attack, [row], class_.jail, class_.oracles, seeds, resources)
    assert result.points == 0
    assert class_.grade(submission("zoe", SOLVED)) == class_.right


LOOPS = """
dists = np.zeros((num_test, num_train))
for i in range(num_test):
    for j in range(num_train):
        dists[i, j] = np.sqrt(np.sum((X[i].astype(float) - self.X_train[j]) ** 2))
"""
FORGED_COUNT = "\nimport cs231n.checks.steps\ncs231n.checks.steps.count_steps = lambda *a, **k: 3\n"


@pytest.mark.xfail(reason="steps are counted where the student's code runs: docs/security.md")
def test_a_forged_count_of_steps_gains_nothing(class_):
    row = read_table()["knn-no-loops"]
    text = replace_solution(SOLVED, row, LOOPS, row.path)
    points = []
    for module in (text, text + FORGED_COUNT):
        attack = Submission("mallory", modules={row.path: module.encode()})
        seeds, resources = run_seeds(SECRET), hidden_resources(SECRET)
        (result,) = verify(attack, [row], class_.jail, class_.oracles, seeds, resources)
        points.append(result.points)
    assert points[1] <= points[0]
