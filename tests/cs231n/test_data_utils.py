"""The loaders: CIFAR-10's own files, the decoded copy, the embedded set, and which is taken."""

import functools
import inspect
import io
import json
import os
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest

from cs231n import data_utils
from cs231n.data import cifar, downloads
from cs231n.drawn.pictures10 import PICTURES10_CLASSES, draw_pictures

TRAIN, TEST, BATCH = 100, 20, 20  # in the small copies of CIFAR-10 that tests write
PARTS = ("train", "val", "test")


def python2_pickle(data, labels):
    """Write a batch by hand, opcode by opcode, as Python 2 with NumPy 1 wrote the official ones."""

    def text(value):
        return b"U" + struct.pack("<B", len(value)) + value

    def number(value):
        return b"M" + struct.pack("<H", value)

    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + text(b"b") + b"\x87R"
        b"(K\x01" + number(data.shape[0]) + number(data.shape[1]) + b"\x86"
        b"cnumpy\ndtype\n" + text(b"u1") + b"K\x00K\x01\x87R"
        b"(K\x03" + text(b"|") + b"NNN" + 2 * b"J\xff\xff\xff\xff" + b"K\x00tb"
        b"\x89T" + struct.pack("<I", data.size) + data.tobytes() + b"tb"
    )
    numbers = b"](" + b"".join(number(label) for label in labels) + b"e"
    entries = [(b"data", array), (b"labels", numbers), (b"batch_label", text(b"of \xe9t\xe9"))]
    return b"\x80\x02}(" + b"".join(text(key) + value for key, value in entries) + b"u."


