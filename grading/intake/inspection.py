"""Read a student's modules without running them, and say what a person may want to look at.

Advice for the instructor, never a verdict: what code may do is decided by the jail, what it is
worth by the verifier. Names can be hidden from every list, so an empty one proves nothing.
"""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping

from cs231n.checks.table import Exercise, read_table

from .collect import Submission
from .moved import today
from .unpack import shown

# What exercises are written with; what the released module imports itself comes on top.
IMPORTS = (
    "numpy cs231n math cmath random itertools functools collections operator typing time copy "
    "dataclasses enum abc warnings statistics numbers heapq bisect contextlib string "
    "__future__ matplotlib tqdm"
)
CALLS = "open exec eval compile __import__ globals breakpoint"
FRAMES = "_getframe f_back f_locals f_globals f_builtins gi_frame tb_frame ctypeslib"
USUAL = "__init__ __name__ __doc__ __call__ __repr__ __len__ __file__"
# What a kernel has no need of: C code, other files, instructions to compilers, Python's own doors.
CYTHON = {
    "embeds or declares C code": re.compile(r"^\s*cdef\s+extern\b"),
    "includes another file": re.compile(r"^\s*(include\b|#\s*include\b)"),
    "instructs the compiler": re.compile(r"^\s*#\s*distutils:"),
    "calls a NumPy twin of the kit's": re.compile(r"\b(im2col|col2im)_indices\b"),
    "imports what no exercise needs": re.compile(
        r"^\s*(?:c?import|from)\s+(?!cython\b|numpy\b|cs231n\b|libc\.math\b)\w"
    ),
    "uses what no exercise needs": re.compile(rf"\b(?:{'|'.join(CALLS.split())})\s*\("),
}
PLACES = 3  # lines named in one flag


def inspect_submission(
    submission: Submission, base: Mapping[str, bytes], rows: Iterable[Exercise]
) -> list[str]:
    """Advice on every module of a submission, in words.

    Parameters
    ----------
    submission : Submission
    base : mapping of path -> bytes
        The released tree, with the stubs.
    rows : iterable of Exercise
    """
    rows, flags, kit = list(rows), [], solved_modules(base)
    for path, data in submission.modules.items():
        here = [row for row in rows if row.kind == "code" and row.path == path]
        flags += inspect_module(path, data, base.get(path, b""), here, kit)
    return flags


def solved_modules(base: Iterable[str]) -> set[str]:
    """The modules of a release that hold no exercise: each is solved, whatever students write.

    Parameters
    ----------
    base : iterable of str
        The paths of the released tree.
    """
    written = {row.path for row in read_table().values()}
    modules = {path for path in base if path.startswith("cs231n/") and path.endswith(".py")}
    return {path.removesuffix(".py").replace("/", ".") for path in modules - written}


def inspect_module(
    path: str,
    data: bytes,
    stub: bytes = b"",
    rows: Iterable[Exercise] = (),
    kit: Iterable[str] = (),
) -> list[str]:
    """Advice on one module: syntax, imports, reaching around, and what is still the stub.

    Parameters
    ----------
    path : str
    data : bytes
        The student's module, as intake took it.
    stub : bytes
        The released module; what it does itself is no news.
    rows : iterable of Exercise
        The exercises written in this module.
    kit : iterable of str
        The names of the kit's own modules, of which an answer needs none but those of its stub.
    """
    if path.endswith(".pyx"):
        return _inspect_kernel(path, data.decode(), stub.decode(), rows)
    try:
        tree = _parse(data)
    except SyntaxError as error:
        return [f"{path}, line {error.lineno}: {shown(error.msg)}; the module cannot be imported."]
    except (ValueError, RecursionError, MemoryError):
        return [f"{path} is too complex to be read; look at it."]
    package, kit, found = path.rpartition("/")[0].replace("/", "."), set(kit), {}
    known = {remark for _, remark in _remarks(_parse(stub), package, kit)}
    for line, remark in _remarks(tree, package, kit):
        if remark not in known:
            found.setdefault(remark, set()).add(line)
    flags = [f"{path}, {_lines(lines)}: {remark}." for remark, lines in found.items()]
    unchanged = _unchanged(tree, _parse(stub), rows)
    if unchanged:
        flags.append(f"{path}: as released, so not started: {', '.join(unchanged)}.")
    return flags


