"""Run the checks of an exercise against a student's work and turn them into one result."""

import functools
import importlib
import pkgutil
import time
import zlib
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from . import suites
from .asserts import measuring
from .failures import CheckFailure, StudentDied, StudentError, StudentMemory, StudentTimeout
from .oracles import answering
from .student import Student

PUBLIC_SEED = 231
PUBLIC_RESOURCES = {}  # what the laptop offers to checks that ask by parameter name
_checks = defaultdict(list)


@dataclass(frozen=True)
class Check:
    """One registered check: its function, its weight within the exercise, and where it runs."""

    exercise: str
    function: object
    weight: float
    hidden: bool
    local: bool
    once: bool

    @property
    def name(self):
        return self.function.__name__

    @property
    def title(self):
        return self.name.replace("_", " ")


@dataclass
class CheckResult:
    """How one check ended; `outcome` is pass, fail, error, timeout, memory or not-run."""

    name: str
    outcome: str
    weight: float
    error: float | None = None
    message: str = ""
    expected: str | None = None
    got: str | None = None
    where: str | None = None
    hidden: bool = False
    odd: bool = False  # ended in a way no check foresaw: a person should look


@dataclass
class ExerciseResult:
    """The verdict on one exercise; `status` is an outcome, or partial.

    `first` names exercises that this one builds on and that do not pass, and `note` says it in a
    sentence, which is shown before all else; see needs.py.
    """

    id: str
    status: str
    points: float
    max: float
    message: str
    seconds: float
    checks: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    first: tuple = ()
    note: str = ""


def exercise(name, weight=1.0, hidden=False, local=False, once=False):
    """Register a check: `@exercise("softmax-loss-naive")` above `def title(student, rng):`.

    Parameters
    ----------
    name : str
        The exercise it belongs to.
    weight : float
    hidden : bool
        It runs in the grader only.
    local : bool
        It runs on the laptop only: it believes what the student's process says of itself, and a
        hidden check stands in for it in the grader.
    once : bool
        It runs for the last seed only, which in the grader is a secret one.
    """

    def register(function):
        checks = _checks[name]
        checks[:] = [check for check in checks if check.name != function.__name__]
        checks.append(Check(name, function, weight, hidden, local, once))
        return function

    return register


def public_resource(function):
    """Offer what a function makes to checks on the laptop that have a parameter of its name."""
    PUBLIC_RESOURCES[function.__name__] = function
    return function


def checks_of(name, hidden=False):
    """The checks of an exercise, in the order they are written in.

    With `hidden` those of the grader, otherwise those of the laptop.
    """
    load_suites(suites)
    return [c for c in _checks[name] if not (c.local if hidden else c.hidden)]


@functools.cache
def load_suites(package):
    """Import every module of a package of checks, which registers them."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def generator(seed, exercise_id, check):
    """The random numbers of one check: they depend on seed, exercise and check, nothing else."""
    words = [zlib.crc32(exercise_id.encode()), zlib.crc32(check.encode())]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


def run_exercise(
    row, open_session, oracles, seeds=(PUBLIC_SEED,), resources=None, hidden=False, only=None
):
    """Run every check of one exercise, once per seed, and judge.

    Parameters
    ----------
    row : Exercise
    open_session : callable
        Returns a session on the student's code. It is called again after one was lost.
    oracles : provider with `begin` and `ask`
    seeds : sequence of int
        Every check must pass with each; tuning is judged once, since it draws nothing.
    resources : dict, optional
        What the running place offers to checks that ask by parameter name, such as `pictures`.
    hidden : bool
        Run the checks that only the grader has, too (it has loaded them).
    only : collection of str, optional
        Names of the checks to run; by default all of them.

    Returns
    -------
    ExerciseResult
    """
    start, results = time.perf_counter(), []
    checks = [c for c in checks_of(row.id, hidden) if only is None or c.name in only]
    if row.kind == "tuning":
        seeds = seeds[:1]  # the pictures are the same for every seed
    if not checks:
        raise LookupError(f"exercise {row.id} has no checks")
    lost = None
    for check in checks:
        if lost:
            results.append(CheckResult(check.name, lost, check.weight, hidden=check.hidden))
            continue
        drawn = seeds[-1:] if check.once else seeds
        result = _run_check(check, open_session, oracles, drawn, resources or {})
        results.append(result)
        lost = result.outcome if result.outcome in ("timeout", "not-run") else None
    return judge(row, results, time.perf_counter() - start)


def judge(row, results, seconds):
    """Points and status from the results of the checks: only what passed counts."""
    total = sum(result.weight for result in results)
    passed = sum(result.weight for result in results if result.outcome == "pass")
    bad = [result for result in results if result.outcome != "pass"]
    points = row.points if not bad else round(row.points * passed / total, 2)
    status = "pass" if not bad else "partial" if passed else bad[0].outcome
    message = bad[0].message if bad else ""
    flags = [f"look at {result.name}: it ended oddly" for result in bad if result.odd]
    return ExerciseResult(row.id, status, points, row.points, message, seconds, results, flags)


def _run_check(check, open_session, oracles, seeds, resources):
    errors = []
    for seed in seeds:
        oracles.begin(check.exercise, check.name, seed)
        rng = generator(seed, check.exercise, check.name)
        names = check.function.__code__.co_varnames[2 : check.function.__code__.co_argcount]
        extra = {name: resources[name] for name in names}
        problem = None
        with answering(oracles), measuring() as measured:
            try:
                check.function(Student(open_session()), rng, **extra)
            except Exception as error:
                problem = error
        errors.extend(measured)
        if problem is not None:
            return _explain(check, problem, max(errors, default=None))
    return CheckResult(
        check.name, "pass", check.weight, max(errors, default=None), hidden=check.hidden
    )


def _explain(check, problem, error):
    result = CheckResult(check.name, "error", check.weight, error, hidden=check.hidden)
    result.message = str(problem)
    if isinstance(problem, CheckFailure):
        result.outcome = "fail"
        result.expected, result.got, result.where = problem.expected, problem.got, problem.where
    elif isinstance(problem, StudentError):
        result.outcome = "not-run" if problem.is_stub else "error"
        if problem.type_name == "MemoryError":
            result.outcome = "memory"
        if problem.is_stub:
            result.message = f"Not written yet: {problem.message}"
        result.where = problem.place
    elif isinstance(problem, StudentTimeout):
        result.outcome = "timeout"
    elif isinstance(problem, StudentMemory):
        result.outcome = "memory"
    elif not isinstance(problem, StudentDied):
        result.odd = True
        result.message = (
            f"The answer could not be used ({type(problem).__name__}: {problem}): "
            "does the function return what its docstring says?"
        )
    return result
