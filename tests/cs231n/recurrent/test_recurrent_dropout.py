"""Dropout of a recurrent layer: its derivatives, and the mistake that is kept to be found."""

import numpy as np
import pytest

from cs231n.gradient_check import eval_numerical_gradient_array
from cs231n.recurrent.recurrent_dropout import (
    rnn_dropout_backward,
    rnn_dropout_backward_wrong,
    rnn_dropout_forward,
)

pytestmark = pytest.mark.assignment3
N, T, D, H = 3, 4, 2, 5


def draw(rng, kept, dtype=np.float64):
    shapes = [(N, T, D), (N, H), (D, H), (H, H), (H,)]
    arrays = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    return arrays, (rng.random((N, T, H)) < kept) / kept


def errors(backward, rng, kept):
    """Largest errors of five derivatives, against numeric ones with the mask fixed."""
    arrays, mask = draw(rng, kept)
    dout = rng.normal(size=(N, T, H))
    grads = backward(dout, rnn_dropout_forward(*arrays, mask)[1])
    found = []
    for at, (array, grad) in enumerate(zip(arrays, grads, strict=True)):

        def out(value, at=at):
            return rnn_dropout_forward(*arrays[:at], value, *arrays[at + 1 :], mask)[0]

        numeric = eval_numerical_gradient_array(out, array.copy(), dout)
        found.append(np.abs(grad - numeric).max() / np.abs(numeric).max())
    return np.array(found)


def test_the_outputs_are_dropped_and_the_states_are_not(rng):
    arrays, mask = draw(rng, 0.5)
    out, cache = rnn_dropout_forward(*arrays, mask)
    whole, _ = rnn_dropout_forward(*arrays, np.ones((N, T, H)))
    np.testing.assert_allclose(out, mask * whole)
    np.testing.assert_array_equal(cache[5], whole)
    x, h0, Wx, Wh, b = arrays
    np.testing.assert_allclose(whole[:, 0], np.maximum(0, x[:, 0] @ Wx + h0 @ Wh + b))


@pytest.mark.parametrize("kept", [0.5, 1.0])
def test_derivatives_with_a_fixed_mask(rng, kept):
    assert errors(rnn_dropout_backward, rng, kept).max() < 1e-7


def test_the_mistake_shows_with_a_mask_and_not_without(rng):
    assert errors(rnn_dropout_backward_wrong, rng, 1.0).max() < 1e-7
    assert errors(rnn_dropout_backward_wrong, rng, 0.5).min() > 0.01


def test_float32_stays_float32(rng):
    arrays, mask = draw(rng, 0.5, np.float32)
    out, cache = rnn_dropout_forward(*arrays, mask)
    grads = rnn_dropout_backward(out, cache)
    assert {array.dtype for array in (out, *grads)} == {np.dtype(np.float32)}
