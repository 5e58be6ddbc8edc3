"""The suite passes however it is started: in a shell's background Ctrl-C is ignored."""

import signal
import subprocess
import sys

import pytest
from children import interruptible

ASK = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"


@pytest.fixture
def in_the_background():
    """Let this process ignore SIGINT, as a shell's background does."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("start", "answer"), [(interruptible, "True\n"), (subprocess.Popen, "False\n")]
)
def test_only_an_interruptible_child_obeys_ctrl_c(in_the_background, start, answer):
    process = start([sys.executable, "-c", ASK], stdout=subprocess.PIPE, text=True)
    assert process.communicate()[0] == answer
    assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
