"""Pictures with sentences, from whatever a person names."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from cs231n.captioning import features
from cs231n.captioning.sets import load_caption_set, read_pictures
from cs231n.data import downloads, registry
from cs231n.drawn import scenes

pytestmark = pytest.mark.assignment3
ROWS = [("1.png", "train"), ("2.png", "val"), ("101.png", "train"), ("x.png", "test")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Four pictures in Karpathy's form; the last has another name than a number."""

    def compute(X, extractor):
        return np.tile(X[:, 0, 0, :1].astype(np.float32), 1280)

    monkeypatch.setattr(features, "compute", compute)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    (tmp_path / "images").mkdir()
    write(tmp_path, ROWS)
    for i, (name, _) in enumerate(ROWS):
        Image.new("RGB", (9, 7), (i, 50, 60)).save(tmp_path / "images" / name)
    return tmp_path


def write(folder, rows, dataset="UCM_captions", sentences=("A star.", "It is a Star")):
    images = [
        {
            "filename": name,
            "split": split,
            "imgid": 2 * i,
            "sentences": [{"raw": text} for text in sentences],
        }
        for i, (name, split) in enumerate(rows)
    ]
    content = {"images": images, "dataset": dataset}
    (folder / "dataset.json").write_text(json.dumps(content))


def load(*args, **kwargs):
    return load_caption_set(*args, progress=False, **kwargs)


def test_load_caption_set_of_a_folder(folder):
    data = load(folder)
    assert data.splits.tolist() == ["train", "val", "train", "test"]
    assert data.sentences[0] == [["a", "star"], ["it", "is", "a", "star"]]
    assert data.features.shape == (4, 1280)
    np.testing.assert_array_equal(data.features[:, 0], [0, 1, 2, 3])
    assert data.scenes.tolist() == [None] * 4


def test_load_caption_set_of_splits_asks_for_no_others(folder):
    (folder / "images" / "x.png").unlink()
    data = load(folder / "dataset.json", ("train", "val"))
    assert [name.split("/")[-1] for name in data.names] == ["1.png", "2.png", "101.png"]
    assert data.of("val").features[:, 0].tolist() == [1]


def test_load_caption_set_reports_what_it_leaves_out(folder):
    (folder / "images" / "1.png").write_bytes(b"no picture")
    rows = json.loads((folder / "dataset.json").read_text())
    rows["images"][3]["sentences"] = []
    (folder / "dataset.json").write_text(json.dumps(rows))
    reports = []
    data = load(folder, report=lambda path, reason: reports.append((path.name, reason)))
    assert data.splits.tolist() == ["val", "train"]
    assert reports[0] == ("x.png", "has no sentence")
    assert reports[1][0] == "1.png"
    assert "damaged or no picture" in reports[1][1]


def test_kinds_are_known_of_numbered_files_of_one_set_only(folder):
    write(folder, ROWS[:3])
    assert load(folder).kinds.tolist() == [0, 0, 1]
    write(folder, ROWS[:3], dataset="mine")
    assert read_pictures(folder)[1].tolist() == [-1] * 3
    write(folder, ROWS)
    assert read_pictures(folder)[1].tolist() == [-1] * 4


def test_the_registry_says_what_is_special_about_a_set(folder, monkeypatch):
    toys = replace(registry.find("cifar10"), captions=True, known_as="mine", kind_size=50)
    rows = registry.read_registry() | {"toys": replace(toys, name="toys")}
    monkeypatch.setattr(registry, "read_registry", lambda: rows)
    monkeypatch.setattr(downloads, "prepare", {"toys": folder}.get)
    write(folder, ROWS[:3], dataset="Mine")
    pictures, kinds = read_pictures("toys")
    assert [row.path.name for row in pictures] == [name for name, _ in ROWS[:3]]
    assert kinds.tolist() == [(int(name[:-4]) - 1) // 50 for name, _ in ROWS[:3]]


@pytest.mark.parametrize(("count", "taken"), [(4, [0, 1, 2, 3]), (7, [0, 2, 4, 6])])
def test_given_features_have_a_row_for_each_picture_or_number(folder, tmp_path, count, taken):
    given = np.arange(count * 5, dtype=np.float64).reshape(count, 5)
    np.save(tmp_path / "f.npy", given)
    data = load(folder, features=tmp_path / "f.npy")
    np.testing.assert_array_equal(data.features, given[taken])
    assert data.features.dtype == np.float32


def test_given_features_that_are_not_finite_are_left_out(folder, tmp_path):
    given = np.ones((4, 5))
    given[1, 2] = np.nan
    np.save(tmp_path / "f.npy", given)
    reports = []
    data = load(folder, features=tmp_path / "f.npy", report=lambda *one: reports.append(one))
    assert len(data) == 3
    assert [path.name for path, _ in reports] == ["2.png"]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.ones((3, 5)), "holds features of 3 pictures but 4 are listed, numbered up to 6; give"),
        (np.ones(4), r"should hold numbers \(N, D\) but holds float64 of \(4,\)"),
        (np.full((4, 2), "x"), r"should hold numbers \(N, D\) but holds <U1"),
    ],
)
def test_given_features_of_another_shape_are_refused(folder, tmp_path, array, message):
    np.save(tmp_path / "f.npy", array)
    with pytest.raises(ValueError, match=message):
        load(folder, features=tmp_path / "f.npy")


def test_given_features_that_are_no_file_are_refused(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nix\.npy of features"):
        load(folder, features=tmp_path / "nix.npy")
    (tmp_path / "f.npy").write_text("text")
    with pytest.raises(ValueError, match=r"is no \.npy file, or damaged"):
        load(folder, features=tmp_path / "f.npy")
    with pytest.raises(ValueError, match="features of the embedded scenes are not read"):
        load("scenes", features=tmp_path / "f.npy")


def test_a_set_without_what_is_needed_is_refused(folder):
    with pytest.raises(
        ValueError, match=r"no picture that can be read .* splits: train, val, test"
    ):
        load(folder, ("dev",))
    with pytest.raises(ValueError, match="there is no picture of the split 'dev'; there is: train"):
        load(folder).of("dev")
    with pytest.raises(ValueError, match="there is no picture of the split 'dev'; there is: train"):
        load("scenes", ("dev",))


def test_names_that_are_no_set_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        LookupError, match=r"no file or folder ucm-caption; There is .*ucm-captions"
    ):
        load("ucm-caption")
    with pytest.raises(ValueError, match="the set cifar10 has no sentences; take ucm-captions"):
        load("cifar10")


def test_the_digest_tells_other_data(folder):
    first = load(folder)
    assert load(folder).digest == first.digest
    assert first.rows(np.array([0, 1])).digest != first.digest
    write(folder, ROWS, sentences=["A ring"])
    assert load(folder).digest != first.digest


def test_scenes_come_with_what_is_on_them(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    monkeypatch.setattr(scenes, "SIZES", {"train": 5, "val": 3})
    data = load("scenes")
    assert data.splits.tolist() == ["train"] * 5 + ["val"] * 3
    assert data.features.shape == (8, 864)
    assert data.names[5] == "scene:val/0"
    assert data.scenes[5].split == "val"
    assert len(load("scenes", ("val",))) == 3
