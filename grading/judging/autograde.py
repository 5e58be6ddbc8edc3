"""Grade a folder of submissions: every student gets verdicts, whatever the others handed in.

out/
  results.json grades.csv     written at the end
  feedback/ gradebook.db
  verdicts/<student>.json     written as they come in; a second run goes on from here
  run.json                    the secret seed of the hidden inputs, readable by its owner only
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text
from tqdm import tqdm

from cs231n.checks.console import print_whole
from cs231n.checks.report import MARKS, STYLES
from cs231n.checks.table import Exercise, read_table, select
from grading.intake.collect import Submission, collect
from grading.jail.jail import find_jail
from grading.judging.pool import Task, run_tasks
from grading.release.build import release_tree
from grading.reporting.results import (
    Record,
    failed_record,
    write_grades,
    write_results,
    write_whole,
)
from grading.reporting.view import print_places

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("*.py", "*.pyx", "*.h", "*.toml")


@dataclass(frozen=True)
class Summary:
    """What a run came to.

    Attributes
    ----------
    results : dict
        What results.json holds.
    out : Path
    graded, kept : int
        Submissions judged now, and taken over from an earlier run.
    notes : list of str
        What is weaker about the jail that was used than it could be.
    """

    results: dict[str, Any]
    out: Path
    graded: int
    kept: int
    notes: list[str]

    def print(self, console: Console) -> None:
        """Show the students, what is odd, and where everything lies."""
        students = self.results["students"]
        view = Table(show_edge=False)
        view.add_column("student", no_wrap=True)
        view.add_column("score", justify="right", no_wrap=True)
        view.add_column("exercises")
        view.add_column("flags", justify="right")
        for student, record in students.items():
            score = f"{record['score']:g} / {record['max']:g}"
            view.add_row(
                Text(student), score, _marks(record["exercises"]), str(len(record["flags"]) or "")
            )
        print_whole(console, view)
        statuses = Counter(
            e["status"] for record in students.values() for e in record["exercises"].values()
        )
        told = ", ".join(f"{MARKS[status]} {count} {status}" for status, count in statuses.items())
        console.print(Text(f"{len(students)} students: {told}"))
        if self.kept:
            console.print(Text(f"{self.kept} were graded before, unchanged since, and kept."))
        if self.results["tier"] != "bubblewrap":
            console.print(Text(f"Graded in the weaker jail {self.results['tier']!r}:", "yellow"))
            for note in self.notes:
                console.print(Text(f"  {note}", "yellow"))
        print_places(self.out, console)


def _marks(exercises: Mapping[str, Any]) -> Text:
    """A mark for each exercise, with gaps between notebooks, where a line may break."""
    notebooks: dict[str, Text] = {}
    for row in read_table().values():
        if row.id in exercises:
            status = exercises[row.id]["status"]
            marks = notebooks.setdefault(row.notebook, Text())
            marks.append(MARKS[status], style=STYLES.get(status, "red"))
    return Text(" ").join(notebooks.values())


def autograde(
    assignment: str,
    submissions_dir: str | os.PathLike,
    out_dir: str | os.PathLike,
    jobs: int | None = None,
    seed: int | None = None,
    resume: bool = True,
    progress: bool = True,
    tier: str | None = None,
) -> Summary:
    """Grade every submission in a folder.

    Parameters
    ----------
    assignment : str
    submissions_dir : path
        One folder or zip a student.
    out_dir : path
    jobs : int, optional
        Processes, each with a jail of its own; by default one a core.
    seed : int, optional
        Of the hidden inputs. By default the one of an earlier run with this `out_dir`, else a new
        secret one.
    resume : bool
        Keep the verdicts on submissions that an earlier run graded and that have not changed since.
    progress : bool
        Show a bar on stderr.
    tier : str, optional
        The jail to use; by default the strongest that works here.

    Raises
    ------
    LookupError
        If there is no such assignment.
    FileNotFoundError
        If the folder of submissions is missing.
    JailError
        If no jail works here.
    RuntimeError
        If another run is writing to the same place.
    """
    out = Path(out_dir)
    rows = select(assignment)
    submissions = collect(submissions_dir, assignment)
    base = release_tree(assignment, notebooks=False)
    with find_jail({"cs231n/__init__.py": b""}, tier, warn=_say) as jail:
        tier, notes = jail.tier, jail.notes
    with _alone(out):
        run = {"seed": _seed(out, assignment, seed), "kit": kit_digest(base), "tier": tier}
        verdicts = _Verdicts(out / "verdicts", assignment, run)
        records = verdicts.kept(submissions) if resume else {}
        waiting = [s for s in submissions if s.student not in records]
        task = Task(rows, base, tier, run["seed"])
        bar = tqdm(
            total=len(submissions),
            initial=len(records),
            unit="",
            file=sys.stderr,
            disable=not progress,
        )
        try:
            with bar:
                for submission, answer in run_tasks(task, waiting, jobs or _cores()):
                    if isinstance(answer, str):  # not kept: the next run tries again
                        answer = failed_record(rows, submission.flags, answer)
                    else:
                        verdicts.save(submission, answer)
                    records[submission.student] = answer
                    bar.update()
        except KeyboardInterrupt:
            _say(
                f"Stopped: {len(records)} of {len(submissions)} are graded and kept in {out}. "
                "The same command goes on from there."
            )
            raise
        students = {name: records[name] for name in sorted(records)}
        results = {"assignment": assignment, "students": students, **run}
        _write_all(out, assignment, rows, results, submissions)
        return Summary(results, out, len(waiting), len(submissions) - len(waiting), notes)


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keep other runs out of a folder; the lock ends with this process, however that ends."""
    out.mkdir(parents=True, exist_ok=True)
    with open(out / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            msg = (
                f"Another run is grading into {out}: wait until it is done, or give another --out."
            )
            raise RuntimeError(msg) from None
        yield


def kit_digest(base: Mapping[str, bytes]) -> str:
    """SHA-256 over all that verdicts depend on, besides a submission and the seed."""
    digest = hashlib.sha256(f"{sys.version}/{np.__version__}".encode())
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for folder in ("cs231n", "grading")
        for pattern in SOURCES
        for path in (ROOT / folder).rglob(pattern)
    }
    for name, content in sorted(files.items()) + sorted(base.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


class _Verdicts:
    """The records on disk, each with what it depends on."""

    def __init__(self, folder: Path, assignment: str, run: Mapping[str, Any]):
        self.folder, self.key = folder, {"assignment": assignment, **run}

    def kept(self, submissions: Sequence[Submission]) -> dict[str, Record]:
        found = {}
        for submission in submissions:
            try:
                stored = json.loads(self._path(submission).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if stored.get("of") == self._of(submission):
                found[submission.student] = stored["record"]
        return found

    def save(self, submission: Submission, record: Record) -> None:
        content = {"of": self._of(submission), "record": record}
        text = json.dumps(content, sort_keys=True, indent=1, allow_nan=False)
        write_whole(self._path(submission), text, mode=0o600)

    def _of(self, submission: Submission) -> dict[str, Any]:
        return {**self.key, "digest": submission.digest, "flags": list(submission.flags)}

    def _path(self, submission: Submission) -> Path:
        return self.folder / f"{submission.student}.json"


def _seed(out: Path, assignment: str, given: int | None) -> int:
    """The seed given, else that of an earlier run here, else a new one; kept for the next run."""
    path = out / "run.json"
    if given is None and path.exists():
        try:
            earlier = json.loads(path.read_text(encoding="utf-8"))
            if earlier["assignment"] == assignment:
                return int(earlier["seed"])
        except (ValueError, KeyError, TypeError):
            msg = f"{path} cannot be read: remove it, or give the seed of that run with --seed."
            raise ValueError(msg) from None
    seed = secrets.randbits(128) if given is None else given
    write_whole(path, json.dumps({"assignment": assignment, "seed": seed}) + "\n", mode=0o600)
    return seed


def _write_all(
    out: Path,
    assignment: str,
    rows: Sequence[Exercise],
    results: Mapping[str, Any],
    submissions: Sequence[Submission],
) -> None:
    # Slow to import, and of no use to the processes that judge, which import this module, too.
    from grading.reporting import feedback, gradebook

    write_results(out / "results.json", results)
    write_grades(out / "grades.csv", rows, results["students"])
    feedback.write(out, assignment, results, submissions)
    gradebook.write(out, assignment, results, submissions)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _say(text: str) -> None:
    print(text, file=sys.stderr)
