"""Processes that a test starts and stops by Ctrl-C."""

import signal
import subprocess


def interruptible(command, **options):
    """Popen of a child that Ctrl-C stops, even where this process ignores Ctrl-C.

    A shell starts what runs in its background with SIGINT ignored, and that is inherited by every
    process below. A signal that is caught here is back at its default in the child.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(command, **options)
    finally:
        signal.signal(signal.SIGINT, before)
