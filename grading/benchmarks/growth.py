"""How the cost of a convolution grows with N, F and the size of the picture."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from grading.benchmarks.measure import Contender, contenders
from grading.benchmarks.workloads import Conv

BASE = Conv("growth", x=(4, 16, 32, 32), w=(16, 16, 3, 3), stride=1, pad=1)
FACTORS = (1, 2, 4, 8)
COLOURS = {"N": "#0072b2", "F": "#d55e00", "H W": "#009e73"}  # told apart by every eye


def sizes() -> dict[str, list[Conv]]:
    """The base, with one dimension multiplied."""
    N, C, H, W = BASE.x
    F = BASE.w[0]
    root = {1: (1, 1), 2: (2, 1), 4: (2, 2), 8: (4, 2)}  # keeps sides whole
    return {
        "N": [Conv("N", (N * k, C, H, W), BASE.w, 1, 1) for k in FACTORS],
        "F": [Conv("F", BASE.x, (F * k, *BASE.w[1:]), 1, 1) for k in FACTORS],
        "H W": [Conv("H W", (N, C, H * root[k][0], W * root[k][1]), BASE.w, 1, 1) for k in FACTORS],
    }


def measure_growth(threads: int, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Seconds forward and backward for each dimension and factor: the shortest run of all.

    Sizes are measured alone, not beside a peer, so whatever disturbs a run would bend the curve.
    """
    times: dict[str, list[list[float]]] = {key: [[] for _ in FACTORS] for key in sizes()}
    with contenders(["kit"], threads) as field:
        for _ in range(rounds):
            for key, convs in sizes().items():
                for place, conv in zip(times[key], convs):
                    place.append(one_burst(field["kit"], conv, seconds))
    return {key: [min(place) for place in places] for key, places in times.items()}


def one_burst(kit: Contender, conv: Conv, seconds: float) -> float:
    """The shortest run of a burst."""
    kit.prepare(conv)
    return min(kit.ask("burst", "both", seconds))


def exponents(times: dict[str, list[float]]) -> dict[str, float]:
    """The power of each dimension that the cost grows with; 1 is linear."""
    return {
        key: float(np.polyfit(np.log(FACTORS), np.log(values), 1)[0])
        for key, values in times.items()
    }


def draw_growth(times: dict[str, list[float]], path: Path) -> None:
    """Plot the cost against the factor, each curve relative to its start, and a straight line."""
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    ax = figure.add_subplot()
    ax.plot(FACTORS, FACTORS, color="#777777", linestyle="--", label="linear")
    powers = exponents(times)
    for (key, values), marker in zip(times.items(), "os^"):
        label = f"{key}: grows with the power {powers[key]:.2f}"
        relative = np.array(values) / values[0]
        ax.plot(FACTORS, relative, color=COLOURS[key], marker=marker, label=label)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log", base=2)
    ax.set_xticks(FACTORS, [f"{k}x" for k in FACTORS])
    ax.set_yticks(FACTORS, [f"{k}x" for k in FACTORS])
    ax.set(xlabel="size of one dimension", ylabel="time forward and backward")
    N, C, H, W = BASE.x
    ax.set_title(f"from x {N}x{C}x{H}x{W}, {BASE.w[0]} filters 3x3, float32", fontsize=10)
    ax.legend(frameon=False)
    figure.savefig(path, dpi=120)
