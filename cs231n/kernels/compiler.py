"""The process that compiles one kernel: Cython, then the C compiler. See builds.py.

    python -c 'from cs231n.kernels.compiler import main; main()' cs231n/im2col_cython.pyx \
        cs231n.im2col_cython

It writes result.json into the folder it runs in: the path of the extension module, or what is
wrong, in one sentence and with the line.
"""

import contextlib
import io
import json
import os
import re
import shutil
import sys
import sysconfig
from pathlib import Path

CYTHON_SAYS = re.compile(
    r"^(?P<file>[^\n:]+\.p(?:yx|xd|xi)):(?P<line>\d+):\d+: (?P<words>.+)$", re.M
)
C_SAYS = re.compile(
    r"^(?P<file>[^\n:]*):(?P<line>\d+)(?::\d+)?: (?:fatal )?(?:error|Error): (?P<words>.+)$", re.M
)
LONGEST = 300  # characters of what a compiler says
# Compiled quickly rather than for speed: memory is what these loops wait for.
FLAGS = [] if os.name == "nt" else ["-O1", "-g0", "-ffp-contract=off", "-fdiagnostics-color=never"]
HINTS = {  # how Cython's words begin -> what to do
    "cdef statement not allowed here": "declare counters at the top of the function, not in a loop",
    "undeclared name not builtin": "is it spelt right, or is its cdef missing?",
    "Cannot convert Python object": "give a memoryview or a number of C's",
    "Invalid index": "a memoryview takes one number for each of its axes",
    "Expected an increase in indentation": "the lines in a loop stand further right",
}
UNCHECKED = re.compile(r"(boundscheck\s*[=(]\s*)False\b")


class Refused(Exception):
    """What the result says instead of a path."""

    def __init__(self, kind, message, line=None):
        super().__init__(message)
        self.result = {"kind": kind, "message": message[:LONGEST], "line": line}


def main():
    """Compile what the command line names."""
    source, name = sys.argv[1:]
    try:
        result = {"kind": "built", "path": compile_c(translate(source, name), name)}
    except Refused as refused:
        result = refused.result
    Path("result.json").write_text(json.dumps(result), encoding="utf-8")


def translate(source, name):
    """Have Cython write the C file; returns its path."""
    try:
        from Cython.Compiler import Errors
        from Cython.Compiler.Main import CompilationOptions, compile_single, default_options
    except ImportError:
        raise Refused("tools", "Cython is not installed: pip install cython.") from None
    options = CompilationOptions(default_options, compiler_directives={"language_level": 3})
    check_every_index(Path(source))
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            result = compile_single(source, options, name)
        except Errors.CompileError as error:
            print(error, file=sys.stderr)
            result = None
    if result is None or result.num_errors or not result.c_file:
        raise Refused("source", *first_error(said.getvalue(), source))
    return result.c_file


def check_every_index(path):
    """Turn bounds checks on where the source turns them off; its lines stay the same."""
    text = path.read_text(encoding="utf-8")
    path.write_text(UNCHECKED.sub(r"\1True", text), encoding="utf-8")


def first_error(said, source):
    """What Cython complains of first, (words, line); the line only where it is the source's."""
    found = [one for one in CYTHON_SAYS.finditer(said) if not one["words"].startswith("warning")]
    if not found:
        return (said.strip() or "Cython gives no reason").splitlines()[-1], None
    first = found[0]
    words = first["words"]
    hint = next((hint for start, hint in HINTS.items() if words.startswith(start)), "")
    words = f"{words} ({hint})" if hint else words
    return words, int(first["line"]) if first["file"] == source else None


def in_one_sentence(said):
    """What is wrong according to the output of several builds."""
    for match in (*CYTHON_SAYS.finditer(said), *C_SAYS.finditer(said)):
        if not match["words"].startswith("warning"):
            return f"{match['file']}, line {match['line']} does not compile: {match['words']}"
    last = (said.strip() or "there is no word of why").splitlines()[-1]
    return f"The kernels do not compile: {last[:LONGEST]}"


def compile_c(c_file, name):
    """Have the C compiler build the extension module; returns its path."""
    try:
        from setuptools import Distribution, Extension
    except ImportError:
        raise Refused("tools", "setuptools is not installed: pip install setuptools.") from None
    require_compiler()
    extension = Extension(name, [c_file], extra_compile_args=FLAGS)
    command = Distribution({"ext_modules": [extension]}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = "lib", "temp"
    command.ensure_finalized()
    with _captured(Path("c.txt")) as said:
        try:
            command.run()
        except Exception as error:  # setuptools' errors have no class in common
            problem = str(error)
        else:
            return os.path.relpath(command.get_ext_fullpath(name))
    text = said.read_text(encoding="utf-8", errors="replace")
    if "Visual C++" in problem:
        raise Refused("tools", "there is no C compiler here.")
    if "Python.h" in text:
        raise Refused("tools", "the C compiler does not find Python.h.")
    match = C_SAYS.search(text)
    words = match["words"] if match else "no more than that it failed"
    raise Refused("source", f"the C compiler says: {words}")


def require_compiler():
    """Refuse where no C compiler is on the path; take another than Python's own if that is gone."""
    if os.name == "nt":
        return  # setuptools looks for it in the registry
    usual = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    found = [one for one in (usual, "cc", "gcc", "clang") if shutil.which(one)]
    if not found:
        raise Refused("tools", "there is no C compiler here.")
    if found[0] != usual:
        os.environ["CC"] = found[0]
        os.environ["LDSHARED"] = f"{found[0]} -shared"


@contextlib.contextmanager
def _captured(path):
    """Send what this process and those it starts print to a file."""
    with open(path, "wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        yield path
