"""Weight files of PyTorch, read without it: both layouts, and what is refused."""

import pickle
import struct
import zipfile

import numpy as np
import pytest

from cs231n.files import torch_states
from cs231n.files.torch_states import read_torch_file

pytestmark = pytest.mark.assignment2
NUMBERS = np.arange(12, dtype=np.float32) / 8


class Name:
    """Is pickled as a name of a module, which need not exist."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Storage(tuple):
    """Is pickled as a persistent id."""


class Call:
    """Is pickled as the call of a name."""

    def __init__(self, name, *arguments):
        self.name, self.arguments = name, arguments


class Writer(pickle._Pickler):  # the one in Python, whose `save` can be extended
    def persistent_id(self, value):
        return tuple(value) if isinstance(value, Storage) else None

    def save(self, value, save_persistent_id=True):
        if isinstance(value, Name):
            self.write(f"c{value.module}\n{value.name}\n".encode())
        elif isinstance(value, Call):
            self.save_reduce_of(value)
        else:
            super().save(value, save_persistent_id)

    def save_reduce_of(self, call):
        self.save(call.name)
        super().save(call.arguments)
        self.write(pickle.REDUCE)


def pickled(value, path):
    with open(path, "ab") as file:
        Writer(file, 2).dump(value)


def tensor(count=12, offset=0, shape=(3, 4), strides=(4, 1), key="7", kind="FloatStorage"):
    storage = Storage(("storage", Name("torch", kind), key, "cpu", count, None))
    rebuild = Name("torch._utils", "_rebuild_tensor_v2")
    return Call(rebuild, storage, offset, shape, strides, False, {})


def write(
    path, tensors, keys=("7",), numbers=NUMBERS, little_endian=True, magic=torch_states.MAGIC
):
    """Write the older layout."""
    about = {"protocol_version": 1001, "little_endian": little_endian, "type_sizes": {}}
    for value in (magic, torch_states.VERSION, about, tensors, list(keys)):
        pickled(value, path)
    with open(path, "ab") as file:
        for _ in keys:
            file.write(struct.pack("<q", numbers.size) + numbers.tobytes())
    return path


def write_zip(folder, tensors, numbers=NUMBERS):
    """Write the newer layout."""
    pickled(tensors, folder / "data.pkl")
    with zipfile.ZipFile(folder / "new.pt", "w") as archive:
        archive.write(folder / "data.pkl", "net/data.pkl")
        archive.writestr("net/data/7", numbers.tobytes())
    return folder / "new.pt"


def test_tensors_of_one_storage_come_with_their_shapes(tmp_path):
    tensors = {"whole": tensor(), "turned": tensor(shape=(4, 3), strides=(1, 4))}
    tensors["row"] = tensor(offset=4, shape=(4,), strides=(1,))
    got = read_torch_file(write(tmp_path / "old.pth", tensors))
    grid = NUMBERS.reshape(3, 4)
    assert list(got) == ["whole", "turned", "row"]
    for name, expected in {"whole": grid, "turned": grid.T, "row": grid[1]}.items():
        np.testing.assert_array_equal(got[name], expected)
        assert got[name].dtype == np.float32
        assert got[name].flags.writeable


def test_the_newer_layout_gives_the_same(tmp_path):
    got = read_torch_file(write_zip(tmp_path, {"w": tensor()}))
    np.testing.assert_array_equal(got["w"], NUMBERS.reshape(3, 4))


def test_no_other_name_is_called(tmp_path):
    ran = tmp_path / "ran"
    harm = Call(Name("builtins", "open"), str(ran), "w")
    path = write(tmp_path / "old.pth", {"w": harm})
    with pytest.raises(ValueError, match=r"names builtins.open, which weights have no use for"):
        read_torch_file(path)
    assert not ran.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"magic": 3}, "does not begin as such files do"),
        ({"little_endian": False}, "big-endian"),
        ({"numbers": NUMBERS[:9]}, "a storage of 12 numbers has 9"),
        ({"keys": ()}, "the numbers of a tensor are missing"),
        ({"tensors": [1, 2]}, "something else than a dict of tensors"),
        ({"tensors": {"w": 3}}, "something else than a dict of tensors"),
        ({"tensors": {"w": Storage(("module", "<f4", "7", "cpu", 12))}}, "else than a storage"),
        ({"tensors": {"w": tensor(offset=1)}}, "reaches beyond its storage"),
        ({"tensors": {"w": tensor(offset=-1)}}, "reaches beyond its storage"),
        ({"tensors": {"w": tensor(shape=(2, 9), strides=(0, 1))}}, "more entries than its storage"),
        ({"tensors": {"w": tensor(shape=(3,))}}, "a tensor is malformed"),
    ],
)
def test_damaged_files_are_refused(tmp_path, changes, message):
    path = write(tmp_path / "old.pth", **{"tensors": {"w": tensor()}, **changes})
    with pytest.raises(ValueError, match=message):
        read_torch_file(path)


def test_a_storage_of_another_length_is_refused_in_the_newer_layout(tmp_path):
    with pytest.raises(ValueError, match="a storage of 12 numbers has 36 bytes"):
        read_torch_file(write_zip(tmp_path, {"w": tensor()}, NUMBERS[:9]))


@pytest.mark.parametrize("length", [0, 20, -40, -1])
def test_a_cut_file_is_refused(tmp_path, length):
    path = write(tmp_path / "old.pth", {"w": tensor()})
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match="cannot be read"):
        read_torch_file(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no weights file"):
        read_torch_file(tmp_path / "none.pth")


def test_torch_itself_writes_what_is_read(tmp_path):
    torch = pytest.importorskip("torch", reason="compares with PyTorch, which is optional")
    state = torch.nn.Sequential(torch.nn.Conv2d(3, 5, 2), torch.nn.BatchNorm2d(5)).state_dict()
    for newer in (False, True):
        torch.save(state, tmp_path / "net.pth", _use_new_zipfile_serialization=newer)
        got = read_torch_file(tmp_path / "net.pth")
        assert list(got) == list(state)
        for name, value in state.items():
            np.testing.assert_array_equal(got[name], value.numpy())
