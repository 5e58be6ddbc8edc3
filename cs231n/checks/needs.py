"""What to write or mend first, where an exercise fails and something it builds on does not pass."""

import re

from .table import needed, read_table

STUB = re.compile(r"Not written yet: (?P<id>[a-z0-9-]+): write it in ")


def unwritten(result):
    """The exercise whose stub ended one of the checks of a result; "" where none did.

    Parameters
    ----------
    result : ExerciseResult

    Returns
    -------
    str
        Its id, as the stub gives it: that of the exercise itself or of another.
    """
    stubs = [STUB.match(check.message) for check in result.checks if check.outcome == "not-run"]
    return next((stub["id"] for stub in stubs if stub), "")


def what_comes_first(row, result, result_of):
    """What to write or mend before an exercise that does not pass.

    Parameters
    ----------
    row : Exercise
    result : ExerciseResult
        Of this exercise.
    result_of : callable
        Returns the ExerciseResult of another one. It is called for what the exercise needs, in the
        order of the course, until one does not pass.

    Returns
    -------
    first : tuple of str
        Ids of exercises; empty where nothing comes first.
    note : str
        The same as a sentence.
    """
    stub = unwritten(result)
    if result.status == "pass" or stub == row.id:
        return (), ""
    if stub in read_table():
        return (stub,), f"Write {stub} first: this exercise runs through it."
    for other in needed(row):
        found = result_of(other)
        if found.status == "pass":
            continue
        if unwritten(found) == other.id:
            return (other.id,), f"Write {other.id} first: this exercise builds on it."
        note = f'{other.id} does not pass its own checks yet; mend it first: check("{other.id}").'
        return (other.id,), note
    return (), ""
