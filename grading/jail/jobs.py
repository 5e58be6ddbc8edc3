"""A job in the jail as the verifier sees it: requests, replies, and the ways to lose it."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from cs231n.checks.failures import StudentDied, StudentError, StudentMemory, StudentTimeout
from cs231n.checks.protocol import PREFIX, ProtocolError, sizes

CPU = b"cpu "  # what a supervisor's answer about processor time begins with
REAP_SECONDS = 30.0  # for the supervisor to end what is left of a job


def waited(process: str) -> float:
    """Seconds that the first thread of a process has waited for a processor, or 0.0 unknown."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class Job:
    """One submission's process, as the verifier sees it.

    Attributes
    ----------
    alive : bool
    report : str
        How it ended, in the words of its supervisor.
    broke_protocol : str
        What came that was no reply, if anything did.
    """

    def __init__(self, channel: socket.socket, lease: socket.socket, reply_bytes: int):
        self._channel, self._lease, self._cap = channel, lease, reply_bytes
        self.alive = True
        self.report = ""
        self.broke_protocol = ""

    def exchange(self, data: bytes, seconds: float) -> bytes:
        """Send a request and read the reply; whatever goes wrong ends the job.

        Raises
        ------
        StudentTimeout
            If the reply is not complete after so many seconds.
        StudentMemory
            If the job was ended for the memory it held.
        StudentDied
            If the process ended or hung up.
        StudentError
            If something came that is no reply, or came unasked, or is too large.
        """
        until = time.monotonic() + seconds
        with self._losses(seconds):
            if self._unasked():
                raise ProtocolError("bytes came before a question was asked")
            self._channel.settimeout(max(seconds, 0.001))
            self._channel.sendall(data)
            reply = bytearray()
            self._read(reply, PREFIX.size, until)
            count = sum(sizes(reply[: PREFIX.size]))
            if count > self._cap:
                raise ProtocolError(f"an answer of {count} bytes is over the cap of {self._cap}")
            self._read(reply, PREFIX.size + count, until)
            if len(reply) > PREFIX.size + count:
                raise ProtocolError("bytes came after the answer")
            return bytes(reply)

    def clocks(self) -> tuple[float, ...]:
        """What tells how much a job works, however busy the machine is; see `Student.measure`.

        The processor time of all its processes, as its supervisor sees it, and the time of day
        without the time that its first process, and this one, wait for a processor: a process
        whose children do the work sleeps meanwhile. Where a system tells neither (no /proc), the
        time of day.

        Raises
        ------
        StudentDied
            If the job has ended.
        """
        try:
            self._lease.settimeout(REAP_SECONDS)
            self._lease.sendall(b"?")
            answer = self._lease.recv(1000, socket.MSG_PEEK)
        except OSError:
            raise self._lost() from None
        if not answer.startswith(CPU):
            raise self._lost()
        self._lease.recv(len(answer))
        now = time.monotonic()
        told = [float(word) for word in answer[len(CPU) :].split()]
        return (told[0], now - told[1] - waited("thread-self")) if told else (now,)

    def close(self) -> str:
        """End the job, wait until nothing of it is left, and say how it ended."""
        if self.alive:
            self.alive = False
            self._channel.close()
            with contextlib.suppress(OSError):
                self._lease.shutdown(socket.SHUT_WR)
                self._lease.settimeout(REAP_SECONDS)
                self.report = self._lease.recv(1000).decode(errors="replace")
                self._lease.recv(1)  # until the supervisor is gone, too
            self._lease.close()
        return self.report

    def _unasked(self) -> bool:
        self._channel.setblocking(False)
        try:
            return len(self._channel.recv(1, socket.MSG_PEEK)) > 0
        except BlockingIOError:
            return False

    def _read(self, data: bytearray, count: int, until: float) -> None:
        """Read until there are so many bytes; what else is there by then comes along."""
        while len(data) < count:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._channel.settimeout(left)
            chunk = self._channel.recv(max(1 << 16, min(count - len(data), 1 << 20)))
            if not chunk:
                raise ConnectionResetError
            data += chunk

    @contextlib.contextmanager
    def _losses(self, seconds: float) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            self.close()
            if self.report == "memory":
                raise StudentMemory("More memory was asked for than there is for a job.") from None
            msg = f"No answer within {seconds:.3g} s: is there a loop that never ends?"
            raise StudentTimeout(msg) from None
        except ProtocolError as error:
            self.close()
            self.broke_protocol = str(error)
            raise StudentError("ProtocolError", str(error)) from None
        except OSError:
            raise self._lost() from None

    def _lost(self) -> Exception:
        # The supervisor may need a moment to see the end that we have seen.
        with contextlib.suppress(OSError):
            self._lease.settimeout(1.0)
            self.report = self._lease.recv(1000, socket.MSG_PEEK).decode(errors="replace")
        report = self.close()
        if report == "memory":
            return StudentMemory("More memory was asked for than there is for a job.")
        return StudentDied(
            f"The process ended in the middle of the call ({report or 'no word of how'}): "
            "a function should return or raise, and leave the interpreter running."
        )
