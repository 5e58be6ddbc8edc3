"""Archives: what comes out, and what is refused."""

import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from cs231n.data import archives


def member(name, data=b"x", kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(data), kind, link
    return info, io.BytesIO(data)


def pack(path, *members, mode="w"):
    with tarfile.open(path, mode) as tar:
        for info, data in members:
            tar.addfile(info, data)
    return path


def jpeg(colour):
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), (colour, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_unpack_brings_files_whatever_the_compression(tmp_path, mode):
    archive = pack(tmp_path / "a.tar", member("a/b/c", b"12"), member("./d", b"3"), mode=mode)
    archives.unpack(archive, tmp_path / "out", progress=False)
    assert (tmp_path / "out" / "a" / "b" / "c").read_bytes() == b"12"
    assert (tmp_path / "out" / "d").read_bytes() == b"3"


def test_unpack_takes_the_folder_that_is_meant(tmp_path):
    archive = pack(tmp_path / "a.tar", member("top/a"), member("other/b"))
    archives.unpack(archive, tmp_path / "out", "top", progress=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "out"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        (member("../up"), "leads elsewhere, ../up"),
        (member("a/../../up"), "leads elsewhere"),
        (member("/etc/passwd"), "leads elsewhere, /etc/passwd"),
        (member("a\\..\\up"), "leads elsewhere"),
        (member("C:up"), "leads elsewhere"),
        (member("a", b"", tarfile.SYMTYPE, "/etc/passwd"), "a link or device, a"),
        (member("a", b"", tarfile.LNKTYPE, "b"), "a link or device"),
        (member("a", b"", tarfile.FIFOTYPE), "a link or device"),
        (member("a", b"", tarfile.CHRTYPE), "a link or device"),
    ],
)
def test_unsafe_members_are_refused_and_nothing_stays(tmp_path, bad, match):
    (tmp_path / "in").mkdir()
    archive = pack(tmp_path / "in" / "a.tar", member("good"), bad)
    with pytest.raises(ValueError, match=match):
        archives.unpack(archive, tmp_path / "in" / "out", progress=False)
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "a.tar"]


@pytest.mark.parametrize(("cap", "most"), [("MOST_FILES", 2), ("MOST_BYTES", 5)])
def test_archives_beyond_the_caps_are_refused(tmp_path, monkeypatch, cap, most):
    monkeypatch.setattr(archives, cap, most)
    archive = pack(tmp_path / "a.tar", *[member(name, b"12") for name in "abc"])
    with pytest.raises(ValueError, match="holds more than"):
        archives.unpack(archive, tmp_path / "out", progress=False)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_damaged_archives_are_named(tmp_path, mode):
    data = np.random.default_rng(0).bytes(9000)
    archive = pack(tmp_path / "a.tar", member("a", data), mode=mode)
    archive.write_bytes(archive.read_bytes()[:5000])
    with pytest.raises(ValueError, match=r"a\.tar is no tar archive, or damaged"):
        archives.unpack(archive, tmp_path / "out", progress=False)


def test_what_is_no_archive_is_named(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"<html>please log in</html>")
    with pytest.raises(ValueError, match=r"a\.tar is no tar archive"):
        archives.unpack(tmp_path / "a.tar", tmp_path / "out", progress=False)


def test_a_missing_archive_is_the_systems_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"a\.tar"):
        archives.unpack(tmp_path / "a.tar", tmp_path / "out", progress=False)


def test_a_folder_that_should_be_inside_is_named(tmp_path):
    archive = pack(tmp_path / "a.tar", member("top/a"))
    with pytest.raises(ValueError, match=r"a\.tar should hold a folder pot"):
        archives.unpack(archive, tmp_path / "out", "pot", progress=False)


def test_decoded_pictures_belong_to_their_labels_whatever_the_order_in_the_archive(tmp_path):
    files = {
        f"{split}/{kind}/{i}.png": 100 * (kind == "b") + i
        for split in ("train", "test")
        for kind in "ba"
        for i in range(20)
    }
    for turn, names in enumerate([sorted(files), sorted(files, reverse=True)]):
        archive = pack(tmp_path / f"{turn}.tar", *[member(n, jpeg(files[n])) for n in names])
        archives.decode_pictures(archive, tmp_path / str(turn), size=(2, 3), progress=False)
    one, two = ([np.load(tmp_path / turn / f"train_{part}.npy") for part in "Xy"] for turn in "01")
    assert (one[0].shape, one[0].dtype, one[1].dtype) == ((40, 2, 3, 3), np.uint8, np.int64)
    np.testing.assert_array_equal(one[1], one[0][:, 0, 0, 0] >= 100)
    np.testing.assert_array_equal(one[0], two[0])
    assert 0 < one[1][:10].sum() < 10
    assert json.loads((tmp_path / "0" / "classes.json").read_text()) == ["a", "b"]


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        (member("train/a.png"), "train/a.png is not of the form split/class/picture"),
        (member("train/a/b.png", b"no"), "train/a/b.png is damaged or no picture"),
    ],
)
def test_what_cannot_be_decoded_is_named(tmp_path, bad, match):
    archive = pack(tmp_path / "a.tar", bad)
    with pytest.raises(ValueError, match=match):
        archives.decode_pictures(archive, tmp_path / "out", progress=False)
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_kept_lies_in_the_folder_as_it_was(tmp_path):
    (tmp_path / "said.tsv.xz").write_bytes(b"1.jpg\tA dog .\n")
    archives.keep(tmp_path / "said.tsv.xz", tmp_path / "said")
    assert (tmp_path / "said" / "said.tsv.xz").read_bytes() == b"1.jpg\tA dog .\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["said", "said.tsv.xz"]
