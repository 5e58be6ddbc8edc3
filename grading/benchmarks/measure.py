"""Contenders take turns, each in its own process; what counts is the ratio within a turn."""

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from typing import Any

from grading.benchmarks.workloads import Captions, Conv, Pool, Product, Step, Workload

Row = dict[str, Any]
AGREE = {"float32": 1e-3, "float64": 1e-9}  # relative to the norm; Adam's first step in the nets
STEPS_AGREE = 0.02  # of losses, which rounding drives apart through batch normalisation
REST = 0.06  # seconds after a burst, in which threads that wait for more work give up and sleep
NO_TORCH = (
    "PyTorch is not installed, so its columns stay empty: `.venv/bin/python -m pip install "
    "torch==2.13.0` brings it."
)


# Blocks of memory come and go one by one, so that the peak counts what is in use and nothing else.
FRUGAL = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}


def torch_is_here() -> bool:
    """Whether PyTorch can be imported."""
    return importlib.util.find_spec("torch") is not None


class Contender:
    """A worker's process, and what is asked of it. `frugal` gives back what is freed at once."""

    def __init__(self, name: str, threads: int, frugal: bool = False) -> None:
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grading.benchmarks.worker", name, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | environment(name, threads) | (FRUGAL if frugal else {}),
        )

    def ask(self, request: str, *args: Any) -> Any:
        """Send a request and wait for its answer.

        Raises
        ------
        RuntimeError
            If the contender says why it cannot, or ends.
        """
        print(json.dumps([request, args]), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        reply = json.loads(line) if line else {"error": f"ended with {self.process.wait()}"}
        if "error" in reply:
            raise RuntimeError(f"{self.name}: {reply['error']}")
        return reply["value"]

    def prepare(self, workload: Workload) -> dict[str, list[float]]:
        """Make a workload ready, and return sums of its results."""
        return self.ask("prepare", type(workload).__name__, asdict(workload))

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def environment(name: str, threads: int) -> dict[str, str]:
    """Variables that give a contender its threads.

    The kit's kernels have a pool of their own, and NumPy's products another one, whose threads keep
    a core busy for a while after each product. So the kit's go without: one pool at a time.
    """
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    counts = dict.fromkeys(pools, str(threads))
    return counts | {"OPENBLAS_NUM_THREADS": "1"} if name == "kit" else counts


@contextmanager
def contenders(
    names: list[str], threads: int, frugal: bool = False
) -> Iterator[dict[str, Contender]]:
    """Start processes, and end them whatever happens."""
    with ExitStack() as stack:
        started = {}
        for name in names:
            started[name] = Contender(name, threads, frugal)
            stack.callback(started[name].close)
        yield started


def measure(workload: Workload, field: dict[str, Contender], rounds: int, seconds: float) -> Row:
    """Medians of seconds, and of ratios to the kit's within a round, of one workload."""
    names = [name for name in field if name != "roof" or workload.flops]
    said = {name: field[name].prepare(workload) for name in names if name != "roof"}
    require_agreement(workload, said)
    if "roof" in names:
        field["roof"].prepare(Product(workload.dtype))
    row: Row = {"workload": workload.name, "dtype": workload.dtype, "flops": workload.flops}
    for what in ("both",) if isinstance(workload, Step | Captions) else ("forward", "both"):
        times = take_turns({name: field[name] for name in names}, what, rounds, seconds)
        row[what] = summarise(times, workload, Product().flops, what)
    return row


def take_turns(
    field: dict[str, Contender], what: str, rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Seconds of one run: the median of each contender's burst, round by round."""
    times: dict[str, list[float]] = {name: [] for name in field}
    for number in range(rounds):
        for name in list(field) if number % 2 == 0 else list(field)[::-1]:
            times[name].append(statistics.median(field[name].ask("burst", what, seconds)))
            time.sleep(REST)
    return times


def summarise(
    times: dict[str, list[float]], workload: Workload, roof_flops: int, what: str
) -> dict[str, Any]:
    """Median seconds, and for each other contender the quartiles of its time over the kit's."""
    found: dict[str, Any] = {"seconds": {n: statistics.median(t) for n, t in times.items()}}
    found["ratio"] = {
        name: quartiles([other / own for other, own in zip(times[name], times["kit"])])
        for name in times
        if name in ("torch", "textbook")
    }
    if "roof" in times:
        flops = workload.flops if what == "both" else workload.flops / 3
        shares = [
            (flops / own) / (roof_flops / roof) for own, roof in zip(times["kit"], times["roof"])
        ]
        found["share"] = quartiles(shares)
        found["gflops"] = flops / found["seconds"]["kit"] / 1e9
        found["roof_gflops"] = roof_flops / found["seconds"]["roof"] / 1e9
    return found


def quartiles(values: list[float]) -> list[float]:
    """Lower quartile, median and upper quartile."""
    if len(values) == 1:
        return values * 3
    return statistics.quantiles(values, n=4, method="inclusive")


def require_agreement(workload: Workload, said: dict[str, dict[str, list[float]]]) -> None:
    """Raise unless all contenders computed the same: a fast wrong answer is no result.

    Raises
    ------
    RuntimeError
        If sums of the results of two contenders differ by more than rounding.
    """
    limit = STEPS_AGREE if isinstance(workload, Step) else AGREE[workload.dtype]
    for name, sums in said.items():
        for key, (norm, total) in sums.items():
            expected = said["kit"][key]
            off = max(abs(norm - expected[0]), abs(total - expected[1]))
            if not off <= limit * max(expected[0], 1e-30):
                raise RuntimeError(
                    f"{workload.name} {workload.dtype}: {key} of {name} has norm {norm:.6g} and "
                    f"alternating sum {total:.6g}, that of the kit {expected[0]:.6g} and "
                    f"{expected[1]:.6g}; they should agree before speeds are compared."
                )


def measure_memory(workload: Workload, names: list[str], threads: int) -> dict[str, int | None]:
    """Bytes at the peak beyond inputs and results, in a fresh process for each contender."""
    small = replace(workload, x=(2, *workload.x[1:2], 12, 12))
    found = {}
    for name in names:
        with contenders([name], threads, frugal=True) as field:
            peak = field[name].ask(
                "memory", type(workload).__name__, asdict(workload), asdict(small)
            )
        found[name] = None if peak is None else max(peak - workload.results, 0)
    return found


def run(
    workloads: list[Workload],
    names: list[str],
    threads: int,
    rounds: int,
    seconds: float,
    memory: bool,
    progress: Callable[[str], None],
) -> list[Row]:
    """Measure all workloads, and the memory of the layers in float32."""
    rows = []
    with contenders([*names, "roof"], threads) as field:
        for workload in workloads:
            progress(f"{workload.name}, {workload.dtype}")
            rows.append(measure(workload, field, rounds, seconds))
    for row, workload in zip(rows, workloads):
        if memory and isinstance(workload, Conv | Pool) and workload.dtype == "float32":
            progress(f"memory of {workload.name}")
            row["memory"] = measure_memory(workload, names, threads)
    return rows
