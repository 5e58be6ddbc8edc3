"""The command line: see commands/."""

import os

from cs231n.commands.support.needed import missing_package_in_a_sentence

# Before NumPy loads: its threads and those of the fast layers would get into each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

with missing_package_in_a_sentence("cs231n"):
    from cs231n.commands.support.cli import run

if __name__ == "__main__":
    run()
