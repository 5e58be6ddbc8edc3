"""The commands `caption predict` and `caption page`."""

import json
import math
import os
import sys
from pathlib import Path

import click

from cs231n.captioning.settings import DECODERS
from cs231n.commands.support.errors import known

MANY, SEED = click.IntRange(1, 1000), click.IntRange(0)
FILE = click.Path(path_type=Path, dir_okay=False)
OPTIONS = (
    click.option(
        "--decoder",
        type=click.Choice(list(DECODERS)),
        help="How words are chosen.  [default: the run's]",
    ),
    click.option(
        "--width", default=5, show_default=True, type=MANY, help="Width of the beam search."
    ),
    click.option(
        "--temperature",
        default=1.0,
        show_default=True,
        help="Temperature of sampling; near 0: greedy.",
    ),
    click.option(
        "--seed", default=231, show_default=True, type=SEED, help="Random seed for sampling."
    ),
)


def decoding_options(function):
    """Give a command the options that say how sentences are found."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


@click.command("predict")
@click.argument("run")
@click.argument("pictures", nargs=-1, required=True)
@decoding_options
@click.option("--best", default=1, show_default=True, type=MANY, help="Sentences for each picture.")
@click.option("--words", is_flag=True, help="Also print the probability of each word.")
@click.option("--json", "out", type=FILE, help="Also write everything to this file.")
def predict(run, pictures, decoder, width, temperature, seed, best, words, out):
    """Write sentences about photographs.

    RUN is a folder that `caption train` made; PICTURES are files, or folders with files in them.
    Each sentence stands behind its log-probability. What cannot be read is reported on stderr.
    The decoders are greedy, beam, sample (by chance), and consensus: of the likeliest sentences
    the one most like those of the training pictures that look alike.

    \b
    Example: python -m cs231n caption predict runs/ucm beach.jpg holidays --best 3
    Exit code 0 if a picture could be read, 1 if none could.
    """
    from cs231n.captioning import inputs, predictions
    from cs231n.data.photo_folders import find_photographs

    plan = known(predictions.Plan, decoder, width, best, temperature, seed)
    captioner = _load(run, embedded=False)
    paths = known(find_photographs, pictures)
    read = inputs.photographs(captioner, paths, _complain)
    found = []
    for one in _steps(predictions.predict(captioner, read, plan)):
        found.append(one)
        click.echo(one.picture.name)
        for caption in one.captions:
            click.echo(f"  {caption.logprob:7.2f}  {caption.text or '(nothing)'}")
            if words:
                click.echo(f"           {_word_by_word(caption)}")
    if out:
        results = predictions.as_results(found)
        known(_write, out, json.dumps(results, indent=1).encode())
    if not found:
        raise click.ClickException(f"none of the {len(paths):,} files could be read.")


@click.command("page")
@click.argument("run")
@click.argument("pictures_or_data", nargs=-1, required=True)
@click.option(
    "--out", default="pages/captions.html", show_default=True, type=FILE, help="File of the page."
)
@click.option("--split", default="val", show_default=True, help="Part of a data set.")
@click.option(
    "--most",
    default=1000,
    show_default=True,
    type=click.IntRange(1),
    help="Number of pictures, at most.",
)
@decoding_options
@click.option("--best", type=MANY, help="Sentences for each picture.  [default: 5; greedy: 1]")
def page(run, pictures_or_data, out, split, most, decoder, width, temperature, seed, best):
    """Make a page of pictures, sentences and their probabilities.

    RUN is a folder that `caption train` made. PICTURES_OR_DATA are photographs or folders with
    photographs, or else one data set: a folder with a dataset.json or captions_SPLIT.json, such a
    file, a name such as ucm-captions, or scenes. The page shows the probability of every word; it
    is one file and needs no network.

    \b
    Example: python -m cs231n caption page runs/scenes scenes --out pages/scenes.html
    """
    from tqdm import tqdm

    from cs231n.captioning import inputs, predictions
    from cs231n.pages import captions

    best = best or (1 if decoder == "greedy" else 5)
    plan = known(predictions.Plan, decoder, width, best, temperature, seed)
    captioner = _load(run, embedded=pictures_or_data == ("scenes",))
    problems = []

    def report(path, reason):
        problems.append((inputs.printable(path), reason))
        tqdm.write(" ".join(problems[-1]), file=sys.stderr)  # above the bar, not into it

    source = known(inputs.find, captioner, pictures_or_data, split, most, report)
    steps = map(
        captions.with_thumbnail, _steps(predictions.predict(captioner, source.pictures, plan))
    )
    found = list(tqdm(steps, total=source.count, unit="picture", desc="captions"))
    if not found:
        raise click.ClickException(f"none of the {source.count:,} pictures could be read.")
    name = inputs.printable(Path(os.path.abspath(run)).name)
    facts = [
        ("run", inputs.printable(run)),
        ("shown", source.name),
        ("decoder", plan.named(captioner)),
    ]
    facts += [
        (f"training: {key.replace('_', ' ')}", _text(value))
        for key, value in captioner.facts.items()
    ]
    title = f"What “{name}” says about {source.name}"
    found = predictions.with_scores(found)
    path = known(captions.write_caption_page, out, found, title, facts, problems)
    size = path.stat().st_size / 1e6
    click.echo(f"Wrote {path} ({len(found):,} pictures, {size:.1f} MB): open it in a browser.")


def _load(run, embedded):
    """Load a captioner that can see such pictures."""
    from cs231n.captioning.captioner import Captioner
    from cs231n.captioning.inputs import require_seeing

    captioner = known(Captioner.load, run)
    known(require_seeing, captioner, run, embedded)
    return captioner


def _steps(steps):
    """Yield what an iterator yields; a foreseeable error becomes one line on stderr."""
    steps = iter(steps)
    while (one := known(next, steps, None)) is not None:
        yield one


def _text(value):
    """A fact of a run, for people."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _word_by_word(caption):
    return "  ".join(f"{w} {math.exp(p):.2f}" for w, p in zip(caption.words, caption.logprobs))


def _complain(path, reason):
    from cs231n.captioning.inputs import printable

    click.echo(f"{printable(path)} {reason}.", err=True)


def _write(path, data):
    from cs231n.files.cache import whole_file

    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(data)
