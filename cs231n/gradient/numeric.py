"""Slopes by ladders of steps, and what they say of a gradient: ok, at a kink, or wrong."""

from typing import NamedTuple

import numpy as np

from .objective import DOUBLE, Line, Objective, random_direction

LADDER_TOP, LADDER_RATIO = 0.125, 4.0
# Bars on the noise of a slope, in standard deviations of f over the step. A central slope sees two
# roundings over 2 h; a one-sided one sees two over h, and its extrapolation magnifies them; the
# largest of 10**6 draws is 5 standard deviations.
CENTRAL_BAR, ONE_SIDED_BAR = 8.0, 24.0
AGREEMENT = 1e-6  # of a second way to compute the same slope, relatively
MANY_WRONG = (
    30  # after so many proven wrong entries the rest is judged by one step, where that is plain
)

OK, KINK, WRONG = "ok", "kink", "wrong"


class Slope(NamedTuple):
    """A slope and the bar of its error."""

    value: float
    error: float


class Slopes(NamedTuple):
    """Slopes at x from the left, across, and from the right."""

    left: Slope
    centre: Slope
    right: Slope


def probe(line, h):
    """Return the residual's backward, central and forward slope at step h; nan if f has none."""
    ahead, step_ahead = line.residual(h)
    behind, step_behind = line.residual(-h)
    with np.errstate(all="ignore"):
        return (
            float(np.divide(behind, step_behind)),
            float(np.divide(ahead - behind, step_ahead - step_behind)),
            float(np.divide(ahead, step_ahead)),
        )


def slopes(line, eps, noise):
    """Return the residual's slope at x from the left, across, and from the right, with error bars.

    A ladder of steps from 1/8 down, each a quarter of the one before, extrapolated to step zero.

    References
    ----------
    Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Adv. Eng. Software 4 (1982).
    Press et al., Numerical Recipes, 3rd edition, section 5.7.
    """
    count = 1 + int(np.log(LADDER_TOP / eps ** (2 / 3)) / np.log(LADDER_RATIO))
    steps = line.scale * LADDER_TOP * LADDER_RATIO ** -np.arange(count)
    table = np.array([probe(line, h) for h in steps])  # (steps, 3)
    far = (
        0.5 * eps * np.nan_to_num(np.abs(table).max(axis=1))
    )  # f rounds more coarsely where it is larger
    bars = np.maximum(noise / steps, far)
    return Slopes(
        extrapolate(steps, table[:, 0], 1, ONE_SIDED_BAR * bars),
        extrapolate(steps, table[:, 1], 2, CENTRAL_BAR * bars),
        extrapolate(steps, table[:, 2], 1, ONE_SIDED_BAR * bars),
    )


def extrapolate(steps, values, order, bars):
    """Return the limit at step 0 of slopes whose error is a series in step**order, with its bar.

    Going from the smallest step up, noise shrinks and the bars tighten, until the step reaches a
    kink or the series fails: the first value outside of what smaller steps have shown ends the
    search, and the tightest bar before it wins.
    """
    candidates = [(steps[-1], values[-1], bars[-1])]
    for power in (1, 2, 3):
        factor = LADDER_RATIO ** (order * power)
        finer = (factor * values[1:] - values[:-1]) / (factor - 1.0)
        bars = np.maximum(bars[1:], bars[:-1] / factor)
        errors = np.maximum(np.abs(finer - values[1:]), np.abs(finer - values[:-1])) + bars
        candidates += zip(steps[power:], finer, errors)
        values = finer
    best = Slope(np.nan, np.inf)
    for _, value, error in sorted(c for c in candidates if np.isfinite(c[1])):
        if abs(value - best.value) > error + best.error:
            break
        if error < best.error:
            best = Slope(float(value), float(error))
    return best


class Finding(NamedTuple):
    """What was found along one line: `error` is relative, `uncertainty` the bar of `numeric`."""

    verdict: str
    numeric: float
    error: float
    uncertainty: float


