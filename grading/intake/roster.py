"""Who handed in, and when: from the names and times of what lies in the folder of submissions."""

import csv
import hashlib
import json
import os
import re
import stat
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from .unpack import shown

STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
TIMES = ("received.csv", "received.json")
ARCHIVES = (".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar", ".rar", ".7z", ".gz")


def safe_id(name: str) -> str:
    """A student's id from a file name: the name itself, or letters made safe plus a digest."""
    if STUDENT.fullmatch(name):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._@-]+", "_", plain).lstrip("._@-")[:40]
    return f"{plain or 'student'}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def find_students(folder: Path) -> list[tuple[str, list[Path], list[str]]]:
    """(id, paths, flags) for each student; several paths of one name become one student."""
    named: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name in TIMES or path.name.startswith((".", "__MACOSX")):
            continue
        is_folder = stat.S_ISDIR(path.lstat().st_mode)
        named.setdefault(path.name if is_folder else _stem(path.name), []).append(path)
    folded, ids, students = Counter(map(str.casefold, named)), set(), []
    for name, paths in sorted(named.items()):
        paths.sort(key=_preference)
        student, flags = safe_id(name), []
        if folded[name.casefold()] > 1 or student.casefold() in ids:
            flags.append(f"Another submission has nearly the same name as {shown(name)}.")
        while student.casefold() in ids:
            digest = hashlib.sha256(os.fsencode(name) + student.encode()).hexdigest()
            student = f"{student[:40]}-{digest[:8]}"
        ids.add(student.casefold())
        if student != name:
            flags.append(
                f"The name {shown(name)} is graded as {student}: a student's id is of letters, "
                "digits and . _ - @, at most 64, and differs from others in more than upper case."
            )
        if len(paths) > 1:
            rest = ", ".join(shown(path.name) for path in paths[1:])
            flags.append(f"{shown(paths[0].name)} was graded; {rest} was handed in too, unread.")
        students.append((student, paths, flags))
    return sorted(students)


def _preference(path: Path) -> tuple[bool, bool, str]:
    """A folder before a zip before anything else."""
    is_folder = stat.S_ISDIR(path.lstat().st_mode)
    return not is_folder, path.suffix.lower() != ".zip", path.name


def _stem(name: str) -> str:
    for ending in (".zip", *ARCHIVES):
        if name.lower().endswith(ending):
            return name[: -len(ending)] or name
    return name


def collector_times(folder: Path) -> dict[str, str]:
    """Times by student from received.csv or received.json, which the collector wrote."""
    times = {}
    table, mapping = (folder / name for name in TIMES)
    if table.is_file():
        with open(table, newline="", encoding="utf-8-sig") as file:
            times |= {line[0].strip(): line[1].strip() for line in csv.reader(file) if line[1:]}
    if mapping.is_file():
        written = json.loads(mapping.read_text(encoding="utf-8-sig"))
        if not isinstance(written, dict):
            raise ValueError(f"{mapping} should be an object that maps students to times.")
        times |= written
    return times


def received_time(path: Path, student: str, times: dict[str, str], flags: list[str]) -> str:
    """When it was received: as the collector wrote down, else the time of the folder or zip."""
    given = times.get(student) or times.get(path.name) or times.get(_stem(path.name))
    if given:
        try:
            time = datetime.fromisoformat(str(given))
        except ValueError:
            flags.append(f"received says {shown(given)}, no time such as 2025-01-31T18:00+01:00.")
        else:
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).isoformat()
    try:
        time = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except (ValueError, OverflowError):  # a time of no calendar, as an archive can carry
        flags.append(f"The time of {shown(path.name)} is none of a calendar; 1970 stands for it.")
        time = datetime.fromtimestamp(0, UTC)
    return time.isoformat(timespec="seconds")