def batch(seed, n=BATCH):
    """Pixels (n, 3072) and labels of a batch."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n).tolist()
    return rng.integers(0, 256, (n, 3072), dtype=np.uint8), labels


def pictures(data):
    """Rows of CIFAR-10 as pictures: red, green, blue, each by rows."""
    return np.stack([data[:, 1024 * c : 1024 * (c + 1)].reshape(-1, 32, 32) for c in range(3)], -1)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def small(monkeypatch):
    """CIFAR-10 has few pictures, for the time of a test."""
    monkeypatch.setattr(cifar, "BATCH", BATCH)
    for module in (cifar, data_utils):
        monkeypatch.setattr(module, "SPLITS", {"train": TRAIN, "test": TEST})


@pytest.fixture
def official(cache, small):
    folder = cache / "cifar-10-batches-py"
    folder.mkdir()
    for seed, name in enumerate([f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]):
        (folder / name).write_bytes(python2_pickle(*batch(seed)))
    return folder


@pytest.fixture
def decoded(cache, small):
    folder = cache / "cifar10-jpeg"
    folder.mkdir()
    for split, n in [("train", TRAIN), ("test", TEST)]:
        data, labels = batch(n, n)
        np.save(folder / f"{split}_X.npy", pictures(data))
        np.save(folder / f"{split}_y.npy", np.array(labels))
    (folder / "classes.json").write_text(json.dumps(cifar.CIFAR10_CLASSES))
    return folder


def test_a_batch_comes_as_pictures_of_floats(tmp_path):
    data, labels = batch(0, n=7)
    (tmp_path / "data_batch_1").write_bytes(python2_pickle(data, labels))
    X, Y = data_utils.load_CIFAR_batch(str(tmp_path / "data_batch_1"))
    assert (X.shape, X.dtype, Y.dtype) == ((7, 32, 32, 3), np.float64, np.int64)
    np.testing.assert_array_equal(X, pictures(data))
    np.testing.assert_array_equal(Y, labels)


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("key", [str, str.encode])
def test_a_batch_saved_anew_by_python_3_loads(tmp_path, protocol, key):
    data, labels = batch(0, n=7)
    saved = pickle.dumps({key("data"): data, key("labels"): labels}, protocol)
    (tmp_path / "batch").write_bytes(saved)
    np.testing.assert_array_equal(data_utils.load_CIFAR_batch(tmp_path / "batch")[1], labels)


def test_all_batches_come_in_order(official):
    Xtr, Ytr, Xte, Yte = data_utils.load_CIFAR10(official)
    assert (Xtr.shape, Xte.shape) == ((100, 32, 32, 3), (20, 32, 32, 3))
    assert (Xtr.dtype, Ytr.dtype, Yte.dtype) == (np.float64, np.int64, np.int64)
    for seed in range(5):
        data, labels = batch(seed)
        np.testing.assert_array_equal(Xtr[20 * seed : 20 * seed + 20], pictures(data))
        np.testing.assert_array_equal(Ytr[20 * seed : 20 * seed + 20], labels)
    np.testing.assert_array_equal(Xte, pictures(batch(5)[0]))


class Runs:
    """A pickle of this runs a command."""

    def __reduce__(self):
        return os.system, ("echo no",)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (pickle.dumps(Runs()), "it asks for posix.system"),
        (pickle.dumps(OrderedDict(a=1)), "it asks for collections.OrderedDict"),
        (pickle.dumps(functools.partial(print)), "it asks for functools.partial"),
        (b"c__builtin__\neval\n(S'1'\ntR.", "it asks for __builtin__.eval"),
        (b"cnumpy\nload\n(S'x'\ntR.", "it asks for numpy.load"),
        (b"cnumpy.core.multiarray\n_reconstruct.__globals__\n.", "it asks for numpy.core.multi"),
        (b"\x80\x04\x8c\x05numpy\x8c\x10ndarray.__init__\x93.", "it asks for numpy.ndarray.__in"),
        (python2_pickle(*batch(0))[:5000], "is no pickle of arrays and lists"),
        (b"", "is no pickle of arrays and lists"),
        (b"<html>", "is no pickle of arrays and lists"),
        (b"]q\x01(e", "delete its folder and run `python -m cs231n data get cifar10`"),
    ],
)
def test_what_could_run_code_or_is_damaged_is_refused(data, match, capfd):
    with pytest.raises(ValueError, match=match):
        data_utils.load_pickle(io.BytesIO(data))
    assert capfd.readouterr().out == ""


def test_texts_come_byte_by_byte():
    assert data_utils.load_pickle(io.BytesIO(b"U\x04\xe9t\xe9!.")) == "été!"
    assert data_utils.load_pickle(io.BytesIO(pickle.dumps(b"\xe9", 2))) == b"\xe9"


@pytest.mark.parametrize(
    "content",
    [
        [1, 2],
        {"data": batch(0)[0]},
        {"data": batch(0)[0], "labels": [1]},
        {"data": batch(0)[0], "labels": [10] * BATCH},
        {"data": batch(0)[0], "labels": [[]] * BATCH},
        {"data": batch(0)[0].astype(float), "labels": [1] * BATCH},
        {"data": batch(0)[0][:, 1:], "labels": [1] * BATCH},
        {"data": [1] * BATCH, "labels": [1] * BATCH},
    ],
)
def test_a_pickle_of_something_else_is_no_file_of_cifar10(tmp_path, content):
    (tmp_path / "batch").write_bytes(pickle.dumps(content))
    with pytest.raises(ValueError, match="batch is no file of CIFAR-10: expected a dict with"):
        data_utils.load_CIFAR_batch(tmp_path / "batch")


def test_a_missing_batch_says_what_to_run(cache):
    match = "data_batch_1, but it is not there; run `python -m cs231n data get cifar10`"
    with pytest.raises(FileNotFoundError, match=match):
        data_utils.load_CIFAR10("nowhere")


def test_the_official_files_are_taken_first(official, decoded, capsys):
    data = data_utils.load_pictures(None, 30, 25, 4)
    assert capsys.readouterr().out == (
        "Pictures: CIFAR-10 from the cache: 30 to train, 25 to validate, 4 to test.\n"
    )
    assert data["name"] == "cifar10"
    Xtr, Ytr, Xte, _ = data_utils.load_CIFAR10(official)
    np.testing.assert_array_equal(data["X_train"], Xtr[:30])
    np.testing.assert_array_equal(data["X_val"], Xtr[30:55])
    np.testing.assert_array_equal(data["y_val"], Ytr[30:55])
    np.testing.assert_array_equal(data["X_test"], Xte[:4])


def test_the_decoded_copy_is_taken_next(decoded, capsys):
    data = data_utils.load_pictures(None, 30, 25, 4)
    assert "CIFAR-10 from the cache (its JPEG copy): 30 to train" in capsys.readouterr().out
    assert data["name"] == "cifar10"
    assert list(data["classes"]) == list(cifar.CIFAR10_CLASSES)
    np.testing.assert_array_equal(data["X_val"], np.load(decoded / "train_X.npy")[30:55])
    np.testing.assert_array_equal(data["y_test"], np.load(decoded / "test_y.npy")[:4])


def test_the_embedded_set_is_taken_where_nothing_else_is(cache, capsys):
    data = data_utils.load_pictures(None, 30, 25, 4)
    assert capsys.readouterr().out == (
        "Pictures: pictures10, drawn by the kit: 30 to train, 25 to validate, 4 to test.\n"
    )
    assert data["name"] == "pictures10"
    assert list(data["classes"]) == list(PICTURES10_CLASSES)
    X, y = draw_pictures(55, seed=0)
    np.testing.assert_array_equal(data["X_val"], X[30:])
    np.testing.assert_array_equal(data["y_train"], y[:30])
    np.testing.assert_array_equal(data["X_test"], draw_pictures(4, seed=0, split="test")[0])


@pytest.mark.parametrize(
    ("name", "says"), [("pictures10", "pictures10, drawn"), ("cifar10-jpeg", "its JPEG copy")]
)
def test_a_set_can_be_named(official, decoded, capsys, name, says):
    data_utils.load_pictures(name, 2, 1, 1)
    assert says in capsys.readouterr().out


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("name", ["cifar10", "cifar10-jpeg", "pictures10"])
def test_pictures_have_the_type_asked_for_and_can_be_written_to(official, decoded, name, dtype):
    data = data_utils.load_pictures(name, 3, 2, 1, dtype=dtype)
    for part, n in zip(PARTS, (3, 2, 1), strict=True):
        X, y = data[f"X_{part}"], data[f"y_{part}"]
        assert (X.shape, X.dtype) == ((n, 32, 32, 3), dtype)
        assert (y.shape, y.dtype) == ((n,), np.int64)
        assert type(X) is np.ndarray
        assert X.flags.writeable
        assert X.flags.c_contiguous
        assert X.max() > 50


def test_every_entry_has_a_shape_as_older_notebooks_print_it(cache):
    data = data_utils.get_CIFAR10_data(3, 2, 1)
    shapes = {key: value.shape for key, value in data.items()}
    assert shapes["X_train"] == (3, 3, 32, 32)
    assert (shapes["name"], shapes["classes"]) == ((), (10,))


def test_the_historical_signature_stands():
    parameters = inspect.signature(data_utils.get_CIFAR10_data).parameters.values()
    assert {p.name: p.default for p in parameters} == {
        "num_training": 49000,
        "num_validation": 1000,
        "num_test": 1000,
        "subtract_mean": True,
    }


def test_networks_get_channels_first_and_the_training_mean_subtracted(official):
    data = data_utils.get_CIFAR10_data(30, 25, 4)
    Xtr, Ytr, Xte, Yte = data_utils.load_CIFAR10(official)
    mean = Xtr[:30].mean(axis=0)
    expected = {"train": Xtr[:30] - mean, "val": Xtr[30:55] - mean, "test": Xte[:4] - mean}
    for part, X in expected.items():
        got = data[f"X_{part}"]
        assert (got.dtype, got.flags.c_contiguous) == (np.float64, True)
        # sums of 30 numbers up to 255, in another order: a few units of the last place
        np.testing.assert_allclose(got, X.transpose(0, 3, 1, 2), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(data["y_train"], Ytr[:30])
    np.testing.assert_array_equal(data["y_test"], Yte[:4])


def test_the_mean_can_be_left_in(official):
    data = data_utils.get_CIFAR10_data(30, 25, 4, subtract_mean=False)
    Xtr, *_ = data_utils.load_CIFAR10(official)
    np.testing.assert_array_equal(data["X_train"], Xtr[:30].transpose(0, 3, 1, 2))


def test_no_training_pictures_have_no_mean(cache):
    data = data_utils.get_CIFAR10_data(0, 0, 2)
    assert data["X_train"].shape == (0, 3, 32, 32)
    assert data["X_test"].min() >= 0


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        ((-1, 1, 1), "should be 0 or more, but are num_training=-1"),
        ((49_500, 1000, 1), "num_training=49500 and num_validation=1000 make 50500"),
        ((1, 1, 10_001), "10000 to test, but .* num_test=10001; ask for fewer"),
    ],
)
def test_numbers_of_pictures_that_there_are_not_are_refused(cache, counts, match):
    with pytest.raises(ValueError, match=match):
        data_utils.get_CIFAR10_data(*counts)


@pytest.mark.parametrize("name", ["cifar10", "cifar10-jpeg"])
def test_a_set_that_is_not_here_says_what_to_run(cache, name):
    match = f"{name} is not in the cache; run `python -m cs231n data get {name}`"
    with pytest.raises(FileNotFoundError, match=match):
        data_utils.load_pictures(name)


def test_a_set_of_another_kind_is_refused(cache):
    with pytest.raises(ValueError, match="expected one of cifar10, cifar10-jpeg, pictures10"):
        data_utils.load_pictures("ucm-captions")


def test_an_unknown_set_lists_near_ones(cache):
    with pytest.raises(LookupError, match="Near: cifar10"):
        data_utils.load_pictures("cifar-10")


def test_a_batch_with_too_few_pictures_is_named(official):
    (official / "data_batch_2").write_bytes(python2_pickle(*batch(0, n=BATCH - 1)))
    with pytest.raises(ValueError, match="data_batch_2 should hold 20 pictures but holds 19"):
        data_utils.load_pictures("cifar10", 30, 1, 1)


@pytest.mark.parametrize("file", ["train_X.npy", "train_y.npy", "classes.json"])
@pytest.mark.parametrize("spoil", [lambda d: d[: len(d) // 2], lambda d: b"", lambda d: None])
def test_a_damaged_copy_says_what_to_run(decoded, file, spoil):
    content = spoil((decoded / file).read_bytes())
    (decoded / file).unlink()
    if content is not None:
        (decoded / file).write_bytes(content)
    match = "cifar10-jpeg is damaged; delete it and run `python -m cs231n data get cifar10-jpeg`"
    with pytest.raises(ValueError, match=match):
        data_utils.load_pictures("cifar10-jpeg", 3, 2, 1)


@pytest.fixture(scope="session")
def real_cache(tmp_path_factory):
    """A cache with the real pictures of the mirror, decoded once for all tests."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS231N_DATA_CACHE", str(folder))
        assert downloads.prepare_from_mirror(("cifar10-jpeg",), progress=False) == "cifar10-jpeg"
    return folder


