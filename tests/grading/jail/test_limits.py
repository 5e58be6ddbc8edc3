"""The jail's limits: what a job may use, how it is lost, and what is left afterwards."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cs231n.checks.failures import StudentDied, StudentError, StudentMemory, StudentTimeout
from cs231n.checks.protocol import MAX_BODY, encode
from grading.jail.jail import Jail, Limits

ROOT = Path(__file__).resolve().parents[3]


# What a job may use


def test_memory_of_one_process_is_limited(jail, Session):
    with Session(jail) as session, pytest.raises(StudentError, match="MemoryError"):
        session.run("result = bytearray(4 << 30)")


@pytest.mark.jail
def test_memory_of_all_processes_together_is_limited(bubble, Session):
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


def test_the_size_of_a_file_is_limited(jail, Session):
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
def test_the_disk_is_limited(bubble, folder, Session):
    code = f"""
    for number in range(9):
        with open(f"{folder}/part{{number}}", "wb") as file:
            file.write(bytes(2 << 20))
    """
    with Session(bubble) as session, pytest.raises(StudentError, match="No space left"):
        session.run(code)


@pytest.mark.jail
def test_the_number_of_files_is_limited(bubble, Session):
    code = "for number in range(9999): open(f'/tmp/{number}', 'x').close()"
    with Session(bubble) as session, pytest.raises(StudentError, match="No space left"):
        session.run(code)


@pytest.mark.jail
def test_the_number_of_processes_is_limited(run, base):
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
    with Jail(base, "bubblewrap", Limits(processes=16)) as jail:
        assert 0 < run(jail, code) < 16


def test_the_number_of_open_files_is_limited(jail, Session):
    with Session(jail) as session, pytest.raises(StudentError, match="Too many open files"):
        session.run("import os; result = [os.dup(1) for _ in range(99)]")


def test_processor_time_is_limited(Session, base):
    with (
        Jail(base, "rlimits", Limits(cpu_seconds=1)) as jail,
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
def test_a_call_without_end_is_ended(jail, code, Session):
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
def test_a_process_that_ends_says_how(jail, code, words, Session):
    with Session(jail) as session, pytest.raises(StudentDied, match=words):
        session.run(code)


def test_ending_the_interpreter_politely_is_an_error_like_others(jail, Session):
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
def test_bytes_that_are_no_reply_end_the_job(jail, payload, words, Session):
    with Session(jail) as session, pytest.raises(StudentError, match=words):
        session.run(f"{FIND}\nos.write(fd, {payload})\nresult = 1")
    assert words.split()[0] in session.job.broke_protocol


def test_bytes_that_nobody_asked_for_end_the_job(jail, Session):
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


def test_a_reply_in_drops_is_cut_off(jail, Session):
    code = f"""{FIND}
import time
os.write(fd, (100).to_bytes(4, "big") + bytes(8))
while True:
    time.sleep(0.1)
    os.write(fd, b" ")
"""
    with Session(jail, 0.7) as session, pytest.raises(StudentTimeout, match=r"within 0\.7 s"):
        session.student.probe.run(code)


def test_closing_the_socket_is_the_end(jail, Session):
    with Session(jail) as session, pytest.raises(StudentDied, match="in the middle"):
        session.student.probe.run(f"{FIND}\nos.close(fd)\nimport time\ntime.sleep(99)")


def test_a_job_that_reads_no_more_cannot_hold_the_grader(jail, Session):
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
def test_nothing_outlives_its_job(jail, code, run, idle):
    before = idle(jail)
    run(jail, code)
    assert idle(jail) == before


@pytest.mark.jail
def test_a_fork_bomb_is_ended_whole(bubble, Session, idle):
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
def test_signals_reach_nobody_outside_even_without_the_filter(unfiltered, code, Session, run, idle):
    before = idle(unfiltered)
    with Session(unfiltered) as session, contextlib.suppress(StudentDied, StudentError):
        session.run(f"import os\n{code}\nresult = 1")
    assert idle(unfiltered) == before
    assert run(unfiltered, "result = 1") == 1


@pytest.mark.parametrize("code", ["os.getppid()", "-1", "0", "os.getpid()"])
def test_signals_are_denied(jail, code, Session):
    with Session(jail) as session, pytest.raises(StudentError, match="PermissionError"):
        session.run(f"import os\nos.kill({code}, 9)")


def test_a_dead_zygote_is_replaced(jail, run):
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
        "from grading.jail.jail import find_jail\n"
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


def test_closing_the_jail_leaves_no_folder(base):
    jail = Jail(base, "rlimits")
    jail.open({}).close()
    folder = jail._folder
    jail.close()
    assert not folder.exists()
