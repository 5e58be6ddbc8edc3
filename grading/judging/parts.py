"""Judging an exercise on correct earlier parts, so that one mistake costs once.

An exercise is judged with all that the student wrote. Where it does not pass, and something that it
needs does not pass either, it is judged once more with the kit's functions in the place of those.
What is needed is not replaced from the start: what passes between two functions, such as a cache,
has the student's own format, and a right answer would be refused for reading its own.

The files of the second judging hold solutions, so that what leads to them matters:

- only of exercises that are needed, never of the one that is judged nor of any other in its
  function, and only after every exercise's first judging;
- in the order of the course, so that a verdict is final before its solution enters a job;
- in a job of their own, whose folder nobody sees afterwards;
- and nothing that comes out of it is shown, but which checks pass.
"""

import ast
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from cs231n.checks.needs import unwritten
from cs231n.checks.runner import CheckResult, ExerciseResult, judge
from cs231n.checks.table import Exercise, needed, read_table
from grading.release.build import strip_module
from grading.release.ships import ROOT

LISTED = 3  # exercises named in one sentence
NO_ANSWER = ("error", "timeout", "memory", "not-run")  # does the module run at all?
KIT = "kit_"  # begins the name of a module with the kit's functions

Results = Mapping[str, ExerciseResult]


def to_replace(row: Exercise, results: Results) -> list[Exercise]:
    """What to replace by the kit's in a second judging of an exercise; empty where there is none.

    Parameters
    ----------
    row : Exercise
    results : dict of str to ExerciseResult
        Of all exercises, by id, as far as they are judged. What is not is taken to be right: it
        is released.
    """
    result = results[row.id]
    if result.status == "pass" or _own_stub(row, result):
        return []
    there = _replaceable(row)
    wrong = [other for other in there if _falls_short(other, results)]
    # The two passes of a layer share a cache, and nobody but they know what is in it.
    layers = {_layer(other) for other in wrong}
    return [other for other in there if other in wrong or _layer(other) in layers]


def second_files(
    row: Exercise,
    replaced: Sequence[Exercise],
    results: Results,
    files: Mapping[str, bytes],
) -> dict[str, bytes]:
    """The files of a job in which some functions are the kit's.

    Each module keeps the student's text, with lines at its end that bind the names anew: what
    imports them, or calls them there, gets the kit's. A module that was not handed in, or shows no
    sign of running, is the kit's as a whole, unless it is the exercise's own.

    Parameters
    ----------
    row : Exercise
        The one that is judged.
    replaced : sequence of Exercise
        As `to_replace` returns them.
    results : dict of str to ExerciseResult
    files : dict of str to bytes
        Those of the first judging.
    """
    made, names = dict(files), frozenset(other.id for other in _replaceable(row))
    for path in dict.fromkeys(other.path for other in replaced):
        kit = _kit_module(path, names)
        if path != row.path and (path not in files or _gives_no_answer(path, results)):
            made[path] = kit
            continue
        functions = sorted({other.name for other in replaced if other.path == path})
        module = PurePosixPath(path).with_name(f"{KIT}{PurePosixPath(path).name}")
        made[str(module)] = kit
        made[path] = files[path] + _bindings(module, functions, kit)
    return made


def merged(
    row: Exercise,
    first: ExerciseResult,
    second: ExerciseResult,
    replaced: Sequence[Exercise],
    results: Results,
) -> ExerciseResult:
    """The verdict after two judgings: a check counts if it passes in either of them.

    What is said of the other checks is what the first judging said: the words, numbers and times
    of the second come from a process that can read solutions.
    """
    passed = {check.name for check in second.checks if check.outcome == "pass"}
    checks = [
        CheckResult(check.name, "pass", check.weight, hidden=check.hidden)
        if check.outcome != "pass" and check.name in passed
        else check
        for check in first.checks
    ]
    result = judge(row, checks, first.seconds)
    wrong = tuple(other.id for other in replaced if _falls_short(other, results))
    listed = _listed([other.id for other in replaced])
    if result.points > first.points:
        note = f"Judged with the kit's {listed} instead of yours: {_listed(wrong)} did not pass."
    else:
        note = f"It does not score more with the kit's {listed} instead of yours."
    odd = [f"look at {row.id}: its second judging ended oddly"] if second.flags else []
    return replace(result, flags=[*first.flags, *odd], first=wrong, note=note)


def _replaceable(row: Exercise) -> list[Exercise]:
    """What an exercise needs and a job of its own may hold solved, in the order of the course."""
    return [
        other
        for other in needed(row)
        if other.function != row.function and other.language == "python"
    ]


def _falls_short(row: Exercise, results: Results) -> bool:
    return row.id in results and results[row.id].status != "pass"


def _own_stub(row: Exercise, result: ExerciseResult) -> bool:
    """True where the exercise itself is not written, or something else in its function."""
    stub = read_table().get(unwritten(result))
    return stub is not None and stub.function == row.function


def _gives_no_answer(path: str, results: Results) -> bool:
    """True where no exercise of a module got as far as a value; it may not even be imported."""
    here = [row.id for row in read_table().values() if row.path == path and row.id in results]
    return all(results[name].status in NO_ANSWER for name in here)


def _layer(row: Exercise) -> tuple[str, str]:
    """What the two passes of a layer have in common: their module, and their name but for that."""
    return row.module, re.sub(r"_(forward|backward)(_alt)?$", "", row.name)


@functools.cache
def _kit_module(path: str, names: frozenset[str]) -> bytes:
    """The solved text of a module, with all but these exercises as stubs."""
    here = {row.id for row in read_table().values() if row.path == path}
    text = (ROOT / path).read_text(encoding="utf-8")
    return strip_module(text, path, here - names).encode()


def _bindings(module: PurePosixPath, functions: Sequence[str], kit: bytes) -> bytes:
    """Lines for the end of a module that give functions, or methods, the kit's meaning.

    The classes of the kit's module become the student's, so that a function of the one returns
    what a function of the other takes for an object of its own.
    """
    name = ".".join(module.with_suffix("").parts)
    classes = [node.name for node in ast.parse(kit).body if isinstance(node, ast.ClassDef)]
    lines = [
        f"import {name} as _kit",
        *(f"{name} = _kit.{name}" for name in functions),
        *(f"_kit.{name} = {name}" for name in classes),
    ]
    return ("\n\n" + "\n".join(lines) + "\n").encode()


def _listed(names: Sequence[str]) -> str:
    """Names in one phrase, not too many."""
    more = len(names) - LISTED
    if more > 0:
        return f"{', '.join(names[:LISTED])} and {more} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
