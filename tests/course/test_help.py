"""--help at 80 columns: whole summaries, and options that are understood without their names."""

import click
import pytest
from click.testing import CliRunner

import cs231n.commands.support.cli
import grading.benchmarks.__main__
import grading.cli

GROUPS = {
    "cs231n": cs231n.commands.support.cli.main,
    "grading": grading.cli.main,
    "grading.benchmarks": grading.benchmarks.__main__.main,
}


def walk(command, names):
    """A command and all below it, by the words that call them."""
    yield names, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from walk(inner, (*names, name))


COMMANDS = [
    pytest.param(names, command, id=" ".join(names))
    for package, group in GROUPS.items()
    for names, command in walk(group, (package,))
]
# What needs the name of its option to be understood, such as "Of the beam."
FRAGMENTS = ("of ", "at ", "for ", "by ", "how.")


def help_of(names):
    package, *words = names
    result = CliRunner().invoke(GROUPS[package], [*words, "--help"], terminal_width=80)
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize(("names", "command"), COMMANDS)
def test_help_fits_80_columns_and_breaks_no_summary_off(names, command):
    lines = help_of(names).splitlines()
    assert not any(line.rstrip().endswith("...") and "Usage:" not in line for line in lines)
    # an example is to be copied, so it stays on one line
    assert max(len(line) for line in lines if "Example:" not in line) <= 80


@pytest.mark.parametrize(("names", "command"), COMMANDS)
def test_every_option_is_explained_in_words_of_its_own(names, command):
    for option in command.params:
        if isinstance(option, click.Option):
            text = (option.help or "").partition("  [")[0]
            assert len(text.split()) >= 3, option.name
            assert text.endswith("."), option.name
            assert not text.lower().startswith(FRAGMENTS), option.name


def test_the_walk_finds_commands_of_commands():
    assert {("cs231n", "data", "get"), ("grading", "release")} <= {p.values[0] for p in COMMANDS}
    assert len(COMMANDS) > 20
