"""A network that is a formula, to follow what goes on from batch to batch."""

import numpy as np

from cs231n.language import streams


class Formula:
    """Stands for a LanguageModel of two layers: its loss is a formula of all that it is given."""

    def __init__(self):
        self.weight, self.asked = 1.0, []

    def begin(self, features):
        """States of zeros, (N, 1) each."""
        return tuple(np.zeros((len(features), 1)) for _ in range(2))

    def loss(self, x, y, mask, states):
        """The loss, a gradient, and states that depend on those before."""
        low, high = states
        self.asked.append(np.array(mask))
        loss = self.weight * float(np.sum(x * y)) + float(low.sum() - 2 * high.sum())
        low, high = 0.5 * low + x.mean(axis=1, keepdims=True), 0.3 * high + low
        return loss, {"weight": np.array([loss / 100])}, [low, high]


def streamed(x, y, learn):
    """Call `run_stream` on a `Formula`: its losses, and the masks that it was given."""
    model = Formula()

    def step(grads):
        model.weight -= float(grads["weight"][0])

    losses = streams.run_stream(model, x, y, step) if learn else streams.run_stream(model, x, y)
    return losses, model.asked
