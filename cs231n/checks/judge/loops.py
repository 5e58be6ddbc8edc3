"""Tell whether a function loops, by the number of lines that run (beside/steps.py counts them)."""

from cs231n.checks.asserts import assert_that


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
