"""A function of arrays, seen along lines through x: x is moved in place and always put back.

Arrays that cannot be moved are copied, and f gets new ones made of the copies.

Everything is told in residuals: along a line the gradient under test predicts how f changes, and
the residual is what f does beyond that, so a right gradient leaves slope zero. Users want
:mod:`cs231n.gradient_check`.
"""

import warnings

import numpy as np

from .arrays import copied, like, moves_in_place
from .inputs import describe, flatten, leaves, magnitude, rebuild, weighted_sum
from .randomness import fixed_randomness

DOUBLE = float(np.finfo(np.float64).eps)  # values are kept as Python floats
SINGLE = float(np.finfo(np.float32).eps)
COMPLEX_STEP = 1e-30  # its square vanishes beside 1 even in extended precision


class Objective:
    """The number sum(f(x) * df), evaluated while x is moved in place and always put back.

    With `paired`, f returns (value, gradient), and `gradient` keeps what the first evaluation gave.
    `responds` tells for each array that was moved, by position, whether f ever changed with it.
    """

    def __init__(self, f, x, df=None, paired=False):
        if not callable(f):
            raise TypeError(f"f should be a function of x, but is {describe(f)}.")
        self.f, self.x, self.df, self.paired = f, x, df, paired
        self.names, self.arrays = leaves(x)
        self.leaves = [leaf for _, leaf in flatten(x)]
        self.pristine = [array.copy() for array in self.arrays]
        self.calls, self.responds = 0, {}
        self._noise = self.twin = self.complex_allowed = None
        self.base, self.gradient = self._first_values()

    def _first_values(self):
        value, gradient = self._evaluate(self.argument(), "at x")
        gradient = copied(gradient, "the gradient")  # the next call may overwrite f's buffers
        self._refuse_changed_input()
        if not np.isfinite(value):
            raise ValueError(
                f"f returned {value} at x; a gradient can be checked where f is finite."
            )
        self.base = _real(value)
        self.require_same_value()
        self._refuse_changed_input()
        if self.eps <= DOUBLE and self._rounds_to_float32():
            self.eps = SINGLE
        return self.base, gradient

    def require_same_value(self):
        """Raise ValueError when f no longer returns at x what it returned first."""
        entered = fixed_randomness.entered
        value = self.value()
        if not abs(value - self.base) <= 64 * self.eps * (abs(self.base) + self.magnitude):
            raise ValueError(
                f"f is not deterministic: at the same x it returned {self.base!r}, then {value!r}. "
                + fixed_randomness.advice(inside=fixed_randomness.entered > entered)
            )

    def _rounds_to_float32(self):
        """Tell whether f computes in float32, though its values come as float64.

        float(f(x)) hides the dtype of a JAX value; but hardly any float64 value near x would be a
        float32 number.
        """
        if not _fits_float32(self.base):
            return False
        values = self._values_nearby(64 * SINGLE, 3)
        return any(value != self.base for value in values) and all(map(_fits_float32, values))

    def _refuse_changed_input(self):
        for name, array, saved in zip(self.names, self.arrays, self.pristine):
            if array.tobytes() != saved.tobytes():
                self.restore()
                raise ValueError(
                    f"f changed its input {name} in place; let f work on a copy of it."
                )

    def restore(self):
        for array, saved in zip(self.arrays, self.pristine):
            np.copyto(array, saved)

    def _evaluate(self, x, where):
        self.calls += 1
        try:
            out = self.f(x)
        except Exception as error:
            error.add_note(f"gradient check: f raised this {where}; x has been put back.")
            raise
        gradient = None
        if self.paired:
            if not isinstance(out, tuple) or len(out) != 2:
                raise TypeError(
                    "without grad, f should return the pair (value, gradient), but it returned "
                    f"{describe(out)}; return the pair, or pass grad."
                )
            out, gradient = out
        value, eps = weighted_sum(out, self.df)
        if self.calls == 1:
            self.eps = max([eps, DOUBLE] + [float(np.finfo(a.dtype).eps) for a in self.arrays])
            self.magnitude = 0.0 if self.df is None else magnitude(out, self.df)
        return value, gradient

    def value(self, where="at x"):
        value, _ = self._evaluate(self.argument(), where)
        return _real(value)

    def noise(self):
        """Return the standard deviation of f's rounding errors near x.

        It is read off third differences of f at eight points a few roundings apart, where f itself
        is as good as straight.

        References
        ----------
        Moré and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011), section 3.
        """
        if self._noise is None:
            third = np.diff(np.array(self._values_nearby(64 * self.eps, 8)), n=3)
            third = third[np.isfinite(third)]
            measured = np.sqrt(np.mean(third**2) / 20.0) if third.size else 0.0  # 1 + 9 + 9 + 1
            # A loss near 0 is often log(1 + tiny), which rounds as 1 does: hence at least 1.
            self._noise = max(float(measured), 0.5 * self.eps * max(abs(self.base), 1.0))
        return self._noise

    def _values_nearby(self, spacing, count):
        """Return f at points in a row from x, `spacing` apart in units of each array's size."""
        rng, values = np.random.default_rng(0), []
        steps = []
        for saved in self.pristine:
            size = max(float(np.max(np.abs(saved), initial=0.0)), 1e-3)
            steps.append(spacing * size * random_signs(rng, saved.shape))
        try:
            for j in range(1, count + 1):
                for array, saved, step in zip(self.arrays, self.pristine, steps):
                    array[...] = saved + j * step
                values.append(self.value("a few roundings away from x"))
        finally:
            self.restore()
        return values

    def complex_slope(self, moves, step=COMPLEX_STEP):
        """Return the derivative along `moves` ({position: direction}) by a complex step.

        None where f does not allow it. f is called on complex copies; x itself is not touched.
        """
        copies = [saved.astype(complex) for saved in self.pristine]
        for k, direction in moves.items():
            copies[k] += 1j * step * direction
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                value, _ = self._evaluate(self.container(copies), "at a complex x")
        except Exception:  # whatever f does to numbers it was not written for means "no"
            return None
        if not isinstance(value, complex) or not np.isfinite(value):
            return None
        return float(value.imag / step)

    def argument(self):
        """Return x as it is now: x itself if all of it moves in place, else with new arrays."""
        if all(map(moves_in_place, self.leaves)):
            return self.x
        pairs = zip(self.leaves, self.arrays)
        return rebuild(self.x, [a if moves_in_place(a) else like(a, moved) for a, moved in pairs])

    def container(self, arrays):
        """Return the structure of x around other arrays, of the kinds of those in x."""
        return rebuild(self.x, map(like, self.leaves, arrays))

    def change(self, ks, where):
        """Return how f, with the arrays at positions ks moved, differs from f at x."""
        value = self.value(where)
        for k in ks:
            self.responds[k] = self.responds.get(k, False) or value != self.base
        return value - self.base


