"""The fast recurrent layers agree with the plain ones, with numeric gradients, and their twins."""

import numpy as np
import pytest

from cs231n import fast_recurrent, rnn_layers
from cs231n.fast_recurrent import (
    lstm_backward_fast,
    lstm_forward_fast,
    rnn_backward_fast,
    rnn_forward_fast,
    softmax_words_fast,
    word_embedding_backward_fast,
)
from cs231n.gradient_check import eval_numerical_gradient_array as numeric

pytestmark = pytest.mark.assignment3

NAMES = ("dx", "dh0", "dWx", "dWh", "db", "dadded")
CLOSE = {"float32": 2e-6, "float64": 1e-13}  # of the largest number: sums in another order
SHAPES = [(2, 3, 5, 7), (1, 4, 3, 16), (3, 1, 2, 17), (7, 2, 33, 1), (25, 3, 6, 40)]  # N, T, D, H
ADDED = (None, "first", "every")


@pytest.fixture(autouse=True, params=["cython", "numpy"])
def kernels(request, monkeypatch):
    """Each test runs with the kernel and with its twin."""
    if request.param == "cython" and fast_recurrent.KERNELS != "cython":
        pytest.skip("the kernels are not compiled")
    monkeypatch.setattr(fast_recurrent, "KERNELS", request.param)
    return request.param


def draw(cell, shape, dtype="float64", added=None):
    """x, h0, Wx, Wh, b, added and dh of a seed; all dimensions differ."""
    N, T, D, H = shape
    M = 4 * H if cell == "lstm" else H
    rng = np.random.default_rng(3)
    shapes = [(N, T, D), (N, H), (D, M), (H, M), (M,)]
    arrays = [rng.standard_normal(s).astype(dtype) for s in shapes]
    for k, sums in ((2, D), (3, H)):  # gates that are not all at their ends, where digits get lost
        arrays[k] /= np.asarray(np.sqrt(sums), dtype=dtype)
    more = {None: None, "first": (N, M), "every": (N, 1, M)}[added]
    more = None if more is None else rng.standard_normal(more).astype(dtype)
    return arrays, more, rng.standard_normal((N, T, H)).astype(dtype)


def run(cell, arrays, added, dh, threads=None):
    """h, and all derivatives."""
    if cell == "lstm":
        h, cache = lstm_forward_fast(*arrays, added, threads=threads)
        return h, *lstm_backward_fast(dh, cache, threads)
    h, cache = rnn_forward_fast(*arrays, added, activation=cell, threads=threads)
    return h, *rnn_backward_fast(dh, cache, threads)


def assert_close(found, expected, what):
    """Compare with the largest number, which is what rounding in sums goes by."""
    assert found.dtype == expected.dtype, what
    off = np.abs(found - expected).max() / np.abs(expected).max()
    assert off < 4 * CLOSE[str(expected.dtype)], f"{what} is off by {off:.2g}"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("cell", ["tanh", "lstm"])
def test_fast_and_plain_layers_agree(cell, shape, dtype):
    arrays, _, dh = draw(cell, shape, dtype)
    forward, backward = (
        (rnn_layers.lstm_forward, rnn_layers.lstm_backward)
        if cell == "lstm"
        else (rnn_layers.rnn_forward, rnn_layers.rnn_backward)
    )
    h, cache = forward(*arrays)
    found = run(cell, arrays, None, dh)
    for name, ours, plain in zip(("h", *NAMES), found, (h, *backward(dh, cache))):
        assert_close(ours, plain, name)
    assert found[-1] is None


@pytest.mark.parametrize("added", ADDED)
@pytest.mark.parametrize("cell", ["tanh", "relu", "lstm"])
def test_gradients_are_the_numeric_ones(cell, added):
    arrays, more, dh = draw(cell, (2, 3, 4, 5), added=added)
    found = run(cell, arrays, more, dh)[1:]
    for name, ours, array in zip(NAMES, found, (*arrays, more)):
        if array is None:
            assert ours is None
            continue
        expected = numeric(lambda _: run(cell, arrays, more, dh)[0], array, dh)
        assert ours.shape == array.shape
        np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-8, err_msg=name)


def scored(dtype="float64"):
    """h, W_vocab, b_vocab, words and mask; some steps do not count."""
    rng = np.random.default_rng(4)
    h, W, b = (rng.standard_normal(s).astype(dtype) for s in [(3, 4, 5), (5, 7), (7,)])
    words = rng.integers(7, size=(3, 4))
    return h, W, b, words, rng.random((3, 4)) < 0.7


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softmax_of_words_is_that_of_the_plain_layers(dtype):
    h, W, b, words, mask = scored(dtype)
    scores, cache = rnn_layers.temporal_affine_forward(h, W, b)
    loss, dscores = rnn_layers.temporal_softmax_loss(scores, words, mask)
    expected = rnn_layers.temporal_affine_backward(dscores, cache)
    found = softmax_words_fast(h, W, b, words, mask)
    assert found[0] == pytest.approx(loss, rel=CLOSE[dtype])
    for name, ours, plain in zip(("dh", "dW", "db"), found[1:], expected):
        assert_close(ours, plain, name)


def test_steps_that_do_not_count_reach_nothing():
    h, W, b, words, mask = scored()
    expected = softmax_words_fast(h, W, b, words, mask)
    h[~mask] = np.nan
    for ours, clean in zip(softmax_words_fast(h, W, b, words, mask), expected):
        np.testing.assert_array_equal(ours, clean)
    nothing = softmax_words_fast(h, W, b, words, np.zeros_like(mask))
    assert nothing[0] == 0
    assert not any(array.any() for array in nothing[1:])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_vectors_of_words_receive_sums(dtype):
    rng = np.random.default_rng(5)
    dout, words = rng.standard_normal((3, 4, 5)).astype(dtype), rng.integers(6, size=(3, 4))
    words[words == 2] = 3  # one word is not there, and others are several times
    expected = np.zeros((7, 5), dtype=dtype)
    np.add.at(expected, words, dout)
    found = word_embedding_backward_fast(dout, words, 7)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
