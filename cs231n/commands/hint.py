"""The command `hint`."""

import click

from cs231n.checks.table import select
from cs231n.commands.support.errors import known


@click.command("hint")
@click.argument("name")
@click.option("--more", is_flag=True, help="Also say what to read.")
def command(name, more):
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
