"""The commands `python -m cs231n caption ...`: from pictures to sentences about them."""

import importlib.util
from pathlib import Path

import click

from cs231n.command_errors import known

SHOWING = "cs231n.caption_show_command"  # the commands predict and page


@click.group("caption")
def command():
    """Write sentences about pictures: features, train, evaluate, predict, page.

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

    from cs231n import caption_features, caption_sets

    if data == caption_sets.SCENES:
        raise ValueError(
            "features of the embedded scenes are computed when they are needed; name "
            "a folder, a file, or ucm-captions."
        )
    pictures, _ = caption_sets.read_pictures(data)
    found = caption_features.features_of_files([row.path for row in pictures])
    for path, reason in found.problems:
        click.echo(f"left out: {path} {reason}", err=True)
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


if importlib.util.find_spec(SHOWING):
    _showing = importlib.import_module(SHOWING)
    command.add_command(_showing.predict)
    command.add_command(_showing.page)
