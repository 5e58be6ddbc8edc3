"""The jail by itself: what a job can do and see, and which jail there is."""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cs231n.checks.failures import StudentError
from cs231n.checks.protocol import PREFIX
from grading.jail import mounts
from grading.jail.jail import Jail, JailError, find_jail

ROOT = Path(__file__).resolve().parents[3]
FRESH = bytes(PREFIX.size)
JAILED_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives jobs their own user")


# What a job can do


def test_a_job_answers_calls_from_the_files_it_was_given(jail, Session):
    with Session(jail) as session:
        np.testing.assert_array_equal(session.student.probe.twice(np.arange(3)), [0, 2, 4])


def test_a_job_sees_the_released_file_where_none_was_given(jail, Session):
    with Session(jail) as session, pytest.raises(StudentError, match="KeyError"):
        session.student.layers.twice(1)


def test_a_job_sees_its_own_file_in_place_of_the_released_one(jail, Session, probe):
    with Session(jail, **{"cs231n/layers.py": probe}) as session:
        assert session.student.layers.twice(21) == 42


def test_a_job_loads_weights_that_were_handed_in(jail, tmp_path, Session):
    np.savez(tmp_path / "net.npz", W=np.eye(2))
    with Session(jail, **{"hand_in/net.npz": (tmp_path / "net.npz").read_bytes()}) as session:
        np.testing.assert_array_equal(session.student.load("net.npz")["W"], np.eye(2))


def test_an_error_names_the_line_in_the_students_file(jail, Session):
    with Session(jail) as session, pytest.raises(StudentError) as caught:
        session.student.layers.twice(1)
    assert (caught.value.file, caught.value.line) == ("cs231n/layers.py", 2)


def test_the_environment_tells_nothing(jail, run):
    result = run(jail, "import os; result = dict(os.environ)")
    assert result.keys() - {"PWD", "LC_CTYPE"} == mounts.ENVIRONMENT.keys()


def test_the_standard_streams_lead_nowhere(jail, run):
    assert run(jail, "import os, sys; print('x' * 10**6); result = os.fstat(1).st_rdev") == (
        os.stat(os.devnull).st_rdev
    )


def test_no_descriptor_is_open_but_the_jobs_own(jail, run):
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


def test_random_numbers_and_the_order_of_sets_are_the_same_in_every_job(jail, Session, base):
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
    with Jail(base, jail.tier) as other, Session(other) as session:
        assert session.run(code) == first


def test_student_files_shadow_no_library(jail, Session):
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
def test_only_two_folders_can_be_written_to_and_they_are_new_for_each_job(bubble, run):
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
    result = [folder for folder in result if not folder.startswith("/work" + os.sep)]
    """
    assert run(bubble, code) == ["/tmp", "/work"]
    assert run(bubble, code) == ["/tmp", "/work"]


@pytest.mark.jail
def test_neither_solution_nor_submissions_nor_the_system_s_secrets_are_there(bubble, tmp_path, run):
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
def test_an_installed_kit_is_covered(monkeypatch, tmp_path, run, base):
    package = tmp_path / "site" / "grading"
    package.mkdir(parents=True)
    (package / "oracles.py").write_text("answer = 42")
    needed = [*mounts.packages(), tmp_path / "site"]
    monkeypatch.setattr(mounts, "PACKAGE", package)
    monkeypatch.setattr(mounts, "packages", lambda: needed)
    with Jail(base, "bubblewrap") as jail:
        assert run(jail, "import os; result = os.listdir('/jail/site/site')") == ["grading"]
        assert run(jail, "import os; result = os.listdir('/jail/site/site/grading')") == []


@pytest.mark.jail
def test_no_process_but_its_own_is_in_sight(bubble, run):
    assert run(bubble, "import os; result = os.getpid(), os.getppid(), os.listdir('/proc')") == (
        1,
        0,
        [],
    )


@pytest.mark.jail
@JAILED_ROOT
def test_a_job_of_root_is_nobody_with_no_capability(bubble, run):
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


def test_there_is_no_network(jail, run):
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
def test_there_is_no_network_without_the_filter_either(unfiltered, run):
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
def test_system_calls_that_no_exercise_needs_are_denied(jail, call, run):
    code = f"""
    import ctypes, errno
    libc = ctypes.CDLL(None, use_errno=True)
    result = {call}, errno.errorcode.get(ctypes.get_errno())
    """
    assert run(jail, code) == (-1, "EPERM")


def test_ordinary_threads_and_processes_still_work(jail, run):
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


# Which jail


@pytest.mark.jail
def test_find_jail_prefers_bubblewrap(base):
    with find_jail(base) as jail:
        assert (jail.tier, jail.notes) == ("bubblewrap", [])


def test_find_jail_falls_back_and_says_what_is_weaker(monkeypatch, base):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    heard = []
    with find_jail(base, warn=heard.append) as jail:
        assert jail.tier == "rlimits"
        assert "the solution, other submissions" in jail.notes[0]
    assert "bubblewrap is not installed" in heard[0]


def test_find_jail_takes_no_other_than_asked_for(monkeypatch, base):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(JailError, match="bubblewrap is not installed"):
        find_jail(base, "bubblewrap")


def test_find_jail_knows_no_other_names(base):
    with pytest.raises(ValueError, match="no jail named 'docker'; there are: bubblewrap, rlimits"):
        find_jail(base, "docker")


@pytest.mark.jail
@JAILED_ROOT
def test_a_python_that_jobs_cannot_read_is_named(monkeypatch, tmp_path, base):
    (tmp_path / "python").mkdir(mode=0o700)
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "python"))
    with pytest.raises(JailError, match=r"keeps other users out.*chmod o\+rx"):
        find_jail(base, "bubblewrap")


def test_a_worker_that_does_not_start_says_why(monkeypatch, base):
    monkeypatch.setattr(sys, "_base_executable", "/bin/false")
    with Jail(base, "rlimits") as jail, pytest.raises(JailError, match="does not start"):
        jail.start()


@pytest.mark.jail
@JAILED_ROOT
@pytest.mark.parametrize("tier", ["bubblewrap", "rlimits"])
def test_an_ordinary_user_can_grade(tier, tmp_path, base, probe):
    python = "/usr/bin/python3"
    site = Path(np.__file__).parents[1]
    env = {"PYTHONPATH": f"{ROOT}:{site}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    try:
        subprocess.run([*user, python, "-c", "import grading.jail.jail"], env=env, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no Python here that an ordinary user can run with these packages")
    code = f"""
from grading.jail.jail import Jail
from cs231n.checks.student import Student
with Jail({base!r}, {tier!r}) as jail:
    job = jail.open({{"cs231n/probe.py": {probe!r}}})
    class Session:
        def exchange(self, data):
            return job.exchange(data, 10)
    print(Student(Session()).probe.run('''
import ctypes, os
libc = ctypes.CDLL(None)
result = [os.getuid(), os.path.exists({str(ROOT)!r}), libc.unshare(0x10000000)]
'''))
    # it is killed, or sees first that nobody is there any more
    print(job.close() in ("ended", "exit 0"), jail.notes[-1:])
"""
    run = subprocess.run(
        [*user, python, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    sees = tier == "rlimits"
    note = "['jobs run as the user who grades: they could change files and stop the grader']"
    assert run.stdout == f"[65534, {sees}, -1]\nTrue {note if sees else '[]'}\n"
