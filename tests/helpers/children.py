"""Processes that a test starts and stops by Ctrl-C."""

import signal
import subprocess
import time

PATIENCE = 120  # seconds; a busy machine takes long to start a process


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


def wait_until(reached, process):
    """Wait until a child has come so far; kill it where it ends first, or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the child does not come so far (it says {process.poll()})")
        time.sleep(0.02)
