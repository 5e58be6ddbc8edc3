"""The commands `vectors ...`: word vectors from sentences, and what they know."""

import time
from pathlib import Path

import click

from cs231n.commands.support.errors import known

FILE = click.Path(path_type=Path, dir_okay=False)
SKIPPED = 3  # letters that a word on the map has at least, unless all are short


@click.group("vectors")
def command():
    """Train word vectors, ask for neighbours, draw maps.

    A FILE of word vectors is one of word2vec (text or binary) or GloVe.
    """


@command.command("train")
@click.argument("data", default="scenes")
@click.option(
    "--out",
    default="runs/words.bin",
    show_default=True,
    type=FILE,
    help="Where they are written: .bin (word2vec, binary), .vec (word2vec, text) or .txt (GloVe).",
)
@click.option("--size", default=100, show_default=True, help="Numbers in a vector.")
@click.option("--window", default=3, show_default=True, help="Words on either side of a word.")
@click.option("--negatives", default=5, show_default=True, help="Negatives for each pair.")
@click.option("--epochs", default=8, show_default=True, help="Number of epochs.")
@click.option(
    "--at-least", default=5, show_default=True, help="How often a word must occur to be learnt."
)
@click.option(
    "--learning-rate", default=0.05, show_default=True, help="Learning rate at the start."
)
@click.option("--seed", default=231, show_default=True, help="Random seed of the run.")
def train(data, out, **options):
    """Train word vectors on the sentences of DATA.

    DATA is "scenes" (the embedded ones), a set of sentences (everyday-sentences), "docstrings"
    (Python's own), sentences about pictures, or a text. A tenth of it is held out, as in `language
    train`.

    \b
    Example: python -m cs231n vectors train everyday-sentences --out runs/words.bin
    """
    known(_train, data, out, options)


def _train(data, out, options):
    from cs231n.files.vector_files import require_ending
    from cs231n.text import skipgram
    from cs231n.text.sentences import read_sentences
    from cs231n.text.word_space import WordSpace

    settings = skipgram.Settings(**options)
    require_ending(out)
    start = time.monotonic()
    sentences = read_sentences(data)
    model = skipgram.SkipGram(sentences, settings)
    click.echo(
        f"{len(sentences):,} sentences, {len(model.words):,} words, {len(model.centres):,} pairs.",
        err=True,
    )
    losses = model.train()
    WordSpace(model.words, model.V_in).save(out)
    click.echo(
        f"{len(model.words):,} words, loss {losses[0]:.3f} in the first epoch, {losses[-1]:.3f} in "
        f"the last, {time.monotonic() - start:.0f} s."
    )
    click.echo(f"Wrote {out}.")


@command.command("nearest")
@click.argument("file", type=FILE)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "-k", default=10, show_default=True, type=click.IntRange(1), help="How many words to print."
)
@click.option(
    "--analogy",
    is_flag=True,
    help="Print what is to the third of WORDS as the second to the first.",
)
def nearest(file, words, k, analogy):
    """Print the words nearest to WORDS, and their cosines.

    Several words are taken together, unless they are three of an analogy.

    \b
    Example: python -m cs231n vectors nearest runs/words.bin man men dog --analogy
    """
    for word, cosine in known(_nearest, file, words, k, analogy):
        click.echo(f"{cosine:.3f}  {word}")


def _nearest(file, words, k, analogy):
    from cs231n.text.word_space import WordSpace

    if analogy and len(words) != 3:
        raise ValueError(f"an analogy has three words, A B C, but {len(words)} were given.")
    space = WordSpace.load(file)
    return space.analogy(*words, k) if analogy else space.neighbours(words, k)


@command.command("map")
@click.argument("file", type=FILE)
@click.option(
    "--out",
    default="runs/words.png",
    show_default=True,
    type=FILE,
    help="Where the picture is written.",
)
@click.option(
    "--words",
    default=300,
    show_default=True,
    type=click.IntRange(5, 2000),
    help="How many words to show.",
)
@click.option(
    "--groups",
    default=14,
    show_default=True,
    type=click.IntRange(1, 30),
    help="How many groups to colour.",
)
@click.option(
    "--layout",
    default="tsne",
    show_default=True,
    type=click.Choice(["tsne", "pca"]),
    help="Neighbours kept (t-SNE), or two principal components.",
)
@click.option("--seed", default=231, show_default=True, help="Random seed of the groups.")
def draw(file, out, words, groups, layout, seed):
    """Draw the words of FILE on a map, like ones near each other.

    It takes the first words, mostly the commonest, and colours groups of like ones.

    \b
    Example: python -m cs231n vectors map runs/words.bin --out runs/words.png
    """
    shown, found = known(_draw, file, out, words, groups, layout, seed)
    for name, members in found.items():
        click.echo(f"{name}: {len(members)} words")
    click.echo(f"Wrote {out}: {shown} words.")


def _draw(file, out, words, groups, layout, seed):
    import matplotlib.pyplot as plt

    from cs231n.language.word_figures import plot_word_map
    from cs231n.text.word_space import WordSpace

    space = WordSpace.load(file)
    long = [word for word in space.words if len(word) >= SKIPPED]
    shown = (long or space.words)[:words]
    found = space.groups(shown, groups, seed)
    ax = plot_word_map(shown, space.map_of(shown, layout), found)
    out.parent.mkdir(parents=True, exist_ok=True)
    ax.figure.savefig(out, dpi=120)
    plt.close(ax.figure)
    return len(shown), found
