"""The command `train`."""

from pathlib import Path

import click

from cs231n.commands.support.errors import known


@click.command("train")
@click.option(
    "--design", default="small-vgg", show_default=True, help="Network: small-vgg or lenet5."
)
@click.option(
    "--data", help="Set: cifar10, cifar10-jpeg or pictures10.  [default: CIFAR-10 if here]"
)
@click.option("--train-on", default=49000, show_default=True, help="Number of training pictures.")
@click.option("--epochs", default=4, show_default=True, help="Passes over the training pictures.")
@click.option("--batch-size", default=100, show_default=True, help="Pictures in a minibatch.")
@click.option(
    "--learning-rate", default=2e-3, show_default=True, help="Learning rate at the start."
)
@click.option("--seed", default=231, show_default=True, help="Random seed of the run.")
@click.option(
    "--out",
    default="runs/net",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder of the run.",
)
@click.option("--resume", is_flag=True, help="Go on with the run in --out.")
def command(design, data, train_on, epochs, batch_size, learning_rate, seed, out, resume):
    """Train a network on a whole set, save it, and test it.

    The test takes 10,000 pictures that it has not seen.

    \b
    Example: python -m cs231n train --data cifar10 --out runs/cifar10
    """
    from cs231n.classifiers import training  # takes a while to import, and --help should not

    recipe = training.Recipe(design, train_on, epochs, batch_size, learning_rate, seed=seed)
    run = known(training.train, recipe, data, out, resume)
    click.echo(f"{run['parameters']:,} parameters, trained for {run['seconds']:.0f} s.")
    click.echo(f"Best validation accuracy: {run['val_accuracy']:.1%}")
    where = f"10,000 test pictures of {run['pictures']}"
    click.echo(f"Accuracy on {where}: {run['test_accuracy']:.1%}")
    click.echo(f"Wrote {run['net']} and {run['curves']}.")
