"""Judge a submission from outside the jail: draw inputs, know the answers, ask, compare.

Nothing of a student's is ever imported or unpickled here. What comes out of the jail is plain
data, and what is not positively proven counts nothing.
"""

import copy
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cs231n.checks.failures import StudentError, StudentTimeout
from cs231n.checks.manifest import FOLDER
from cs231n.checks.protocol import PREFIX, encode
from cs231n.checks.runner import PUBLIC_SEED, ExerciseResult, load_suites, run_exercise
from cs231n.checks.table import Exercise, read_table
from cs231n.drawn.pictures10 import draw_pictures
from cs231n.drawn.scenes import hidden_caption_scenes
from grading import hidden
from grading.intake.moved import stand_ins
from grading.intake.weights import read_weights
from grading.jail.builds import Builds, Problem
from grading.jail.jail import Jail, JailError
from grading.jail.jobs import Job
from grading.judging import parts

if TYPE_CHECKING:
    from grading.intake.collect import Submission

FRESH = bytes(PREFIX.size)  # see worker/job.py
SUBMISSION_SECONDS = 180.0  # for all of one submission
ROUNDS = 3  # an exercise may keep us waiting this many times the seconds of one call
MEMO_BYTES = 256 << 20
UNJUDGED = "could not be judged; a person should look"


def verify(
    submission: "Submission",
    rows: Sequence[Exercise],
    jail: Jail,
    oracles: Any,
    seeds: Sequence[int],
    resources: Mapping[str, Any],
    seconds: float = SUBMISSION_SECONDS,
    builds: Builds | None = None,
) -> list[ExerciseResult]:
    """Run every check of these exercises, the hidden ones too, against one submission.

    Then again what failed and needs something that failed, on the kit's own parts: see parts.py.

    Parameters
    ----------
    submission : Submission
    rows : the exercises to judge; written ones are left to people
    jail : Jail
    oracles : provider with `begin` and `ask`
    seeds : sequence of int
        Every check must pass with each.
    resources : dict
        What checks may ask for by name; see `hidden_resources`.
    seconds : float
        Longest time for the whole submission, once its kernels are compiled.
    builds : Builds, optional
        Keeps compiled kernels from one submission to the next.

    Returns
    -------
    list of ExerciseResult
        One for each exercise, in the order of `rows`.

    Raises
    ------
    JailError
        If the jail itself fails, so that nothing can be said about the submission.
    """
    rows = [row for row in rows if row.kind != "written"]
    load_hidden_suites()
    files = _files(submission, rows)
    files = stand_ins(files.values(), jail.base) | files
    kernels, problems = (builds or Builds(jail)).of(files)
    sessions = Sessions(jail, files | kernels, seconds)
    draw = Draw(oracles, seeds, resources)
    try:
        results = [
            _not_compiled(row, problems[row.path])
            if row.path in problems
            else _judge(row, submission, sessions, draw)
            for row in rows
        ]
    finally:
        sessions.close()
    return _judge_again(rows, results, sessions, draw)


def run_seeds(secret: int) -> tuple[int, ...]:
    """The public seed, and one that only whoever knows the run's secret can tell."""
    return PUBLIC_SEED, derived_seed(secret, "inputs")


def derived_seed(secret: int, name: str) -> int:
    """A number of 64 bits that tells nothing about the secret it is made from."""
    return int.from_bytes(hashlib.sha256(f"{secret}/{name}".encode()).digest()[:8], "big")


def hidden_resources(secret: int) -> dict[str, Callable]:
    """Pictures and scenes that nobody outside has seen, drawn once for each number asked for."""
    seed, drawn, scenes_drawn = derived_seed(secret, "pictures"), {}, {}

    def pictures(count: int) -> tuple[np.ndarray, np.ndarray]:
        if count not in drawn:
            drawn[count] = draw_pictures(count, seed=seed, split="test")
        X, y = drawn[count]
        return X.copy(), y.copy()

    def scenes(count: int) -> tuple[np.ndarray, list]:
        if count not in scenes_drawn:
            hidden_from = 2**64 + derived_seed(secret, "scenes")
            scenes_drawn[count] = hidden_caption_scenes(count, secret=hidden_from)
        return scenes_drawn[count].X.copy(), list(scenes_drawn[count].scenes)

    return {"pictures": pictures, "scenes": scenes}


