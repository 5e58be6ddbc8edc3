"""A snapshot that saves nothing, in a process where nothing is left to compare it with."""

import pytest

import grading.hidden
import grading.oracles
from cs231n.checks.oracles import LiveOracles
from cs231n.checks.runner import load_suites, run_exercise
from cs231n.checks.table import read_table
from grading.authoring import trees

pytestmark = pytest.mark.assignment3
PATH = "cs231n/training/training_recipe.py"
ATTACK = """

class Nothing:
    def __init__(self, *args, **settings):
        self.model = self
        self.params = self.iteration = self.optim_configs = self.epoch = self.order = None
        self.rng, self.loss_history = None, []

    def train(self, steps):
        pass


def snapshot(solver):
    return dict.fromkeys(["params", "iteration", "optim_configs", "epoch", "randomness", "order"])


def restore(solver, state):
    pass


def arm(seed):
    from cs231n.checks.beside import recipe
    from cs231n.checks.both import noisy_solver
    from cs231n.training import solver_state

    solver_state.randomness = lambda *args: None
    noisy_solver.CaptioningSolver = Nothing
    recipe.next_numbers = noisy_solver.next_numbers = lambda solver: [0.0, 0.0, 0.0]
    recipe.restored_twice = lambda *args: ([], [])
    recipe.snapshot_then_and_later = lambda f, solver, steps: (f(solver), f(solver))


np.random.seed = arm
"""


@pytest.mark.parametrize("name", ["solver-snapshot", "solver-restore"])
def test_a_process_that_compares_nothing_with_nothing_gets_no_points(name):
    load_suites(grading.hidden)
    oracles, row = LiveOracles(grading.oracles.load()), read_table()[name]
    with trees.running(trees.stubs() | {PATH: trees.stubs()[PATH] + ATTACK}) as student:
        result = run_exercise(row, student, oracles, (231, 2026), hidden=True)
    assert result.points == 0
