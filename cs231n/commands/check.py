"""The command `check`."""

import contextlib
import dataclasses
import json
import math
import sys

import click
from rich.console import Console

from cs231n import checks
from cs231n.checks.report import print_table
from cs231n.checks.table import read_table, select
from cs231n.commands.support.errors import known
from cs231n.files.cache import ROOT


@click.command("check")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON, for programs.")
def command(names, as_json):
    """Check exercises, notebooks or assignments by name.

    Without names it checks the assignment that this folder holds.

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


def _released():
    """The assignment that this copy is a release of; None in the kit's repository."""
    record = ROOT / "RELEASE.json"
    return (
        json.loads(record.read_text(encoding="utf-8"))["assignment"] if record.is_file() else None
    )


def _plain(result):
    """A result as JSON has it: an error that is not finite has no number there."""
    plain = dataclasses.asdict(result)
    for one in plain["checks"]:
        if one["error"] is not None and not math.isfinite(one["error"]):
            one["error"] = None
    return plain
