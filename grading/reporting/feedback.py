"""Feedback pages for students, and the overview of the class for the instructor.

Pages are built from verdicts, never from a student's output or HTML: everything is escaped, and
the pages run no scripts and load nothing.
"""

import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cs231n.checks.report import MARKS
from cs231n.checks.table import Exercise, select
from grading.intake.collect import Submission

from .results import Record, plain_text, write_whole

REVEAL = ("none", "name", "message", "full")  # what students see of checks they do not have
STRENGTH = {
    "bubblewrap": "Your code ran in a jail without network and without other files (bubblewrap).",
    "rlimits": "Your code ran with limits on time and memory, in a weaker jail (rlimits).",
}
WORDS = {
    "pass": "right",
    "partial": "partly right",
    "fail": "wrong result",
    "error": "ended with an error",
    "timeout": "took too long",
    "memory": "took too much memory",
    "not-run": "not written yet",
    "written": "read by a person",
}
# As in the terminal, but for two that many browsers' fonts lack or that are hard to see on a page.
SYMBOLS = {**MARKS, "timeout": "◷", "not-run": "○", "written": "✎"}


def write(
    out: str | os.PathLike,
    assignment: str,
    results: Mapping[str, Any],
    submissions: Sequence[Submission] = (),
    rows: Iterable[Exercise] | None = None,
    reveal: str = "message",
) -> None:
    """Write `feedback/<student>.html` for each student, and `index.html` for the instructor.

    Parameters
    ----------
    out : path
    assignment : str
    results : dict
        What results.json holds.
    submissions : sequence of Submission
        Tell when each was received.
    rows : iterable of Exercise, optional
        By default the assignment's of the table.
    reveal : str
        What students see of hidden checks that failed: see `revealed`.
    """
    out, rows = Path(out), list(select(assignment) if rows is None else rows)
    received = {submission.student: submission.received for submission in submissions}
    for student, record in results["students"].items():
        meta = {**results, "assignment": assignment, "received": received.get(student)}
        page = render(student, record, rows, meta, reveal)
        write_whole(out / "feedback" / f"{student}.html", page)
    write_whole(out / "index.html", render_overview(results["students"], rows, results))


def render(
    student: str,
    record: Record,
    rows: Iterable[Exercise],
    meta: Mapping[str, Any],
    reveal: str = "message",
) -> str:
    """One student's feedback as a page of HTML.

    Parameters
    ----------
    student : str
    record : dict
        The student's part of results.json.
    rows : iterable of Exercise
        The assignment's exercises, in the order to show them in.
    meta : dict
        With assignment and tier, and optionally received (an ISO time).
    reveal : str
    """
    items = [_item(row, record["exercises"].get(row.id), reveal) for row in rows]
    written = sum(item["max"] for item in items if item["status"] == "written")
    notebooks: dict[str, list] = {}
    for item in items:
        notebooks.setdefault(item["row"].notebook, []).append(item)
    return _page(
        "feedback.html",
        student=student,
        assignment=meta["assignment"],
        received=_day(meta.get("received")),
        strength=STRENGTH.get(meta["tier"], f"Your code ran in the jail {meta['tier']}."),
        weaker=meta["tier"] != "bubblewrap",
        score=record["score"],
        most=record["max"],
        written=written,
        flags=record["flags"],
        notebooks=notebooks,
        open=[item for item in items if item["status"] not in ("pass", "written")],
    )


def render_overview(
    students: Mapping[str, Record], rows: Iterable[Exercise], meta: Mapping[str, Any]
) -> str:
    """The class at a glance: students by exercises, each cell with its status and points."""
    rows = list(rows)
    table = [
        {
            "student": student,
            "record": record,
            "items": [_item(row, record["exercises"].get(row.id), "none") for row in rows],
        }
        for student, record in sorted(students.items())
    ]
    columns = list(zip(*(line["items"] for line in table)))
    shares = [_share(column) for column in columns] or [None] * len(rows)
    notebooks: dict[str, int] = {}
    for row in rows:
        notebooks[row.notebook] = notebooks.get(row.notebook, 0) + 1
    return _page(
        "overview.html",
        assignment=meta["assignment"],
        tier=meta["tier"],
        weaker=meta["tier"] != "bubblewrap",
        rows=rows,
        notebooks=notebooks,
        table=table,
        shares=shares,
    )


def revealed(checks: Sequence[Mapping[str, Any]], level: str = "message") -> list[dict[str, Any]]:
    """The checks of one exercise as a student may see them.

    Parameters
    ----------
    checks : sequence of dict
        As in results.json. Checks that are not hidden stay whole.
    level : str
        Of hidden ones, "none" shows nothing, "name" what was checked and how it ended, "message"
        also what was wrong, "full" also the values.

    Raises
    ------
    ValueError
        If there is no such level.
    """
    if level not in REVEAL:
        raise ValueError(f"reveal is {level!r}; it should be one of {', '.join(REVEAL)}")
    shown = []
    for check in checks:
        check = dict(check)
        if check["hidden"] and level != "full":
            check |= dict.fromkeys(("expected", "got", "where", "error"))
            check["message"] = check["message"] if level == "message" else ""
        if not check["hidden"] or level != "none":
            shown.append(check)
    return shown


def _item(row: Exercise, record: Record | None, reveal: str) -> dict[str, Any]:
    """What a page shows of one exercise."""
    if record is None:
        status = "written" if row.kind == "written" else "not-run"
        record = {"status": status, "points": 0.0, "max": row.points, "message": "", "checks": []}
    checks = revealed(record["checks"], reveal)
    return {
        "row": row,
        "status": record["status"],
        "points": record["points"],
        "max": record["max"],
        "seconds": record.get("seconds"),
        "message": "" if record["checks"] else record["message"],
        "note": record.get("note", ""),  # of a run with an earlier kit there is none
        "checks": checks,
        "unseen": len(record["checks"]) - len(checks),
        "good": sum(check["outcome"] == "pass" for check in record["checks"]),
        "total": len(record["checks"]),
    }


def _share(column: Sequence[Mapping[str, Any]]) -> float | None:
    """The share of the points that a class has in one exercise; None where a person grades."""
    if any(item["status"] == "written" for item in column):
        return None
    return sum(item["points"] for item in column) / (sum(item["max"] for item in column) or 1)


def _day(received: str | None) -> str | None:
    if not received:
        return None
    time = datetime.fromisoformat(received)
    return f"{time.day} {time:%B %Y, %H:%M %Z}".strip()


def _page(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.filters["points"] = lambda number: f"{number:g}"
    environment.filters["size"] = lambda error: f"{error:.1e}" if error else "0"
    environment.globals |= {"symbols": SYMBOLS, "words": WORDS}
    return environment


def _printable(value: Any) -> Any:
    """Free every text on a page of control characters, and of no end."""
    return plain_text(value) if type(value) is str else value
