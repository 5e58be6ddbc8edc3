"""The cache of drawn pictures: larger subsets, damage, other writers, no place to write."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cs231n.data import drawn_pictures
from cs231n.data.drawn_pictures import load_drawn
from cs231n.drawn import pictures10

ROOT = Path(pictures10.__file__).parents[1]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, with few pictures in a file so that tests are quick."""
    monkeypatch.setattr(drawn_pictures, "CHUNK", 20)
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def drawn(monkeypatch):
    """Notes of the first picture of each file that is drawn, split by split."""
    notes = []
    draw = pictures10.draw_pictures

    def noting(n, *, seed, split, start):
        notes.append((split, start))
        return draw(n, seed=seed, split=split, start=start)

    monkeypatch.setattr(pictures10, "draw_pictures", noting)
    return notes


@pytest.mark.parametrize(("n", "start"), [(20, 0), (7, 3), (45, 15), (1, 59), (0, 5), (0, 0)])
@pytest.mark.parametrize("split", ["train", "test"])
def test_pictures_are_those_of_the_generator(cache, n, start, split):
    for _ in range(2):  # drawn, then read
        X, y = load_drawn(n, split, start, seed=3)
        direct = pictures10.draw_pictures(n, seed=3, split=split, start=start)
        assert (X.dtype, y.dtype) == (np.uint8, np.int64)
        np.testing.assert_array_equal(X, direct[0])
        np.testing.assert_array_equal(y, direct[1])


def test_a_larger_subset_draws_what_is_missing(cache, drawn):
    for n in (10, 30, 20, 70):
        load_drawn(n)
    assert drawn == [("train", start) for start in (0, 20, 40, 60)]


def test_seeds_and_splits_are_kept_apart(cache, drawn):
    for seed in (0, 1):
        for split in ("train", "test"):
            load_drawn(20, split, seed=seed)
    assert len(drawn) == 4


def test_another_generator_draws_anew(cache, drawn, monkeypatch):
    load_drawn(20)
    monkeypatch.setattr(drawn_pictures, "_version", lambda: "later")
    load_drawn(20)
    assert len(drawn) == 2


@pytest.mark.parametrize("spoil", [lambda d: d[: len(d) // 2], lambda d: b"", lambda d: b"words"])
def test_a_damaged_file_is_drawn_anew_and_mended(cache, drawn, spoil):
    X, _ = load_drawn(20)
    (file,) = cache.rglob("*.npz")
    file.write_bytes(spoil(file.read_bytes()))
    for _ in range(2):
        np.testing.assert_array_equal(load_drawn(20)[0], X)
    assert len(drawn) == 2


def test_a_file_of_another_shape_is_drawn_anew(cache, drawn):
    load_drawn(20)
    (file,) = cache.rglob("*.npz")
    np.savez(file, X=np.zeros(3), y=np.zeros(3))
    assert load_drawn(20)[0].shape == (20, 32, 32, 3)


def test_without_a_place_to_write_pictures_are_drawn_each_time(cache, drawn, monkeypatch):
    (cache / "file").touch()
    monkeypatch.setenv("CS231N_DATA_CACHE", str(cache / "file" / "below"))
    for _ in range(2):
        assert load_drawn(20)[0].shape == (20, 32, 32, 3)
    assert len(drawn) == 2


def test_many_at_once_get_the_same(cache):
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(load_drawn, [20, 40, 60] * 4))
    whole, _ = pictures10.draw_pictures(60, seed=0)
    for X, _ in results:
        np.testing.assert_array_equal(X, whole[: len(X)])
    assert sorted(path.suffix for path in cache.rglob("*-*") if path.is_file()) == [".npz"] * 3


def test_processes_at_once_leave_whole_files(cache):
    code = "from cs231n.data.drawn_pictures import load_drawn; load_drawn(1500)"
    children = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]
    assert [process.wait(60) for process in children] == [0, 0]
    files = [path for path in cache.rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == ["train-000.npz", "train-001.npz"]
    with np.load(files[0]) as arrays:
        assert arrays["X"].shape == (1000, 32, 32, 3)


def test_writing_that_is_stopped_leaves_no_file(cache, monkeypatch):
    def stop(file, **arrays):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", stop)
    with pytest.raises(KeyboardInterrupt):
        load_drawn(20)
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_prepare_draws_what_notebooks_ask_for(cache, drawn, monkeypatch):
    monkeypatch.setattr(drawn_pictures, "FIRST", {"train": 40, "test": 20})
    folder = drawn_pictures.prepare(progress=False)
    assert drawn == [("train", 0), ("train", 20), ("test", 0)]
    assert len(list(folder.glob("*.npz"))) == 3


def test_hidden_pictures_are_never_kept(cache):
    with pytest.raises(ValueError, match="split should be 'train' or 'test' but is 'hidden'"):
        load_drawn(20, "hidden")
    assert list(cache.iterdir()) == []


def test_more_pictures_than_there_are_is_an_error(cache):
    with pytest.raises(ValueError, match="the test split has pictures 0 to 9999"):
        load_drawn(2, "test", 9_999)
