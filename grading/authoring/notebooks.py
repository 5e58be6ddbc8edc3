"""Notebooks as pairs: people edit `<name>.md`, `<name>.ipynb` is built from it.

docs/authoring.md says how a notebook is written; `lint` holds it to that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode, v4

from cs231n.checks.table import Exercise, read_table

ASSIGNMENTS = Path(__file__).resolve().parents[2] / "assignments"
HANDOUT = "README.md"
MOST_LINES, MOST_SETUP_LINES = 25, 8
TAGS = ("check", "answer", "experiment")
BEGIN = re.compile(r"^(\s*)### BEGIN SOLUTION: (\S.*)$")
END = re.compile(r"^\s*### END SOLUTION\s*$")
MARKER = re.compile(r"(BEGIN|END)\s+(SOLUTION|HIDDEN)")
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


class NotebookError(ValueError):
    """A Markdown half that breaks a rule of docs/authoring.md; one line for each."""


@dataclass
class Cell:
    """One cell of a Markdown half: its kind (prose, code or a tag), the tag's value, its text."""

    kind: str
    name: str
    source: str
    language: str

    @property
    def is_prose(self) -> bool:
        return self.kind == "prose"

    @property
    def lines(self) -> int:
        return self.source.count("\n") + 1


def build_all(check: bool = False, folder: Path = ASSIGNMENTS) -> list[Path]:
    """Build every notebook below `folder` from its Markdown half.

    Parameters
    ----------
    check : bool
        Write nothing.
    folder : Path
        Holds one folder for each assignment.

    Returns
    -------
    list of Path
        The notebooks that were written, or with `check` those that are out of step.

    Raises
    ------
    NotebookError
        If a half breaks a rule, or an .ipynb has no .md.
    """
    halves = [path for path in sorted(folder.glob("*/*.md")) if path.name != HANDOUT]
    alone = sorted(set(folder.glob("*/*.ipynb")) - {path.with_suffix(".ipynb") for path in halves})
    if alone:
        names = ", ".join(path.relative_to(folder).as_posix() for path in alone)
        raise NotebookError(f"{names}: no .md half; write one, or remove the notebook")
    faults, built, table = setup_faults(halves), {}, read_table()
    for path in halves:
        try:
            notebook = build_pair(path.read_text(encoding="utf-8"), path.stem, table)
            built[path.with_suffix(".ipynb")] = as_bytes(notebook)
        except NotebookError as error:
            faults.append(str(error))
    if faults:
        raise NotebookError("\n".join(faults))
    changed = [path for path in built if not path.exists() or path.read_bytes() != built[path]]
    for path in [] if check else changed:
        path.write_bytes(built[path])
    return changed


def build_pair(text: str, name: str, table: Mapping[str, Exercise]) -> NotebookNode:
    """Turn the Markdown half of a notebook into the notebook: the same for the same text.

    Parameters
    ----------
    text : str
    name : str
        The notebook's name, as in the table.
    table : dict of str to Exercise

    Raises
    ------
    NotebookError
        If the text breaks a rule; its message has a line for each.
    """
    cells = read_cells(text)
    faults = lint(cells, name, table)
    if faults:
        raise NotebookError("\n".join(f"{name}.md: {fault}" for fault in faults))
    _add_hints(cells, table)
    notebook = v4.new_notebook(metadata=METADATA)
    notebook.cells = [
        _notebook_cell(cell, identity, table)
        for cell, identity in zip(cells, cell_ids(cells), strict=True)
    ]
    nbformat.validate(notebook)
    return notebook


def as_bytes(notebook: NotebookNode) -> bytes:
    """A notebook as the bytes of its file."""
    return (nbformat.writes(notebook, version=4) + "\n").encode()


def read_cells(text: str) -> list[Cell]:
    """Cut a Markdown half into cells."""
    notebook = jupytext.reads(text, fmt={"extension": ".md", "split_at_heading": True})
    return [_read_cell(cell) for cell in notebook.cells]


