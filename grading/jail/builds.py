"""Students' kernels, compiled in the jail: what comes out is bytes, and is loaded in a jail only.

A kernel is a stranger's program already when it is compiled: Cython reads files that it names, and
hands C code that it holds to the C compiler. So a job of its own compiles it, with the limits of
all jobs, and is ended. The result is kept by the text that it came from, so that a class which
hands in what was released costs one build.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from cs231n.checks.failures import StudentDied, StudentError, StudentMemory, StudentTimeout
from cs231n.checks.student import Student
from grading.jail.jail import Jail
from grading.release.ships import compiled

SECONDS = 60.0  # for one kernel
PATIENCE = 4  # times as long for what was released, which tells a slow machine from a trap
LARGEST = 16 << 20  # bytes of a compiled kernel
TOLD = 300  # characters of what a compiler says


@dataclass(frozen=True)
class Problem:
    """Why there is no compiled kernel; `status` is that of its exercises."""

    status: str
    message: str
    flag: str = ""


class Builds:
    """Compiles kernels in jobs of one jail, each text once.

    Parameters
    ----------
    jail : Jail
        What is released of a kernel, in the jail's base, must compile wherever anything does.
    seconds : float
        Longest time for one kernel.
    """

    def __init__(self, jail: Jail, seconds: float = SECONDS):
        self.jail, self.base, self.seconds = jail, jail.base, seconds
        self._known: dict[str, bytes | Problem] = {}

    def of(self, modules: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, Problem]]:
        """The compiled kernels among some modules, and what is wrong with the others.

        Parameters
        ----------
        modules : dict of str to bytes
            By path. What is no Cython module is passed by.

        Returns
        -------
        files : dict of str to bytes
            By the path where Python looks for them.
        problems : dict of str to Problem
            By the path of the source.

        Raises
        ------
        JailError
            If the jail itself fails.
        """
        files, problems = {}, {}
        for path, source in modules.items():
            if path.endswith(".pyx"):
                built = self._build(path, source)
                if isinstance(built, Problem) and path in self.base:
                    built = self._blame(path, built)
                if isinstance(built, Problem):
                    problems[path] = built
                else:
                    files[compiled(path)] = built
        return files, problems

    def _blame(self, path: str, problem: Problem) -> Problem:
        """The problem, or another where what was released does not compile, either."""
        released = self._build(path, self.base[path], PATIENCE * self.seconds)
        if not isinstance(released, Problem):
            return problem
        message = f"No kernel can be compiled in this jail, so this was not run: {released.message}"
        return Problem("not-run", message, f"{path} was not judged: {released.message}")

    def _build(self, path: str, source: bytes, seconds: float | None = None) -> bytes | Problem:
        key = hashlib.sha256(f"{path}\0".encode() + source).hexdigest()
        if key not in self._known:
            self._known[key] = _compile(self.jail, path, source, seconds or self.seconds)
        return self._known[key]


def _compile(jail: Jail, path: str, source: bytes, seconds: float) -> bytes | Problem:
    """Have a job of its own compile one kernel."""
    job = jail.open({path: source})
    try:
        session = _Session(job, seconds)
        answer = Student(session).kernels.builds.for_grading(PurePosixPath(path).stem)
    except StudentTimeout:
        return Problem("timeout", f"{path} takes longer than {seconds:g} s to compile.")
    except StudentMemory:
        return Problem("memory", f"{path} takes more memory to compile than there is for a job.")
    except (StudentError, StudentDied) as error:
        return Problem("error", f"{path} does not compile: {error}"[:TOLD])
    finally:
        job.close()
    built = answer.get("built") if isinstance(answer, dict) else None
    if type(built) is np.ndarray and built.dtype == np.uint8 and 0 < built.size <= LARGEST:
        return built.tobytes()
    message = answer.get("message") if isinstance(answer, dict) else None
    return Problem("error", str(message or f"{path} does not compile.")[:TOLD])


class _Session:
    """A job as `Student` takes it."""

    def __init__(self, job, seconds):
        self.job, self.seconds = job, seconds

    def exchange(self, data):
        return self.job.exchange(data, self.seconds)
