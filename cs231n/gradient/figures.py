"""Figures of a step sweep and of a gradient report. matplotlib is imported when one is drawn."""

import numpy as np

from .numeric import KINK, WRONG

# Okabe and Ito's colours, which people with any kind of colour vision tell apart.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#8C8C8C"
UNSEEN = "#BDBDBD"
FLOOR = 1e-17  # drawn in place of errors of exactly 0, which have no logarithm


def _axes(ax, size):
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=size, layout="constrained")[1]


def plot_step_sweep(sweep, ax=None):
    """Plot the error of each kind of difference against the step.

    Parameters
    ----------
    sweep : StepSweep
        From :func:`cs231n.gradient_check.step_sweep`.
    ax : matplotlib Axes, optional
        By default a new figure of 6 by 4 inches.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax, (6, 4))
    curves = [
        ("forward difference", sweep.forward, ORANGE, "^"),
        ("central difference", sweep.central, BLUE, "o"),
        ("complex step", sweep.complex, GREEN, "s"),
    ]
    for label, errors, colour, marker in curves:
        if errors is not None:
            drawn = np.maximum(errors, FLOOR)
            ax.loglog(sweep.steps, drawn, color=colour, marker=marker, markersize=3.5, label=label)
    ax.axvline(sweep.best_step, color=GREY, linestyle=":", zorder=0)
    ax.annotate(
        f"best central step {sweep.best_step:.1e}\nerror {sweep.best_error:.1e}",
        (sweep.best_step, sweep.best_error),
        xytext=(0.62, 0.1),
        textcoords="axes fraction",
        arrowprops={"arrowstyle": "->", "color": GREY},
    )
    ax.set_xlabel("step h (units of x)")
    against = "the analytic gradient" if sweep.analytic else "the best numeric value"
    ax.set_ylabel("relative error (no unit)")
    ax.set_title(f"Error against {against}, along a random direction", fontsize="medium")
    ax.grid(alpha=0.3)
    ax.legend(loc="upper center")
    return ax


def plot_gradient_report(report, name=None, ax=None):
    """Plot the relative error in each entry of one parameter as a heat map.

    Rows run along the first axis, columns along all others; grey entries were not looked at, a
    circle marks a kink, a cross a wrong entry.

    Parameters
    ----------
    report : GradientReport
        From :func:`cs231n.gradient_check.check_gradient`.
    name : str, optional
        Which parameter; by default the worst.
    ax : matplotlib Axes, optional
        By default a new figure of 6 by 4 inches.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    KeyError
        If the report has no parameter of that name.
    ValueError
        If the parameter has no entries to draw.
    """
    parameter = report.worst if name is None else report[name]
    if parameter is None or parameter.x.size == 0:
        raise ValueError("plot_gradient_report: there are no entries to draw; x is empty.")
    ax = _axes(ax, (6, 4))
    shape = parameter.x.shape
    rows = shape[0] if len(shape) > 1 else 1
    errors = parameter.error.reshape(rows, -1)
    verdicts = parameter.verdicts.reshape(rows, -1)
    low, high = -12.0, 0.0
    with np.errstate(divide="ignore"):
        exponents = np.maximum(np.log10(errors), low)
    ax.set_facecolor(UNSEEN)
    image = ax.imshow(
        exponents, cmap="cividis", vmin=low, vmax=high, aspect="auto", interpolation="nearest"
    )
    _mark(ax, verdicts)
    bar = ax.figure.colorbar(image, ax=ax)
    bar.set_label("log10 of the relative error (no unit); line: tolerance")
    bar.ax.axhline(np.log10(report.tolerance), color=ORANGE, linewidth=2)
    for axis, length in ((ax.xaxis, errors.shape[1]), (ax.yaxis, rows)):
        axis.set_ticks(np.arange(0, length, max(1, -(-length // 10))))
    ax.set_xlabel("entry along the other axes" if len(shape) > 2 else "column (index)")
    ax.set_ylabel("row (index)")
    title = f"{parameter.name} {shape}: largest error {parameter.max_error:.1e}"
    ax.set_title(title, loc="right", fontsize="medium")
    return ax


def _mark(ax, verdicts):
    """Mark wrong entries and kinks, and say what grey is, in a legend above the axes."""
    styles = {
        WRONG: {"marker": "x", "color": ORANGE},
        KINK: {"marker": "o", "facecolors": "none", "edgecolors": "white"},
    }
    for verdict, style in styles.items():
        y, x = np.nonzero(verdicts == verdict)
        if x.size:
            ax.scatter(x, y, s=40, label=f"{verdict} ({x.size})", **style)
    unseen = int(np.sum(verdicts == ""))
    if unseen:
        ax.scatter([], [], marker="s", s=60, color=UNSEEN, label=f"not looked at ({unseen})")
    if ax.get_legend_handles_labels()[0]:
        place = {
            "loc": "lower left",
            "bbox_to_anchor": (-0.02, 1),
            "ncols": 3,
            "borderaxespad": 0.2,
        }
        ax.legend(**place, facecolor="#606060", labelcolor="white", fontsize="small")
