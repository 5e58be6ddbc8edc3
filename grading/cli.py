"""The instructor's command line. Exit codes: 0 done, 1 something is wrong, 2 misuse."""

import sys
from pathlib import Path

import click
from rich.console import Console

from cs231n.checks.console import prepare_streams
from cs231n.checks.table import assignments

FOLDER = click.Path(file_okay=False, path_type=Path)


def run() -> None:
    """Run the command line, on whatever console there is."""
    prepare_streams()
    main(prog_name="python -m grading")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Build notebooks, release an assignment, grade what comes back."""


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail if out of step.")
def notebooks(only_check: bool) -> None:
    """Build every notebook from its Markdown half.

    \b
    Example: python -m grading notebooks
    """
    from grading.authoring.notebooks import build_all

    changed = _known(build_all, check=only_check)
    for path in changed:
        click.echo(f"{'out of step' if only_check else 'built'}: {path}")
    sys.exit(1 if only_check and changed else 0)


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail if out of step.")
def maps(only_check: bool) -> None:
    """Write the maps of files in the README pages anew.

    \b
    Example: python -m grading maps
    """
    from grading.authoring.maps import build_maps

    changed = _known(build_maps, check=only_check)
    for page in changed:
        click.echo(f"{'out of step' if only_check else 'written'}: {page}")
    sys.exit(1 if only_check and changed else 0)


@main.command()
@click.argument("assignment")
@click.option("--out", type=FOLDER, required=True, help="Where the folder and the zip go.")
@click.option("--earlier-as-stubs", is_flag=True, help="Ship earlier assignments unsolved, too.")
@click.option("--force", is_flag=True, help="Replace an earlier release at the same place.")
def release(assignment: str, out: Path, earlier_as_stubs: bool, force: bool) -> None:
    """Build what students get, as a folder and a zip, and check it.

    \b
    Example: python -m grading release assignment1 --out build/release
    """
    from grading.release.build import build_release

    report = _known(build_release, _assignment(assignment), out, earlier_as_stubs, force=force)
    click.echo(report.summary())


@main.command()
@click.argument("assignment")
@click.option(
    "--submissions",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with a folder or zip for each student.",
)
@click.option("--out", type=FOLDER, required=True, help="Results, feedback and gradebook go here.")
@click.option(
    "--jobs", type=click.IntRange(1), default=None, help="Number of processes; default one a core."
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=None,
    help="Seed of the hidden inputs; default a secret one.",
)
@click.option("--fresh", is_flag=True, help="Grade everything again, whatever was graded before.")
def autograde(
    assignment: str, submissions: Path, out: Path, jobs: int | None, seed: int | None, fresh: bool
) -> None:
    """Grade a folder of submissions: one folder or zip a student.

    \b
    Example: python -m grading autograde assignment1 --submissions in --out graded
    Exit code 0 when every submission has its verdicts, however bad they are.
    """
    from grading.judging.autograde import autograde as run

    summary = _known(
        run, _assignment(assignment), submissions, out, jobs=jobs, seed=seed, resume=not fresh
    )
    summary.print(Console())


@main.command()
@click.argument("assignment", default="assignment1")
@click.option(
    "--out",
    type=FOLDER,
    default=Path("build/demo"),
    show_default=True,
    help="Folder that everything goes into.",
)
def demo(assignment: str, out: Path) -> None:
    """Run a whole assignment with a small made-up class.

    It is released, handed in and graded, and what came out is shown.

    \b
    Example: python -m grading demo
    """
    from grading.demo.run import run_demo

    _known(run_demo, out, _assignment(assignment))


def _assignment(name: str) -> str:
    if name not in assignments():
        raise click.UsageError(f"no assignment {name!r}; there are: {', '.join(assignments())}")
    return name


def _known(function, *args, **kwargs):
    """Call it; a foreseeable error becomes one line on stderr and exit code 1."""
    try:
        return function(*args, **kwargs)
    except (LookupError, ValueError, OSError, RuntimeError) as error:
        text = error.args[0] if isinstance(error, LookupError) and error.args else error
        raise click.ClickException(str(text)) from None
