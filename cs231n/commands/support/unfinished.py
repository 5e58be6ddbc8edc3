"""What a submission still lacks: answers in words, cells of a search, files; and the points."""

import json
from dataclasses import dataclass
from pathlib import Path

from cs231n.checks.manifest import ANSWER_STUB, CELL_STUB, FOLDER


@dataclass(frozen=True)
class Gap:
    """Something that is not done: an exercise, cell or notebook, the points at stake, and why."""

    name: str
    points: float
    words: str


def find_gaps(rows, folder=Path()):
    """What is not done yet, notebook by notebook; what the checks judge is not looked at.

    Parameters
    ----------
    rows : list of Exercise
        The exercises of an assignment.
    folder : Path
        Where its files lie.

    Returns
    -------
    list of Gap
    """
    gaps = []
    for notebook in dict.fromkeys(row.notebook for row in rows):
        here = [row for row in rows if row.notebook == notebook]
        gaps += _notebook_gaps(folder / f"{notebook}.ipynb", here)
        gaps += [
            Gap(row.id, row.points, f"{FOLDER}/{row.file} is missing")
            for row in here
            if row.file and not (folder / FOLDER / row.file).is_file()
        ]
    return gaps


def read_cells(path):
    """The cells of a notebook, whatever else is odd about it.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of dict

    Raises
    ------
    FileNotFoundError
        If it is not there.
    ValueError
        If it is not a notebook.
    """
    try:
        notebook = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise FileNotFoundError("it is missing") from None
    except OSError as error:
        raise ValueError(f"it cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise ValueError("it is not a notebook (broken JSON)") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise ValueError("it is not a notebook (no cells)")
    return [cell for cell in cells if isinstance(cell, dict)]


def _notebook_gaps(path, rows):
    """The answers and the cells of a search in one notebook that are as they were released."""
    questions = [row for row in rows if row.kind == "written"]
    try:
        cells = read_cells(path)
    except (FileNotFoundError, ValueError) as error:
        names = ", ".join(row.id for row in questions)
        words = f"{error}; it should answer {names}" if names else str(error)
        return [Gap(path.name, sum(row.points for row in questions), words)]
    answered = {_mark(cell).get("grade_id") for cell in cells if _answer(cell)}
    gaps = [
        Gap(row.id, row.points, f"no answer in {path.name}")
        for row in questions
        if row.id not in answered
    ]
    for name, tuned in _unfilled_searches(cells, {row.id for row in rows if row.file}):
        purpose = f", for {tuned}" if tuned else ""
        gaps.append(Gap(name, 0, f"not filled in ({path.name}{purpose})"))
    return gaps


def _unfilled_searches(cells, tuned):
    """The cells that give no points themselves and are as released, and what each is for.

    A search is for the net whose check is the next graded cell; many are for no net.
    """
    found, above = [], []
    for cell in cells:
        mark = _mark(cell)
        if mark.get("grade"):
            purpose = mark["grade_id"] if mark["grade_id"] in tuned else ""
            found += [(name, purpose) for name in above]
            above = []
        elif mark.get("solution") and cell.get("cell_type") == "code" and _is_stub(cell):
            above.append(mark["grade_id"])
    return found + [(name, "") for name in above]


def _mark(cell):
    """What nbgrader notes about a cell; nothing where the note is not one."""
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return mark if isinstance(mark, dict) and isinstance(mark.get("grade_id"), str) else {}


def _source(cell):
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))


def _answer(cell):
    """The words that stand in a cell beside the placeholder."""
    return _source(cell).replace(ANSWER_STUB, "").strip()


def _is_stub(cell):
    """Whether the code of a cell still raises what the release put there, or is gone."""
    lines = [line.strip() for line in _source(cell).splitlines()]
    code = [line for line in lines if line and not line.startswith("#")]
    return not code or CELL_STUB in code
