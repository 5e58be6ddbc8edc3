"""The jail: a warm process that forks one confined job for each submission.

Two tiers. "bubblewrap" gives each job its own view of the machine: a read-only system, an empty
home, no network, no other process, and a size-limited folder. "rlimits" is what is left where
bubblewrap is missing: the same process and limits, but a student's code runs with the files and,
unless it is root who grades, the rights of the person at the keyboard.

    with find_jail(release_tree("assignment1")) as jail:
        job = jail.open({"cs231n/classifiers/softmax.py": b"..."})
        reply = job.exchange(request, seconds=10)
        job.close()

What passes to and from a job is described in cs231n/checks/protocol.py, what it gives up before in
worker/confine.py, and what this is good against in docs/security.md.
"""

import ast
import contextlib
import json
import os
import py_compile
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from cs231n.checks.failures import StudentDied, StudentError, StudentMemory, StudentTimeout
from cs231n.checks.protocol import decode, encode
from grading.jail import mounts
from grading.jail.jobs import Job
from grading.release.ships import kit_extensions

WORKER = Path(__file__).with_name("worker")
CHECKS = Path(__file__).parents[2] / "cs231n" / "checks"
TIERS = ("bubblewrap", "rlimits")  # from the stronger to the weaker
START_SECONDS = 60.0  # for the zygote's imports, on a machine that is busy
OPEN_SECONDS = 30.0  # for a job to fork and lay out its files
FIRST_OWNER = 1_000_000_000  # user ids of jobs, above all that people and containers are given

WEAKER = (
    "a student's code can read what its user can: the solution, other submissions, the gradebook",
    "it shares the machine's processes and the folder for temporary files, without a limit on disk",
)
SAME_USER = "jobs run as the user who grades: they could change files and stop the grader"


class JailError(RuntimeError):
    """The jail itself does not work; no student is to blame."""


@dataclass(frozen=True)
class Limits:
    """What one job may use. Memory and time beyond it end the job, never the batch."""

    address_space: int = 2 << 30  # bytes, each process
    memory: int = 2 << 30  # bytes, all processes of a job together
    cpu_seconds: int = 300
    file_bytes: int = 64 << 20
    disk: int = 128 << 20
    open_files: int = 64
    processes: int = 32  # threads count
    reply_bytes: int = 64 << 20


