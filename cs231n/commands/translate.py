"""The commands `translate ...`: from sentences in one language to sentences in another."""

import json
import sys
from pathlib import Path

import click

from cs231n.commands.support.errors import known
from cs231n.language.vocabulary import END, SPECIAL
from cs231n.text.translation_settings import Settings

RECIPE = Settings()
FOLDER, FILE = click.Path(path_type=Path, file_okay=False), click.Path(path_type=Path)


@click.group("translate")
def command():
    """Train networks that translate.

    DATA is a text file with a sentence, a tab and its translation in each line, or "languages": two
    small drawn ones. With TARGETS, DATA holds the sentences alone, and TARGETS the translation of
    each line. Words are what stands between spaces.
    """


@command.command("train")
@click.argument("data", default="languages")
@click.argument("targets", required=False)
@click.option(
    "--out", default="runs/translator", show_default=True, type=FOLDER, help="Folder of the run."
)
@click.option("--resume", is_flag=True, help="Go on with the run in --out, with its settings.")
@click.option(
    "--attention/--no-attention", default=True, help="Let the decoder look back at the source."
)
@click.option(
    "--reverse/--forwards", default=True, help="Read each source backwards, or as people do."
)
@click.option(
    "--hidden", default=RECIPE.hidden_dim, show_default=True, help="Numbers in a hidden state."
)
@click.option(
    "--words", default=RECIPE.wordvec_dim, show_default=True, help="Numbers in a word's vector."
)
@click.option("--epochs", default=RECIPE.num_epochs, show_default=True, help="Number of epochs.")
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
    "--sentences",
    default=RECIPE.sentences,
    show_default=True,
    type=click.IntRange(1, 10**6),
    help='Sentences to train on, of "languages".',
)
@click.option(
    "--kinds",
    default=RECIPE.kinds,
    show_default=True,
    type=click.IntRange(3, 12),
    help='Nouns, adjectives and verbs of "languages", of each so many.',
)
@click.option(
    "--longest",
    default=RECIPE.longest,
    show_default=True,
    type=click.IntRange(5, 30),
    help='Words in a sentence of "languages", at most.',
)
@click.option(
    "--at-least",
    default=RECIPE.at_least,
    show_default=True,
    help="How often a word must occur in the training sentences to be learnt.",
)
@click.option("--seed", default=RECIPE.seed, show_default=True, help="Random seed of the run.")
def train(data, targets, out, resume, **options):
    """Train a translator on DATA, save it, and evaluate it.

    A file's pairs are split into train and val; "languages" also has test, and long: sentences
    longer than all that it is trained on. A run that was stopped goes on with --resume.

    \b
    Example: python -m cs231n translate train languages --out runs/velian
    """
    from cs231n.text import translating

    names = {"hidden": "hidden_dim", "words": "wordvec_dim", "epochs": "num_epochs"}
    settings = Settings(**{names.get(name, name): value for name, value in options.items()})
    run = known(translating.train_run, settings, data, targets, out, resume)
    source, target = run["words"]
    click.echo(
        f"{run['parameters']:,} parameters, {source} and {target} words, trained for "
        f"{run['seconds']:.0f} s{' since it was resumed' * run['resumed']}."
    )
    for split, scores in run["scores"].items():
        _say(split, scores)
    click.echo(f"Wrote {out / translating.MODEL} and {out / translating.RESULT}.")


@command.command("evaluate")
@click.argument("run", type=FOLDER)
@click.argument("data", required=False)
@click.argument("targets", required=False)
@click.option(
    "--width",
    default=1,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Width of the beam search; 1 is greedy.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def evaluate(run, data, targets, width, as_json):
    """Count the exact translations of the translator in RUN.

    It translates all pairs of DATA; if that is not named, all splits of what RUN was trained on but
    train.

    \b
    Example: python -m cs231n translate evaluate runs/velian --width 3
    """
    found = known(_evaluate, run, data, targets, width)
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    for split, scores in found.items():
        _say(split, scores)


def _evaluate(run, data, targets, width):
    from cs231n.text import pairs, translating

    trained = translating.TrainedTranslator.load(run)
    if data is None:
        chosen = translating.load_pairs(*translating.data_of(run))
    else:
        rows = pairs.read_pairs(data, targets)
        chosen = pairs.PairSet({data: rows}, trained.source_words, trained.target_words)
    splits = [split for split in chosen.splits if split != "train"]
    return {split: translating.evaluate(trained, chosen, split, width) for split in splits}


def _say(split, scores):
    text = f"{split}: {100 * scores['exact']:.1f}% of {scores['sentences']} sentences are exact"
    if "aligned" in scores:
        text += f"; attention is right for {100 * scores['aligned']:.1f}% of the words"
    if scores["unknown"]:
        text += f"; {100 * scores['unknown']:.1f}% of the source words are unknown"
    click.echo(f"{text}.")


@command.command("predict")
@click.argument("run", type=FOLDER)
@click.argument("sentences", nargs=-1)
@click.option(
    "--width",
    default=3,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Width of the beam search; 1 is greedy.",
)
def predict(run, sentences, width):
    """Translate sentences, or the lines of the standard input.

    Give each of SENTENCES in quotes. Words that the translator does not know are named on stderr.

    \b
    Example: python -m cs231n translate predict runs/velian "the small cats see a bird"
    """
    lines = sentences or sys.stdin.read().splitlines()
    for text in known(_predict, run, lines, width):
        click.echo(text)


def _predict(run, lines, width):
    from cs231n.text.translating import TrainedTranslator

    trained = TrainedTranslator.load(run)
    sources = [tuple(line.split()) for line in lines if line.strip()]
    if not sources:
        raise ValueError("there is no sentence to translate; give one in quotes.")
    for source in sources:
        _unknown(trained, source)
    return [" ".join(words) for words in trained.translate(sources, width)]


def _unknown(trained, source):
    """Say on stderr which words are not known."""
    words = [word for word in source if word not in trained.source_words.word_to_idx]
    if words:
        click.echo(
            f"{len(words)} of {len(source)} words are unknown to the translator: "
            f"{', '.join(dict.fromkeys(words))}.",
            err=True,
        )


@command.command("figure")
@click.argument("run", type=FOLDER)
@click.argument("sentence")
@click.option(
    "--out", default="alignment.png", show_default=True, type=FILE, help="File of the picture."
)
def figure(run, sentence, out):
    """Draw the attention of the translator in RUN to a sentence.

    There is a row for each word of the translation, and a column for each word of SENTENCE.

    \b
    Example: python -m cs231n translate figure runs/velian "the small cats see a bird"
    """
    click.echo(known(_figure, run, sentence, out))


def _figure(run, sentence, out):
    import matplotlib.pyplot as plt

    from cs231n.language.translation_figures import plot_alignment
    from cs231n.text.translating import TrainedTranslator

    trained, source = TrainedTranslator.load(run), tuple(sentence.split())
    trained.require_attention()
    if not source:
        raise ValueError("the sentence has no words.")
    _unknown(trained, source)
    (words,) = trained.translate([source])
    ax = plot_alignment(trained.weights(source, words), source, [*words, SPECIAL[END]])
    out.parent.mkdir(parents=True, exist_ok=True)
    ax.figure.savefig(out, dpi=120)
    plt.close(ax.figure)
    return f"{' '.join(words)}\nWrote {out}."