class Judge:
    """Compares predicted slopes with those of f.

    `tolerance` bounds |analytic - numeric| / (|analytic| + |numeric|); `rounding` is what the
    arithmetic of a right gradient may be off by, absolutely.
    """

    def __init__(self, objective, tolerance, rounding, method="auto", step=None):
        self.objective, self.method = objective, method
        self.tolerance, self.rounding = tolerance, rounding
        # Truncation and rounding of a central difference balance at eps**(1/3).
        self.quick_step = objective.eps ** (1 / 3) if step is None else step
        self.wrong = 0

    def judge(self, line, tolerance=None):
        """Return a Finding: quickly when one step shows agreement, otherwise from the ladder."""
        tolerance = self.tolerance if tolerance is None else tolerance
        if self.method == "complex":
            finding = self._by_complex(line, tolerance)
            if finding.verdict == OK:
                return finding
        else:
            finding = self._by_one_step(line, tolerance)
            if finding is not None:
                return finding
        finding = self._by_ladder(line, tolerance)
        if finding.verdict != OK:
            twin = fine_twin(self.objective)
            if twin is not None and _same_values(line, line.on(twin)):
                finding = self._by_ladder(line.on(twin), tolerance)
        self.wrong += finding.verdict == WRONG
        return finding

    def _by_one_step(self, line, tolerance):
        """Return what a single step shows, if that is plain; else None."""
        h, noise = self.quick_step * line.scale, line.objective.noise()
        left, centre, right = probe(line, h)
        error = relative(centre, line.size, line.slope)
        bar, size = CENTRAL_BAR * noise / h, line.size + abs(line.slope + centre)
        finding = Finding(OK, line.slope + centre, error, bar)
        if left == right == size == 0.0:  # perhaps a dead unit; what a long step wakes needs more
            return finding if probe(line, LADDER_TOP * line.scale) == (0.0, 0.0, 0.0) else None
        # Agreement by chance does not count: noise must be below the tolerance, and so must be what
        # the curve does to a central difference, about the square of what it does to the sides.
        sides = abs(left - right)
        if error <= tolerance and bar <= tolerance * size and sides**2 <= tolerance * size**2:
            return finding
        # One kink inside of the step sets the sides apart by twice what it moves the centre.
        plain = sides < 0.5 * abs(centre) and abs(centre) > 100 * bar and error > 10 * tolerance
        return finding._replace(verdict=WRONG) if plain and self.wrong >= MANY_WRONG else None

    def _by_ladder(self, line, tolerance):
        left, centre, right = found = slopes(line, line.objective.eps, line.objective.noise())
        seen = [side for side in found if np.isfinite(side.error)]
        if not seen:
            raise ValueError(
                f"f is not finite {line.label(line.scale * LADDER_TOP)} nor at any smaller step, "
                "though it is at x; check the gradient where f is finite all around."
            )
        best = centre if np.isfinite(centre.error) else seen[0]  # one side, where x ends f's domain
        numeric = line.slope + best.value
        slack = tolerance * (line.size + abs(numeric)) + self.rounding
        if np.isfinite(left.error) and np.isfinite(right.error):
            bars = left.error + right.error
            if abs(left.value - right.value) > bars + tolerance * (line.size + abs(numeric)):
                return self._at_kink(line, left, right, slack)
        error = relative(best.value, line.size, line.slope)
        if abs(best.value) > slack + best.error:
            return Finding(WRONG, numeric, error, best.error)
        unresolved = best.error > slack
        if unresolved and self.method == "auto" and allows_complex(self.objective):
            finding = self._by_complex(line, tolerance)
            if abs(finding.numeric - numeric) <= best.error + slack:
                return finding
        return Finding(OK, numeric, error, best.error)

    @staticmethod
    def _at_kink(line, left, right, slack):
        """Accept what lies between the two sides: there any subgradient is right."""
        low, high = sorted([left, right])
        nearest = min(low, high, key=lambda side: abs(side.value))
        outside = max(low.value - low.error, -high.value - high.error, 0.0)
        error = relative(max(low.value, -high.value, 0.0), line.size, line.slope)
        verdict = WRONG if outside > slack else KINK
        return Finding(verdict, line.slope + nearest.value, error, nearest.error)

    def _by_complex(self, line, tolerance):
        slope = line.complex_slope()
        if slope is None:
            return Finding(WRONG, np.nan, np.inf, np.inf)
        residual = slope - line.slope
        rounding = self.rounding + CENTRAL_BAR * self.objective.noise() / line.scale
        error = relative(residual, line.size, line.slope)
        verdict = OK if error <= tolerance or abs(residual) <= rounding else WRONG
        return Finding(verdict, slope, error, rounding)


def relative(residual, size, slope):
    """Return |residual| over |analytic| + |numeric|, with 0 for 0/0."""
    return 0.0 if residual == 0.0 else float(abs(residual) / (size + abs(slope + residual)))


def allows_complex(objective):
    """Tell whether complex steps agree with real ones along a random direction.

    np.abs, np.linalg.norm, .real and other functions that are not analytic drop the imaginary part
    or give it a new meaning; an f that reads its array from elsewhere never sees it.
    """
    if objective.complex_allowed is None:
        line = _any_direction(fine_twin(objective) or objective)
        slope = line.complex_slope()
        objective.complex_allowed = slope is not None and _agrees(slope, line)
    return objective.complex_allowed


def fine_twin(objective):
    """Return f on float64 copies of coarser arrays, where it computes in float64 then; else None.

    In float32 a kink at 1e-4 cannot be told from a wrong slope: rounding drowns smaller steps.
    """
    if objective.twin is None:
        objective.twin = _make_twin(objective) or False
    return objective.twin or None


def _make_twin(objective):
    if objective.eps <= DOUBLE:
        return None
    copies = objective.container([array.astype(np.float64) for array in objective.pristine])
    try:
        twin = Objective(objective.f, copies, objective.df, objective.paired)
    except Exception:  # f may refuse float64, and then the coarse numbers have to do
        return None
    return twin if twin.eps <= DOUBLE else None


def _same_values(line, twin):
    """Tell whether f takes the same values along both; not so if it ignores the twin's copies."""
    for h in (LADDER_TOP, -LADDER_TOP, LADDER_TOP**3, -(LADDER_TOP**3)):
        coarse, fine = line.residual(h * line.scale)[0], twin.residual(h * line.scale)[0]
        rounding = line.objective.noise() + line.objective.eps * abs(fine)
        if not abs(coarse - fine) <= ONE_SIDED_BAR * rounding:
            return False
    return True


def _any_direction(objective):
    rng, arrays = np.random.default_rng(1), objective.pristine
    moves = {k: random_direction(rng, a.shape) for k, a in enumerate(arrays) if a.size}
    return Line(objective, moves, [np.zeros(a.shape) for a in arrays])


def _agrees(slope, line):
    left, centre, right = slopes(line, line.objective.eps, line.objective.noise())
    slack = AGREEMENT * abs(slope)
    if abs(left.value - right.value) > left.error + right.error + slack:  # between, at a kink
        low, high = sorted([left, right])
        return bool(low.value - low.error - slack <= slope <= high.value + high.error + slack)
    return bool(abs(centre.value - slope) <= centre.error + slack)
