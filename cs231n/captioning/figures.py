"""Pictures with their sentences below, in a grid: one figure, for all notebooks that caption."""

import textwrap
from math import ceil

import matplotlib.pyplot as plt

from cs231n.language.vocabulary import END, NULL, SPECIAL, START
from cs231n.vis_utils import GREEN, GREY, ORANGE

__all__ = ["show_captions"]

LEFT_OUT = {SPECIAL[number] for number in (NULL, START, END)}
LETTERS, MOST_LINES = 24, 4  # of what stands below a picture
LOOKS = {None: ("", "black", GREY), True: ("✓ ", GREEN, GREEN), False: ("✗ ", ORANGE, ORANGE)}


def show_captions(pictures, sentences, truths=None, columns=4):
    """Show pictures in a grid, each with its sentence below.

    Parameters
    ----------
    pictures : sequence of ndarray, shape (H, W, 3), uint8
        Their sizes may differ.
    sentences : sequence of str or of list of str
        What to write below each: a sentence, or a list of them, each with a dash before it.
        <START>, <END> and <NULL> are left out.
    truths : sequence of (bool or None), optional
        Whether each is true: green with a tick, or red with a cross; black where it is None.
    columns : int

    Returns
    -------
    list of Axes
        One for each picture.

    Raises
    ------
    ValueError
        If there are not as many sentences, or truths, as pictures, or no pictures at all.
    """
    N = len(pictures)
    truths = [None] * N if truths is None else [None if t is None else bool(t) for t in truths]
    if not 0 < N == len(sentences) == len(truths):
        raise ValueError(
            "show_captions: expected a sentence and a truth for each picture, and a picture at "
            f"least, but got {N} pictures, {len(sentences)} sentences and {len(truths)} truths."
        )
    texts = [_wrapped(said, LOOKS[truth][0]) for said, truth in zip(sentences, truths)]
    columns, lines = min(columns, N), max(text.count("\n") + 1 for text in texts)
    rows = ceil(N / columns)
    size = 2.1 * columns, rows * (2.2 + 0.155 * lines)
    grid = plt.figure(figsize=size, layout="constrained").subplots(rows, columns, squeeze=False)
    for ax in grid.flat[N:]:
        ax.set_axis_off()
    for ax, picture, said, text, truth in zip(grid.flat, pictures, sentences, texts, truths):
        _, colour, frame = LOOKS[truth]
        ax.imshow(picture)
        ax.set_anchor("N")
        ax.set(xticks=[], yticks=[])
        ax.set_xlabel(text, color=colour, fontsize=9, linespacing=1.15)
        if not isinstance(said, str):
            ax.xaxis.label.set_multialignment("left")
        ax.spines[:].set(color=frame, linewidth=1 if truth is None else 2)
    return list(grid.flat[:N])


def _wrapped(said, mark):
    """A sentence, or several, as lines for below a picture."""
    several, paragraphs = not isinstance(said, str), []
    for sentence in said if several else [said]:
        words = [word for word in sentence.split() if word not in LEFT_OUT]
        text = mark + "– " * several + (" ".join(words) or "(no words)")
        paragraphs.append(textwrap.fill(text, LETTERS, max_lines=MOST_LINES, placeholder=" …"))
    return "\n".join(paragraphs)
