"""The command `info`."""

import platform
import sys

import click
import numpy as np

from cs231n.commands.support.errors import known
from cs231n.data import downloads
from cs231n.kernels import status

NEWEST = (3, 14)  # the last Python for which every requirement is known to have a wheel


@click.command("info")
def command():
    """Show versions, which kernels run, and what data is here.

    \b
    Example: python -m cs231n info
    """
    click.echo(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.system()}")
    if sys.version_info[:2] > NEWEST:
        click.echo(
            f"This Python is newer than the kit knows ({NEWEST[0]}.{NEWEST[1]}). "
            "If something fails, make the environment with that one."
        )
    click.echo(status.announce())
    for row in known(downloads.available):
        click.echo(f"{row.name}: {row.state}")
