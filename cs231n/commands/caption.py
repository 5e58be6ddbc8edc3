"""The commands `caption ...`: from pictures to sentences about them."""

import importlib.util
import json
from pathlib import Path

import click

from cs231n.captioning.settings import WITHOUT_CHANCE, Settings
from cs231n.commands.support.errors import known

RECIPE, CELLS = Settings(), ("lstm", "rnn")
FOLDER, FILE = click.Path(path_type=Path, file_okay=False), click.Path(path_type=Path)
SHOWING = "cs231n.commands.support.caption_showing"  # the commands predict and page


@click.group("caption")
def command():
    """Train networks that write sentences about pictures.

    DATA is a folder of pictures with Karpathy's dataset.json or COCO's captions_SPLIT.json, such a
    file itself, a set to be fetched (ucm-captions), or "scenes", the embedded one.
    """


@command.command("features")
@click.argument("data", default="ucm-captions")
@click.option("--out", type=click.Path(path_type=Path), help="Also write them to a .npy file.")
def features(data, out):
    """Compute the features of all pictures of DATA, and keep them.

    Pictures that were seen before, under whatever name, take no time; so run it again to go on
    where it was stopped. A picture that cannot be read is named, and left out (of --out, too: there
    its row is nan).

    \b
    Example: python -m cs231n caption features ucm-captions
    """
    known(_features, data, out)


def _features(data, out):
    import numpy as np

    from cs231n.captioning import features as caption_features
    from cs231n.captioning import sets
    from cs231n.data import registry

    if data == sets.SCENES:
        raise ValueError(
            "features of the embedded scenes are computed when they are needed; name "
            f"a folder, a file, or {' or '.join(registry.captioned())}."
        )
    pictures, _ = sets.read_pictures(data)
    found = caption_features.features_of_files([row.path for row in pictures])
    for path, reason in found.problems:
        _left_out(path, reason)
    if not len(found.features):
        raise ValueError(f"none of the {len(pictures)} pictures of {data} could be read.")
    if out is not None:
        rows = np.full((len(pictures), found.features.shape[1]), np.nan, dtype=np.float32)
        rows[found.places] = found.features
        out.parent.mkdir(parents=True, exist_ok=True)
        with open(out, "wb") as file:  # np.save would add an ending to the name
            np.save(file, rows)
        click.echo(f"Wrote {out}: {rows.shape[0]} rows of {rows.shape[1]} numbers.")
    kept = len(found.features) - found.computed
    click.echo(
        f"{len(found.features)} of {len(pictures)} pictures have features: {found.computed} "
        f"computed now, {kept} before."
    )


