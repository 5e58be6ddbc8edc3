"""Submissions made with an earlier release, in which modules of the package lay elsewhere.

Files are found by their names, wherever they lie (collect.py). What they import by an old name is
found, too: a stand-in at the old place names the module at its new one.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

MOVED = Path(__file__).with_name("moved.toml")
PACKAGE = "cs231n"
STAND_IN = """import importlib
import sys

sys.modules[__name__] = importlib.import_module("{new}")
"""


@functools.cache
def moved() -> dict[str, str]:
    """The new name of each module by its old one, such as cs231n.windows."""
    rows = tomllib.loads(MOVED.read_text(encoding="utf-8"))["moved"]
    return {f"{PACKAGE}.{old}": f"{PACKAGE}.{new}" for old, new in rows.items()}


def today(name: str) -> str:
    """The name that a module has today, or something in it: cs231n.windows.count_places."""
    names, parts = moved(), name.split(".")
    old = ".".join(parts[:2])
    return ".".join([names.get(old, old), *parts[2:]])


def stand_ins(modules: Iterable[bytes], base: Mapping[str, bytes]) -> dict[str, bytes]:
    """Modules for the old places that some files may import from.

    Parameters
    ----------
    modules : iterable of bytes
        The student's modules; their words are looked at, not their grammar.
    base : mapping of path -> bytes
        The released tree. Nothing in it is replaced, nor shadowed.
    """
    words = {word for text in modules for word in re.findall(rb"\w+", text)}
    found = {}
    for old, new in moved().items():
        path = old.replace(".", "/")
        there = {f"{path}.py", f"{path}/__init__.py"} & base.keys()
        known = f"{new.replace('.', '/')}.py" in base
        if known and not there and old.rpartition(".")[2].encode() in words:
            found[f"{path}.py"] = STAND_IN.format(new=new).encode()
    return found
