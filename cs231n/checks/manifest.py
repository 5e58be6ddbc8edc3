"""What a submission consists of."""

from pathlib import Path

from cs231n.checks.table import Exercise

FOLDER = Path("hand_in")
# What a release puts in the place of answers in words, and of the solved parts of cells.
ANSWER_STUB = "*Your answer, in words, instead of this line.*"
CELL_STUB = 'raise NotImplementedError("write this part of the cell")'


def manifest(rows: list[Exercise]) -> list[str]:
    """The files that an assignment consists of, relative to the folder it was unpacked in."""
    notebooks = [f"{row.notebook}.ipynb" for row in rows]
    modules = [row.path for row in rows if row.path]
    weights = [f"{FOLDER}/{row.file}" for row in rows if row.file]
    return list(dict.fromkeys(notebooks + modules + weights))
