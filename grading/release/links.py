"""Relative links in documents that move: they follow what they lead to."""

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

# [words](target), ![words](target "title"), and the target of <img src="target"> and <a href=...>.
LINK = re.compile(r"(\]\(\s*|\b(?:src|href)=\")(?P<target>[^)\s\"]+)")
CODE = re.compile(r"(^ *(```+|~~~+).*?^ *\2 *$|``.+?``|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def relink(text: str, source: str, moved: Mapping[str, str]) -> str:
    """Turn the relative links of a document from its old place to its new one.

    Parameters
    ----------
    text : str
        Markdown.
    source : str
        Where the document lies, relative to the root.
    moved : dict of str to str
        Old path -> new path of every file that moves along, the document among them.
    """
    folders = {posixpath.dirname(new) for old, new in moved.items() if old == new}
    here = posixpath.dirname(moved[source])

    def turned(match):
        target, hash_mark, part = match["target"].partition("#")
        if is_outside(match["target"]):
            return match[0]
        old = join(source, target)
        if old not in moved and old not in folders:
            return match[0]
        new = posixpath.relpath(moved.get(old, old), here or ".")
        return f"{match[1]}{new}{hash_mark}{part}"

    return _outside_code(text, lambda words: LINK.sub(turned, words))


def links(text: str) -> list[str]:
    """The relative targets that a document links to, without those in its code."""
    found = []

    def keep(words):
        found.extend(match["target"] for match in LINK.finditer(words))
        return words

    _outside_code(text, keep)
    return [target for target in found if not is_outside(target)]


def is_outside(target: str) -> bool:
    """True where a link leads out of the tree or to a heading of the same document."""
    return bool(urlsplit(target).scheme) or target.startswith(("#", "//"))


def join(source: str, target: str) -> str:
    """The path that a relative link in `source` leads to."""
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))


def _outside_code(text, change):
    parts, end = [], 0
    for code in CODE.finditer(text):
        parts += [change(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, change(text[end:])])
