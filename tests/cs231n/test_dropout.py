"""Dropout: shares and means up to chance, the cache, seeds, both modes, errors."""

import numpy as np
import pytest

from cs231n import layers
from cs231n.dropout import dropout_backward, dropout_forward
from cs231n.gradient_check import assert_gradient

pytestmark = pytest.mark.assignment2

# So many standard errors off by chance: with a probability of 1e-10.
ERRORS = 6.5


@pytest.fixture(autouse=True)
def _same_dice():
    np.random.seed(231)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_a_share_of_p_is_kept_and_the_mean_stays(p):
    x = np.ones((300, 200))
    out, _ = dropout_forward(x, {"p": p, "mode": "train"})
    error = ERRORS * np.sqrt(p * (1 - p) / x.size)
    assert abs(np.mean(out != 0) - p) < error
    assert abs(out.mean() - 1) < error / p


def test_units_are_kept_divided_by_p_or_dropped(rng):
    x = rng.normal(size=(4, 3, 5))
    out, (param, mask) = dropout_forward(x, {"p": 0.4, "mode": "train"})
    assert param == {"p": 0.4, "mode": "train"}
    assert set(np.unique(mask)) == {0, 1 / 0.4}
    np.testing.assert_array_equal(out, x * mask)


def test_keeping_everything_changes_nothing(rng):
    x = rng.normal(size=(5, 3))
    out, cache = dropout_forward(x, {"p": 1, "mode": "train"})
    np.testing.assert_array_equal(out, x)
    np.testing.assert_array_equal(dropout_backward(x, cache), x)


def test_testing_changes_nothing(rng):
    x, dout = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    param = {"p": 0.3, "mode": "test"}
    out, cache = dropout_forward(x, param)
    np.testing.assert_array_equal(out, x)
    assert cache == (param, None)
    np.testing.assert_array_equal(dropout_backward(dout, cache), dout)


def test_a_seed_drops_the_same_units_in_every_call(rng):
    x = rng.normal(size=(20, 30))
    param = {"p": 0.5, "mode": "train", "seed": 3}
    first, second = (dropout_forward(x, param)[0] for _ in range(2))
    other, _ = dropout_forward(x, param | {"seed": 4})
    np.testing.assert_array_equal(first, second)
    assert np.any(first != other)


def test_calls_without_a_seed_drop_other_units(rng):
    x = rng.normal(size=(20, 30))
    first, second = (dropout_forward(x, {"p": 0.5, "mode": "train"})[0] for _ in range(2))
    assert np.any(first != second)


def test_units_are_drawn_for_each_example_and_feature():
    out, _ = dropout_forward(np.ones((60, 40)), {"p": 0.5, "mode": "train"})
    assert len(np.unique(out, axis=0)) == 60
    assert len(np.unique(out, axis=1).T) == 40


@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("shape", [(7,), (4, 5), (2, 3, 4, 5)])
def test_gradients(rng, shape, mode):
    x, dout = rng.normal(size=shape), rng.normal(size=shape)
    param = {"p": 0.6, "mode": mode, "seed": 11}
    dx = dropout_backward(dout, dropout_forward(x, param)[1])
    assert_gradient(lambda p: np.sum(dout * dropout_forward(p["x"], param)[0]), {"x": x}, {"x": dx})


@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_precision_is_kept(rng, dtype, mode):
    x = rng.normal(size=(4, 5)).astype(dtype)
    out, cache = dropout_forward(x, {"p": np.float64(0.6), "mode": mode})
    assert out.dtype == dropout_backward(x, cache).dtype == dtype


def test_inputs_are_left_alone(rng):
    x, dout = rng.normal(size=(2, 4, 5))
    copies = x.copy(), dout.copy()
    dropout_backward(dout, dropout_forward(x, {"p": 0.5, "mode": "train"})[1])
    np.testing.assert_array_equal((x, dout), copies)


@pytest.mark.parametrize("p", [0, -0.1, 1.5])
def test_a_share_outside_its_range_is_refused(p):
    with pytest.raises(ValueError, match=r"p is the probability of keeping a unit, in \(0, 1\]"):
        dropout_forward(np.ones(3), {"p": p, "mode": "train"})


def test_another_mode_is_refused():
    with pytest.raises(ValueError, match='mode is "evaluate"; it should be train or test'):
        dropout_forward(np.ones(3), {"p": 0.5, "mode": "evaluate"})


def test_layers_has_both():
    assert (layers.dropout_forward, layers.dropout_backward) == (dropout_forward, dropout_backward)
