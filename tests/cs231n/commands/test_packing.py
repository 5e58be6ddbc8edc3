"""The zip that is handed in: whole, with a receipt, and never in an earlier one's place."""

import hashlib
import json
import zipfile

import pytest

from cs231n.checks.manifest import manifest
from cs231n.checks.runner import ExerciseResult
from cs231n.checks.table import Exercise
from cs231n.commands.support import packing
from cs231n.commands.support.packing import pack_submission, require_files

ROWS = [
    Exercise("knn-vote", "a1", "knn", "A vote", 4, "How?", "cs231n.knn:Nearest.vote"),
    Exercise("knn-loops", "a1", "knn", "Loops", 3, "Which?", "cs231n.knn:Nearest.loops"),
    Exercise("knn-question", "a1", "knn", "Why", 2, "Why?", kind="written"),
    Exercise(
        "net-tuned", "a1", "net", "A net", 8, "?", "cs231n.net:Net.predict", kind="tuning",
        file="best_net.npz",
    ),
]  # fmt: skip
FILES = ["knn.ipynb", "net.ipynb", "cs231n/knn.py", "cs231n/net.py", "hand_in/best_net.npz"]
RESULTS = [ExerciseResult("knn-vote", "partial", 2.5, 4, "half", 0.1)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A release in which a student has worked, as the current folder."""
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(f"content of {name}".encode())
    return tmp_path


def test_the_manifest_names_each_file_once():
    assert manifest(ROWS) == FILES


def test_the_zip_holds_the_files_and_a_receipt(folder):
    path, _ = pack_submission("a1", ROWS, RESULTS)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*FILES, "receipt.json"]
        for name in FILES:
            assert archive.read(name) == f"content of {name}".encode()


def test_the_receipt_names_exactly_these_files(folder):
    path, digits = pack_submission("a1", ROWS, RESULTS)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("receipt.json")
    receipt = json.loads(content)
    assert digits == hashlib.sha256(content).hexdigest()[:16]
    assert receipt["files"] == {
        name: hashlib.sha256(f"content of {name}".encode()).hexdigest() for name in FILES
    }
    assert receipt["public checks"] == {"knn-vote": ["partial", 2.5, 4]}
    assert receipt["assignment"] == "a1"


def test_a_change_of_one_byte_changes_the_receipt(folder, monkeypatch):
    monkeypatch.setattr(packing.time, "strftime", lambda form: form)
    _, before = pack_submission("a1", ROWS, RESULTS)
    _, again = pack_submission("a1", ROWS, RESULTS)
    (folder / "cs231n/knn.py").write_bytes(b"Content of cs231n/knn.py")
    _, after = pack_submission("a1", ROWS, RESULTS)
    assert before == again != after


def test_earlier_zips_stay_even_within_one_second(folder, monkeypatch):
    monkeypatch.setattr(packing.time, "strftime", lambda form: "20250131-120000")
    paths = [pack_submission("a1", ROWS, RESULTS)[0].name for _ in range(3)]
    stem = "a1-20250131-120000"
    assert paths == [f"{stem}.zip", f"{stem}-2.zip", f"{stem}-3.zip"]
    assert sorted(path.name for path in folder.glob("hand_in/*.zip")) == sorted(paths)


def test_missing_files_are_named_and_nothing_is_written(folder):
    (folder / "hand_in/best_net.npz").unlink()
    (folder / "cs231n/knn.py").unlink()
    missing = "Missing here: cs231n/knn.py, hand_in/best_net.npz. Run this in the folder"
    with pytest.raises(FileNotFoundError, match=missing):
        pack_submission("a1", ROWS, RESULTS)
    assert list(folder.glob("hand_in/*")) == []


def test_missing_files_may_be_allowed(folder):
    (folder / "hand_in/best_net.npz").unlink()
    assert require_files(ROWS, allow_missing=True) == ["hand_in/best_net.npz"]
    path, _ = pack_submission("a1", ROWS, RESULTS, allow_missing=True)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [*FILES[:-1], "receipt.json"]


def test_a_folder_is_no_file(folder):
    (folder / "cs231n/net.py").unlink()
    (folder / "cs231n/net.py").mkdir()
    with pytest.raises(FileNotFoundError, match=r"Missing here: cs231n/net\.py"):
        require_files(ROWS)


def test_an_interrupted_write_leaves_no_zip(folder, monkeypatch):
    def full(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space left"):
        pack_submission("a1", ROWS, RESULTS)
    assert [path.name for path in folder.glob("hand_in/*")] == ["best_net.npz"]
