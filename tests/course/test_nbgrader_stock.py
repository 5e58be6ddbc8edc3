"""nbgrader's own commands work from the root, and nothing solved comes along."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cs231n.checks.table import Exercise, select
from grading.authoring.notebooks import as_bytes, build_pair
from grading.release.leaks import leaks
from grading.release.notebooks import generate
from grading.release.ships import tracked_files

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ("nbgrader_config.py", "grading/release/nbgrader_config.py")
NOTEBOOKS = sorted({f"{row.notebook}.ipynb" for row in select("assignment1")})
RELEASE = "build/nbgrader/release/assignment1"
# Files that must not go out even if somebody leaves them beside the notebooks.
STRAY = ("solution.py", "kernel.pyx", "notes.md", "best_net.npz", "hand_in/best_net.npz")
ASK = """
import json, sys
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader

app = NbGrader()
app.initialize([])
every = NbGraderAPI(app.coursedir, config=app.config).get_assignments()
(found,) = [one for one in every if one["name"] == "assignment1"]
print(json.dumps({key: found[key] for key in ("name", "source_path", "release_path", "status")}))
"""


def run(course, *command):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTHON"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment |= {"JUPYTER_PLATFORM_DIRS": "1", "JUPYTER_CONFIG_DIR": str(course / "settings")}
    return subprocess.run(
        command, cwd=course, env=environment, capture_output=True, text=True, check=False
    )


def new_course(folder, names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the repository's configuration and assignments, after generate_assignment."""
    assignments = [name for name in tracked_files() if name.startswith("assignments/")]
    folder = new_course(tmp_path_factory.mktemp("course"), [*CONFIGURATION, *assignments])
    for name in STRAY:
        path = folder / "assignments" / "assignment1" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("solved")
    made = run(folder, "nbgrader", "generate_assignment", "assignment1")
    assert made.returncode == 0, made.stderr
    return folder


def released(course):
    files = (path for path in (course / RELEASE).rglob("*") if path.is_file())
    return {path.relative_to(course / RELEASE).as_posix(): path for path in files}


def test_generate_assignment_releases_notebooks_handout_and_figures_only(course):
    rest = [name for name in released(course) if not name.startswith("figures/")]
    assert sorted(rest) == sorted(["README.md", *NOTEBOOKS])


def test_generate_assignment_releases_nothing_solved(course):
    texts = {n: p.read_text() for n, p in released(course).items() if p.suffix != ".png"}
    folder = ROOT / "assignments" / "assignment1"
    solved = {name: (folder / name).read_text() for name in NOTEBOOKS}
    solved |= {row.path: (ROOT / row.path).read_text() for row in select("assignment1") if row.path}
    assert leaks(solved, solved), "the leaks are there to be found"
    assert leaks(texts, solved) == []
    assert not [name for name, text in texts.items() if re.search("(BEGIN|END) SOLUTION", text)]


def test_model_answers_become_one_line_that_asks(course):
    written = [row for row in select("assignment1") if row.kind == "written"]
    assert written
    for row in written:
        notebook = nbformat.read(course / RELEASE / f"{row.notebook}.ipynb", as_version=4)
        (cell,) = [cell for cell in notebook.cells if cell.id == row.id]
        assert cell.source == "*Your answer, in words, instead of this line.*"


def test_everything_that_nbgrader_writes_lies_in_build(course):
    before = {"assignments", "grading", "nbgrader_config.py", "settings"}
    assert {path.name for path in course.iterdir()} - before == {"build"}
    assert (course / "build" / "nbgrader" / "gradebook.db").is_file()


def test_formgrader_sees_the_assignment(course):
    told = json.loads(run(course, sys.executable, "-c", ASK).stdout.splitlines()[-1])
    assert told == {
        "name": "assignment1",
        "source_path": "assignments/assignment1",
        "release_path": "build/nbgrader/release/assignment1",
        "status": "draft",
    }


def test_the_release_holds_the_notebooks_that_the_stock_command_makes(course):
    folder = course / "assignments" / "assignment1"
    sources = {name: (folder / name).read_bytes() for name in NOTEBOOKS}
    for name, notebook in generate(sources, "assignment1").items():
        assert notebook == nbformat.read(course / RELEASE / name, as_version=4)


TEXT = """# Title

```python
from cs231n.checks import check
```

Write it.

```python check="knn-two-loops"
check("knn-two-loops")
```

Why?

<!-- #region answer="why" -->
Because.
<!-- #endregion -->
"""


@pytest.mark.slow
def test_validate_passes_what_is_solved_and_names_what_is_not(tmp_path):
    why = Exercise("why", "assignment1", "knn", "Why", 1, "How?", kind="written")
    table = {"why": why, "knn-two-loops": select("knn-two-loops")[0]}
    course = new_course(tmp_path, CONFIGURATION)
    source = course / "assignments" / "assignment1" / "knn.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(as_bytes(build_pair(TEXT, "knn", table)))
    assert run(course, "nbgrader", "generate_assignment", "assignment1").returncode == 0
    solved = run(course, "nbgrader", "validate", "assignments/assignment1/knn.ipynb")
    assert "Success! Your notebook passes all the tests." in solved.stdout
    unsolved = run(course, "nbgrader", "validate", f"{RELEASE}/knn.ipynb")
    assert "VALIDATION FAILED ON 1 CELL" in unsolved.stdout
    assert "You did not provide a response." in unsolved.stdout


def test_no_submission_can_know_the_tag_that_skips_a_test():
    words = set()
    for _ in range(2):
        code = f"from traitlets.config import PyFileConfigLoader as L; c = L({CONFIGURATION[1]!r})"
        code += ".load_config(); print(c.Execute.skip_cells_with_tag)"
        words.add(run(ROOT, sys.executable, "-c", code).stdout.strip())
    assert len(words) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", word) for word in words)
