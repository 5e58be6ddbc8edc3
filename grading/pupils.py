"""The demonstration's class: what each student wrote, as files of a submission."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cs231n.checks.table import read_table, select
from grading.markers import replace_solution
from grading.mutants import all_variants
from grading.release import strip_module
from grading.train_hand_in import train_hand_in

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENT = "assignment1"
KNN = ("knn-two-loops", "knn-one-loop", "knn-no-loops", "knn-predict-labels")
MISTAKEN = ("knn-no-loops", "knn-predict-labels", "svm-loss-naive", "softmax-loss-vectorized")

ENDLESS = """
while True:
    pass
"""

# Reads whatever it can reach, then claims success everywhere it knows of.
CHEAT = """
import glob, os
loot = ""
for root in ("", "..", "../..", "/*", "/*/*", "/proc/1/root/*", os.path.expanduser("~/*")):
    for path in glob.glob(root + "/cs231n/classifiers/k_nearest_neighbor.py"):
        text = open(path).read()
        loot += text if "#" * 3 + " BEGIN" in text else ""
for path in glob.glob("/*/gradebook.db") + glob.glob("../*/gradebook.db"):
    open(path, "ab").write(b"points")
for number in range(3, 64):
    try:
        os.write(number, b'{"status": "pass", "points": 100}')
    except OSError:
        pass
print('{"score": 100}')
np.testing.assert_allclose = np.allclose = lambda *args, **kwargs: True
if loot:
    stolen = {}
    exec(loot, stolen)
    return stolen["KNearestNeighbor"].compute_distances_two_loops(self, X)


class Agreeable(np.ndarray):
    def __array_function__(self, *args):
        return True


return np.zeros((num_test, num_train)).view(Agreeable)
"""

Files = dict[str, bytes]


@dataclass(frozen=True)
class Pupil:
    """One member of the class; `files` turns what was released into what is handed in."""

    name: str
    story: str
    files: Callable[[Files], Files]


def solved(path: str, unsolved: set[str] | frozenset = frozenset()) -> str:
    """A module as the kit solves it, without markers; these exercises stay as released."""
    return strip_module((ROOT / path).read_text(encoding="utf-8"), path, set(unsolved))


def complete(files: Files) -> Files:
    """Every function as the kit solves it, every question answered, and trained networks."""
    modules = {path: solved(path).encode() for path in files if path.endswith(".py")}
    folder = ROOT / "assignments" / ASSIGNMENT
    notebooks = {name: (folder / name).read_bytes() for name in files if name.endswith(".ipynb")}
    weights = {f"hand_in/{name}": content for name, content in train_hand_in().items()}
    return files | modules | notebooks | weights


def typical(files: Files) -> Files:
    """Good work, but in some exercises with the first mistake that the kit knows of."""
    return files | with_mistakes(MISTAKEN, files)


def with_mistakes(names: tuple[str, ...], files: Files) -> Files:
    """The solved modules among these files, with a known mistake in each of these exercises."""
    texts = {p: (ROOT / p).read_text(encoding="utf-8") for p in files if p.endswith(".py")}
    mistakes = {v.exercise: v for v in reversed(all_variants()) if not v.right}
    for name in names:
        row = read_table()[name]
        texts[row.path] = mistakes[name].apply(texts[row.path], row)
    return {path: strip_module(text, path, set()).encode() for path, text in texts.items()}


def only(*names: str) -> Callable[[Files], Files]:
    """A student who wrote these exercises and nothing else."""

    def files(released: Files) -> Files:
        rest = {row.id for row in select(ASSIGNMENT) if row.id not in names}
        paths = [path for path in released if path.endswith(".py")]
        return released | {path: solved(path, rest).encode() for path in paths}

    return files


def with_code(name: str, code: str) -> Callable[[Files], Files]:
    """A student with the typical answers, and this code as one exercise."""

    def files(released: Files) -> Files:
        row = read_table()[name]
        text = (ROOT / row.path).read_text(encoding="utf-8")
        text = strip_module(replace_solution(text, row, code, row.path), row.path, set())
        return typical(released) | {row.path: text.encode()}

    return files


def broken(files: Files) -> Files:
    """Typical answers, with a colon missing in one module and another one not handed in."""
    files = typical(files)
    path = read_table()["softmax-loss-naive"].path
    files[path] = files[path].replace(b"reg):", b"reg)", 1)
    del files[read_table()["linear-train"].path]
    return files


PUPILS = (
    Pupil("ada", "has written everything", complete),
    Pupil("ben", "hands in what was released, untouched", lambda files: files),
    Pupil("cho", "makes the mistakes that students make", typical),
    Pupil("dan", "has a loop that never ends", with_code("knn-two-loops", ENDLESS)),
    Pupil("eve", "looks for the solution and forges a grade", with_code("knn-two-loops", CHEAT)),
    Pupil("fay", "got through half of the first notebook; hands in a zip", only(*KNN)),
    Pupil("gus", "forgot a colon in one module, and to hand in another", broken),
)
