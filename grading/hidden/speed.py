"""Loops found from outside: a long array takes a vectorised function hundredths of a second.

On the laptop the lines that run are counted (checks/beside/steps.py), in the student's own
process, which could lie. Nobody can lie about the work that is measured from outside, and what
else the machine does hardly changes it. Python needs a microsecond at the least for one
turn of a loop that does anything, and ten with NumPy calls in it.
"""

from functools import partial

import numpy as np

from cs231n.checks.api import assert_close, assert_that, exercise, take
from cs231n.checks.suites import softmax, svm
from cs231n.checks.suites.knn import trained
from cs231n.classifiers.linear_svm import svm_loss_vectorized
from cs231n.classifiers.softmax import softmax_loss_vectorized

LONG = 60_000  # turns of a loop, which take a third of a second or more
LIMIT = 0.15  # seconds of a processor; vectorised code needs a tenth of it or less
SURELY = 4 * LIMIT  # no vectorised code ever takes so long: there is no need of another try
TRIES = 3  # what shares a processor's memory can slow a call down, and no loop is ever quick


def require_quick(student, draw, name):
    """Require that the best of some calls takes no longer than `LIMIT`, and that all are right.

    Inputs are new in each call, so that nothing can be remembered from a slow one; and what a
    call returns is looked at, so that nothing can be left out where arrays are long.

    Parameters
    ----------
    student : Student
    draw : callable without arguments
        Draws inputs, and returns a call without arguments, and a judge of what that returns.
    name : str
        What there are `LONG` of, such as "examples".
    """
    took = []
    for _ in range(TRIES):
        call, require_right = draw()
        seconds, result = student.measure(call)
        took.append(seconds)
        require_right(result)
        if took[-1] <= LIMIT:
            return
        if took[-1] > SURELY:
            break
    fastest = min(took)
    msg = f"There is a loop over the {name}: NumPy can do all of them in one operation."
    assert_that(
        fastest <= LIMIT,
        msg,
        f"at most {LIMIT} s of a processor's time",
        f"{fastest:.2f} s",
        f"{LONG:,} {name} or more",
    )


def check_distances(name, method, sizes):
    """Register a check of a method of the nearest neighbour classifier."""

    @exercise(name, weight=2, hidden=True, once=True)
    def long_arrays_take_no_longer_than_numpy(student, rng):
        for what, (num_test, num_train) in sizes.items():

            def draw(num_test=num_test, num_train=num_train):
                train, test = rng.normal(size=(num_train, 2)), rng.normal(size=(num_test, 2))
                dists = np.linalg.norm(test[:, None] - train, axis=2)
                knn = trained(student, train)
                return partial(getattr(knn, method), test), partial(
                    assert_close, expected=dists, what="dists of long arrays"
                )

            require_quick(student, draw, what)


def check_loss(name, weight, loss_of, solved):
    """Register a check of a vectorised loss; `solved` is the kit's."""

    @exercise(name, weight=weight, hidden=True, once=True)
    def long_arrays_take_no_longer_than_numpy(student, rng):
        # not of classes: to index the rows of an identity matrix, C by C, is as good as any way
        for what, (N, D) in {"examples": (LONG, 2), "numbers of an example": (2, LONG)}.items():

            def draw(N=N, D=D):
                W, X, y = rng.normal(size=(D, 3)), rng.normal(size=(N, D)), rng.integers(3, size=N)
                expected = solved(W, X, y, 0.1)

                def require_right(result):
                    loss, dW = take(result, "loss", "dW")
                    assert_close(loss, expected[0], "the loss of long arrays")
                    assert_close(dW, expected[1], "dW of long arrays")

                return partial(loss_of(student), W, X, y, 0.1), require_right

            require_quick(student, draw, what)


check_distances("knn-one-loop", "compute_distances_one_loop", {"training pictures": (3, LONG)})
check_distances(
    "knn-no-loops",
    "compute_distances_no_loops",
    {"test pictures": (LONG, 3), "training pictures": (3, LONG)},
)
check_loss("svm-loss-vectorized", 2, svm.vectorized, svm_loss_vectorized)
check_loss("softmax-loss-vectorized", 2, softmax.vectorized, softmax_loss_vectorized)
