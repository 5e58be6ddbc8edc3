"""The commands `language ...`: networks that learn a text, character by character or in words."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from cs231n.commands.support.errors import known
from cs231n.text.settings import ACTIVATIONS, CELLS, DEFAULTS, LEVELS, RULES, Settings

FOLDER = click.Path(path_type=Path, file_okay=False)


def _by_level(name):
    """The default of a setting, for help: one for characters and one for words, if they differ."""
    characters, words = (getattr(DEFAULTS[level], name) for level in ("characters", "words"))
    return str(characters) if characters == words else f"{characters}; of words {words}"


def _setting(option, name, text, kind):
    """An option that changes a setting."""
    text = f"{text}  [default: {_by_level(name)}]"
    return click.option(option, name, type=kind, help=text)


OPTIONS = (
    _setting("--hidden", "hidden_dim", "Numbers in a hidden state.", int),
    _setting("--vector", "wordvec_dim", "Numbers in a token's vector.", int),
    _setting("--layers", "num_layers", "Layers on top of each other.", int),
    _setting("--cell", "cell_type", "Kind of recurrent cell.", click.Choice(CELLS)),
    _setting(
        "--activation", "activation", "Activation of the cell rnn.", click.Choice(ACTIVATIONS)
    ),
    _setting("--dropout", "dropout", "Probability that dropout sets a number to zero.", float),
    _setting("--batch-size", "batch_size", "Rows of a minibatch.", int),
    _setting("--steps", "steps", "Characters of a row in a minibatch.", int),
    _setting("--rule", "update_rule", "Update rule of the optimizer.", click.Choice(RULES)),
    _setting("--learning-rate", "learning_rate", "Learning rate at the start.", float),
    _setting("--clip-norm", "clip_norm", "Largest norm of the gradient.", float),
    _setting("--full-rate", "full_rate", "Share of the steps before the rate falls.", float),
    _setting("--epochs", "num_epochs", "Number of epochs, at most.", int),
    _setting(
        "--val-every",
        "val_every",
        "Steps between measurements of the held-out part; 0: an epoch.",
        int,
    ),
    _setting(
        "--patience", "patience", "Measurements without a better one, after which to stop.", int
    ),
    _setting("--at-least", "at_least", "How often a word must occur to be known.", int),
    _setting("--most-words", "most_words", "Number of known words, at most.", int),
    _setting("--orders", "orders", "Highest order of the n-grams beside.", int),
    _setting("--checkpoint-every", "checkpoint_every", "Steps between checkpoints.", int),
    _setting("--seed", "seed", "Random seed of the run.", int),
)


def _settings_options(function):
    """Give a command all options that change settings."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


@click.group("language")
def command():
    """Train networks that predict the next character or word.

    DATA is "docstrings", the documentation of Python's own library; "scenes", the sentences about
    the embedded scenes; a set of sentences to be fetched (everyday-sentences); a folder or a file
    with sentences about pictures; or any text in UTF-8.
    """


@command.command("train")
@click.argument("data", default="docstrings")
@click.option(
    "--level",
    default="characters",
    show_default=True,
    type=click.Choice(LEVELS),
    help="What a token is.",
)
@click.option(
    "--out", default="runs/language", show_default=True, type=FOLDER, help="Folder of the run."
)
@click.option("--resume", is_flag=True, help="Go on with the run in --out, with its settings.")
@click.option(
    "--characters",
    type=click.IntRange(1),
    help="Take this much of a text.  [default: all; of docstrings 1,115,394]",
)
@_settings_options
def train(data, level, out, resume, characters, **options):
    """Train a language model on DATA, and compare it with n-grams.

    It is saved in --out. A tenth is held out: the end of a text, or all sentences about a tenth of
    the pictures. That tenth decides which parameters are kept, and when to stop. A run that was
    stopped goes on with --resume, and comes to the same bytes.

    \b
    Example: python -m cs231n language train docstrings --out runs/docs
    """
    from cs231n.text import report, runs

    settings = known(lambda: Settings.of(level, **options))
    run, found = known(runs.train_run, settings, data, out, characters, resume)
    click.echo(
        f"{run['parameters']:,} parameters, {run['tokens']:,} different {run['settings']['level']},"
        f" trained for {run['epochs']:.1f} epochs in {run['seconds']:.0f} s"
        f"{' since it was resumed' * run['resumed']}."
    )
    title = f"{run['data']}, held out: {run['parts']} ({run['held_out']:,} tokens)"
    report.print_evaluation(found, run["settings"]["level"], title)
    click.echo(f"Wrote {out / runs.MODEL}, {out / runs.PLOT} and {out / runs.RESULT}.")


