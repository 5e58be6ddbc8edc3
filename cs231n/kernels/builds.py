"""Kernels that students write: compiled as they stand, loaded without a new start of Python.

`check("im2col-cython")` must judge the last edit. So a kernel is compiled into a folder that is
named after its text (build/kernels/), and loaded from there; the same text is compiled once. These
builds check every index, so that a wrong one raises IndexError instead of reading what lies beside
the array. `python -m cs231n build` makes the fast ones, in place.
"""

import contextlib
import functools
import hashlib
import importlib.util
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from pathlib import Path

import numpy as np

from cs231n.kernels import compiler

__all__ = ["BuildError", "NoCompiler", "build", "for_grading", "latest", "load", "require_tools"]

PACKAGE = Path(__file__).resolve().parents[1]  # students write their kernels at its root
NAME = PACKAGE.name
CACHE = PACKAGE.parent / "build" / "kernels"
SECONDS = 300  # for one kernel, on a machine that is busy
TOOLS = ("cython", "setuptools")
INSTALL = (
    "You need `pip install cython setuptools` and a C compiler (Debian and Ubuntu: "
    "sudo apt install gcc python3-dev; macOS: xcode-select --install; Windows: the Build Tools for "
    "Visual Studio)."
)
_loaded = {}  # path of a compiled kernel -> module


class BuildError(ValueError):
    """A kernel does not compile: the compiler's words, and the line of the source they are about.

    Attributes
    ----------
    file : str
    line : int or None
    code : str
    """

    def __init__(self, message, file, line=None, code=""):
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place} does not compile: {message}")
        self.file, self.line, self.code = file, line, code


class NoCompiler(OSError):
    """There is nothing to compile with; the message says what to install."""


def latest(name):
    """Load `cs231n.NAME` from what its .pyx says now.

    Parameters
    ----------
    name : str
        Such as "im2col_cython".

    Returns
    -------
    module
        Also what `import cs231n.NAME` gives from now on.

    Raises
    ------
    BuildError
        If it does not compile.
    NoCompiler
        If there is no compiler here.
    """
    text = (PACKAGE / f"{name}.pyx").read_text(encoding="utf-8")
    return load(name, build(text, name))


def build(text, name, cache=None):
    """Compile the text of a kernel, unless that has been done.

    Parameters
    ----------
    text : str
    name : str
        Of the module, without the package.
    cache : Path, optional
        Folder of compiled kernels.

    Returns
    -------
    Path
        Of the extension module.

    Raises
    ------
    BuildError
        If it does not compile.
    NoCompiler
        If there is no compiler here.
    """
    cache = cache or CACHE
    folder = cache / f"{name}-{_digest(text)}"
    path = folder / f"{name}{EXTENSION_SUFFIXES[0]}"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            built = _compile(text, name, Path(work))
            folder.mkdir(exist_ok=True)
            os.replace(built, path)  # whole or not at all, however many build it at once
    return path


def load(name, path):
    """Load a compiled kernel as `cs231n.NAME`, in place of one that was loaded before."""
    full = f"{NAME}.{name}"
    if path not in _loaded:
        spec = importlib.util.spec_from_file_location(
            full, path, loader=ExtensionFileLoader(full, str(path))
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        _loaded[path] = module
    sys.modules[full] = _loaded[path]
    setattr(sys.modules[NAME], name, _loaded[path])
    return _loaded[path]


def for_grading(name):
    """Compile a kernel of this package and return what came out as plain data, without loading it.

    Runs in a jail: what is compiled there is a stranger's.

    Returns
    -------
    dict
        "built" (ndarray of uint8), or "message" and "kind", "source" or "tools".
    """
    text = (PACKAGE / f"{name}.pyx").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=PACKAGE.parent) as work:
        try:
            built = _compile(text, name, Path(work))
        except BuildError as error:
            return {"message": str(error), "kind": "source"}
        except NoCompiler as error:
            return {"message": str(error), "kind": "tools"}
        return {"built": np.fromfile(built, dtype=np.uint8)}


def _digest(text):
    """What a build depends on, in 16 digits."""
    versions = [platform.python_version(), platform.machine(), *map(_version, TOOLS)]
    versions.append(Path(compiler.__file__).read_text(encoding="utf-8"))
    return hashlib.sha256(json.dumps([text, *versions]).encode()).hexdigest()[:16]


def require_tools():
    """Raise NoCompiler unless Cython, setuptools and a C compiler are here."""
    try:
        compiler.require_compiler()
        for name in TOOLS:
            if importlib.util.find_spec(name.replace("cython", "Cython")) is None:
                raise compiler.Refused("tools", f"{name} is not installed.")
    except compiler.Refused as refused:
        raise NoCompiler(f"The kernels cannot be compiled: {refused} {INSTALL}") from None


@functools.cache
def _version(distribution):
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""  # the compiler's process will say so; in a jail there are no records of versions


def _compile(text, name, work):
    """Compile in a process of its own, which may say and eat what it likes; returns the path."""
    source = f"{NAME}/{name}.pyx"  # as tracebacks will name it
    (work / source).parent.mkdir()
    (work / source).write_text(text, encoding="utf-8")
    run = f"from {__package__}.compiler import main; main()"
    environment = {**os.environ, "TMPDIR": str(work)}
    environment["PYTHONPATH"] = os.pathsep.join(
        dict.fromkeys([str(PACKAGE.parent), *filter(None, sys.path)])
    )
    process = subprocess.Popen(
        [sys.executable, "-s", "-P", "-c", run, source, f"{NAME}.{name}"],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=hasattr(os, "killpg"),
    )
    try:
        process.wait(SECONDS)
    except BaseException as error:
        _end(process)
        if isinstance(error, subprocess.TimeoutExpired):
            raise BuildError(f"the compiler took more than {SECONDS} s", source) from None
        raise
    try:
        result = json.loads((work / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BuildError("the compiler broke off without a word", source) from None
    if result["kind"] == "tools":
        raise NoCompiler(f"{source}: {result['message']} {INSTALL}")
    if result["kind"] == "source":
        line = result["line"]
        code = text.splitlines()[line - 1].strip() if line else ""
        raise BuildError(result["message"], source, line, code)
    return work / result["path"]


def _end(process):
    """End the compiler and what it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
