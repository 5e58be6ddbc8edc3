"""The architecture, as rules that hold for every file."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from grading.release import ships

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted([*ROOT.glob("cs231n/**/*.py"), *ROOT.glob("grading/**/*.py")])
# The zygote runs as a folder in the jail and puts the student's tree on its own path.
JAILED = ROOT / "grading" / "jail" / "worker"
# The course's own modules, and the files that its layers were cut into; all else has a folder.
AT_THE_ROOT = {
    "__init__",
    "__main__",
    "captioning_solver",
    "coco_utils",
    "convolution",
    "data_utils",
    "dropout",
    "fast_layers",
    "features",
    "gradient_check",
    "im2col",
    "image_utils",
    "layer_utils",
    "layers",
    "net_visualization",
    "normalization",
    "optim",
    "rnn_layers",
    "solver",
    "spatial_normalization",
    "strides",
    "vis_utils",
}
# What a folder may import of the others; "root" means the modules at the root.
MAY_IMPORT = {
    "cs231n": {
        "gradient": "",
        "files": "",
        "kernels": "",
        "language": "root kernels",
        "recurrent": "root kernels",
        "training": "root files language",
        "seeing": "root",
        "transfer": "root training",
        "drawn": "files language",
        "data": "root files drawn",
        "classifiers": "root files kernels language recurrent",
        "text": "root files kernels language recurrent seeing training drawn data captioning",
        "matching": "root files kernels language training drawn data classifiers captioning",
        "handin": "files language drawn recurrent classifiers",
        "captioning": "root files language training drawn data classifiers",
        "pages": "root files kernels language text matching drawn data classifiers captioning",
        "checks": "root kernels language matching training transfer drawn handin classifiers pages",
        "commands": "files kernels language text matching data classifiers captioning pages checks",
        "root": "gradient files kernels language training drawn data captioning commands",
    },
    "grading": {
        "authoring": "",
        "oracles": "",
        "hidden": "",
        "intake": "",
        "mutants": "authoring",
        "release": "authoring oracles",
        "jail": "release",
        "reporting": "authoring intake release",
        "judging": "hidden intake jail oracles release reporting",
        "demo": "authoring judging mutants release reporting",
        "benchmarks": "demo judging release",
        "root": "authoring demo judging release",
    },
}


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


def room_of(name):
    """The folder that a module lies in: (cs231n, captioning), or (cs231n, root)."""
    top, *rest = name.split(".")
    inside = bool(rest) and (ROOT / top / rest[0]).is_dir()
    return top, rest[0] if inside else "root"


def rooms_graph():
    """Which rooms import which: the folders, and each module at the root by itself."""
    graph = defaultdict(set)
    for path in MODULES:
        here = room_of(name_of(path))
        for name in imports_of(path):
            there = room_of(name)
            one, other = (
                module if room[1] == "root" else ".".join(room)
                for module, room in ((name_of(path), here), (name, there))
            )
            if one != other and other not in ("cs231n", "grading"):
                graph[one].add(other)
    return graph


def test_the_library_imports_nothing_of_grading_or_tests():
    for path in ROOT.glob("cs231n/**/*.py"):
        for name in imports_of(path):
            assert name.split(".")[0] == "cs231n", f"{path}: imports {name}"


def require_no_cycle(graph):
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
    require_no_cycle(graph)


def test_there_is_no_cycle_between_folders():
    require_no_cycle(rooms_graph())


def test_a_cycle_is_found():
    with pytest.raises(AssertionError, match="a -> b -> a"):
        require_no_cycle(defaultdict(set, {"a": {"b"}, "b": {"c", "a"}}))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: name_of(path))
def test_a_folder_imports_what_it_may(path):
    top, here = room_of(name_of(path))
    allowed = {here, *MAY_IMPORT[top][here].split()}
    for name in imports_of(path):
        other_top, there = room_of(name)
        if other_top == top and name != top:
            assert there in allowed, f"{name_of(path)} imports {name}: {here} may not"


def test_nothing_lies_at_the_root_that_the_list_does_not_name():
    found = {path.stem for path in [*ROOT.glob("cs231n/*.py"), *ROOT.glob("cs231n/*.pyx")]}
    assert found - {"im2col_cython"} == AT_THE_ROOT
    assert {path.name for path in ROOT.glob("grading/*.py")} == {
        "__init__.py",
        "__main__.py",
        "cli.py",
    }


def test_the_judge_imports_nothing_that_runs_beside_the_students_code():
    judge = [path for path in MODULES if {"judge", "suites", "hidden"} & set(path.parts)]
    assert judge
    for path in judge:
        for name in imports_of(path):
            assert not name.startswith("cs231n.checks.beside"), f"{path}: imports {name}"
    for path in ROOT.glob("cs231n/checks/beside/*.py"):
        for name in imports_of(path):
            assert not name.startswith("cs231n.checks.judge"), f"{path}: imports {name}"


@pytest.mark.parametrize("name", sorted({str(path.parent.relative_to(ROOT)) for path in MODULES}))
def test_every_folder_says_what_it_is_for(name):
    folder = ROOT / name
    text = (folder / "__init__.py").read_text()
    said = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
    assert said
    if folder.parent == ROOT / "cs231n" or folder.name in ("judge", "beside", "support"):
        assert re.search(r"\bStudents write\b", said)
        assert re.search(r"\bimports?\b", said)
        assert len(re.findall(r"[.](?: |$)", said)) >= 3


@pytest.mark.parametrize(("assignment", "fewer_than"), [("assignment1", 10), ("assignment3", 30)])
def test_a_student_sees_few_files_at_the_root(assignment, fewer_than):
    names = ships.shipped(ships.tracked_files(), assignment)
    at_root = [name for name in names if re.match(r"cs231n/[^/]+$", name)]
    assert 0 < len(at_root) < fewer_than


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
