"""The frame of the solvers: what holds for both of them."""

import inspect

import numpy as np
import pytest

from cs231n.captioning_solver import CaptioningSolver
from cs231n.language.vocabulary import SPECIAL
from cs231n.solver import Solver
from cs231n.training.loop import TrainingLoop

pytestmark = pytest.mark.assignment3
CALLS = 3  # the step in which a person presses Ctrl-C


class Bowl:
    """A model whose loss is the square of its one number; it stops once if it is told to."""

    def __init__(self, stops_at=None):
        self.params, self.calls, self.stops_at = {"w": np.array([4.0])}, 0, stops_at

    def loss(self, X, y=None):
        if y is None:
            return np.zeros((len(X), 2))
        self.calls += 1
        if self.calls == self.stops_at:
            raise KeyboardInterrupt
        w = self.params["w"]
        return float((w**2).sum()), {"w": 2 * w}


def solver_of(kind, model):
    common = {"batch_size": 5, "num_epochs": 2, "lr_decay": 0.5, "verbose": False, "seed": 0}
    if kind is Solver:
        X, y = np.zeros((20, 3)), np.zeros(20, dtype=int)
        return Solver(model, {"X_train": X, "y_train": y, "X_val": X, "y_val": y}, **common)
    data = {"word_to_idx": {word: number for number, word in enumerate(SPECIAL)}}
    data |= {"train_captions": np.array([[1, 2]] * 20), "train_image_idxs": np.zeros(20, int)}
    return CaptioningSolver(model, data | {"train_features": np.zeros((1, 3))}, **common)


@pytest.mark.parametrize("kind", [Solver, CaptioningSolver])
def test_a_step_that_was_interrupted_is_taken_when_training_goes_on(kind):
    solver = solver_of(kind, Bowl(stops_at=CALLS))
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    assert (solver.iteration, len(solver.loss_history)) == (CALLS - 1, CALLS - 1)
    solver.train()
    assert (solver.iteration, solver.epoch, len(solver.loss_history)) == (8, 2, 8)


def test_both_solvers_take_the_same_steps_down_the_same_slope():
    solvers = [solver_of(kind, Bowl()) for kind in (Solver, CaptioningSolver)]
    for solver in solvers:
        solver.train()
    first, second = solvers
    assert first.loss_history == second.loss_history
    assert [s.optim_configs["w"]["learning_rate"] for s in solvers] == [1e-2 * 0.25] * 2


@pytest.mark.parametrize("kind", [Solver, CaptioningSolver])
def test_the_historical_signatures_stay(kind):
    assert str(inspect.signature(kind.__init__)).startswith("(self, model: Any, data: dict")
    assert list(inspect.signature(kind.resume).parameters) == [
        *("path", "model", "data", "rng", "changes")
    ]
    assert issubclass(kind, TrainingLoop)
