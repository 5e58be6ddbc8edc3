"""Finds what a release gives away of its solutions: whole lines, and runs of tokens."""

import json
import re
from collections.abc import Iterable, Mapping

TOKEN = re.compile(r"\w+|[^\w\s]")
COMMENT = re.compile(r"(?<!\S)#.*")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
# Shorter lines, such as `for i in range(num_test):`, are nobody's secret.
SHORTEST_LINE = 10  # tokens
RUN = 12  # tokens: about one assignment, or half a sentence
# Code that ships solved and may resemble a solution; checks are no such code.
MODULES = (".py", ".pyx")
LIBRARY, CHECKS = "cs231n/", "cs231n/checks/"


def leaks(texts: Mapping[str, str], solved: Mapping[str, str]) -> list[str]:
    """Places of a release that hold a line or a run of tokens of a solution.

    What also stands outside the solutions in the library is no secret: a `for` statement of a
    neighbouring function, or a shape taken apart. For experiments in notebooks the same holds of
    the notebooks' other code.

    Parameters
    ----------
    texts : dict of str to str
        Every text that ships, by its path.
    solved : dict of str to str
        The solved text of each module and notebook that ships unsolved.

    Returns
    -------
    list of str
        One sentence for each file, showing the first place.
    """
    modules = [regions(text) for name, text in solved.items() if name.endswith(MODULES)]
    notebooks = [answers(text) for name, text in solved.items() if name.endswith(".ipynb")]
    # modules without exercises are what they are in the repository
    shipped = [text for name, text in texts.items() if _is_open(name) and name not in solved]
    known = _phrases([*shipped, *(part for _, outside in modules for part in outside)])
    in_cells = _phrases(part for _, outside in notebooks for part in outside)
    secrets = _phrases(part for inside, _ in modules for part in inside) - known
    secrets |= _phrases(part for inside, _ in notebooks for part in inside) - known - in_cells
    found = []
    for name, text in texts.items():
        if _is_open(name) and name not in solved:
            continue
        pieces = cells(text) if name.endswith(".ipynb") else [text]
        hits = sorted(_phrases(pieces) & secrets, key=len, reverse=True)
        if hits:
            found.append(f"{name}: gives away a solution: {' '.join(hits[0])}")
    return found


def regions(text: str) -> tuple[list[str], list[str]]:
    """The parts of a module inside its solution markers, and those outside."""
    parts, inside = ([], []), False
    current = []
    for line in text.splitlines():
        if line.strip().startswith((BEGIN, END)):
            parts[not inside].append("\n".join(current))
            inside, current = line.strip().startswith(BEGIN), []
        else:
            current.append(line)
    parts[not inside].append("\n".join(current))
    return parts


def answers(text: str) -> tuple[list[str], list[str]]:
    """What is solved in a notebook (regions, or else whole cells), and the code that is not."""
    inside, outside = [], []
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        if not cell["metadata"].get("nbgrader", {}).get("solution"):
            outside += [source] if cell["cell_type"] == "code" else []
        elif BEGIN in source:
            one, other = regions(source)
            inside, outside = inside + one, outside + other
        else:
            inside.append(source)
    return inside, outside


def cells(text: str) -> list[str]:
    """The sources of a notebook's cells."""
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


def _is_open(name: str) -> bool:
    return name.endswith(MODULES) and name.startswith(LIBRARY) and not name.startswith(CHECKS)


def _phrases(pieces: Iterable[str]) -> set[tuple[str, ...]]:
    """Every longer line, and every run of RUN tokens, of some pieces of text."""
    found = set()
    for piece in pieces:
        lines = [TOKEN.findall(COMMENT.sub("", line)) for line in piece.splitlines()]
        found |= {tuple(line) for line in lines if len(line) >= SHORTEST_LINE}
        tokens = [token for line in lines for token in line]
        found |= {tuple(tokens[i : i + RUN]) for i in range(len(tokens) - RUN + 1)}
    return found
