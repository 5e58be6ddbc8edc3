"""Trees of plain values and arrays as one file: NumPy's `.npz` with JSON inside, no pickle.

What comes back is what went in, to the last bit and type: dicts, lists, tuples, None, bool, int,
float, str, NumPy arrays and numbers.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from cs231n.files.cache import whole_file

TREE = "tree"  # the member that holds the JSON; arrays lie beside it as a0, a1, ...
PLAIN_KINDS = "biufcSU"


def save_tree(path: str | Path, tree: Any) -> Path:
    """Write a tree to a file, which appears when it is whole and replaces an older one.

    Raises
    ------
    TypeError
        If something in it is neither plain nor an array of numbers or text.
    """
    path, arrays = Path(path), {}
    text = json.dumps(_pack(tree, arrays, ""))
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        np.savez(file, **{TREE: np.frombuffer(text.encode(), np.uint8)}, **arrays)
    return path


def load_tree(path: str | Path) -> Any:
    """Read a tree that `save_tree` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is another kind of file.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            return _unpack(json.loads(archive[TREE].tobytes()), archive)
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no checkpoint {path}.") from None
    except Exception as error:  # a cut or foreign file fails in many ways
        msg = f"{path} is no checkpoint of this kit, or damaged ({type(error).__name__}: {error})."
        raise ValueError(msg) from None


def _pack(value: Any, arrays: dict[str, np.ndarray], where: str) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in PLAIN_KINDS:
        name = f"a{len(arrays)}"
        arrays[name] = np.asarray(value)
        return {"array" if isinstance(value, np.ndarray) else "number": name}
    if type(value) in (list, tuple):
        items = [_pack(item, arrays, f"{where}[{i}]") for i, item in enumerate(value)]
        return {type(value).__name__: items}
    if isinstance(value, dict):
        pairs = [[key, _pack(item, arrays, f"{where}[{key!r}]")] for key, item in value.items()]
        if all(type(key) in (str, int) for key in value):
            return {"dict": pairs}
    msg = f"A checkpoint cannot hold {where or 'this'}, a {type(value).__name__}: {value!r:.80}"
    raise TypeError(msg)


def _unpack(packed: Any, archive: Any) -> Any:
    if not isinstance(packed, dict):
        return packed
    ((kind, content),) = packed.items()
    if kind == "array":
        return archive[content]
    if kind == "number":
        return archive[content][()]
    if kind == "dict":
        return {key: _unpack(item, archive) for key, item in content}
    items = [_unpack(item, archive) for item in content]
    return tuple(items) if kind == "tuple" else items
