"""The historical loaders of captions: on the embedded scenes, and on files."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from cs231n import coco_utils, image_utils
from cs231n.captioning import arrays
from cs231n.captioning.arrays import read_arrays, read_course_files, write_caption_arrays
from cs231n.coco_utils import decode_captions, load_coco_data, picture_of, sample_coco_minibatch
from cs231n.drawn import scenes as caption_scenes
from cs231n.drawn.truth import judge
from cs231n.language.vocabulary import Vocabulary

SIZES = {"train": 60, "val": 20, "test": 4, "test_pairs": 4, "test_count": 4}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A cache with few scenes."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("CS231N_DATA_CACHE", str(folder))
        patch.setattr(caption_scenes, "SIZES", SIZES)
        patch.setattr(caption_scenes, "CHUNK", 20)
        patch.setattr(coco_utils, "PARTS", 30)
        yield folder


@pytest.fixture
def data(home):
    return load_coco_data()


def sentences(captions, words):
    decoded = decode_captions(captions, words)
    return [s.removeprefix("<START> ").removesuffix(" <END>") for s in decoded]


def test_embedded_scenes_have_the_historical_form(home, capsys):
    data = load_coco_data(pca_features=False)
    said = capsys.readouterr().out
    assert said == "Captions: embedded scenes (there are no files of COCO), 300 to train.\n"
    for split, n in SIZES.items():
        assert data[f"{split}_captions"].shape == (5 * n, 17)
        assert data[f"{split}_image_idxs"].tolist() == [i for i in range(n) for _ in range(5)]
        assert data[f"{split}_features"].shape == (n, 864)
        assert data[f"{split}_features"].dtype == np.float32
        assert data[f"{split}_urls"].shape == (n,)
        assert data[f"{split}_captions"].dtype == data[f"{split}_image_idxs"].dtype == np.int32
    assert data["idx_to_word"][:4] == ["<NULL>", "<START>", "<END>", "<UNK>"]
    assert data["word_to_idx"] == {word: i for i, word in enumerate(data["idx_to_word"])}
    assert not (data["train_captions"] == data["word_to_idx"]["<UNK>"]).any()


def test_captions_are_true_of_their_pictures(data):
    said = sentences(data["val_captions"], data["idx_to_word"])
    scenes = caption_scenes.load_caption_scenes(20, "val").scenes
    for sentence, i in zip(said, data["val_image_idxs"]):
        if "<UNK>" not in sentence:  # few scenes train here, so that a word may be missing
            assert judge(sentence, scenes[i]) == "true"


def test_principal_parts_are_those_of_the_training_set(home):
    whole, parts = load_coco_data(pca_features=False), load_coco_data()
    assert parts["train_features"].shape == (60, 30)
    full = whole["train_features"] - whole["train_features"].mean(axis=0)
    most = np.linalg.svd(full, compute_uv=False)[:30]
    lengths = np.linalg.norm(parts["train_features"], axis=0)
    np.testing.assert_allclose(lengths, most, rtol=1e-3)
    assert parts["val_features"].shape == (20, 30)


def test_features_come_from_the_cache_the_second_time(home, data, monkeypatch):
    monkeypatch.setattr(coco_utils.scene_features, "scene_features", None)
    again = load_coco_data()
    np.testing.assert_array_equal(again["train_features"], data["train_features"])


def test_damaged_features_are_computed_anew(home, data):
    for path in home.rglob("features-*.npy"):
        path.write_bytes(path.read_bytes()[:200])
    np.testing.assert_array_equal(load_coco_data()["val_features"], data["val_features"])


def test_max_train_takes_captions_once_and_only_their_pictures(home, data):
    np.random.seed(3)
    some = load_coco_data(max_train=40)
    assert some["train_captions"].shape == (40, 17)
    assert len(some["train_features"]) == len(some["train_urls"]) < 41
    assert sorted(set(some["train_image_idxs"])) == list(range(len(some["train_features"])))
    index = {url: i for i, url in enumerate(data["train_urls"])}
    rows = zip(data["train_image_idxs"].tolist(), data["train_captions"].tolist())
    pairs = {(i, tuple(caption)) for i, caption in rows}
    seen = set()
    for caption, i in zip(some["train_captions"].tolist(), some["train_image_idxs"]):
        whole = index[some["train_urls"][i]]
        assert (whole, tuple(caption)) in pairs
        seen.add((whole, tuple(caption)))
        np.testing.assert_array_equal(some["train_features"][i], data["train_features"][whole])
    assert len(seen) == 40
    assert len(some["val_captions"]) == 100
    assert len(load_coco_data(max_train=10**6)["train_captions"]) == 300


def test_max_train_wants_one_caption(home):
    with pytest.raises(ValueError, match="max_train should be 1 or more but is 0"):
        load_coco_data(max_train=0)


def test_minibatches_hold_what_belongs_together(data):
    np.random.seed(0)
    captions, features, urls = sample_coco_minibatch(data, batch_size=50, split="val")
    assert captions.shape == (50, 17)
    for caption, feature, url in zip(captions, features, urls):
        i = data["val_urls"].tolist().index(url)
        np.testing.assert_array_equal(feature, data["val_features"][i])
        assert caption.tolist() in data["val_captions"][data["val_image_idxs"] == i].tolist()
    assert sample_coco_minibatch(data)[0].shape == (100, 17)
    np.random.seed(0)
    np.testing.assert_array_equal(sample_coco_minibatch(data, 50, "val")[0], captions)


def test_an_unknown_split_is_named(data):
    with pytest.raises(ValueError, match=r"one of train, val, test, .* but is 'tset'"):
        sample_coco_minibatch(data, split="tset")


WORDS = ["<NULL>", "<START>", "<END>", "<UNK>", "a", "dog"]


@pytest.mark.parametrize(
    ("caption", "text"),
    [
        ([1, 4, 5, 2, 0, 0], "<START> a dog <END>"),
        ([1, 4, 0, 5, 3, 4], "<START> a dog <UNK> a"),
        ([4, 2, 5, 2], "a <END>"),
        ([0, 0], ""),
    ],
)
def test_decoding_stops_at_the_end_and_skips_what_fills_up(caption, text):
    assert decode_captions(np.array(caption), WORDS) == text
    assert decode_captions(np.array([caption, caption]), WORDS) == [text, text]


def test_pictures_are_found_by_their_urls(data, tmp_path, monkeypatch):
    scenes = caption_scenes.load_caption_scenes(20, "val")
    np.testing.assert_array_equal(picture_of(data["val_urls"][7]), scenes.X[7])
    monkeypatch.setattr(image_utils, "image_from_url", lambda url: f"fetched {url}")
    assert picture_of("https://example.org/a.jpg") == "fetched https://example.org/a.jpg"
    with pytest.raises(FileNotFoundError, match="no file"):
        picture_of(tmp_path / "a.jpg")
    for url in ("scene:train", "scene:train/x"):
        with pytest.raises(ValueError, match="should be of the form 'scene:train/17'"):
            picture_of(url)


def toy(n=3, D=4):
    """A vocabulary, and captions, features and urls of n pictures for each split."""
    vocabulary = Vocabulary(["a", "dog"])
    rows = vocabulary.encode_all([[["a"], ["dog"]]] * n, 5)
    features = np.arange(n * D, dtype=np.float32).reshape(n, D)
    both = ("train", "val")
    return (
        vocabulary,
        dict.fromkeys(both, rows),
        dict.fromkeys(both, features),
        {split: [f"http://x/{i}" for i in range(n)] for split in both},
    )


def test_written_arrays_are_mapped(tmp_path, capsys):
    write_caption_arrays(tmp_path / "set", *toy())
    data = load_coco_data(tmp_path / "set", max_train=None)
    assert f"Captions: from {tmp_path / 'set'}, 6 to train." in capsys.readouterr().out
    kinds = ("captions", "image_idxs", "features", "urls")
    assert list(data)[:8] == [f"{split}_{kind}" for split in ("train", "val") for kind in kinds]
    np.testing.assert_array_equal(data["val_features"], toy()[2]["val"])
    assert not data["val_features"].flags.writeable
    assert isinstance(data["val_features"].base, np.memmap)
    assert data["train_urls"].tolist() == toy()[3]["train"]
    captions, features, urls = sample_coco_minibatch(data, 7)
    assert (captions.shape, features.shape, urls.shape) == ((7, 5), (7, 4), (7,))


def test_urls_may_be_missing(tmp_path):
    vocabulary, captions, features, _ = toy()
    write_caption_arrays(tmp_path, vocabulary, captions, features)
    assert read_arrays(tmp_path)["train_urls"].tolist() == ["", "", ""]


def test_files_in_the_data_folder_are_taken_before_the_scenes(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    write_caption_arrays(tmp_path / "coco_captioning", *toy())
    assert load_coco_data()["train_features"].shape == (3, 4)


def test_a_folder_that_is_named_must_hold_captions(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds neither coco2014_captions\.h5 nor vocab"):
        load_coco_data(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c, i, f, u: (c[0], i, f, u), "train_captions should have 2 dimensions"),
        (lambda c, i, f, u: (c, i[1:], f, u), "there are 6 captions but 5 numbers of pictures"),
        (lambda c, i, f, u: (c, i + 1, f, u), "image_idxs should be 0 to 2, .* but are 1 to 3"),
        (lambda c, i, f, u: (c, i - 1, f, u), "image_idxs should be 0 to 2, .* but are -1 to 1"),
        (lambda c, i, f, u: (c + 9, i, f, u), "numbers of the 6 words but hold 9 to 14"),
        (lambda c, i, f, u: (c, i, f, u[:2]), "there are 2 urls but 3 pictures"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path, change, message):
    vocabulary, captions, features, urls = toy()
    rows, image_idxs, f, u = change(*captions["train"], features["train"], urls["train"])
    with pytest.raises(ValueError, match=message):
        write_caption_arrays(
            tmp_path / "x", vocabulary, {"train": (rows, image_idxs)}, {"train": f}, {"train": u}
        )
    assert not (tmp_path / "x").exists()


def test_arrays_that_are_missing_or_damaged(tmp_path):
    write_caption_arrays(tmp_path, *toy())
    (tmp_path / "val_features.npy").write_bytes(b"words")
    with pytest.raises(ValueError, match=r"val_features\.npy is no array, or damaged"):
        read_arrays(tmp_path)
    (tmp_path / "val_features.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"no file .*val_features\.npy"):
        read_arrays(tmp_path)
    for path in tmp_path.glob("train_*.npy"):
        path.unlink()
    (tmp_path / "val_captions.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"has no train_captions\.npy"):
        read_arrays(tmp_path)


MEASURE = """
import sys
import numpy as np
from cs231n.coco_utils import load_coco_data, sample_coco_minibatch
def anonymous():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("RssAnon"))
before = anonymous()
data = load_coco_data(sys.argv[1])
for _ in range(50):
    sample_coco_minibatch(data)
