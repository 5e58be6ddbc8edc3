"""The training recipe: clipping, the first guess, perplexity, exchanged pictures, snapshots."""

import numpy as np
import pytest

from cs231n.training.training_recipe import (
    bias_from_counts,
    clip_by_norm,
    clip_elementwise,
    exchange_pictures,
    perplexity,
    unknown_rate,
)

pytestmark = pytest.mark.assignment3
NULL, START, END, UNK = 0, 1, 2, 3
CAPTIONS = np.array([[START, 4, 5, END, NULL], [START, 4, 3, 4, END], [START, 6, END, NULL, NULL]])


def test_numbers_are_clipped_one_by_one():
    grads = {"W": np.array([[-7.0, 3.0], [5.5, np.nan]]), "b": np.array([np.inf, -5.0])}
    clipped = clip_elementwise(grads, 5)
    np.testing.assert_array_equal(clipped["W"], [[-5, 3], [5, np.nan]])
    np.testing.assert_array_equal(clipped["b"], [5, -5])
    assert grads["W"][0, 0] == -7


def test_a_long_gradient_keeps_its_direction():
    clipped, norm = clip_by_norm({"W": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 1)
    assert norm == 5
    np.testing.assert_allclose(clipped["W"], [[0.6, 0]])
    np.testing.assert_allclose(clipped["b"], [0.8])


@pytest.mark.parametrize("size", [0.0, 1e-3, 0.999])
def test_a_short_gradient_stays(size):
    clipped, norm = clip_by_norm({"b": np.array([0.0, size])}, 1)
    assert norm == size
    np.testing.assert_array_equal(clipped["b"], [0, size])


def test_the_norm_does_not_overflow():
    clipped, norm = clip_by_norm({"b": np.full(4, 1e30, dtype=np.float32)}, 2)
    assert norm == pytest.approx(2e30, rel=1e-6)
    np.testing.assert_allclose(clipped["b"], np.ones(4), rtol=1e-6)


@pytest.mark.parametrize("bound", [2, np.float64(2)])
def test_gradients_keep_their_precision(bound):
    grads = {"b": np.full(4, 3, dtype=np.float32)}
    assert clip_elementwise(grads, bound)["b"].dtype == np.float32
    assert clip_by_norm(grads, bound)[0]["b"].dtype == np.float32


def test_the_first_guess_is_how_often_words_are_predicted():
    bias = bias_from_counts(CAPTIONS, 8, NULL)
    counts = [1, 1, 3, 1, 3, 1, 1, 1]  # <NULL>, <START> and word 7 never come
    np.testing.assert_allclose(np.exp(bias), np.array(counts) / 12)


def test_softmax_of_the_first_guess_is_the_best_that_knows_no_picture(rng):
    captions = np.column_stack([np.full(500, START), rng.integers(2, 6, size=(500, 3))])
    bias = bias_from_counts(captions, 6, NULL)

    def cost(scores):
        logp = scores - np.log(np.sum(np.exp(scores[2:])))
        return -np.mean(logp[captions[:, 1:]])

    for _ in range(20):
        assert cost(bias) < cost(bias + 0.1 * rng.normal(size=6))


def test_perplexity_is_the_number_of_equal_choices():
    logprobs = np.log([[0.5, 0.125, 1.0], [0.25, 1.0, 1.0]])
    mask = np.array([[True, True, False], [True, False, False]])
    assert perplexity(logprobs, mask) == pytest.approx(4.0)
    assert perplexity(np.where(mask, logprobs, np.nan), mask) == pytest.approx(4.0)


def test_perplexity_of_no_words_is_refused():
    with pytest.raises(ValueError, match="mask is False everywhere; there should be one word"):
        perplexity(np.zeros((2, 3)), np.zeros((2, 3), dtype=bool))


def test_the_rate_of_unknown_words_counts_what_is_predicted():
    assert unknown_rate(CAPTIONS, NULL, UNK) == 1 / 9
    assert unknown_rate(CAPTIONS, NULL, None) == 0
    assert unknown_rate(np.array([[START, NULL]]), NULL, UNK) == 0


@pytest.mark.parametrize("count", [2, 3, 10])
def test_pictures_are_exchanged_as_wholes(count, rng):
    image_idxs = rng.permutation(np.tile(10 + 3 * np.arange(count), 4))
    others = exchange_pictures(image_idxs, rng)
    assert not np.any(others == image_idxs)
    pairs = np.unique(np.column_stack([image_idxs, others]), axis=0)
    assert len(pairs) == len(np.unique(pairs[:, 1])) == count


def test_one_picture_cannot_be_exchanged(rng):
    with pytest.raises(ValueError, match="there is one picture only; two at least"):
        exchange_pictures(np.array([4, 4]), rng)
