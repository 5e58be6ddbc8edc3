"""Words asked by name: neighbours, analogies, maps, groups, kinds."""

import numpy as np
import pytest

from cs231n.text.word_kinds import EVERYDAY_KINDS, SCENE_KINDS
from cs231n.text.word_space import WordSpace, kinds_together

pytestmark = pytest.mark.assignment4


@pytest.fixture
def space(rng):
    """Two bundles of directions, of words that begin with a and with b."""
    middles = np.repeat([[4.0, 0, 0, 0], [0, 0, 4, 0]], 6, axis=0)
    words = [f"{letter}{i}" for letter in "ab" for i in range(6)]
    return WordSpace(words, middles + rng.normal(size=(12, 4)))


def test_neighbours_are_of_the_bundle(space):
    found = space.neighbours(["a0", "a1"], 4)
    assert {word[0] for word, _ in found} == {"a"}
    assert not {"a0", "a1"} & {word for word, _ in found}
    assert all(0 < cosine <= 1 for _, cosine in found)


def test_an_analogy_by_name():
    space = WordSpace(
        ["man", "men", "dog", "dogs", "cat"], [[1, 0], [1, 1], [-1, 0.1], [-1, 1], [1, 9]]
    )
    assert space.analogy("man", "men", "dog", 1)[0][0] == "dogs"


def test_an_unknown_word_is_named_with_near_ones(space):
    with pytest.raises(LookupError, match=r"no vector for 'a00' among 12 words; near: a0"):
        space.neighbours(["a0", "a00"])
    with pytest.raises(LookupError, match="'zebra' among 12 words; and none is spelled like it"):
        space.analogy("a0", "zebra", "b0")


def test_a_space_is_saved_and_loaded(space, tmp_path):
    space.save(tmp_path / "x.bin")
    again = WordSpace.load(tmp_path / "x.bin")
    assert again.words == space.words
    np.testing.assert_array_equal(again.vectors, space.vectors)


@pytest.mark.parametrize("layout", ["tsne", "pca"])
def test_on_a_map_bundles_lie_apart(space, layout):
    places = space.map_of(space.words, layout)
    assert places.shape == (12, 2)
    apart = np.linalg.norm(places[:6].mean(axis=0) - places[6:].mean(axis=0))
    assert apart > 1.5 * max(places[:6].std(), places[6:].std())


def test_a_map_needs_words_and_a_layout(space):
    with pytest.raises(ValueError, match="a map of 4 words shows nothing"):
        space.map_of(space.words[:4])
    with pytest.raises(ValueError, match="layout is 'round', but should be one of tsne, pca"):
        space.map_of(space.words, "round")


def test_groups_are_the_bundles(space):
    groups = space.groups(space.words, 2)
    assert sorted(groups.values()) == [space.words[:6], space.words[6:]]
    assert all(len(name.split(", ")) == 3 for name in groups)


def test_no_more_groups_than_directions():
    space = WordSpace(["a", "b", "c"], [[1, 0], [2, 0], [0, 1]])
    assert sorted(map(sorted, space.groups(["a", "b", "c"], 9).values())) == [["a", "b"], ["c"]]


def test_kinds_keep_together(space):
    kinds = {"a": space.words[:6], "b": [*space.words[6:], "unknown"]}
    right, chance = kinds_together(space, kinds)
    assert right == 1
    assert chance == pytest.approx(5 / 11)


@pytest.mark.parametrize("kinds", [SCENE_KINDS, EVERYDAY_KINDS])
def test_no_word_is_of_two_kinds(kinds):
    words = [word for members in kinds.values() for word in members]
    assert len(set(words)) == len(words)