@command.command("train")
@click.argument("data", default="scenes")
@click.option(
    "--out", default="runs/captions", show_default=True, type=FOLDER, help="Folder of the run."
)
@click.option("--resume", is_flag=True, help="Go on with the run in --out, with its settings.")
@click.option("--features", type=FILE, help="A .npy file with a row for each picture of DATA.")
@click.option(
    "--models", default=RECIPE.models, show_default=True, help="Number of models in the ensemble."
)
@click.option(
    "--hidden", default=RECIPE.hidden_dim, show_default=True, help="Numbers in a hidden state."
)
@click.option(
    "--cell",
    default=RECIPE.cell_type,
    show_default=True,
    type=click.Choice(CELLS),
    help="Kind of recurrent cell.",
)
@click.option(
    "--picture",
    default=RECIPE.picture,
    show_default=True,
    help="Where the picture enters: state, start, every, step.",
)
@click.option(
    "--dropout",
    default=RECIPE.dropout,
    show_default=True,
    help="Probability that dropout sets a number to zero.",
)
@click.option(
    "--epochs", default=RECIPE.num_epochs, show_default=True, help="Number of epochs, at most."
)
@click.option(
    "--patience",
    default=RECIPE.patience,
    show_default=True,
    help="Epochs without better sentences, after which to stop.",
)
@click.option(
    "--batch-size", default=RECIPE.batch_size, show_default=True, help="Sentences in a minibatch."
)
@click.option(
    "--learning-rate",
    default=RECIPE.learning_rate,
    show_default=True,
    help="Learning rate at the start.",
)
@click.option(
    "--at-least",
    default=RECIPE.at_least,
    show_default=True,
    help="How often a word must occur in the training sentences to be learnt.",
)
@click.option(
    "--word-vectors",
    default=RECIPE.word_vectors,
    help="A file of word vectors (of `vectors train`, word2vec or GloVe) that words start from.",
)
@click.option("--seed", default=RECIPE.seed, show_default=True, help="Random seed of the run.")
def train(data, out, resume, features, **options):
    """Train a captioner on DATA, save it, and evaluate it.

    It is trained on the split train, evaluated on the split val, and saved in --out. After each
    epoch the sentences about the pictures of val decide whether the model is the best so far. A run
    that was stopped goes on with --resume.

    \b
    Example: python -m cs231n caption train ucm-captions --out runs/ucm
    """
    from cs231n.captioning import report, runs

    recipe = known(_recipe, options)
    run, evaluation = known(runs.train_run, recipe, data, out, features, resume, _left_out)
    click.echo(
        f"{run['recipe']['models']} x {run['parameters']:,} parameters, {run['words']} words, "
        f"trained for {run['seconds']:.0f} s{' since it was resumed' * run['resumed']}."
    )
    if run["recipe"]["word_vectors"]:
        click.echo(
            f"{run['words_with_vectors']} of {run['words']} words started from "
            f"{run['recipe']['word_vectors']}, the others at random."
        )
    report.print_evaluation(evaluation, f"{run['data']}, val")
    click.echo(f"Wrote {out / 'captioner.npz'}, {out / 'training.png'} and {out / 'run.json'}.")


@command.command("evaluate")
@click.argument("run", type=FOLDER)
@click.argument("data", required=False)
@click.option("--split", default="val", show_default=True, help="Part of DATA to evaluate on.")
@click.option("--features", type=FILE, help="A .npy file with a row for each picture of DATA.")
@click.option(
    "--decoder",
    type=click.Choice(WITHOUT_CHANCE),
    help="How words are chosen.  [default: the run's]",
)
@click.option(
    "--width",
    default=5,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Width of the beam search.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def evaluate(run, data, split, features, decoder, width, as_json):
    """Compare a captioner's sentences with what people wrote.

    The captioner in RUN writes about a split of DATA: what RUN was trained on, unless it is named.
    Rows beside: sentences for which no captioner is needed. A score that does not beat them is
    worth little.

    \b
    Example: python -m cs231n caption evaluate runs/ucm
    """
    from cs231n.captioning import evaluation as caption_evaluation
    from cs231n.captioning import report, runs, sets
    from cs231n.captioning.captioner import Captioner

    captioner = known(Captioner.load, run)
    if data is None:
        data, features = known(runs.data_of, run, features)
    rows = known(sets.load_caption_set, data, (split,), features, _left_out)
    found = known(caption_evaluation.evaluate, captioner, rows, decoder, width)
    if as_json:
        facts = {"run": str(run), "data": str(data), "split": split, "pictures": len(rows)}
        click.echo(json.dumps(report.as_json(found, **facts), indent=1))
    else:
        report.print_evaluation(found, f"{data}, {split}, {len(rows)} pictures")


def _recipe(options):
    """Settings of the options of `train`."""
    names = {"hidden": "hidden_dim", "cell": "cell_type", "epochs": "num_epochs"}
    recipe = {names.get(name, name): value for name, value in options.items()}
    return Settings(**recipe, wordvec_dim=options["hidden"])


def _left_out(path, reason):
    click.echo(f"left out: {path} {reason}", err=True)


if importlib.util.find_spec(SHOWING):
    _showing = importlib.import_module(SHOWING)
    command.add_command(_showing.predict)
    command.add_command(_showing.page)
