"""How fast this processor can be, and how near a function comes: measurements and their figure.

No function is faster than the processor multiplies, nor than memory brings its numbers: below the
roof min(peak, intensity * bandwidth) lies everything.
"""

import os
import time

import matplotlib.pyplot as plt
import numpy as np

from cs231n.kernels.threads import count_cpus

__all__ = [
    "matrix_threads",
    "measure_bandwidth",
    "measure_peak",
    "plot_climb",
    "plot_roofline",
    "seconds_of",
]

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#777777"  # told apart by every eye
GIGA = 1e9


def seconds_of(call, at_least=0.2, runs=3):
    """Time a call: the shortest of several runs, since whatever disturbs one makes it longer.

    Parameters
    ----------
    call : callable without arguments
    at_least : float
        Seconds to measure for.
    runs : int
        The least number of runs; after `at_least` seconds one is enough.

    Returns
    -------
    float
    """
    times, begin = [], time.perf_counter()
    while True:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
        spent = time.perf_counter() - begin
        if spent >= at_least and (len(times) >= runs or spent >= 3 * at_least):
            return min(times)


def matrix_threads():
    """Tell how many threads NumPy's matrix products use, as OpenBLAS finds out.

    Returns
    -------
    int
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        first = os.environ.get(name, "").split(",")[0].strip()
        if first.isdigit() and int(first) > 0:
            return min(int(first), count_cpus())
    return count_cpus()


def measure_peak(side=512, dtype=np.float32, at_least=0.5):
    """Measure the fastest arithmetic here: a product of two matrices, in GFLOP/s.

    Parameters
    ----------
    side : int
        Of the matrices; small enough for some of the runs to be left in peace on a busy machine.
    dtype : dtype
    at_least : float
        Seconds to measure for.

    Returns
    -------
    float
    """
    rng = np.random.default_rng(0)
    A, B = (rng.standard_normal((side, side)).astype(dtype) for _ in range(2))
    return 2 * side**3 / seconds_of(lambda: A @ B, at_least) / GIGA


def measure_bandwidth(megabytes=64, at_least=0.3):
    """Measure how fast memory is: copying an array that no cache holds, in GB/s.

    Parameters
    ----------
    megabytes : int
        Size of the array.
    at_least : float
        Seconds to measure for.

    Returns
    -------
    float
        Bytes read and bytes written, together.
    """
    source = np.ones(megabytes * 2**20 // 8)
    target = np.zeros_like(source)
    return 2 * source.nbytes / seconds_of(lambda: np.copyto(target, source), at_least) / GIGA


def plot_roofline(points, peak, bandwidth, ax=None):
    """Plot measurements below the roof of this processor.

    Parameters
    ----------
    points : dict of str to (flops, moved, seconds)
        For each way of computing: operations, bytes moved at the least, and its time.
    peak : float
        GFLOP/s, from `measure_peak`.
    bandwidth : float
        GB/s, from `measure_bandwidth`.
    ax : Axes, optional

    Returns
    -------
    Axes

    References
    ----------
    S. Williams, A. Waterman, D. Patterson: Roofline, Communications of the ACM 52(4), 2009, fig. 1.
    """
    ax = ax or plt.subplots(figsize=(8, HEIGHT), layout="constrained")[1]
    found = {name: (f / m, f / s / GIGA) for name, (f, m, s) in points.items()}
    ridge = peak / bandwidth
    intensities, speeds = [x for x, _ in found.values()], [y for _, y in found.values()]
    low, high = min([*intensities, ridge]) / 15, max([*intensities, ridge]) * 80
    bottom, top = min(speeds) / 3, 3 * peak
    x = np.geomspace(low, high, 200)
    ax.plot(x, np.minimum(peak, bandwidth * x), color=GREY, linewidth=2)
    ax.annotate(f"{peak:.0f} GFLOP/s: a matrix product", (high, peak), (-4, 6), ha="right", **TEXT)
    middle = np.sqrt(max(low, bottom / bandwidth) * ridge)
    slope = f"{bandwidth:.0f} GB/s: memory"
    ax.annotate(slope, (middle, bandwidth * middle), (-8, 4), ha="right", **TEXT)
    offsets = _spread(found, HEIGHT * 60 / np.log10(top / bottom))
    for number, (name, (intensity, speed)) in enumerate(found.items()):
        ax.scatter(intensity, speed, color=(BLUE, ORANGE)[number % 2], zorder=3)
        label = f"{name}: {speed:.2g}" if speed < 10 else f"{name}: {speed:.0f}"
        ax.annotate(label, (intensity, speed), (8, offsets[name]), va="center", **TEXT)
    ax.set(
        xscale="log",
        yscale="log",
        xlim=(low, high),
        ylim=(bottom, top),
        xlabel="arithmetic intensity (operations for each byte moved)",
        ylabel="speed (GFLOP/s)",
    )
    for name, (_, speed) in found.items():
        print(f"{name:28} {speed:10.4f} GFLOP/s, {speed / peak:8.3%} of the roof")
    return ax


def plot_climb(points, peak, bandwidth, ax=None):
    """Plot as `plot_roofline` does ways to compute the same, and the path from each to the next.

    Parameters
    ----------
    points : dict of str to (flops, moved, seconds)
        In the order of the climb.
    peak, bandwidth : float
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = plot_roofline(points, peak, bandwidth, ax)
    x, y = zip(*((f / m, f / s / GIGA) for f, m, s in points.values()))
    ax.plot(x, y, color=GREY, linestyle=":", zorder=1)
    return ax


def _spread(found, decade):
    """How far, in points, to move each label down so that none lies on another.

    `found` maps names to (intensity, speed); `decade` is the height of a factor of 10 in points.
    """
    offsets, placed = {}, []
    for name, (intensity, speed) in sorted(found.items(), key=lambda item: -item[1][1]):
        at = decade * np.log10(speed)
        for other, height in placed:
            if abs(np.log10(intensity / other)) < 1.5 and abs(height - at) < LINE:
                at = height - LINE
        placed.append((intensity, at))
        offsets[name] = at - decade * np.log10(speed)
    return offsets


HEIGHT, LINE = 5, 12  # of the figure in inches, of a label in points
# Behind the letters lies white, so that they can be read across the roof's line.
WHITE = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}
TEXT = {"textcoords": "offset points", "fontsize": 9, "bbox": WHITE}
