"""The command line: see cli.py."""

from cs231n.commands.support.needed import missing_package_in_a_sentence

with missing_package_in_a_sentence("grading"):
    from cs231n.checks.console import prepare_streams
    from grading.cli import main

    prepare_streams()
    main(prog_name="python -m grading")