def load_hidden_suites() -> None:
    """Register the checks that only the grader has."""
    load_suites(hidden)


class Oracles:
    """Computes expected values, each once for all submissions that are asked the same.

    Parameters
    ----------
    functions : dict of str to callable
        As `grading.oracles.load` returns them.
    """

    def __init__(self, functions: Mapping[str, Callable]):
        self.functions = functions
        self.computed = 0
        self._known: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._key: tuple = ()
        self._count = 0

    def begin(self, exercise: str, check: str, seed: int) -> None:
        """Start on a check; what it asks is told apart by order and by every byte of its inputs."""
        self._key, self._count = (exercise, check, seed), 0

    def ask(self, name: str, args: Sequence, kwargs: Mapping) -> Any:
        """The answer of one oracle: a copy that the check may do with as it likes."""
        count, self._count = self._count, self._count + 1
        try:
            inputs = encode([name, list(args), dict(kwargs)])
        except TypeError:  # an argument that is not plain data, such as a function
            return self.functions[name](*args, **kwargs)
        key = hashlib.sha256(repr((self._key, count)).encode() + inputs).hexdigest()
        if key not in self._known:
            self.computed += 1
            self._keep(key, self.functions[name](*args, **kwargs))
        value, _ = self._known[key]
        return copy.deepcopy(value)

    def _keep(self, key: str, value: Any) -> None:
        size = sum(array.nbytes for array in _arrays(value)) + 1000
        self._known[key] = (value, size)
        self._bytes += size
        while self._bytes > MEMO_BYTES and len(self._known) > 1:
            self._bytes -= self._known.popitem(last=False)[1][1]


@dataclass(frozen=True)
class Draw:
    """Where inputs and expected values come from."""

    oracles: Any
    seeds: Sequence[int]
    resources: Mapping[str, Any]


class Sessions:
    """Opens sessions on one submission: one job serves them all until it is lost."""

    def __init__(self, jail: Jail, files: Mapping[str, bytes], seconds: float):
        self.jail, self.files = jail, files
        self.ends = time.monotonic() + seconds
        self.total = seconds
        self.job: Job | None = None
        self.problem: JailError | None = None
        self.protocol_errors: list[str] = []
        self._call = self._left = 0.0
        self._begin = b""

    def anew(self, files: Mapping[str, bytes]) -> "Sessions":
        """Sessions on other files, in other jobs, with what is left of the submission's time."""
        other = Sessions(self.jail, files, self.total)
        other.ends = self.ends
        return other

    @property
    def left(self) -> float:
        """Seconds that are left for the whole submission."""
        return self.ends - time.monotonic()

    def begin(self, row: Exercise) -> None:
        """Start on an exercise, with its own time."""
        self._call, self._left = row.seconds, ROUNDS * row.seconds
        self.protocol_errors = []

    def open(self) -> "Sessions":
        """A session with no objects of earlier ones, in a new job if the last one was lost."""
        self._remaining()
        if self.problem:
            raise self.problem
        if self.job is None or not self.job.alive:
            try:
                self.job = self.jail.open(self.files)
            except JailError as error:
                self.problem = error
                raise
        self._begin = FRESH  # travels with the first request
        return self

    def exchange(self, data: bytes) -> bytes:
        """Ask, within the time of one call, of the exercise and of the submission."""
        start, limit = time.monotonic(), self._remaining()
        try:
            return self.job.exchange(self._begin + data, limit)
        except StudentTimeout:
            if limit < self._call:
                self._left -= limit
                self._remaining()  # says so where it was not this one call that took too long
            raise
        except StudentError:
            self.protocol_errors.append(self.job.broke_protocol)
            raise
        finally:
            self._begin = b""
            self._left -= time.monotonic() - start

    def clocks(self) -> tuple[float, ...]:
        """The clocks of the job, for checks that measure a call; see `Student.measure`."""
        return self.job.clocks()

    def load(self, name: str) -> dict[str, np.ndarray]:
        """The arrays of a file that was handed in, as it came; the job is not asked.

        Raises
        ------
        Refused
            If it is no file of plain numeric arrays.
        """
        return read_weights(self.files[f"{FOLDER}/{name}"], name)

    def close(self) -> None:
        """End the job, and with it all that the submission started."""
        if self.job is not None:
            self.job.close()

    def _remaining(self) -> float:
        whole = self.left
        if whole <= 0:
            msg = f"All of the submission took longer than {self.total:g} s; the rest was not run."
            raise StudentTimeout(msg)
        if self._left <= 0:
            msg = f"The calls of this exercise took longer than {ROUNDS * self._call:g} s together."
            raise StudentTimeout(msg)
        return min(whole, self._left, self._call)


