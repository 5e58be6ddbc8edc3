"""The solved package with some modules rewritten, running in a process of its own, without a jail.

    with running({"cs231n/classifiers/softmax.py": text}) as open_session:
        result = run_exercise(row, open_session, oracles)

For the kit's own variants, which are trusted: the runner and the oracles stay in this process, the
rewritten package runs in a fork of it. Nothing is copied and no file is written, but for rewritten
kernels: those are compiled, once for each text (cs231n/kernels/builds.py).
"""

import contextlib
import importlib
import importlib.machinery
import importlib.util
import linecache
import multiprocessing
import sys
import time
import warnings
from pathlib import Path

from cs231n.checks.dispatch import Dispatcher
from cs231n.checks.failures import StudentDied, StudentTimeout
from cs231n.checks.table import Exercise, read_table
from cs231n.kernels import builds
from grading.authoring.markers import clear_solutions, find_regions, owner

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "cs231n"
SECONDS = 10.0  # longest time for one call
CPUCLOCK_SCHED = 2  # with a process id, Linux's clock of the time that this process has run


@contextlib.contextmanager
def running(overrides: dict[str, str], seconds: float = SECONDS):
    """Run a tree; gives the callable that opens sessions on it.

    Parameters
    ----------
    overrides : dict of str to str
        Texts of modules by path from the root, such as "cs231n/classifiers/softmax.py".
    seconds : float
        Longest time for one call.

    Yields
    ------
    callable
        Returns a session, as `run_exercise` takes it. The process is started at its first use,
        and again after it has died.
    """
    tree = _Tree(overrides, seconds)
    try:
        yield tree.open_session
    finally:
        tree.stop()


def read(path: str) -> str:
    """A module's solved text, by its path from the root."""
    return (ROOT / path).read_text(encoding="utf-8")


def stubs(keep: tuple[Exercise, ...] = ()) -> dict[str, str]:
    """Every module that exercises are written in, with the solutions cleared.

    Parameters
    ----------
    keep : tuple of Exercise
        Exercises that stay solved.

    Returns
    -------
    dict of str to str
        Texts by path, as `running` takes them.
    """
    rows = [row for row in read_table().values() if row.kind == "code"]
    texts = {}
    for path in dict.fromkeys(row.path for row in rows):
        here = [row for row in rows if row.path == path]
        text = _without_markers(read(path), keep, here, path)
        texts[path] = clear_solutions(text, here, path)
    return texts


def _without_markers(text, keep, rows, path):
    """The text with the marker lines of some exercises gone, so that clearing passes them by."""
    lines = text.splitlines()
    for region in reversed(find_regions(text, path)):
        if owner(region, rows, path) in keep:
            del lines[region.last], lines[region.first]
    return "\n".join(lines) + "\n"


class _Tree:
    """One process with a rewritten package, and its end of a pipe; also the session on it."""

    def __init__(self, overrides, seconds):
        kernels = {row.path for row in read_table().values() if row.language == "cython"}
        texts = {**{path: read(path) for path in kernels}, **overrides}
        self.kernels = {path: texts.pop(path) for path in list(texts) if path.endswith(".pyx")}
        self.overrides = {str(ROOT / path): text for path, text in texts.items()}
        self.seconds, self.process, self.pipe = seconds, None, None

    def open_session(self):
        """Forget the objects of earlier sessions, and start the process where it is not running."""
        if self.process is None:
            self._start()
        self.pipe.send_bytes(b"")
        return self

    def exchange(self, data):
        """Send a request, return the reply; a StudentTimeout or StudentDied where none comes."""
        try:
            self.pipe.send_bytes(data)
            if not self.pipe.poll(self.seconds):
                self.stop()
                raise StudentTimeout(f"No answer within {self.seconds:g} s.")
            return self.pipe.recv_bytes()
        except (EOFError, OSError):
            self.stop()
            raise StudentDied("The process ended instead of answering.") from None

    def clocks(self):
        """Processor time that the process has used; elsewhere than on Linux, the time of day."""
        if self.process is None or sys.platform != "linux":
            return (time.perf_counter(),)
        return (time.clock_gettime((~self.process.pid << 3) | CPUCLOCK_SCHED),)

    def stop(self):
        """End the process, if there is one."""
        if self.process:
            self.process.kill()
            self.process.join()
            self.pipe.close()
        self.process = self.pipe = None

    def _start(self):
        context = multiprocessing.get_context("fork")
        built = _build_kernels(self.kernels)
        self.pipe, theirs = context.Pipe()
        args = (theirs, self.overrides, built)
        self.process = context.Process(target=_serve, args=args, daemon=True)
        with warnings.catch_warnings():
            # BLAS stops its threads before a fork, and this process starts no others.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process.start()
        theirs.close()


def _build_kernels(texts):
    """The compiled kernels, path by module name; None where there is nothing to compile with."""
    built = {}
    for path, text in texts.items():
        name = Path(path).stem
        try:
            built[f"{PACKAGE}.{name}"] = builds.build(text, name)
        except builds.NoCompiler:
            built[f"{PACKAGE}.{name}"] = None
    return built


def _serve(pipe, overrides, kernels):
    """Answer requests about the rewritten package until the other end closes."""
    warnings.resetwarnings()
    warnings.simplefilter("ignore")  # a student's machine prints them and goes on
    for name in [name for name in sys.modules if f"{name}.".startswith(f"{PACKAGE}.")]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(overrides, kernels))
    for path, text in overrides.items():
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    dispatcher = Dispatcher(PACKAGE)
    while True:
        try:
            data = pipe.recv_bytes()
        except EOFError:
            return
        if data:
            pipe.send_bytes(dispatcher.answer(data))
        else:
            dispatcher = Dispatcher(PACKAGE)


class _Finder:
    """Finds the rewritten modules before their files are found."""

    def __init__(self, overrides, kernels):
        self.overrides, self.kernels = overrides, kernels

    def find_spec(self, name, path=None, target=None):
        if name in self.kernels:
            return self._kernel_spec(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.origin in self.overrides:
            spec.loader = _TextLoader(name, spec.origin, self.overrides[spec.origin])
            return spec
        return None if spec else self._new_spec(name)

    def _new_spec(self, name):
        """A module that is not among the files."""
        path = f"{ROOT / name.replace('.', '/')}.py"
        if path not in self.overrides:
            return None
        loader = _TextLoader(name, path, self.overrides[path])
        return importlib.util.spec_from_file_location(name, path, loader=loader)

    def _kernel_spec(self, name):
        path = self.kernels[name]
        if path is None:
            raise ImportError(f"{name} is not compiled: there is no compiler")
        loader = importlib.machinery.ExtensionFileLoader(name, str(path))
        return importlib.util.spec_from_file_location(name, path, loader=loader)


class _TextLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from a text, under the name of its file and past any compiled copy."""

    def __init__(self, name, path, text):
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname):
        return compile(self.text, self.path, "exec", dont_inherit=True)