def lint(cells: list[Cell], name: str, table: Mapping[str, Exercise]) -> list[str]:
    """What breaks a rule in one notebook, in words."""
    rows = {row.id: row for row in table.values() if row.notebook == name}
    faults = [fault for cell in cells for fault in _cell_faults(cell)]
    if not cells or not cells[0].source.startswith("# "):
        faults.append("the first cell should be the title: '# ...'")
    for above, cell in zip([None, *cells], cells, strict=False):
        if cell.kind in ("check", "answer"):
            faults += _exercise_faults(cell, above, rows, table)
    named = Counter(cell.name for cell in cells if cell.name)
    faults += [f"{name!r} names {count} cells" for name, count in named.items() if count > 1]
    faults += [f"exercise {name} is in the table, but not here" for name in rows.keys() - named]
    setup = next((cell for cell in cells if not cell.is_prose), None)
    if setup is None or setup.kind != "code":
        faults.append("the first code cell should be the set-up")
    elif setup.lines > MOST_SETUP_LINES:
        faults.append(f"the set-up has {setup.lines} lines; at most {MOST_SETUP_LINES}")
    return faults


def setup_faults(halves: Iterable[Path]) -> list[str]:
    """The halves whose set-up cell is not the one of the first half in their folder."""
    faults, first = [], {}
    for path in halves:
        cells = read_cells(path.read_text(encoding="utf-8"))
        setup = next((cell.source for cell in cells if cell.kind == "code"), None)
        model, expected = first.setdefault(path.parent, (path, setup))
        if setup != expected:
            faults.append(f"{path.name}: its set-up cell is not the one of {model.name}")
    return faults


def cell_ids(cells: list[Cell]) -> list[str]:
    """An id for each cell: the tag's name, else the heading it stands under, and a number."""
    heading, seen, ids = "top", Counter(), []
    reserved = {cell.name for cell in cells}
    for cell in cells:
        if cell.is_prose and cell.source.startswith("#"):
            words = cell.source.partition("\n")[0].lower().lstrip("#0123456789. ")
            heading = re.sub(r"[^a-z0-9]+", "-", words)[:40].strip("-") or "top"
        identity = cell.name
        while not identity or (identity in reserved and not cell.name) or identity in ids:
            seen[heading] += 1
            identity = f"{heading}-{seen[heading]}"
        ids.append(identity)
    return ids


def _read_cell(cell: NotebookNode) -> Cell:
    tags = dict(cell.metadata)
    kind = "prose" if cell.cell_type == "markdown" else cell.cell_type
    name = ""
    if len(tags) == 1:
        ((kind, name),) = tags.items()
    elif tags:
        kind = " ".join(sorted(tags))
    return Cell(kind, str(name), cell.source, cell.cell_type)


def _cell_faults(cell: Cell) -> list[str]:
    """The rules that a cell keeps or breaks by itself."""
    faults, where = [], _shown(cell)
    expected = {"prose": "markdown", "code": "code", "answer": "markdown"}.get(cell.kind, "code")
    if cell.kind not in ("prose", "code", *TAGS):
        faults.append(f"{where}: tag {cell.kind!r} is unknown; there are {', '.join(TAGS)}")
    elif cell.language != expected:
        faults.append(f"{where}: {cell.kind} should be a {expected} cell")
    if cell.kind in TAGS and not re.fullmatch(r"[a-z][a-z0-9-]{0,63}", cell.name):
        faults.append(f"{where}: name {cell.name!r} should be lower-case words joined by '-'")
    if cell.language == "code" and cell.lines > MOST_LINES:
        faults.append(f"{where}: {cell.lines} lines of code; at most {MOST_LINES}")
    if cell.source.startswith("%%"):
        faults.append(f"{where}: a cell magic; open the fence with ```text to show code")
    if not cell.source.strip():
        faults.append(f"{where}: the cell is empty")
    if cell.kind == "experiment":
        faults += _region_faults(cell)
    elif MARKER.search(cell.source):
        faults.append(f"{where}: solution markers belong into experiments only")
    return faults


