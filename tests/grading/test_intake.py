"""Intake: what an assignment asks for arrives, everything else is named and left out."""

import hashlib
import io
import json
import os
import stat
import struct
import tracemalloc
import zipfile
from unittest import mock

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs231n.checks.table import Exercise
from grading import unpack, weights
from grading.intake import CAPS, collect, wanted_files
from grading.roster import STUDENT, safe_id

ROWS = [
    Exercise("knn-loops", "a1", "knn", "Loops", 3, "?", "cs231n.classifiers.near:Near.loops"),
    Exercise("svm-loss", "a1", "svm", "Loss", 3, "?", "cs231n.losses:svm"),
    Exercise("best", "a1", "svm", "Best", 3, "?", "cs231n.losses:svm", kind="tuning", file="b.npz"),
    Exercise("why", "a1", "svm", "Why", 2, "?", kind="written"),
]
NEAR = "cs231n/classifiers/near.py"
LOSSES = "cs231n/losses.py"
# Hostile bytes take milliseconds; the machine may be busy.
FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


def zip_bytes(files, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def npz_bytes(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def write_folder(root, files):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.fixture
def hand_in(tmp_path):
    """Put one submission there, as a zip or a folder, and collect it."""

    def run(files, form="zip", student="ada"):
        if isinstance(files, bytes):
            (tmp_path / f"{student}.zip").write_bytes(files)
        elif form == "zip":
            (tmp_path / f"{student}.zip").write_bytes(zip_bytes(files))
        else:
            write_folder(tmp_path / student, files)
        (submission,) = collect(tmp_path, "a1", ROWS)
        return submission

    return run


def flags_with(submission, words):
    return [flag for flag in submission.flags if words in flag]


WHOLE = {
    "knn.ipynb": b"{}",
    "svm.ipynb": b"{ }",
    NEAR: b"near = 1\n",
    LOSSES: b"loss = 1\n",
    "hand_in/b.npz": npz_bytes(W=np.ones((2, 3))),
}


@pytest.mark.parametrize("form", ["zip", "folder"])
@pytest.mark.parametrize("wrapping", ["", "ada/", "home/ada/a1/", "./"])
def test_a_whole_submission_arrives(hand_in, form, wrapping):
    submission = hand_in({wrapping + name: data for name, data in WHOLE.items()}, form)
    assert submission.student == "ada"
    assert submission.notebooks == {"knn": b"{}", "svm": b"{ }"}
    assert submission.modules == {NEAR: b"near = 1\n", LOSSES: b"loss = 1\n"}
    assert submission.hand_in == {"b.npz": WHOLE["hand_in/b.npz"]}
    assert submission.flags == []


def test_folder_and_zip_have_one_digest_and_a_changed_byte_another(tmp_path):
    write_folder(tmp_path / "ada", WHOLE)
    (tmp_path / "bob.zip").write_bytes(zip_bytes(WHOLE))
    (tmp_path / "eve.zip").write_bytes(zip_bytes(WHOLE | {LOSSES: b"loss = 2\n"}))
    ada, bob, eve = collect(tmp_path, "a1", ROWS)
    assert ada.digest == bob.digest != eve.digest


def test_digest_tells_which_name_holds_which_bytes(hand_in):
    first = hand_in({"knn.ipynb": b"1", "svm.ipynb": b"2"})
    second = hand_in({"knn.ipynb": b"2", "svm.ipynb": b"1"})
    assert first.digest != second.digest


def test_wanted_files_come_from_the_rows():
    assert {(file.kind, file.path, file.key) for file in wanted_files(ROWS).values()} == {
        ("notebooks", "knn.ipynb", "knn"),
        ("notebooks", "svm.ipynb", "svm"),
        ("modules", NEAR, NEAR),
        ("modules", LOSSES, LOSSES),
        ("hand_in", "hand_in/b.npz", "b.npz"),
    }


@pytest.mark.parametrize("form", ["zip", "folder"])
@pytest.mark.parametrize(
    "name",
    ["numpy.py", "conftest.py", "cs231n/__init__.py", "sitecustomize.py", "x.pth", "pickle.pkl"],
)
def test_files_that_nobody_asked_for_are_named_and_left_out(hand_in, form, name):
    submission = hand_in(WHOLE | {name: b"evil"}, form)
    assert b"evil" not in [*submission.modules.values(), *submission.hand_in.values()]
    assert flags_with(submission, f"not read: {name}.")


def test_ignored_files_are_listed_up_to_a_cap(hand_in):
    (flag,) = flags_with(hand_in(WHOLE | {f"x{i:03}": b"" for i in range(100)}), "not read")
    assert "x007 and 92 more" in flag
    assert len(flag) < 300


def test_there_are_not_more_flags_than_a_person_reads(hand_in):
    submission = hand_in(WHOLE | {f"../x{i}": b"" for i in range(100)})
    assert len(submission.flags) == 41
    assert submission.flags[-1] == "There are 60 more remarks of this kind."


def test_what_tools_leave_behind_is_not_mentioned(hand_in):
    junk = {"__MACOSX/knn.ipynb": b"x", ".git/HEAD": b"x", ".ipynb_checkpoints/knn.ipynb": b"x"}
    submission = hand_in(junk | WHOLE)
    assert (submission.notebooks["knn"], submission.flags) == (b"{}", [])


def test_the_shallower_of_two_candidates_counts(hand_in):
    submission = hand_in({"a/knn.ipynb": b"1", "a/old/knn.ipynb": b"2"})
    assert submission.notebooks == {"knn": b"1"}
    assert flags_with(submission, "a/knn.ipynb was taken for knn.ipynb; not read: a/old/knn.ipynb")


def test_a_misplaced_module_counts_and_is_flagged(hand_in):
    submission = hand_in({"losses.py": b"1"})
    assert submission.modules == {LOSSES: b"1"}
    assert flags_with(submission, "losses.py was taken for cs231n/losses.py: next time")


def test_a_module_in_its_place_beats_a_shallower_misplaced_one(hand_in):
    submission = hand_in({"losses.py": b"1", LOSSES: b"2"})
    assert submission.modules == {LOSSES: b"2"}


def test_missing_files_are_named(hand_in):
    submission = hand_in({"knn.ipynb": b"1", LOSSES: b"2"})
    assert submission.flags == [f"Not handed in: svm.ipynb, {NEAR}, hand_in/b.npz."]


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


# Modules and weights


def test_a_byte_order_mark_is_removed(hand_in):
    assert hand_in({LOSSES: b"\xef\xbb\xbfx = 1\n"}).modules == {LOSSES: b"x = 1\n"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("x = 1\ny = 'ü'\n".encode("latin-1"), "losses.py, line 2, is no UTF-8 text"),
        ("x = 1".encode("utf-16"), "losses.py, line 1, is no UTF-8 text"),
        (b"x = 1\0", "losses.py holds NUL characters"),
    ],
)
def test_modules_that_are_no_utf8_are_dropped_with_a_remedy(hand_in, data, words):
    submission = hand_in({LOSSES: data})
    assert submission.modules == {}
    assert flags_with(submission, words)
    assert flags_with(submission, "with the encoding UTF-8")


@pytest.mark.parametrize(
    "arrays",
    [
        {"W": np.ones((3, 4)), "b": np.zeros(4, np.float32), "step": np.float64(1e-3)},
        {
            "y": np.arange(3),
            "mask": np.array([True]),
            "none": np.zeros((0, 3)),
            "z": np.ones(2) * 1j,
        },
        {"F": np.asfortranarray(np.ones((3, 5))), "flat": np.ones(7), "big": np.ones((2, 3, 5, 7))},
        {},
    ],
)
def test_weights_as_numpy_writes_them_pass(arrays):
    weights.check_weights(npz_bytes(**arrays), "b.npz")
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    weights.check_weights(file.getvalue(), "b.npz")


def npy_bytes(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


PLAIN = npy_bytes(np.ones(3))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (b"\x80\x04K\x01.", "is no readable zip"),
        ({"W.pkl": b"x"}, r"holds W\.pkl, no array"),
        ({"W.npy": npy_bytes(np.array([{}], dtype=object))}, "objects or records"),
        ({"W.npy": npy_bytes(np.zeros(2, [("a", "f8")]))}, "objects or records"),
        ({"W.npy": npy_bytes(np.array(["text"]))}, "objects or records"),
        ({"W.npy": b"\x80\x04K\x01."}, r"no array as numpy\.save writes it"),
        ({"W.npy": b"\x93NUMPY\x01"}, r"no array as numpy\.save writes it"),
        ({"W.npy": PLAIN[:-1]}, "not as long as its header"),
        ({"W.npy": PLAIN + b"x"}, "not as long as its header"),
        ({"W.npy": PLAIN.replace(b"(3,)", b"(9,)")}, "not as long as its header"),
        ({"W.npy": PLAIN.replace(b"(3,)", b"(-3)")}, "objects or records"),
        ({f"{i}.npy": PLAIN for i in range(weights.MEMBERS + 1)}, "holds 501 arrays"),
        ({"W.npy": npy_bytes(np.zeros(7 << 20))}, "above 50 MB when unpacked"),
    ],
)
def test_weights_of_any_other_kind_are_refused(files, words):
    data = files if isinstance(files, bytes) else zip_bytes(files)
    with pytest.raises(unpack.Refused, match=words):
        weights.check_weights(data, "b.npz")


