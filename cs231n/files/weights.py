"""Files of named arrays: `.npz`, `.safetensors`, and PyTorch's `.pth`; none can run code."""

import json
import math
from pathlib import Path

import numpy as np

from cs231n.files.torch_states import read_torch_file

__all__ = ["read_safetensors", "read_weights"]

SAFETENSORS_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "U8": "u1",
}


def read_weights(path):
    """Read the arrays of a weights file.

    Parameters
    ----------
    path : str or Path
        A `.npz`, `.safetensors`, `.pth` or `.pt` file.

    Returns
    -------
    dict
        Name to array.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is of another kind, or damaged.
    """
    path = Path(path)
    if path.suffix not in READERS:
        known = ", ".join(READERS)
        raise ValueError(f"{path.name} should be a weights file by its name, one of {known}.")
    if not path.is_file():
        raise FileNotFoundError(f"There is no weights file {path}.")
    return READERS[path.suffix](path)


def read_safetensors(path):
    """Read a `.safetensors` file: a length, a JSON header with shapes and places, raw numbers.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    dict
        Name to array.

    Raises
    ------
    ValueError
        If the file is damaged or holds a kind of number that is not known.

    References
    ----------
    https://github.com/huggingface/safetensors, "Format".
    """
    data = Path(path).read_bytes()
    try:
        length = int.from_bytes(data[:8], "little")
        header, numbers = json.loads(data[8 : 8 + length]), memoryview(data)[8 + length :]
        header.pop("__metadata__", None)
        return {name: _array(numbers, **entry) for name, entry in header.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(path, "a .safetensors file", error) from None


def _array(numbers, dtype, shape, data_offsets):
    start, stop = data_offsets
    kind = np.dtype(SAFETENSORS_DTYPES[dtype])
    if not 0 <= start <= stop <= len(numbers) or stop - start != math.prod(shape) * kind.itemsize:
        raise ValueError(f"{shape} numbers of {dtype} cannot lie at {data_offsets}")
    return np.frombuffer(numbers[start:stop], dtype=kind).reshape(shape).copy()


def _read_npz(path):
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except Exception as error:  # a cut or foreign file fails in many ways
        raise _damaged(path, "an .npz file of arrays", error) from None


def _damaged(path, wanted, error):
    reason = f"{type(error).__name__}: {error}"
    return ValueError(f"{Path(path).name} should be {wanted}, but cannot be read ({reason}).")


READERS = {
    ".npz": _read_npz,
    ".safetensors": read_safetensors,
    ".pth": read_torch_file,
    ".pt": read_torch_file,
}
