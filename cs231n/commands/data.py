"""The commands `data list` and `data get`."""

import click
from rich.console import Console
from rich.table import Table

from cs231n.checks.console import print_whole
from cs231n.commands.support.errors import known
from cs231n.data import downloads


@click.group("data")
def command():
    """See and fetch the pictures."""


@command.command("list")
def data_list():
    """List the registered sets, and which of them are here.

    \b
    Example: python -m cs231n data list
    """
    table = Table()
    for name in ("set", "size"):
        table.add_column(name, no_wrap=True)
    for name in ("licence", "state"):
        table.add_column(name, overflow="fold")
    for row in known(downloads.available):
        table.add_row(row.name, row.size, row.licence, row.state)
    print_whole(Console(), table)


@command.command("get")
@click.argument("name")
def data_get(name):
    """Fetch a set: resumes where it broke off, and checks what came.

    \b
    Example: python -m cs231n data get cifar10
    """
    click.echo(f"{name} is in {known(downloads.prepare, name)}")
