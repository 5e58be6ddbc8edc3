"""Collect submissions: what counts of what was handed in, and in plain words what does not.

    submissions/
      ada/            notebooks and cs231n/, as the student's folder has them
      bob.zip         the same, as `python -m cs231n submit` packs it
      received.csv    optional: student,received (else the time of the folder or zip is taken)

Only the files that the assignment asks for are read: its notebooks, the modules that hold its
exercises and the weights it names. Nothing here trusts a byte; see unpack.py for the limits.
"""

import functools
import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import cs231n
from cs231n.checks.manifest import FOLDER, manifest
from cs231n.checks.table import Exercise, select

from .receipt import RECEIPT, receipt_flags
from .roster import collector_times, find_students, received_time
from .unpack import Folder, Refused, Zip, shown
from .weights import check_weights

LISTED = 8  # files named in one flag
FLAGS = 40  # flags of one submission
CAPS = {"notebooks": 20 << 20, "modules": 1 << 20, "hand_in": 50 << 20}


@dataclass
class Submission:
    """What one student handed in, as far as it counts.

    Attributes
    ----------
    student : str
        A safe id: letters, digits and . _ - @ only.
    modules : dict of path -> bytes
        Such as cs231n/classifiers/softmax.py; UTF-8 without a byte order mark.
    notebooks : dict of name -> bytes
        By the notebook's name in the table, such as knn. Not parsed yet.
    hand_in : dict of name -> bytes
        Files of weights by name, such as best_net.npz; plain numeric arrays only.
    flags : list of str
        What was not taken and why, in words for student and instructor.
    digest : str
        SHA-256 over the files above.
    received : str or None
        ISO time, from the collector; never from the submission.
    """

    student: str
    modules: dict[str, bytes] = field(default_factory=dict)
    notebooks: dict[str, bytes] = field(default_factory=dict)
    hand_in: dict[str, bytes] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    digest: str = ""
    received: str | None = None


@dataclass(frozen=True)
class Wanted:
    """A file that the assignment asks for: where it lies, and under which name it is kept."""

    path: str
    kind: str
    key: str


def collect(
    folder: str | os.PathLike, assignment: str, rows: Iterable[Exercise] | None = None
) -> list[Submission]:
    """Read every submission below a folder, whatever state it is in.

    Parameters
    ----------
    folder : path
        Holds one folder or one .zip for each student.
    assignment : str
    rows : iterable of Exercise, optional
        The assignment's exercises; by default those of the table.

    Returns
    -------
    list of Submission
        In the order of the students' ids. A submission that cannot be read is empty, and flagged.

    Raises
    ------
    FileNotFoundError
        If the folder of submissions is missing.
    LookupError
        If there is no such assignment.
    """
    folder = Path(folder)
    if not folder.is_dir():
        msg = f"There is no folder of submissions at {folder}: give --submissions the right one."
        raise FileNotFoundError(msg)
    wanted = wanted_files(select(assignment) if rows is None else rows)
    times = collector_times(folder)
    submissions = []
    for student, paths, flags in find_students(folder):
        submission = Submission(student, flags=flags)
        submission.received = received_time(paths[0], student, times, flags)
        _fill(submission, paths[0], wanted)
        submissions.append(submission)
    return submissions


def wanted_files(rows: Iterable[Exercise]) -> dict[str, Wanted]:
    """The files that an assignment's exercises ask for, by path."""
    wanted = {}
    for path in manifest(list(rows)):
        kind = "modules"
        if path.endswith(".ipynb"):
            kind = "notebooks"
        elif path.startswith(f"{FOLDER}/"):
            kind = "hand_in"
        key = path if kind == "modules" else PurePosixPath(path).name.removesuffix(".ipynb")
        wanted[path] = Wanted(path, kind, key)
    return wanted


def _fill(submission: Submission, path: Path, wanted: dict[str, Wanted]) -> None:
    """Read the wanted files into the submission; every problem becomes a flag."""
    try:
        with ExitStack() as stack:
            source, files = _open(path, stack)
            submission.flags += source.flags
            chosen = _choose(files, wanted, submission.flags)
            raw = {}
            for place, name in chosen.items():
                _take(submission, wanted[place], source, files[name], raw)
            submission.flags += receipt_flags(source, files, raw)
    except Refused as refusal:
        submission.flags.append(str(refusal))
    except Exception as error:  # one submission never stops the batch, whatever is in it
        submission.modules, submission.notebooks, submission.hand_in = {}, {}, {}
        submission.flags.append(
            f"The submission could not be read ({type(error).__name__}: {shown(error)}): "
            "nothing of it was graded; hand it in again as a zip."
        )
    missing = [place for place, file in wanted.items() if file.key not in _kept(submission, file)]
    if missing:
        submission.flags.append(f"Not handed in: {_listed(missing)}.")
    if len(submission.flags) > FLAGS:
        more = len(submission.flags) - FLAGS
        submission.flags[FLAGS:] = [f"There are {more} more remarks of this kind."]
    submission.digest = _digest(submission)


