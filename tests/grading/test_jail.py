"""The jail by itself: what a job may see and use, how it is lost, and what is left afterwards."""

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from cs231n.checks.failures import StudentDied, StudentError, StudentMemory, StudentTimeout
from cs231n.checks.protocol import MAX_BODY, PREFIX, encode
from cs231n.checks.student import Student
from grading import mounts
from grading.jail import Jail, JailError, Limits, find_jail

ROOT = Path(__file__).resolve().parents[2]
BASE = {"cs231n/__init__.py": b"", "cs231n/layers.py": b"def twice(x):\n    raise KeyError\n"}
PROBE = b"""
def run(code):
    names = {}
    exec(code, names)
    return names["result"]

def twice(x):
    return 2 * x
"""
FRESH = bytes(PREFIX.size)
TIERS = [pytest.param("bubblewrap", marks=pytest.mark.jail), "rlimits"]
LIMITS = Limits(memory=400 << 20, disk=8 << 20, file_bytes=4 << 20, reply_bytes=1 << 20)
JAILED_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives jobs their own user")


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


class Session:
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


def run(jail, code, seconds=10.0):
    """What a job of its own says to some code that sets `result`."""
    with Session(jail, seconds) as session:
        return session.run(code)


def idle(jail):
    """The processes of a jail that has no job; supervisors may take a moment to be gone."""
    jail.open({}).close()
    until = time.monotonic() + 2
    most = 2 if jail.tier == "bubblewrap" else 0  # bwrap's first process, and the zygote
    while len(found := descendants(jail._process)) > most and time.monotonic() < until:
        time.sleep(0.02)
    return found


def descendants(process):
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


# What a job can do


def test_a_job_answers_calls_from_the_files_it_was_given(jail):
    with Session(jail) as session:
        np.testing.assert_array_equal(session.student.probe.twice(np.arange(3)), [0, 2, 4])


def test_a_job_sees_the_released_file_where_none_was_given(jail):
    with Session(jail) as session, pytest.raises(StudentError, match="KeyError"):
        session.student.layers.twice(1)


def test_a_job_sees_its_own_file_in_place_of_the_released_one(jail):
    with Session(jail, **{"cs231n/layers.py": PROBE}) as session:
        assert session.student.layers.twice(21) == 42


def test_a_job_loads_weights_that_were_handed_in(jail, tmp_path):
    np.savez(tmp_path / "net.npz", W=np.eye(2))
    with Session(jail, **{"hand_in/net.npz": (tmp_path / "net.npz").read_bytes()}) as session:
        np.testing.assert_array_equal(session.student.load("net.npz")["W"], np.eye(2))


def test_an_error_names_the_line_in_the_students_file(jail):
    with Session(jail) as session, pytest.raises(StudentError) as caught:
        session.student.layers.twice(1)
    assert (caught.value.file, caught.value.line) == ("cs231n/layers.py", 2)


def test_the_environment_tells_nothing(jail):
    result = run(jail, "import os; result = dict(os.environ)")
    assert result.keys() - {"PWD", "LC_CTYPE"} == mounts.ENVIRONMENT.keys()


def test_the_standard_streams_lead_nowhere(jail):
    assert run(jail, "import os, sys; print('x' * 10**6); result = os.fstat(1).st_rdev") == (
        os.stat(os.devnull).st_rdev
    )


def test_no_descriptor_is_open_but_the_jobs_own(jail):
    code = """
    import os
    result = []
    for number in range(64):
        try:
            os.fstat(number)
            result.append(number)
        except OSError:
            pass
    """
    assert len(run(jail, code)) == 4


def test_random_numbers_and_the_order_of_sets_are_the_same_in_every_job(jail):
    code = """
    import random
    import numpy as np
    result = [float(np.random.rand()), random.random(), list({"a", "b", "c", "d"})]
    """
    with Session(jail) as session:
        session.begin = FRESH
        first = session.run(code)
        assert session.run(code) != first
        session.begin = FRESH
        assert session.run(code) == first
    with Jail(BASE, jail.tier) as other, Session(other) as session:
        assert session.run(code) == first


