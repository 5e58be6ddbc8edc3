"""Check results as text: short lines for a notebook, a table for the terminal."""

import textwrap

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .console import print_whole

MARKS = {
    "pass": "✓",
    "partial": "½",
    "fail": "✗",
    "error": "!",
    "timeout": "⏱",
    "memory": "▣",
    "not-run": "·",
}
WIDTH = 90  # characters of a line in a notebook's output
STYLES = {"pass": "green", "partial": "yellow", "not-run": "dim"}


def lines(result, row):
    """One exercise as lines of plain text, for a notebook cell.

    Parameters
    ----------
    result : ExerciseResult
    row : Exercise
    """
    yield f"{MARKS[result.status]} {row.id}: {result.points:g} of {result.max:g} points"
    if result.note:
        yield _wrapped("    ", result.note)
    told = None
    for check in result.checks:
        size = "" if check.error is None else f"   (largest error {check.error:.1e})"
        yield f"    {MARKS[check.outcome]} {check.name.replace('_', ' ')}{size}"
        if check.outcome != "pass" and check.message:
            details = list(_details(check))
            yield from ["        the same"] if details == told else details
            told = details
            if check.outcome in ("timeout", "not-run"):
                break
    if result.status != "pass":
        yield f"    file      {place(row)}"
        yield _wrapped("    hint      ", row.hint)
        yield _wrapped("    to read   ", row.see) if row.see else ""


def place(row):
    """Where an exercise is worked on: file and function, or the weights and what makes them."""
    if row.file:
        return f"hand_in/{row.file}, made in {row.notebook}.ipynb"
    return f"{row.path}: {row.name}"


def _short_place(row):
    """The same for a table's column: file and function, without folder and class."""
    if row.file:
        return f"hand_in/{row.file}"
    return f"{row.path.rpartition('/')[2]}: {row.name.rpartition('.')[2]}"


def _wrapped(before, text):
    """Text as lines of a notebook's width, below each other; no word is broken."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=before,
        subsequent_indent=" " * len(before),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _details(check):
    yield _wrapped("        ", check.message)
    for label in ("expected", "got", "where"):
        value = getattr(check, label)
        if value and check.outcome != "not-run":  # the message of a stub says where already
            yield f"        {label:9} {value}"


def print_table(results, table, console=None):
    """All exercises as one table, and below it what each unfinished one needs next."""
    console = console or Console()
    print_whole(
        console,
        _view(results, table),
        _view(results, table, checks=False),
        _view(results, table, where=False),
        _view(results, table, checks=False, where=False),
    )
    _print_next(results, table, console)


def _view(results, table, checks=True, where=True):
    """The table, or a narrower one: without how many checks passed, without files."""
    view = Table(box=box.SIMPLE_HEAD, show_footer=True)
    total, most = sum(r.points for r in results), sum(r.max for r in results)
    view.add_column("")
    view.add_column("exercise", footer="sum", no_wrap=True)
    if where:
        view.add_column("where", style="dim")
    view.add_column("points", justify="right", footer=f"{total:g} / {most:g}", no_wrap=True)
    if checks:
        view.add_column("checks", justify="right", no_wrap=True)
    for result in results:
        row = table[result.id]
        good = sum(check.outcome == "pass" for check in result.checks)
        cells = [Text(MARKS[result.status], style=STYLES.get(result.status, "red")), Text(row.id)]
        cells += [Text(_short_place(row))] if where else []
        cells += [f"{result.points:g} / {result.max:g}"]
        cells += [f"{good} of {len(result.checks)}"] if checks else []
        view.add_row(*cells)
    return view


def _print_next(results, table, console):
    unwritten = [result for result in results if result.status == "not-run"]
    for result in results:
        if result.status not in ("pass", "not-run"):
            text = "\n".join(filter(None, lines(result, table[result.id])))
            console.print(Text(text), soft_wrap=True)
            console.print()
    if unwritten:
        row = table[next(iter(unwritten[0].first), unwritten[0].id)]
        count = f"{len(unwritten)} exercises are" if len(unwritten) > 1 else "1 exercise is"
        text = f"{count} not written yet. Next: {row.id}, in {place(row)}"
        console.print(Text(text), soft_wrap=True)
