"""Reads the tensors of PyTorch's weight files without PyTorch, and runs nothing that is in them.

Such a file is a pickle, and a pickle can call any function by its name. The reader here knows four
kinds of names and refuses a file that uses another. Two layouts are in use. The older: five
pickles in a row (magic number, version, system, the dict of tensors, the storages' keys), then for
each storage an int64 count and its raw numbers. The newer (since 2020): a zip archive with
`NAME/data.pkl` and one member `NAME/data/KEY` for each storage.
"""

import math
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np

__all__ = ["read_torch_file"]

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001
DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ByteStorage": "u1",
}


def read_torch_file(path):
    """Read a dict of tensors that PyTorch's `torch.save` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict
        Name to array.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is something else than a dict of tensors, damaged, or names any other function.

    References
    ----------
    The Python documentation of `pickle`, "Restricting globals".
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            read = _read_zip if zipfile.is_zipfile(file) else _read_legacy
            file.seek(0)
            return {name: tensor.array() for name, tensor in read(file).items()}
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no weights file {path}.") from None
    except Exception as error:  # a cut or foreign file fails in many ways
        raise ValueError(
            f"{path.name} should be a dict of tensors written by torch.save, but cannot be read "
            f"({error or type(error).__name__}); fetch it again."
        ) from None


class _Storage:
    """The numbers behind tensors, which the older layout brings after the tensors themselves."""

    def __init__(self, dtype, count):
        self.dtype, self.count, self.numbers = np.dtype(dtype), count, None

    def fill(self, data):
        if len(data) != self.count * self.dtype.itemsize:
            raise ValueError(f"a storage of {self.count} numbers has {len(data)} bytes")
        self.numbers = np.frombuffer(data, dtype=self.dtype)


class _Tensor:
    """A shape on a storage."""

    def __init__(self, storage, offset, shape, strides, *_):
        if not isinstance(storage, _Storage) or len(shape) != len(strides):
            raise ValueError("a tensor is malformed")
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self):
        """Return a contiguous copy; the numbers it names are inside the storage, or ValueError."""
        numbers, strides = self.storage.numbers, self.strides
        if numbers is None:
            raise ValueError("the numbers of a tensor are missing")
        last = self.offset + sum((side - 1) * step for side, step in zip(self.shape, strides))
        whole = [self.offset, *self.shape, *strides]
        if any(type(one) is not int or one < 0 for one in whole) or last >= max(numbers.size, 1):
            raise ValueError("a tensor reaches beyond its storage")
        if math.prod(self.shape) > numbers.size:
            raise ValueError("a tensor has more entries than its storage has numbers")
        steps = [step * numbers.itemsize for step in strides]
        view = np.lib.stride_tricks.as_strided(numbers[self.offset :], self.shape, steps)
        return view.copy()


class _Reader(pickle.Unpickler):
    """An unpickler that knows ordered dicts, tensors and storages, and no other names."""

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(f"it names {module}.{name}, which weights have no use for")

    def persistent_load(self, pid):
        kind, dtype, key, _device, count, *_ = pid
        if kind != "storage" or dtype not in DTYPES.values():
            raise pickle.UnpicklingError("it refers to something else than a storage")
        return self.storages.setdefault(key, _Storage(dtype, count))


def _read_legacy(file):
    for expected in (MAGIC, VERSION):
        if _Reader(file).load() != expected:
            raise ValueError("it does not begin as such files do")
    if not _Reader(file).load()["little_endian"]:
        raise ValueError("its numbers are big-endian")
    reader = _Reader(file)
    tensors = _tensors(reader.load())
    for key in _Reader(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        storage = reader.storages[key]
        if count != storage.count:
            raise ValueError(f"a storage of {storage.count} numbers has {count}")
        storage.fill(file.read(count * storage.dtype.itemsize))
    return tensors


def _read_zip(file):
    with zipfile.ZipFile(file) as archive:
        (member,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        folder = member.removesuffix("data.pkl")
        with archive.open(member) as pickled:
            reader = _Reader(pickled)
            tensors = _tensors(reader.load())
        for key, storage in reader.storages.items():
            storage.fill(archive.read(f"{folder}data/{key}"))
    return tensors


def _tensors(loaded):
    if not isinstance(loaded, dict) or not all(isinstance(v, _Tensor) for v in loaded.values()):
        raise ValueError("it holds something else than a dict of tensors")
    return loaded
