"""Sentences read from Karpathy's and from COCO's JSON, in every shape they come in."""

import json
from collections import Counter

import pytest

from cs231n.captioning.files import read_captions, read_coco, read_karpathy, words_of
from cs231n.data import downloads
from cs231n.data.photo_folders import read_photographs
from cs231n.language.vocabulary import Vocabulary


def karpathy(*rows):
    base = {"filename": "a.jpg", "split": "train", "sentences": [{"raw": "A dog ."}]}
    return {"images": [{**base, **row} for row in rows]}


def coco(images=({"id": 7, "file_name": "a.jpg"},), annotations=()):
    return {"images": list(images), "annotations": list(annotations)}


@pytest.fixture
def write(tmp_path):
    """Write a JSON file and return its path."""

    def write(content, name="dataset.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_karpathys_pictures(write, tmp_path):
    sentences = [{"raw": "A dog runs."}, {"tokens": ["two", "dogs"]}, {"raw": " . "}]
    path = write(
        karpathy(
            {"imgid": 4, "split": "restval", "sentences": sentences},
            {"imgid": 2, "split": "test", "sentences": [], "filename": "b.png"},
            {"imgid": 3, "split": "val", "filepath": "val2014"},
        )
    )
    first, second, third = read_karpathy(path)
    assert (first.split, first.key) == ("train", 4)
    assert first.sentences == ("A dog runs.", "two dogs")
    assert (second.split, second.sentences, second.path.name) == ("test", (), "b.png")
    assert third.path == tmp_path / "val2014" / "a.jpg"


def test_pictures_without_a_number_are_counted(write):
    assert [row.key for row in read_karpathy(write(karpathy({}, {"filename": "b.jpg"})))] == [0, 1]


def test_cocos_pictures(write):
    content = coco(
        [{"id": 9, "file_name": "a.jpg"}, {"id": 7, "file_name": "b.jpg"}],
        [
            {"image_id": 7, "caption": "One."},
            {"image_id": 7, "caption": "Two."},
            {"image_id": 7, "caption": "..."},
        ],
    )
    first, second = read_coco(write(content, "captions_val2014.json"))
    assert (first.split, first.sentences, first.key) == ("val", (), 9)
    assert (second.sentences, second.key) == (("One.", "Two."), 7)


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("captions_train2017.json", "train"),
        ("captions_test_pairs.json", "test_pairs"),
        ("mine.json", "train"),
    ],
)
def test_cocos_split_is_that_of_the_name(write, name, split):
    assert [row.split for row in read_captions(write(coco(), name))] == [split]


def test_a_split_can_be_named(write):
    assert read_coco(write(coco(), "captions_val2014.json"), split="test")[0].split == "test"


@pytest.mark.parametrize("place", ["images", ".", "val2014"])
def test_pictures_are_found_where_they_are(write, tmp_path, place):
    folder = tmp_path / place
    folder.mkdir(exist_ok=True)
    (folder / "a.jpg").write_bytes(b"")
    for path in (
        write(coco(), "captions_val2014.json"),
        write(coco(), "annotations/captions_val2014.json"),
        write(karpathy({"filepath": "val2014"})),
    ):
        (row,) = read_captions(path)
        assert row.path.resolve() == (folder / "a.jpg").resolve()


def test_the_folder_of_the_pictures_can_be_named(write, tmp_path):
    for content, name in ((coco(), "captions_val.json"), (karpathy({}), "dataset.json")):
        (row,) = read_captions(write(content, name), pictures=tmp_path / "elsewhere")
        assert row.path == tmp_path / "elsewhere" / "a.jpg"


def test_a_folder_is_read_by_what_it_holds(write, tmp_path):
    write(coco(), "annotations/captions_val.json")
    write(coco(), "annotations/captions_train.json")
    assert [row.split for row in read_captions(tmp_path)] == ["train", "val"]
    write(karpathy({"split": "test"}))
    assert [row.split for row in read_captions(tmp_path)] == ["test"]


def test_words_of_many_languages():
    assert words_of("“Ein Bär – größer!” … ¿Sí?") == ["ein", "bär", "größer", "sí"]
    assert words_of("cafe\u0301") == ["café"]  # an accent of its own
    assert words_of("Собака бежит.") == ["собака", "бежит"]
    assert words_of("一只 狗。🐶") == ["一只", "狗", "🐶"]


def test_unicode_is_kept(write):
    text = json.dumps(karpathy({"sentences": [{"raw": "Ein Bär 🐻"}]}), ensure_ascii=False)
    path = write("\ufeff" + text)  # with the mark that some editors put at the beginning
    assert read_captions(path)[0].sentences == ("Ein Bär 🐻",)
    half = write(
        r'{"images": [{"filename": "a", "split": "x", "sentences": [{"raw": "a \ud83d"}]}]}'
    )
    read_captions(half)[0].sentences[0].encode()  # no half characters are left


