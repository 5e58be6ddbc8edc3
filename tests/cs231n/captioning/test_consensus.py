"""Sentences chosen by the neighbours."""

import numpy as np
import pytest

from cs231n.captioning import consensus
from cs231n.captioning.consensus import Memory, by_consensus, unit
from cs231n.language import decoding

pytestmark = pytest.mark.assignment3
SAID = [["a", "b"], ["a", "c"], ["d", "e"]]


def memory(features, sentences=SAID):
    features = np.asarray(features, dtype=np.float16)
    return Memory(features, [[words] for words in sentences], np.full(len(features), -1))


def test_memory_finds_what_points_the_same_way():
    rows, cosines = memory([[3, 0], [0, 5], [-1, 0]]).nearest(np.array([4.0, 3.0]), 2)
    np.testing.assert_array_equal(rows, [0, 1])
    np.testing.assert_allclose(cosines, [0.8, 0.6], rtol=1e-6)


def test_memory_weights_are_kernel_ridge_regressions(monkeypatch):
    rng = np.random.default_rng(0)
    X, x, y = rng.standard_normal((7, 5)), rng.standard_normal(5), rng.standard_normal(7)
    X = X.astype(np.float16)
    K = np.exp((unit(X.astype(float)) @ unit(X.astype(float)).T - 1) / 0.7)
    k = np.exp((unit(X.astype(float)) @ unit(x) - 1) / 0.7)
    weights = memory(X, [["w"]] * 7).weights(x)
    np.testing.assert_allclose(weights @ y, k @ np.linalg.inv(K + 0.1 * np.eye(7)) @ y, rtol=1e-5)
    monkeypatch.setattr(consensus, "NEIGHBOURS", 3)
    assert np.count_nonzero(memory(X, [["w"]] * 7).weights(x)) == 3


def test_memory_weights_of_twins_count_once():
    one = memory([[1, 0], [0, 1]], SAID[:2]).weights(np.array([1.0, 0.2]))
    two = memory([[1, 0], [1, 0], [0, 1]]).weights(np.array([1.0, 0.2]))
    assert two[0] == pytest.approx(two[1])
    assert 1 < 2 * two[0] / one[0] < 1.1


def test_memory_expects_what_like_pictures_are_said_to_be():
    expected = memory([[1, 0], [1, 0.1], [0, 1]]).expected(np.array([1.0, 0.0]), SAID)
    assert expected[0] > 3 * expected[2]
    assert expected.argmax() == 0


def test_memory_survives_a_tree():
    kept = memory(np.eye(3))
    again = Memory(**kept.tree())
    np.testing.assert_array_equal(again.features, kept.features)
    assert again.sentences == kept.sentences


class Two:
    """A captioner that knows two sentences, the first a little likelier."""

    def __init__(self, features):
        self.memory = memory(features, [["a"], ["b"], ["c"]])

    def normalised(self, features):
        return features

    def words(self, sentence):
        return " ".join("?sexab"[word] for word in sentence.words)

    def begin(self, features):
        return (np.zeros((len(features), 1)),)

    def advance(self, state, words):
        scores = np.full((len(words), 6), -50.0)
        scores[words == 1, 4:] = [0.0, -0.1]
        scores[words > 3, 2] = 0
        return scores, state


@pytest.mark.parametrize(("picture", "word"), [([1.0, 0.0], "a"), ([0.0, 1.0], "b")])
def test_by_consensus_takes_the_neighbours_side(picture, word):
    captioner = Two([[1, 0], [0, 1], [-1, -1]])
    assert captioner.words(decoding.greedy(captioner, picture, 1, 2)) == "a"
    best, *others = by_consensus(captioner, np.array(picture), best=2)
    assert captioner.words(best) == word
    assert len(others) == 1


def test_unit_leaves_zeros():
    np.testing.assert_allclose(unit(np.array([[3.0, 4.0], [0.0, 0.0]])), [[0.6, 0.8], [0, 0]])
