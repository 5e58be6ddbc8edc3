"""Scenes: clear relations, balance, splits that share nothing, drawings as the scene says."""

import hashlib
from collections import Counter

import numpy as np
import pytest

from cs231n.drawn.pictures import draw_scenes
from cs231n.drawn.worlds import (
    APART,
    COLOURS,
    HELD_OUT,
    LEVEL,
    RELATIONS,
    SHAPES,
    SIDE,
    SIZES,
    SPLITS,
    Dice,
    Scene,
    SceneObject,
    sample_scene,
    swapped_twin,
)

ALIKE = ("train", "val", "test")


@pytest.fixture(scope="module")
def sets():
    """Scenes of seed 0, split by split."""
    counts = {"train": 1500, "val": 200, "test": 200, "test_pairs": 300, "test_count": 150}
    return {s: [sample_scene(0, s, i) for i in range(n)] for s, n in counts.items()}


def everything(sets):
    return [scene for scenes in sets.values() for scene in scenes]


def test_objects_are_apart_or_level_and_do_not_overlap(sets):
    for scene in everything(sets):
        for i, a in enumerate(scene.objects):
            assert a.radius < a.x < SIDE - a.radius
            assert a.radius < a.y < SIDE - a.radius
            for b in scene.objects[:i]:
                ways = abs(a.x - b.x), abs(a.y - b.y)
                assert all(d >= APART or d <= LEVEL for d in ways)
                assert max(ways) > a.radius + b.radius


def test_relations_are_those_of_the_places():
    a = SceneObject("ring", "red", "big", 20, 30, 10)
    b = SceneObject("star", "blue", "small", 50, 32, 6)
    c = SceneObject("star", "blue", "small", 22, 54, 6)
    relations = Scene("train", 0, (a, b, c)).relations()
    assert relations == [
        (0, "left", 1),
        (0, "above", 2),
        (1, "right", 0),
        (1, "right", 2),
        (1, "above", 2),
        (2, "below", 0),
        (2, "left", 1),
        (2, "below", 1),
    ]


@pytest.mark.parametrize(
    ("name", "values"), [("shape", SHAPES), ("colour", COLOURS), ("size", SIZES)]
)
def test_properties_are_equally_frequent(sets, name, values):
    seen = Counter(getattr(o, name) for scene in sets["train"] for o in scene.objects)
    total = sum(seen.values())
    for value in values:  # some 3200 objects, not all independent: 4 standard deviations are 3 %
        assert abs(seen[value] / total - 1 / len(values)) < 0.035, seen


def test_relations_are_equally_frequent(sets):
    seen = Counter(relation for scene in sets["train"] for _, relation, _ in scene.relations())
    assert seen["left"] == seen["right"]
    assert seen["above"] == seen["below"]
    assert abs(seen["left"] / seen["above"] - 1) < 0.1
    assert set(seen) == set(RELATIONS)


def test_counts_are_one_to_three_and_four_only_in_test_count(sets):
    for split in ALIKE:
        assert {len(scene.objects) for scene in sets[split]} == {1, 2, 3}
    assert {len(scene.objects) for scene in sets["test_count"]} == {4}


def test_held_out_pairs_are_in_test_pairs_alone(sets):
    def held_out(scene):
        return sum((o.colour, o.shape) in HELD_OUT for o in scene.objects)

    assert all(held_out(scene) >= 1 for scene in sets["test_pairs"])
    shown = {(o.colour, o.shape) for scene in sets["test_pairs"] for o in scene.objects}
    assert shown >= HELD_OUT
    assert not any(held_out(s) for split in (*ALIKE, "test_count") for s in sets[split])
    assert len({colour for colour, _ in HELD_OUT}) == len({shape for _, shape in HELD_OUT}) == 6


