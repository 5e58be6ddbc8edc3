"""Sentences of about one length come together, in an order drawn anew."""

import numpy as np
import pytest

from cs231n.training.batches import POOL, order_by_length

pytestmark = pytest.mark.assignment3


def test_every_sentence_comes_once_at_most_and_batches_are_sorted_within_pools():
    lengths = np.random.default_rng(1).integers(1, 30, size=103)
    order = order_by_length(np.random.default_rng(2), lengths, 5)
    assert len(order) == len(set(order.tolist())) == 100
    spread = np.ptp(lengths[order].reshape(-1, 5), axis=1)
    assert spread.mean() < 30 / POOL
    assert not np.array_equal(order, order_by_length(np.random.default_rng(3), lengths, 5))


def test_fewer_sentences_than_a_batch_are_one_batch():
    assert sorted(order_by_length(np.random.default_rng(1), np.array([3, 1]), 5)) == [0, 1]
