"""The command `python -m cs231n info`."""

import platform

import click
import numpy as np

from cs231n.commands.support.errors import known
from cs231n.data import downloads
from cs231n.kernels import status


@click.command("info")
def command():
    """Show versions, which kernels run, and what data is here.

    \b
    Example: python -m cs231n info
    """
    click.echo(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.system()}")
    click.echo(status.announce())
    for row in known(downloads.available):
        click.echo(f"{row.name}: {row.state}")
