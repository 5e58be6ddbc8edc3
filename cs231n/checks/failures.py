"""The ways in which a check ends other than well."""


class CheckFailure(AssertionError):
    """The answer is wrong: what was expected, what came, and where they differ.

    Parameters
    ----------
    message : str
        One or two sentences for the student.
    expected, got, where : str, optional
        Shown in columns of their own by `check`.
    """

    def __init__(self, message, expected=None, got=None, where=None):
        super().__init__(message)
        self.message, self.expected, self.got, self.where = message, expected, got, where


class StudentError(Exception):
    """The student's code raised, or answered with something that is no answer."""

    def __init__(self, type_name, message, file=None, line=None, code=None):
        super().__init__(f"{type_name}: {message}")
        self.type_name, self.message = type_name, message
        self.file, self.line, self.code = file, line, code

    @classmethod
    def from_reply(cls, error):
        """Build it from an untrusted reply; anything odd in there becomes text."""
        if not isinstance(error, dict):
            return cls("ProtocolError", "the reply is no reply")
        text = {key: error.get(key) for key in ("type", "message", "file", "code")}
        text = {key: None if value is None else str(value)[:2000] for key, value in text.items()}
        line = error.get("line") if isinstance(error.get("line"), int) else None
        return cls(text["type"], text["message"], text["file"], line, text["code"])

    @property
    def is_stub(self):
        """True where the exercise has not been written yet."""
        return self.type_name == "NotImplementedError"

    @property
    def place(self):
        return f"{self.file}, line {self.line}: {self.code}" if self.file else None


class StudentTimeout(Exception):
    """The student's code did not answer in time and was stopped."""


class StudentMemory(Exception):
    """The student's code asked for more memory than it may have."""


class StudentDied(Exception):
    """The student's process ended instead of answering."""


class ExercisesFailed(AssertionError):
    """Raised by `check` in a notebook; IPython shows its text without a traceback."""

    def _render_traceback_(self):
        return [str(self)]
