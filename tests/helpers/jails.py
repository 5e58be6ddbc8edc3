"""What the tests of the jail share: small jails, and jobs that run code given as text."""

import textwrap
import time
from pathlib import Path

import pytest
from handing_in import ROWS, write_folder, zip_bytes

from cs231n.checks.student import Student
from grading.intake.collect import collect
from grading.jail.jail import Jail, Limits

BASE = {"cs231n/__init__.py": b"", "cs231n/layers.py": b"def twice(x):\n    raise KeyError\n"}
PROBE = b"""
def run(code):
    names = {}
    exec(code, names)
    return names["result"]

def twice(x):
    return 2 * x
"""
LIMITS = Limits(memory=400 << 20, disk=8 << 20, file_bytes=4 << 20, reply_bytes=1 << 20)
TIERS = [pytest.param("bubblewrap", marks=pytest.mark.jail), "rlimits"]


@pytest.fixture(scope="module", params=TIERS)
def jail(request):
    with Jail(BASE, request.param, LIMITS) as jail:
        yield jail


@pytest.fixture(scope="module")
def bubble():
    with Jail(BASE, "bubblewrap", LIMITS) as jail:
        yield jail


@pytest.fixture(scope="module")
def unfiltered():
    with Jail(BASE, "bubblewrap", LIMITS, filtered=False) as jail:
        yield jail


class _Session:
    """A fresh job that runs code given as text."""

    def __init__(self, jail, seconds=10.0, **files):
        self.job = jail.open({"cs231n/probe.py": PROBE, **files})
        self.seconds, self.begin = seconds, b""
        self.student = Student(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.job.close()

    def exchange(self, data):
        begin, self.begin = self.begin, b""
        return self.job.exchange(begin + data, self.seconds)

    def run(self, code):
        return self.student.probe.run(textwrap.dedent(code))


def _run(jail, code, seconds=10.0):
    """What a job of its own says to some code that sets `result`."""
    with _Session(jail, seconds) as session:
        return session.run(code)


def _idle(jail):
    """The processes of a jail that has no job; supervisors may take a moment to be gone."""
    jail.open({}).close()
    until = time.monotonic() + 2
    most = 2 if jail.tier == "bubblewrap" else 0  # bwrap's first process, and the zygote
    while len(found := _descendants(jail._process)) > most and time.monotonic() < until:
        time.sleep(0.02)
    return found


def _descendants(process):
    """The ids of all processes below one, from /proc."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [process.pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return sorted(found)


@pytest.fixture
def base():
    """The released tree of these jails."""
    return dict(BASE)


@pytest.fixture
def probe():
    """A module that runs code given as text."""
    return PROBE


@pytest.fixture
def Session():
    """A class: a fresh job that runs code given as text."""
    return _Session


@pytest.fixture
def run():
    """A function: what a job of its own says to some code that sets `result`."""
    return _run


@pytest.fixture
def idle():
    """A function: the processes of a jail that has no job."""
    return _idle


@pytest.fixture
def hand_in(tmp_path):
    """Put one submission there, as a zip or a folder, and collect it."""

    def run(files, form="zip", student="ada"):
        if isinstance(files, bytes):
            (tmp_path / f"{student}.zip").write_bytes(files)
        elif form == "zip":
            (tmp_path / f"{student}.zip").write_bytes(zip_bytes(files))
        else:
            write_folder(tmp_path / student, files)
        (submission,) = collect(tmp_path, "a1", ROWS)
        return submission

    return run
