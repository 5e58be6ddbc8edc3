"""Features of the embedded scenes: they tell colours, shapes, sizes and places."""

import numpy as np
import pytest

from cs231n.drawn.features import NUMBERS, principal_parts, scene_features
from cs231n.drawn.pictures import draw_scenes
from cs231n.drawn.worlds import COLOURS, SHAPES, SIZES, sample_scene


@pytest.fixture(scope="module")
def scenes():
    """Scenes, and their features by (strips across, strips down), colour, shape and size."""
    made = [sample_scene(0, "val", i) for i in range(300)]
    X, _, _ = draw_scenes(made, 0)
    return made, X, scene_features(X)


def test_the_strongest_feature_names_a_single_object(scenes):
    made, _, features = scenes
    right = dict.fromkeys(("colour", "shape", "size", "column", "row"), 0)
    single = [(s.objects[0], f) for s, f in zip(made, features) if len(s.objects) == 1]
    for thing, f in single:
        table = f.reshape(2, 6, len(COLOURS), len(SHAPES), len(SIZES))
        across, column, row = table.max(axis=(0, 1)), table[0], table[1]
        c, s, z = np.unravel_index(across.argmax(), across.shape)
        right["colour"] += COLOURS[c] == thing.colour
        right["shape"] += SHAPES[s] == thing.shape
        right["size"] += SIZES[z] == thing.size
        right["column"] += abs(column.max(axis=(1, 2, 3)).argmax() - 6 * thing.x // 64) <= 1
        right["row"] += abs(row.max(axis=(1, 2, 3)).argmax() - 6 * thing.y // 64) <= 1
    assert len(single) > 40
    shares = {name: n / len(single) for name, n in right.items()}
    assert shares["colour"] == shares["column"] == shares["row"] == 1
    assert shares["shape"] > 0.8
    assert shares["size"] > 0.9


def test_features_are_numbers_from_0_to_1_and_do_not_depend_on_the_batch(scenes):
    _, X, features = scenes
    assert features.shape == (300, NUMBERS)
    assert features.dtype == np.float32
    assert features.min() == 0
    assert 0.5 < features.max() < 1 + 1e-5  # a correlation, rounded
    np.testing.assert_allclose(scene_features(X[57:120]), features[57:120], atol=1e-5)
    assert scene_features(X[:0]).shape == (0, NUMBERS)


def test_a_picture_without_objects_has_no_features():
    assert not scene_features(np.full((2, 64, 64, 3), 60, dtype=np.uint8)).any()


def test_other_pictures_are_refused():
    with pytest.raises(ValueError, match=r"X should be \(N, 64, 64, 3\) but is \(2, 32, 32, 3\)"):
        scene_features(np.zeros((2, 32, 32, 3)))


def test_principal_parts_are_those_of_the_singular_values(rng):
    features = rng.normal(size=(50, 7)) * np.arange(1, 8)
    mean, axes = principal_parts(features, 3)
    _, _, Vt = np.linalg.svd(features - features.mean(axis=0))
    np.testing.assert_allclose(abs(np.sum(axes * Vt[:3].T, axis=0)), 1)
    np.testing.assert_allclose(mean, features.mean(axis=0))
    assert (axes[abs(axes).argmax(axis=0), range(3)] > 0).all()