def test_two_arrays_of_one_name_are_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("W.npy", PLAIN)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("W.npy", PLAIN)
    with pytest.raises(unpack.Refused, match="two arrays of one name"):
        weights.check_weights(file.getvalue(), "b.npz")


def test_small_arrays_in_many_members_do_not_pass_the_cap_together():
    file = io.BytesIO()
    np.savez_compressed(file, **{str(i): np.zeros(1 << 17) for i in range(60)})
    with pytest.raises(unpack.Refused, match="above 50 MB when unpacked"):
        weights.check_weights(file.getvalue(), "b.npz")


def test_pickled_weights_are_flagged_and_dropped(hand_in):
    submission = hand_in({"hand_in/b.npz": zip_bytes({"W.npy": npy_bytes(np.array([{}]))})})
    assert submission.hand_in == {}
    assert flags_with(submission, "hand_in/b.npz: W is no plain array of numbers")


# Students, times and receipts


@pytest.mark.parametrize("name", ["ada", "Ada.L-1_x@uni.edu", "007", "a" * 64])
def test_good_ids_stay(name):
    assert safe_id(name) == name


@pytest.mark.parametrize("name", ["", "..", ".a", "-rf", "a b", "a/b", "*", "[a]", "=1", "ü" * 99])
def test_other_ids_become_safe_and_distinct(name):
    assert STUDENT.fullmatch(safe_id(name))
    assert safe_id(name) != safe_id(name + "x")


