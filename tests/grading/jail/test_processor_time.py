"""The work of a job as it is measured from outside, which verdicts on loops rest on."""

import os
import subprocess
import sys
import time

import pytest

from cs231n.checks.failures import StudentDied

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measured from /proc")

BURN = "sum(range(3_000_000)) + sum(range(3_000_000)) + sum(range(3_000_000))"
CODES = {
    "in the call": f"result = {BURN}",
    "in a thread": f"""
    import threading
    thread = threading.Thread(target=lambda: {BURN})
    thread.start()
    thread.join()
    result = None
    """,
    "in a child that has ended": f"""
    import os
    if os.fork() == 0:
        {BURN}
        os._exit(0)
    os.wait()
    result = None
    """,
    "in a child that lives on": f"""
    import os, time
    read, write = os.pipe()
    if os.fork() == 0:
        {BURN}
        os.write(write, b"done")
        time.sleep(60)
        os._exit(0)
    os.read(read, 4)
    result = None
    """,
    "in an orphan": f"""
    import os, time
    read, write = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            {BURN}
            os.write(write, b"done")
            time.sleep(60)
        os._exit(0)
    os.wait()
    os.read(read, 4)
    result = None
    """,
    "in a child that nobody waits for": f"""
    import os, signal
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    read, write = os.pipe()
    if os.fork() == 0:
        {BURN}
        os._exit(0)
    os.close(write)
    os.read(read, 4)
    result = None
    """,
}


def work(session, code):
    session.clocks = session.job.clocks
    return session.student.measure(lambda: session.run(code))[0]


@pytest.mark.parametrize("where", CODES)
def test_work_counts_wherever_it_is_done(jail, Session, where):
    with Session(jail) as session:
        session.run("result = None")
        assert work(session, CODES[where]) > 0.03


def test_waiting_for_a_processor_does_not_count(jail, Session):
    command = [sys.executable, "-S", "-c", "while True: pass"]
    busy = [subprocess.Popen(command) for _ in range(3 * os.cpu_count())]
    try:
        with Session(jail) as session:
            session.run("result = None")
            start = time.monotonic()
            seconds = min(work(session, "result = sum(range(1_000_000))") for _ in range(3))
            assert seconds < (time.monotonic() - start) / 3
    finally:
        for process in busy:
            process.kill()
            process.wait()


def test_other_jobs_do_not_count(jail, Session):
    with Session(jail) as session, Session(jail) as other:
        session.run("result = None")
        before = session.job.clocks()[0]
        other.run(f"result = [{BURN} for _ in range(5)]")
        assert session.job.clocks()[0] - before < 0.05


def test_a_job_that_has_ended_has_no_clocks(jail, Session):
    with Session(jail) as session:
        with pytest.raises(StudentDied):
            session.run("import os; os._exit(3)")
        with pytest.raises(StudentDied):
            session.job.clocks()
