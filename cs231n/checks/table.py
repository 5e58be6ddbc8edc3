"""The one table of exercises, read from exercises.toml."""

import difflib
import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("exercises.toml")
KINDS = ("code", "tuning", "written")
SUFFIXES = {"python": ".py", "cython": ".pyx"}


@dataclass(frozen=True)
class Exercise:
    """One row of the table.

    `kind` is "code" (a function, checked), "tuning" (a file of weights, judged on pictures nobody
    has seen) or "written" (words, graded by a person). `language` is "python" or "cython".
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
def read_table(path=TABLE):
    """All exercises by id, in the order of the course; a ValueError names what a row lacks."""
    with open(path, "rb") as file:
        rows = tomllib.load(file)["exercise"]
    table = {}
    for row in rows:
        where = f"{Path(path).name}: exercise {row.get('id', '?')}"
        try:
            exercise = Exercise(**row)
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
        if exercise.id in table:
            raise ValueError(f"{where} stands twice")
        table[exercise.id] = exercise
    return table


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
