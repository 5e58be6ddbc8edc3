"""A contender's process: it is told by lines of JSON what to prepare and when to run.

Each contender has a process of its own, so that thread pools and allocators never meet: OpenBLAS,
OpenMP and PyTorch in one process would wait for each other's threads, which spin for a while.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from grading.benchmarks import contenders, workloads
from grading.benchmarks.contenders import Call


class Worker:
    """Holds the workload at hand."""

    def __init__(self, contender: str, threads: int) -> None:
        self.contender, self.threads = contender, threads
        self.forward: Call = dict
        self.both: Call = dict

    def prepare(self, kind: str, fields: dict[str, Any]) -> dict[str, list[float]]:
        """Make the workload, run it once, and tell sums by which results are compared."""
        workload = rebuilt(kind, fields)
        self.forward, self.both = contenders.prepare(self.contender, workload, self.threads)
        return {name: summary(value) for name, value in self.both().items()}

    def burst(self, what: str, seconds: float) -> list[float]:
        """Run for so long, at least twice; the first run wakes threads and is not timed."""
        call = self.forward if what == "forward" else self.both
        call()
        times: list[float] = []
        end = time.perf_counter() + seconds
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        return times

    def memory(self, kind: str, fields: dict[str, Any], small: dict[str, Any]) -> int | None:
        """Bytes that one run forward and backward needs beyond what is there before it.

        The small workload comes first, so that libraries are loaded and threads running.
        """
        if not Path("/proc/self/clear_refs").exists():
            return None
        _, warm = contenders.prepare(self.contender, rebuilt(kind, small), self.threads)
        _, both = contenders.prepare(self.contender, rebuilt(kind, fields), self.threads)
        warm()
        Path("/proc/self/clear_refs").write_text("5")  # sets the peak back
        before = status("VmRSS")
        results = both()
        peak = status("VmHWM")
        del results
        return peak - before


def rebuilt(kind: str, fields: dict[str, Any]) -> workloads.Workload:
    """A workload from what came through the pipe."""
    fields = {key: tuple(v) if isinstance(v, list) else v for key, v in fields.items()}
    return getattr(workloads, kind)(**fields)


def summary(value: np.ndarray) -> list[float]:
    """Two numbers that tell results apart: a norm, and a sum with alternating signs."""
    flat = value.ravel().astype(np.float64)
    return [float(np.linalg.norm(flat)), float(flat[::2].sum() - flat[1::2].sum())]


def status(key: str) -> int:
    """Bytes from /proc/self/status."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"/proc/self/status has no {key}.")


def serve(worker: Worker, requests: TextIO, replies: TextIO) -> None:
    """Answer one request a line until there are no more."""
    for line in requests:
        name, args = json.loads(line)
        try:
            reply = {"value": getattr(worker, name)(*args)}
        except Exception as error:  # what a contender cannot do is a line of the report
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    replies, sys.stdout = sys.stdout, sys.stderr
    serve(Worker(sys.argv[1], int(sys.argv[2])), sys.stdin, replies)
