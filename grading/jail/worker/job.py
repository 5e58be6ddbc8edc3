"""One job: a supervisor outside of the job's namespaces, and the student's process inside.

The supervisor holds the lease, one end of a socket. When the other end is closed, by will or by
death, the job dies; when the job ends, the supervisor says how on the lease, and ends too.
"""

import contextlib
import errno
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from importlib import machinery, util
from pathlib import Path, PurePosixPath

import confine
import numpy as np
from dispatch import Dispatcher
from protocol import PREFIX, decode, encode, sizes

FRESH = bytes(PREFIX.size)  # an empty message: forget objects, begin the random numbers anew
RANDOM_SEED = 231
LOOK_EVERY = 0.1  # seconds between two looks at the job's memory
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")  # a second, in the units of /proc


def run(job, lease, config):
    """Supervise one job from its fork to its last process; never returns."""
    report = b"exit 0"
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        confine.keep_only(job, lease)
        confine.die_with_parent()
        confine.adopt_orphans()
        if config["namespaces"]:
            confine.new_namespaces()
        else:
            config = dict(config, work=_own_folder(config))
        before = _processes()
        child = os.fork()
        if child == 0:
            os.close(lease)
            _student(job, config)
        os.close(job)
        report = _watch(child, lease, config, before)
    except BaseException as error:
        report = f"setup {type(error).__name__}: {error}".encode()[:500]
    finally:
        if not config["namespaces"]:
            shutil.rmtree(config["work"], ignore_errors=True)
        with contextlib.suppress(OSError):
            os.write(lease, report)
        os._exit(0)


def _own_folder(config):
    """A folder for this job alone, where there is no namespace to hide the others in."""
    folder = tempfile.mkdtemp(dir=config["work"])
    if config["owner"] is not None:
        os.chown(folder, config["owner"], config["owner"])
    return folder


def _watch(child, lease, config, before):
    """Wait for the job's end, or bring it about; returns the report."""
    waiter = select.poll()
    waiter.register(lease, select.POLLIN)
    pidfd = os.pidfd_open(child) if hasattr(os, "pidfd_open") else None
    if pidfd is not None:
        waiter.register(pidfd, select.POLLIN)
    report, pause = b"", LOOK_EVERY if pidfd is not None else LOOK_EVERY / 5
    while not report:
        ready = {descriptor for descriptor, _ in waiter.poll(1000 * pause)}
        if lease in ready and os.read(lease, 1):
            os.write(lease, b"cpu " + _times(child))
        elif lease in ready:
            report = b"ended"
        elif config["namespaces"] and _memory(before) > config["limits"]["memory"]:
            report = b"memory"
        elif pidfd in ready or pidfd is None:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                child, report = None, _ending(status)
    _kill_all(child)
    return report


def _ending(status):
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}".encode() if code < 0 else f"exit {code}".encode()


def _kill_all(child):
    """Kill the job's first process, with which its namespace dies, and all that was orphaned."""
    if child is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        for orphan in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGKILL)
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.001)
        except ChildProcessError:
            return


def _children(pid=None):
    """Those of a process, whichever of its threads started them; by default of this one."""
    found = []
    with contextlib.suppress(OSError):  # no /proc here, as on macOS
        for thread in os.listdir(f"/proc/{pid or 'self'}/task"):
            with open(f"/proc/{pid or 'self'}/task/{thread}/children") as file:
                found += [int(word) for word in file.read().split()]
    return found


def _processes():
    try:
        return {name for name in os.listdir("/proc") if name.isdigit()} | {str(os.getpid())}
    except OSError:
        return set()


def _memory(before):
    """Bytes that the processes hold that were not there before, as far as they are their own."""
    total = 0
    for name in _processes() - before:
        with contextlib.suppress(OSError, ValueError), open(f"/proc/{name}/statm") as file:
            _, resident, shared = file.read().split()[:3]
            total += (int(resident) - int(shared)) * PAGE
    return total