print(anonymous() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_does_not_grow_with_the_set(tmp_path):
    """COCO's size, 120,000 pictures and 600,000 sentences (290 MB), takes what a sixth takes."""
    small, whole = (grown_by(tmp_path / str(n), n) for n in (20_000, 120_000))
    assert whole < 15_000  # kB
    assert whole < small + 4_000


def grown_by(folder, n):
    """Write a set of n pictures, five sentences each; the kB that loading it and drawing takes."""
    captions = np.ones((5 * n, 17), dtype=np.int32)
    image_idxs = np.repeat(np.arange(n, dtype=np.int32), 5)
    features = np.ones((n, 512), dtype=np.float32)
    write_caption_arrays(
        folder, Vocabulary(["a", "dog"]), {"train": (captions, image_idxs)}, {"train": features}
    )
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(folder)], capture_output=True, text=True, check=True
    )
    shutil.rmtree(folder)
    return int(run.stdout.split()[-1])


@pytest.fixture
def course(tmp_path):
    """The course's files, of 3 pictures."""
    h5py = pytest.importorskip("h5py", reason="h5py is not installed")
    vocabulary, captions, features, urls = toy()
    with h5py.File(tmp_path / "coco2014_captions.h5", "w") as file:
        for split, (rows, image_idxs) in captions.items():
            file[f"{split}_captions"], file[f"{split}_image_idxs"] = rows, image_idxs
    for split in captions:
        with h5py.File(tmp_path / f"{split}2014_vgg16_fc7_pca.h5", "w") as file:
            file["features"] = features[split]
        with h5py.File(tmp_path / f"{split}2014_vgg16_fc7.h5", "w") as file:
            file.create_dataset("features", data=2 * features[split], compression="gzip")
        (tmp_path / f"{split}2014_urls.txt").write_text("\n".join(urls[split]) + "\n")
    vocabulary.save(tmp_path / "coco2014_vocab.json")
    return tmp_path


