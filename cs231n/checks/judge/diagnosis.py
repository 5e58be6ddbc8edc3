"""Recognise common mistakes by the numbers they give, and name them."""

import numpy as np

from cs231n.checks.asserts import ROUNDING, assert_close
from cs231n.checks.failures import CheckFailure

SAME = 1e-6  # relative; two different mistakes are much further apart


def assert_no_mistake(got, expected, what, mistakes, tol=ROUNDING):
    """Compare as `assert_close` does, but name the mistake where the values are those of one.

    Parameters
    ----------
    got : what the student's function returned
    expected : float or ndarray
    what : str
    mistakes : sequence of (value, sentence)
        What comes out of each mistake, and what to say to who makes it.
    tol : float
    """
    for value, sentence in mistakes:
        if _same(got, value) and not _same(expected, value):
            raise CheckFailure(sentence, *_where_they_differ(expected, got, what))
    assert_close(got, expected, what, tol)


def _same(a, b):
    if not isinstance(a, int | float | np.number | np.ndarray) or np.shape(a) != np.shape(b):
        return False
    if not np.all(np.isfinite(a)) or not np.size(a):
        return False
    return float(np.max(np.abs(a - b))) <= SAME * float(np.max(np.abs(b)))


def _where_they_differ(expected, got, what):
    """Texts of expected, got and where for the entry that is furthest off."""
    where = np.unravel_index(int(np.argmax(np.abs(np.subtract(expected, got)))), np.shape(got))
    index = f"{what}[{', '.join(str(int(i)) for i in where)}]" if where else what
    return f"{np.asarray(expected)[where]:.8g}", f"{np.asarray(got)[where]:.8g}", index