def test_student_files_shadow_no_library(jail):
    files = {"json.py": b"broken = True\n", "colorsys.py": b"broken = True\n"}
    with Session(jail, **files) as session:
        code = "import colorsys as c, json; result = [hasattr(m, 'broken') for m in (c, json)]"
        assert session.run(code) == [False, False]


@pytest.mark.parametrize("name", ["../x.py", "/x.py", "cs231n/__pycache__/layers.pyc"])
def test_a_path_that_leads_elsewhere_is_refused(jail, name):
    with pytest.raises(JailError, match="no path below"):
        jail.open({name: b""})


# What a job cannot see


@pytest.mark.jail
def test_only_two_folders_can_be_written_to_and_they_are_new_for_each_job(bubble):
    code = """
    import os
    result = []
    for folder, _, _ in os.walk("/"):
        try:
            with open(f"{folder}/mark-of-a-job", "x") as file:
                file.write("here")
            result.append(folder)
        except OSError:
            pass
    result = [folder for folder in result if not folder.startswith("/work/")]
    """
    assert run(bubble, code) == ["/tmp", "/work"]
    assert run(bubble, code) == ["/tmp", "/work"]


@pytest.mark.jail
def test_neither_solution_nor_submissions_nor_the_system_s_secrets_are_there(bubble, tmp_path):
    (tmp_path / "gradebook.db").write_text("points")
    code = f"""
    import os
    places = [{str(ROOT)!r}, {str(tmp_path)!r}, {os.path.expanduser("~/.ssh")!r}, "/etc/passwd"]
    names = [name for _, folders, files in os.walk("/") for name in (*folders, *files)]
    result = [name for name in names if name in ("grading", "oracles", "gradebook.db", "passwd")]
    result += [place for place in places if os.path.exists(place)]
    """
    # Debian's bash-completion has a file for passwd; it says nothing.
    found = [name for name in run(bubble, code) if name != "passwd"]
    assert found == []


@pytest.mark.jail
def test_an_installed_kit_is_covered(monkeypatch, tmp_path):
    package = tmp_path / "site" / "grading"
    package.mkdir(parents=True)
    (package / "oracles.py").write_text("answer = 42")
    needed = [*mounts.packages(), tmp_path / "site"]
    monkeypatch.setattr(mounts, "PACKAGE", package)
    monkeypatch.setattr(mounts, "packages", lambda: needed)
    with Jail(BASE, "bubblewrap") as jail:
        assert run(jail, "import os; result = os.listdir('/jail/site/site')") == ["grading"]
        assert run(jail, "import os; result = os.listdir('/jail/site/site/grading')") == []


@pytest.mark.jail
def test_no_process_but_its_own_is_in_sight(bubble):
    assert run(bubble, "import os; result = os.getpid(), os.getppid(), os.listdir('/proc')") == (
        1,
        0,
        [],
    )


@pytest.mark.jail
@JAILED_ROOT
def test_a_job_of_root_is_nobody_with_no_capability(bubble):
    code = """
    import ctypes, os
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    ctypes.CDLL(None).capget(header, data)
    result = os.getuid(), os.getgid(), os.getgroups(), list(data)
    """
    uid, gid, groups, capabilities = run(bubble, code)
    assert uid == gid >= 1_000_000_000
    assert groups == []
    assert capabilities == [0] * 6


def test_there_is_no_network(jail):
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"""
        import socket
        try:
            socket.create_connection({server.getsockname()!r}, timeout=1)
            result = "connected"
        except OSError as error:
            result = type(error).__name__
        """
        assert run(jail, code) == "PermissionError"


@pytest.mark.jail
def test_there_is_no_network_without_the_filter_either(unfiltered):
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"""
        import socket
        try:
            socket.create_connection({server.getsockname()!r}, timeout=1)
            result = "connected"
        except OSError as error:
            result = type(error).__name__
        """
        assert run(unfiltered, code) in ("OSError", "ConnectionRefusedError")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "unshare"), reason="not Linux")