def _times(child):
    """Processor seconds of all processes below this one, and those that the first waited for one.

    As digits; empty where there is no /proc.
    """
    ticks, waiting = 0, _children()
    while waiting:
        name = waiting.pop()
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{name}/stat") as file:
                numbers = file.read().rpartition(")")[2].split()
            ticks += sum(int(number) for number in numbers[11:15])  # its own, and the reaped ones'
            waiting += _children(name)
    with contextlib.suppress(OSError, ValueError, IndexError):
        with open(f"/proc/{child}/schedstat") as file:
            waited = int(file.read().split()[1])
        return b"%.2f %.6f" % (ticks / TICKS, waited / 1e9)
    return b""


def _student(job, config):
    """Give up everything, lay out the student's tree, answer requests; never returns."""
    try:
        os.setsid()
        channel = Channel(job)
        with _telling(channel):
            _confine(config)
            work = Path(config["work"])
            lay_out(work, Path(config["base"]), decode(channel.read()))
            _settle(work)
            channel.write(encode({"ready": True}))
        _serve(channel, work)
    finally:
        os._exit(0)


@contextlib.contextmanager
def _telling(channel):
    """Report an error of the set-up, which is nobody's fault but ours, instead of being silent."""
    try:
        yield
    except BaseException as error:
        channel.write(encode({"ready": False, "error": f"{type(error).__name__}: {error}"}))
        os._exit(0)


def _confine(config):
    owner, limits = config["owner"], dict(config["limits"], namespaces=config["namespaces"])
    if config["namespaces"]:
        confine.private_folders({config["work"]: limits["disk"], "/tmp": limits["disk"]}, owner)
    confine.limit(limits, owner)
    confine.drop_privileges(owner, config["filter"])


def lay_out(work, base, files):
    """Write the released tree and on top of it the student's files; only plain paths below work.

    Parameters
    ----------
    work, base : Path
    files : dict of str to ndarray of uint8
    """
    shutil.copytree(base, work, dirs_exist_ok=True, copy_function=_place)
    (work / "hand_in").mkdir(exist_ok=True)
    for name, content in files.items():
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "__pycache__" in parts:
            raise ValueError(f"{name!r} is no path below the student's folder")
        path = work.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()
        path.unlink(missing_ok=True)  # never through a link
        path.write_bytes(content.tobytes())


def _place(source, target):
    """Copy a file of the base; point at compiled ones, which are large, where nobody can write."""
    compiled = str(source).endswith(tuple(machinery.EXTENSION_SUFFIXES))
    if compiled and not os.access(source, os.W_OK):
        os.symlink(source, target)
    else:
        shutil.copyfile(source, target)


def _settle(work):
    """Let the student's package, and nothing else of that name, be the one that is imported."""
    os.chdir(work)
    sys.dont_write_bytecode = True
    # Last, so that no file of a student's shadows the standard library or NumPy.
    sys.path.append(str(work))
    found = util.find_spec("cs231n")
    if found is None or Path(found.origin).parent != work / "cs231n":
        raise ImportError(f"cs231n would be imported from {found and found.origin}, not from here")


def _serve(channel, work):
    """Answer requests one by one until the other side hangs up."""
    dispatcher = None
    while True:
        request = channel.read()
        if request == FRESH or dispatcher is None:
            np.random.seed(RANDOM_SEED)
            random.seed(RANDOM_SEED)
            dispatcher = Dispatcher("cs231n", hand_in=work / "hand_in")
        if request != FRESH:
            channel.write(dispatcher.answer(request))


class Channel:
    """Whole messages over one end of the job's socket."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self._waiting = bytearray()

    def read(self):
        """One message; ends the process where there is none."""
        self._fill(PREFIX.size)
        size = PREFIX.size + sum(sizes(bytes(self._waiting[: PREFIX.size])))
        self._fill(size)
        message = bytes(self._waiting[:size])
        del self._waiting[:size]
        return message

    def _fill(self, count):
        while len(self._waiting) < count:
            chunk = os.read(self.descriptor, max(1 << 16, min(count, 1 << 20)))
            if not chunk:
                os._exit(0)
            self._waiting += chunk

    def write(self, data):
        """Send all of it; a verifier that is gone ends the process."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self.descriptor, view) :]
        except OSError as error:
            os._exit(0 if error.errno == errno.EPIPE else 1)