@FUZZ
@given(st.text(max_size=80))
def test_every_name_becomes_a_safe_id(name):
    assert STUDENT.fullmatch(safe_id(name))


def test_strange_student_names_are_graded_under_safe_ones(tmp_path):
    for name in ["*", "a b", "=cmd()", "Müller"]:
        write_folder(tmp_path / name, {"knn.ipynb": name.encode()})
    submissions = collect(tmp_path, "a1", ROWS)
    assert all(STUDENT.fullmatch(submission.student) for submission in submissions)
    assert {s.notebooks["knn"].decode() for s in submissions} == {"*", "a b", "=cmd()", "Müller"}
    assert all(flags_with(s, f"is graded as {s.student}") for s in submissions)


def test_a_folder_beats_a_zip_of_the_same_student(tmp_path):
    write_folder(tmp_path / "ada", {"knn.ipynb": b"folder"})
    (tmp_path / "ada.zip").write_bytes(zip_bytes({"knn.ipynb": b"zip"}))
    (tmp_path / "ada.tar.gz").write_bytes(b"tar")
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert submission.notebooks == {"knn": b"folder"}
    assert flags_with(submission, "ada was graded; ada.zip, ada.tar.gz was handed in too, unread")


def test_students_whose_names_differ_only_in_case_stay_apart(tmp_path):
    for name in ["ada", "ADA"]:
        write_folder(tmp_path / name, {"knn.ipynb": name.encode()})
    submissions = collect(tmp_path, "a1", ROWS)
    assert len({submission.student.casefold() for submission in submissions}) == 2
    assert all(flags_with(s, "nearly the same name") for s in submissions)


