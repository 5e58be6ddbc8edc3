"""How the command lines report what can be foreseen to go wrong: in one line."""

import click


def known(function, *args):
    """Call it; a foreseeable error becomes one line on stderr and exit code 1."""
    try:
        return function(*args)
    except (LookupError, ValueError, OSError, NotImplementedError) as error:
        text = error.args[0] if isinstance(error, LookupError) and error.args else error
        raise click.ClickException(str(text)) from None
