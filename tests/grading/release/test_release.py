"""What students get is built from what git tracks, and stripped."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from cs231n.checks.table import Exercise, select
from grading.authoring.markers import MarkerError
from grading.release import build, ships
from grading.release.build import build_release, release_tree, strip_module
from grading.release.notebooks import GenerateError, generate
from grading.release.ships import ReleaseError, shipped, tracked_files

ROOT = Path(__file__).resolve().parents[3]
REAL = select("assignment1")


def row(name, assignment, module, notebook="one"):
    function = f"cs231n.{module}:{name.replace('-', '_')}"
    return Exercise(name, assignment, notebook, "Title", 1, "Why?", function)


TABLE = {
    "add": row("add", "assignment1", "sums"),
    "double": row("double", "assignment2", "products", notebook="two"),
}
SUMS = """def add(x, y):
    ### BEGIN SOLUTION: add them
    return x + y
    ### END SOLUTION
"""
DOUBLE = SUMS.replace("add(x, y)", "double(x)").replace("x + y", "2 * x").replace("add them", "x")
FILES = {
    "pyproject.toml": (ROOT / "pyproject.toml").read_text(),
    "LICENSE": "free",
    "README.md": "for instructors",
    "setup.py": "for kernels",
    "cs231n/__init__.py": "",
    "cs231n/sums.py": SUMS,
    "cs231n/products.py": DOUBLE,
    "cs231n/optim.py": "x = 1",
    "cs231n/fast.pyx": "x = 1",
    "cs231n/checks/exercises/assignment1.toml": "",
    "cs231n/checks/exercises/assignment2.toml": "",
    "cs231n/checks/suites/one.py": "x = 1",
    "cs231n/checks/suites/two.py": "x = 2",
    "datasets/README.md": "[the licence](../LICENSE)",
    "grading/secret.py": "answers",
    "tests/test_secret.py": "answers",
    "assignments/README.md": "See [the handout](assignment1/README.md) of assignment1.",
    "assignments/assignment1/README.md": "[Data](../../datasets/README.md) ![a](figures/a.png)",
    "assignments/assignment1/figures/a.png": "picture",
    "assignments/assignment1/one.md": "solved half",
    "assignments/assignment2/README.md": "[Start](../README.md)",
    "assignments/assignment2/two.md": "solved half",
}


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A clone of a kit with two assignments."""
    for name, text in FILES.items():
        path = tmp_path / "kit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(ships, "assignments", lambda: ["assignment1", "assignment2"])
    for module in (ships, build):
        monkeypatch.setattr(module, "read_table", lambda: TABLE)
    track(tmp_path / "kit")
    return tmp_path / "kit"


def track(folder):
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)


def test_the_first_assignment_holds_its_own_and_nothing_later(repository):
    assert list(release_tree("assignment1", root=repository)) == [
        ".devcontainer/devcontainer.json",
        ".gitignore",
        ".vscode/extensions.json",
        ".vscode/settings.json",
        "LICENSE",
        "README.md",
        "assignment1.md",
        "cs231n/__init__.py",
        "cs231n/checks/exercises/assignment1.toml",
        "cs231n/checks/suites/one.py",
        "cs231n/sums.py",
        "datasets/README.md",
        "environment.yml",
        "figures/a.png",
        "pyproject.toml",
    ]


def test_the_second_assignment_adds_what_ships_later(repository):
    first = release_tree("assignment1", root=repository)
    second = release_tree("assignment2", root=repository)
    assert sorted(set(second) - set(first)) == [
        "assignment2.md",
        "cs231n/checks/exercises/assignment2.toml",
        "cs231n/checks/suites/two.py",
        "cs231n/fast.pyx",
        "cs231n/optim.py",
        "cs231n/products.py",
        "setup.py",
    ]
    assert sorted(set(first) - set(second)) == ["assignment1.md", "figures/a.png"]


def test_its_own_exercises_ship_as_stubs(repository):
    tree = release_tree("assignment1", root=repository)
    assert tree["cs231n/sums.py"].decode() == (
        "def add(x, y):\n    # TODO (add): add them\n"
        '    raise NotImplementedError("add: write it in cs231n/sums.py")\n'
    )


