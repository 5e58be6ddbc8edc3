"""The embedded set of captions: its cache, and the files it is written as."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cs231n.drawn import scenes as caption_scenes
from cs231n.drawn.files import write_caption_scenes
from cs231n.drawn.scenes import hidden_caption_scenes, load_caption_scenes
from cs231n.drawn.truth import judge, truthfulness
from cs231n.drawn.worlds import SHAPES
from cs231n.language.metrics import bleu, cider_d, rouge_l, tokenize


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, with few scenes in a file so that tests are quick."""
    monkeypatch.setattr(caption_scenes, "CHUNK", 20)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def drawn(monkeypatch):
    """Notes of the first scene of each file that is drawn, split by split."""
    notes, draw = [], caption_scenes._drawn

    def noting(seed, split, start, n):
        notes.append((split, start))
        return draw(seed, split, start, n)

    monkeypatch.setattr(caption_scenes, "_drawn", noting)
    return notes


def assert_same(a, b):
    for name in ("X", "boxes", "areas"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        assert getattr(a, name).dtype == getattr(b, name).dtype
    assert a.scenes == b.scenes
    assert a.sentences == b.sentences


def test_scenes_from_the_cache_are_those_that_were_drawn(cache, drawn):
    first = load_caption_scenes(45, "val", seed=3, progress=False)
    assert_same(load_caption_scenes(45, "val", seed=3, progress=False), first)
    assert drawn == [("val", 0), ("val", 20), ("val", 40)]
    assert first.X.shape == (45, 64, 64, 3)
    assert [scene.index for scene in first.scenes] == list(range(45))


@pytest.mark.parametrize(("n", "start"), [(7, 3), (25, 15), (1, 39), (0, 5), (0, 0)])
def test_any_part_of_a_split(cache, n, start):
    part = load_caption_scenes(n, "test_pairs", start, progress=False)
    whole = load_caption_scenes(40, "test_pairs", progress=False)
    assert part.X.shape == (n, 64, 64, 3)
    assert part.boxes.shape == (n, 4, 4)
    assert part.scenes == whole.scenes[start : start + n]
    assert part.sentences == whole.sentences[start : start + n]
    np.testing.assert_array_equal(part.X, whole.X[start : start + n])


def test_the_last_file_of_a_split_may_be_shorter(cache, monkeypatch):
    monkeypatch.setattr(caption_scenes, "CHUNK", 300)
    assert load_caption_scenes(2, "val", 998, progress=False).scenes[-1].index == 999


@pytest.mark.parametrize("spoil", [lambda d: d[: len(d) // 2], lambda d: b"", lambda d: b"words"])
def test_a_damaged_file_is_drawn_anew_and_mended(cache, drawn, spoil):
    first = load_caption_scenes(20, progress=False)
    (file,) = cache.rglob("*.npz")
    file.write_bytes(spoil(file.read_bytes()))
    for _ in range(2):
        assert_same(load_caption_scenes(20, progress=False), first)
    assert len(drawn) == 2


def test_a_file_of_another_length_is_drawn_anew(cache, drawn):
    first = load_caption_scenes(20, progress=False)
    (file,) = cache.rglob("*.npz")
    with np.load(file) as arrays:
        kept = dict(arrays)
    np.savez(file, **{**kept, "X": kept["X"][:7]})
    assert_same(load_caption_scenes(20, progress=False), first)
    assert len(drawn) == 2


def test_another_generator_draws_anew(cache, drawn, monkeypatch):
    load_caption_scenes(5, progress=False)
    monkeypatch.setattr(caption_scenes, "_version", lambda: "later")
    load_caption_scenes(5, progress=False)
    assert len(drawn) == 2


def test_where_nothing_can_be_kept_scenes_are_drawn_each_time(tmp_path, drawn, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(caption_scenes, "CHUNK", 20)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "file" / "cache"))
    assert_same(load_caption_scenes(5, progress=False), load_caption_scenes(5, progress=False))
    assert len(drawn) == 2


@pytest.mark.parametrize("split", ["hidden", "tset"])
def test_unknown_and_hidden_splits_are_refused(split):
    with pytest.raises(ValueError, match=f"one of train, val, .* but is '{split}'"):
        load_caption_scenes(1, split)


def test_more_scenes_than_there_are():
    with pytest.raises(ValueError, match="scenes 0 to 999"):
        load_caption_scenes(1001, "val")


def test_hidden_scenes_want_a_long_secret_and_are_not_kept(cache):
    with pytest.raises(ValueError, match=r"at least 2\*\*64"):
        hidden_caption_scenes(1, secret=2**64 - 1)
    one, other = (hidden_caption_scenes(3, secret=2**64 + i) for i in (1, 2))
    assert one.scenes != other.scenes
    assert not cache.exists()


@pytest.fixture
def written(cache, tmp_path):
    sizes = {"train": 6, "val": 3, "test_pairs": 2}
    return write_caption_scenes(tmp_path / "set", sizes, progress=False)


def content(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_captions_are_cocos(written):
    ids = set()
    for split, n in {"train": 6, "val": 3, "test_pairs": 2}.items():
        data = content(written / f"captions_{split}.json")
        assert set(data) == {"info", "licenses", "images", "annotations"}
        assert len(data["images"]) == n
        assert len(data["annotations"]) == 5 * n
        images = {row["id"]: row for row in data["images"]}
        assert {row["image_id"] for row in data["annotations"]} == set(images)
        assert len({row["id"] for row in data["annotations"]}) == 5 * n
        assert not ids & set(images)
        ids |= set(images)
        scenes = load_caption_scenes(n, split, progress=False)
        by_id = dict(zip(images, scenes.scenes))
        for row in data["annotations"]:
            assert judge(row["caption"], by_id[row["image_id"]]) == "true"
        for row, X in zip(data["images"], scenes.X):
            with Image.open(written / "images" / row["file_name"]) as picture:
                np.testing.assert_array_equal(np.asarray(picture), X)
            assert (row["width"], row["height"]) == (64, 64)


def test_instances_are_cocos(written):
    data = content(written / "instances_train.json")
    scenes = load_caption_scenes(6, progress=False)
    kinds = {row["id"]: row["name"] for row in data["categories"]}
    assert list(kinds.values()) == list(SHAPES)
    assert 0 not in kinds
    things = [
        (n, k, thing) for n, s in enumerate(scenes.scenes) for k, thing in enumerate(s.objects)
    ]
    ids = [row["id"] for row in data["images"]]
    assert len({row["id"] for row in data["annotations"]}) == len(things)
    for row, (n, k, thing) in zip(data["annotations"], things, strict=True):
        assert row["image_id"] == ids[n]
        assert kinds[row["category_id"]] == thing.shape
        assert (row["colour"], row["size"], row["iscrowd"]) == (thing.colour, thing.size, 0)
        assert row["bbox"] == scenes.boxes[n, k].tolist()
        assert row["area"] == scenes.areas[n, k]


def test_dataset_json_is_karpathys(written):
    data = content(written / "dataset.json")
    captions = {
        row["id"]: row["caption"]
        for split in ("train", "val", "test_pairs")
        for row in content(written / f"captions_{split}.json")["annotations"]
    }
    assert data["dataset"] == "caption-scenes"
    assert [row["split"] for row in data["images"]] == ["train"] * 6 + ["val"] * 3 + [
        "test_pairs"
    ] * 2
    assert [row["imgid"] for row in data["images"]] == list(range(11))
    for row in data["images"]:
        assert (written / row["filepath"] / row["filename"]).is_file()
        assert row["sentids"] == [sentence["sentid"] for sentence in row["sentences"]]
        for sentence in row["sentences"]:
            assert sentence["imgid"] == row["imgid"]
            assert sentence["raw"] == captions[sentence["sentid"]]
            assert sentence["tokens"] == tokenize(sentence["raw"])


def test_the_whole_truth_is_written(written):
    data = content(written / "scenes_val.json")
    scenes = load_caption_scenes(3, "val", progress=False)
    assert data["seed"] == 0
    for row, scene, sentences in zip(data["scenes"], scenes.scenes, scenes.sentences):
        assert [thing["shape"] for thing in row["objects"]] == [t.shape for t in scene.objects]
        assert row["relations"] == [list(relation) for relation in scene.relations()]
        assert row["sentences"] == sentences


def test_a_folder_that_is_there_is_left_alone(written):
    with pytest.raises(FileExistsError, match="set is there already; name a new one"):
        write_caption_scenes(written)


def test_nothing_is_left_of_a_set_that_cannot_be_written(cache, tmp_path):
    with pytest.raises(ValueError, match="scenes 0 to 999"):
        write_caption_scenes(tmp_path / "set", {"val": 1001}, pictures=False)
    assert [path.name for path in tmp_path.iterdir() if path.name != "cache"] == []


def test_the_card_has_what_the_metrics_say(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    data = load_caption_scenes(500, "val", progress=False)
    fifth = [five[4]["words"] for five in data.sentences]
    references = [[sentence["words"] for sentence in five[:4]] for five in data.sentences]
    (commonest, _), *_ = Counter(tuple(s) for four in references for s in four).most_common(1)
    candidates = {
        "the fifth sentence": fifth,
        "its foil": [five[4]["foil"] for five in data.sentences],
        "the fifth sentence of the next scene": fifth[1:] + fifth[:1],
        "the commonest sentence, always": [list(commonest)] * 500,
    }
    card = (Path(__file__).parents[3] / "datasets/cards/caption-scenes.md").read_text()
    for name, said in candidates.items():
        first, *_, fourth = bleu(said, references)
        scores = f"{first:.2f} | {fourth:.2f} | {rouge_l(said, references):.2f}"
        true = truthfulness(said, data.scenes)["true"]
        assert f"| {name} | {scores} | {cider_d(said, references):.2f} | {true:.2f} |" in card