class Jail:
    """A running zygote, and what it takes to start it again.

    Parameters
    ----------
    base : dict of str to bytes
        The released tree, onto which a submission's modules are laid.
    tier : "bubblewrap" or "rlimits"
    limits : Limits
    filtered : bool
        Whether jobs filter their system calls; tests of the other layers turn it off.
    folder : str, optional
        Where the jail's own folder is made; by default among the temporary files.

    Attributes
    ----------
    notes : list of str
        What is weaker here than it could be.
    """

    def __init__(
        self,
        base: Mapping[str, bytes],
        tier: str = "bubblewrap",
        limits: Limits | None = None,
        filtered: bool = True,
        folder: str | None = None,
    ):
        self.tier, self.limits, self.filtered = tier, limits or Limits(), filtered
        self.notes: list[str] = []
        self.base = base
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="grading-", dir=folder))
        self._folder.chmod(0o755)
        self._lay_out(base)
        self._errors = open(self._folder / "errors.txt", "w+b")  # noqa: SIM115

    def __enter__(self) -> "Jail":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def start(self) -> None:
        """Start the zygote and wait until it is warm; JailError says why it is not."""
        self._stop()
        self._control, theirs = socket.socketpair()
        with theirs:
            try:
                command, environment = self._command(theirs.fileno())
                self._process = subprocess.Popen(
                    command,
                    env=environment,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._errors,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except (OSError, mounts.Unusable) as error:
                raise JailError(f"the jail does not start: {error}") from None
        self._control.settimeout(START_SECONDS)
        if self._receive(self._control) != b"R":
            raise JailError(f"the jail does not start: {self._last_words()}")

    def open(self, files: Mapping[str, bytes]) -> Job:
        """Fork a job that holds these files on top of the base, ready to answer.

        Raises
        ------
        JailError
            If that does not work even with a new zygote.
        """
        for attempt in range(2):
            try:
                if self._process is None or self._process.poll() is not None or attempt:
                    self.start()
                return self._open(files)
            except (OSError, JailError) as error:
                problem = error
        raise JailError(f"no job can be started: {problem}")

    def close(self) -> None:
        """End the zygote and everything below it."""
        self._stop()
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self, files: Mapping[str, bytes]) -> Job:
        channel, inner_channel = socket.socketpair()
        lease, inner_lease = socket.socketpair()
        with inner_channel, inner_lease:
            descriptors = [inner_channel.fileno(), inner_lease.fileno()]
            socket.send_fds(self._control, [b"J"], descriptors)
        job = Job(channel, lease, self.limits.reply_bytes)
        arrays = {name: np.frombuffer(data, np.uint8) for name, data in files.items()}
        try:
            answer = decode(job.exchange(encode(arrays), OPEN_SECONDS))
        except (StudentDied, StudentTimeout, StudentError, StudentMemory) as error:
            raise JailError(f"{error} {self._last_words()}") from None
        if answer.get("ready") is not True:
            job.close()
            raise JailError(f"a job is not ready: {answer.get('error')}")
        return job

    def _lay_out(self, base: Mapping[str, bytes]) -> None:
        """Write the worker and the released tree where the zygote will find them."""
        worker = self._folder / "worker"
        shutil.copytree(WORKER, worker, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("protocol.py", "dispatch.py"):
            shutil.copyfile(CHECKS / name, worker / name)
        # the kit's own kernels come as they are compiled here; jobs see them, and cannot write them
        kernels = kit_extensions(base)
        for name, content in {**base, **kernels}.items():
            path = self._folder / "base" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if path.suffix == ".py":
                # Compiled once for all jobs; trusted without a look at the time of the source.
                mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
                py_compile.compile(str(path), doraise=True, invalidation_mode=mode)
        self._libraries = _libraries(base)
        (self._folder / "base").mkdir(exist_ok=True)
        (self._folder / "jobs").mkdir()
        (self._folder / "jobs").chmod(0o711)

    def _command(self, control: int) -> tuple[list[str], dict[str, str]]:
        """The zygote's command line and whole environment."""
        owner = FIRST_OWNER + os.getpid() if mounts.maps_user(FIRST_OWNER + os.getpid()) else None
        plan = mounts.bubblewrap if self.tier == "bubblewrap" else mounts.bare
        place = plan(self._folder, owner)
        config = {
            "control": control,
            "namespaces": self.tier == "bubblewrap",
            "owner": place.owner,
            "work": place.work,
            "base": place.base,
            "site": place.site,
            "preload": self._libraries,
            "limits": asdict(self.limits),
            "filter": self.filtered,
        }
        if self.tier == "rlimits":
            self.notes = [*WEAKER, *([] if place.owner else [SAME_USER])]
        python = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
        # As isolated as -I, which would ignore the fixed hash seed: the environment is all ours.
        run = [python, "-s", "-P", "-S", place.worker, json.dumps(config)]
        return [*place.prefix, *run], mounts.ENVIRONMENT

    def _receive(self, control: socket.socket) -> bytes:
        with contextlib.suppress(OSError):
            return control.recv(1)
        return b""

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read()[-4000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _stop(self) -> None:
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None


def _libraries(base: Mapping[str, bytes]) -> list[str]:
    """What the released modules import at their top, from outside: loaded once for all jobs."""
    names = set()
    for path, content in base.items():
        for node in ast.parse(content).body if path.endswith(".py") else ():
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module)
    return sorted(name for name in names if name.partition(".")[0] not in ("cs231n", "setuptools"))


def find_jail(
    base: Mapping[str, bytes],
    prefer: str | None = None,
    limits: Limits | None = None,
    folder: str | None = None,
    warn: Callable[[str], None] = lambda text: None,
) -> Jail:
    """The strongest jail that works here, started and tried with an empty submission.

    Parameters
    ----------
    base : dict of str to bytes
        The released tree.
    prefer : str, optional
        Take this tier and no other.
    limits : Limits, optional
    folder : str, optional
        Where the jail's own folder is made; by default among the temporary files.
    warn : callable
        Is told why a stronger tier does not work.

    Raises
    ------
    ValueError
        If there is no tier of that name.
    JailError
        If none works.
    """
    if prefer is not None and prefer not in TIERS:
        raise ValueError(f"there is no jail named {prefer!r}; there are: {', '.join(TIERS)}")
    reasons = []
    for tier in [prefer] if prefer else TIERS:
        jail = Jail(base, tier, limits, folder=folder)
        try:
            jail.open({}).close()
        except JailError as error:
            jail.close()
            reasons.append(f"{tier}: {error}")
            warn(reasons[-1])
        else:
            jail.notes += reasons
            return jail
    raise JailError("; ".join(reasons))
