"""The solution markers in modules and kernels: where they stand, what is left of them as stubs.

    ### BEGIN SOLUTION: subtract the row maximum before exponentiating
    ...
    ### END SOLUTION

The words after the colon become the TODO of the stub. Where one function holds several
exercises, or a solution stands in another function than its exercise names (the loops of a kernel,
which no check can call), the marker names its own: `### BEGIN SOLUTION [net-scores]: ...`.
"""

import ast
import re
from dataclasses import dataclass

BEGIN = re.compile(
    r"^(?P<indent>\s*)### BEGIN SOLUTION(?: \[(?P<id>[a-z0-9-]+)\])?: (?P<todo>\S.*)$"
)
END = re.compile(r"^\s*### END SOLUTION\s*$")
# A function of a Cython module: its name, in a line that begins without a space.
CYTHON = re.compile(r"^(?:def|cpdef|cdef)\b[^=:]*?\b(?P<name>\w+)\s*\(")
ANY = re.compile(r"###\s*(BEGIN|END)\b|(BEGIN|END)\s+(SOLUTION|HIDDEN)")


class MarkerError(ValueError):
    """Markers that are unbalanced, nested, stray or belong to no exercise."""


@dataclass(frozen=True)
class Region:
    """One marked solution: its lines (first and last marker, counted from 0), words and owner."""

    first: int
    last: int
    indent: str
    todo: str
    function: str
    exercise: str | None


def find_regions(text, name="module"):
    """The solution regions of a module's text, in order.

    Parameters
    ----------
    text : str
    name : str
        The file's name, for messages.

    Raises
    ------
    MarkerError
        If a marker is unbalanced, nested, stray, malformed, or outside every function.
    """
    regions, opened = [], None
    functions = _cython_functions(text) if name.endswith(".pyx") else _functions(text)
    for number, line in enumerate(text.splitlines()):
        where = f"{name}, line {number + 1}"
        begin = BEGIN.match(line)
        if begin:
            if opened:
                raise MarkerError(
                    f"{where}: a solution begins inside the one of line {opened[0] + 1}"
                )
            opened = (number, begin)
        elif END.match(line):
            if not opened:
                raise MarkerError(f"{where}: END SOLUTION without a BEGIN before it")
            first, begin = opened
            regions.append(_region(first, number, begin, functions, where))
            opened = None
        elif ANY.search(line):
            msg = f"{where}: {line.strip()!r} is no marker; write '### BEGIN SOLUTION: the TODO'"
            raise MarkerError(msg)
    if opened:
        raise MarkerError(f"{name}, line {opened[0] + 1}: a solution begins and never ends")
    return regions


def clear_solutions(text, rows, path):
    """A module's text with every solution replaced by its TODO and a NotImplementedError.

    Parameters
    ----------
    text : str
        The solved module.
    rows : sequence of Exercise
        The exercises written in this module.
    path : str
        The module's path in the student's tree, named in the error.
    """
    lines = text.splitlines()
    for region in reversed(find_regions(text, path)):
        row = owner(region, rows, path)
        lines[region.first : region.last + 1] = [
            f"{region.indent}# TODO ({row.id}): {region.todo}",
            f'{region.indent}raise NotImplementedError("{row.id}: write it in {path}")',
        ]
    return "\n".join(lines) + "\n"


def owner(region, rows, path):
    """The exercise a region belongs to; MarkerError where that is not exactly one."""
    rows = [row for row in rows if row.kind == "code" and belongs_to(region, row)]
    if len(rows) != 1:
        msg = (
            f"{path}, line {region.first + 1}: the solution in {region.function} belongs to "
            f"{len(rows)} exercises; it should be one (name it: ### BEGIN SOLUTION [id]: ...)"
        )
        raise MarkerError(msg)
    return rows[0]


def replace_solution(text, row, code, path, index=0):
    """The module's text with another body in place of an exercise's marked solution."""
    regions = [r for r in find_regions(text, path) if belongs_to(r, row)]
    region, lines = regions[index], text.splitlines()
    body = [region.indent + line if line.strip() else "" for line in code.strip("\n").split("\n")]
    lines[region.first + 1 : region.last] = body
    return "\n".join(lines) + "\n"


def belongs_to(region, row):
    """True where a region is this exercise's."""
    return region.exercise == row.id if region.exercise else region.function == row.name


def _region(first, last, begin, functions, where):
    inside = [f for f in functions if f[0] <= first <= f[1]]
    if not inside:
        raise MarkerError(f"{where}: the solution stands outside every function")
    function = max(inside)[2]
    return Region(first, last, begin["indent"], begin["todo"], function, begin["id"])


def _functions(text):
    """(first line, last line, qualified name) of every function, lines counted from 0."""
    found = []

    def visit(node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}{child.name}"
                if not isinstance(child, ast.ClassDef):
                    found.append((child.lineno - 1, child.end_lineno - 1, name))
                visit(child, f"{name}.")

    visit(ast.parse(text), "")
    return found


def _cython_functions(text):
    """The same of a Cython module's functions outside classes, told by where lines begin."""
    found, lines = [], text.splitlines()
    for number, line in enumerate(lines):
        # a function ends where a line begins without a space, but for the end of its signature
        if found and found[-1][1] is None and re.match(r"[^\s)#]", line):
            found[-1][1] = number - 1
        if begin := CYTHON.match(line):
            found.append([number, None, begin["name"]])
    return [(first, len(lines) if last is None else last, name) for first, last, name in found]
