"""Dropout: shares, means, seeds, the way back, and what is refused."""

import numpy as np
import pytest

from cs231n.dropout import dropout_backward, dropout_forward

pytestmark = pytest.mark.assignment2


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9, 1])
def test_the_mean_stays_and_p_are_kept(p):
    np.random.seed(0)
    x = np.full((400, 250), 3.0)
    out, (param, mask) = dropout_forward(x, {"p": p, "mode": "train"})
    assert abs(np.mean(out != 0) - p) < 0.01
    assert set(np.unique(mask)) <= {0, 1 / p}
    np.testing.assert_array_equal(out, x * mask)
    assert out.mean() == pytest.approx(3, rel=0.02)
    assert param["p"] == p


def test_testing_passes_all_on(rng):
    x = rng.normal(size=(3, 4))
    out, cache = dropout_forward(x, {"p": 0.3, "mode": "test"})
    np.testing.assert_array_equal(out, x)
    assert cache[1] is None
    np.testing.assert_array_equal(dropout_backward(x, cache), x)


def test_a_seed_drops_the_same_in_every_call(rng):
    x = rng.normal(size=(20, 30))
    outs = [dropout_forward(x, {"p": 0.5, "mode": "train", "seed": s})[0] for s in (1, 1, 2)]
    np.testing.assert_array_equal(outs[0], outs[1])
    assert not np.array_equal(outs[0], outs[2])


def test_the_way_back_is_that_of_the_mask(rng):
    x, dout = rng.normal(size=(2, 5, 6, 7))
    out, cache = dropout_forward(x, {"p": 0.4, "mode": "train"})
    np.testing.assert_allclose(dropout_backward(dout, cache), dout * out / x, rtol=1e-12)


def test_float32_stays_float32(rng):
    x = rng.normal(size=(5, 6)).astype(np.float32)
    out, cache = dropout_forward(x, {"p": np.float64(0.5), "mode": "train"})
    assert (out.dtype, dropout_backward(out, cache).dtype) == (np.float32, np.float32)


@pytest.mark.parametrize(
    ("param", "message"),
    [
        ({"p": 0, "mode": "train"}, r"probability of keeping a unit, in \(0, 1\], not 0"),
        ({"p": 1.5, "mode": "train"}, "not 1.5"),
        ({"p": 0.5, "mode": "fast"}, 'mode is "fast"; it should be train or test'),
    ],
)
def test_what_makes_no_sense_is_refused(param, message):
    with pytest.raises(ValueError, match=message):
        dropout_forward(np.ones(3), param)