@command.command("evaluate")
@click.argument("run", type=FOLDER)
@click.argument("data", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def evaluate(run, data, as_json):
    """Say how well a model predicts, beside n-grams of all orders.

    The model in RUN reads the held-out part of what it was trained on, or of other DATA. The
    n-grams learn the training part. Of characters, a second table tells what a memory is good for:
    brackets and indentation, where the answer lies further back than the best n-gram can see.

    \b
    Example: python -m cs231n language evaluate runs/docs
    """
    from cs231n.text import evaluation as text_evaluation
    from cs231n.text import memory, report, runs

    model, tokens, asked = known(runs.load_model, run)
    settings = Settings(**asked["settings"])
    corpus = known(runs.corpus_of, asked, data)
    _, train, held_out = runs.tokens_of(corpus, settings, tokens)
    rows, largest = text_evaluation.ngram_rows(
        train, held_out, len(tokens), tokens.unknown, settings.orders
    )
    found = text_evaluation.evaluate(model, train, held_out, tokens.unknown, ngrams=rows)
    remembered = None
    if settings.level == "characters" and found.best_order > 1:
        best = text_evaluation.best_ngram(largest, found.best_order)
        remembered = known(memory.compare, model, best, tokens, train, held_out)
    if as_json:
        facts = {"run": str(run), "data": corpus.name, "held_out": corpus.parts}
        facts |= asdict(found) | {"best_order": found.best_order, "memory": remembered}
        click.echo(json.dumps(facts, indent=1))
        return
    title = f"{corpus.name}, held out: {corpus.parts} ({found.tokens:,} tokens)"
    report.print_evaluation(found, settings.level, title)
    if remembered:
        report.print_memory(remembered)


@command.command("sample")
@click.argument("run", type=FOLDER)
@click.option("--prime", default="", help="How the text begins.")
@click.option(
    "--length",
    type=click.IntRange(1),
    help="Tokens to write, at most.  [default: 500; of words 30]",
)
@click.option(
    "--temperature", default=1.0, show_default=True, help="Temperature of sampling; near 0: greedy."
)
@click.option("--greedy", is_flag=True, help="Always take the likeliest token.")
@click.option(
    "--seed",
    default=231,
    show_default=True,
    type=click.IntRange(0),
    help="Random seed for sampling.",
)
@click.option(
    "--count",
    default=1,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Number of texts.",
)
def sample(run, prime, length, temperature, greedy, seed, count):
    """Let the model in RUN write.

    With --greedy it often ends up in a circle, since it knows nothing but its state, and soon comes
    back to one that it had: the circle is named on stderr.

    \b
    Example: python -m cs231n language sample runs/docs --prime "Return the " --temperature 0.7
    """
    from cs231n.text import runs, sampling

    model, tokens, _ = known(runs.load_model, run)
    length = length or (30 if tokens.level == "words" else 500)
    options = (length, temperature, greedy, seed, count)
    between = " " if tokens.level == "words" and prime else ""
    for number, one in enumerate(known(sampling.write_texts, model, tokens, prime, *options)):
        if number and tokens.level != "words":
            click.echo("-" * 8)
        click.echo(f"{one.prime}{between}{one.text}")
        if one.loop is not None:
            click.echo(
                f"From token {one.loop_start + 1} on it goes round in a circle: {one.loop!r}.",
                err=True,
            )
