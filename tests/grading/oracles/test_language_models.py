"""The oracles of language models, against numbers worked out by hand."""

import math

import numpy as np
import pytest

from grading.oracles import language_models as oracles

pytestmark = pytest.mark.assignment4
START = -1


def test_counts():
    rows = oracles.ngrams_looked_up([[0, 1, 0, 1], [0]], 2, START)
    assert rows == [((-1,), 0, 2), ((0,), 1, 2), ((1,), 0, 1)]


def test_mixing():
    counted = [oracles.ngrams_looked_up([[0, 1, 0, 1, 2]], n, START) for n in (1, 2)]
    of_two = (1 + 3 / 4) / (5 + 3)  # V = 4, three kinds among five tokens
    assert oracles.mixed_chance(counted, 4, 2, ()) == pytest.approx(of_two)
    assert oracles.mixed_chance(counted, 4, 2, (0, 1)) == pytest.approx((1 + 2 * of_two) / 4)
    assert oracles.mixed_chance(counted, 4, 2, (3,)) == pytest.approx(of_two)


def test_perplexities():
    got = oracles.perplexities_by_products([np.log([0.5, 0.25]), np.log([0.5])], [[1, 0], [2]], 0)
    assert got["bits"] == pytest.approx(4 / 3)
    assert got["perplexity"] == pytest.approx(2 ** (4 / 3))
    assert (got["unknown"], got["known"]) == (pytest.approx(1 / 3), pytest.approx(2))
    assert math.isnan(oracles.perplexities_by_products([[0.0]], [[1]], 1)["known"])


def test_states_and_slopes():
    one = np.ones((1, 1))
    x, states, layers = np.array([[[1.0], [-5.0]]]), [2 * one], [(one, one, np.zeros(1))]
    np.testing.assert_allclose(
        oracles.stacked_states(x, states, layers, "relu"), [[[[3.0], [0.0]]]]
    )
    found = oracles.stacked_gradients(np.ones((1, 2, 1)), x, states, layers, "relu")
    assert found["x"].ravel().tolist() == [1, 0]
    assert [float(grad.sum()) for grad in found["layers"][0]] == [1, 2, 1]
    assert found["states"][0].tolist() == [[1]]


def test_the_loss_of_a_network_that_knows_nothing():
    params = {"W_embed": np.ones((4, 2)), "W_vocab": np.zeros((3, 4)), "b_vocab": np.zeros(4)}
    params |= {"Wx1": np.ones((2, 3)), "Wh1": np.ones((3, 3)), "b1": np.zeros(3)}
    case = np.array([[0, 1]]), np.array([[1, 2]]), np.array([[True, False]]), [np.zeros((1, 3))]
    assert oracles.language_model_loss(params, *case, "tanh") == pytest.approx(math.log(4))
    grads = oracles.language_model_gradients(params, *case, "tanh")
    np.testing.assert_allclose(grads["b_vocab"], [0.25, -0.75, 0.25, 0.25])


def test_rows_of_a_text():
    x, y = oracles.stream_cut_by_hand(np.arange(14), 2, 3)
    assert x.tolist() == [[[0, 1, 2], [6, 7, 8]], [[3, 4, 5], [9, 10, 11]]]
    np.testing.assert_array_equal(y, x + 1)


def test_losses_of_the_formula():
    x, y = np.array([[[2, 2]], [[1, 1]], [[3, 3]]]), np.ones((3, 1, 2), dtype=int)
    # sums 4, 2, 6; the low state is 0, 2, 2, the high one 0, 0, 2
    assert oracles.formula_losses(x, y, 0.0) == pytest.approx([4, 2 + 2, 6 + 2 - 4])
    weight = 1 - 0.01 * 4
    assert oracles.formula_losses(x, y, 0.01)[1] == pytest.approx(2 * weight + 2)


def test_a_text_by_tables():
    moves = np.array([[0, 1, 2]] * 3)
    scores = np.log([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7]])
    text, offered = oracles.written_by_tables(moves, scores, [2, 1], 0, 1.0, None, 3)
    assert text == [0, 1, 0]
    np.testing.assert_allclose(offered[:2], np.exp(scores[[1, 0]]))
    assert oracles.written_by_tables(moves, scores, [1], 0, 1.0, 1, 9)[0] == [0]


def test_circles():
    assert oracles.circle_by_definition([9, 1, 2, 1, 2, 1], 2) == (1, 2)
    assert oracles.circle_by_definition([1, 2, 1, 2, 1], 3) is None
    assert oracles.circle_by_definition([], 2) is None