def _judge(
    row: Exercise, submission: "Submission", sessions: Sessions, draw: Draw
) -> ExerciseResult:
    """One exercise's result; an error of ours is no verdict on the student, and says so."""
    missing = _missing(row, submission)
    if missing:
        message = f"{missing} was not handed in."
        return ExerciseResult(row.id, "not-run", 0.0, row.points, message, 0.0)
    return _run(row, sessions, draw)


def _run(
    row: Exercise, sessions: Sessions, draw: Draw, only: Sequence[str] | None = None
) -> ExerciseResult:
    """Run an exercise's checks, or those of these names."""
    sessions.begin(row)
    start = time.perf_counter()
    try:
        result = run_exercise(
            row, sessions.open, draw.oracles, draw.seeds, dict(draw.resources), True, only
        )
    except Exception as error:
        if sessions.problem:
            raise sessions.problem from None
        seconds = time.perf_counter() - start
        message = f"The grader failed here ({type(error).__name__}: {error})."
        return ExerciseResult(
            row.id, "error", 0.0, row.points, message, seconds, flags=[f"{row.id} {UNJUDGED}"]
        )
    if sessions.problem:
        raise sessions.problem
    broken = [f"{row.id}: {problem}" for problem in dict.fromkeys(sessions.protocol_errors)]
    return replace(result, flags=[*result.flags, *broken])


def _judge_again(
    rows: Sequence[Exercise], results: Sequence[ExerciseResult], first: Sessions, draw: Draw
) -> list[ExerciseResult]:
    """The results, where some are of a second judging on the kit's own parts.

    In the order of the course, each in a job of its own, in the time that is left.
    """
    known = {result.id: result for result in results}
    for row in sorted(rows, key=_place):
        replaced = parts.to_replace(row, known) if _is_written(row, known[row.id], first) else []
        if not replaced or first.left <= 0:
            continue
        failed = [check.name for check in known[row.id].checks if check.outcome != "pass"]
        sessions = first.anew(parts.second_files(row, replaced, known, first.files))
        try:
            second = _run(row, sessions, draw, failed)
        finally:
            sessions.close()
        known[row.id] = parts.merged(row, known[row.id], second, replaced, known)
    return [known[result.id] for result in results]


def _is_written(row: Exercise, result: ExerciseResult, sessions: Sessions) -> bool:
    """Whether an exercise was run, and its module is another than the released one."""
    return bool(result.checks) and sessions.files[row.path] != sessions.jail.base.get(row.path)


def _place(row: Exercise) -> int:
    """Where an exercise stands in the course."""
    order = list(read_table())
    return order.index(row.id) if row.id in order else len(order)


def _not_compiled(row: Exercise, problem: Problem) -> ExerciseResult:
    """The result of an exercise whose kernel is not there to be run."""
    flags = [f"{row.id}: {problem.flag}"] if problem.flag else []
    return ExerciseResult(
        row.id, problem.status, 0.0, row.points, problem.message, 0.0, flags=flags
    )


def _missing(row: Exercise, submission: "Submission") -> str | None:
    """The first file that the exercise needs and the submission lacks."""
    if row.kind == "tuning" and row.file not in submission.hand_in:
        return f"hand_in/{row.file}"
    return row.path if row.path not in submission.modules else None


def _files(submission: "Submission", rows: Sequence[Exercise]) -> dict[str, bytes]:
    """What of a submission enters the jail: the files that its exercises name, and no other."""
    modules, names = {row.path for row in rows}, {row.file for row in rows if row.file}
    files = {path: data for path, data in submission.modules.items() if path in modules}
    handed = {name: data for name, data in submission.hand_in.items() if name in names}
    return files | {f"{FOLDER}/{name}": data for name, data in handed.items()}


def _arrays(value: Any) -> list[np.ndarray]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [array for item in value for array in _arrays(item)]
    return [value] if isinstance(value, np.ndarray) else []
