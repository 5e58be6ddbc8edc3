"""The same random numbers on every call, so that a function with dropout has a gradient."""

import contextlib
import random

import numpy as np


class fixed_randomness(contextlib.ContextDecorator):
    """Draw the same random numbers in a block, or in every call of a function.

    As ``with fixed_randomness(seed) as rng:`` it seeds np.random, Python's random and every
    generator passed, hands out a new Generator with that seed, and at the end puts all back as it
    found them. As ``fixed_randomness(seed)(f)`` or ``@fixed_randomness(seed)`` it does so around
    each call of f.

    Parameters
    ----------
    seed : int
        The seed, 0 or larger.
    *generators : np.random.Generator or np.random.RandomState
        Further sources that the code inside draws from.

    Raises
    ------
    TypeError
        If the seed is not an integer (``@fixed_randomness`` without parentheses, say), or a
        generator is of another kind.
    ValueError
        If the seed is negative.

    Examples
    --------
    >>> import numpy as np
    >>> noise = fixed_randomness(0)(lambda: np.random.rand())
    >>> noise() == noise()
    True
    """

    entered = open = 0  # of all blocks: how many were entered so far, and are open now

    def __init__(self, seed, *generators):
        if not isinstance(seed, int | np.integer) or isinstance(seed, bool):
            raise TypeError(
                f"fixed_randomness: the seed should be an integer, but is a {type(seed).__name__}; "
                "write fixed_randomness(0)(f)."
            )
        if seed < 0:
            raise ValueError(f"fixed_randomness: the seed should be 0 or larger, but is {seed}.")
        for generator in generators:
            if not isinstance(generator, np.random.Generator | np.random.RandomState):
                raise TypeError(
                    "fixed_randomness: after the seed come np.random.Generator objects, but one is "
                    f"a {type(generator).__name__}; make one with np.random.default_rng()."
                )
        self.seed, self.generators = int(seed), generators
        self._saved = []  # a stack, for calls inside of calls

    def __enter__(self):
        self._saved.append(
            (random.getstate(), np.random.get_state(), [_get_state(g) for g in self.generators])
        )
        fixed_randomness.entered += 1
        fixed_randomness.open += 1
        random.seed(self.seed)
        np.random.seed(self.seed % 2**32)
        for generator in self.generators:
            _reseed(generator, self.seed)
        return np.random.default_rng(self.seed)

    def __exit__(self, *exc_info):
        fixed_randomness.open -= 1
        python_state, numpy_state, states = self._saved.pop()
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        for generator, state in zip(self.generators, states):
            _set_state(generator, state)
        return False

    @classmethod
    def advice(cls, inside):
        """Return what to do about an f that is not deterministic.

        `inside` tells that f entered a block itself, as a wrapped one does.
        """
        if inside:
            return (
                "fixed_randomness repeats np.random and random, so it draws from something else: "
                "pass the generator that f holds, fixed_randomness(0, rng)(f); seed PyTorch inside "
                "f; use the same key in JAX. Or f keeps a state from call to call."
            )
        if cls.open:
            return (
                "The fixed_randomness block around the check seeds once, and each call draws on: "
                "wrap f instead, fixed_randomness(0)(f), which seeds before each call."
            )
        return "If it draws random numbers, wrap it: fixed_randomness(0)(f)."


def _get_state(generator):
    if isinstance(generator, np.random.RandomState):
        return generator.get_state(legacy=False)
    return generator.bit_generator.state


def _set_state(generator, state):
    if isinstance(generator, np.random.RandomState):
        generator.set_state(state)
    else:
        generator.bit_generator.state = state


def _reseed(generator, seed):
    if isinstance(generator, np.random.RandomState):
        _set_state(generator, np.random.RandomState(seed % 2**32).get_state(legacy=False))
    else:
        _set_state(generator, type(generator.bit_generator)(seed).state)
