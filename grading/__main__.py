"""The command line: see cli.py."""

from cs231n.commands.support.needed import missing_package_in_a_sentence

with missing_package_in_a_sentence("grading"):
    from grading.cli import run

    run()
