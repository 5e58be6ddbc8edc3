"""Folders and zips as students, or attackers, make them: read under caps, or refused in words."""

import io
import os
import stat
import struct
import tracemalloc
import zipfile
from unittest import mock

import pytest
from handing_in import FUZZ, LOSSES, NAMES, NEAR, ROWS, WHOLE, flags_with, write_folder, zip_bytes
from hypothesis import given
from hypothesis import strategies as st

from grading.intake import unpack
from grading.intake.collect import CAPS, collect

# Names


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../knn.ipynb", "leads out"),
        ("a/../../knn.ipynb", "leads out"),
        ("/etc/knn.ipynb", "leads out"),
        ("C:/knn.ipynb", "leads out"),
        ("..\\..\\knn.ipynb", "leads out"),
        ("a\nb/knn.ipynb", "control characters"),
        ("a\x1b[31m/knn.ipynb", "control characters"),
        ("a/" * 60 + "knn.ipynb", "too long or too deep, or none"),
        ("a" * 300 + "/knn.ipynb", "too long or too deep, or none"),
    ],
)
def test_names_that_stray_are_refused(hand_in, name, words):
    submission = hand_in({name: b"evil"})
    assert submission.notebooks == {}
    assert flags_with(submission, words)
    assert all(flag.isprintable() for flag in submission.flags)


def test_a_folder_name_that_is_no_text_is_refused(tmp_path):
    folder = os.fsencode(tmp_path / "ada") + b"/\xff\xfe"
    os.makedirs(folder)
    with open(folder + b"/knn.ipynb", "wb") as file:
        file.write(b"evil")
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert submission.notebooks == {}
    assert flags_with(submission, "the name is no text")


def test_backslashes_of_old_windows_tools_are_folders(hand_in):
    assert hand_in({"a\\cs231n\\losses.py": b"1"}).modules == {LOSSES: b"1"}


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_names_are_compared_in_nfc(hand_in, form):
    submission = hand_in({"mu\u0308ll/knn.ipynb": b"1"}, form)
    assert submission.notebooks == {"knn": b"1"}


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_names_that_differ_only_in_case_are_both_refused(hand_in, form):
    submission = hand_in({"knn.ipynb": b"1", "KNN.ipynb": b"2"}, form)
    assert submission.notebooks == {}
    assert len(flags_with(submission, "there more than once")) == 2


def test_one_name_twice_in_a_zip_is_refused(hand_in):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("knn.ipynb", b"shown to the reader")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("knn.ipynb", b"graded")
    submission = hand_in(file.getvalue())
    assert submission.notebooks == {}
    assert flags_with(submission, "there more than once")


# Zips


def test_links_and_devices_in_a_zip_are_refused(hand_in):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, kind in [("knn.ipynb", stat.S_IFLNK), ("svm.ipynb", stat.S_IFIFO)]:
            member = zipfile.ZipInfo(name)
            member.external_attr = (kind | 0o777) << 16
            archive.writestr(member, "/etc/passwd")
    submission = hand_in(file.getvalue())
    assert submission.notebooks == {}
    assert flags_with(submission, "knn.ipynb is a link")
    assert flags_with(submission, "svm.ipynb is no regular file")


def test_an_encrypted_zip_says_what_to_do(hand_in):
    data = bytearray(zip_bytes({"knn.ipynb": b"1"}))
    for signature, offset in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)]:
        data[data.index(signature) + offset] |= 1
    assert flags_with(hand_in(bytes(data)), "is encrypted: make the zip without a password")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_compression_is_refused(hand_in, method):
    submission = hand_in(zip_bytes({"knn.ipynb": b"1"}, method))
    assert flags_with(submission, "packed in an unusual way")


