"""What a check sees of a student's work: `student.layers.affine_forward(x, w, b)`.

The same object serves on the laptop, where the code runs in this process, and in the grader,
where it runs in a jail. Either way only plain data passes (see protocol.py): a check never holds
an object of the student's, only a `StudentObject` that stands for it.
"""

import contextlib
import signal
import threading
import time

from cs231n.kernels.builds import BuildError, NoCompiler

from .dispatch import Dispatcher
from .failures import CheckFailure, StudentError, StudentTimeout
from .freshness import bring_in, bring_in_kernel
from .protocol import Handle, Reference, decode, encode


class LocalSession:
    """Runs requests in this process, through the same bytes as the grader's.

    Parameters
    ----------
    seconds : float, optional
        Longest time for one call. Needs Unix and the main thread; elsewhere there is no limit.
    module : str, optional
        The module whose last edit is to be brought in; see freshness.py.
    """

    def __init__(self, package="cs231n", seconds=None, module=None):
        self.dispatcher, self.seconds = Dispatcher(package), seconds
        self.module = module

    def exchange(self, data):
        if self.module:
            self._compile()  # which takes a compiler's time, not the student's
        try:
            with _alarm(self.seconds):
                if self.module:
                    self._bring_in()
                return self.dispatcher.answer(data)
        except _Alarm:
            msg = f"No answer within {self.seconds:g} s: is there a loop that never ends?"
            raise StudentTimeout(msg) from None

    def _bring_in(self):
        try:
            bring_in(self.module)
        except Exception as error:
            raise StudentError.from_reply(self.dispatcher.describe(error)) from None

    def _compile(self):
        try:
            bring_in_kernel(self.module)
        except BuildError as error:
            place = error.file, error.line, error.code
            raise StudentError("BuildError", str(error), *place) from None
        except NoCompiler as error:
            raise StudentError("NoCompiler", str(error)) from None
        except Exception as error:  # what the module itself raised when it was loaded
            raise StudentError.from_reply(self.dispatcher.describe(error)) from None


class _Alarm(KeyboardInterrupt):
    """Interrupts the student's code as Ctrl-C would, so that `except Exception` lets it pass."""


@contextlib.contextmanager
def _alarm(seconds):
    in_main = threading.current_thread() is threading.main_thread()
    if not seconds or not in_main or not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(number, frame):
        raise _Alarm

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Student:
    """The student's package: attribute access names a path in it, a call runs it.

    `may_change` holds names of arguments that functions may change in place, which otherwise
    fails the check.
    """

    def __init__(self, session):
        self._session = session
        self.may_change = set()

    def __getattr__(self, name):
        return Member(self, name)

    def load(self, name):
        """The arrays of a file of weights that was handed in, as a dict.

        A session that holds the file itself, as the grader's does, reads it; else the student's
        process does.
        """
        read = getattr(self._session, "load", None)
        return read(name) if read else self.request("load", name)

    def measure(self, call):
        """Call, and say how many seconds of work that was, however busy the machine is.

        In the grader work is measured from outside the student's process, by the clocks of its
        session; of several, the one that has moved furthest counts. On the laptop it is the
        processor time of this process.

        Returns
        -------
        seconds : float
        result
            What the call returns.
        """
        clocks = getattr(self._session, "clocks", lambda: (time.process_time(),))
        before = clocks()
        result = call()
        return max(after - start for start, after in zip(before, clocks(), strict=True)), result

    def request(self, op, target, args=(), kwargs=None):
        """Send one request and return its plain value; a `StudentObject` for what is not plain."""
        message = {
            "op": op,
            "target": target,
            "args": [_outward(value) for value in args],
            "kwargs": {key: _outward(value) for key, value in (kwargs or {}).items()},
        }
        reply = decode(self._session.exchange(encode(message)))
        if not isinstance(reply, dict) or not reply.keys() & {"error", "value"}:
            raise StudentError("ProtocolError", "the reply is no reply")
        if "error" in reply:
            raise StudentError.from_reply(reply["error"])
        changed = [str(name) for name in reply["changed"] if name not in self.may_change]
        if changed:
            msg = (
                f"{_title(target)} changed its argument {', '.join(changed)} in place. "
                "The caller still needs it: compute on a copy, or write the result to a new array."
            )
            raise CheckFailure(msg)
        return self._inward(reply["value"])

    def _inward(self, value):
        if isinstance(value, Handle):
            return StudentObject(self, value)
        if isinstance(value, list | tuple):
            return type(value)(self._inward(item) for item in value)
        if isinstance(value, dict):
            return {key: self._inward(item) for key, item in value.items()}
        return value


class Member:
    """A name in the student's package, such as `student.classifiers.linear_svm`."""

    def __init__(self, student, path):
        self._student, self._path = student, path

    def __getattr__(self, name):
        return Member(self._student, f"{self._path}.{name}")

    def __call__(self, *args, **kwargs):
        return self._student.request("call", self._path, args, kwargs)


class StudentObject:
    """An object that stays in the student's process: its methods can be called from here.

    `obj.predict(X)` calls a method; `obj.get("params")` reads an attribute as plain data, and
    `obj.set("params", value)` writes one.
    """

    def __init__(self, student, handle):
        self._student, self._handle = student, handle

    def __repr__(self):
        return f"<an object of type {self._handle.type_name}>"

    def __getattr__(self, name):
        def call(*args, **kwargs):
            return self._student.request("call", [self._handle, name], args, kwargs)

        return call

    def get(self, name):
        return self._student.request("get", [self._handle, name])

    def set(self, name, value):
        self._student.request("set", [self._handle, name], [value])


def _outward(value):
    if isinstance(value, Member):
        return Reference(value._path)
    if isinstance(value, StudentObject):
        return value._handle
    if isinstance(value, list | tuple):
        return type(value)(_outward(item) for item in value)
    return value


def _title(target):
    return target.rsplit(".", 1)[-1] if isinstance(target, str) else target[1]
