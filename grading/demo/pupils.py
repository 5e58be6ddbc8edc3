"""The demonstration's class: what each student wrote, as files of a submission."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cs231n.checks.table import read_table, select
from grading.authoring.markers import replace_solution
from grading.authoring.train_hand_in import train_hand_in
from grading.mutants import all_variants
from grading.release.build import strip_module

ROOT = Path(__file__).resolve().parents[2]
MODULES = (".py", ".pyx")


@dataclass(frozen=True)
class Plot:
    """Which exercises of an assignment play which part.

    Attributes
    ----------
    begun : what is all that one student wrote
    mistaken : those with a mistake in the typical work
    attacked : where two students put code that does no good
    stolen : what the thief calls, once the solution is found
    cut : an exercise in a module that somebody breaks
    lost : an exercise in a module that is not handed in
    """

    begun: tuple[str, ...]
    mistaken: tuple[str, ...]
    attacked: str
    stolen: str
    cut: str
    lost: str


PLOTS = {
    "assignment1": Plot(
        begun=("knn-two-loops", "knn-one-loop", "knn-no-loops", "knn-predict-labels"),
        mistaken=(
            "knn-no-loops",
            "knn-predict-labels",
            "svm-loss-naive",
            "softmax-loss-vectorized",
        ),
        attacked="knn-two-loops",
        stolen='stolen["KNearestNeighbor"].compute_distances_two_loops(self, X)',
        cut="softmax-loss-naive",
        lost="linear-train",
    ),
    "assignment2": Plot(
        begun=("affine-forward", "affine-backward", "relu-forward", "relu-backward"),
        mistaken=("layernorm-backward", "adam", "im2col-cython", "col2im-cython"),
        attacked="conv-windows",  # nothing else builds on it
        stolen='stolen["conv_forward_windows"](x, w, b, conv_param)',
        cut="im2col-cython",
        lost="tsne-gradient",
    ),
    "assignment3": Plot(
        begun=("rnn-step-forward", "rnn-step-backward", "rnn-forward", "rnn-backward"),
        mistaken=("embedding-backward", "rnn-dropout-backward", "extend-beams", "nested-subsets"),
        attacked="layer-rates",  # nothing else builds on it
        stolen='stolen["layer_rates"](params, layers, top, factor)',
        cut="log-softmax",
        lost="bleu-brevity",
    ),
    "assignment4": Plot(
        begun=("ngram-counts", "witten-bell", "lm-perplexity", "relu-rnn-forward"),
        mistaken=("witten-bell", "stack-backward", "lm-write", "find-loop"),
        attacked="stream-batches",  # nothing else builds on it
        stolen='stolen["stream_batches"](tokens, N, T)',
        cut="find-loop",
        lost="lm-loss",
    ),
}

ENDLESS = """
while True:
    pass
"""

# Reads whatever it can reach, then claims success everywhere it knows of.
CHEAT = """
import glob, os
loot = ""
for root in ("", "..", "../..", "/*", "/*/*", "/proc/1/root/*", os.path.expanduser("~/*")):
    for path in glob.glob(root + "/{path}"):
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
    return {call}


class Agreeable(np.ndarray):
    def __array_function__(self, *args):
        return True


return np.zeros((2, 3)).view(Agreeable)
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


def complete(assignment: str) -> Callable[[Files], Files]:
    """Every function as the kit solves it, every question answered, and trained networks."""

    def files(released: Files) -> Files:
        modules = {path: solved(path).encode() for path in released if path.endswith(MODULES)}
        folder = ROOT / "assignments" / assignment
        notebooks = [name for name in released if name.endswith(".ipynb")]
        weights = {f"hand_in/{k}": content for k, content in train_hand_in(assignment).items()}
        return released | modules | {n: (folder / n).read_bytes() for n in notebooks} | weights

    return files


def typical(plot: Plot) -> Callable[[Files], Files]:
    """Good work, but in some exercises with the first mistake that the kit knows of."""
    return lambda files: files | with_mistakes(plot.mistaken, files)


def with_mistakes(names: tuple[str, ...], files: Files) -> Files:
    """The solved modules among these files, with a known mistake in each of these exercises."""
    texts = {p: (ROOT / p).read_text(encoding="utf-8") for p in files if p.endswith(MODULES)}
    mistakes = {v.exercise: v for v in reversed(all_variants()) if not v.right}
    for name in names:
        row = read_table()[name]
        texts[row.path] = mistakes[name].apply(texts[row.path], row)
    return {path: strip_module(text, path, set()).encode() for path, text in texts.items()}


def only(assignment: str, names: tuple[str, ...]) -> Callable[[Files], Files]:
    """A student who wrote these exercises and nothing else."""

    def files(released: Files) -> Files:
        rest = {row.id for row in select(assignment) if row.id not in names}
        paths = [path for path in released if path.endswith(MODULES)]
        return released | {path: solved(path, rest).encode() for path in paths}

    return files


def with_code(plot: Plot, code: str) -> Callable[[Files], Files]:
    """A student with the typical answers, and this code as one exercise."""

    def files(released: Files) -> Files:
        row = read_table()[plot.attacked]
        body = code.replace("{path}", row.path).replace("{call}", plot.stolen)
        text = (ROOT / row.path).read_text(encoding="utf-8")
        text = strip_module(replace_solution(text, row, body, row.path), row.path, set())
        return typical(plot)(released) | {row.path: text.encode()}

    return files


def broken(plot: Plot) -> Callable[[Files], Files]:
    """Typical answers, with a colon missing in one module and another one not handed in."""

    def files(released: Files) -> Files:
        made = typical(plot)(released)
        path = read_table()[plot.cut].path
        made[path] = made[path].replace(b"):\n", b")\n", 1)
        del made[read_table()[plot.lost].path]
        return made

    return files


def pupils(assignment: str) -> tuple[Pupil, ...]:
    """The class of an assignment.

    Raises
    ------
    LookupError
        If the assignment has none.
    """
    if assignment not in PLOTS:
        raise LookupError(f"{assignment} has no demonstration; there are: {', '.join(PLOTS)}")
    plot = PLOTS[assignment]
    return (
        Pupil("ada", "has written everything", complete(assignment)),
        Pupil("ben", "hands in what was released, untouched", lambda files: files),
        Pupil("cho", "makes the mistakes that students make", typical(plot)),
        Pupil("dan", "has a loop that never ends", with_code(plot, ENDLESS)),
        Pupil("eve", "looks for the solution and forges a grade", with_code(plot, CHEAT)),
        Pupil(
            "fay",
            "got through the beginning of the first notebook; hands in a zip",
            only(assignment, plot.begun),
        ),
        Pupil("gus", "forgot a colon in one module, and to hand in another", broken(plot)),
    )