def test_no_scene_is_in_two_splits(sets):
    """What a scene looks like, to within 4 pixels, hashed here independently."""
    digests = {}
    hidden = [sample_scene(2**70, "hidden", i) for i in range(200)]
    for split, scenes in {**sets, "hidden": hidden}.items():
        for scene in scenes:
            looks = frozenset(
                Counter(
                    (o.shape, o.colour, o.size, o.x // 4, o.y // 4) for o in scene.objects
                ).items()
            )
            assert digests.setdefault(looks, split) == split


def test_a_scene_depends_on_seed_split_and_index_alone():
    assert sample_scene(3, "val", 7) == sample_scene(3, "val", 7)
    others = [(4, "val", 7), (3, "test", 7), (3, "val", 8)]
    objects = {sample_scene(*numbers).objects for numbers in [(3, "val", 7), *others]}
    assert len(objects) == 4


def test_scenes_and_pictures_are_the_same_on_every_platform():
    scenes = [sample_scene(0, "train", i) for i in range(20)]
    X, boxes, areas = draw_scenes(scenes, 0)
    digest = hashlib.sha256(
        X.tobytes() + boxes.astype("<i4").tobytes() + areas.astype("<i4").tobytes()
    )
    assert digest.hexdigest()[:16] == "c4a4ca890e49cde0"


def test_any_part_of_a_split_is_drawn_alike():
    scenes = [sample_scene(0, "train", i) for i in range(60)]
    X, boxes, areas = draw_scenes(scenes, 0)
    later = draw_scenes(scenes[47:53], 0)
    for whole, part in zip((X, boxes, areas), later):
        np.testing.assert_array_equal(whole[47:53], part)


def test_objects_are_drawn_where_the_scene_has_them_in_their_colours(sets):
    scenes = sets["train"][:200]
    X, boxes, areas = draw_scenes(scenes, 0)
    strongest = {"red": [0], "green": [1], "blue": [2], "yellow": [0, 1], "purple": [0, 2]}
    for scene, picture, box, area in zip(scenes, X.astype(float), boxes, areas):
        for thing, (left, top, width, height), pixels in zip(scene.objects, box, area):
            assert abs(left + width / 2 - thing.x) <= 2.5
            assert abs(top + height / 2 - thing.y) <= 2.5
            assert 1.5 * thing.radius < max(width, height) <= 2.5 * thing.radius
            assert 0 < pixels <= width * height
            patch = picture[top : top + height, left : left + width].reshape(-1, 3)
            bright = patch[patch.max(axis=1) > 128].mean(axis=0)
            if thing.colour == "white":
                assert bright.min() > 0.85 * bright.max()
            else:
                channels = strongest[thing.colour]
                assert bright[channels].min() > 1.25 * np.delete(bright, channels).max()
        assert not box[len(scene.objects) :].any()


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((0, "validation", 0), "split should be one of train, val, .* but is 'validation'"),
        ((-1, "val", 0), "seed should be an integer from 0 but is -1"),
        ((0, "val", SPLITS["val"]), "scenes 0 to 999, but start=1000 and n=1 ask for others"),
        ((0, "val", -1), "start=-1"),
    ],
)
def test_scenes_that_are_not_there(numbers, message):
    with pytest.raises(ValueError, match=message):
        sample_scene(*numbers)


def test_dice_throw_by_weight_and_shuffle_everything():
    dice = Dice(5)
    seen = Counter(dice.weigh({"a": 3, "b": 1, "c": 0}) for _ in range(2000))
    assert abs(seen["a"] / 2000 - 0.75) < 0.04
    assert set(seen) == {"a", "b"}
    assert sorted(dice.shuffled("hello")) == sorted("hello")
    assert abs(sum(dice.chance(30) for _ in range(2000)) / 2000 - 0.3) < 0.04


@pytest.mark.parametrize("what", ["colour", "shape"])
def test_a_twin_differs_by_one_exchange(sets, what):
    twins = [(scene, swapped_twin(scene, what)) for scene in everything(sets)]
    assert sum(twin is not None for _, twin in twins) > 900
    for scene, twin in twins:
        if twin is None:
            continue
        assert (twin.split, twin.index) == (scene.split, scene.index)
        assert sorted(getattr(o, what) for o in twin.objects) == sorted(
            getattr(o, what) for o in scene.objects
        )
        changed = [(a, b) for a, b in zip(scene.objects, twin.objects) if a != b]
        assert len(changed) == 2
        for a, b in changed:
            assert vars(a) | {what: None} == vars(b) | {what: None}
            assert scene.split == "test_pairs" or (b.colour, b.shape) not in HELD_OUT


def test_objects_that_are_alike_have_no_twin():
    a = SceneObject("ring", "red", "big", 20, 30, 10)
    b = SceneObject("star", "red", "small", 50, 32, 6)
    assert swapped_twin(Scene("train", 0, (a, b))) is None
    assert swapped_twin(Scene("train", 0, (a,))) is None
    white = SceneObject("circle", "white", "small", 50, 32, 6)
    star = SceneObject("star", "blue", "small", 50, 32, 6)
    assert swapped_twin(Scene("train", 0, (star, white))) is None  # a white star, a blue circle
    assert swapped_twin(Scene("test_pairs", 0, (star, white))).objects[0].colour == "white"


def test_the_pictures_of_twins_differ_where_the_two_objects_are(sets):
    scene = next(s for s in sets["val"] if len(s.objects) == 3 and swapped_twin(s))
    (one,), boxes, _ = draw_scenes([scene], 0)
    (other,), _, _ = draw_scenes([swapped_twin(scene)], 0)
    differ = (one != other).any(axis=2)
    for a, b, (left, top, width, height) in zip(
        scene.objects, swapped_twin(scene).objects, boxes[0]
    ):
        assert differ[top : top + height, left : left + width].any() == (a != b)
        differ[max(0, top - 2) : top + height + 2, max(0, left - 2) : left + width + 2] = False
    assert not differ.any()
