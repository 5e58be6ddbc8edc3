"""What a console can show: characters that it cannot become ASCII, and no table cuts a name."""

import codecs
import sys
import unicodedata

from rich.measure import Measurement

ERRORS = "cs231n.plain"  # the name of an error handler, as "replace" is one
PLAIN = {
    "✓": "+",
    "✗": "x",
    "½": "~",
    "⏱": "T",
    "▣": "M",
    "·": ".",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "→": "->",
    "←": "<-",
    "×": "x",
    "±": "+-",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "∂": "d",
}


def in_ascii(text):
    """A text in ASCII: marks and quotes by their like, letters without accents, "?" for the rest.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return "".join(map(_in_ascii, text))


def _in_ascii(character):
    if character.isascii():
        return character
    if unicodedata.combining(character):
        return ""
    parts = unicodedata.normalize("NFKD", character) if character.isalnum() else ""
    return PLAIN.get(character) or parts.encode("ascii", "ignore").decode() or "?"


def _replace(error):
    """The error handler: what an encoding does not have, in ASCII."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return in_ascii(error.object[error.start : error.end]), error.end


def _find_codec(name):
    """ASCII by another name: click takes the true one for a mistake, and writes UTF-8 instead."""
    if name != "cs231n_ascii":
        return None
    found = codecs.lookup("ascii")
    return codecs.CodecInfo(
        found.encode,
        found.decode,
        found.streamreader,
        found.streamwriter,
        found.incrementalencoder,
        found.incrementaldecoder,
        name,
    )


codecs.register_error(ERRORS, _replace)
codecs.register(_find_codec)


def prepare_streams():
    """Let stdout and stderr write what they can, and the rest in ASCII, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            plain = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="cs231n_ascii" if plain else None, errors=ERRORS)


def printable(text, stream=None):
    """A text that a stream can take: what its encoding does not have is in ASCII.

    Parameters
    ----------
    text : str
    stream : text file, optional
        By default stdout.

    Returns
    -------
    str
    """
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, ERRORS).decode(encoding)


def print_whole(console, *views):
    """Print the first of some tables that fits without breaking a word.

    Where none does, the last is printed wider than the console: there a terminal breaks lines, but
    what has to be typed still stands there whole.

    Parameters
    ----------
    console : rich.console.Console
    *views : rich.table.Table
        The same facts, from the most complete to the narrowest. Columns of names are `no_wrap`.
    """
    for view in views:
        least = least_width(console, view)
        if least <= console.width:
            break
    else:
        view.width = least
    console.print(view, crop=False)


def least_width(console, view):
    """The columns that a table needs so that no word and no cell of a `no_wrap` column is broken.

    Parameters
    ----------
    console : rich.console.Console
    view : rich.table.Table

    Returns
    -------
    int
    """
    unlimited = console.options.update(max_width=10_000)
    for column in view.columns:
        if column.no_wrap:
            cells = [column.header, *column.cells, column.footer]
            column.min_width = max(Measurement.get(console, unlimited, c).maximum for c in cells)
    return Measurement.get(console, unlimited, view).minimum
