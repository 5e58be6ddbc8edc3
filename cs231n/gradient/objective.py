"""A function of arrays, seen along lines through x: x is moved in place and always put back.

Everything is told in residuals: along a line the gradient under test predicts how f changes, and
the residual is what f does beyond that, so a right gradient leaves slope zero. Users want
:mod:`cs231n.gradient_check`.
"""

import copy
import warnings

import numpy as np

from .inputs import describe, leaves, magnitude, weighted_sum

DOUBLE = float(np.finfo(np.float64).eps)  # values are kept as Python floats
COMPLEX_STEP = 1e-30  # its square vanishes beside 1 even in extended precision


class Objective:
    """The number sum(f(x) * df), evaluated while x is moved in place and always put back.

    With `paired`, f returns (value, gradient), and `gradient` keeps what the first evaluation gave.
    """

    def __init__(self, f, x, df=None, paired=False):
        if not callable(f):
            raise TypeError(f"f should be a function of x, but is {describe(f)}.")
        self.f, self.x, self.df, self.paired = f, x, df, paired
        self.names, self.arrays = leaves(x)
        self.pristine = [array.copy() for array in self.arrays]
        self.calls = 0
        self._noise = self.twin = self.complex_allowed = None
        self.base, self.gradient = self._first_values()

    def _first_values(self):
        value, gradient = self._evaluate(self.x, "at x")
        gradient = copy.deepcopy(gradient)  # f may hand out buffers that its next call overwrites
        self._refuse_changed_input()
        if not np.isfinite(value):
            raise ValueError(
                f"f returned {value} at x; a gradient can be checked where f is finite."
            )
        self.base = _real(value)
        self.require_same_value()
        self._refuse_changed_input()
        return self.base, gradient

    def require_same_value(self):
        """Raise ValueError when f no longer returns at x what it returned first."""
        value = self.value()
        if not abs(value - self.base) <= 64 * self.eps * (abs(self.base) + self.magnitude):
            raise ValueError(
                f"f is not deterministic: at the same x it returned {self.base!r}, then {value!r}. "
                "If it draws random numbers, wrap it: fixed_randomness(0)(f)."
            )

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
        value, _ = self._evaluate(self.x, where)
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
            rng = np.random.default_rng(0)
            steps = []
            for saved in self.pristine:
                size = max(float(np.max(np.abs(saved), initial=0.0)), 1e-3)
                spacing = 64 * float(np.finfo(saved.dtype).eps) * size
                steps.append(spacing * random_signs(rng, saved.shape))
            values = []
            try:
                for j in range(1, 9):
                    for array, saved, step in zip(self.arrays, self.pristine, steps):
                        array[...] = saved + j * step
                    values.append(self.value("a few roundings away from x"))
            finally:
                self.restore()
            third = np.diff(np.array(values), n=3)
            third = third[np.isfinite(third)]
            measured = np.sqrt(np.mean(third**2) / 20.0) if third.size else 0.0  # 1 + 9 + 9 + 1
            # A loss near 0 is often log(1 + tiny), which rounds as 1 does: hence at least 1.
            self._noise = max(float(measured), 0.5 * self.eps * max(abs(self.base), 1.0))
        return self._noise

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

    def container(self, arrays):
        if isinstance(self.x, dict):
            clone = copy.copy(self.x)
            clone.update(zip(self.x, arrays))
            return clone
        if isinstance(self.x, tuple):
            return type(self.x)(*arrays) if hasattr(self.x, "_fields") else tuple(arrays)
        return arrays if isinstance(self.x, list) else arrays[0]


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
                return objective.value(self.label(t)) - objective.base - predicted, t
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
                value = self.objective.value(self.label(t))
            return value - self.objective.base - self.slope * taken, taken
        finally:
            array[self.index] = self.old

    def complex_slope(self):
        direction = np.zeros(self.objective.pristine[self.k].shape)
        direction[self.index] = 1.0
        return self.objective.complex_slope({self.k: direction})
