"""The command `submit`."""

import click
from rich.console import Console

from cs231n import checks
from cs231n.checks.report import print_table
from cs231n.checks.table import assignments, read_table, select
from cs231n.commands.support.errors import known
from cs231n.commands.support.packing import pack_submission, require_files
from cs231n.commands.support.unfinished import find_gaps


@click.command("submit")
@click.argument("assignment", required=False)
@click.option("--allow-missing", is_flag=True, help="Hand in although files are missing.")
def command(assignment, allow_missing):
    """Run the checks, and write the zip to hand in.

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
    _print_gaps(rows)
    path, receipt = known(pack_submission, assignment, rows, results, allow_missing)
    click.echo(f"Wrote {path}: hand in this file, whole.")
    click.echo(f"Receipt {receipt}: keep it; it names exactly these files.")


def _print_gaps(rows):
    """Say what is not done, with the points at stake; it is packed all the same."""
    gaps = find_gaps(rows)
    if not gaps:
        return
    click.echo("Not done yet, with the points at stake:")
    for gap in gaps:
        click.echo(f"{f'{gap.points:g}' if gap.points else '-':>5}  {gap.name}: {gap.words}")
    most = sum(row.points for row in rows)
    click.echo(f"{sum(gap.points for gap in gaps):5g}  of {most:g} points. ", nl=False)
    click.echo("Fill in what you can, and submit again.")
    click.echo()
