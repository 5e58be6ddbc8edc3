"""Intake: what an assignment asks for arrives, everything else is named and left out."""

import hashlib
import io
import json
import os
from unittest import mock

import numpy as np
import pytest
from handing_in import FUZZ, LOSSES, NEAR, ROWS, WHOLE, flags_with, write_folder, zip_bytes
from hypothesis import given
from hypothesis import strategies as st

from cs231n.checks.table import Exercise
from grading.intake import unpack
from grading.intake.collect import collect, wanted_files
from grading.intake.roster import STUDENT, received_time, safe_id


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


# Modules


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


def test_pickled_weights_are_flagged_and_dropped(hand_in):
    pickled = io.BytesIO()
    np.savez(pickled, W=np.array([{}], dtype=object))
    submission = hand_in({"hand_in/b.npz": pickled.getvalue()})
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


@pytest.mark.parametrize("seconds", [1e12, 1e19, -1e13])
def test_a_time_of_no_calendar_does_not_stop_the_batch(seconds):
    """Archives can carry them, and some file systems keep them."""
    path, flags = mock.Mock(), []
    path.name, path.lstat.return_value.st_mtime = "ada", seconds
    assert received_time(path, "ada", {}, flags) == "1970-01-01T00:00:00+00:00"
    assert flags == ["The time of ada is none of a calendar; 1970 stands for it."]


def test_only_the_collector_s_own_files_are_no_submissions(tmp_path):
    for name in ["received.bob", "received.csvs", "received"]:
        write_folder(tmp_path / name, WHOLE)
    (tmp_path / "received.csv").write_text("student,received\n")
    found = [submission.student for submission in collect(tmp_path, "a1", ROWS)]
    assert found == ["received", "received.bob", "received.csvs"]


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


def test_a_module_of_the_kit_is_not_taken_for_an_answer_of_the_same_name(tmp_path):
    rows = [Exercise("colours", "a1", "features", "Colours", 3, "?", "cs231n.features:colours")]
    kit = {"cs231n/captioning/features.py": b"kit = 1", "work/cs231n/drawn/features.py": b"kit = 2"}
    write_folder(tmp_path / "ada", kit)
    write_folder(tmp_path / "bob", {**kit, "cs231n/features.py": b"mine = 1"})
    write_folder(tmp_path / "cho", {**kit, "elsewhere/features.py": b"mine = 2"})
    ada, bob, cho = collect(tmp_path, "a1", rows)
    assert ada.modules == {}
    assert bob.modules == {"cs231n/features.py": b"mine = 1"}
    assert cho.modules == {"cs231n/features.py": b"mine = 2"}
    assert not flags_with(bob, "was taken for")
