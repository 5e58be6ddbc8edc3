"""Units of real nets: their maps, which of them are dead, and what they see."""

import numpy as np
import pytest

from cs231n.classifiers.layered_net import LayeredNet
from cs231n.seeing.unit_visualization import (
    activation_maps,
    dead_units,
    layer_geometry,
    receptive_field,
    top_patches,
)

pytestmark = pytest.mark.assignment2
DESIGN = [
    ("conv", 4, 5, {"stride": 2, "pad": 1}),
    "relu",
    ("conv", 5, 3),
    "relu",
    ("pool", 2),
    ("conv", 3, 3, {"stride": 1, "pad": 0}),
    "relu",
    ("affine", 6),
]


@pytest.fixture
def net():
    return LayeredNet(DESIGN, input_dim=(3, 34, 38), seed=1, dtype=np.float64)


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(5, 3, 34, 38))


def test_maps_are_those_of_the_whole_way(net, X):
    maps = activation_maps(net, X, ["relu3", "conv1", "affine1"])
    assert set(maps) == {"relu3", "conv1", "affine1"}
    for name, out in maps.items():
        np.testing.assert_array_equal(out, net.forward(X, end=name)[0])


def test_a_unit_with_a_low_bias_is_dead(net, X):
    net.params["conv2.b"][3] = -1e3
    np.testing.assert_array_equal(
        dead_units(net, X, "relu2", 2), [False, False, False, True, False]
    )


def test_units_of_an_affine_layer_can_be_dead(net, X):
    net.params["affine1.b"][[0, 2]] = -1e3
    assert dead_units(net, X, "affine1")[[0, 2]].all()


@pytest.mark.parametrize("layer", ["conv1", "relu2", "pool1", "relu3"])
def test_the_receptive_field_is_where_the_derivative_is(layer, net, X):
    size, stride, start = receptive_field(layer_geometry(net, layer))
    for name in net.params:
        net.params[name] = np.abs(net.params[name])  # so that no unit is off
    pictures = np.random.default_rng(3).uniform(size=(40, *X.shape[1:]))  # all places win a pool
    out, cache = net.forward(pictures, end=layer)
    dout, i, j = np.zeros_like(out), out.shape[2] // 2, out.shape[3] // 2
    dout[:, :, i, j] = 1
    seen = np.argwhere(np.abs(net.backward(dout, cache)[0]).sum(axis=(0, 1)) > 0)
    np.testing.assert_array_equal(seen.min(axis=0), [start + i * stride, start + j * stride])
    np.testing.assert_array_equal(seen.max(axis=0) - seen.min(axis=0), size - 1)


def test_a_field_by_hand():
    # conv 5 (pad 2), pool 2, conv 3 (pad 1)
    assert receptive_field([(5, 1, 2), (2, 2, 0), (3, 1, 1)]) == (10, 2, -4)
    assert receptive_field([]) == (1, 1, 0)


def test_geometry_refuses_what_it_cannot_describe(net):
    with pytest.raises(ValueError, match=r"there is no layer 'conv9'; there are conv1, relu1"):
        layer_geometry(net, "conv9")
    oblong = LayeredNet([("conv", 2, (3, 5), {"pad": 0})], input_dim=(3, 8, 8), seed=0)
    with pytest.raises(ValueError, match=r"conv1 has windows of \(3, 5\); only squares work"):
        layer_geometry(oblong, "conv1")


def test_top_patches_by_hand():
    images = np.arange(2 * 4 * 4 * 3).reshape(2, 4, 4, 3)
    maps = np.array([[[1.0, 0], [0, 3]], [[5, 9], [7, 0]]])  # of fields (2, 2, 0)
    patches, values = top_patches(images, maps, (2, 2, 0), k=2)
    np.testing.assert_array_equal(values, [9, 3])
    np.testing.assert_array_equal(patches[0], images[1, :2, 2:])
    np.testing.assert_array_equal(patches[1], images[0, 2:, 2:])


def test_what_lies_outside_is_zero():
    images = np.full((1, 3, 3, 3), 7, dtype=np.uint8)
    patches, _ = top_patches(images, np.array([[[1.0, 0], [0, 0]]]), (3, 2, -1), k=1)
    assert patches.dtype == np.uint8
    assert patches[0, 0].max() == patches[0, :, 0].max() == 0
    assert patches[0, 1:, 1:].min() == 7
