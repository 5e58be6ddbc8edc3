"""`python -m grading`: notebooks, release, autograde, check, demo."""

from grading.cli import main

main(prog_name="python -m grading")
