"""Plain data as bytes and back: the only thing that passes between a check and a student's code.

A message is a tree of None, bool, int, float, str, list, tuple, dict, NumPy scalars and arrays.
Arrays travel as raw bytes with dtype and shape; nothing is ever pickled. An object that is none of
these stays where it is, and a `Handle` to it travels instead.

    4 bytes header length | 8 bytes body length | header (JSON, UTF-8) | body (array bytes)
"""

import json
import struct
from dataclasses import dataclass

import numpy as np

PREFIX = struct.Struct(">IQ")
MAX_HEADER = 4 << 20  # bytes
MAX_BODY = 256 << 20  # bytes
MAX_DEPTH = 16
PLAIN_KINDS = "biufc"  # bool, int, unsigned, float, complex


class ProtocolError(ValueError):
    """Bytes that are no message of this protocol."""


@dataclass(frozen=True)
class Handle:
    """Stands for an object that stays in the student's process."""

    number: int
    type_name: str


@dataclass(frozen=True)
class Reference:
    """Names something in the student's package, as `classifiers.linear_svm.svm_loss_naive`."""

    path: str


def encode(value, keep=None):
    """Turn a plain value into bytes.

    Parameters
    ----------
    value : tree of plain values
    keep : callable, optional
        `keep(obj) -> Handle` is asked for every object that is not plain.

    Raises
    ------
    TypeError
        If an object is not plain and there is no `keep`.
    """
    chunks = []
    tree = _pack(value, chunks, keep, 0)
    header = json.dumps(tree).encode()
    size = sum(len(chunk) for chunk in chunks)
    return b"".join([PREFIX.pack(len(header), size), header, *chunks])


def decode(data):
    """Turn the bytes of one message back into the value; raises ProtocolError on anything else."""
    header_size, body_size = sizes(data[: PREFIX.size])
    header = data[PREFIX.size : PREFIX.size + header_size]
    body = memoryview(data)[PREFIX.size + header_size :]
    if len(body) != body_size:
        raise ProtocolError(f"message says {body_size} bytes of arrays but holds {len(body)}")
    try:
        value, used = _unpack(json.loads(header), body, 0, 0)
    except ProtocolError:
        raise
    except Exception as error:  # whatever a forged header provokes is a broken message
        raise ProtocolError(f"message cannot be read: {type(error).__name__}") from None
    if used != body_size:
        raise ProtocolError(f"message holds {body_size - used} bytes that belong to nothing")
    return value


def sizes(prefix):
    """Read (header bytes, body bytes) from the first bytes of a message, within the caps."""
    if len(prefix) != PREFIX.size:
        raise ProtocolError("message ends before it begins")
    header_size, body_size = PREFIX.unpack(prefix)
    if header_size > MAX_HEADER or body_size > MAX_BODY:
        raise ProtocolError(f"message of {header_size + body_size} bytes is over the cap")
    return header_size, body_size


def _pack(value, chunks, keep, depth):
    if depth > MAX_DEPTH:
        raise TypeError(f"value is nested deeper than {MAX_DEPTH}")
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is np.ndarray and value.dtype.kind in PLAIN_KINDS:
        native = value.astype(value.dtype.newbyteorder("="), copy=False)
        chunks.append(native.tobytes())
        return {"a": [native.dtype.str, list(native.shape)]}
    if isinstance(value, np.generic) and value.dtype.kind in PLAIN_KINDS:
        return {"n": [value.dtype.str, value.tobytes().hex()]}
    if kind in (list, tuple):
        items = [_pack(item, chunks, keep, depth + 1) for item in value]
        return {"l" if kind is list else "t": items}
    if kind is dict and all(type(key) in (str, int) for key in value):
        pairs = [[key, _pack(item, chunks, keep, depth + 1)] for key, item in value.items()]
        return {"d": pairs}
    if isinstance(value, Reference):
        return {"r": value.path}
    handle = value if isinstance(value, Handle) else keep(value) if keep else None
    if handle is None:
        raise TypeError(f"{kind.__name__} is not plain data")
    return {"h": [handle.number, handle.type_name]}


def _unpack(tree, body, used, depth):
    if depth > MAX_DEPTH:
        raise ProtocolError("message is nested too deep")
    if tree is None or isinstance(tree, bool | int | float | str):
        return tree, used
    ((tag, content),) = tree.items()
    if tag == "a":
        return _unpack_array(content, body, used)
    if tag == "n":
        dtype = _plain_dtype(content[0])
        return np.frombuffer(bytes.fromhex(content[1]), dtype, count=1)[0], used
    if tag == "r":
        return Reference(str(content)), used
    if tag == "h":
        return Handle(int(content[0]), str(content[1])[:200]), used
    if tag == "d":
        result = {}
        for key, item in content:
            if not isinstance(key, str | int):
                raise ProtocolError("a key of a dict is neither str nor int")
            result[key], used = _unpack(item, body, used, depth + 1)
        return result, used
    if tag not in ("l", "t") or not isinstance(content, list):
        raise ProtocolError("message holds what is no list")
    items = []
    for item in content:
        value, used = _unpack(item, body, used, depth + 1)
        items.append(value)
    return (items if tag == "l" else tuple(items)), used


def _unpack_array(content, body, used):
    dtype, shape = _plain_dtype(content[0]), tuple(content[1])
    if len(shape) > 32 or not all(type(n) is int and 0 <= n <= MAX_BODY for n in shape):
        raise ProtocolError("an array has an impossible shape")
    count = 1
    for length in shape:
        count *= length
    end = used + count * dtype.itemsize
    if end > len(body):
        raise ProtocolError("an array is longer than its bytes")
    return np.frombuffer(body[used:end], dtype).reshape(shape).copy(), end


def _plain_dtype(name):
    dtype = np.dtype(str(name))
    if dtype.kind not in PLAIN_KINDS or dtype.itemsize > 32:
        raise ProtocolError("an array is of a kind that does not travel")
    return dtype
