"""Skip-gram, its pairs and noise, and counts: by hand, and against each other."""

import numpy as np
import pytest

from cs231n.gradient_check import check_gradient
from cs231n.language.word_vectors import (
    batch_loss,
    context_pairs,
    draw_negatives,
    keep_probabilities,
    noise_distribution,
    pair_loss,
    ppmi,
)

pytestmark = pytest.mark.assignment4


def test_pairs_of_a_sentence():
    centres, contexts = context_pairs([5, 8, 5, 2], 1)
    assert list(zip(centres, contexts)) == [(5, 8), (8, 5), (8, 5), (5, 8), (5, 2), (2, 5)]


@pytest.mark.parametrize("words", [[], [3]])
def test_a_sentence_without_neighbours_has_no_pairs(words):
    centres, contexts = context_pairs(words, 4)
    assert centres.shape == contexts.shape == (0,)
    assert centres.dtype == contexts.dtype == np.int64


def test_pairs_are_symmetric():
    centres, contexts = context_pairs(np.arange(9) % 4, 3)
    assert sorted(zip(centres, contexts)) == sorted(zip(contexts, centres))


def test_a_word_four_times_the_threshold_stays_every_second_time():
    np.testing.assert_allclose(keep_probabilities([40, 960, 0], 0.01), [0.5, 96**-0.5, 1])


def test_noise_by_hand():
    np.testing.assert_allclose(noise_distribution([16, 81, 0]), [8 / 35, 27 / 35, 0])
    np.testing.assert_allclose(noise_distribution([16, 81, 0], 0), [0.5, 0.5, 0])


def test_negatives_are_not_the_context(rng):
    noise, contexts = np.array([0.7, 0.3, 0.0]), np.array([0, 1] * 50)
    negatives = draw_negatives(noise, contexts, 3, rng)
    np.testing.assert_array_equal(negatives, np.repeat(1 - contexts[:, None], 3, axis=1))


def test_one_word_alone_is_refused(rng):
    with pytest.raises(ValueError, match="1 words with a probability above 0"):
        draw_negatives(np.array([0, 1.0]), np.array([0]), 2, rng)


def test_loss_of_vectors_of_zeros():
    loss, *_ = pair_loss(np.zeros(4), np.zeros(4), np.zeros((5, 4)))
    np.testing.assert_allclose(loss, 6 * np.log(2))


def test_derivatives_of_a_pair(rng):
    v, u, negatives = rng.normal(size=5), rng.normal(size=5), rng.normal(size=(3, 5))
    _, dv, du, dn = pair_loss(v, u, negatives)
    assert check_gradient(lambda x: pair_loss(x, u, negatives)[0], v, dv).ok
    assert check_gradient(lambda x: pair_loss(v, x, negatives)[0], u, du).ok
    assert check_gradient(lambda x: pair_loss(v, u, x)[0], negatives, dn).ok


def test_a_batch_is_the_mean_of_its_pairs(rng):
    V_in, V_out = rng.normal(size=(2, 6, 3))
    centres, contexts = rng.integers(6, size=(2, 8))
    negatives = rng.integers(6, size=(8, 4))
    loss, dV_in, dV_out = batch_loss(V_in, V_out, centres, contexts, negatives)
    total, right_in, right_out = 0, np.zeros((6, 3)), np.zeros((6, 3))
    for centre, context, others in zip(centres, contexts, negatives):
        one, dv, du, dn = pair_loss(V_in[centre], V_out[context], V_out[others])
        total += one
        right_in[centre] += dv
        right_out[context] += du
        np.add.at(right_out, others, dn)
    np.testing.assert_allclose(loss, total / 8)
    np.testing.assert_allclose(dV_in, right_in / 8)
    np.testing.assert_allclose(dV_out, right_out / 8)


def test_scores_of_thousands_give_finite_numbers():
    V = np.array([[3e3, 0], [1.0, 0], [-1.0, 0]])
    for context, negative in ((1, 2), (2, 1)):
        loss, dV_in, dV_out = batch_loss(
            V, V, np.array([0]), np.array([context]), np.array([[negative]])
        )
        np.testing.assert_allclose(loss, 0 if context == 1 else 6000)
        assert np.isfinite(dV_in).all()
        assert np.isfinite(dV_out).all()


def test_ppmi_by_hand():
    # of 9 pairs, word 0 has 3 and so has context 0: by chance 1, 2, 2 and 4 of them
    np.testing.assert_allclose(ppmi([[0, 3], [3, 3]]), np.log([[1, 3 / 2], [3 / 2, 1]]))
