"""Sentences that need no captioner, by hand."""

import numpy as np
import pytest

from cs231n.captioning import baselines
from cs231n.captioning.consensus import Memory
from cs231n.captioning.sets import CaptionSet

pytestmark = pytest.mark.assignment3
SAID = [
    ["a red star", "a star"],
    ["a red star", "a red star here"],
    ["blue", "a blue ring", "a blue ring there"],
]


def words(texts):
    return [text.split() for text in texts]


@pytest.fixture
def memory():
    features = np.array([[2, 0.2], [2, -0.2], [0, 3]], dtype=np.float16)
    return Memory(features, [words(texts) for texts in SAID], np.array([5, 5, 8]))


def captions(sentences):
    n = len(sentences)
    said = np.empty(n, dtype=object)
    said[:] = [words(texts) for texts in sentences]
    none = np.full(n, None)
    return CaptionSet(none, none, said, np.zeros((n, 2)), np.full(n, -1), none)


def test_commonest_is_said_most_often(memory):
    assert baselines.commonest(memory, 2) == [["a", "red", "star"]] * 2


def test_nearest_goes_by_the_angle_of_what_was_not_divided(memory):
    features = np.array([[1.0, 1.0]])
    assert baselines.nearest(memory, features, np.array([1.0, 3.0])) == [["blue"]]
    assert baselines.nearest(memory, features, np.array([3.0, 1.0])) == [["a", "red", "star"]]


def test_neighbours_consensus_is_most_like_the_others(memory):
    features = np.array([[1.0, 0.0], [0.0, 1.0]])
    two = baselines.neighbours_consensus(memory, features, np.ones(2), count=2)
    assert two[0] == ["a", "red", "star"]
    one = baselines.neighbours_consensus(memory, features[1:], np.ones(2), count=1)
    assert one == [["a", "blue", "ring"]]


def test_neighbours_consensus_counts_twins_as_others():
    said = [["x y z"], ["x y z"], ["a b c"], ["a b c d"], ["q"]]
    features = np.ones((5, 2), dtype=np.float16)
    memory = Memory(features, [words(texts) for texts in said], np.full(5, -1))
    chosen = baselines.neighbours_consensus(memory, np.ones((1, 2)), np.ones(2), 5)
    assert chosen == [["x", "y", "z"]]


def test_of_its_kind_says_one_sentence_a_kind(memory):
    features = np.array([[3.0, 0.1], [0.1, 2.0], [2.5, -1.0]])
    chosen = baselines.of_its_kind(memory, features)
    assert chosen == [["a", "red", "star"], ["a", "blue", "ring"], ["a", "red", "star"]]


def test_of_its_kind_needs_kinds(memory):
    unknown = Memory(memory.features, memory.sentences, np.array([5, -1, 8]))
    with pytest.raises(ValueError, match="kinds of pictures are not known in this set"):
        baselines.of_its_kind(unknown, np.zeros((1, 2)))


def test_one_of_its_own_goes_round():
    data = captions([*SAID, ["alone"]])
    sentences, references, rows = baselines.one_of_its_own(data, 2)
    assert [" ".join(s) for s in sentences] == ["a red star", "a red star", "a blue ring there"]
    assert [len(others) for others in references] == [1, 1, 2]
    assert rows.tolist() == [0, 1, 2]
    assert len(data.sentences[2]) == 3


@pytest.mark.parametrize("n", [2, 3, 10])
def test_exchanged_sentences_are_all_anothers(n):
    sentences = list(range(n))
    for seed in range(5):
        others = baselines.exchanged(sentences, np.random.default_rng(seed))
        assert sorted(others) == sentences
        assert all(one != other for one, other in zip(sentences, others))


def test_exchanged_needs_two():
    with pytest.raises(ValueError, match="one picture alone has none to exchange"):
        baselines.exchanged([["a"]], np.random.default_rng(0))
