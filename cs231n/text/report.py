"""What `language train` and `language evaluate` print: the network beside all n-grams."""

import math

from rich import box
from rich.console import Console
from rich.table import Table

from cs231n.text.evaluation import Evaluation

__all__ = ["print_evaluation", "print_memory"]


def print_evaluation(evaluation: Evaluation, level: str, title: str, console=None) -> None:
    """Print a row for the network and one for each n-gram, the best of them in bold."""
    console = console or Console()
    console.print(title, highlight=False, soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("model", no_wrap=True)
    for name in _columns(level):
        table.add_column(name, justify="right")
    table.add_row("network", *_cells(evaluation.model, level), style="bold", end_section=True)
    for order, row in evaluation.ngrams.items():
        style = "bold" if order == evaluation.best_order else None
        table.add_row(f"{order}-gram", *_cells(row, level), style=style)
    console.print(table)
    console.print(_verdict(evaluation, level), highlight=False, soft_wrap=True)


def print_memory(found: dict, console=None) -> None:
    """Print what `memory.compare` found out about brackets and indentation."""
    console = console or Console()
    title = f"Beyond the reach of the {found['order']}-gram, {found['reach']} characters"
    console.print(title, highlight=False, soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("")
    for name in ("network", f"{found['order']}-gram", "cases"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, network, ngram, cases, shape in found["rows"]:
        cells = ("-" if math.isnan(value) else format(value, shape) for value in (network, ngram))
        table.add_row(name, *cells, f"{cases:,}")
    console.print(table)


def _columns(level):
    if level != "words":
        return (f"bits per {level[:-1]}", "perplexity")
    return ("perplexity", "of known words", "unknown")


def _cells(row, level):
    if level != "words":
        return f"{row['bits']:.3f}", f"{row['perplexity']:.2f}"
    return f"{row['perplexity']:.1f}", f"{row['known']:.1f}", f"{row['unknown']:.2%}"


def _verdict(evaluation, level):
    """Say whether the network beats the best n-gram."""
    key, unit = ("perplexity", "") if level == "words" else ("bits", " bits")
    ours, best = evaluation.model[key], evaluation.ngrams[evaluation.best_order][key]
    of_it = f"the best n-gram (Witten-Bell, order {evaluation.best_order})"
    if ours < best:
        return f"The network is better than {of_it} by {best - ours:.3f}{unit}."
    return (
        f"The network is NOT better than {of_it}, by {ours - best:.3f}{unit}: train it longer, or "
        "it is too large or too small for this text."
    )