@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",  # a user namespace, in which one has every capability
        "libc.ptrace(0, 0, 0, 0)",
        "libc.mount(b'x', b'/tmp', b'tmpfs', 0, None)",
        "libc.kill(1, 0)",
        "libc.memfd_create(b'x', 0)",
        "libc.shmget(0, 4096, 0o1000)",
        "libc.socket(40, 1, 0)",  # vsock, which network namespaces do not confine
        "libc.prlimit(1, 7, None, None)",
        "libc.personality(0xffffffff)",
    ],
)
def test_system_calls_that_no_exercise_needs_are_denied(jail, call):
    code = f"""
    import ctypes, errno
    libc = ctypes.CDLL(None, use_errno=True)
    result = {call}, errno.errorcode.get(ctypes.get_errno())
    """
    assert run(jail, code) == (-1, "EPERM")


def test_ordinary_threads_and_processes_still_work(jail):
    code = """
    import subprocess, sys, threading
    seen = []
    thread = threading.Thread(target=seen.append, args=(1,))
    thread.start()
    thread.join()
    run = subprocess.run([sys.executable, "-S", "-c", "print(7)"], capture_output=True)
    result = seen, run.stdout.decode()
    """
    assert run(jail, code) == ([1], "7\n")


# What a job may use


def test_memory_of_one_process_is_limited(jail):
    with Session(jail) as session, pytest.raises(StudentError, match="MemoryError"):
        session.run("result = bytearray(4 << 30)")


@pytest.mark.jail
def test_memory_of_all_processes_together_is_limited(bubble):
    code = """
    import os, time
    for _ in range(4):
        if os.fork() == 0:
            hog = b"x" * (150 << 20)
            time.sleep(20)
            os._exit(0)
    time.sleep(20)
    """
    with Session(bubble, 15) as session, pytest.raises(StudentMemory, match="More memory"):
        session.run(code)


def test_the_size_of_a_file_is_limited(jail):
    code = """
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open("hand_in/big", "wb", buffering=0) as file:
        for _ in range(9):
            file.write(bytes(1 << 20))
    result = None
    """
    with Session(jail) as session, pytest.raises(StudentError, match="File too large"):
        session.run(code)


@pytest.mark.jail
@pytest.mark.parametrize("folder", ["/work", "/tmp"])
def test_the_disk_is_limited(bubble, folder):
    code = f"""
    for number in range(9):
        with open(f"{folder}/part{{number}}", "wb") as file:
            file.write(bytes(2 << 20))
    """
    with Session(bubble) as session, pytest.raises(StudentError, match="No space left"):
        session.run(code)


@pytest.mark.jail
def test_the_number_of_files_is_limited(bubble):
    code = "for number in range(9999): open(f'/tmp/{number}', 'x').close()"
    with Session(bubble) as session, pytest.raises(StudentError, match="No space left"):
        session.run(code)


@pytest.mark.jail
def test_the_number_of_processes_is_limited():
    code = """
    import os, time
    result = 0
    try:
        while True:
            if os.fork() == 0:
                time.sleep(30)
            result += 1
    except BlockingIOError:
        pass
    """
    with Jail(BASE, "bubblewrap", Limits(processes=16)) as jail:
        assert 0 < run(jail, code) < 16


def test_the_number_of_open_files_is_limited(jail):
    with Session(jail) as session, pytest.raises(StudentError, match="Too many open files"):
        session.run("import os; result = [os.dup(1) for _ in range(99)]")


def test_processor_time_is_limited():
    with (
        Jail(BASE, "rlimits", Limits(cpu_seconds=1)) as jail,
        Session(jail, 20) as session,
        pytest.raises(StudentDied, match="signal"),
    ):
        session.run("while True: pass")


# How a job is lost


LOOPS = {
    "in Python": "while True: pass",
    "in C": "from collections import deque; from itertools import repeat; deque(repeat(1), 0)",
    "deaf": """
        import signal
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            try:
                while True: pass
            except BaseException:
                pass
        """,
    "asleep": "import time; time.sleep(99)",
}


