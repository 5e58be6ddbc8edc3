"""How fast this processor can be, and how near a function comes: measurements and their figure.

No function is faster than the processor multiplies, nor than memory brings its numbers: below the
roof min(peak, intensity * bandwidth) lies everything.
"""

import time

import matplotlib.pyplot as plt
import numpy as np

__all__ = ["measure_bandwidth", "measure_peak", "plot_roofline", "seconds_of"]

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


def measure_peak(side=1024, dtype=np.float32, at_least=0.5):
    """Measure the fastest arithmetic here: a product of two matrices, in GFLOP/s.

    Parameters
    ----------
    side : int
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


def measure_bandwidth(megabytes=128, at_least=0.3):
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
    ax = ax or plt.subplots(figsize=(7.5, 5), layout="constrained")[1]
    found = {name: (f / m, f / s / GIGA) for name, (f, m, s) in points.items()}
    intensities = [x for x, _ in found.values()] + [peak / bandwidth]
    low, high = min(intensities) / 4, max(intensities) * 12
    x = np.geomspace(low, high, 200)
    ax.plot(x, np.minimum(peak, bandwidth * x), color=GREY, linewidth=2)
    ax.annotate(f"{peak:.0f} GFLOP/s: a matrix product", (high, peak), (-4, 6), ha="right", **TEXT)
    ax.annotate(f"{bandwidth:.0f} GB/s", (low, bandwidth * low), (8, 0), va="top", **TEXT)
    for number, (name, (intensity, speed)) in enumerate(found.items()):
        ax.scatter(intensity, speed, color=(BLUE, ORANGE)[number % 2], zorder=3)
        label = f"{name}: {speed:.2g}" if speed < 10 else f"{name}: {speed:.0f}"
        ax.annotate(label, (intensity, speed), (8, 0), va="center", **TEXT)
    ax.set(
        xscale="log",
        yscale="log",
        xlim=(low, high),
        ylim=(min(speed for _, speed in found.values()) / 3, 3 * peak),
        xlabel="arithmetic intensity (operations for each byte moved)",
        ylabel="speed (GFLOP/s)",
    )
    for name, (_, speed) in found.items():
        print(f"{name:28} {speed:10.4f} GFLOP/s, {speed / peak:8.3%} of the roof")
    return ax


TEXT = {"textcoords": "offset points", "fontsize": 9}
