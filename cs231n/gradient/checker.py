"""Check the gradient of a function of arrays: along random directions, then entry by entry."""

import numpy as np

from .arrays import copied
from .inputs import leaves, match_gradient, rebuild
from .numeric import OK, WRONG, Finding, Judge, allows_complex, probe, relative
from .objective import Entry, Line, Objective, random_direction
from .report import GradientReport, ParameterReport

EVERY_ENTRY_UP_TO = 200  # parameters of this size or less are checked in every entry
MAX_ENTRIES = 2000  # as many entries are looked at where a direction fails
SAMPLE = 5  # entries looked at where all directions agree: the largest, and as many at random
DIRECTION_SHARE = 0.01  # of the tolerance: one wrong entry among many moves a direction little
ROUNDING = 128  # units of the largest entry that the arithmetic of a right gradient may be off by


def check_gradient(
    f,
    x,
    grad=None,
    *,
    df=None,
    tolerance=None,
    step=None,
    method="auto",
    entries="auto",
    directions=3,
    seed=0,
):
    """Check the gradient of f at x against numeric derivatives, and report on each parameter.

    Parameters of up to 200 entries are checked in every entry. A larger one is first checked along
    random directions, at two evaluations of f each, and entry by entry where that fails: all of up
    to 2,000, and of more than that the worst part, found by halving.

    Parameters
    ----------
    f : callable
        ``f(x)`` returns a number, or an array when `df` is given; with `grad` left out it returns
        the pair (value, gradient), as a loss function and ``jax.value_and_grad(loss)`` do. f may
        ignore its argument and read the same arrays from elsewhere, unless they are JAX's. Random
        numbers have to be the same on every call: see :func:`fixed_randomness`.
    x : array of floats, or a dict, list or tuple of these, nested as you like
        Where to check. NumPy arrays and PyTorch tensors are moved in place, and put back bit by bit
        whatever happens. JAX arrays cannot be moved: f gets new ones.
    grad : the same structure as x, or callable, optional
        The gradient under test, or ``grad(x)`` that returns it. A dict may hold more keys than x.
    df : array, or list or tuple of arrays, optional
        The derivative of the loss by f's output, of its shape: what is checked is the gradient of
        ``sum(f(x) * df)``.
    tolerance : float, optional
        The largest |analytic - numeric| / (|analytic| + |numeric|) that is ok. By default the cube
        root of the machine precision of the coarsest of x, f(x) and the gradient, 6e-6 for float64
        and 5e-3 for float32.
    step : float, optional
        The first step tried, by default the cube root of the machine precision again. Where it does
        not show agreement, a ladder of steps from 1/8 down decides, whatever this is.
    method : {"auto", "central", "complex"}
        With "auto" real differences decide, and complex steps help where f allows these and
        rounding hides the answer. "central" never calls f on complex numbers. "complex" starts with
        them, and is exact to rounding and as fast as f(x) is on complex numbers.
    entries : {"auto", "all"} or int
        "all" checks every entry of every parameter; a number samples so many of each large one.
    directions : int
        Random directions for each large parameter.
    seed : int
        Of the random directions and samples. np.random is not touched.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError
        If x or the gradient are not arrays of real floats, or f returns something else.
    ValueError
        If shapes disagree, a key is missing, f is not finite or not deterministic, changes its
        input, or (method "complex") is not analytic.

    Notes
    -----
    An entry is wrong if it is off by more than tolerance * (|analytic| + |numeric|), plus the error
    bar of the numeric value, plus 128 units of rounding of the largest entry of the gradient (of 1,
    if that is larger). For smooth functions the bar is near 1e-14 max(|f|, 1) in float64, so that
    an error of 1e-4 shows in every entry above 1e-8 of f and of the largest entry. In float32, an
    error of 1e-2 shows in entries above 1e-2 of them, and where a kink is too near to be told from
    a wrong slope, f is evaluated on float64 copies, if it computes in float64 then.

    A direction sees an error e in one entry if |e| is above 1e-7 of the Euclidean norm of that
    parameter's gradient (in float32, 1e-4), and above the bar times the square root of its size;
    smaller ones hide behind the others. Errors in many entries may cancel along one direction,
    hence three. ``entries="all"`` looks everywhere.

    Where the derivatives from the left and the right differ, x is at a kink; any value between the
    two is right there, and reported as "kink". A kink beside x only makes the step smaller.

    References
    ----------
    Squire and Trapp, "Using complex variables to estimate derivatives of real functions", SIAM
    Review 40 (1998). Press et al., Numerical Recipes, 3rd edition, section 5.7.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([1.0, -2.0, 3.0])
    >>> check_gradient(lambda w: np.sum(w**3), w, 3 * w**2).ok
    True
    """
    _check_options(method, entries, directions, step, tolerance)
    given = grad if callable(grad) else copied(grad, "the gradient")
    objective = Objective(f, x, df, paired=grad is None)
    try:
        if callable(grad):
            given = copied(grad(objective.argument()), "the gradient")
        gradients = match_gradient(x, objective.gradient if grad is None else given)
        eps, precision = coarsest(objective, gradients)
        tolerance = eps ** (1 / 3) if tolerance is None else float(tolerance)
        largest = max((float(np.max(np.abs(g), initial=0.0)) for g in gradients), default=0.0)
        if method == "complex" and not allows_complex(objective):
            raise ValueError(
                "f does not allow complex steps: on a complex array it fails, drops the imaginary "
                "part (np.abs, np.linalg.norm, .real), or does not read its argument; "
                'use method="auto".'
            )
        judge = Judge(objective, tolerance, ROUNDING * eps * max(largest, 1.0), method, step)
        rng = np.random.default_rng(seed)
        reports = [
            _check_parameter(judge, k, gradients, entries, directions, rng)
            for k in range(len(gradients))
        ]
        objective.require_same_value()
    finally:
        objective.restore()
    return GradientReport(reports, tolerance, precision, objective.calls)