def _open(path: Path, stack: ExitStack) -> tuple[Folder | Zip, dict]:
    """The source behind a path, and its files; a folder with one zip in it stands for the zip."""
    if not stat.S_ISDIR(path.lstat().st_mode):
        if path.is_symlink():
            raise Refused(f"{shown(path.name)} is a link and is not followed: hand in a zip.")
        if path.suffix.lower() != ".zip":
            raise Refused(f"{shown(path.name)} is neither a folder nor a .zip: hand in a zip.")
        source = stack.enter_context(Zip.at(path))
        return source, source.files()
    source = stack.enter_context(Folder(path))
    files = source.files()
    if len(files) == 1 and (name := next(iter(files))).lower().endswith(".zip"):
        source = stack.enter_context(Zip(source.open(files[name]), name))
        files = source.files()
    return source, files


def _choose(files: dict, wanted: dict[str, Wanted], flags: list[str]) -> dict[str, str]:
    """For each wanted place the file that counts: in its place below any folder, else by name."""
    lasts = Counter(place.rpartition("/")[2] for place in wanted)
    candidates: dict[str, list[tuple]] = {}
    ignored = []
    for name in files:
        fits = [place for place in wanted if f"/{name}".endswith(f"/{place}")]
        place = max(fits, key=len, default=None)
        last = name.rpartition("/")[2]
        if place is None and lasts[last] == 1 and not _is_the_kits(name):
            place = next(place for place in wanted if place.rpartition("/")[2] == last)
        if place is None:
            ignored.append(name)
        else:
            candidates.setdefault(place, []).append((not fits, name.count("/"), name))
    chosen = {}
    for place, found in candidates.items():
        (misplaced, _, name), *others = sorted(found)
        chosen[place] = name
        if misplaced:
            flags.append(f"{shown(name)} was taken for {place}: next time put it there.")
        if others:
            rest = _listed([name for *_, name in others])
            flags.append(f"{shown(name)} was taken for {place}; not read: {rest}.")
    ignored = [name for name in ignored if name.rpartition("/")[2] != RECEIPT]
    if ignored:
        flags.append(f"Not part of this assignment, and not read: {_listed(sorted(ignored))}.")
    return chosen


def _is_the_kits(name: str) -> bool:
    """Whether a file lies where a module of the kit does, which may share a name with an answer."""
    return any(f"/{name}".endswith(f"/{path}") for path in kit_modules())


@functools.cache
def kit_modules() -> tuple[str, ...]:
    """The paths of the package's modules today, such as cs231n/captioning/features.py."""
    package = Path(cs231n.__file__).parent
    return tuple(path.relative_to(package.parent).as_posix() for path in package.rglob("*.py"))


def _take(submission, file: Wanted, source: Folder | Zip, handle, raw: dict[str, bytes]) -> None:
    """Read one file into the submission, checked as its kind asks."""
    try:
        data = source.read(handle, CAPS[file.kind])
        raw[file.path] = data
        if file.kind == "modules":
            data = _module_text(data, file.path)
        if file.kind == "hand_in":
            check_weights(data, file.path)
    except Refused as refusal:
        submission.flags.append(str(refusal))
    else:
        _kept(submission, file)[file.key] = data


def _module_text(data: bytes, path: str) -> bytes:
    """A module's bytes without a byte order mark; Refused where they are no UTF-8 text."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        msg = f"{path}, line {line}, is no UTF-8 text: save it with the encoding UTF-8."
        raise Refused(msg) from None
    if "\0" in text:
        raise Refused(f"{path} holds NUL characters: save it as text with the encoding UTF-8.")
    return data


def _kept(submission: Submission, file: Wanted) -> dict[str, bytes]:
    return getattr(submission, file.kind)


def _listed(names: list[str]) -> str:
    more = len(names) - LISTED
    return ", ".join(map(shown, names[:LISTED])) + (f" and {more} more" if more > 0 else "")


def _digest(submission: Submission) -> str:
    """SHA-256 over kinds, names, lengths and bytes of all files that were taken."""
    digest = hashlib.sha256()
    for kind in CAPS:
        for name, data in sorted(getattr(submission, kind).items()):
            digest.update(f"{kind}\0{name}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()
