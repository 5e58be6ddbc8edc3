"""What of the machine a job can see: the bubblewrap command, and its poor relation without one."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

PACKAGE = Path(__file__).parents[1]
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
DEVICES = ("null", "zero", "full", "random", "urandom")
# What students' code may import: these and what they require.
DISTRIBUTIONS = ("numpy", "matplotlib", "pillow", "tqdm", "rich", "click", "requests")
BUILDERS = ("cython", "setuptools")  # what their kernels are compiled with, in the jail
CAPABILITIES = ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL")
# The whole environment of the jail; it tells a program nothing about where it runs.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",  # the order of a set is the same in every run
    "PYTHONUTF8": "1",
}


@dataclass(frozen=True)
class Place:
    """Where the zygote finds its things, and what to put before its command."""

    prefix: list[str]
    worker: str
    base: str
    work: str
    site: list[str]
    owner: int | None


class Unusable(RuntimeError):
    """The jail cannot be built here; the message says what to change."""


def bubblewrap(folder: Path, owner: int | None) -> Place:
    """A view with a read-only system and Python, no home, no network, no other process.

    Parameters
    ----------
    folder : Path
        Holds `worker` and `base`.
    owner : int or None
        The user id of jobs, where root grades; None shares the grader's own.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise Unusable("bubblewrap is not installed: apt-get install bubblewrap, or the like.")
    _require_readable(owner)
    options = ["--die-with-parent", "--new-session", "--unshare-pid", "--unshare-net"]
    options += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "localhost"]
    if owner is None:
        options += ["--unshare-user", "--disable-userns", "--cap-add", "CAP_SYS_ADMIN"]
    else:
        options += [word for name in CAPABILITIES for word in ("--cap-add", f"CAP_{name}")]
    bound: set[str] = set()
    for source in SYSTEM:
        if os.path.islink(source):
            options += ["--symlink", os.readlink(source), source]
        elif os.path.isdir(source):
            options += _bind(source, source, bound)
    options += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    if not _below(sys.base_prefix, "/usr"):
        options += _bind(sys.base_prefix, sys.base_prefix, bound)
    options += ["--perms", "0755", "--dir", "/dev"]  # compilers open /dev/null by its name
    for device in DEVICES:
        options += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    for path in packages():
        options += _bind(str(path), f"/jail/site/{path.name}", bound)
    for name in ("worker", "base"):
        options += _bind(str(folder / name), f"/jail/{name}", bound)
    # The zygote's own /tmp, for Matplotlib's cache; jobs get another one on top of it.
    options += ["--proc", "/proc", "--dir", "/work", "--size", str(16 << 20), "--tmpfs", "/tmp"]
    options += ["--remount-ro", "/", "--chdir", "/", "--"]
    return Place([program, *options], "/jail/worker", "/jail/base", "/work", ["/jail/site"], owner)


def bare(folder: Path, owner: int | None) -> Place:
    """No other view at all; jobs of root get a user of their own where that can read Python."""
    try:
        _require_readable(owner, parents=True)
    except Unusable:
        owner = None
    names = [str(folder / name) for name in ("worker", "base", "jobs")]
    return Place([], *names, [str(Path(np.__file__).parents[1])], owner)


def maps_user(number: int) -> bool:
    """True where this process is root and may become the user of that number."""
    if os.geteuid() != 0:
        return False
    try:
        ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    except OSError:  # not Linux: root is root
        return True
    return any(int(first) <= number < int(first) + int(count) for first, _, count in ranges)


def packages() -> list[Path]:
    """Folders and modules of the distributions that students' code may import."""
    seen, found, waiting = set(), {}, [*DISTRIBUTIONS, *BUILDERS]
    while waiting:
        name = re.match(r"[A-Za-z0-9._-]+", waiting.pop().strip()).group().lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # asked for on another system or Python
        waiting += [line for line in distribution.requires or [] if "extra ==" not in line]
        for file in distribution.files or []:
            top = file.parts[0]
            if top not in ("..", "/", "__pycache__", "bin") and not top.endswith((".pth", "-info")):
                found[top] = Path(distribution.locate_file(top)).resolve()
    return [path for _, path in sorted(found.items()) if path.exists()]


def _bind(source: str, target: str, bound: set[str]) -> list[str]:
    """Mount read-only; above it folders that others may enter; nothing of the kit below it."""
    options = []
    parents = list(map(str, reversed(Path(target).parents[:-1])))
    if not any(path in bound for path in parents):
        for path in parents:
            options += ["--perms", "0755", "--dir", path]
    options += ["--ro-bind", source, target]
    bound.add(target)
    for secret in _secrets():
        if _below(secret, source):
            options += ["--tmpfs", target + secret[len(source.rstrip("/")) :]]
    return options


def _secrets() -> list[str]:
    """The kit: its repository where this is one, else its two installed packages."""
    root = PACKAGE.parent
    if (root / "pyproject.toml").exists():
        return [str(root)]
    return [str(path) for path in (PACKAGE, root / "cs231n") if path.exists()]


def _below(path: str, folder: str) -> bool:
    return Path(path).is_relative_to(folder)


def _require_readable(owner: int | None, parents: bool = False) -> None:
    """Unusable where jobs could not read Python; `parents` where they use its real path."""
    for path in (Path(sys.base_prefix), Path(np.__file__).parent):
        chain = [path, *path.parents] if parents else [path]
        closed = [p for p in chain if p.stat().st_mode & 0o005 != 0o005] if owner else []
        if not os.access(path, os.R_OK | os.X_OK) or closed:
            where = closed[-1] if closed else path
            raise Unusable(
                f"{path} holds Python and {where} keeps other users out, so that jobs could not "
                f"read it: chmod o+rx {where}, or grade with a Python that lies elsewhere."
            )
