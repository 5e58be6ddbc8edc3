"""The student's command line. Exit codes: 0 all well, 1 something is missing or wrong, 2 misuse."""

import importlib
import pkgutil

import click

from cs231n import commands
from cs231n.checks.console import prepare_streams


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main():
    """Work an assignment: check what you wrote, ask for hints, fetch data, hand in."""


def run():
    """Obey the command line of this process, whatever its console can show."""
    prepare_streams()
    main(prog_name="python -m cs231n")


def add_verbs():
    """Give the group every verb that is here: not every assignment has them all.

    Raises
    ------
    AttributeError
        If a module of `commands` has no `command`.
    """
    for module in pkgutil.iter_modules(commands.__path__):
        if not module.ispkg:
            main.add_command(importlib.import_module(f"{commands.__name__}.{module.name}").command)


add_verbs()