def _fits_float32(value):
    with np.errstate(over="ignore"):
        return float(np.float32(value)) == value


def _real(value):
    if isinstance(value, complex):
        raise TypeError("f returned a complex number for real x; it should return a real one.")
    return float(value)


def random_signs(rng, shape):
    """Draw numbers of size 0.5 to 1.5 and random sign.

    None is near zero, and no two cancel as +1 and -1 would.
    """
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 1.5, size=shape)


def random_direction(rng, shape):
    """Draw a direction of length 1."""
    direction = random_signs(rng, shape)
    return direction / np.linalg.norm(direction)


class Line:
    """x moved along `moves`, {position: direction}; `gradients` predict how f changes."""

    def __init__(self, objective, moves, gradients):
        self.objective, self.moves, self.gradients = objective, moves, gradients
        parts = [np.ravel(gradients[k] * direction) for k, direction in moves.items()]
        parts = np.concatenate(parts) if parts else np.zeros(0)
        self.slope, self.size = float(parts.sum()), float(np.linalg.norm(parts))
        arrays = [objective.pristine[k] for k in moves]
        self.scale = max([1.0] + [float(np.max(np.abs(a), initial=0.0)) for a in arrays])

    def on(self, objective):
        """Return the same line for another objective."""
        return Line(objective, self.moves, self.gradients)

    def label(self, t):
        names = ", ".join(self.objective.names[k] for k in self.moves)
        return f"with {names} moved by {t:.3g} along a direction"

    def residual(self, t):
        """Return f(moved x) - f(x) - (predicted change), and the step that was really taken."""
        objective, predicted = self.objective, 0.0
        try:
            for k, direction in self.moves.items():
                array, saved = objective.arrays[k], objective.pristine[k]
                array[...] = saved + t * direction
                predicted += float(np.sum(self.gradients[k] * (array - saved)))
            with np.errstate(all="ignore"):
                return objective.change(self.moves, self.label(t)) - predicted, t
        finally:
            for k in self.moves:
                np.copyto(objective.arrays[k], objective.pristine[k])

    def complex_slope(self):
        return self.objective.complex_slope(self.moves)


class Entry(Line):
    """x moved along one entry."""

    def __init__(self, objective, k, index, gradient):
        self.objective, self.k, self.index = objective, k, index
        self.old = objective.pristine[k][index]
        self.slope, self.size = float(gradient), abs(float(gradient))
        self.scale = max(1.0, abs(float(self.old)))

    def on(self, objective):
        return Entry(objective, self.k, self.index, self.slope)

    def label(self, t):
        return f"with {self.objective.names[self.k]}{list(self.index)} moved by {t:.3g}"

    def residual(self, t):
        array = self.objective.arrays[self.k]
        try:
            array[self.index] = self.old + t
            taken = float(array[self.index] - self.old)  # what rounding left of t
            with np.errstate(all="ignore"):
                change = self.objective.change([self.k], self.label(t))
            return change - self.slope * taken, taken
        finally:
            array[self.index] = self.old

    def complex_slope(self):
        direction = np.zeros(self.objective.pristine[self.k].shape)
        direction[self.index] = 1.0
        return self.objective.complex_slope({self.k: direction})
