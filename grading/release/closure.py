"""Which modules a module of the student's package needs, followed through their imports.

A need is an import, wherever it is written in the file; a path such as `student.layers.f` in a
check, which is imported when it is called; or a module's name as a text. What is none of these (a
name put together while the program runs) is not found: name such a module in ships.toml.
"""

import ast
import functools
import json
import re
from collections.abc import Iterable, Mapping

PACKAGE = "cs231n"
STUDENT = "student"  # the name under which checks know the package
CYTHON = re.compile(r"^[ \t]*(from [\w.]+ import [\w, ]+|import [\w.]+)", re.MULTILINE)
HEADER = re.compile(r'"(\w+\.h)"')


def module_of(path: str) -> str:
    """The dotted name of a module by its path from the root."""
    return path.rpartition(".")[0].replace("/", ".").removesuffix(".__init__")


def closure(roots: Iterable[str], texts: Mapping[str, str]) -> set[str]:
    """The paths that some files need, the files themselves included.

    Parameters
    ----------
    roots : iterable of str
        Paths of modules or notebooks.
    texts : dict of str to str
        Every .py, .pyx, .h and .ipynb there is, by its path from the root.
    """
    paths = {module_of(path): path for path in texts if path.endswith((".py", ".pyx"))}
    found, waiting = set(), [path for path in roots if path in texts]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += needs(path, texts[path], paths)
        folder = path.rpartition("/")[0]
        while folder:  # Python runs the __init__ of every package on the way
            waiting.append(f"{folder}/__init__.py")
            folder = folder.rpartition("/")[0]
        waiting = [path for path in waiting if path in texts]
    return found


def needs(path: str, text: str, paths: Mapping[str, str]) -> set[str]:
    """The paths of the modules that one file names.

    Parameters
    ----------
    path : str
    text : str
    paths : dict of str to str
        Path by module name.
    """
    if path.endswith(".ipynb"):
        names = _names(_code(text), "")
    elif path.endswith(".py"):
        names = _names(text, ".".join(path.split("/")[:-1]))
    else:  # Cython has a grammar of its own; its imports are written as Python's are
        names = _names("\n".join(line.strip() for line in CYTHON.findall(text)), "")
        folder = path.rpartition("/")[0]
        return {paths[name] for name in names if name in paths} | {
            f"{folder}/{name}" for name in HEADER.findall(text)
        }
    return {paths[name] for name in names if name in paths}


@functools.cache
def _names(text: str, package: str) -> frozenset[str]:
    """Every dotted name in a text that may be that of a module; none where it is not Python."""
    found = set()
    try:
        tree = ast.parse(text)
    except SyntaxError:  # which the checks of a release report
        return frozenset()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            module = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Attribute):
            parts = _chain(node)
            if parts[0] == STUDENT:
                found.add(".".join([PACKAGE, *parts[1:]]))
    return frozenset(found)


def _chain(node: ast.expr) -> list[str]:
    """The parts of a.b.c; the first is empty where that is no name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *parts]


def _code(notebook: str) -> str:
    """The code cells of a notebook, without IPython's magic lines."""
    cells = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    lines = [line for cell in cells for line in "".join(cell["source"]).splitlines()]
    return "\n".join(line for line in lines if not line.startswith(("%", "!")))
