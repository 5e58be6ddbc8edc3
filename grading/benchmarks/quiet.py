"""How much of the processors others used while we measured: ratios of a busy machine mislead.

Threads that wait for each other, as PyTorch's do at the end of every layer, wait long where one of
them has lost its processor. The kit then looks better than it is.
"""

import os
import resource
import time
from pathlib import Path
from types import TracebackType

STAT = Path("/proc/stat")
BUSY = 0.05  # above that share the numbers are those of a busy machine


class Watch:
    """Measures, from entry to exit, what others used; our own processes must have ended by then.

    Attributes
    ----------
    share : float or None
        Of the time of all processors; None where the system does not tell.
    """

    share: float | None = None

    def __enter__(self) -> "Watch":
        self.start = time.perf_counter(), busy_seconds(), own_seconds()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        clock, busy, own = self.start
        now = busy_seconds()
        if busy is not None and now is not None:
            spent = (time.perf_counter() - clock) * (os.cpu_count() or 1)
            self.share = max(now - busy - (own_seconds() - own), 0.0) / max(spent, 1e-9)


def busy_seconds() -> float | None:
    """Seconds that the processors have worked, for whomever, or were taken away by a host."""
    if not STAT.exists():
        return None
    fields = [int(field) for field in STAT.read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]  # the second of them waiting for a disk
    return (sum(fields) - idle) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    """Seconds that this process and those it has waited for have worked."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def verdict(share: float | None) -> str:
    """One sentence on how far the numbers can be trusted."""
    if share is None:
        return "Whether other programs were running meanwhile, this system does not tell."
    if share > BUSY:
        return (
            f"Other programs used {share:.0%} of the processors meanwhile: these are ratios of a "
            "busy machine, which may flatter either side; stop them and measure again."
        )
    return f"Other programs used {share:.0%} of the processors meanwhile: a quiet machine."
