"""The error of numeric derivatives against their step."""

from dataclasses import dataclass

import numpy as np

from .arrays import copied
from .inputs import match_gradient
from .numeric import allows_complex, probe, slopes
from .objective import Line, Objective, random_direction

STEPS_PER_DECADE = 4


@dataclass
class StepSweep:
    """Errors of the derivative along one random direction, by step.

    Attributes
    ----------
    steps : np.ndarray of shape (S,)
        Steps, the largest first.
    forward, central, complex : np.ndarray of shape (S,)
        |numeric - reference| / |reference| of the three differences (absolute if the reference is
        0); `complex` is None where f does not allow it.
    reference : float
        The derivative compared with.
    analytic : bool
        Whether the reference is the gradient under test; otherwise it is the best numeric value.
    """

    steps: np.ndarray
    forward: np.ndarray
    central: np.ndarray
    complex: np.ndarray | None
    reference: float
    analytic: bool

    @property
    def best_step(self):
        """The step at which the central difference is nearest to the reference."""
        return float(self.steps[np.nanargmin(self.central)])

    @property
    def best_error(self):
        """The error there."""
        return float(np.nanmin(self.central))


def step_sweep(f, x, grad=None, *, df=None, steps=None, seed=0):
    """Measure how the error of numeric derivatives depends on the step.

    Too long a step sees the curve of f (the error falls with h for forward, with h**2 for central
    differences), too short a one its rounding (the error grows as 1/h): a U. Complex steps subtract
    nothing, and have no right arm. If the curves level out high above the U's floor, the gradient
    they are compared with is wrong.

    Parameters
    ----------
    f, x, grad, df
        As in :func:`cs231n.gradient_check.check_gradient`, but with grad left out f returns the
        value alone, and errors are measured from the best numeric value.
    steps : array_like, optional
        Positive steps; by default from 1 down to the machine precision, four a decade.
    seed : int
        Of the random direction.

    Returns
    -------
    StepSweep

    Raises
    ------
    ValueError
        If a step is not positive; TypeError and ValueError as in check_gradient.

    Examples
    --------
    >>> import numpy as np
    >>> sweep = step_sweep(lambda w: np.sum(np.sin(w)), np.ones(3), np.cos(np.ones(3)))
    >>> 1e-7 < sweep.best_step < 1e-3
    True
    """
    given = grad if callable(grad) else copied(grad, "the gradient")
    objective = Objective(f, x, df)
    if steps is None:
        decades = -np.log10(objective.eps)
        steps = np.logspace(0, -decades, int(decades * STEPS_PER_DECADE) + 1)
    steps = np.sort(np.asarray(steps, dtype=float).ravel())[::-1]
    if steps.size == 0 or not np.all(steps > 0):
        raise ValueError("steps should be positive numbers, at least one.")
    gradients = [np.zeros(array.shape) for array in objective.arrays]
    if grad is not None:
        gradients = match_gradient(x, given(objective.argument()) if callable(given) else given)
    rng = np.random.default_rng(seed)
    moves = {k: random_direction(rng, a.shape) for k, a in enumerate(objective.arrays) if a.size}
    line = Line(objective, moves, gradients)
    analytic, allowed = grad is not None, allows_complex(objective)
    # Slopes are residuals: what f does beyond the gradient's prediction.
    residual = 0.0 if analytic else _best_slope(line, objective, allowed)
    reference = line.slope + residual
    size = abs(reference) or 1.0
    table = np.abs(np.array([probe(line, h) for h in steps]) - residual) / size
    by_complex = None
    if allowed:
        values = [objective.complex_slope(moves, h) for h in steps]
        by_complex = np.abs(np.array(values, dtype=float) - reference) / size
    return StepSweep(steps, table[:, 2], table[:, 1], by_complex, reference, analytic)


def _best_slope(line, objective, allowed):
    if allowed:
        return objective.complex_slope(line.moves)
    return slopes(line, objective.eps, objective.noise()).centre.value
