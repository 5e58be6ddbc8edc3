"""Recurrent layers: definitions, derivatives, precision, masks, and what is refused."""

import numpy as np
import pytest

from cs231n import rnn_layers
from cs231n.gradient_check import eval_numerical_gradient_array
from cs231n.rnn_layers import (
    lstm_backward,
    lstm_forward,
    lstm_step_backward,
    lstm_step_forward,
    rnn_backward,
    rnn_forward,
    rnn_step_backward,
    rnn_step_forward,
    sigmoid,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

N, T, D, H = 3, 5, 4, 6


def draw(rng, gates, *shapes, dtype=np.float64):
    """Arrays of these shapes, and Wx, Wh, b for so many blocks."""
    shapes = [*shapes, (D, gates * H), (H, gates * H), gates * H]
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def require_derivatives(forward, backward, arrays, rng):
    """Compare `backward` with numeric derivatives of the first output of `forward`."""
    out, cache = forward(*arrays)
    dout = rng.normal(size=out.shape)
    before = [array.copy() for array in arrays]
    grads = backward(dout, cache)
    for number, (array, grad) in enumerate(zip(arrays, grads, strict=True)):

        def changed(value, number=number):
            return forward(*arrays[:number], value, *arrays[number + 1 :])[0]

        numeric = eval_numerical_gradient_array(changed, array.copy(), dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-8)
        np.testing.assert_array_equal(array, before[number])


def lstm_by_hand(x, prev_h, prev_c, Wx, Wh, b):
    """One step for one sequence, unit by unit."""
    a = x @ Wx + prev_h @ Wh + b
    h, c = np.empty(H), np.empty(H)
    for k in range(H):
        i, f, o = (1 / (1 + np.exp(-a[block * H + k])) for block in range(3))
        c[k] = f * prev_c[k] + i * np.tanh(a[3 * H + k])
        h[k] = o * np.tanh(c[k])
    return h, c


def test_a_step_of_the_rnn(rng):
    x, h, Wx, Wh, b = draw(rng, 1, (N, D), (N, H))
    expected = np.tanh(x @ Wx + h @ Wh + b)
    np.testing.assert_allclose(rnn_step_forward(x, h, Wx, Wh, b)[0], expected, rtol=1e-14)
    require_derivatives(rnn_step_forward, rnn_step_backward, [x, h, Wx, Wh, b], rng)


def test_a_sequence_is_its_steps(rng):
    x, h0, Wx, Wh, b = draw(rng, 1, (N, T, D), (N, H))
    h, _ = rnn_forward(x, h0, Wx, Wh, b)
    prev_h = h0
    for t in range(T):
        prev_h, _ = rnn_step_forward(x[:, t], prev_h, Wx, Wh, b)
        np.testing.assert_allclose(h[:, t], prev_h, rtol=1e-12)


def test_the_rnn_backwards(rng):
    require_derivatives(rnn_forward, rnn_backward, draw(rng, 1, (N, T, D), (N, H)), rng)


def test_a_step_of_the_lstm(rng):
    x, h, c, Wx, Wh, b = draw(rng, 4, (N, D), (N, H), (N, H))
    next_h, next_c, _ = lstm_step_forward(x, h, c, Wx, Wh, b)
    for n in range(N):
        expected_h, expected_c = lstm_by_hand(x[n], h[n], c[n], Wx, Wh, b)
        np.testing.assert_allclose(next_h[n], expected_h, rtol=1e-12)
        np.testing.assert_allclose(next_c[n], expected_c, rtol=1e-12)


def test_a_step_of_the_lstm_backwards(rng):
    arrays = draw(rng, 4, (N, D), (N, H), (N, H))
    dh, dc = rng.normal(size=(2, N, H))

    def forward(*arrays):
        next_h, next_c, cache = lstm_step_forward(*arrays)
        return np.stack([next_h, next_c]), cache

    out, cache = forward(*arrays)
    grads = lstm_step_backward(dh, dc, cache)
    for number, (array, grad) in enumerate(zip(arrays, grads, strict=True)):

        def changed(value, number=number):
            return forward(*arrays[:number], value, *arrays[number + 1 :])[0]

        numeric = eval_numerical_gradient_array(changed, array.copy(), np.stack([dh, dc]))
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-8)
    assert out.shape == (2, N, H)


def test_the_lstm_is_its_steps(rng):
    x, h0, Wx, Wh, b = draw(rng, 4, (N, T, D), (N, H))
    h, _ = lstm_forward(x, h0, Wx, Wh, b)
    prev_h, prev_c = h0, np.zeros((N, H))
    for t in range(T):
        prev_h, prev_c, _ = lstm_step_forward(x[:, t], prev_h, prev_c, Wx, Wh, b)
        np.testing.assert_allclose(h[:, t], prev_h, rtol=1e-12)


