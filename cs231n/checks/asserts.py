"""Comparisons for checks: strict about type, shape and dtype, and plain about what is wrong.

Every function takes what came from the student first and raises `CheckFailure`. Errors are
relative to the largest magnitude expected, so that one small entry beside large ones does not
ask for more digits than float arithmetic has.
"""

import contextlib
import contextvars

import numpy as np

from .failures import CheckFailure
from .student import StudentObject

# Same arithmetic in another order: rounding of sums over a few thousand float64 terms.
ROUNDING = 1e-9
# Same in float32, whose unit roundoff is 6e-8.
ROUNDING32 = 1e-4
# Analytic against central differences with h = 1e-5: truncation h^2 and cancellation eps/h.
NUMERIC = 1e-6

_largest_error = contextvars.ContextVar("largest_error")


@contextlib.contextmanager
def measuring():
    """Collect the largest error that the comparisons in this block compute, as a one-item list."""
    errors = []
    token = _largest_error.set(errors)
    try:
        yield errors
    finally:
        _largest_error.reset(token)


def assert_close(got, expected, what, tol=ROUNDING):
    """Require the same kind, shape and dtype, finite entries, and values within `tol`.

    Parameters
    ----------
    got : what the student's function returned
    expected : float or ndarray
    what : str
        Its name in messages, such as "dW".
    tol : float
        Largest |got - expected| allowed, relative to max |expected| (absolute if that is 0).
    """
    if np.ndim(expected) == 0:
        _require_number(got, what)
        expected, got = np.float64(expected), np.float64(got)
    else:
        require_array(got, what, shape=expected.shape, dtype=expected.dtype)
    if not np.all(np.isfinite(got)):
        where = _first(~np.isfinite(got))
        msg = f"{what} holds {_value(got, where)}; every entry should be a finite number."
        raise CheckFailure(msg, _value(expected, where), _value(got, where), _index(what, where))
    if got.size == 0:
        return
    difference = np.abs(got.astype(np.float64) - expected.astype(np.float64))
    scale = float(np.max(np.abs(expected))) or 1.0
    error = float(np.max(difference)) / scale
    _record(error)
    if not error <= tol:
        where = np.unravel_index(int(np.argmax(difference)), np.shape(difference))
        count = int(np.sum(difference > tol * scale))
        share = f" {count} of {got.size} entries differ." if got.ndim else ""
        msg = f"{what} is off by {error:.1e} relative; at most {tol:.0e} is rounding.{share}"
        raise CheckFailure(msg, _value(expected, where), _value(got, where), _index(what, where))


def assert_labels(got, expected, what):
    """Require whole numbers, of any dtype: the expected shape and exactly the expected values."""
    require_array(got, what, shape=expected.shape)
    wrong = got != expected
    _record(float(np.mean(wrong)))
    if wrong.any():
        where = _first(wrong)
        msg = f"{what} differs in {int(wrong.sum())} of {wrong.size} places."
        raise CheckFailure(msg, _value(expected, where), _value(got, where), _index(what, where))


def require_array(got, what, shape=None, dtype=None):
    """Require an ndarray, of this shape and dtype where given."""
    if type(got) is not np.ndarray:
        raise CheckFailure(f"{what} should be a NumPy array.", "an array", kind(got), what)
    if shape is not None and got.shape != tuple(shape):
        raise CheckFailure(f"{what} has the wrong shape.", str(tuple(shape)), str(got.shape), what)
    if dtype is not None and got.dtype != dtype:
        msg = f"{what} has the wrong dtype: keep the precision of the inputs."
        raise CheckFailure(msg, str(np.dtype(dtype)), str(got.dtype), what)


def take(result, *names):
    """Unpack what a student's function returned: `loss, dW = take(result, "loss", "dW")`."""
    if not isinstance(result, tuple) or len(result) != len(names):
        names = "(" + ", ".join(names) + ")"
        raise CheckFailure(f"The function should return {names}.", names, kind(result))
    return result


def assert_that(condition, message, expected=None, got=None, where=None):
    """Require a property that the other functions do not name."""
    if not condition:
        raise CheckFailure(message, expected, got, where)


def assert_gradient(loss, x, grad, what, rng, directions=4, h=1e-5, tol=NUMERIC):
    """Require `grad` to be the derivative of `loss` at x, along random directions.

    Each direction costs two evaluations: the central difference
    (loss(x + h v) - loss(x - h v)) / 2h should equal sum(grad * v).

    Parameters
    ----------
    loss : callable, array like x -> float
    x, grad : ndarray, float64, of one shape
    rng : numpy.random.Generator
    directions : int
    h : float
    tol : float
        Relative to the norm of the gradient along a typical direction.
    """
    require_array(grad, what, shape=x.shape, dtype=x.dtype)
    assert_that(np.all(np.isfinite(grad)), f"{what} holds entries that are not finite numbers.")
    for _ in range(directions):
        v = rng.normal(size=x.shape)
        values = []
        for sign in (1, -1):
            value = loss(x + sign * h * v)
            _require_number(value, "the loss")
            values.append(float(value))
        numeric = (values[0] - values[1]) / (2 * h)
        analytic = float(np.sum(grad * v))
        error = abs(numeric - analytic) / max(float(np.linalg.norm(grad)), abs(numeric), 1e-8)
        _record(error)
        if not error <= tol:
            msg = (
                f"{what} is not the derivative of the loss: along a random direction the loss "
                f"changes by another amount than {what} says (relative error {error:.1e})."
            )
            raise CheckFailure(msg, f"{numeric:.8g} per step", f"{analytic:.8g} per step", what)


def kind(value):
    """Describe a value in a few words: its type, and shape or length."""
    if type(value) is np.ndarray:
        return f"an array of shape {value.shape}"
    if isinstance(value, StudentObject):
        return f"an object of type {value._handle.type_name}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return "None (is a return missing?)" if value is None else f"a {type(value).__name__}"


def _require_number(got, what):
    plain = isinstance(got, float | int | np.floating | np.integer) and not isinstance(got, bool)
    if not plain and not (type(got) is np.ndarray and got.shape == ()):
        raise CheckFailure(f"{what} should be one number.", "a float", kind(got), what)


def _record(error):
    errors = _largest_error.get(None)
    if errors is not None:
        errors[:] = [max([error, *errors])]


def _first(mask):
    return np.unravel_index(int(np.argmax(mask)), np.shape(mask))


def _value(array, where):
    return f"{np.asarray(array)[where]:.8g}" if np.ndim(array) else f"{float(array):.8g}"


def _index(what, where):
    return f"{what}[{', '.join(str(int(i)) for i in where)}]" if len(where) else what
