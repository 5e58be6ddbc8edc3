"""The commands `rank ...`: sentences that find pictures, and pictures that find sentences."""

import json
from pathlib import Path

import click

from cs231n.commands.support.errors import known
from cs231n.matching.settings import REGIONS, SCORES, WORDS, Settings

RECIPE = Settings()
FOLDER = click.Path(path_type=Path, file_okay=False)
MANY = click.IntRange(1, 1000)


@click.group("rank")
def command():
    """Find pictures for sentences, and sentences for pictures.

    DATA is a folder of pictures with Karpathy's dataset.json or COCO's captions_SPLIT.json, such a
    file itself, a set to be fetched (everyday, ucm-captions), or "scenes", the embedded one.
    """


@command.command("features")
@click.argument("data", default="everyday")
def features(data):
    """Compute the regions of all photographs of DATA, and keep them.

    What was computed before takes no time; so run it again to go on where it was stopped.

    \b
    Example: python -m cs231n rank features everyday
    """
    from cs231n.captioning.features import PLACES, features_of_files
    from cs231n.captioning.sets import SCENES, read_pictures

    if data == SCENES:
        raise click.ClickException("regions of the embedded scenes are computed when needed.")
    pictures, _ = known(read_pictures, data)
    found = known(features_of_files, [row.path for row in pictures], PLACES)
    for path, reason in found.problems:
        _left_out(path, reason)
    if not len(found.places):
        raise click.ClickException(f"none of the {len(pictures)} pictures could be read.")
    click.echo(
        f"{len(found.places)} of {len(pictures)} pictures have regions: {found.computed} computed "
        f"now, {len(found.places) - found.computed} before."
    )


@command.command("train")
@click.argument("data", default="scenes")
@click.option(
    "--out", default="runs/ranking", show_default=True, type=FOLDER, help="Folder of the run."
)
@click.option(
    "--regions",
    type=click.Choice(list(REGIONS)),
    help="Kind of regions.  [default: objects of scenes, grid of photographs]",
)
@click.option(
    "--score",
    default=RECIPE.score,
    show_default=True,
    type=click.Choice(list(SCORES)),
    help="What is compared: whole pictures and sentences, or words and regions.",
)
@click.option(
    "--words",
    default=RECIPE.words,
    show_default=True,
    type=click.Choice(list(WORDS)),
    help="A vector for each word, or words in context.",
)
@click.option(
    "--cosine/--dot",
    default=RECIPE.cosine,
    show_default=True,
    help="Compare by cosines, or by products.",
)
@click.option(
    "--mean/--sum", default=RECIPE.mean, show_default=True, help="Mean or sum over the words."
)
@click.option(
    "--hardest/--all",
    default=RECIPE.hardest,
    show_default=True,
    help="Negatives of a batch that the loss counts.",
)
@click.option("--margin", default=RECIPE.margin, show_default=True, help="Margin of the loss.")
@click.option("--dim", default=RECIPE.dim, show_default=True, help="Numbers in a vector.")
@click.option(
    "--word-dim",
    default=RECIPE.word_dim,
    show_default=True,
    help="Numbers in a word vector and a hidden state, for words in context.",
)
@click.option("--dropout", default=RECIPE.dropout, show_default=True, help="Share set to zero.")
@click.option(
    "--epochs", default=RECIPE.epochs, show_default=True, help="Number of epochs, at most."
)
@click.option(
    "--patience",
    default=RECIPE.patience,
    show_default=True,
    help="Epochs without a gain before it stops.",
)
@click.option(
    "--batch-size", default=RECIPE.batch_size, show_default=True, help="Pictures in a minibatch."
)
@click.option(
    "--learning-rate",
    default=RECIPE.learning_rate,
    show_default=True,
    help="Learning rate at the start.",
)
@click.option(
    "--lr-decay",
    default=RECIPE.lr_decay,
    show_default=True,
    help="Factor of the learning rate after each epoch.",
)
@click.option(
    "--at-least",
    default=RECIPE.at_least,
    show_default=True,
    help="How often a word must occur to be learnt.",
)
@click.option("--models", default=RECIPE.models, show_default=True, help="Models in the ensemble.")
@click.option("--seed", default=RECIPE.seed, show_default=True, help="Random seed of the run.")
def train(data, out, regions, **options):
    """Train a model on DATA, save it, and evaluate it.

    It learns from the split train. After each epoch the recalls of the split val decide whether it
    is the best so far; so val flatters what comes out.

    \b
    Example: python -m cs231n rank train scenes --words context --dim 64 --word-dim 64
    """
    from cs231n.matching import runs

    settings = known(_settings, options)
    run, rows = known(runs.train_run, settings, data, out, regions, _left_out, _say)
    click.echo(
        f"Learnt from {run['pictures']:,} pictures and {run['words']:,} words in "
        f"{run['seconds']:.0f} s."
    )
    _print_rows(rows, f"{data}, val")
    click.echo(f"Wrote {out / 'matcher.npz'} and {out / 'run.json'}.")


