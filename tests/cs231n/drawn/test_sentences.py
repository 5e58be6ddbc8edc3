"""Sentences made for scenes: true, different, balanced; their foils false and one step away."""

from collections import Counter

import pytest

from cs231n.drawn.sentences import FOIL_KINDS, describe, foil
from cs231n.drawn.truth import is_true, judge, parse
from cs231n.drawn.words import WORDS, Counts, Exists, IsColoured, Phrase, Relates, Together
from cs231n.drawn.worlds import COLOURS, HELD_OUT, RELATIONS, SHAPES, Dice, Scene, sample_scene

SPLITS = ("train", "test_pairs", "test_count", "hidden")


@pytest.fixture(scope="module")
def told():
    """(scene, sentences) of some scenes of every split."""
    scenes = [sample_scene(0, split, i) for split in SPLITS for i in range(250)]
    return [(scene, describe(scene, 0)) for scene in scenes]


def all_sentences(told):
    return [sentence for _, sentences in told for sentence in sentences]


def test_five_different_true_sentences_are_read_back_as_meant(told):
    for scene, sentences in told:
        assert len({s.words for s in sentences}) == len(sentences) == 5
        for s in sentences:
            assert judge(s.raw, scene) == "true"
            assert parse(list(s.words)) == s.meaning
            assert len(s.words) <= 16
            assert set(s.words) <= WORDS


def test_foils_are_sentences_and_false(told):
    for scene, sentences in told:
        for s in sentences:
            assert judge(list(s.foil), scene) == "false"


def test_foils_differ_in_one_thing(told):
    for s in all_sentences(told):
        other = parse(list(s.foil))
        assert type(other) is type(s.meaning)
        changed = sum(
            getattr(p, name) != getattr(q, name)
            for p, q in zip(s.meaning.phrases, other.phrases)
            for name in ("shape", "colour", "size", "the")
        )
        changed += any(
            getattr(s.meaning, name, None) != getattr(other, name, None)
            for name in ("relation", "number", "colour")
        )
        assert changed == (2 if s.foil_kind == "swap" else 1)
        if s.foil_kind not in ("swap", "relation"):
            assert len(s.words) == len(s.foil)
            assert sum(a != b for a, b in zip(s.words, s.foil)) in (1, 2)  # "boxes" -> "rings" ...


def test_foils_show_no_held_out_pair_outside_test_pairs(told):
    for scene, sentences in told:
        if scene.split != "test_pairs":
            for s in sentences:
                for phrase in parse(list(s.foil)).phrases:
                    assert (phrase.colour, phrase.shape) not in HELD_OUT


def test_words_are_about_the_objects_that_they_fit(told):
    for scene, sentences in told:
        for s in sentences:
            assert len(s.about) == len(s.words)
            for word, numbers in zip(s.words, s.about):
                for thing in (scene.objects[i] for i in numbers):
                    assert word not in COLOURS or thing.colour == word
                    assert word not in SHAPES or thing.shape == word
                assert numbers or word not in (*COLOURS, *SHAPES)


def test_what_is_said_is_balanced(told):
    sentences = [s for scene, five in told if scene.split != "test_pairs" for s in five]
    words = Counter(word for s in sentences for word in s.words)
    for row in (COLOURS, SHAPES):
        counts = [words[word] for word in row]
        assert max(counts) < 1.35 * min(counts), counts
    relations = Counter(s.meaning.relation for s in sentences if isinstance(s.meaning, Relates))
    assert max(relations.values()) < 1.35 * min(relations.values()), relations
    assert set(relations) == set(RELATIONS)
    kinds = Counter(s.foil_kind for s in sentences)
    assert set(kinds) == set(FOIL_KINDS)
    assert min(kinds.values()) > 0.03 * len(sentences)


def test_which_object_is_mentioned_does_not_depend_on_its_place(told):
    """The left one of two is as often the one that a single phrase is about."""
    left = total = 0
    for scene, sentences in told:
        for s in sentences:
            if len(scene.objects) > 1 and isinstance(s.meaning, Exists):
                (about,) = {numbers for numbers in s.about if numbers}
                xs = sorted(thing.x for thing in scene.objects)
                left += scene.objects[about[0]].x <= xs[0]
                total += 1 / len(scene.objects)
    assert total > 100
    assert abs(left / total - 1) < 0.2


def test_all_words_come_up(told):
    used = {word for s in all_sentences(told) for word in (*s.words, *s.foil)}
    assert used == WORDS


def test_the_same_scene_is_described_alike():
    scene = sample_scene(0, "val", 3)
    assert describe(scene, 0) == describe(scene, 0)
    assert describe(scene, 0) != describe(scene, 1)


def test_a_foil_is_never_true_by_accident():
    """Two circles, one of each size: "small" for "big" stays true and is not taken."""
    a, b = sample_scene(0, "train", 0).objects[0], sample_scene(0, "train", 1).objects[0]
    twins = Scene(
        "train",
        0,
        tuple(type(a)("circle", "red", size, x, 30, 6) for size, x in (("big", 15), ("small", 45))),
    )
    meaning = Exists(Phrase("circle", None, "big"))
    kinds = set()
    for style in range(40):
        other, kind = foil(meaning, twins, Dice(style))
        assert not is_true(other, twins)
        kinds.add(kind)
    assert kinds == {"shape"}
    assert b is not a


@pytest.mark.parametrize(
    ("meaning", "foils"),
    [
        (Exists(Phrase()), None),  # "a shape" cannot be made false by one change
        (Counts(2, Phrase()), "number"),
        (Together((Phrase(), Phrase())), None),
        (IsColoured("red", Phrase("ring", the=True)), "colour shape"),
    ],
)
def test_foils_of_special_meanings(meaning, foils):
    thing = sample_scene(0, "train", 0).objects[0]
    scene = Scene(
        "train",
        0,
        tuple(
            type(thing)(shape, "red", "big", x, 30, 6) for shape, x in (("ring", 15), ("cross", 45))
        ),
    )
    found = [foil(meaning, scene, Dice(style)) for style in range(40)]
    assert {f and f[1] for f in found} == (set(foils.split()) if foils else {None})