def _check_options(method, entries, directions, step, tolerance):
    if method not in ("auto", "central", "complex"):
        raise ValueError(f'method should be "auto", "central" or "complex", but is {method!r}.')
    count = isinstance(entries, int | np.integer) and not isinstance(entries, bool) and entries >= 0
    if not count and entries not in ("auto", "all"):
        raise ValueError(f'entries should be "auto", "all" or a number, but is {entries!r}.')
    if directions < 1:
        raise ValueError(f"directions should be 1 or more, but is {directions}.")
    for name, value in (("step", step), ("tolerance", tolerance)):
        if value is not None and not 0 < value < np.inf:
            raise ValueError(f"{name} should be a positive number, but is {value!r}.")


def coarsest(objective, gradients):
    """Return the machine precision of the coarsest floats in play, and their dtype's name."""
    eps = max([objective.eps] + [float(np.finfo(g.dtype).eps) for g in gradients])
    names = {np.finfo(dtype).eps: np.dtype(dtype).name for dtype in (np.float32, np.float16)}
    return eps, names.get(eps, "float64")


def _check_parameter(judge, k, gradients, entries, directions, rng):
    objective = judge.objective
    x, gradient = objective.pristine[k], gradients[k]
    report = ParameterReport(objective.names[k], x, gradient, judge.tolerance)
    if entries == "all" or x.size <= EVERY_ENTRY_UP_TO:
        chosen = np.arange(x.size)
    else:
        narrow = DIRECTION_SHARE * judge.tolerance
        for _ in range(directions):
            line = _direction(objective, k, gradients, rng, np.arange(x.size))
            report.directions.append(judge.judge(line, narrow))
        failed = any(finding.verdict == WRONG for finding in report.directions)
        chosen = _sample(gradient, SAMPLE if entries == "auto" else entries, rng)
        if failed:
            suspects = _narrow(judge, k, gradients, rng)
            chosen = np.union1d(chosen, suspects)
    for flat in chosen:
        index = tuple(int(i) for i in np.unravel_index(flat, x.shape))
        report.record(index, judge.judge(Entry(objective, k, index, gradient[index])))
    report.constant = not objective.responds.get(k, True)
    return report


def _direction(objective, k, gradients, rng, chosen):
    """Return the line along a random direction of length 1 within the chosen entries."""
    direction = np.zeros(gradients[k].size)
    direction[chosen] = random_direction(rng, chosen.shape)
    return Line(objective, {k: direction.reshape(gradients[k].shape)}, gradients)


def _narrow(judge, k, gradients, rng):
    """Return up to MAX_ENTRIES entries where directions find most wrong, by halving."""
    suspects = np.arange(gradients[k].size)
    while suspects.size > MAX_ENTRIES:
        halves = np.array_split(suspects, 2)
        errors = []
        for half in halves:
            line = _direction(judge.objective, k, gradients, rng, half)
            errors.append(judge.judge(line, DIRECTION_SHARE * judge.tolerance).error)
        suspects = halves[int(np.argmax(errors))]
    return suspects


