"""Put a student's words into the instructor's notebook.

Nothing else of a submitted notebook survives: no outputs, tags, metadata, attachments, copied or
deleted cells, kernels. The result has exactly the cells of the released notebook.
"""

import copy
import json
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from .unpack import Refused

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ANSWER = 50_000  # characters of one answer
BRACKETS = 500_000  # a notebook with more is no notebook, and would cost much memory to parse
COMMAS = 2_000_000
REMEDY = "open it in JupyterLab, clear the outputs, save it and hand it in again."


def rebuild_notebook(
    released: NotebookNode,
    submitted: bytes | None,
    flags: list[str],
    name: str = "The notebook",
) -> NotebookNode:
    """The released notebook with the source of the student's answer cells, and nothing else.

    Parameters
    ----------
    released : NotebookNode
        As students got it, nbformat 4, with nbgrader's metadata. It is not changed.
    submitted : bytes or None
        What the student handed in under that name, whatever it is.
    flags : list of str
        What was odd is appended, in words for student and instructor.
    name : str
        The notebook's file name, for these words.

    Returns
    -------
    NotebookNode
        The released notebook itself, where nothing in `submitted` can be used.
    """
    notebook = copy.deepcopy(released)
    if submitted is None:
        return notebook
    try:
        cells = list(_cells(_parse(submitted, name, flags), name))
    except Refused as refusal:
        flags.append(str(refusal))
        return notebook
    for cell in answer_cells(notebook):
        answer_id = cell.metadata.nbgrader.grade_id
        text = _answer(answer_id, cell, cells, name, flags)
        if text is None:
            flags.append(f"{name}: the answer cell {answer_id} is missing, so it is unanswered.")
        else:
            cell.source = _plain(text, f"{name}: the answer {answer_id}", flags)
    return notebook


def answer_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that students answer in: nbgrader's solution cells."""
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]


def _parse(data: bytes, name: str, flags: list[str]) -> dict:
    """The JSON of a submitted notebook; Refused where it is none of format 4."""
    if data.count(b"{") + data.count(b"[") > BRACKETS or data.count(b",") > COMMAS:
        raise Refused(f"{name} is too large to be read: {REMEDY}")
    odd = set()
    numbers = {  # only the format's number is used, so that no huge number costs time
        "parse_int": lambda text: int(text) if len(text) < 10 else 0,
        "parse_float": lambda text: 0.0,
        "parse_constant": odd.add,
    }
    try:
        tree = json.loads(data.decode("utf-8-sig"), **numbers)
    except UnicodeDecodeError:
        raise Refused(f"{name} is no UTF-8 text: {REMEDY}") from None
    except (RecursionError, MemoryError):
        raise Refused(f"{name} is nested too deeply: {REMEDY}") from None
    except ValueError as error:
        raise Refused(f"{name} is no notebook ({error}): {REMEDY}") from None
    version = tree.get("nbformat") if isinstance(tree, dict) else None
    if version != 4:
        shown = f"format {version}" if isinstance(version, int) else "no format"
        raise Refused(f"{name} has {shown}; it should be a notebook of format 4: {REMEDY}")
    flags += [
        f"{name} holds {word}, which is no JSON; its answers were read." for word in sorted(odd)
    ]
    return tree


def _cells(tree: dict, name: str) -> Iterator[tuple[str | None, str | None, str]]:
    """(grade id, cell id, source) of each cell that has these in the form they should have."""
    cells = tree.get("cells")
    if not isinstance(cells, list):
        raise Refused(f"{name} has no list of cells: {REMEDY}")
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        metadata = cell.get("metadata")
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
        source = cell.get("source")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if isinstance(source, str):
            yield grade_id, cell.get("id"), source


def _answer(answer_id, cell, cells, name, flags) -> str | None:
    """The source that answers; of copies the cell in the released place, unless it is untouched."""
    here = cell.get("id")
    found = [(cell_id, source) for grade_id, cell_id, source in cells if grade_id == answer_id]
    if not found and here:  # some editors drop the metadata but keep the cell's id
        found = [(cell_id, source) for _, cell_id, source in cells if cell_id == here]
    if not found:
        return None
    found.sort(key=lambda pair: (pair[1].strip() == cell.source.strip(), pair[0] != here))
    if len(found) > 1:
        flags.append(
            f"{name}: the answer cell {answer_id} is there {len(found)} times; one counts."
        )
    return found[0][1]


def _plain(text: str, what: str, flags: list[str]) -> str:
    """Text that can be written as UTF-8 and shown: no control characters, no lone surrogates."""
    clean = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    clean = CONTROL.sub("", clean)
    if len(clean) > ANSWER:
        flags.append(f"{what} has {len(clean)} characters; the first {ANSWER} were kept.")
    return clean[:ANSWER]
