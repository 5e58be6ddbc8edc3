"""`python -m grading`: notebooks, release, autograde, check, demo."""

from cs231n.checks.console import prepare_streams
from grading.cli import main

prepare_streams()
main(prog_name="python -m grading")
