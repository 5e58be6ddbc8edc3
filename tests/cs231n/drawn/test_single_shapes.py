"""Pictures of single shapes: what is drawn is what the truth says."""

import numpy as np
import pytest

from cs231n.drawn.single_shapes import draw_single_shapes, halved
from cs231n.drawn.truth import judge
from cs231n.drawn.worlds import COLOURS, HELD_OUT, SHAPES, SIZES

pytestmark = pytest.mark.assignment3


def test_truth_is_that_of_the_scenes():
    shapes = draw_single_shapes(60, 3)
    assert shapes.X.shape == (60, 32, 32, 3)
    assert shapes.X.dtype == np.uint8
    for n, scene in enumerate(shapes.scenes):
        (thing,) = scene.objects
        truth = {name: int(values[n]) for name, values in shapes.truth.items()}
        assert SHAPES[truth["shape"]] == thing.shape
        assert COLOURS[truth["colour"]] == thing.colour
        assert SIZES[truth["size"]] == thing.size
        assert truth["place"] == (thing.x > 64 / 3) + (thing.x > 128 / 3)
        assert (thing.colour, thing.shape) not in HELD_OUT


def test_kinds_are_pairs_of_colour_and_shape():
    truth = draw_single_shapes(300, 0).truth
    pairs = set(zip(truth["kind"].tolist(), truth["colour"].tolist(), truth["shape"].tolist()))
    assert len(pairs) == 30
    assert {kind for kind, _, _ in pairs} == set(range(30))


def test_things_are_where_the_truth_says():
    shapes = draw_single_shapes(40, 5)
    for picture, scene in zip(shapes.X.astype(float), shapes.scenes):
        (thing,) = scene.objects
        apart = np.abs(picture - np.median(picture, axis=(0, 1))).sum(axis=2)
        row, column = np.argwhere(apart > 0.6 * apart.max()).mean(axis=0)
        assert abs(2 * column + 0.5 - thing.x) < 4
        assert abs(2 * row + 0.5 - thing.y) < 4


def test_sentences_are_true_and_the_same_again():
    shapes = draw_single_shapes(12, 1, shapes=("star", "ring"))
    said = shapes.sentences()
    assert [len(five) for five in said] == [5] * 12
    for five, scene in zip(said, shapes.scenes):
        assert {judge(words, scene) for words in five} == {"true"}
    assert {scene.objects[0].shape for scene in shapes.scenes} == {"star", "ring"}
    again = draw_single_shapes(12, 1, shapes=("star", "ring"))
    np.testing.assert_array_equal(again.X, shapes.X)
    assert again.sentences() == said


def test_there_may_be_none():
    assert draw_single_shapes(0, 0).X.shape == (0, 32, 32, 3)


def test_halving_takes_means():
    X = np.zeros((1, 4, 2, 3), dtype=np.uint8)
    X[0, :2, :, 0] = [[10, 20], [30, 42]]
    np.testing.assert_array_equal(halved(X)[0, :, 0], [[26, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("shapes", [("blob",), ()])
def test_unknown_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match="shapes should be some of circle"):
        draw_single_shapes(2, 0, shapes)
