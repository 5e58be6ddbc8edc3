"""What is measured: every held-out token once, given all that came before it."""

import numpy as np
import pytest

from cs231n.language.ngrams import NgramModel
from cs231n.text import evaluation
from cs231n.text.evaluation import best_ngram, evaluate, logprobs_of, ngram_rows, predict
from cs231n.text.recurrent_lm import RecurrentLM
from cs231n.text.tokens import END

pytestmark = pytest.mark.assignment4


def text(length, seed=0):
    return np.random.default_rng(seed).integers(5, size=length)


@pytest.mark.parametrize("length", [1, 7, 40])
def test_rows_side_by_side_predict_what_one_row_does(length, monkeypatch):
    model, before, held = RecurrentLM(5, 3, 4), text(6, 1), text(length)
    monkeypatch.setattr(evaluation, "CHUNK", 4)
    monkeypatch.setattr(evaluation, "ROWS", 3)
    monkeypatch.setattr(evaluation, "WARM", 100)  # all that there is before the first row
    whole = np.concatenate([before, held])
    expected, _ = model.logprobs(whole[None, :-1], whole[None, 1:])
    (found,) = logprobs_of(model, held, before)
    each = -(-length // min(3, length))  # later rows have read less; the first one all
    assert found.shape == (length,)
    np.testing.assert_allclose(found[:each], expected[0, 5 : 5 + each], rtol=1e-5)


def test_what_is_kept_may_have_more_axes():
    model = RecurrentLM(5, 3, 4)
    found = predict(model, text(50), text(9, 1), lambda logprobs, _: np.exp(logprobs))
    assert found.shape == (50, 5)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)


def test_sentences_are_predicted_to_their_ends_in_whatever_order():
    model, rng = RecurrentLM(5, 3, 4), np.random.default_rng(1)
    said = [rng.integers(2, 5, size=n) for n in (4, 1, 3)]
    for words, row in zip(said, logprobs_of(model, said, [])):
        whole = np.array([END, *words, END])
        expected, _ = model.logprobs(whole[None, :-1], whole[None, 1:])
        np.testing.assert_allclose(row, expected[0], rtol=1e-5)


def test_ngrams_of_lower_orders_are_those_counted_alone():
    train, held = text(60), text(20, 3)
    rows, largest = ngram_rows(train, held, 5, unknown=0, orders=3)
    assert list(rows) == [1, 2, 3]
    for order in rows:
        alone = NgramModel(order, 5).fit([train])
        both = np.concatenate([train, held])
        bits = -alone.logprobs(both)[len(train) :].mean() / np.log(2)
        assert rows[order]["bits"] == pytest.approx(bits)
        np.testing.assert_array_equal(
            best_ngram(largest, order).logprobs(held), alone.logprobs(held)
        )


def test_an_evaluation_names_the_best_order():
    train = np.tile([0, 1, 0, 2], 30)
    found = evaluate(RecurrentLM(5, 3, 4), train, train[:20], orders=3)
    assert found.best_order == 3
    assert found.tokens == 20
    assert found.model["unknown"] == 0
    said = [train[:3], train[:2]]
    assert evaluate(RecurrentLM(5, 3, 4), said, said, orders=1).tokens == 7
