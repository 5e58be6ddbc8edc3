"""`python -m grading.benchmarks`: layers beside PyTorch, grading beside stock nbgrader."""

import json
import os
import sys
from pathlib import Path

import click

from cs231n.checks.console import prepare_streams
from grading.benchmarks import grading_speed, growth, measure, quiet, report
from grading.benchmarks.workloads import all_workloads

OUT = Path("build") / "bench"


@click.group()
def main() -> None:
    """Measure the kit beside its peers, in one run, as ratios."""


@main.command()
@click.option(
    "--threads", default=os.cpu_count(), show_default=True, help="Threads of every contender."
)
@click.option("--quick", is_flag=True, help="Three rounds and no growth: a minute, more noise.")
@click.option(
    "--only", multiple=True, metavar="NAME", help='Only this workload, such as "b" or "pool 2x2".'
)
@click.option("--dtype", type=click.Choice(["float32", "float64"]), help="Only this precision.")
@click.option("--rounds", type=int, help="Turns of every contender; by default 9, or 3 if quick.")
@click.option("--seconds", default=0.06, show_default=True, help="Length of one contender's burst.")
@click.option("--memory/--no-memory", default=True, help="Measure peaks of memory, too.")
@click.option("--growth/--no-growth", "sweep", default=None, help="Measure how the cost grows.")
@click.option("--torch/--no-torch", default=True, help="Compare with PyTorch if it is there.")
@click.option("--append", is_flag=True, help="Keep the other rows of the last run's table.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=OUT,
    show_default=True,
    help="Folder of the results.",
)
def layers(threads, quick, only, dtype, rounds, seconds, memory, sweep, torch, append, out) -> None:
    """Time layers and training steps beside PyTorch.

    The third contender is the textbook's im2col.
    """
    rows = choose(only, dtype)
    names = ["kit", "textbook"]
    if torch and measure.torch_is_here():
        names.insert(1, "torch")
    elif torch:
        click.echo(measure.NO_TORCH, err=True)
    rounds = rounds or (3 if quick else 9)
    try:
        with quiet.Watch() as watch:
            found = measure.run(rows, names, threads, rounds, seconds, memory, progress)
        for row in found:
            row["busy"] = watch.share
        if append:
            found = report.merged(found, out / "results.json")
        report.save(found, report.about(threads), out)
        report.show(found)
        click.echo(quiet.verdict(watch.share))
        if sweep or (sweep is None and not quick and not only):
            measure_growth(threads, rounds, seconds, out)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"saved in {out}", err=True)


main.add_command(grading_speed.main, "grading")


def choose(only, dtype):
    """The workloads that are asked for."""
    every = all_workloads()
    names = list(dict.fromkeys(row.name for row in every))
    for name in only:
        if name not in names:
            raise click.UsageError(f"There is no workload {name!r}; there are {', '.join(names)}.")
    return [
        row for row in every if row.name in (only or names) and row.dtype == (dtype or row.dtype)
    ]


def measure_growth(threads, rounds, seconds, out):
    """Measure, draw and save how the cost grows."""
    progress("growth with N, F and H W")
    times = growth.measure_growth(threads, 2 * rounds, seconds / 2)
    powers = growth.exponents(times)
    (out / "growth.json").write_text(json.dumps({"seconds": times, "powers": powers}, indent=1))
    growth.draw_growth(times, out / "growth.png")
    said = ", ".join(f"{key} {power:.2f}" for key, power in powers.items())
    click.echo(f"The cost grows with the powers {said}; 1 is linear.")


def progress(text):
    """Say what is being measured."""
    print(text, file=sys.stderr)


if __name__ == "__main__":
    prepare_streams()
    main()
