"""Features of boxes on scenes: what is in them is told from pixels alone."""

import numpy as np
import pytest

from cs231n.drawn.region_features import region_features, sliding_boxes
from cs231n.drawn.scenes import load_caption_scenes
from cs231n.drawn.worlds import COLOURS, SHAPES, SIZES

pytestmark = pytest.mark.assignment4


def test_colours_shapes_and_sizes_are_told():
    drawn = load_caption_scenes(60, "val", progress=False)
    found = region_features(drawn.X, drawn.boxes)
    right = []
    for rows, scene in zip(found, drawn.scenes):
        for row, thing in zip(rows, scene.objects):
            shape, size = divmod(int(row[6:18].argmax()), 2)
            seen = COLOURS[row[:6].argmax()], SHAPES[shape], SIZES[size]
            right.append(seen == (thing.colour, thing.shape, thing.size))
    assert np.mean(right) > 0.85
    assert not found[drawn.areas == 0][:, :18].any()


def test_windows_cover_a_scene():
    boxes = sliding_boxes()
    assert boxes.shape == (25, 4)
    assert boxes[0].tolist() == [0, 0, 20, 20]
    assert boxes[-1].tolist() == [44, 44, 20, 20]


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="region_features: X should be"):
        region_features(np.zeros((2, 32, 32, 3), np.uint8), np.zeros((2, 1, 4), int))
