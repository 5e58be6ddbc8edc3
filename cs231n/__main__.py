"""`python -m cs231n`: check, hint, data, submit, info."""

from cs231n.cli import main

main(prog_name="python -m cs231n")
