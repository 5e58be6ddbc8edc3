"""Results in the terminal: exercises by students, and a reason for every missing point."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cs231n.checks.console import least_width, print_whole
from cs231n.checks.report import MARKS, STYLES
from cs231n.checks.table import Exercise

MOST_STUDENTS = 12  # columns that fit on a screen


def print_matrix(results: Mapping[str, Any], rows: Sequence[Exercise], console: Console) -> None:
    """Print points by exercise and student, for the first students of a class.

    Students that do not fit beside each other come in further tables below.
    """
    students = list(results["students"].items())[:MOST_STUDENTS]
    judged = [row for row in rows if row.kind != "written"]
    shown = 0
    while shown < len(students):
        for end in range(len(students), shown, -1):
            table = _matrix(dict(students[shown:end]), judged)
            if least_width(console, table) <= console.width:
                break
        print_whole(console, table)
        shown = end
    left = len(results["students"]) - len(students)
    if left:
        console.print(f"and {left} more students, in results.json and grades.csv")
    console.print("  ".join(f"{mark} {status}" for status, mark in MARKS.items()))


def _matrix(students: Mapping[str, Any], rows: Sequence[Exercise]) -> Table:
    """Points by exercise and student as a table."""
    most = sum(row.points for row in rows)
    table = Table(title=f"points, of {most:g}", show_footer=True, box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("exercise", footer="score", no_wrap=True)
    for name, record in students.items():
        table.add_column(Text(name), justify="right", footer=f"{record['score']:g}", no_wrap=True)
    for row in rows:
        cells = [_cell(record["exercises"][row.id]) for record in students.values()]
        table.add_row(row.id, *cells)
    return table


def print_reasons(results: Mapping[str, Any], console: Console, most: int = 6) -> None:
    """Print, student by student, what went wrong and what was flagged."""
    for name, record in results["students"].items():
        reasons = reasons_of(record)
        if not reasons:
            continue
        console.print(
            Text(f"{name}: {record['score']:g} of {record['max']:g} points", style="bold")
        )
        for reason in reasons[:most]:
            console.print(Text(f"  {reason}"))
        if len(reasons) > most:
            console.print(Text(f"  and {len(reasons) - most} more; the feedback page has them all"))


def reasons_of(record: Mapping[str, Any]) -> list[str]:
    """One line for every exercise without its full points, and for every flag.

    Exercises that share a message are named together.
    """
    by_message: dict[str, list[str]] = {}
    for name, exercise in record["exercises"].items():
        if exercise["status"] != "pass":
            message = exercise["message"].splitlines()[0] if exercise["message"] else ""
            if exercise["status"] == "not-run":
                message = message.partition(":")[0]
            by_message.setdefault(f"{MARKS[exercise['status']]} {message}", []).append(name)
    told = [f"{message} ({', '.join(names)})" for message, names in by_message.items()]
    return told + [f"flag: {flag}" for flag in record["flags"]]


def _cell(exercise: Mapping[str, Any]) -> Text:
    status = exercise["status"]
    style = STYLES.get(status, "red")
    return Text(f"{exercise['points']:g} {MARKS[status]}", style=style)


def print_places(out: Path, console: Console) -> None:
    """Say what lies where in a folder of results, and how to go on from there."""
    for what, where in [
        ("overview, and a page for each student", f"{out}/index.html, {out}/feedback/"),
        ("points for a spreadsheet, and all of it", f"{out}/grades.csv, {out}/results.json"),
        ("nbgrader's gradebook", f"{out}/gradebook.db"),
        ("to grade written answers", f"cd {out} && jupyter lab, then Nbgrader > Formgrader"),
    ]:
        console.print(Text(f"{what:41} {where}"), soft_wrap=True)