def _sample(gradient, count, rng):
    size = min(count, gradient.size)
    largest = np.argsort(np.abs(gradient), axis=None)[gradient.size - size :]
    return np.union1d(largest, rng.choice(gradient.size, size=size, replace=False))


def assert_gradient(f, x, grad=None, **options):
    """Raise AssertionError with the report's text if the gradient of f at x is wrong.

    Takes what :func:`check_gradient` takes, and returns its report.

    Raises
    ------
    AssertionError
        If any entry is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> report = assert_gradient(lambda w: np.sum(np.sin(w)), np.ones(3), np.cos(np.ones(3)))
    >>> report.max_error < 1e-9
    True
    """
    report = check_gradient(f, x, grad, **options)
    if not report.ok:
        raise AssertionError(str(report))
    return report


def assert_gradients_close(analytic, numeric, tolerance=None, floor=None):
    """Raise AssertionError with a report if two gradients that are there already differ.

    Parameters
    ----------
    analytic, numeric : arrays of floats, or dicts, lists or tuples of these
        The gradient under test, and what it should be.
    tolerance : float, optional
        The largest relative error; by default the cube root of the machine precision.
    floor : float, optional
        An absolute difference that never counts; by default 1e-3 * tolerance * the largest
        |numeric|, as much as rounding puts into numeric derivatives.

    Returns
    -------
    GradientReport

    Raises
    ------
    AssertionError
        If any entry differs by more than tolerance * (|analytic| + |numeric|) + floor.
    TypeError, ValueError
        If structures, shapes or dtypes disagree, or one is not finite.
    """
    numeric = copied(numeric, "numeric")  # a copy is writeable, as leaves asks
    names, expected = leaves(numeric)
    got = match_gradient(numeric, copied(analytic, "analytic"))
    eps = max(float(np.finfo(array.dtype).eps) for array in [np.zeros(0), *got, *expected])
    tolerance = eps ** (1 / 3) if tolerance is None else float(tolerance)
    largest = max((float(np.max(np.abs(e), initial=0.0)) for e in expected), default=0.0)
    floor = 1e-3 * tolerance * largest if floor is None else float(floor)
    reports = []
    for name, analytic_part, numeric_part in zip(names, got, expected):
        report = ParameterReport(name, np.zeros(analytic_part.shape), analytic_part, tolerance)
        for index in np.ndindex(analytic_part.shape):
            a, n = float(analytic_part[index]), float(numeric_part[index])
            error = relative(n - a, abs(a), a)
            wrong = abs(n - a) > tolerance * (abs(a) + abs(n)) + floor
            report.record(index, Finding(WRONG if wrong else OK, n, error, 0.0))
        reports.append(report)
    result = GradientReport(reports, tolerance, f"a precision of {eps:.1e}", 0)
    if not result.ok:
        raise AssertionError(str(result))
    return result


def numerical_gradient(f, x, *, df=None, step=None, method="central"):
    """Return the numeric gradient of f at x, in the structure of x.

    Parameters
    ----------
    f, x, df
        As in :func:`check_gradient`; f returns the value alone.
    step : float, optional
        By default the cube root of the machine precision; the error is of order step**2.
    method : {"central", "complex"}
        Central differences, or complex steps, exact to rounding where f is analytic.

    Returns
    -------
    np.ndarray of float64, or a dict, list or tuple of these

    Raises
    ------
    ValueError
        If the method is unknown, or "complex" while f does not allow it; and as in check_gradient.
    """
    if method not in ("central", "complex"):
        raise ValueError(f'method should be "central" or "complex", but is {method!r}.')
    objective = Objective(f, x, df)
    if method == "complex" and not allows_complex(objective):
        raise ValueError('f does not allow complex steps; use method="central".')
    step = objective.eps ** (1 / 3) if step is None else step
    gradients = []
    for k, array in enumerate(objective.pristine):
        gradient = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            line = Entry(objective, k, index, 0.0)
            if method == "complex":
                gradient[index] = line.complex_slope()
            else:
                gradient[index] = probe(line, step * line.scale)[1]
        gradients.append(gradient)
    return rebuild(x, gradients)
