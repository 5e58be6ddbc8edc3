"""What a student reads whose answer is wrong in a known way."""

import grading.oracles
from cs231n.checks.oracles import LiveOracles
from cs231n.checks.runner import run_exercise
from cs231n.checks.table import read_table
from grading.authoring import trees
from grading.mutants import Variant, all_variants

VARIANTS = {f"{variant.exercise}/{variant.name}": variant for variant in all_variants()}


def judged(variant):
    """The result of an exercise that is written this way, on a laptop."""
    row = read_table()[variant.exercise]
    oracles = LiveOracles(grading.oracles.load())
    with trees.running({row.path: variant.apply(trees.read(row.path), row)}) as session:
        return run_exercise(row, session, oracles)


def messages_of(name):
    """The messages of all checks that fail for one of the variants, by exercise/name."""
    checks = judged(VARIANTS[name]).checks
    return [check.message for check in checks if check.outcome == "fail"]


def judged_code(exercise, code):
    """The result of an exercise whose whole answer is this code."""
    return judged(Variant(exercise, "another-kind", why="", code=code))
