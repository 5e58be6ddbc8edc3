"""Photographs for a notebook: a folder's, or samples, or a sentence that says what is missing."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

from cs231n.data.own_photographs import SAMPLES, gather_photographs

pytestmark = pytest.mark.assignment3


def write(path, colour, size=(30, 20)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


@pytest.fixture
def samples(tmp_path, monkeypatch):
    """A package with two of the samples, in the place of scikit-image."""
    for name in SAMPLES[:2]:
        write(tmp_path / "skimage" / "data" / name, "red")

    class Package:
        submodule_search_locations = [str(tmp_path / "skimage")]

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: Package())
    return tmp_path


def test_a_folder_is_read_and_what_is_damaged_is_named(tmp_path):
    write(tmp_path / "mine" / "b.png", "blue")
    write(tmp_path / "mine" / "a.jpg", "red")
    (tmp_path / "mine" / "c.png").write_bytes(b"no picture")
    names, pictures, source = gather_photographs(tmp_path / "mine", size=8, least=2)
    assert names == ["a", "b"]
    assert pictures.shape == (2, 8, 8, 3)
    assert pictures[1].reshape(-1, 3).mean(axis=0).tolist() == [0, 0, 255]
    assert "c.png" in source
    assert gather_photographs(tmp_path / "mine", size=8, most=1, least=1)[0] == ["a"]


def test_samples_stand_in_for_a_folder(samples):
    names, pictures, source = gather_photographs(samples / "none", size=8, least=2)
    assert names == [name.split(".")[0] for name in SAMPLES[:2]]
    assert pictures.dtype == np.uint8
    assert "put photographs of your own" in source


def test_too_few_that_can_be_read_are_refused(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    for name in ("good.png", "fine.png"):
        write(tmp_path / name, "red")
    with pytest.raises(ValueError, match=r"should hold 3 pictures .* but holds 2(.|\n)*bad.png"):
        gather_photographs(tmp_path)


def test_without_either_a_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match="pip install --no-deps scikit-image"):
        gather_photographs(tmp_path / "none")