def _region_faults(cell: Cell) -> list[str]:
    open_region, regions = False, 0
    for line in cell.source.splitlines():
        if not MARKER.search(line):
            continue
        starts, ends = BEGIN.match(line), END.match(line)
        if not (ends if open_region else starts):
            msg = f"marker {line.strip()!r}; write '### BEGIN SOLUTION: the TODO', then END"
            return [f"{_shown(cell)}: {msg}"]
        open_region, regions = bool(starts), regions + bool(starts)
    if open_region or not regions:
        return [f"{_shown(cell)}: an experiment needs a region, from BEGIN to END SOLUTION"]
    return []


def _exercise_faults(cell: Cell, above: Cell | None, rows: dict, table: Mapping) -> list[str]:
    where, row = _shown(cell), table.get(cell.name)
    if row is None:
        return [f"{where}: no exercise of that name is in cs231n/checks/exercises/"]
    if row.id not in rows:
        return [f"{where}: exercise {row.id} belongs to the notebook {row.notebook}"]
    faults = []
    wanted = "answer" if row.kind == "written" else "check"
    if cell.kind != wanted:
        faults.append(f"{where}: a {row.kind} exercise needs a cell with the tag {wanted}")
    if cell.kind == "check" and cell.source != f'check("{cell.name}")':
        faults.append(f'{where}: the cell should be check("{cell.name}") and nothing else')
    allowed = ("prose", "experiment") if row.kind == "tuning" else ("prose",)
    if above is None or above.kind not in allowed:
        faults.append(f"{where}: the cell above it should be its task")
    return faults


def _add_hints(cells: list[Cell], table: Mapping[str, Exercise]) -> None:
    """Append an exercise's hint to the prose above its check or answer."""
    prose = None
    for cell in cells:
        if cell.is_prose:
            prose = cell
        elif cell.kind in ("check", "answer"):
            prose.source += "\n\n" + _hint(table[cell.name])


def _hint(row: Exercise) -> str:
    points = f"{row.points:g} point{'s' * (row.points != 1)}"
    more = [f"Write it in `{row.path}`: `{row.name}`."] if row.kind == "code" else []
    more += [f"To read: {row.see}"] if row.see else []
    paragraphs = [row.hint, " ".join(more)] if more else [row.hint]
    body = "\n\n".join(paragraphs)
    return f"<details><summary>Hint ({row.id}, {points})</summary>\n\n{body}\n\n</details>"


def _notebook_cell(cell: Cell, identity: str, table: Mapping[str, Exercise]) -> NotebookNode:
    if cell.language == "markdown":
        node = v4.new_markdown_cell(cell.source, id=identity)
    else:
        node = v4.new_code_cell(_with_todo(cell), id=identity)
    if cell.kind in TAGS:
        graded, solved = cell.kind != "experiment", cell.kind != "check"
        node.metadata["nbgrader"] = {
            "grade": graded,
            "grade_id": cell.name,
            "locked": not solved,
            "schema_version": 3,
            "solution": solved,
            "task": False,
        }
        if graded:
            node.metadata["nbgrader"]["points"] = table[cell.name].points
    return node


def _with_todo(cell: Cell) -> str:
    """An experiment's code with the words of its markers as comments, which nbgrader keeps."""
    lines = []
    for line in cell.source.splitlines():
        begin = BEGIN.match(line)
        if begin:
            indent, words = begin.groups()
            lines += [f"{indent}# TODO ({cell.name}): {words}", f"{indent}### BEGIN SOLUTION"]
        else:
            lines.append(line)
    return "\n".join(lines)


def _shown(cell: Cell) -> str:
    if cell.name:
        return f"{cell.kind} {cell.name}"
    return f"the cell {cell.source.partition(chr(10))[0][:40]!r}"
