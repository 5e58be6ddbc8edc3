"""Loops found from outside: a long array takes a vectorised function hundredths of a second.

On the laptop the lines that run are counted (cs231n.checks.steps), in the student's own process,
which could lie. Nobody can lie about the time another process measures. Python needs a microsecond
at the least for one turn of a loop that does anything, and ten with NumPy calls in it.
"""

import time

import numpy as np

from cs231n.checks.api import assert_that, exercise
from cs231n.checks.suites import softmax, svm
from cs231n.checks.suites.knn import trained

LONG = 200_000  # turns of a loop, which take a second or more
LIMIT = 0.4  # seconds; vectorised code needs a tenth of it or less
TRIES = 3


def require_quick(call, name):
    """Require that the best of a few calls takes no longer than `LIMIT`.

    Parameters
    ----------
    call : callable without arguments
    name : str
        What there are `LONG` of, such as "examples".
    """
    fastest = np.inf
    for _ in range(TRIES):
        start = time.perf_counter()
        call()
        fastest = min(fastest, time.perf_counter() - start)
        if fastest <= LIMIT:
            return
    msg = f"There is a loop over the {name}: NumPy can do all of them in one operation."
    assert_that(fastest <= LIMIT, msg, f"at most {LIMIT} s", f"{fastest:.1f} s", f"{LONG:,} {name}")


def check_distances(name, method, sizes):
    """Register a check of a method of the nearest neighbour classifier."""

    @exercise(name, weight=2, hidden=True, once=True)
    def long_arrays_take_no_longer_than_numpy(student, rng):
        for what, (num_test, num_train) in sizes.items():
            knn = trained(student, rng.normal(size=(num_train, 2)))
            test = rng.normal(size=(num_test, 2))
            require_quick(lambda knn=knn, test=test: getattr(knn, method)(test), what)


def check_loss(name, weight, loss_of):
    """Register a check of a vectorised loss."""

    @exercise(name, weight=weight, hidden=True, once=True)
    def long_arrays_take_no_longer_than_numpy(student, rng):
        # not of classes: to index the rows of an identity matrix, C by C, is as good as any way
        for what, (N, D) in {"examples": (LONG, 2), "numbers of an example": (2, LONG)}.items():
            W, X, y = rng.normal(size=(D, 3)), rng.normal(size=(N, D)), rng.integers(3, size=N)
            require_quick(lambda W=W, X=X, y=y: loss_of(student)(W, X, y, 0.1), what)


check_distances("knn-one-loop", "compute_distances_one_loop", {"training pictures": (3, LONG)})
check_distances(
    "knn-no-loops",
    "compute_distances_no_loops",
    {"test pictures": (LONG, 3), "training pictures": (3, LONG)},
)
check_loss("svm-loss-vectorized", 2, svm.vectorized)
check_loss("softmax-loss-vectorized", 2, softmax.vectorized)
