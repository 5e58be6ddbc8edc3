"""A release is written whole, the same every time, and never over somebody's work."""

import hashlib
import io
import json
import os
import tomllib
import zipfile
from pathlib import Path

import pytest

from grading.release import output
from grading.release.output import RECORD, put, require_free, zip_bytes
from grading.release.ships import ReleaseError

ROOT = Path(__file__).resolve().parents[3]
TREE = {"a.md": b"one", "cs231n/b.py": b"two", RECORD: b""}


def recorded(tree):
    files = {n: hashlib.sha256(c).hexdigest() for n, c in tree.items() if n != RECORD}
    return tree | {RECORD: json.dumps({"files": files}).encode()}


@pytest.fixture
def place(tmp_path):
    """A folder and a zip that hold a release."""
    folder, archive = tmp_path / "out" / "a1", tmp_path / "out" / "a1.zip"
    put(recorded(TREE), folder, archive)
    return folder, archive


def test_a_zip_is_the_same_bytes_whatever_the_order():
    backwards = dict(reversed(TREE.items()))
    assert zip_bytes(TREE, "a1/") == zip_bytes(backwards, "a1/")


def test_a_zip_unpacks_to_one_folder_of_plain_readable_files():
    with zipfile.ZipFile(io.BytesIO(zip_bytes(TREE, "a1/"))) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == ["a1/RELEASE.json", "a1/a.md", "a1/cs231n/b.py"]
    assert {info.external_attr >> 16 for info in infos} == {0o100644}
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_folder_and_zip_hold_the_tree_and_nothing_is_left_beside_them(place):
    folder, archive = place
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    assert found == recorded(TREE)
    assert sorted(os.listdir(folder.parent)) == ["a1", "a1.zip"]
    assert archive.read_bytes() == zip_bytes(recorded(TREE), "a1/")


def test_a_release_is_not_replaced_unasked(place):
    with pytest.raises(ReleaseError, match=r"a1 and .*a1.zip: already there; --force replaces"):
        require_free(*place, force=False)


def test_force_replaces_a_release_that_was_only_run(place):
    folder, archive = place
    for name in ("cs231n/__pycache__/b.pyc", "datasets/cache/x.npz", ".ipynb_checkpoints/k.ipynb"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(b"")
    require_free(folder, archive, force=True)
    put(recorded({"a.md": b"new", RECORD: b""}), folder, archive)
    assert sorted(os.listdir(folder)) == [RECORD, "a.md"]


@pytest.mark.parametrize("name", ["cs231n/b.py", "hand_in/best_net.npz"])
def test_force_does_not_replace_what_somebody_worked_in(place, name):
    folder, archive = place
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("my work")
    with pytest.raises(ReleaseError, match=rf"somebody has worked in it \({name}\)"):
        require_free(folder, archive, force=True)
    assert (folder / name).read_text() == "my work"


@pytest.mark.parametrize("content", [None, "[]", "not json"])
def test_force_does_not_replace_a_folder_that_is_no_release(tmp_path, content):
    folder = tmp_path / "a1"
    folder.mkdir()
    if content:
        (folder / RECORD).write_text(content)
    with pytest.raises(ReleaseError, match=r"a1: holds no RELEASE.json, so it is not a release"):
        require_free(folder, tmp_path / "a1.zip", force=True)


@pytest.mark.parametrize("content", [b"no zip", zip_bytes({"my.txt": b"work"}, "a1/")])
def test_force_does_not_replace_a_zip_that_is_no_release(tmp_path, content):
    (tmp_path / "a1.zip").write_bytes(content)
    with pytest.raises(ReleaseError, match=r"a1.zip: not a release; move it away first"):
        require_free(tmp_path / "a1", tmp_path / "a1.zip", force=True)


def test_a_free_place_is_free(tmp_path):
    require_free(tmp_path / "a1", tmp_path / "a1.zip", force=False)


def test_the_record_names_every_file_and_the_commit(monkeypatch):
    answers = {"status": "", "rev-parse": "abc123\n"}
    monkeypatch.setattr(output, "git", lambda root, verb, *rest: answers[verb])
    record = json.loads(output.record("assignment1", {"a.md": b"one"}))
    assert record["commit"] == "abc123"
    assert record["files"] == {"a.md": hashlib.sha256(b"one").hexdigest()}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (record["assignment"], record["version"]) == ("assignment1", version)
    answers["status"] = " M cs231n/layers.py\n"
    record = json.loads(output.record("assignment1", {}))
    assert record["commit"] == "abc123-changed"
