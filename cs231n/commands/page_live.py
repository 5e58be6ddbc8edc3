"""The command `page live`."""

import dataclasses
import functools
from pathlib import Path

import click

from cs231n.commands.page import command
from cs231n.commands.support.errors import known

__all__ = ["command"]


@command.command("live")
@click.argument("model")
@click.option(
    "--out", default="pages/live", show_default=True, help="Folder that the page is written to."
)
@click.option("--name", help="What the page calls the model; by default as its file.")
@click.option(
    "--weights",
    type=click.Choice(("float32", "float16", "uint8")),
    default="float32",
    show_default=True,
    help="How the weights travel: four bytes, two, or one.",
)
@click.option("--fold", is_flag=True, help="Fold batch normalisations into the layers before them.")
@click.option(
    "--data",
    default="pictures10",
    show_default=True,
    help="Pictures to look at and train on: pictures10, cifar10 or cifar10-jpeg.",
)
@click.option(
    "--channels-first",
    is_flag=True,
    help="The network took pictures flattened with channels first; only files of W1, b1, ... ask.",
)
@click.option(
    "--mean",
    type=click.Path(exists=True, dir_okay=False),
    help="File (.npy) of what was subtracted from the pixels; only files of W1, b1, ... ask.",
)
@click.option("--std", default=1.0, help="What the difference was divided by; likewise.")
@click.option(
    "--beginning", default="The ", help="Beginning of the text that a model of characters writes."
)
def live(model, out, name, weights, fold, data, channels_first, mean, std, beginning):
    """Write a page in which a network runs, and a small one trains.

    MODEL is a file of a network for pictures: of LayeredNet.save, of another network's save, of a
    solver's checkpoint, or one to be handed in. Or it is a model of characters.

    \b
    Example: python -m cs231n page live hand_in/best_convnet.npz --out pages/live
    """
    from cs231n.pages.live.files import load_page_pictures, read_live_model
    from cs231n.pages.live.models import PictureModel, folded
    from cs231n.pages.live.writing import write_live_page

    options = {"order": "chw" if channels_first else "hwc", "std": std}
    if mean:
        options["mean"] = known(_read_mean, mean)
    shown = known(functools.partial(read_live_model, **options), model)
    shown = dataclasses.replace(shown, name=name or Path(model).stem)
    pictures = None
    if isinstance(shown, PictureModel):
        shown = known(folded, shown) if fold else shown
        pictures = known(load_page_pictures, data)
    path = known(write_live_page, shown, out, pictures, weights, beginning)
    click.echo(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB): open it in a browser.")


def _read_mean(path):
    """The array of a .npy file; ValueError if it is something else."""
    import numpy as np

    try:
        return np.load(path, allow_pickle=False).astype(np.float64)
    except (ValueError, EOFError, AttributeError) as error:
        raise ValueError(f"{path} is not an .npy file of numbers ({error}).") from None