def test_other_archives_are_flagged_not_lost(tmp_path):
    (tmp_path / "ada.rar").write_bytes(b"Rar!")
    (tmp_path / ".DS_Store").write_bytes(b"")
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert submission.student == "ada"
    assert flags_with(submission, "ada.rar is neither a folder nor a .zip")


def test_time_is_that_of_the_zip_and_never_from_inside(tmp_path):
    path = tmp_path / "ada.zip"
    path.write_bytes(zip_bytes({"timestamp.txt": b"1999-01-01 00:00:00", "received.csv": b"ada,1"}))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    (submission,) = collect(tmp_path, "a1", ROWS)
    assert submission.received == "2023-11-14T22:13:20+00:00"


def test_time_comes_from_the_collector_where_there_is_one(tmp_path):
    for name in ["ada", "bob", "cyd", "dee"]:
        write_folder(tmp_path / name, WHOLE)
    (tmp_path / "received.csv").write_text(
        "student,received\nada,2025-01-31T18:00:00+01:00\nbob,2025-01-31\ncyd,yesterday\n"
    )
    (tmp_path / "received.json").write_text('{"dee": "2025-02-01T00:00:00"}')
    ada, bob, cyd, dee = collect(tmp_path, "a1", ROWS)
    assert ada.received == "2025-01-31T18:00:00+01:00"
    assert bob.received == "2025-01-31T00:00:00+00:00"
    assert dee.received == "2025-02-01T00:00:00+00:00"
    assert flags_with(cyd, "received says yesterday, no time")


def test_times_of_another_form_are_the_collectors_mistake(tmp_path):
    (tmp_path / "received.json").write_text("[]")
    with pytest.raises(ValueError, match="should be an object that maps students to times"):
        collect(tmp_path, "a1", ROWS)


def receipt_of(files):
    return {"files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}}


def test_a_receipt_that_fits_says_nothing(hand_in):
    assert hand_in(WHOLE | {"receipt.json": json.dumps(receipt_of(WHOLE))}).flags == []


def test_a_receipt_that_does_not_fit_is_information_only(hand_in):
    receipt = receipt_of(WHOLE | {LOSSES: b"before", "gone\x1b.py": b""})
    submission = hand_in(WHOLE | {"receipt.json": json.dumps(receipt)})
    assert submission.modules[LOSSES] == WHOLE[LOSSES]
    assert submission.flags == [
        f"{LOSSES} was changed after the receipt was written.",
        "The receipt names gone�.py, which did not arrive.",
    ]


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"files": 3}', b"[" * 100_000, b'{"files": {"\\ud800": 1e999}}', b"\xff"]
)
def test_no_receipt_breaks_anything(hand_in, data):
    submission = hand_in(WHOLE | {"receipt.json": data})
    assert len(submission.modules) == 2
    assert len(submission.flags) == 1


def test_a_receipt_above_its_cap_is_refused(hand_in):
    submission = hand_in(WHOLE | {"receipt.json": b"[" + bytes(2 << 20)})
    assert flags_with(submission, "receipt.json is too large")


# The batch


def test_a_missing_folder_of_submissions_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder of submissions at"):
        collect(tmp_path / "nowhere", "a1", ROWS)


def test_an_unknown_assignment_is_an_error(tmp_path):
    with pytest.raises(LookupError, match="no exercise, notebook or assignment named 'a99'"):
        collect(tmp_path, "a99")


def test_an_unforeseen_error_costs_one_submission(tmp_path):
    for name in ["ada", "bob"]:
        (tmp_path / f"{name}.zip").write_bytes(zip_bytes(WHOLE))
    files = unpack.Zip.files
    answers = [MemoryError("no more"), files]

    def break_once(self):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(self)

    with mock.patch.object(unpack.Zip, "files", break_once):
        ada, bob = collect(tmp_path, "a1", ROWS)
    assert flags_with(ada, "could not be read (MemoryError: no more)")
    assert len(bob.modules) == 2


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
