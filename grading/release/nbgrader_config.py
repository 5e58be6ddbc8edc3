"""nbgrader's configuration, loaded by nbgrader_config.py at the root and by the release.

With it the stock commands work from the root: `nbgrader generate_assignment assignment1`,
`nbgrader validate`, formgrader in JupyterLab. What they write lies in build/nbgrader.
"""

import secrets
from pathlib import Path

from cs231n.checks.manifest import ANSWER_STUB, CELL_STUB

ROOT = Path(__file__).resolve().parents[2]
WORK = "build/nbgrader"

c = get_config()  # noqa: F821  traitlets hands it to configuration files

# SQLite opens a database only in a folder that is there.
(ROOT / WORK).mkdir(parents=True, exist_ok=True)

c.CourseDirectory.course_id = "cs231n"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.db_url = f"sqlite:///{ROOT / WORK / 'gradebook.db'}"
c.CourseDirectory.source_directory = "assignments"
for step in ("release", "source_with_tests", "submitted", "autograded", "feedback", "solution"):
    setattr(c.CourseDirectory, f"{step}_directory", f"{WORK}/{step}")
c.Exchange.root = str(ROOT / WORK / "exchange")

# nbgrader copies every file beside a notebook into its release. The Markdown halves hold the
# solutions, and modules would go out unstripped: only the handout (README.md) and figures may go.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "feedback",
    "hand_in",
    "[!R]*.md",
    "*.py",
    "*.pyc",
    "*.pyx",
    "*.npz",
    "*.toml",
]

c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
c.ClearSolutions.code_stub = {"python": CELL_STUB}
c.ClearSolutions.text_stub = ANSWER_STUB
c.ClearHiddenTests.begin_test_delimeter = "### BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "### END HIDDEN TESTS"

# A deleted test cell scores nothing instead of keeping an earlier score.
c.OverwriteCells.add_missing_cells = True
# nbclient skips cells with this tag, even tests: no submission can know the word.
c.Execute.skip_cells_with_tag = secrets.token_hex(16)
