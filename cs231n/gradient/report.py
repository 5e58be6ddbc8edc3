"""What a gradient check found, as numbers and as a text to read."""

import sys
from dataclasses import dataclass, field

import numpy as np

from .numeric import KINK, OK, WRONG

HINT_TOLERANCE = 1e-3  # how well a pattern must fit before the report names it
# How to compute in float64, by library; the report names those that are in use.
FINER = {
    "numpy": "x.astype(float)",
    "torch": "x.double() in PyTorch",
    "jax": 'jax.config.update("jax_enable_x64", True) in JAX',
}


@dataclass
class ParameterReport:
    """What was found for one array.

    Attributes
    ----------
    name : str
        The key in the dict, ``conv1/W`` for x["conv1"]["W"], ``x[i]`` in a list, ``x`` for an array
        alone.
    x, analytic : np.ndarray
        The parameter and the gradient under test, as they were when checked.
    numeric : np.ndarray
        The numeric derivative by each entry; nan where no entry was looked at, as in the next two.
        At a kink it is that of the two one-sided derivatives which is nearer to `analytic`.
    error : np.ndarray
        |analytic - numeric| / (|analytic| + |numeric|), 0 for 0/0, and 0 between the two sides of a
        kink.
    uncertainty : np.ndarray
        How far `numeric` itself may be off, absolutely.
    verdicts : np.ndarray of str
        ``ok``, ``kink`` or ``wrong`` for each entry; empty where none was looked at.
    directions : list of Finding
        The derivatives along random directions, where these came first.
    tolerance : float
        The largest error that is ok.
    constant : bool
        Whether f returned one and the same value wherever this array was moved.
    """

    name: str
    x: np.ndarray
    analytic: np.ndarray
    tolerance: float
    numeric: np.ndarray = None
    error: np.ndarray = None
    uncertainty: np.ndarray = None
    verdicts: np.ndarray = None
    directions: list = field(default_factory=list)
    constant: bool = False

    def __post_init__(self):
        for name in ("numeric", "error", "uncertainty"):
            if getattr(self, name) is None:
                setattr(self, name, np.full(self.x.shape, np.nan))
        if self.verdicts is None:
            self.verdicts = np.full(self.x.shape, "", dtype="<U5")

    def record(self, index, finding):
        """Keep what was found for one entry."""
        self.verdicts[index], self.numeric[index], self.error[index], self.uncertainty[index] = (
            finding
        )

    def count(self, verdict):
        """Return the number of entries with that verdict."""
        return int(np.sum(self.verdicts == verdict))

    @property
    def looked_at(self):
        """The number of entries that were checked one by one."""
        return int(np.sum(self.verdicts != ""))

    @property
    def direction_error(self):
        """The largest error along a random direction; nan where none was tried."""
        return max((finding.error for finding in self.directions), default=float("nan"))

    @property
    def verdict(self):
        """``wrong`` if any entry is, else ``kink`` if any is at a kink, else ``ok``."""
        if self.count(WRONG):
            return WRONG
        unseen = self.looked_at < self.x.size
        if unseen and any(d.verdict == WRONG and d.error > self.tolerance for d in self.directions):
            return WRONG
        return KINK if self.count(KINK) else OK

    @property
    def hidden(self):
        """Which entries are too small to tell: ok only because rounding drowns the difference."""
        with np.errstate(invalid="ignore"):
            return (self.verdicts == OK) & (self.error > self.tolerance)

    @property
    def worst(self):
        """The index of the worst entry: wrong ones first, then by error; None if none was seen."""
        if not self.looked_at:
            return None
        rank = np.where(self.verdicts == "", -2.0, np.nan_to_num(self.error, posinf=1.0))
        rank = np.where(self.verdicts == WRONG, rank + 2.0, np.where(self.hidden, -1.0, rank))
        return tuple(int(i) for i in np.unravel_index(np.argmax(rank), rank.shape))

    @property
    def max_error(self):
        """The largest error of an entry, or along a direction if that failed outside of them.

        Entries lost in rounding do not count.
        """
        worst = self.worst
        errors = [] if worst is None or self.hidden[worst] else [float(self.error[worst])]
        if self.verdict == WRONG and not self.count(WRONG):
            errors.append(self.direction_error)
        return max(errors, default=0.0)

    def hint(self):
        """Return what the wrong entries have in common, in words; empty if nothing is plain."""
        wrong = self.verdicts == WRONG
        if self.constant and wrong.any():
            return f"f returned the same value wherever {self.name} was moved: does it use it?"
        if wrong.sum() < 2:
            return ""
        analytic, numeric = self.analytic[wrong].astype(float), self.numeric[wrong]
        if not analytic.any():
            return "the analytic gradient is 0 there: is a term missing?"
        factor = _constant_ratio(numeric, analytic)
        if factor is not None and abs(factor - 1) > 10 * HINT_TOLERANCE:
            sign = " (the sign)" if np.isclose(factor, -1, rtol=HINT_TOLERANCE) else ""
            return f"numeric = {factor:.4g} * analytic in each of them{sign}."
        multiple = _constant_ratio(numeric - analytic, self.x[wrong].astype(float))
        if multiple is not None:
            return f"numeric - analytic = {multiple:.4g} * {self.name}: is it the regularisation?"
        square = self.x.ndim == 2 and self.x.shape[0] == self.x.shape[1]
        if square and np.allclose(self.numeric, self.analytic.T, rtol=HINT_TOLERANCE):
            return "numeric is the transpose of analytic."
        return ""


