"""Check a file of weights (.npz) by its bytes, before anything loads it."""

import io
import math
import re

import numpy as np

from .unpack import Refused, megabytes, open_zip, read_member, require_plain_member, shown

UNPACKED = 50 << 20  # bytes of all arrays together
MEMBERS = 500
# What numpy.save writes for plain arrays: booleans, integers, floats and complex numbers.
HEADER = re.compile(
    rb"\{'descr': '[<>|=]([biufc])(\d{1,2})', 'fortran_order': (?:True|False), "
    rb"'shape': \(((?:\d{1,18}(?:, ?|(?=\))))*)\), \} *\n"
)
REMEDY = "write it with numpy.savez from plain arrays of numbers."


def check_weights(data: bytes, name: str) -> None:
    """Require an .npz of plain numeric arrays, as long as their headers say.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name, for messages.

    Raises
    ------
    Refused
        If it is damaged, too large when unpacked, or holds anything but arrays of numbers.
    """
    with io.BytesIO(data) as file, open_zip(file, name) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS:
            raise Refused(f"{name} holds {len(members)} arrays; at most {MEMBERS} are taken.")
        names = [member.filename for member in members]
        if len(set(names)) < len(names):
            raise Refused(f"{name} holds two arrays of one name: {REMEDY}")
        left = UNPACKED
        for member in members:
            require_plain_member(member, member.filename)
            if not member.filename.endswith(".npy"):
                raise Refused(f"{name} holds {shown(member.filename)}, no array: {REMEDY}")
            if member.file_size > left:
                raise Refused(f"{name} is above {megabytes(UNPACKED)} when unpacked: {REMEDY}")
            array = read_member(archive, member, left)
            left -= len(array)
            _check_array(array, f"{name}: {shown(member.filename[:-4])}")


def read_weights(data: bytes, name: str) -> dict[str, np.ndarray]:
    """The arrays of an .npz by name, read only if `check_weights` takes it.

    Raises
    ------
    Refused
        As `check_weights`, and for what numpy.load does not read all the same.
    """
    check_weights(data, name)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except Exception as error:  # a type of number that does not exist, such as f3
        raise Refused(f"{name} cannot be read ({shown(error)}): {REMEDY}") from None


def _check_array(array: bytes, where: str) -> None:
    """Require the header that numpy writes for a plain array, and as many bytes as it tells."""
    width = {b"\x01\x00": 2, b"\x02\x00": 4}.get(array[6:8])
    if array[:6] != b"\x93NUMPY" or width is None:
        raise Refused(f"{where} is no array as numpy.save writes it: {REMEDY}")
    start = 8 + width
    end = start + int.from_bytes(array[8:start], "little")
    header = HEADER.fullmatch(array[start:end])
    if not header:
        raise Refused(f"{where} is no plain array of numbers, but objects or records: {REMEDY}")
    shape = [int(number) for number in re.findall(rb"\d+", header[3])]
    if len(array) - end != math.prod(shape) * int(header[2]):
        raise Refused(f"{where} is not as long as its header says: {REMEDY}")
