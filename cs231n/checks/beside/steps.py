"""Count the lines of the student's code that run."""

import sys
from pathlib import Path

_CHECKS = str(Path(__file__).parents[1])
_PACKAGE = str(Path(__file__).parents[2])


def count_steps(target, *args, method=None):
    """Call a function and count the lines that run in the package, this folder apart.

    A line counts each time it runs, so a loop counts once for each turn, however it is written.

    Parameters
    ----------
    target : callable, or object with a method named `method`
    *args
        Its arguments.

    Returns
    -------
    int
    """
    steps = 0

    def count(frame, event, _):
        nonlocal steps
        name = frame.f_code.co_filename
        if not name.startswith(_PACKAGE) or name.startswith(_CHECKS):
            return None
        steps += event == "line"
        return count

    function = getattr(target, method) if method else target
    before = sys.gettrace()
    sys.settrace(count)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    return steps
