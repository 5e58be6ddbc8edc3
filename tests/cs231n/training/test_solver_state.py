"""What solvers share: steps that change nothing of the old, and random numbers that come back."""

from types import SimpleNamespace

import numpy as np
import pytest

from cs231n import optim
from cs231n.training.solver_state import randomness, restore_randomness, updated


def test_a_step_leaves_the_old_parameters_and_settings():
    params, grads = {"w": np.ones(3)}, {"w": np.arange(3.0)}
    configs = {"w": {"learning_rate": 0.5}}
    new, after = updated(params, grads, optim.sgd, configs)
    np.testing.assert_array_equal(new["w"], [1, 0.5, 0])
    np.testing.assert_array_equal(params["w"], np.ones(3))
    assert after is not configs
    assert configs == {"w": {"learning_rate": 0.5}}


@pytest.mark.parametrize("source", ["np.random", "its own", "the model's"])
def test_random_numbers_come_back(source):
    model = SimpleNamespace(rng=np.random.default_rng(3))
    rng = {"np.random": np.random, "its own": np.random.default_rng(4)}.get(source, model.rng)
    np.random.seed(5)
    saved = randomness(rng, model)

    def drawn(rng, model):
        return rng.uniform(), np.random.uniform(), model.rng.uniform(), rng.uniform()

    expected = drawn(rng, model)
    np.random.seed(6)
    other = SimpleNamespace(rng=np.random)
    assert drawn(restore_randomness(saved, model=other), other) == expected
    assert (source == "np.random") == (restore_randomness(saved, model=other) is np.random)


def test_a_generator_that_others_hold_is_set_not_replaced():
    rng = np.random.default_rng(1)
    saved = randomness(rng)
    number, other = rng.uniform(), np.random.default_rng(2)
    assert restore_randomness(saved, other) is other
    assert other.uniform() == number


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="resume it without rng"):
        restore_randomness(randomness(np.random), np.random.default_rng(1))
    saved = randomness(np.random, SimpleNamespace(rng=np.random.default_rng(3)))
    with pytest.raises(ValueError, match="has the state of a model's rng: give the model, too"):
        restore_randomness(saved)
