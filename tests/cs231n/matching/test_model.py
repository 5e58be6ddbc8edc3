"""The network that matches: derivatives of all its kinds, and scores in parts."""

import numpy as np
import pytest

from cs231n.matching import model as model_module
from cs231n.matching.model import MatchingModel
from cs231n.matching.settings import SCORES, WORDS, Settings

pytestmark = pytest.mark.assignment4
WORDS_OF = np.array([[4, 5, 6], [6, 4, 0], [5, 0, 0], [7, 7, 4]])
LENGTHS = np.array([3, 2, 1, 3])
MASK = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1]], dtype=bool)


def small(**options):
    return MatchingModel(5, 8, Settings(dim=4, word_dim=3, **options), seed=1)


def regions():
    return np.random.default_rng(2).normal(size=(3, 3, 5)).astype(np.float32)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("cosine", [False, True])
def test_derivatives_are_those_of_differences(score, words, cosine):
    model = small(score=score, words=words, cosine=cosine, dropout=0.0)
    model.params = {name: value.astype(np.float64) for name, value in model.params.items()}
    X, rng = regions().astype(np.float64), np.random.default_rng(3)
    found, cache = model.forward(X, MASK, WORDS_OF, LENGTHS)
    dscores = rng.normal(size=found.shape)
    grads = model.backward(dscores, cache)
    assert grads.keys() == model.params.keys()
    for name, value in model.params.items():
        v, values = rng.normal(size=value.shape), []
        for h in (1e-6, -1e-6):
            model.params[name] = value + h * v
            values.append((model.forward(X, MASK, WORDS_OF, LENGTHS)[0] * dscores).sum())
        model.params[name] = value
        slope = (values[0] - values[1]) / 2e-6
        np.testing.assert_allclose((grads[name] * v).sum(), slope, rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize("score", SCORES)
def test_scores_in_parts_are_those_at_once(score, monkeypatch):
    model = small(score=score, words="context")
    whole, _ = model.forward(regions(), MASK, WORDS_OF, LENGTHS)
    monkeypatch.setattr(model_module, "LARGEST", 30)
    np.testing.assert_allclose(
        model.scores(regions(), MASK, WORDS_OF, LENGTHS), whole, rtol=1e-5, atol=1e-6
    )


def test_what_fills_a_sentence_up_does_not_count():
    model = small(words="context")
    longer = np.pad(WORDS_OF, ((0, 0), (0, 4)), constant_values=3)
    short = model.scores(regions(), MASK, WORDS_OF, LENGTHS)
    np.testing.assert_allclose(model.scores(regions(), MASK, longer, LENGTHS), short, rtol=1e-5)


def test_training_drops_numbers_and_scoring_does_not():
    model = small(dropout=0.5)
    one, _ = model.forward(regions(), MASK, WORDS_OF, LENGTHS, train=True)
    other, _ = model.forward(regions(), MASK, WORDS_OF, LENGTHS, train=True)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"score": "best"}, "score is 'best', but should be one of whole, alignment, attention."),
        ({"words": "none"}, "words is 'none', but should be one of plain, context."),
        ({"dim": 0}, "dim is 0, but should be 1 or more."),
        ({"learning_rate": 0.0}, "learning_rate is 0.0, but should be above 0."),
        ({"dropout": 1.0}, "dropout is 1.0, but should be from 0 to below 1."),
    ],
)
def test_settings_that_cannot_be(options, words):
    with pytest.raises(ValueError, match=words):
        Settings(**options)
