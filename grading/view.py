"""Results in the terminal: exercises by students, and a reason for every missing point."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cs231n.checks.report import MARKS, STYLES
from cs231n.checks.table import Exercise

MOST_STUDENTS = 12  # columns that fit on a screen


def print_matrix(results: Mapping[str, Any], rows: Sequence[Exercise], console: Console) -> None:
    """Print points by exercise and student, for the first students of a class."""
    students = dict(list(results["students"].items())[:MOST_STUDENTS])
    table = Table("exercise", show_footer=True, pad_edge=False)
    table.columns[0].footer = "score"
    for name, record in students.items():
        footer = f"{record['score']:g} / {record['max']:g}"
        table.add_column(Text(name), justify="right", footer=footer)
    for row in rows:
        if row.kind != "written":
            cells = [_cell(record["exercises"][row.id]) for record in students.values()]
            table.add_row(row.id, *cells)
    console.print(table)
    left = len(results["students"]) - len(students)
    if left:
        console.print(f"and {left} more students, in results.json and grades.csv")
    console.print("  ".join(f"{mark} {status}" for status, mark in MARKS.items()))


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
