"""What `caption train` and `caption evaluate` print: a table of scores, and what to make of it."""

from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.table import Table

from cs231n.captioning.evaluation import Evaluation

__all__ = ["as_json", "print_evaluation"]

COLUMNS = {
    "bleu": "BLEU-1 to 4",
    "rouge_l": "ROUGE",
    "meteor": "METEOR",
    "cider_d": "CIDEr-D",
    "distinct": "all",
    "distinct_of_a_kind": "kind",
    "truth": "true",
}
NOTE = (
    "METEOR: exact+stem, not that of papers; ±: standard error; all, kind: different sentences, "
    "and of a kind of picture; true: share of true ones. Sentence of its kind: by a linear "
    "classifier of kinds."
)


def as_json(evaluation: Evaluation, **facts) -> dict:
    """Put an evaluation, and what it was made of, into a dict that JSON can hold."""
    return facts | asdict(evaluation)


def print_evaluation(evaluation: Evaluation, title: str, console: Console | None = None) -> None:
    """Print the rows of an evaluation, the captioner's first, and below them the perplexities."""
    console = console or Console()
    rows = list(evaluation.rows.items())
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    table.add_column("sentences", no_wrap=True)
    shown = [name for name in COLUMNS if any(scores.get(name, 0) is not None for _, scores in rows)]
    for name in shown:
        table.add_column(COLUMNS[name], justify="right", no_wrap=True)
    for number, (name, scores) in enumerate(rows):
        cells = [_cell(column, scores) for column in shown]
        table.add_row(name, *cells, style="bold" if number == 0 else None, end_section=number == 0)
    console.print(table)
    console.print(NOTE, highlight=False, soft_wrap=True)
    for line in _remarks(evaluation):
        console.print(line, highlight=False, soft_wrap=True)


def _remarks(evaluation):
    """Sentences below the table."""
    for name, reason in evaluation.left_out.items():
        yield f"No row {name!r}: {reason}."
    wrong = next(iter(evaluation.rows.values()))["wrong"]
    if wrong:
        errors = ", ".join(f"{name} {count}" for name, count in wrong.items())
        yield f"What is wrong with those that are not true: {errors}."
    other = evaluation.exchanged
    yield (
        f"Perplexity {evaluation.perplexity:.2f} with the right pictures, "
        f"{'' if other is None else f'{other:.2f} with exchanged ones, '}"
        f"{evaluation.unknown:.2%} of the words unknown."
    )


def _cell(column, scores):
    """What the table has in a column; shares without their 0."""
    value = scores[column]
    if value is None:
        return "-"
    if column == "bleu":
        return " ".join(map(_share, value))
    if column == "cider_d":
        error = scores["cider_d_error"]
        return f"{value:.2f}" + ("" if error is None else f" ±{_share(error)}")
    places = {"distinct": 0, "distinct_of_a_kind": 1}
    return f"{value:.{places[column]}f}" if column in places else _share(value)


def _share(value):
    return f"{value:.2f}".removeprefix("0")