@command.command("evaluate")
@click.argument("run", type=FOLDER)
@click.argument("data", required=False)
@click.option("--split", default="val", show_default=True, help="Part of DATA to evaluate on.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def evaluate(run, data, split, as_json):
    """Measure how well a model finds pictures and sentences.

    DATA is what RUN was trained on, unless it is named. Equal scores count against the model. Rows
    beside tell what the numbers are worth: a perfect search, which cannot know about which of
    several pictures a sentence was written that fits them all; who knows the kind of place alone,
    where the set tells kinds; chance.

    \b
    Example: python -m cs231n rank evaluate runs/ranking
    """
    from cs231n.matching import runs
    from cs231n.matching.matcher import Matcher
    from cs231n.matching.sets import load_regions

    matcher = known(Matcher.load, run)
    data = data or matcher.facts["data"]
    sets = known(load_regions, data, (split,), matcher.regions, _left_out)
    rows = known(runs.evaluate, matcher, sets[split])
    if as_json:
        facts = {"run": str(run), "data": str(data), "split": split}
        click.echo(json.dumps(facts | {"rows": runs.rows_as_json(rows)}, indent=1))
    else:
        _print_rows(rows, f"{data}, {split}, {len(sets[split])} pictures")


@command.command("search")
@click.argument("run", type=FOLDER)
@click.argument("sentence")
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--best", default=5, show_default=True, type=MANY, help="Pictures to print.")
def search(run, sentence, pictures, best):
    """Find the photographs that a sentence tells of.

    RUN is a folder that `rank train` made; PICTURES are files, or folders with files in them. Each
    stands behind its score, the best one first. Words that the model does not know are named.

    \b
    Example: python -m cs231n rank search runs/everyday "a dog runs through water" holidays
    """
    import numpy as np

    from cs231n.captioning.files import words_of
    from cs231n.data.photo_folders import find_photographs
    from cs231n.matching.matcher import Matcher
    from cs231n.matching.photographs import set_of_files

    matcher = known(Matcher.load, run)
    words = words_of(sentence)
    unknown = matcher.unknown(words)
    if len(unknown) == len(words):
        raise click.ClickException(
            f"the model knows none of the words of {sentence!r}; it learnt those of "
            f"{matcher.facts['data']}."
        )
    if unknown:
        click.echo(f"not known: {', '.join(unknown)}", err=True)
    paths = known(find_photographs, pictures)
    data = known(set_of_files, paths, matcher.regions, _left_out)
    if not len(data):
        raise click.ClickException(f"none of the {len(paths):,} files could be read.")
    scores = known(matcher.scores, data, [words])[:, 0]
    for n in np.argsort(-scores, kind="stable")[:best]:
        click.echo(f"{scores[n]:7.3f}  {data.names[n]}")


@command.command("page")
@click.argument("run", type=FOLDER)
@click.argument("data", required=False)
@click.option("--split", default="val", show_default=True, help="Part of DATA to show.")
@click.option(
    "--out",
    default="pages/ranking.html",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of the page.",
)
@click.option(
    "--most", default=1000, show_default=True, type=MANY, help="Number of pictures, at most."
)
@click.option(
    "--bonus",
    default=0.05,
    show_default=True,
    help="Bonus where neighbouring words share a region.",
)
def page(run, data, split, out, most, bonus):
    """Write a page of sentences and what was found for them.

    DATA is what RUN was trained on, unless it is named. The page is one file and needs no network.

    \b
    Example: python -m cs231n rank page runs/ranking --out pages/ranking.html
    """
    from cs231n.matching.matcher import Matcher
    from cs231n.matching.sets import load_regions, pixels_of
    from cs231n.pages import captions, ranking

    matcher = known(Matcher.load, run)
    data = data or matcher.facts["data"]
    rows = known(load_regions, data, (split,), matcher.regions, _left_out)[split]
    rows = rows.rows(range(min(most, len(rows))))
    found = known(ranking.find_all, matcher, rows, bonus)
    thumbnails = [captions.thumbnail(picture) for picture in pixels_of(rows.names)]
    facts = [("run", str(run)), ("shown", f"{data}, {split}"), ("regions", matcher.regions)]
    facts += [(name, str(value)) for name, value in matcher.facts.items()]
    title = f"Sentences that find pictures: {data}, {split}"
    path = known(ranking.write_ranking_page, out, found, rows, thumbnails, title, facts)
    size = path.stat().st_size / 1e6
    count = f"{len(rows):,} picture{'s' * (len(rows) != 1)}"
    click.echo(f"Wrote {path} ({count}, {size:.1f} MB): open it in a browser.")


def _settings(options):
    return Settings(**options)


def _left_out(path, reason):
    click.echo(f"left out: {path} {reason}", err=True)


def _say(line):
    click.echo(line, err=True)


def _print_rows(rows, title):
    """Print recalls of both directions."""
    click.echo(f"{title}: recall at 1, 5 and 10 (%), median rank")
    click.echo(f"{'':30}{'picture to sentence':>27}   {'sentence to picture':>27}")
    for name, row in rows.items():
        cells = []
        for recalls, median in (row[:2], row[2:]):
            cells.append("".join(f"{value:7.1f}" for value in recalls))
            cells[-1] += f"{median:6.0f}" if median is not None else "     -"
        click.echo(f"{name:30}{cells[0]}   {cells[1]}")
