"""Files of weights: plain arrays of numbers pass, everything else is refused by its bytes."""

import io
import zipfile

import numpy as np
import pytest
from handing_in import npz_bytes, zip_bytes

from grading.intake import unpack, weights


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


def test_weights_are_read_as_they_are():
    arrays = {"W": np.asfortranarray(np.ones((3, 5))), "y": np.arange(3, dtype=">i2")}
    read = weights.read_weights(npz_bytes(**arrays), "b.npz")
    assert {key: value.tolist() for key, value in read.items()} == {
        key: value.tolist() for key, value in arrays.items()
    }


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (PLAIN.replace(b"<f8", b"<f3").replace(b"(3,)", b"(8,)"), r"b\.npz cannot be read"),
        (npy_bytes(np.array([{}], dtype=object)), "objects or records"),
    ],
)
def test_what_numpy_does_not_read_is_refused(member, words):
    with pytest.raises(unpack.Refused, match=words):
        weights.read_weights(zip_bytes({"W.npy": member}), "b.npz")