@pytest.mark.parametrize("code", LOOPS.values(), ids=LOOPS)
def test_a_call_without_end_is_ended(jail, code):
    start = time.monotonic()
    with Session(jail, 0.5) as session, pytest.raises(StudentTimeout, match=r"within 0\.5 s"):
        session.run(code)
    assert time.monotonic() - start < 10
    assert not session.job.alive


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(3)", "exit 3"),
        ("import ctypes; ctypes.string_at(8)", "signal 11"),
    ],
)
def test_a_process_that_ends_says_how(jail, code, words):
    with Session(jail) as session, pytest.raises(StudentDied, match=words):
        session.run(code)


def test_ending_the_interpreter_politely_is_an_error_like_others(jail):
    with Session(jail) as session, pytest.raises(StudentError, match="SystemExit"):
        session.run("import sys; sys.exit(0)")


FIND = """
import os, stat
for fd in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            break
    except OSError:
        pass
"""


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("b'GET / HTTP/1.1 200 OK' * 9", "over the cap"),
        (f"({MAX_BODY}).to_bytes(12, 'big')", "over the cap of 1048576"),
    ],
)
def test_bytes_that_are_no_reply_end_the_job(jail, payload, words):
    with Session(jail) as session, pytest.raises(StudentError, match=words):
        session.run(f"{FIND}\nos.write(fd, {payload})\nresult = 1")
    assert words.split()[0] in session.job.broke_protocol


def test_bytes_that_nobody_asked_for_end_the_job(jail):
    code = f"""{FIND}
import threading
threading.Timer(0.2, os.write, (fd, bytes(12))).start()
result = 1
"""
    with Session(jail) as session:
        assert session.student.probe.run(code) == 1
        time.sleep(0.5)
        with pytest.raises(StudentError, match="before a question"):
            session.run("result = 2")


def test_a_reply_in_drops_is_cut_off(jail):
    code = f"""{FIND}
import time
os.write(fd, (100).to_bytes(4, "big") + bytes(8))
while True:
    time.sleep(0.1)
    os.write(fd, b" ")
"""
    with Session(jail, 0.7) as session, pytest.raises(StudentTimeout, match=r"within 0\.7 s"):
        session.student.probe.run(code)


def test_closing_the_socket_is_the_end(jail):
    with Session(jail) as session, pytest.raises(StudentDied, match="in the middle"):
        session.student.probe.run(f"{FIND}\nos.close(fd)\nimport time\ntime.sleep(99)")


def test_a_job_that_reads_no_more_cannot_hold_the_grader(jail):
    reply = encode({"value": 1, "changed": []})
    with Session(jail, 1.0) as session:
        code = f"{FIND}\nimport time\nos.write(fd, {reply!r})\ntime.sleep(99)"
        assert session.student.probe.run(code) == 1
        with pytest.raises(StudentTimeout, match="within 1 s"):
            session.student.probe.twice(np.zeros(4 << 20))


# What is left


SURVIVORS = {
    "a daemon": """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(99)
            os._exit(0)
        result = 1
        """,
    "a thread": """
        import threading, time
        threading.Thread(target=time.sleep, args=(99,)).start()
        result = 1
        """,
    "many children": """
        import os, time
        for _ in range(9):
            if os.fork() == 0:
                time.sleep(99)
        result = 1
        """,
}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to look")
@pytest.mark.parametrize("code", SURVIVORS.values(), ids=SURVIVORS)
def test_nothing_outlives_its_job(jail, code):
    before = idle(jail)
    run(jail, code)
    assert idle(jail) == before


@pytest.mark.jail
def test_a_fork_bomb_is_ended_whole(bubble):
    before = idle(bubble)
    with Session(bubble, 1.0) as session, pytest.raises((StudentTimeout, StudentMemory)):
        session.run(
            """
            import os
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
            """
        )
    assert idle(bubble) == before


@pytest.mark.jail
@pytest.mark.parametrize(
    "code", ["os.kill(os.getppid(), 9)", "os.kill(-1, 9)", "os.kill(0, 9)", "os.killpg(0, 9)"]
)
def test_signals_reach_nobody_outside_even_without_the_filter(unfiltered, code):
    before = idle(unfiltered)
    with Session(unfiltered) as session, contextlib.suppress(StudentDied, StudentError):
        session.run(f"import os\n{code}\nresult = 1")
    assert idle(unfiltered) == before
    assert run(unfiltered, "result = 1") == 1