def test_earlier_exercises_ship_solved_and_without_markers(repository):
    tree = release_tree("assignment2", root=repository)
    assert tree["cs231n/sums.py"].decode() == "def add(x, y):\n    return x + y\n"
    assert b"NotImplementedError" in tree["cs231n/products.py"]


def test_the_switch_ships_earlier_exercises_as_stubs(repository):
    tree = release_tree("assignment2", include_earlier_stubs=True, root=repository)
    assert b"NotImplementedError" in tree["cs231n/sums.py"]


def test_links_of_documents_follow_what_they_lead_to(repository):
    tree = release_tree("assignment1", root=repository)
    assert tree["README.md"] == b"See [the handout](assignment1.md) of assignment1."
    assert tree["assignment1.md"] == b"[Data](datasets/README.md) ![a](figures/a.png)"
    assert tree["datasets/README.md"] == b"[the licence](../LICENSE)"


def test_the_readme_speaks_of_the_assignment_it_ships_with(repository):
    tree = release_tree("assignment2", root=repository)
    assert tree["README.md"] == b"See [the handout](assignment2.md) of assignment2."
    assert tree["assignment2.md"] == b"[Start](README.md)"


def test_a_file_that_git_does_not_track_stays_at_home(repository):
    (repository / "cs231n" / "draft.py").write_text("x = 1")
    assert "cs231n/draft.py" not in release_tree("assignment1", root=repository)


def test_a_file_that_nobody_listed_ships_with_the_latest_assignment_at_the_earliest(repository):
    for name in ("cs231n/new.py", "cs231n/topic/new.py", "datasets/new.txt", "cs231n/new.html"):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("x = 1")
        track(repository)
        assert name not in release_tree("assignment1", root=repository)
        assert name in release_tree("assignment2", root=repository)


def test_what_a_module_of_the_assignment_imports_ships_with_it(repository):
    (repository / "cs231n" / "optim.py").write_text("import cs231n.fast")
    (repository / "cs231n" / "sums.py").write_text(f"from cs231n import optim\n\n\n{SUMS}")
    tree = release_tree("assignment1", root=repository)
    assert {"cs231n/optim.py", "cs231n/fast.pyx"} <= set(tree)


def test_what_ships_is_what_lies_in_the_working_tree(repository):
    (repository / "LICENSE").write_text("changed since")
    assert release_tree("assignment1", root=repository)["LICENSE"] == b"changed since"


def test_building_a_tree_changes_nothing(repository):
    before = {p: p.read_bytes() for p in repository.rglob("*") if p.is_file()}
    release_tree("assignment1", root=repository)
    assert {p: p.read_bytes() for p in repository.rglob("*") if p.is_file()} == before


def test_a_later_exercise_in_a_shipped_module_stops_the_release(repository):
    (repository / "cs231n" / "sums.py").write_text(f"from cs231n import products\n\n\n{SUMS}")
    with pytest.raises(ReleaseError, match=r"products.py ships with assignment1 but holds double"):
        release_tree("assignment1", root=repository)


def test_an_exercise_without_markers_stops_the_release(repository):
    (repository / "cs231n" / "sums.py").write_text("def add(x, y):\n    return x + y\n")
    with pytest.raises(ReleaseError, match=r"cs231n/sums.py: no solution is marked for add"):
        release_tree("assignment1", root=repository)


def test_a_broken_marker_stops_the_release(repository):
    (repository / "cs231n" / "sums.py").write_text(SUMS.replace("    ### END SOLUTION\n", ""))
    with pytest.raises(MarkerError, match=r"cs231n/sums.py, line 2: .* never ends"):
        release_tree("assignment1", root=repository)


def test_a_module_that_does_not_compile_stops_the_release(repository):
    (repository / "cs231n" / "sums.py").write_text("def add(x, y:\n")
    with pytest.raises(ReleaseError, match=r"cs231n/sums.py, line 1: '\(' was never closed"):
        release_tree("assignment1", root=repository)


def test_a_tree_without_git_is_refused(tmp_path):
    with pytest.raises(ReleaseError, match=r"a release holds what git tracks, but git says"):
        tracked_files(tmp_path)