@pytest.mark.data
@pytest.mark.slow
def test_the_real_pictures_load(real_cache, monkeypatch, capsys):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(real_cache))
    data = data_utils.load_pictures(None, 49_000, 1000, 10_000, dtype=np.uint8)
    assert "its JPEG copy" in capsys.readouterr().out
    y = np.concatenate([data["y_train"], data["y_val"]])
    assert np.bincount(y).tolist() == [5000] * 10
    assert np.bincount(data["y_test"]).tolist() == [1000] * 10
    means = data["X_train"].mean(axis=(0, 1, 2))
    # The official pictures have the means 125.3, 123.0 and 113.9.
    np.testing.assert_allclose(means, [125.3, 123.0, 113.9], atol=1.0)
    # Skies: pictures of airplanes and ships are bluer than those of deer and frogs.
    blue = [data["X_train"][data["y_train"] == c, ..., 2].mean() for c in (0, 8, 4, 6)]
    assert min(blue[:2]) > max(blue[2:]) + 20


@pytest.mark.data
def test_the_real_captions_unpack(cache):
    folder = downloads.prepare("ucm-captions", progress=False)
    described = json.loads((folder / "dataset.json").read_text())["images"]
    assert len(described) == 1680 + 210
    assert all((folder / "images" / image["filename"]).is_file() for image in described)
