"""Models that count: hand-sized texts, sums to one, and what perplexities count."""

import math

import numpy as np
import pytest

from cs231n.language.ngrams import START, NgramModel, count_ngrams, perplexities

pytestmark = pytest.mark.assignment4
TEXT = [[0, 1, 0, 1, 2], [0]]  # V = 3


def test_contexts_begin_with_start():
    assert count_ngrams(TEXT, 1) == {(): {0: 3, 1: 2, 2: 1}}
    assert count_ngrams(TEXT, 2) == {(START,): {0: 2}, (0,): {1: 2}, (1,): {0: 1, 2: 1}}
    assert count_ngrams(TEXT, 3)[START, START] == {0: 2}


def test_arrays_count_as_lists_do():
    arrays = [np.array(sequence, dtype=np.uint8) for sequence in TEXT]
    assert count_ngrams(arrays, 2) == count_ngrams(TEXT, 2)


def test_witten_bell_by_hand():
    model = NgramModel(2, 3).fit(TEXT)
    of_one = (1 + 3 * (1 / 3)) / (6 + 3)  # token 2: once of six, three kinds
    assert model.probability(2, ()) == pytest.approx(of_one)
    assert model.probability(2, (1,)) == pytest.approx((1 + 2 * of_one) / (2 + 2))
    assert model.probability(2, (2,)) == pytest.approx(of_one)  # nothing followed token 2


@pytest.mark.parametrize("order", [1, 2, 4])
def test_probabilities_sum_to_one(order, rng):
    model = NgramModel(order, 6).fit([rng.integers(5, size=60)])
    for context in [(), (0, 1, 2), (5, 0), (START, START, 3)]:
        chances = model.distribution(context)
        assert chances.sum() == pytest.approx(1)
        assert chances.min() > 0


def test_logprobs_are_those_of_each_token_behind_those_before_it(rng):
    model = NgramModel(3, 5).fit([rng.integers(5, size=80)])
    tokens = [0, 3, 3, 1]
    contexts = [(START, START), (START, 0), (0, 3), (3, 3)]
    expected = [model.probability(*pair) for pair in zip(tokens, contexts)]
    np.testing.assert_allclose(model.logprobs(tokens), np.log(expected))
    assert model.logprobs([]).shape == (0,)


def test_a_higher_order_predicts_a_text_of_habits_better(rng):
    text = np.tile([0, 1, 2, 0, 2, 1], 30)
    bits = [-NgramModel(n, 3).fit([text]).logprobs(text).mean() for n in (1, 2, 3)]
    assert bits[0] > bits[1] > bits[2]


def test_a_long_text_is_counted_in_seconds(rng):
    text = rng.integers(90, size=60_000)
    assert len(NgramModel(5, 90).fit([text]).logprobs(text[:5000])) == 5000


def test_perplexity_by_hand():
    logprobs = [np.log([0.5, 0.25]), np.log([0.125])]
    got = perplexities(logprobs, [[4, 1], [1]], unknown=4)
    assert got["bits"] == pytest.approx((1 + 2 + 3) / 3)
    assert got["perplexity"] == pytest.approx(4)
    assert got["unknown"] == pytest.approx(1 / 3)
    assert got["known"] == pytest.approx(2**2.5)


def test_where_all_is_unknown_the_known_have_no_perplexity():
    got = perplexities([np.log([0.5])], [[7]], unknown=7)
    assert math.isnan(got["known"])
    assert got["unknown"] == 1


def test_sizes_below_one_are_refused():
    with pytest.raises(ValueError, match="order is 0 and V is 4; both should be 1 or more"):
        NgramModel(0, 4)


@pytest.mark.parametrize("wrong", [-1, 3])
def test_what_is_not_a_token_is_refused(wrong):
    with pytest.raises(ValueError, match=f"{wrong} is not a token; tokens run from 0 to 2"):
        NgramModel(2, 3).fit([[0, 1], [2, wrong]])


def test_one_logarithm_for_each_token():
    with pytest.raises(ValueError, match="2 logarithms for 3 tokens"):
        perplexities([np.zeros(2)], [[1, 2, 3]])
    with pytest.raises(ValueError, match="one token or more"):
        perplexities([], [])