def test_the_lstm_backwards(rng):
    require_derivatives(lstm_forward, lstm_backward, draw(rng, 4, (N, T, D), (N, H)), rng)


@pytest.mark.parametrize(
    ("forward", "backward", "gates"),
    [(rnn_forward, rnn_backward, 1), (lstm_forward, lstm_backward, 4)],
)
def test_float32_stays_float32(forward, backward, gates, rng):
    arrays = draw(rng, gates, (N, T, D), (N, H), dtype=np.float32)
    h, cache = forward(*arrays)
    assert h.dtype == np.float32
    assert {grad.dtype for grad in backward(h, cache)} == {np.dtype(np.float32)}
    precise, _ = forward(*(array.astype(np.float64) for array in arrays))
    np.testing.assert_allclose(h, precise, atol=1e-5)


def test_a_sequence_of_one_step(rng):
    arrays = draw(rng, 4, (N, 1, D), (N, H))
    require_derivatives(lstm_forward, lstm_backward, arrays, rng)


def test_words_are_looked_up_and_those_used_twice_get_the_sum(rng):
    W, x = rng.normal(size=(7, D)), np.array([[0, 3, 3], [6, 0, 3]])
    out, cache = word_embedding_forward(x, W)
    np.testing.assert_array_equal(out[1, 0], W[6])
    dout = rng.normal(size=out.shape)
    dW = word_embedding_backward(dout, cache)
    np.testing.assert_allclose(dW[3], dout[0, 1] + dout[0, 2] + dout[1, 2])
    assert not dW[[1, 2, 4, 5]].any()
    assert word_embedding_backward(dout.astype(np.float32), cache).dtype == np.float32


@pytest.mark.parametrize("wrong", [-1, 7])
def test_a_word_that_is_none_is_refused(wrong, rng):
    with pytest.raises(IndexError, match=f"there is no word {wrong}: .* from 0 to 6"):
        word_embedding_forward(np.array([[0, wrong]]), rng.normal(size=(7, D)))


def test_no_words_have_no_vectors(rng):
    out, _ = word_embedding_forward(np.zeros((2, 0), dtype=int), rng.normal(size=(7, D)))
    assert out.shape == (2, 0, D)


def test_an_affine_layer_at_every_step(rng):
    arrays = [rng.normal(size=shape) for shape in [(N, T, D), (D, 7), 7]]
    out, cache = temporal_affine_forward(*arrays)
    np.testing.assert_allclose(out, np.einsum("ntd,dm->ntm", *arrays[:2]) + arrays[2])
    assert cache[3] is out
    require_derivatives(temporal_affine_forward, temporal_affine_backward, arrays, rng)


def test_the_loss_of_steps_that_count(rng):
    x, y = rng.normal(size=(N, T, 7)), rng.integers(7, size=(N, T))
    mask = rng.random((N, T)) < 0.6
    loss, dx = temporal_softmax_loss(x, y, mask)
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    expected = -sum(np.log(p[n, t, y[n, t]]) for n in range(N) for t in range(T) if mask[n, t])
    assert loss == pytest.approx(expected / N)
    assert not dx[~mask].any()
    numeric = eval_numerical_gradient_array(
        lambda scores: np.array(temporal_softmax_loss(scores, y, mask)[0]), x, np.array(1.0)
    )
    np.testing.assert_allclose(dx, numeric, rtol=1e-6, atol=1e-9)


def test_hopeless_words_have_a_finite_loss():
    x, y = np.array([[[0.0, 2000.0]]], dtype=np.float32), np.array([[0]])
    loss, dx = temporal_softmax_loss(x, y, np.array([[True]]))
    assert loss == 2000
    assert (dx.dtype, dx.tolist()) == (np.float32, [[[-1, 1]]])


def test_verbose_says_the_shape(capsys):
    temporal_softmax_loss(np.zeros((1, 2, 3)), np.zeros((1, 2), int), np.ones((1, 2), bool), True)
    assert "(1, 2, 3)" in capsys.readouterr().out


def test_the_sigmoid_never_overflows():
    x = np.array([-1e4, -1.5, 0.0, 1.5, 1e4])
    np.testing.assert_allclose(sigmoid(x[1:4]), 1 / (1 + np.exp(-x[1:4])))
    np.testing.assert_array_equal(sigmoid(x[[0, 4]]), [0, 1])


def test_star_import_brings_the_historical_names():
    names = {}
    exec("from cs231n.rnn_layers import *", names)
    assert set(rnn_layers.__all__) <= set(names)