def _inspect_kernel(path: str, text: str, stub: str, rows: Iterable[Exercise]) -> list[str]:
    """The same of a module in Cython, line by line, since nothing here parses its grammar."""
    known, found = set(stub.splitlines()), {}
    for number, line in enumerate(text.splitlines(), 1):
        for remark, pattern in CYTHON.items():
            if line not in known and pattern.search(line):
                found.setdefault(remark, set()).add(number)
    flags = [f"{path}, {_lines(lines)}: {remark}." for remark, lines in found.items()]
    unchanged = [row.id for row in rows if f'NotImplementedError("{row.id}: ' in text]
    if unchanged:
        flags.append(f"{path}: as released, so not started: {', '.join(unchanged)}.")
    return flags


def _parse(data: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd escapes in strings are the student's business
        return ast.parse(data)


def _remarks(tree: ast.Module, package: str, kit: set[str]) -> Iterator[tuple[int, str]]:
    """(line, what to look at) for everything unusual, in no particular order."""
    imported = {name for node in ast.walk(tree) for name in _names_bound(node)}
    for node in ast.walk(tree):
        for name in _imported(node):
            if name.partition(".")[0] not in IMPORTS.split():
                yield node.lineno, f"imports {shown(name)}, which no exercise needs"
        for name in _of_the_kit(node, package, kit):
            yield node.lineno, f"takes {name} of the kit, which no exercise of this module needs"
        if "checks" in _parts_imported(node):
            yield node.lineno, "imports what checks are made of, which no exercise needs"
        for name in _changed(node) & imported:
            yield node.lineno, f"changes {shown(name)}, which is not its own"
        if isinstance(node, ast.Name) and (node.id in CALLS.split() or _is_hidden(node.id)):
            yield node.lineno, f"uses {shown(node.id)}"
        if isinstance(node, ast.Attribute) and (
            node.attr in FRAMES.split() or _is_hidden(node.attr)
        ):
            yield node.lineno, f"reaches for .{shown(node.attr)}"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module or ""]
    return []


def _of_the_kit(node: ast.AST, package: str, kit: set[str]) -> set[str]:
    """What a node takes of modules that are solved in every release."""
    found = {shown(name.rpartition(".")[2]) for name in _modules_of_the_kit(node, package) & kit}
    if isinstance(node, ast.Attribute):
        if node.attr == "graph" or node.attr.endswith("_fast"):
            found.add(shown(node.attr))
        if isinstance(node.value, ast.Name) and node.value.id == "graph":
            found.add(shown(f"graph.{node.attr}"))
    return found


def _modules_of_the_kit(node: ast.AST, package: str) -> set[str]:
    """The full names of what an import may bring in, by the names that modules have today."""
    if isinstance(node, ast.Import):
        names = {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) + 1 - node.level]
        module = ".".join([*(above if node.level else []), *filter(None, [node.module])])
        names = {module, *(f"{module}.{alias.name}" for alias in node.names)}
    else:
        names = set()
    return {today(name) for name in names}


def _names_bound(node: ast.AST) -> set[str]:
    """The names under which an import is known afterwards."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    return {alias.asname or alias.name.partition(".")[0] for alias in node.names}


def _changed(node: ast.AST) -> set[str]:
    """The first names of what a statement assigns attributes of, such as np in np.dot = f."""
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return set()
    found = set()
    for target in targets:
        part = target
        while isinstance(part, ast.Attribute):
            part = part.value
        if part is not target and isinstance(part, ast.Name):
            found.add(part.id)
    return found


def _parts_imported(node: ast.AST) -> set[str]:
    """All names between the dots of what an import names, relative ones too."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
    return {part for name in names for part in name.split(".")}


def _is_hidden(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in USUAL.split()


def _lines(lines: set[int]) -> str:
    first = sorted(lines)[:PLACES]
    more = f" and {len(lines) - PLACES} more" if len(lines) > PLACES else ""
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, first))}{more}"


def _unchanged(tree: ast.Module, stub: ast.Module, rows: Iterable[Exercise]) -> list[str]:
    """The exercises whose function says what the stub says, whatever its comments."""
    mine, released = _functions(tree.body), _functions(stub.body)
    return [
        row.id
        for row in rows
        if row.name in mine
        and row.name in released
        and ast.dump(mine[row.name]) == ast.dump(released[row.name])
    ]


def _functions(body: list[ast.stmt], prefix: str = "") -> dict[str, ast.AST]:
    """Functions of a module and methods of its classes, by name such as Net.loss."""
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found[prefix + node.name] = node
        elif isinstance(node, ast.ClassDef) and not prefix:
            found |= _functions(node.body, f"{node.name}.")
    return found
