"""The one table of exercises, read from `exercises/`, which holds one file an assignment."""

import dataclasses
import difflib
import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("exercises")
KINDS = ("code", "tuning", "written")
SUFFIXES = {"python": ".py", "cython": ".pyx"}


@dataclass(frozen=True)
class Exercise:
    """One row of the table.

    `kind` is "code" (a function, checked), "tuning" (a file of weights, judged on pictures nobody
    has seen) or "written" (words, graded by a person). `language` is "python" or "cython".
    `needs` names the exercises whose functions this one's checks run through, directly, in the
    kit's solution or in a student's that goes step by step as the handout does.
    """

    id: str
    assignment: str
    notebook: str
    title: str
    points: float
    hint: str
    function: str = ""
    see: str = ""
    kind: str = "code"
    file: str = ""
    seconds: float = 10.0
    language: str = "python"
    needs: tuple[str, ...] = ()

    @property
    def path(self):
        """The file it is written in, relative to the root: cs231n/classifiers/softmax.py."""
        return self.module.replace(".", "/") + SUFFIXES[self.language] if self.function else ""

    @property
    def module(self):
        """The module's name, such as cs231n.classifiers.softmax."""
        return self.function.partition(":")[0]

    @property
    def name(self):
        """The function's name inside its module, such as KNearestNeighbor.predict_labels."""
        return self.function.partition(":")[2]


@functools.cache
def read_table(folder=TABLE):
    """All exercises by id, in the order of the course; a ValueError names what a row lacks.

    Parameters
    ----------
    folder : path
        Holds one file an assignment, such as assignment1.toml.

    Returns
    -------
    dict of str to Exercise
    """
    table = {}
    for path in sorted(Path(folder).glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["exercise"]:
            where = f"{path.name}: exercise {row.get('id', '?')}"
            exercise = _exercise(row, path.stem, where)
            if exercise.id in table:
                raise ValueError(f"{where} is there twice")
            later = [name for name in exercise.needs if name not in table]
            if later:
                raise ValueError(
                    f"{where}: it needs {', '.join(later)}; no earlier row has that id"
                )
            table[exercise.id] = exercise
    return table


def _exercise(row, assignment, where):
    """One row as an Exercise; ValueError where it is not one."""
    try:
        exercise = Exercise(**row, assignment=assignment)
    except TypeError as error:
        raise ValueError(f"{where}: {str(error).partition(') ')[2]}") from None
    if exercise.kind not in KINDS:
        raise ValueError(f"{where}: kind is {exercise.kind!r}; it should be one of {KINDS}")
    if exercise.language not in SUFFIXES:
        raise ValueError(
            f"{where}: language is {exercise.language!r}; it should be one of {(*SUFFIXES,)}"
        )
    if exercise.kind != "written" and not exercise.function:
        raise ValueError(f"{where}: it needs a function, as module:name")
    return dataclasses.replace(exercise, needs=tuple(exercise.needs))


def needed(exercise, table=None):
    """All exercises that an exercise builds on, directly or not, in the order of the course.

    Parameters
    ----------
    exercise : Exercise
    table : dict of str to Exercise, optional

    Returns
    -------
    list of Exercise
    """
    table, found = table or read_table(), set()
    waiting = list(exercise.needs)
    while waiting:
        name = waiting.pop()
        if name not in found and name in table:
            found.add(name)
            waiting += table[name].needs
    return [row for row in table.values() if row.id in found]


def assignments():
    """The assignments' names, in order."""
    return list(dict.fromkeys(exercise.assignment for exercise in read_table().values()))


def select(name=None):
    """The exercises that a name means: an exercise, a notebook, an assignment, or all for None.

    Raises
    ------
    LookupError
        If nothing has that name; the message lists the near ones.
    """
    table = read_table()
    if name is None:
        return list(table.values())
    chosen = [e for e in table.values() if name in (e.id, e.notebook, e.assignment)]
    if chosen:
        return chosen
    known = [*assignments(), *dict.fromkeys(e.notebook for e in table.values()), *table]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.4) or assignments()
    msg = f"There is no exercise, notebook or assignment named {name!r}. Near: {', '.join(near)}."
    raise LookupError(msg)
