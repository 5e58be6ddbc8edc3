"""The oracles of the training recipe, against NumPy and numbers worked out by hand."""

import numpy as np
import pytest

from grading.oracles import training_recipe as oracles

pytestmark = pytest.mark.assignment3


def test_numbers_clipped(rng):
    grad = 3 * rng.normal(size=(4, 5))
    np.testing.assert_array_equal(oracles.numbers_clipped(grad, 2), np.clip(grad, -2, 2))


def test_length_of_all(rng):
    grads = [rng.normal(size=(2, 3)), rng.normal(size=7)]
    flat = np.concatenate([grad.ravel() for grad in grads])
    assert oracles.length_of_all(grads) == pytest.approx(np.linalg.norm(flat), rel=1e-14)


def test_log_frequencies():
    captions = np.array([[1, 4, 4, 2, 0], [1, 5, 2, 0, 0]])
    expected = np.log(np.array([1, 1, 2, 1, 2, 1]) / 8)
    np.testing.assert_allclose(oracles.log_frequencies(captions, 6, 0), expected, rtol=1e-14)


def test_choices_per_word():
    logprobs = np.log([[0.5, 0.125, 1.0], [0.25, 1.0, 1.0]])
    mask = np.array([[True, True, False], [True, False, False]])
    assert oracles.choices_per_word(logprobs, mask) == pytest.approx(4.0, rel=1e-14)
