"""Pictures to be captioned: photographs, sets with sentences, scenes; bad ones are reported."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from cs231n.captioning import features as caption_features
from cs231n.captioning.inputs import find, photographs, printable, require_seeing, scenes
from cs231n.data import downloads
from cs231n.drawn.scenes import load_caption_scenes

pytestmark = pytest.mark.assignment3
EYE = SimpleNamespace(extractor="efficientnet-lite0")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of three pictures, one of them cut short; features are their mean colours."""

    def compute(X, extractor):
        features = np.zeros((len(X), caption_features.EXTRACTORS[extractor].dim), np.float32)
        features[:, :3] = X.mean(axis=(1, 2))
        return features

    monkeypatch.setattr(caption_features, "compute", compute)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, colour in [("a.png", (200, 20, 40)), ("c.png", (20, 60, 220))]:
        Image.new("RGB", (40, 30), colour).save(folder / name)
    (folder / "b.png").write_bytes((folder / "a.png").read_bytes()[:60])
    return folder


@pytest.fixture
def dataset(folder):
    """The same with sentences, as Karpathy's and as COCO's files have them."""
    rows = [("a.png", "val", ["a red wall"]), ("b.png", "val", ["broken"]), ("c.png", "test", [])]
    images = [
        {"filename": name, "split": split, "imgid": 10 + i, "sentences": [{"raw": t} for t in said]}
        for i, (name, split, said) in enumerate(rows)
    ]
    (folder / "dataset.json").write_text(json.dumps({"images": images}))
    return folder


def test_photographs_come_with_features_and_the_bad_ones_are_reported(folder):
    complaints = []
    paths = [folder / name for name in ("a.png", "b.png", "c.png", "none.png")]
    found = list(photographs(EYE, paths, lambda *row: complaints.append(row)))
    assert [(one.key, one.name) for one in found] == [(0, "a.png"), (2, "c.png")]
    np.testing.assert_allclose(found[1].features[:3], (20, 60, 220))
    assert found[0].pixels is None
    assert [path.name for path, _ in complaints] == ["b.png", "none.png"]
    assert complaints[1][1] == "is not there"


def test_photographs_to_be_shown_are_squares(folder):
    first, second = photographs(EYE, [folder / "a.png", folder / "c.png"], shown=True)
    assert first.pixels.shape == (224, 224, 3)
    assert second.pixels[100, 100].tolist() == [20, 60, 220]


def test_many_photographs_are_read_in_batches(folder, monkeypatch):
    monkeypatch.setattr(caption_features, "CHUNK", 2)
    names = ["a.png", "c.png", "b.png", "a.png", "c.png"]
    found = list(photographs(EYE, [folder / name for name in names], shown=True))
    assert [one.key for one in found] == [0, 1, 3, 4]
    assert [one.pixels[5, 5, 0] for one in found] == [200, 20, 200, 20]


def test_two_files_of_one_name_are_told_apart(folder):
    (folder / "more").mkdir()
    Image.new("RGB", (9, 9)).save(folder / "more" / "a.png")
    found = list(photographs(EYE, [folder / "a.png", folder / "more" / "a.png"]))
    assert [one.name for one in found] == [str(folder / "a.png"), str(folder / "more" / "a.png")]


def test_a_folder_without_captions_holds_photographs(folder):
    source = find(EYE, [str(folder)])
    assert (source.name, source.count) == ("pictures", 3)
    assert [one.name for one in source.pictures] == ["a.png", "c.png"]
    source = find(EYE, [str(folder / "a.png"), str(folder)], most=2)
    assert (source.name, source.count) == ("a.png, pictures", 2)


@pytest.mark.parametrize("name", ["", "dataset.json"])
def test_a_data_set_comes_with_its_sentences(dataset, name):
    source = find(EYE, [str(dataset / name)])
    assert source.count == 2
    [one] = source.pictures  # the other is broken
    assert (one.key, one.references) == (10, ("a red wall",))
    assert one.pixels is not None


def test_a_registered_set_goes_by_its_name(dataset, monkeypatch):
    monkeypatch.setattr(downloads, "prepare", {"ucm-captions": dataset}.get)
    source = find(EYE, ["ucm-captions"], split="test")
    assert (source.name, source.count) == ("ucm-captions (test)", 1)


def test_find_says_what_is_not_there(dataset):
    with pytest.raises(ValueError, match=r"no pictures of the split tset; there are: test, val"):
        find(EYE, [str(dataset)], split="tset")
    with pytest.raises(LookupError, match=r"there is no file or folder ucm-capt.*ucm-captions"):
        find(EYE, ["ucm-capt"])
    with pytest.raises(LookupError, match=r"there is no file or folder none\.json"):
        find(EYE, ["none.json"])
    with pytest.raises(FileNotFoundError, match=r"there is no file or folder none\.png"):
        find(EYE, [str(dataset / "a.png"), "none.png"])


def test_scenes_are_drawn_with_their_truth():
    captioner = SimpleNamespace(features_of=lambda X: X.mean(axis=(1, 2)))
    source = find(captioner, ["scenes"], most=34)
    found, drawn = list(source.pictures), load_caption_scenes(34, "val")
    assert (source.name, source.count, len(found)) == ("embedded scenes (val)", 34, 34)
    one = found[33]
    assert (one.key, one.name, one.scene) == (33, "scene val/33", drawn.scenes[33])
    np.testing.assert_array_equal(one.pixels, drawn.X[33])
    np.testing.assert_array_equal(one.features, drawn.X[33].mean(axis=(0, 1)))
    assert one.references[0] == drawn.sentences[33][0]["raw"]
    with pytest.raises(ValueError, match="there are 1,000 scenes of the split val, not 1,001"):
        next(scenes(captioner, 1001))


@pytest.mark.parametrize(
    ("extractor", "embedded", "words"),
    [
        ("scenes", False, "the embedded scenes and cannot see photographs"),
        ("efficientnet-lite0", True, "photographs and has no words for the embedded scenes"),
        ("given", False, "features from a file, and nobody knows how to compute them"),
    ],
)
def test_a_captioner_sees_what_it_was_trained_on(extractor, embedded, words):
    captioner = SimpleNamespace(extractor=extractor)
    with pytest.raises(ValueError, match=f"^runs/x was trained on {words}"):
        require_seeing(captioner, "runs/x", embedded)
    require_seeing(SimpleNamespace(extractor="scenes"), "runs/x", True)
    require_seeing(EYE, "runs/x", False)


def test_names_become_text_that_does_nothing():
    assert printable(Path("straße 日.jpg")) == "straße 日.jpg"
    assert printable("a\x1b[31m\nb\udcff.jpg") == "a\ufffd[31m\ufffdb\ufffd.jpg"
