"""What a run leaves behind: results.json and grades.csv, from records that are plain data.

Words in a record may be a student's: they are cut, and freed of control characters and of what
differs from run to run, before anything else sees them.
"""

import csv
import io
import json
import math
import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cs231n.checks.runner import CheckResult, ExerciseResult
from cs231n.checks.table import Exercise

STATUSES = ("pass", "partial", "fail", "error", "timeout", "memory", "not-run")
LONGEST = 1000  # characters of a message
MOST_FLAGS = 50
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

Record = dict[str, Any]


def plain_text(text: object, longest: int = LONGEST) -> str:
    """A student's words without control characters, lone surrogates, addresses, or no end.

    Line feeds stay; tabs become spaces. An address such as 0x7f5a... differs from run to run and
    becomes 0x….
    """
    text = str(text)[: 4 * longest].replace("\r\n", "\n").expandtabs(4)
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")
    text = ADDRESS.sub("0x…", text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def student_record(results: Sequence[ExerciseResult], flags: Sequence[str]) -> Record:
    """One student's part of results.json.

    Parameters
    ----------
    results : what the verifier said, one for each exercise
    flags : what intake said

    Raises
    ------
    ValueError
        If a result claims a status or points there are not: a grader that does so is broken.
    """
    exercises = {result.id: _exercise_record(result) for result in results}
    # What the verifier found odd is never pushed out by many remarks on the code.
    odd = list(dict.fromkeys(flag for result in results for flag in result.flags))[:MOST_FLAGS]
    said = [*list(dict.fromkeys(flags))[: MOST_FLAGS - len(odd)], *odd]
    points = [record["points"] for record in exercises.values()]
    return {
        "score": round(math.fsum(points), 2),
        "max": round(math.fsum(record["max"] for record in exercises.values()), 2),
        "flags": [plain_text(flag) for flag in dict.fromkeys(said)],
        "exercises": exercises,
    }


def failed_record(rows: Sequence[Exercise], flags: Sequence[str], reason: str) -> Record:
    """The record of a submission that could not be judged: zero everywhere, and flagged."""
    results = [
        ExerciseResult(row.id, "error", 0.0, row.points, reason, 0.0)
        for row in rows
        if row.kind != "written"
    ]
    return student_record(results, [*flags, f"{reason} A person should look."])


def write_results(path: Path, results: Mapping[str, Any]) -> None:
    """Write results.json: strict JSON with sorted keys, whole or not at all."""
    text = json.dumps(results, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False)
    write_whole(path, text + "\n")


def write_grades(path: Path, rows: Sequence[Exercise], students: Mapping[str, Record]) -> None:
    """Write grades.csv: a line for each student, a column for each exercise."""
    names = [row.id for row in rows if row.kind != "written"]
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["student", "score", "max", "flags", *names])
    for student, record in sorted(students.items()):
        points = [record["exercises"][name]["points"] for name in names]
        row = [student, record["score"], record["max"], len(record["flags"]), *points]
        table.writerow([harmless(value) for value in row])
    write_whole(path, out.getvalue())


def harmless(value: str | float) -> str | float:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file so that readers see the old one or the new one, and never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(partial, mode)
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


def _exercise_record(result: ExerciseResult) -> Record:
    full, none = result.points == result.max, result.points == 0
    sound = full if result.status == "pass" else none or result.status == "partial"
    if not sound or result.status not in STATUSES or not 0 <= result.points <= result.max:
        msg = (
            f"{result.id}: {result.status} with {result.points} of {result.max} points is no "
            f"verdict: the status should be one of {', '.join(STATUSES)}; pass means all points, "
            "partial some, and all others none"
        )
        raise ValueError(msg)
    return {
        "status": result.status,
        "points": float(result.points),
        "max": float(result.max),
        "message": plain_text(result.message),
        "first": list(result.first),
        "note": plain_text(result.note),
        "seconds": round(result.seconds, 3),
        "checks": [_check_record(check) for check in result.checks],
    }


def _check_record(check: CheckResult) -> Record:
    record = asdict(check)
    for name in ("message", "expected", "got", "where"):
        record[name] = None if record[name] is None else plain_text(record[name])
    error = record["error"]
    record["error"] = error if error is not None and math.isfinite(error) else None
    return record