def _constant_ratio(numerator, denominator):
    """Return numerator / denominator if it is the same throughout, else None."""
    norm = np.dot(denominator, denominator)
    if norm == 0 or not np.all(np.isfinite(numerator)):
        return None
    ratio = float(np.dot(numerator, denominator) / norm)
    misfit = np.max(np.abs(numerator - ratio * denominator))
    return ratio if misfit <= HINT_TOLERANCE * np.max(np.abs(numerator)) else None


@dataclass
class GradientReport:
    """What :func:`cs231n.gradient_check.check_gradient` found; ``print(report)`` shows a table.

    Attributes
    ----------
    parameters : list of ParameterReport
        One for each array of x; ``report["W1"]`` finds one by name.
    tolerance : float
        The largest relative error that is ok.
    precision : str
        The coarsest dtype among x, the value of f and the gradient.
    calls : int
        How often f was evaluated.
    """

    parameters: list
    tolerance: float
    precision: str
    calls: int

    def __getitem__(self, name):
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = ", ".join(parameter.name for parameter in self.parameters)
        raise KeyError(f"the report has no parameter {name!r}; it has {names}")

    @property
    def constant(self):
        """Whether f returned one and the same value for every x that was tried."""
        moved = [parameter.constant for parameter in self.parameters if parameter.x.size]
        return bool(moved) and all(moved)

    @property
    def ok(self):
        """Whether no entry and no direction is wrong; kinks are not wrong."""
        return all(parameter.verdict != WRONG for parameter in self.parameters)

    @property
    def worst(self):
        """The ParameterReport with the worst entry; None if x holds no arrays."""
        ranked = sorted(self.parameters, key=lambda p: (p.verdict == WRONG, p.max_error))
        return ranked[-1] if ranked else None

    @property
    def max_error(self):
        """The largest relative error."""
        return max((parameter.max_error for parameter in self.parameters), default=0.0)

    def __str__(self):
        verdict = "ok" if self.ok else "WRONG"
        calls = f", f called {self.calls} times" if self.calls else ""
        title = f"gradient check: {verdict} (tolerance {self.tolerance:.1e} for {self.precision}"
        lines = [f"{title}{calls})"]
        rows = [_row(parameter) for parameter in self.parameters]
        header = "name", "shape", "checked", "worst at", "analytic", "numeric", "error", "verdict"
        widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
        for row in [header, *rows]:
            cells = [cell.ljust(width) for cell, width in zip(row, widths)]
            lines.append("  " + "  ".join(cells).rstrip())
        return "\n".join(lines + [f"  {note}" for note in self._notes()])

    def _notes(self):
        if self.constant:
            same = "f returned the same value for every x that was tried"
            if self.ok:
                yield f"{same}. If it should depend on x, see whether it uses its argument."
            else:
                yield (
                    f"{same}: does it use its argument? "
                    "It may read a global array, or a copy that was made earlier."
                )
        else:
            for parameter in self.parameters:
                hint = parameter.hint()
                if hint:
                    yield f"{parameter.name}: {parameter.count(WRONG)} wrong; {hint}"
        if self.precision in ("float32", "float16"):
            ways = [way for library, way in FINER.items() if library in sys.modules]
            yield (
                f"{self.precision} lets errors below {self.tolerance:.1e} pass, and may take a "
                f"kink beside x for an error. Finer, in float64: {', '.join(ways)}."
            )


def _row(parameter):
    shape, index = str(parameter.x.shape), parameter.worst
    checked = f"{parameter.looked_at}/{parameter.x.size}"
    if parameter.directions:
        checked += f" + {len(parameter.directions)} dir."
    values = ["-", "-", "-"]
    if index is not None:
        values = [
            str(list(index)),
            f"{float(parameter.analytic[index]):.6e}",
            f"{parameter.numeric[index]:.6e}",
        ]
    return (
        parameter.name,
        shape,
        checked,
        *values,
        f"{parameter.max_error:.1e}",
        _words(parameter),
    )


def _words(parameter):
    wrong, kinks = parameter.count(WRONG), parameter.count(KINK)
    words = "ok"
    if wrong:
        words = f"WRONG: {wrong} {'entry' if wrong == 1 else 'entries'}"
    elif parameter.verdict == WRONG:
        words = "WRONG along a direction"
    hidden = int(np.sum(parameter.hidden))
    words += f", {kinks} at a kink" if kinks else ""
    return words + (f", {hidden} lost in rounding" if hidden else "")
