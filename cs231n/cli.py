"""The student's command line. Exit codes: 0 all well, 1 something is missing or wrong, 2 misuse."""

import contextlib
import dataclasses
import importlib.util
import json
import math
import platform
import sys
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from cs231n import checks, downloads, kernels
from cs231n.checks.report import print_table
from cs231n.checks.table import assignments, read_table, select
from cs231n.command_errors import known
from cs231n.submission import pack_submission, require_files

# Commands in modules of their own, each with a function `command`: not every assignment has them.
FURTHER = ("build_command", "train_command", "page_command", "caption_command")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main():
    """Work an assignment: check what you wrote, ask for hints, fetch data, hand in."""


@main.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON, for programs.")
def check(names, as_json):
    """Check exercises by name: an exercise, a notebook, an assignment; without names, this one.

    \b
    Example: python -m cs231n check knn
    Exit code 0 if everything named has its full points, 1 if not.
    """
    rows = [row for name in names or [_released()] for row in known(select, name)]
    if all(row.kind == "written" for row in rows):
        raise click.ClickException(f"{rows[0].id} is answered in words, which a person reads.")
    with contextlib.redirect_stdout(sys.stderr if as_json else sys.stdout):
        results = known(checks.run_local, list(dict.fromkeys(rows)))
    if as_json:
        click.echo(json.dumps([_plain(result) for result in results], indent=1))
    else:
        print_table(results, read_table(), Console())
    sys.exit(0 if all(result.status == "pass" for result in results) else 1)


@main.command()
@click.argument("name")
@click.option("--more", is_flag=True, help="Also say what to read.")
def hint(name, more):
    """Show the hint of an exercise.

    \b
    Example: python -m cs231n hint knn-no-loops
    """
    for row in known(select, name):
        click.echo(f"{row.id} ({row.points:g} points): {row.title}")
        if row.path:
            click.echo(f"  where: {row.path}: {row.name}. Its docstring says what it must do.")
        click.echo(f"  hint:  {row.hint}")
        if row.see and more:
            click.echo(f"  read:  {row.see}")
        elif row.see:
            click.echo("  Still stuck? Add --more for what to read.")


@main.group()
def data():
    """See and fetch the pictures."""


@data.command("list")
def data_list():
    """List the registered sets, and which of them are here.

    \b
    Example: python -m cs231n data list
    """
    table = Table("set", "size", "licence", "state")
    for row in known(downloads.available):
        table.add_row(row.name, row.size, row.licence, row.state)
    Console().print(table)


@data.command("get")
@click.argument("name")
def data_get(name):
    """Fetch a set: resumes where it broke off, and checks what came.

    \b
    Example: python -m cs231n data get cifar10
    """
    click.echo(f"{name} is in {known(downloads.prepare, name)}")


@main.command()
@click.argument("assignment", required=False)
@click.option("--allow-missing", is_flag=True, help="Hand in although files are missing.")
def submit(assignment, allow_missing):
    """Check the files, run the public checks, and write the zip to hand in.

    \b
    Example: python -m cs231n submit assignment1
    """
    assignment = assignment or assignments()[-1]
    rows = known(select, assignment)
    if assignment not in assignments():
        there = ", ".join(assignments())
        raise click.UsageError(f"{assignment} is no assignment; there are: {there}")
    known(require_files, rows, allow_missing)
    results = known(checks.run_local, rows)
    print_table(results, read_table(), Console())
    path, receipt = known(pack_submission, assignment, rows, results, allow_missing)
    click.echo(f"Wrote {path}: hand in this file, whole.")
    click.echo(f"Receipt {receipt}: keep it; it names exactly these files.")


@main.command()
def info():
    """Show versions, which kernels run, and which pictures the notebooks will use.

    \b
    Example: python -m cs231n info
    """
    click.echo(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.system()}")
    click.echo(kernels.announce())
    for row in known(downloads.available):
        click.echo(f"{row.name}: {row.state}")


def _released():
    """The assignment that this copy is a release of; None in the kit's repository."""
    record = Path(__file__).resolve().parents[1] / "RELEASE.json"
    return json.loads(record.read_text())["assignment"] if record.is_file() else None


def _plain(result):
    """A result as JSON has it: an error that is not finite has no number there."""
    plain = dataclasses.asdict(result)
    for one in plain["checks"]:
        if one["error"] is not None and not math.isfinite(one["error"]):
            one["error"] = None
    return plain


for _name in FURTHER:
    if importlib.util.find_spec(f"cs231n.{_name}"):
        main.add_command(importlib.import_module(f"cs231n.{_name}").command)