@pytest.mark.parametrize("code", ["os.getppid()", "-1", "0", "os.getpid()"])
def test_signals_are_denied(jail, code):
    with Session(jail) as session, pytest.raises(StudentError, match="PermissionError"):
        session.run(f"import os\nos.kill({code}, 9)")


def test_a_dead_zygote_is_replaced(jail):
    jail.open({}).close()
    first = jail._process
    first.kill()
    first.wait()
    assert run(jail, "result = 1") == 1
    assert jail._process.pid != first.pid


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to look")
def test_a_job_dies_with_the_grader(tmp_path):
    script = tmp_path / "grader.py"
    script.write_text(
        "import os\n"
        "from grading.jail import find_jail\n"
        "jail = find_jail({'cs231n/__init__.py': b''})\n"
        "job = jail.open({})\n"
        "print(jail._folder, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    run = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    folder = run.stdout.strip()
    until = time.monotonic() + 5
    while _mentions(folder) and time.monotonic() < until:
        time.sleep(0.05)
    assert folder
    assert _mentions(folder) == []
    shutil.rmtree(folder)


def _mentions(word):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            pass
    return found


def test_closing_the_jail_leaves_no_folder():
    jail = Jail(BASE, "rlimits")
    jail.open({}).close()
    folder = jail._folder
    jail.close()
    assert not folder.exists()


# Which jail


@pytest.mark.jail
def test_find_jail_prefers_bubblewrap():
    with find_jail(BASE) as jail:
        assert (jail.tier, jail.notes) == ("bubblewrap", [])


def test_find_jail_falls_back_and_says_what_is_weaker(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    heard = []
    with find_jail(BASE, warn=heard.append) as jail:
        assert jail.tier == "rlimits"
        assert "the solution, other submissions" in jail.notes[0]
    assert "bubblewrap is not installed" in heard[0]


def test_find_jail_takes_no_other_than_asked_for(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(JailError, match="bubblewrap is not installed"):
        find_jail(BASE, "bubblewrap")


def test_find_jail_knows_no_other_names():
    with pytest.raises(ValueError, match="no jail named 'docker'; there are: bubblewrap, rlimits"):
        find_jail(BASE, "docker")


@pytest.mark.jail
@JAILED_ROOT
def test_a_python_that_jobs_cannot_read_is_named(monkeypatch, tmp_path):
    (tmp_path / "python").mkdir(mode=0o700)
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "python"))
    with pytest.raises(JailError, match=r"keeps other users out.*chmod o\+rx"):
        find_jail(BASE, "bubblewrap")


def test_a_worker_that_does_not_start_says_why(monkeypatch):
    monkeypatch.setattr(sys, "_base_executable", "/bin/false")
    with Jail(BASE, "rlimits") as jail, pytest.raises(JailError, match="does not start"):
        jail.start()


@pytest.mark.jail
@JAILED_ROOT
@pytest.mark.parametrize("tier", ["bubblewrap", "rlimits"])
def test_an_ordinary_user_can_grade(tier, tmp_path):
    python = "/usr/bin/python3"
    site = Path(np.__file__).parents[1]
    env = {"PYTHONPATH": f"{ROOT}:{site}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    try:
        subprocess.run([*user, python, "-c", "import grading.jail"], env=env, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no Python here that an ordinary user can run with these packages")
    code = f"""
from grading.jail import Jail
from cs231n.checks.student import Student
with Jail({BASE!r}, {tier!r}) as jail:
    job = jail.open({{"cs231n/probe.py": {PROBE!r}}})
    class Session:
        def exchange(self, data):
            return job.exchange(data, 10)
    print(Student(Session()).probe.run('''
import ctypes, os
libc = ctypes.CDLL(None)
result = [os.getuid(), os.path.exists({str(ROOT)!r}), libc.unshare(0x10000000)]
'''))
    print(job.close(), jail.notes[-1:])
"""
    run = subprocess.run(
        [*user, python, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    sees = tier == "rlimits"
    note = "['jobs run as the user who grades: they could change files and stop the grader']"
    assert run.stdout == f"[65534, {sees}, -1]\nended {note if sees else '[]'}\n"