def test_a_folder_inside_another_clone_is_refused(repository):
    inside = repository / "unpacked"
    inside.mkdir()
    with pytest.raises(ReleaseError, match=r"git tracks no pyproject.toml here"):
        tracked_files(inside)


def test_without_git_installed_the_release_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ReleaseError, match=r"git is not installed"):
        tracked_files(tmp_path)


def test_markdown_halves_and_the_repositorys_readme_never_ship():
    names = ["README.md", "assignments/assignment1/knn.md", "docs/a.md", "grading/x.py"]
    assert shipped(names, "assignment1") == {}


def test_an_unsolved_set_that_is_empty_only_removes_markers():
    text = (ROOT / "cs231n/classifiers/softmax.py").read_text()
    solved = strip_module(text, "cs231n/classifiers/softmax.py", set())
    markers = [line for line in text.splitlines(True) if re.match(r" *### (BEGIN|END) ", line)]
    assert len(text) - len(solved) == sum(map(len, markers)) > 0


def notebook(*cells):
    return nbformat.writes(nbformat.v4.new_notebook(cells=list(cells))).encode()


def test_a_notebook_that_nbgrader_refuses_stops_the_release():
    marked = nbformat.v4.new_code_cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION")
    with pytest.raises(GenerateError, match=r"(?s)does not release assignment1: .*non-solution"):
        generate({"bad.ipynb": notebook(marked)}, "assignment1")


def test_no_notebooks_need_no_nbgrader():
    assert generate({}, "assignment1") == {}


@pytest.fixture(scope="module")
def real_tree():
    return release_tree("assignment1")


def test_assignment1_ships_its_notebooks_at_the_top(real_tree):
    notebooks = [name for name in real_tree if name.endswith(".ipynb")]
    assert sorted(notebooks) == sorted({f"{row.notebook}.ipynb" for row in REAL})


def test_assignment1_ships_nothing_of_grader_and_tests(real_tree):
    tops = {name.split("/")[0] for name in real_tree}
    assert not tops & {"grading", "tests", "docs", "assignments", "build", "setup.py"}


def test_model_answers_stay_at_home(real_tree):
    for name in sorted({row.notebook for row in REAL if row.kind == "written"}):
        half = (ROOT / "assignments" / "assignment1" / f"{name}.md").read_text()
        for answer in re.findall(r'#region answer="[^"]+" -->\n(.*?)\n<!--', half, re.DOTALL):
            first = answer.split(".")[0][:60].split("\n")[0]
            assert len(first) > 15
            assert all(first.encode() not in content for content in real_tree.values())


def test_without_notebooks_the_rest_is_the_same(real_tree):
    rest = release_tree("assignment1", notebooks=False)
    assert rest == {n: c for n, c in real_tree.items() if not n.endswith(".ipynb")}


@pytest.mark.slow
def test_a_release_is_checked_and_identical_byte_for_byte(tmp_path):
    said = []
    report = build_release("assignment1", tmp_path / "one", progress=said.append)
    command = [sys.executable, "-m", "grading", "release", "assignment1", "--out"]
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    run = subprocess.run(
        [*command, str(tmp_path / "two")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert report.zip.read_bytes() == (tmp_path / "two" / "assignment1.zip").read_bytes()
    assert len(said) == 3
    assert "no solution has leaked" in run.stdout
    with zipfile.ZipFile(report.zip) as archive:
        names = {name.removeprefix("assignment1/") for name in archive.namelist()}
    files = {p.relative_to(report.folder).as_posix() for p in report.folder.rglob("*")}
    assert names == {name for name in files if (report.folder / name).is_file()}


def test_a_release_with_a_fault_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "release_tree", lambda *args: {"grading/oracle.py": b"x = 1"})
    monkeypatch.setattr(build, "frozen_answers", lambda rows: b"")
    with pytest.raises(ReleaseError, match=r"(?s)not fit to go out.*grading/oracle.py: no file of"):
        build_release("assignment1", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_students_readme_names_exercises_of_its_own_assignment():
    readme = release_tree("assignment2", notebooks=False)["README.md"].decode()
    assert "check fully_connected_nets" in readme
    assert "hint affine-forward" in readme
    assert "knn" not in readme
