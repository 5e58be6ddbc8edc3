"""Calls whose arguments can be looked at afterwards, and solvers that are stopped and go on."""

import copy

import numpy as np


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


def _shake(solver):
    """Change parameters and the rule's state in place, as rules may."""
    arrays = list(solver.model.params.values())
    for config in solver.optim_configs.values():
        arrays += [value for value in config.values() if isinstance(value, np.ndarray)]
    for array in arrays:
        array += 1
    if solver.order is not None:
        solver.order[:] = solver.order[::-1].copy()
