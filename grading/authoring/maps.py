"""The maps in README files: which folder holds what, and which files a notebook has students write.

A map stands between `<!-- map: topics cs231n -->` and `<!-- end of map -->`. It is made of the
first sentence of each docstring and of the table of exercises, so it cannot be wrong for long: a
test compares. A release gets maps of what it holds.
"""

import ast
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from cs231n.checks.table import Exercise, read_table
from cs231n.files.cache import whole_file

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "cs231n/README.md", "grading/README.md")
MAP = re.compile(r"(<!-- map: (\w+)(?: ([\w/]+))? -->\n).*?(<!-- end of map -->)", re.DOTALL)
KERNEL = re.compile(r'^"""(.*?)"""', re.DOTALL | re.MULTILINE)


def build_maps(check: bool = False, root: Path = ROOT) -> list[str]:
    """Write the maps of every page anew; returns the pages that changed, or would with `check`."""
    changed = []
    for page in PAGES:
        text = (root / page).read_text(encoding="utf-8")
        filled = fill(text, texts_below(root), read_table().values())
        if filled != text:
            changed.append(page)
            if not check:
                with whole_file(root / page) as file:
                    file.write(filled.encode())
    return changed


def texts_below(root: Path) -> dict[str, str]:
    """The text of every module of the library and the grader, by its path."""
    paths = [path for top in ("cs231n", "grading") for path in root.glob(f"{top}/**/*.py*")]
    paths = sorted(path for path in paths if path.suffix in (".py", ".pyx"))
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def fill(text: str, texts: Mapping[str, str], rows: Iterable[Exercise]) -> str:
    """A page with its maps made anew.

    Parameters
    ----------
    text : str
        Of the page.
    texts : dict of str to str
        Every module to be shown, by its path from the root.
    rows : iterable of Exercise
        The exercises to be shown.
    """
    rows = list(rows)

    def one(match: re.Match) -> str:
        begin, kind, where, end = match.groups()
        return f"{begin}\n{KINDS[kind](where, texts, rows)}\n\n{end}"

    return MAP.sub(one, text)


def topics(where: str, texts: Mapping[str, str], rows: list[Exercise]) -> str:
    """A table of the folders below a folder: what each is for, and what students write there."""
    written = _written(rows)
    lines = []
    for folder in _folders(where, texts):
        if folder.count("/") > 1:
            continue
        mine = [path.rpartition("/")[2] for path in written if path.startswith(f"{folder}/")]
        cells = [f"[`{folder}/`]({folder})", _sentence(texts[f"{folder}/__init__.py"])]
        lines.append([*cells, ", ".join(f"`{name}`" for name in mine)])
    if not any(line[2] for line in lines):
        return _table(["folder", "what"], [line[:2] for line in lines])
    return _table(["folder", "what", "students write"], lines)


def files(where: str, texts: Mapping[str, str], rows: list[Exercise]) -> str:
    """For a folder and each folder in it, a table of the files: one sentence each."""
    written, parts = _written(rows), []
    for folder in [where, *_folders(where, texts)]:
        here = folder.removeprefix(where).strip("/")
        said = [] if folder == where else [f"### `{here}/`", _docstring(texts, folder)]
        lines = [
            [f"[`{name}`]({'/'.join(filter(None, [here, name]))})", _sentence(text), mark]
            for name, text, mark in _files_of(folder, texts, written)
        ]
        marked = any(line[2] for line in lines)
        heads = ["file", "what", "yours"] if marked else ["file", "what"]
        said.append(_table(heads, lines if marked else [line[:2] for line in lines]))
        parts.append("\n\n".join(said))
    return "\n\n".join(parts)


def notebooks(where: str, texts: Mapping[str, str], rows: list[Exercise]) -> str:
    """For each notebook, the files that it has students write."""
    lines = []
    for name in dict.fromkeys(row.notebook for row in rows):
        mine = [row for row in rows if row.notebook == name]
        paths = dict.fromkeys(row.path for row in mine if row.path and row.kind == "code")
        shown = [f"`{path.removeprefix('cs231n/')}`" for path in paths]
        lines.append([mine[0].assignment.replace("assignment", ""), f"`{name}`", ", ".join(shown)])
    return _table(["assignment", "notebook", "files you write, in `cs231n/`"], lines)


KINDS: dict[str, Callable] = {"topics": topics, "files": files, "notebooks": notebooks}


def _written(rows: list[Exercise]) -> list[str]:
    """The files that exercises are written in, in the order of the course."""
    return list(dict.fromkeys(row.path for row in rows if row.kind == "code"))


def _folders(where: str, texts: Mapping[str, str]) -> list[str]:
    """The folders in a folder that hold modules, however deep."""
    found = {path.rpartition("/")[0] for path in texts if path.startswith(f"{where}/")} - {where}
    return sorted(folder for folder in found if f"{folder}/__init__.py" in texts)


def _files_of(folder: str, texts: Mapping[str, str], written: list[str]) -> list[tuple]:
    """(name, text, mark) of the modules that lie in a folder."""
    here = [path for path in sorted(texts) if path.rpartition("/")[0] == folder]
    return [
        (path.rpartition("/")[2], texts[path], "*" if path in written else "")
        for path in here
        if not path.endswith("__init__.py")
    ]


def _docstring(texts: Mapping[str, str], folder: str) -> str:
    """What a folder says of itself, up to the first example."""
    said = ast.get_docstring(ast.parse(texts[f"{folder}/__init__.py"])) or ""
    said = re.split(r"\n\n[^\n]*::\n", said)[0]
    return "\n".join(textwrap.wrap(" ".join(said.split()), 120, break_on_hyphens=False))


def _sentence(text: str) -> str:
    """The first sentence of a module's docstring, without its full stop."""
    try:
        said = ast.get_docstring(ast.parse(text)) or ""
    except SyntaxError:  # Cython
        said = (KERNEL.search(text) or [""])[0].strip('"')
    said = " ".join(said.split("\n\n")[0].split())
    return re.split(r"\.(?= |$)", said)[0].replace("|", "\\|")


def _table(heads: list[str], lines: list[list[str]]) -> str:
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
