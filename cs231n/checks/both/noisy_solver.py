"""A small solver that draws from every source of random numbers, for checks of snapshots."""

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
