"""The main job in one go: release an assignment, collect from a small class, grade, show."""

import shutil
from pathlib import Path

from rich.console import Console

from cs231n import data_utils
from cs231n.checks.manifest import manifest
from cs231n.checks.table import select
from cs231n.classifiers import KNearestNeighbor
from cs231n.data import downloads
from grading.demo.pupils import Pupil, pupils
from grading.judging.autograde import autograde
from grading.release.build import build_release
from grading.reporting.view import print_matrix, print_places, print_reasons


def run_demo(out: Path, assignment: str = "assignment1") -> None:
    """Run the demonstration of an assignment into `out`, replacing an earlier one.

    Raises
    ------
    LookupError
        If the assignment has none.
    FileExistsError
        If `out` holds something that no demonstration made.
    """
    console, class_ = Console(), pupils(assignment)
    mark = out / ".demo"
    if out.exists() and any(out.iterdir()) and not mark.exists():
        raise FileExistsError(f"{out} holds something else; name an empty folder with --out")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    mark.write_text("made by `python -m grading demo`; the next one replaces it\n")
    console.rule("1  The pictures")
    show_pictures(console)
    console.rule("2  The release: what students get")
    report = build_release(assignment, out / "release", progress=console.print)
    console.print(report.summary(), markup=False)
    console.rule("3  The class hands in")
    hand_in_class(out, assignment, class_, console)
    console.rule("4  Grading: in a jail, judged outside it")
    summary = autograde(assignment, out / "submissions", out / "graded")
    console.rule("5  The result")
    print_matrix(summary.results, select(assignment), console)
    print_reasons(summary.results, console)
    console.print(f"Jail: {summary.results['tier']}. {' '.join(summary.notes)}", markup=False)
    print_places(out / "graded", console)


def show_pictures(console: Console) -> None:
    """Say which pictures the notebooks use here, and how far a nearest neighbour gets on them."""
    downloads.prepare_from_mirror()
    data = data_utils.load_pictures(num_training=2000, num_validation=0, num_test=500)
    knn = KNearestNeighbor()
    knn.train(data["X_train"].reshape(2000, -1), data["y_train"])
    labels = knn.predict(data["X_test"].reshape(500, -1), k=12)
    accuracy = float((labels == data["y_test"]).mean())
    console.print(
        f"Ten classes: {', '.join(data['classes'])}. The twelve nearest of 2,000 pictures name "
        f"{accuracy:.0%} of 500 test pictures right; guessing gives 10%."
    )


def hand_in_class(out: Path, assignment: str, class_: tuple[Pupil, ...], console: Console) -> None:
    """Write one folder or zip a student into `out/submissions`."""
    folder = out / "release" / assignment
    paths = [path for path in manifest(select(assignment)) if (folder / path).exists()]
    released = {path: (folder / path).read_bytes() for path in paths}
    for pupil in class_:
        console.print(f"[bold]{pupil.name}[/bold] {pupil.story}")
        target = out / "submissions" / pupil.name
        for path, content in pupil.files(dict(released)).items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(content)
    zipped = out / "submissions" / "fay"
    shutil.make_archive(str(zipped), "zip", zipped)
    shutil.rmtree(zipped)
