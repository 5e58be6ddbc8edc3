"""What the checks of the training recipe need in the student's process: a small model that draws
from every source of random numbers, and calls whose arguments can be looked at afterwards.
"""

import copy

import numpy as np

from cs231n.captioning_solver import CaptioningSolver

V, D = 7, 3


class NoisyModel:
    """A bowl around what a batch says, shaken by `model.rng` and by `np.random`.

    Attributes
    ----------
    params : dict
        W (D, V) and b (V,).
    rng : numpy.random.Generator
    """

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.params = {"W": self.rng.normal(size=(D, V)), "b": self.rng.normal(size=V)}

    def loss(self, features, captions):
        """Half the squared distance from what the batch and the noise say, and its gradients."""
        pull = features.T @ np.eye(V)[captions[:, 1]] / len(captions)  # (D, V)
        noise = self.rng.normal(size=(D, V)), np.random.normal(size=V)
        grads = {"W": self.params["W"] - pull + noise[0], "b": self.params["b"] + noise[1]}
        return 0.5 * sum(float(np.sum(grad**2)) for grad in grads.values()), grads


def noisy_solver(features, captions, image_idxs, seed, own_rng=True, **settings):
    """A CaptioningSolver of a NoisyModel; the seed decides about all random numbers there are.

    Without `own_rng` it draws from `np.random`.
    """
    words = ["<NULL>", "<START>", "<END>", "a", "b", "c", "d"]
    data = {"word_to_idx": {word: number for number, word in enumerate(words)}}
    data |= {"train_features": features, "train_captions": captions, "train_image_idxs": image_idxs}
    np.random.seed(seed)
    model = NoisyModel(seed + 1)
    settings |= {"seed": seed + 2} if own_rng else {}
    solver = CaptioningSolver(model, data, verbose=False, **settings)
    solver.update_rule = averaging
    return solver


def averaging(w, dw, config):
    """Follow the average of all gradients so far, which is kept in place, and counted."""
    if "average" not in config:
        config["average"], config["steps"] = np.zeros_like(w), 0
    config["steps"] += 1
    config["average"] += (dw - config["average"]) / config["steps"]
    return w - config["learning_rate"] * config["average"], config


def called(function, grads, bound):
    """What a function of gradients returned, and its dict of gradients afterwards."""
    return function(grads, bound), grads


def exchanged(function, image_idxs, seed):
    """What `exchange_pictures` makes of these pictures with a generator of this seed."""
    return function(image_idxs, np.random.default_rng(seed))


def snapshot_then_and_later(function, solver, steps):
    """A snapshot as it was taken, and what it is after more steps and changes in place."""
    state = function(solver)
    then = copy.deepcopy(state)
    _shake(solver)
    solver.train(steps)
    return then, state


def restored_twice(function, solver, state, steps):
    """Losses of so many steps after `restore`, and after another one from the same state.

    In between, all that the first one brought into the solver is changed in place.
    """
    function(solver, state)
    before = len(solver.loss_history)
    solver.train(steps)
    first = solver.loss_history[before:]
    function(solver, state)
    _shake(solver)
    function(solver, state)
    before = len(solver.loss_history)
    solver.train(steps)
    return first, solver.loss_history[before:]


def next_numbers(solver):
    """The next random number of batches, of `np.random` and of the model, which stay as they are.

    Raises
    ------
    TypeError
        If the solver draws batches from something else than a generator.
    """
    for rng in (solver.rng, solver.model.rng):
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"a solver's rng is {type(rng).__name__}, not a Generator")
    state = np.random.get_state()
    numbers = [copy.deepcopy(solver.rng).random(), np.random.random()]
    np.random.set_state(state)
    return [*numbers, copy.deepcopy(solver.model.rng).random()]


def _shake(solver):
    """Change parameters and the rule's state in place, as rules may."""
    arrays = list(solver.model.params.values())
    for config in solver.optim_configs.values():
        arrays += [value for value in config.values() if isinstance(value, np.ndarray)]
    for array in arrays:
        array += 1
    if solver.order is not None:
        solver.order[:] = solver.order[::-1].copy()
