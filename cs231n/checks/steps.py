"""Tell whether a function loops, by counting the lines of the student's code that run."""

import sys
from pathlib import Path

from .asserts import assert_that

_CHECKS = str(Path(__file__).parent)
_PACKAGE = str(Path(__file__).parent.parent)


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


def require_no_loop(measure, small, grown, names):
    """Require that a function runs as many lines for large arrays as for small ones.

    Parameters
    ----------
    measure : callable
        Takes sizes, returns the number of steps.
    small : tuple of int
        Sizes, such as (N, D, C).
    grown : int
        The size that each of them grows to, one at a time.
    names : sequence of str
        What each size counts, such as "examples"; None leaves out one that may have a loop.
    """
    base = measure(*small)
    for axis, name in enumerate(names):
        sizes = [grown if i == axis else size for i, size in enumerate(small)]
        if name:
            steps = measure(*sizes)
            assert_that(
                steps - base < (grown - small[axis]) / 2,
                f"There is a loop over the {name}: NumPy can do all of them in one operation.",
                f"{base} lines run, for {small[axis]} {name} and for {grown}",
                f"{steps} lines run for {grown} {name}",
            )
