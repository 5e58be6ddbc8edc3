"""Figures show what they are given, and photographs are found or explained."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from cs231n.data import photographs
from cs231n.seeing import figures

pytestmark = pytest.mark.assignment2


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_signed_pictures_are_grey_at_zero():
    X = np.zeros((3, 4, 5))
    X[0, 1, 2], X[1, 3, 3] = 2, -2
    picture = figures.signed_picture(X, share=100)
    assert picture.shape == (4, 5, 3)
    assert (picture[0, 0, 0], picture[1, 2, 0], picture[3, 3, 1]) == (0.5, 1, 0)
    np.testing.assert_array_equal(figures.signed_picture(np.zeros((3, 2, 2))), 0.5)


def test_contrast_pictures_are_grey_in_the_mean(rng):
    picture = figures.contrast_picture(3 + 0.01 * rng.normal(size=(3, 6, 7)))
    assert picture.mean() == pytest.approx(0.5, abs=0.02)
    assert picture.std() == pytest.approx(1 / 7, rel=0.05)
    np.testing.assert_array_equal(figures.contrast_picture(np.ones((3, 2, 2))), 0.5)


def test_filters_stand_in_order(rng):
    w = rng.normal(size=(10, 3, 2, 4))
    sheet = figures.plot_filters(w).images[0].get_array()
    assert sheet.shape == (5, 39, 3)
    np.testing.assert_allclose(sheet[3:5, 5:9], figures.signed_picture(w[9]))
    np.testing.assert_array_equal(sheet[3:, 10:], 1)  # no filter there


def test_activations_have_a_row_for_each_layer(rng):
    maps = {"relu1": rng.normal(size=(1, 6, 8, 8)), "relu2": np.zeros((1, 6, 4, 4))}
    maps["relu2"][0, 4, 2, 2] = 1
    axes = figures.plot_activations(np.zeros((8, 8, 3), np.uint8), maps, per_layer=3)
    assert axes.shape == (3, 3)
    assert axes[2, 0].get_title() == "map 4"
    assert axes[1, 0].get_ylabel() == "relu1\n8 x 8"


def test_panels_take_pictures_maps_and_gaps(rng):
    picture, heat = rng.uniform(size=(4, 4, 3)), rng.uniform(size=(4, 4))
    axes = figures.plot_panels([[picture, heat], [None, picture]], ["a", "b"], ["x", "y"])
    assert [len(ax.images) for ax in axes.ravel()] == [1, 1, 0, 1]
    assert axes[0, 1].get_title() == "b"
    assert axes[1, 0].get_ylabel() == "y"


def test_heat_is_white_at_zero(rng):
    heat = np.array([[0.0, -1], [3, 2]])
    ax = figures.plot_heat(np.zeros((2, 2, 3), np.uint8), heat, "score lost")
    assert ax.images[1].get_clim() == (-3, 3)
    assert ax.figure.axes[1].get_ylabel() == "score lost"


def test_patches_stand_in_rows_with_their_values(rng):
    patches = [rng.integers(255, size=(3, 4, 4, 3)).astype(np.uint8) for _ in range(2)]
    ax = figures.plot_patches(patches, [[3.0, 2, 1], [6, 5, 4]], ["f", "g"])
    assert [text.get_text() for text in ax.get_yticklabels()] == ["f\n3.0 to 1.0", "g\n6.0 to 4.0"]
    np.testing.assert_array_equal(ax.images[0].get_array()[6:10, 12:16], patches[1][2])


def test_thumbnails_lie_where_the_map_puts_them():
    images = np.zeros((2, 2, 2, 3), dtype=np.uint8)
    images[1] = 100
    sheet = figures.plot_thumbnails(np.array([[0.0, 0], [1, 1]]), images, side=10).images[0]
    pixels = sheet.get_array()
    assert pixels[8:, :2].max() == 0  # lower left
    assert (pixels[:2, 8:] == 100).all()  # upper right
    assert (pixels[:2, :2] == 255).all()


def installed(folder):
    return lambda name: SimpleNamespace(submodule_search_locations=[str(folder)])


def test_photographs_are_read_where_they_are(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    for name in photographs.NAMES:
        Image.new("RGB", (9, 6)).save(tmp_path / "data" / name)
    monkeypatch.setattr(importlib.util, "find_spec", installed(tmp_path))
    found = photographs.load_photographs(size=4)
    assert {name: image.shape for name, image in found.items()} == dict.fromkeys(
        [Path(name).stem for name in photographs.NAMES], (4, 6, 3)
    )


@pytest.mark.parametrize("find", [lambda name: None, installed("nowhere")])
def test_missing_photographs_are_explained(find, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", find)
    with pytest.raises(FileNotFoundError, match=r"pip install --no-deps scikit-image"):
        photographs.load_photographs()
