"""The table of the benchmark: in the terminal, as JSON, as Markdown and as a picture."""

import json
import platform
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from grading.benchmarks.measure import Row
from grading.benchmarks.workloads import MIB

COLUMNS = (
    *["workload", "dtype", "ms", "x PyTorch", "quartiles", "forward x PyTorch", "x textbook"],
    *["GFLOP/s", "share of the roof", "MiB", "PyTorch MiB", "textbook MiB", "others"],
)
CAPTION = (
    "Forward and backward. x PyTorch, x textbook: their time over the kit's, medians of ratios "
    "within a round; above 1 the kit is faster. Roof: a large matrix product by NumPy. MiB: peak "
    "beyond inputs and results. others: their share of the processors meanwhile. In the kit's "
    "process NumPy's products have one thread."
)


def cells(row: Row) -> list[str]:
    """One line of the table; what was not measured is a dash."""
    both, forward = row["both"], row.get("forward", {"ratio": {}})
    low, middle, high = both["ratio"].get("torch", [None] * 3)
    memory = row.get("memory", {})
    return [
        *[row["workload"], row["dtype"], f"{1e3 * both['seconds']['kit']:.2f}"],
        *[number(middle), f"{low:.2f}-{high:.2f}" if low is not None else "-"],
        number(forward["ratio"].get("torch", [None] * 3)[1]),
        number(both["ratio"].get("textbook", [None] * 3)[1], 1),
        number(both.get("gflops"), 0),
        f"{100 * both['share'][1]:.0f}%" if "share" in both else "-",
        *[size(memory.get(name)) for name in ("kit", "torch", "textbook")],
        "-" if row.get("busy") is None else f"{row['busy']:.0%}",
    ]


def number(value: float | None, digits: int = 2) -> str:
    """A number, or a dash."""
    return "-" if value is None else f"{value:.{digits}f}"


def size(value: int | None) -> str:
    """Bytes as MiB, or a dash."""
    return "-" if value is None else f"{value / MIB:.1f}"


def show(rows: list[Row]) -> None:
    """Print the table."""
    view = Table(*COLUMNS, caption=CAPTION)
    for row in rows:
        view.add_row(*cells(row))
    Console(width=None if Console().is_terminal else 160).print(view)


def about(threads: int) -> dict[str, Any]:
    """Where and with what was measured."""
    return {"threads": threads, "python": platform.python_version(), "processor": processor()}


def processor() -> str:
    """The processor's name where Linux tells it."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def merged(rows: list[Row], path: Path) -> list[Row]:
    """The rows of an earlier run, with those of this one in their places or at the end."""
    before = json.loads(path.read_text())["rows"] if path.exists() else []
    found = {(row["workload"], row["dtype"]): row for row in before}
    for row in rows:
        key = row["workload"], row["dtype"]
        found[key] = found.get(key, {}) | row
    return list(found.values())


def save(rows: list[Row], facts: dict[str, Any], folder: Path) -> None:
    """Write results.json, table.md and table.png."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(facts | {"rows": rows}, indent=1))
    (folder / "table.md").write_text(markdown(rows))
    draw_table(rows, folder / "table.png")


def markdown(rows: list[Row]) -> str:
    """The table as Markdown."""
    lines = [COLUMNS, ["---"] * len(COLUMNS), *[cells(row) for row in rows]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{CAPTION}\n"


def draw_table(rows: list[Row], path: Path) -> None:
    """Draw the ratios as bars: to PyTorch, and to the textbook's way."""
    figure = Figure(figsize=(8, 1.2 + 0.42 * len(rows)), layout="constrained")
    ax = figure.add_subplot()
    names = [f"{row['workload']}, {row['dtype']}" for row in rows]
    for shift, (peer, label, colour) in enumerate(
        [("torch", "PyTorch", "#0072b2"), ("textbook", "the textbook's im2col", "#d55e00")]
    ):
        found = [row["both"]["ratio"].get(peer, [float("nan")] * 3)[1] for row in rows]
        places = [number + 0.38 * shift for number in range(len(rows))]
        bars = ax.barh(places, found, 0.36, color=colour, label=f"beside {label}")
        ax.bar_label(bars, [f"{value:.2f}" if value == value else "" for value in found], padding=3)
    ax.axvline(1, color="#777777", linestyle="--")
    ax.set_yticks([number + 0.19 for number in range(len(rows))], names)
    ax.invert_yaxis()
    ax.set_xscale("log", base=2)
    ticks = [2.0**power for power in range(-4, 9)]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xlabel("how many times as fast the kit is, forward and backward")
    values = [q[1] for row in rows for q in row["both"]["ratio"].values()] or [1.0]
    ax.set_xlim(min(0.5, *values) / 1.2, max(2.0, *values) * 2)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
    figure.savefig(path, dpi=120)
