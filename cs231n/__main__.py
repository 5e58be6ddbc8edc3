"""`python -m cs231n`: see commands/."""

import os

# Before NumPy loads: its threads and those of the fast layers would get into each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from cs231n.commands.support.cli import run

if __name__ == "__main__":
    run()
