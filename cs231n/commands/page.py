"""The command `page`."""

from pathlib import Path

import click

from cs231n.commands.support.errors import known


@click.group("page")
def command():
    """Make pages for the browser, which need no network."""


@command.command("activations")
@click.argument("model")
@click.argument("image")
@click.option(
    "--out",
    default="pages/activations",
    show_default=True,
    help="Folder that the page is written to.",
)
@click.option(
    "--maps",
    default=32,
    show_default=True,
    type=click.IntRange(2, 1000),
    help="Number of maps shown of a layer, at most.",
)
def activations(model, image, out, maps):
    """Show a picture's way through a network, layer by layer.

    MODEL is efficientnet-lite0, a network saved with LayeredNet.save, or weights of a VGG-16;
    IMAGE is a picture file, or one of scikit-image's by its name.

    \b
    Example: python -m cs231n page activations efficientnet-lite0 chelsea --out pages/chelsea
    """
    from cs231n.pages import activations as page  # takes a while to import; --help should not

    net = known(page.load_model, model)
    picture = known(page.load_picture, image, known(page.input_size, net))
    names = Path(model).name, Path(image).name
    try:
        path = known(page.write_activations_page, net, picture, out, *names, maps)
    except NotImplementedError as error:  # a layer of the network is not written yet
        raise click.ClickException(str(error)) from None
    click.echo(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB): open it in a browser.")
