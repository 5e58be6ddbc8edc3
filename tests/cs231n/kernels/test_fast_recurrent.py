"""The fast recurrent layers agree with the plain ones, with numeric gradients, and their twins."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cs231n import rnn_layers
from cs231n.gradient_check import eval_numerical_gradient_array as numeric
from cs231n.kernels import fast_recurrent
from cs231n.kernels.fast_recurrent import (
    lstm_backward_fast,
    lstm_forward_fast,
    rnn_backward_fast,
    rnn_forward_fast,
    softmax_words_fast,
    word_embedding_backward_fast,
)

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


def run(cell, arrays, added, dh, threads=None, lengths=None):
    """h, and all derivatives."""
    options = {"lengths": lengths, "threads": threads}
    if cell == "lstm":
        h, cache = lstm_forward_fast(*arrays, added, **options)
        return h, *lstm_backward_fast(dh, cache, threads)[:6]
    h, cache = rnn_forward_fast(*arrays, added, activation=cell, **options)
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


@pytest.mark.parametrize("shape", [(9, 3, 5, 37), (50, 2, 64, 48)], ids=str)
@pytest.mark.parametrize("cell", ["relu", "lstm"])
def test_results_are_the_same_for_any_number_of_threads(cell, shape):
    arrays, more, dh = draw(cell, shape, "float32", "every")
    alone = run(cell, arrays, more, dh, threads=1)
    for ours, one in zip(run(cell, arrays, more, dh, threads=3), alone):
        np.testing.assert_array_equal(ours, one)


def test_words_are_the_same_for_any_number_of_threads():
    rng = np.random.default_rng(6)
    h, W, b = (rng.standard_normal(s).astype("float32") for s in [(40, 5, 9), (9, 90), (90,)])
    words, mask = rng.integers(90, size=(40, 5)), rng.random((40, 5)) < 0.8
    alone = softmax_words_fast(h, W, b, words, mask, threads=1)
    for ours, one in zip(softmax_words_fast(h, W, b, words, mask, threads=3), alone):
        np.testing.assert_array_equal(ours, one)
    one, three = (word_embedding_backward_fast(h, words, 90, threads=t) for t in (1, 3))
    np.testing.assert_array_equal(one, three)


def test_python_threads_do_not_share_memory():
    shapes = [(4, 3, 5, 20), (9, 5, 7, 11), (30, 2, 9, 40)]
    tasks = [draw("lstm", shape, "float32") for shape in shapes]
    expected = [run("lstm", arrays, None, dh) for arrays, _, dh in tasks]
    with ThreadPoolExecutor(3) as pool:
        for _ in range(5):
            for ours, one in zip(
                pool.map(lambda t: run("lstm", t[0], None, t[2]), tasks), expected
            ):
                for a, b in zip(ours[:-1], one[:-1]):
                    np.testing.assert_array_equal(a, b)


# Four units in the last place; the twin's sigmoid, made from tanh, loses digits where it is small.
ULPS = 4
ENDS = np.concatenate([-(10.0 ** np.arange(-30, 3)), np.linspace(-20, 20, 4001), [0, 50, 1e4]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_tanh_is_exact_to_four_units_in_the_last_place(dtype):
    x = ENDS.astype(dtype)[:, None, None]
    one, zero = np.ones((1, 1), dtype), np.zeros((len(x), 1), dtype)
    h, _ = rnn_forward_fast(x, zero, one, 0 * one, np.zeros(1, dtype))
    exact = np.tanh(x.astype(np.longdouble))
    assert np.all(np.abs(h - exact) <= ULPS * np.spacing(np.abs(exact).astype(dtype)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sigmoid_is_exact_to_four_units_too_that_of_the_twin_to_units_of_1(dtype, kernels):
    x = ENDS[ENDS > -80].astype(dtype)
    added = np.stack([x * 0 + 100, x * 0, x, x * 0 + 100], axis=1)  # h = sigmoid(x) tanh(1)
    zeros = [np.zeros(s, dtype) for s in [(len(x), 1, 1), (len(x), 1), (1, 4), (1, 4), (4,)]]
    h, _ = lstm_forward_fast(*zeros, added)
    exact = np.tanh(np.longdouble(1)) / (1 + np.exp(-x.astype(np.longdouble)))
    unit = np.spacing(np.ones_like(x) if kernels == "numpy" else exact.astype(dtype))
    assert np.all(np.abs(h[:, 0, 0] - exact) <= ULPS * unit)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf], ids=str)
@pytest.mark.parametrize("cell", ["tanh", "relu", "lstm"])
def test_what_is_no_number_comes_through_as_in_the_plain_layers(cell, bad):
    arrays, _, dh = draw(cell, (5, 3, 4, 21), "float32")
    arrays[0][1, 1, 2] = bad
    with np.errstate(all="ignore"):
        found = run(cell, arrays, None, dh)
        x, h0, Wx, Wh, b = arrays
        if cell == "relu":
            h = [h0]
            for t in range(3):
                h.append(np.maximum(x[:, t] @ Wx + h[-1] @ Wh + b, 0))
            h = np.stack(h[1:], axis=1)
        else:
            forward = rnn_layers.lstm_forward if cell == "lstm" else rnn_layers.rnn_forward
            h, _ = forward(*arrays)
    np.testing.assert_array_equal(np.isnan(found[0]), np.isnan(h))
    np.testing.assert_allclose(found[0][[0, 2, 3, 4]], h[[0, 2, 3, 4]], rtol=1e-4, atol=1e-5)
    if np.isnan(bad):
        assert all(np.isnan(array).any() for array in found[3:5])  # dWx and dWh


def test_scores_that_are_no_numbers_come_through():
    h, W, b, words, mask = scored("float32")
    mask[0, 0] = True
    h[0, 0, 1] = np.nan
    with np.errstate(all="ignore"):
        loss, dh, dW, db = softmax_words_fast(h, W, b, words, mask)
    assert np.isnan(loss)
    for array in (dh[0, 0], dW, db):
        assert np.isnan(array).all()
    assert np.isfinite(dh[1:]).all()


def test_large_scores_do_not_overflow():
    h, W, b, words, mask = scored("float32")
    loss, *derivatives = softmax_words_fast(h * 1e4, W, b, words, mask)
    assert np.isfinite(loss)
    assert all(np.isfinite(array).all() for array in derivatives)


def test_inputs_are_unchanged_and_need_not_be_contiguous():
    arrays, more, dh = draw("lstm", (3, 4, 5, 6), added="first")
    expected = run("lstm", arrays, more, dh)
    apart = [np.repeat(a, 2, axis=-1)[..., ::2] for a in (*arrays, more, dh)]
    before = [a.copy() for a in apart]
    for ours, plain in zip(run("lstm", apart[:5], apart[5], apart[6]), expected):
        np.testing.assert_allclose(ours, plain, rtol=1e-12)
    for after, array in zip(apart, before):
        np.testing.assert_array_equal(after, array)


def test_the_way_back_can_be_taken_twice():
    arrays, more, dh = draw("lstm", (3, 4, 5, 6), added="every")
    _, cache = lstm_forward_fast(*arrays, more)
    first, second = lstm_backward_fast(dh, cache), lstm_backward_fast(dh, cache)
    for one, other in zip(first, second):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("shape", [(0, 3, 4, 5), (2, 0, 4, 5)], ids=str)
def test_nothing_goes_in_and_nothing_comes_out(shape):
    arrays, more, dh = draw("lstm", shape, added="every")
    found = run("lstm", arrays, more, dh)
    assert [a.shape for a in found] == [a.shape for a in (dh, *arrays, more)]
    assert not any(array.any() for array in found[3:6])


def test_a_cell_that_does_not_fit_is_named():
    arrays, _, dh = draw("tanh", (2, 3, 4, 5))
    x, h0, Wx, Wh, b = arrays
    with pytest.raises(ValueError, match="activation is 'gelu'; it should be 'tanh' or 'relu'"):
        rnn_forward_fast(*arrays, activation="gelu")
    with pytest.raises(ValueError, match=r"x has shape \(2, 4\); it should be \(N, T, D\)"):
        rnn_forward_fast(x[:, 0], h0, Wx, Wh, b)
    with pytest.raises(ValueError, match=r"h0 has shape \(5,\); it should be \(N, H\)"):
        rnn_forward_fast(x, h0[0], Wx, Wh, b)
    with pytest.raises(ValueError, match=r"lstm_forward_fast: Wx has .* should be \(4, 20\)"):
        lstm_forward_fast(*arrays)
    with pytest.raises(ValueError, match=r"added has shape \(2, 3, 5\); .*\(2, 1, 5\), for every"):
        rnn_forward_fast(*arrays, added=dh)
    with pytest.raises(TypeError, match="Wh is of float32; it should be float64"):
        rnn_forward_fast(x, h0, Wx, Wh.astype("float32"), b)
    with pytest.raises(TypeError, match="x"):
        rnn_forward_fast(x.astype(int), h0, Wx, Wh, b)
    _, cache = rnn_forward_fast(*arrays)
    with pytest.raises(ValueError, match="rnn_backward_fast: dh has shape"):
        rnn_backward_fast(dh[:1], cache)
    with pytest.raises(ValueError, match="threads is 0"):
        rnn_forward_fast(*arrays, threads=0)


def test_words_that_do_not_fit_are_named():
    h, W, b, words, mask = scored()
    with pytest.raises(IndexError, match="there is no word 7; words run from 0 to 6"):
        softmax_words_fast(h, W, b, np.full_like(words, 7), mask)
    with pytest.raises(IndexError, match="there is no word -1"):
        word_embedding_backward_fast(h, words * 0 - 1, 7)
    with pytest.raises(ValueError, match=r"words has shape \(3, 3\); it should be \(3, 4\)"):
        word_embedding_backward_fast(h, words[:, 1:], 7)
    with pytest.raises(ValueError, match=r"b_vocab has shape \(6,\); it should be \(7,\)"):
        softmax_words_fast(h, W, b[1:], words, mask)
    with pytest.raises(TypeError, match="W_vocab is of float32"):
        softmax_words_fast(h, W.astype("float32"), b, words, mask)


@pytest.mark.parametrize("added", ADDED)
@pytest.mark.parametrize("cell", ["tanh", "relu", "lstm"])
@pytest.mark.parametrize("N", [3, 29])
def test_sequences_may_end_early(cell, added, N):
    T = 5
    arrays, more, dh = draw(cell, (N, T, 4, 9), added=added)
    lengths = np.random.default_rng(1).integers(1, T + 1, size=N)
    lengths[:2] = 0, T
    sums = [np.zeros_like(array) for array in arrays[2:]]
    ended = np.arange(T) >= lengths[:, None]
    arrays[0][ended], dh[ended] = np.nan, np.nan
    h, dx, dh0, *by_weights, dadded = run(cell, arrays, more, dh, lengths=lengths)
    assert not any(array[ended].any() for array in (h, dx))
    for n, length in enumerate(lengths):
        alone = [arrays[0][n : n + 1, :length], arrays[1][n : n + 1], *arrays[2:]]
        of_one = None if more is None else more[n : n + 1]
        one = run(cell, alone, of_one, dh[n : n + 1, :length])
        for ours, expected in ((h[n, :length], one[0]), (dx[n, :length], one[1]), (dh0[n], one[2])):
            np.testing.assert_allclose(ours, expected[0], rtol=1e-10, atol=1e-12)
        if more is not None and length:
            np.testing.assert_allclose(dadded[n], one[-1][0], rtol=1e-10, atol=1e-12)
        for total, part in zip(sums, one[3:6]):
            total += part
    for ours, expected in zip(by_weights, sums):
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-11)


def test_sequences_without_steps_have_no_derivatives():
    arrays, more, dh = draw("lstm", (3, 2, 4, 5), added="every")
    found = run("lstm", arrays, more, dh, lengths=np.zeros(3, int))
    assert not any(array.any() for array in found)


@pytest.mark.parametrize(
    ("lengths", "words"), [([1, 4], "from 1 to 4; .* from 0 to 3"), ([1], "shape")]
)
def test_lengths_that_do_not_fit_are_named(lengths, words):
    arrays, _, _ = draw("lstm", (2, 3, 4, 5))
    with pytest.raises(ValueError, match=words):
        lstm_forward_fast(*arrays, lengths=np.array(lengths))