BAD = [
    ("[]", "should hold a table with 'images'"),
    ("{", "is no JSON, or damaged"),
    ("", "is no JSON, or damaged"),
    ("[" * 100_000, "is no JSON, or damaged"),
    ({}, "should have a list 'images', .* but has nothing"),
    ({"info": 1, "images": 3}, "should have a list 'images', .* but has 'info', 'images'"),
    ({"images": ["a.jpg"]}, r"images\[0\] should be a table but is 'a.jpg'"),
    ({"images": [{}]}, r"images\[0\]: 'filename' should be a text but is not there"),
    (karpathy({}, {"imgid": "x"}), r"images\[1\]: 'imgid' should be a whole number but is 'x'"),
    (karpathy({"imgid": True}), r"images\[0\]: 'imgid' should be a whole number but is True"),
    (karpathy({"imgid": 3}, {"imgid": 3}), r"images\[1\] has the imgid 3 of images\[0\]"),
    (karpathy({"split": None}), r"images\[0\]: 'split' should be a text but is None"),
    (karpathy({"sentences": "A"}), r"images\[0\]: 'sentences' should be a list but is 'A'"),
    (karpathy({"sentences": ["A"]}), r"images\[0\].sentences\[0\] should be a table with 'raw'"),
    (karpathy({"sentences": [{}]}), r"sentences\[0\]: 'raw' should be a text but is not there"),
    (karpathy({"sentences": [{"tokens": [1]}]}), r"sentences\[0\]: tokens should be texts"),
    (karpathy({"filename": "../a"}), r"images\[0\]: the name '../a' leads elsewhere"),
    (karpathy({"filepath": "/etc"}), r"images\[0\]: the name '/etc' leads elsewhere"),
    (karpathy({"filename": "a\0"}), "leads elsewhere"),
    (coco([{"id": "7"}]), r"images\[0\]: 'id' should be a whole number but is '7'"),
    (coco([{"id": 7}]), r"images\[0\]: 'file_name' should be a text but is not there"),
    (coco([{"id": 7, "file_name": "a"}] * 2), r"images\[1\] has the id 7 of a picture before it"),
    (
        coco(annotations=[{"image_id": 8, "caption": "A"}]),
        r"annotations\[0\] is about .* picture 8",
    ),
    (coco(annotations=[{"image_id": 7}]), r"annotations\[0\]: 'caption' should be a text"),
    (coco(annotations=[None]), r"annotations\[0\] should be a table but is None"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_errors_name_the_file_and_the_entry(write, content, message):
    path = write(content)
    with pytest.raises(ValueError, match=message) as raised:
        read_captions(path)
    assert str(path) in str(raised.value)


def test_long_names_are_just_not_there(write):
    (row,) = read_captions(write(karpathy({"filename": "a" * 5000})))
    assert len(row.path.name) == 5000


def test_files_that_are_not_utf8(tmp_path):
    path = tmp_path / "dataset.json"
    path.write_bytes('{"images": "é"}'.encode("latin-1"))
    with pytest.raises(ValueError, match=r"should be UTF-8 but has other bytes at 12"):
        read_captions(path)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*x\.json; check its name"):
        read_captions(tmp_path / "x.json")
    with pytest.raises(
        FileNotFoundError, match=r"should hold a dataset\.json .* or captions_SPLIT"
    ):
        read_captions(tmp_path)


@pytest.mark.data
def test_ucm_captions(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    rows = read_captions(downloads.prepare("ucm-captions", progress=False))
    assert Counter(row.split for row in rows) == {"train": 1680, "val": 210}
    assert {len(row.sentences) for row in rows} == {5}
    words = {
        s: [words_of(t) for r in rows if r.split == s for t in r.sentences]
        for s in ("train", "val")
    }
    vocabulary = Vocabulary.count(words["train"], at_least=5)
    assert len(vocabulary) == 272
    assert vocabulary.unknown_rate(words["train"]) < 0.002
    assert 0 < vocabulary.unknown_rate(words["val"]) < 0.02
    captions, image_idxs = vocabulary.encode_all(
        [[words_of(t) for t in r.sentences] for r in rows], 25
    )
    assert captions.shape == (9450, 25)
    assert image_idxs[-1] == 1889
    said = vocabulary.decode(captions[:1])[0]
    assert said == ["there", "is", "a", "piece", "of", "farmland"]
    photographs = read_photographs([row.path for row in rows[:50]], (64, 64))
    assert photographs.X.shape == (50, 64, 64, 3)
    assert photographs.problems == ()
