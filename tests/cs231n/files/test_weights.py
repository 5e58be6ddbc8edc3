"""Files of named arrays: one reader for three kinds."""

import json

import numpy as np
import pytest

from cs231n.files.weights import read_safetensors, read_weights

pytestmark = pytest.mark.assignment2
ARRAYS = {
    "w": np.arange(6, dtype=np.float32).reshape(2, 3),
    "b": np.array([0.5, 2.0]),
    "count": np.array(3, dtype=np.int64),
}


def write_safetensors(path, arrays=ARRAYS, **changes):
    """Write the format by hand; `changes` go into the header's entry of "w"."""
    names = {"float32": "F32", "float64": "F64", "int64": "I64"}
    header, data = {"__metadata__": {"format": "np"}}, b""
    for name, value in arrays.items():
        offsets = [len(data), len(data) + value.nbytes]
        entry = {"dtype": names[str(value.dtype)], "shape": value.shape, "data_offsets": offsets}
        header[name], data = entry, data + value.tobytes()
    header["w"] |= changes
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


@pytest.mark.parametrize("kind", ["npz", "safetensors"])
def test_arrays_come_back(tmp_path, kind):
    path = tmp_path / f"net.{kind}"
    if kind == "npz":
        np.savez(path, **ARRAYS)
    else:
        write_safetensors(path)
    got = read_weights(path)
    assert list(got) == list(ARRAYS)
    for name, expected in ARRAYS.items():
        np.testing.assert_array_equal(got[name], expected, strict=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"data_offsets": [0, 20]},
        {"data_offsets": [100, 124]},
        {"data_offsets": [-24, 0]},
        {"dtype": "F99"},
        {"shape": [2, 4]},
        {"more": 1},
    ],
)
def test_a_header_that_does_not_fit_is_refused(tmp_path, changes):
    path = write_safetensors(tmp_path / "net.safetensors", **changes)
    with pytest.raises(ValueError, match=r"net.safetensors should be a .safetensors file"):
        read_safetensors(path)


@pytest.mark.parametrize("data", [b"", b"abc", b"\xff" * 30, b"\2\0\0\0\0\0\0\0[]"])
@pytest.mark.parametrize("kind", ["npz", "safetensors"])
def test_other_bytes_are_refused(tmp_path, data, kind):
    path = tmp_path / f"net.{kind}"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="cannot be read"):
        read_weights(path)


def test_an_npz_with_objects_is_refused(tmp_path):
    np.savez(tmp_path / "net.npz", w=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match=r"an .npz file of arrays, but cannot be read"):
        read_weights(tmp_path / "net.npz")


def test_an_unknown_ending_lists_those_that_are_known(tmp_path):
    with pytest.raises(ValueError, match=r"one of .npz, .safetensors, .pth, .pt"):
        read_weights(tmp_path / "net.h5")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no weights file"):
        read_weights(tmp_path / "net.npz")
