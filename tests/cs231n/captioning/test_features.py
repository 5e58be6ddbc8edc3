"""Features of picture files: computed once for each picture, whatever happens in between."""

import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from children import wait_until
from PIL import Image

from cs231n.captioning import features
from cs231n.captioning.features import compute, features_of_files, picture_size

pytestmark = pytest.mark.assignment3
SLOWLY = """
import sys, time
from cs231n.captioning import features
from cs231n.commands.support.cli import main
features.CHUNK, run = 2, features.compute
def compute(X, extractor):
    time.sleep(0.3)
    return run(X, extractor)
features.compute = compute
sys.argv[0] = "cs231n"
main()
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def files(tmp_path):
    """Seven pictures of one colour each."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    paths = [folder / f"{i}.png" for i in range(7)]
    for i, path in enumerate(paths):
        Image.new("RGB", (20, 30), (30 * i, 90, 200 - 20 * i)).save(path)
    return paths


@pytest.fixture
def quick(monkeypatch):
    """Instead of the network: the mean colours. Counts the pictures that it is shown."""
    shown = []

    def compute(X, extractor):
        shown.extend(X)
        means = X.reshape(len(X), -1, 3).mean(axis=1) if len(X) else np.zeros((0, 3))
        return np.tile(means, 427)[:, :1280].astype(np.float32)

    monkeypatch.setattr(features, "compute", compute)
    monkeypatch.setattr(features, "CHUNK", 3)
    return shown


def test_features_of_files_are_those_of_the_network(cache, files):
    from cs231n.classifiers.pretrained_cnn import PretrainedCNN

    found = features_of_files(files[:2], progress=False)
    network, X = PretrainedCNN(), np.empty((2, 224, 224, 3), dtype=np.uint8)
    X[:] = [[[[0, 90, 200]]], [[[30, 90, 180]]]]
    np.testing.assert_array_equal(found.features, network.features(network.preprocess(X)))
    assert found.computed == 2


def test_features_of_files_are_kept_by_content(cache, files, quick, tmp_path):
    first = features_of_files(files, progress=False)
    moved = [tmp_path / f"other-{i}.jpg" for i in range(7)]
    for old, new in zip(files, moved):
        shutil.move(old, new)
    again = features_of_files(moved[::-1], progress=False)
    np.testing.assert_array_equal(again.features, first.features[::-1])
    assert (first.computed, again.computed, len(quick)) == (7, 0, 7)


def test_features_of_files_are_computed_anew_where_the_cache_is_damaged(cache, files, quick):
    first = features_of_files(files[:1], progress=False)
    (kept,) = cache.rglob("*.npy")
    kept.write_bytes(kept.read_bytes()[:-5])
    again = features_of_files(files[:1], progress=False)
    np.testing.assert_array_equal(again.features, first.features)
    assert again.computed == 1


def test_features_of_files_do_without_a_cache(files, quick, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CS231N_DATA_CACHE", str(tmp_path / "file"))
    assert features_of_files(files, progress=False).features.shape == (7, 1280)


def test_features_of_files_leave_out_what_cannot_be_read(cache, files, quick, tmp_path):
    files[2].write_bytes(files[2].read_bytes()[:40])
    files[4].write_bytes(b"")
    found = features_of_files([*files, tmp_path / "nix.png"], progress=False)
    np.testing.assert_array_equal(found.places, [0, 1, 3, 5, 6])
    assert [path.name for path, _ in found.problems] == ["2.png", "4.png", "nix.png"]
    assert [reason for _, reason in found.problems][1:] == ["is empty", "is not there"]


def test_a_killed_command_goes_on_where_it_was(cache, files, tmp_path):
    listed = ", ".join(
        f'{{"filename": "{path.name}", "split": "train", "sentences": [{{"raw": "x"}}]}}'
        for path in files
    )
    (files[0].parent / "dataset.json").write_text(f'{{"images": [{listed}]}}')
    command = [sys.executable, "-c", SLOWLY, "caption", "features", str(files[0].parent)]
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    wait_until(lambda: len(list(cache.rglob("*.npy"))) >= 2, running)
    running.send_signal(signal.SIGKILL)
    running.wait()
    kept = len([path for path in cache.rglob("*.npy") if not path.name.startswith(".")])
    assert 2 <= kept < 7
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = f"7 of 7 pictures have features: {7 - kept} computed now, {kept} before."
    assert done.stdout.strip() == said


def test_compute_of_scenes():
    X = np.zeros((2, 64, 64, 3), dtype=np.uint8)
    assert compute(X, "scenes").shape == (2, 864)
    assert compute(X[:0], "scenes").shape == (0, 864)
    assert picture_size("scenes") == (64, 64)


def test_compute_rejects_what_it_does_not_know():
    X = np.zeros((1, 64, 64, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="features were given in a file"):
        compute(X, "given")
    with pytest.raises(ValueError, match="there is no extractor 'vgg'; take one of"):
        picture_size("vgg")