def test_the_courses_files_are_mapped_if_they_are_in_one_piece(course):
    data = load_coco_data(course)
    assert isinstance(data["train_features"].base, np.memmap)
    assert isinstance(data["train_captions"].base, np.memmap)
    np.testing.assert_array_equal(data["train_captions"], toy()[1]["train"][0])
    np.testing.assert_array_equal(data["val_features"], toy()[2]["val"])
    np.testing.assert_array_equal(data["train_urls"], toy()[3]["train"])
    compressed = load_coco_data(course, pca_features=False)
    np.testing.assert_array_equal(compressed["val_features"], 2 * toy()[2]["val"])
    assert len(load_coco_data(course, max_train=1)["train_features"]) == 1


def test_courses_files_that_are_missing_or_damaged(course):
    (course / "val2014_vgg16_fc7_pca.h5").write_bytes(b"words")
    with pytest.raises(ValueError, match=r"pca\.h5 should hold 'features' but cannot be read"):
        load_coco_data(course)
    (course / "val2014_vgg16_fc7_pca.h5").unlink()
    with pytest.raises(FileNotFoundError, match=r"no file .*pca\.h5, which belongs to the course"):
        read_course_files(course)


def test_the_courses_files_want_a_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "coco2014_captions.h5").write_bytes(b"")
    content = {"idx_to_word": WORDS}
    (tmp_path / "coco2014_vocab.json").write_text(json.dumps(content))
    assert arrays.what_is_in(tmp_path) == "course"
    with pytest.raises(ImportError, match="needs a package: python -m pip install h5py"):
        load_coco_data(tmp_path)
