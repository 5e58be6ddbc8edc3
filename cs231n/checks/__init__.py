"""The checks that students run, graders run, and the kit runs on itself.

Students write nothing here.
It imports the library and is imported by the command line and the grader, never by the library.

In a notebook cell::

    from cs231n.checks import check

    check("knn-two-loops")

A check is written once, in `suites/<notebook>.py`::

    from cs231n.checks.api import assert_close, exercise, oracle


    @exercise("knn-two-loops", weight=2)
    def distances_match_the_definition(student, rng):
        train, test = rng.normal(size=(5, 7)), rng.normal(size=(3, 7))
        knn = student.classifiers.k_nearest_neighbor.KNearestNeighbor()
        knn.train(train, rng.integers(4, size=5))
        expected = oracle.euclidean_distances(test, train)
        assert_close(knn.compute_distances_two_loops(test), expected, what="dists")

`student` stands for the student's package `cs231n`: attributes are a path in it, a call runs it,
here or in a jail. `oracle.name(...)` asks for an expected value without computing it here: see
oracles.py. Inputs that a function changes in place fail the check by themselves.
"""

import dataclasses
import functools

from .console import printable
from .failures import ExercisesFailed
from .needs import what_comes_first
from .oracles import installed_oracles
from .report import lines
from .runner import PUBLIC_RESOURCES, run_exercise
from .student import LocalSession
from .table import read_table, select


def check(*names):
    """Run the checks of exercises by name, print what came out, and raise where one failed.

    Parameters
    ----------
    *names : str
        Exercises, notebooks or assignments.

    Raises
    ------
    ExercisesFailed
        If any of them does not have its full points.
    LookupError
        If a name is unknown.
    """
    rows = [row for name in names for row in select(name)]
    results, table = run_local(rows), read_table()
    for row in rows:
        if row.kind == "written":
            print(f"{row.id}: an answer in words, {row.points:g} points; a person reads it.")
    for result in results:
        print(printable("\n".join(filter(None, lines(result, table[result.id])))))
    missing = [result.id for result in results if result.status != "pass"]
    if missing:
        raise ExercisesFailed(f"not there yet: {', '.join(missing)}")


def run_local(rows):
    """Run exercises in this process with the public seed; returns a list of ExerciseResult.

    Where one does not pass, what it needs is run, too, to say what to write or mend first.
    """
    oracles = installed_oracles()

    @functools.cache
    def result_of(row):
        session = functools.partial(LocalSession, seconds=row.seconds, module=row.module)
        return run_exercise(row, session, oracles, resources=PUBLIC_RESOURCES)

    results = []
    for row in rows:
        if row.kind != "written":
            result = result_of(row)
            first, note = what_comes_first(row, result, result_of)
            results.append(dataclasses.replace(result, first=first, note=note))
    return results
