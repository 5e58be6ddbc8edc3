"""The architecture, as rules that hold for every file."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*ROOT.glob("cs231n/**/*.py"), *ROOT.glob("grading/**/*.py")])
# The zygote runs as a folder in the jail and puts the student's tree on its own path.
JAILED = ROOT / "grading" / "worker"


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path, top_level_only=False):
    """Names of the kit's modules that a file imports, relative imports made absolute."""
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) + 1 - node.level]
            module = ".".join([*(base if node.level else []), *filter(None, [node.module])])
            found.add(module)
            found |= {f"{module}.{alias.name}" for alias in node.names}
    known = {name_of(other) for other in MODULES}
    return {name for name in found if name in known}


def test_the_library_imports_nothing_of_grading_or_tests():
    for path in ROOT.glob("cs231n/**/*.py"):
        for name in imports_of(path):
            assert name.split(".")[0] == "cs231n", f"{path}: imports {name}"


def test_there_are_no_import_cycles():
    graph = defaultdict(set)
    for path in MODULES:
        if JAILED not in path.parents:
            # a package's own name appears in `from package import module`; the module counts
            graph[name_of(path)] = {
                name
                for name in imports_of(path, top_level_only=True)
                if not name_of(path).startswith(f"{name}.")
            } - {name_of(path)}
    done, path = set(), []

    def visit(name):
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            path.append(name)
            for other in sorted(graph[name]):
                visit(other)
            path.pop()
            done.add(name)

    for name in sorted(graph):
        visit(name)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: name_of(path))
def test_no_star_imports_and_no_path_edits(path):
    text = path.read_text()
    assert not re.search(r"^\s*from \S+ import \*", text, re.MULTILINE)
    if JAILED not in path.parents:
        assert "sys.path" not in re.sub(r'""".*?"""|#.*', "", text, flags=re.DOTALL)


def is_check(node):
    """Whether a function is registered by `@exercise(...)`."""
    calls = [d.func for d in node.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(call, ast.Name) and call.id == "exercise" for call in calls)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: name_of(path))
def test_every_module_and_public_function_has_a_docstring(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the module has none"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if "hidden" in path.parts or "suites" in path.parts or is_check(node):
                continue  # the name of a check is its sentence
            assert ast.get_docstring(node), f"{node.name} has none"


def test_import_prints_nothing_and_needs_no_grading_packages():
    code = (
        "import sys, cs231n, cs231n.checks, cs231n.classifiers, cs231n.gradient_check\n"
        "heavy = {'nbgrader', 'jupytext', 'torch', 'grading', 'matplotlib.pyplot'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def tracked_files():
    run = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_nothing_generated_is_tracked():
    bad = re.compile(r"(\.(pyc|so|c|o)|expected\.npz|gradebook\.db)$|__pycache__|egg-info|^build/")
    assert [p for p in tracked_files() if bad.search(p.relative_to(ROOT).as_posix())] == []


def test_no_file_is_long():
    long = {}
    for path in tracked_files():
        limit = {".py": 450, ".pyx": 150}.get(path.suffix)
        lines = path.read_text().count("\n") if limit else 0
        if limit and lines > limit:
            long[path.name] = lines
    assert long == {}