def test_a_zip_bomb_stops_at_the_cap(hand_in):
    data = zip_bytes({"knn.ipynb": bytes(100 << 20), LOSSES: bytes(2 << 20)})
    tracemalloc.start()
    submission = hand_in(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert submission.notebooks == submission.modules == {}
    assert len(flags_with(submission, "too large")) == 2
    assert peak < CAPS["notebooks"] + (4 << 20)


def test_growth_is_capped_beyond_the_first_megabyte(hand_in):
    submission = hand_in({"knn.ipynb": bytes(19 << 20)})  # below its cap, but a thousand-fold
    assert flags_with(submission, "too large")


def lie_about_size(data, size):
    at = data.index(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<I", size) + data[at + 28 :]


@pytest.mark.parametrize("size", [0, 3, 5, 2**31])
def test_a_zip_that_lies_about_a_size_is_refused(hand_in, size):
    data = zip_bytes({"knn.ipynb": b"1234"})
    submission = hand_in(lie_about_size(data, size))
    assert submission.notebooks == {}
    assert flags_with(submission, "knn.ipynb cannot be unpacked") or flags_with(
        submission, "knn.ipynb is not as long as the zip says"
    )


def test_a_damaged_member_costs_only_itself(hand_in):
    data = zip_bytes({"knn.ipynb": b"1234", "svm.ipynb": b"5678"}, zipfile.ZIP_STORED)
    submission = hand_in(data.replace(b"1234", b"1235"))
    assert submission.notebooks == {"svm": b"5678"}
    assert flags_with(submission, "knn.ipynb cannot be unpacked")


def test_a_member_without_a_name_is_refused(hand_in):
    data = zip_bytes({"knn.ipynb": b"1", "x": b"2"})
    central = data.rindex(b"PK\x01\x02")
    data = data[: central + 28] + b"\0\0" + data[central + 30 :].replace(b"x", b"", 1)
    end = data.rindex(b"PK\x05\x06") + 12
    size = struct.unpack("<I", data[end : end + 4])[0] - 1
    submission = hand_in(data[:end] + struct.pack("<I", size) + data[end + 4 :])
    assert submission.notebooks == {"knn": b"1"}
    assert flags_with(submission, "the name is too long or too deep, or none")


@pytest.mark.parametrize("cut", [0, 10, 60, -1, -30])
def test_a_cut_zip_is_an_empty_submission(hand_in, cut):
    submission = hand_in(zip_bytes(WHOLE)[:cut])
    assert submission.modules == submission.notebooks == {}
    assert flags_with(submission, "ada.zip is no readable zip")


def test_too_many_entries_are_refused_quickly(hand_in):
    data = zip_bytes({str(i): b"" for i in range(unpack.ENTRIES)} | {"knn.ipynb": b"1"})
    assert flags_with(hand_in(data), "more than 5000 files")


def test_a_huge_table_of_contents_is_never_read(hand_in):
    names = {f"{i:06}" + "x" * 150: b"" for i in range(20_000)}
    with mock.patch.object(zipfile.ZipFile, "infolist", side_effect=AssertionError):
        submission = hand_in(zip_bytes(names, zipfile.ZIP_STORED))
    assert flags_with(submission, "more than 5000 files")


def test_a_zip_larger_than_the_cap_is_not_opened(tmp_path):
    with open(tmp_path / "ada.zip", "wb") as file:
        file.truncate(unpack.ARCHIVE + 1)
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert flags_with(submission, "ada.zip is larger than 300 MB")


def test_archives_inside_are_not_opened(hand_in):
    submission = hand_in({"inner.zip": zip_bytes(WHOLE), "other.txt": b""})
    assert submission.notebooks == {}
    assert flags_with(submission, "not read: inner.zip, other.txt")


def test_a_folder_that_holds_just_a_zip_stands_for_it(hand_in):
    submission = hand_in({"work.zip": zip_bytes(WHOLE)}, "folder")
    assert (len(submission.modules), submission.flags) == (2, [])


# Folders


def test_links_in_a_folder_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    write_folder(outside, {"losses.py": b"secret"})
    folder = tmp_path / "in" / "ada"
    write_folder(folder, {"knn.ipynb": b"1"})
    (folder / "svm.ipynb").symlink_to(outside / "losses.py")
    (folder / "cs231n").symlink_to(outside)
    os.link(outside / "losses.py", folder / "losses.py")
    (submission,) = collect(tmp_path / "in", "a1", ROWS)
    assert submission.notebooks == {"knn": b"1"}
    assert submission.modules == {}
    assert flags_with(submission, "svm.ipynb is a link")
    assert flags_with(submission, "cs231n is a link")
    assert flags_with(submission, "losses.py is a hard link to a file elsewhere")


def test_hard_links_inside_a_folder_are_ordinary_files(tmp_path):
    write_folder(tmp_path / "ada", {"knn.ipynb": b"1"})
    os.link(tmp_path / "ada/knn.ipynb", tmp_path / "ada/svm.ipynb")
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert submission.notebooks == {"knn": b"1", "svm": b"1"}


def test_pipes_and_sockets_are_not_waited_for(tmp_path):
    write_folder(tmp_path / "ada", {"svm.ipynb": b"1"})
    os.mkfifo(tmp_path / "ada/knn.ipynb")
    os.mkfifo(tmp_path / "bob.zip")
    (tmp_path / "eve.zip").symlink_to("/dev/zero")
    (tmp_path / "fay").symlink_to(tmp_path / "ada")
    ada, bob, eve, fay = collect(tmp_path, "a1", ROWS)
    assert ada.notebooks == {"svm": b"1"}
    assert flags_with(ada, "knn.ipynb is no regular file")
    assert flags_with(bob, "bob.zip is no regular file")
    assert flags_with(eve, "eve.zip is a link")
    assert flags_with(fay, "fay is a link")
    assert fay.notebooks == {}


def test_a_link_put_there_after_listing_is_not_followed(tmp_path):
    write_folder(tmp_path / "ada", {"a/knn.ipynb": b"1"})
    with unpack.Folder(tmp_path / "ada") as source:
        (tmp_path / "ada/a").rename(tmp_path / "ada/b")
        (tmp_path / "ada/a").symlink_to(tmp_path / "ada/b")
        with pytest.raises(unpack.Refused, match=r"a/knn.ipynb cannot be read"):
            source.read("a/knn.ipynb", 100)


def test_a_link_is_not_opened_as_a_folder(tmp_path):
    (tmp_path / "ada").symlink_to("/etc")
    with pytest.raises(unpack.Refused, match="ada cannot be opened as a folder"):
        unpack.Folder(tmp_path / "ada")


def test_a_link_is_not_opened_as_a_zip(tmp_path):
    (tmp_path / "ada.zip").symlink_to("/etc/passwd")
    with pytest.raises(unpack.Refused, match=r"ada\.zip cannot be opened"):
        unpack.Zip.at(tmp_path / "ada.zip")


def test_too_large_files_in_a_folder_cost_only_themselves(tmp_path):
    write_folder(tmp_path / "ada", {"knn.ipynb": b"1"})
    for name, kind in [("svm.ipynb", "notebooks"), ("losses.py", "modules")]:
        with open(tmp_path / "ada" / name, "wb") as file:
            file.truncate(CAPS[kind] + 1)
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert submission.notebooks == {"knn": b"1"}
    assert flags_with(submission, "svm.ipynb is too large: at most 20 MB")
    assert flags_with(submission, "losses.py is too large: at most 1 MB")


def test_a_deep_or_full_folder_ends(tmp_path):
    deep = tmp_path / "ada" / "/".join(["d"] * 100)
    deep.mkdir(parents=True)
    full = tmp_path / "bob"
    full.mkdir()
    for i in range(unpack.ENTRIES + 1):
        (full / str(i)).touch()
    ada, bob = collect(tmp_path, "a1", ROWS)
    assert ada.modules == {}
    assert flags_with(bob, "more than 5000 files")


# Anything


@FUZZ
@given(data=st.binary(max_size=400))
def test_random_bytes_are_never_an_exception(tmp_path, data):
    (tmp_path / "ada.zip").write_bytes(data)
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert submission.modules == submission.notebooks == {}
    assert submission.flags


@FUZZ
@given(data=st.data())
def test_damaged_zips_are_never_an_exception(tmp_path, data):
    good = bytearray(zip_bytes(WHOLE))
    for _ in range(data.draw(st.integers(1, 8))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "ada.zip").write_bytes(good)
    (submission,) = collect(tmp_path, "a1", ROWS)
    for module in submission.modules.values():
        module.decode()
    assert set(submission.modules) <= {NEAR, LOSSES}


@FUZZ
@given(st.dictionaries(NAMES, st.binary(max_size=9)))
def test_any_names_in_a_zip_are_never_an_exception(tmp_path, files):
    (tmp_path / "ada.zip").write_bytes(zip_bytes(files | {"b/knn.ipynb": b"1"}))
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert all(flag.isprintable() for flag in submission.flags)
    assert submission.digest
