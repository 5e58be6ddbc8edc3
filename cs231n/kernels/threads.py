"""How many threads the fast kernels use: one number, in one place.

The kernels share one small pool of threads of their own (`conv_kernels_threads.h`); a forked child
starts its own. NumPy's matrix products have another one, which never works while ours does.
"""

import os

__all__ = ["count_cpus", "get_threads", "set_threads"]

LIMIT = 64  # what conv_kernels_threads.h has room for


def count_cpus():
    """Count the processors that this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def threads_at_start():
    """Read OMP_NUM_THREADS as other libraries do; without it, one thread a processor."""
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    wanted = int(first) if first.isdigit() and int(first) > 0 else count_cpus()
    return min(wanted, LIMIT)


_threads = threads_at_start()


def get_threads(threads=None):
    """Tell how many threads a call uses that asks for `threads`, where None is the general number.

    Raises
    ------
    ValueError
        If threads is neither None nor a whole number from 1 to 64.
    """
    if threads is None:
        return _threads
    if isinstance(threads, bool) or threads not in range(1, LIMIT + 1):
        raise ValueError(
            f"threads is {threads!r}; it should be a whole number from 1 to {LIMIT}, or None for "
            "the number that set_threads or OMP_NUM_THREADS gave."
        )
    return int(threads)


def set_threads(threads):
    """Set how many threads the fast kernels use from now on, and return the number of before.

    The results do not depend on it: each sum is formed in the same order by one thread or many.

    Parameters
    ----------
    threads : int
        From 1 to 64.

    Raises
    ------
    ValueError
        If threads is no such number.
    """
    global _threads
    before = _threads
    _threads = get_threads(threads) if threads is not None else threads_at_start()
    return before
