"""Figures of language models and decoding: orders of n-grams, trees, words on bars, what they tell.

As in `vis_utils`, functions draw into `ax` if it is given, else into a new figure, and return Axes.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FormatStrFormatter, LogLocator, MaxNLocator, NullLocator

from cs231n.language.vocabulary import SPECIAL, START
from cs231n.vis_utils import BLUE, GREEN, GREY, ORANGE, axes_or_new

__all__ = ["plot_confidence", "plot_orders", "plot_tree", "show_word_logprobs"]

LIKELY = plt.get_cmap("RdYlBu")  # red: unlikely; blue: likely; also for the colour-blind
LOOKS = [(ORANGE, 5.0), (GREEN, 2.5)]  # of marked ways, the later ones on top


def plot_tree(tree, ways, ax=None):
    """Show a `word_models.WordTree`: words, chances on the lines, and those of whole sentences.

    Parameters
    ----------
    tree : WordTree
    ways : dict of str to str
        One or two ways to mark: a name, and the sentence, words with spaces between.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax, leaves, places = axes_or_new(ax, (7.5, 3.6)), [], {}
    _place(tree, "", leaves, places)
    for (name, sentence), (colour, width) in zip(ways.items(), LOOKS):
        words = sentence.split()
        line = [places[" ".join(words[:k])] for k in range(len(words) + 1)]
        ax.plot(*zip(*line), color=colour, linewidth=width, label=name, zorder=1)
    plain = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    for beginning, row in tree.chances.items():
        here = places[beginning]
        for word, chance in row.items():
            there = places[f"{beginning} {word}".strip()]
            ax.plot(*zip(here, there), color=GREY, linewidth=0.8, zorder=0)
            middle = np.mean([here, there], axis=0)
            ax.annotate(f"{chance:.2g}", middle, ha="center", va="center", fontsize=9, bbox=plain)
    box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": GREY}
    for beginning, place in places.items():
        word = beginning.split()[-1] if beginning else SPECIAL[START]
        ax.annotate(word, place, ha="center", va="center", fontsize=10, bbox=box)
    for sentence, chance in leaves:
        x, y = places[sentence]
        ax.annotate(f"{chance:.3g}", (x + 0.28, y), va="center", fontsize=10, weight="bold")
    ax.set(xlim=(-0.3, max(x for x, _ in places.values()) + 0.6))
    ax.set_axis_off()
    ax.legend(loc="upper left", frameon=False)
    return ax


def show_word_logprobs(pictures, words, logprobs, truths=None):
    """Show pictures, and below each the words of its sentence on bars as long as they are likely.

    Parameters
    ----------
    pictures : sequence of ndarray, shape (H, W, 3), uint8
    words : sequence of list of str
    logprobs : sequence of sequence of float
        For each word its log-probability; the bars show probabilities.
    truths : sequence of bool, optional
        Green or red frames around the pictures.

    Returns
    -------
    list of Axes
        Those of the words, one for each picture.

    Raises
    ------
    ValueError
        If there are not as many sentences as pictures, or log-probabilities as words.
    """
    counts = [len(pictures), len(words), len(logprobs)]
    if len(set(counts)) != 1 or [len(w) for w in words] != [len(p) for p in logprobs]:
        raise ValueError(
            "show_word_logprobs: expected a sentence for each picture and a log-probability for "
            f"each word, but got {counts[0]} pictures, {counts[1]} sentences and {counts[2]} lists "
            "of log-probabilities, or lists of other lengths."
        )
    N, longest = counts[0], max(len(w) for w in words)
    figure = plt.figure(figsize=(1.9 * N, 2.0 + 0.27 * longest), layout="constrained")
    heights = [1.9, 0.27 * longest]
    grid = figure.subplots(2, N, squeeze=False, gridspec_kw={"height_ratios": heights})
    for n, (top, ax) in enumerate(grid.T):
        colour = GREY if truths is None else GREEN if truths[n] else ORANGE
        top.imshow(pictures[n], interpolation="nearest")
        top.set(xticks=[], yticks=[])
        top.spines[:].set(color=colour, linewidth=1 if truths is None else 3)
        top.set_title(f"log p = {sum(logprobs[n]):.2f}", fontsize=10)
        _word_bars(ax, words[n], np.exp(logprobs[n]), longest)
    return list(grid[1])


def plot_confidence(logprobs, truths, ax=None):
    """Show how the log-probabilities of true sentences lie, and those of false ones.

    Parameters
    ----------
    logprobs : sequence of float
    truths : sequence of bool
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (6.5, 3.4))
    logprobs, truths = np.asarray(logprobs), np.asarray(truths, dtype=bool)
    bins = np.linspace(logprobs.min(), min(0.0, logprobs.max() + 0.1), 26)
    for name, chosen, colour in (("true", truths, BLUE), ("false", ~truths, ORANGE)):
        label = f"{name} ({chosen.sum()})"
        ax.hist(logprobs[chosen], bins, color=colour, alpha=0.55, label=label)
    ax.set(xlabel="log-probability of the sentence", ylabel="sentences")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def plot_orders(scores, lines, ylabel, ax=None):
    """Show how well n-gram models predict, by their order, beside models that have none.

    Parameters
    ----------
    scores : sequence of float
        Of the models of order 1, 2, ...
    lines : dict of str to float
        Name to the score of another model, three at most; each is a horizontal line.
    ylabel : str
        What the scores are; lower is better.
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    ax = axes_or_new(ax, (6.5, 3.6))
    orders = np.arange(1, len(scores) + 1)
    ax.plot(orders, scores, "-o", color=BLUE, label="n-grams")
    for (name, score), colour, style in zip(
        lines.items(), (ORANGE, GREEN, GREY), ("--", "-.", ":")
    ):
        ax.axhline(score, color=colour, linestyle=style, label=f"{name}: {score:.2f}")
    best = int(np.argmin(scores))
    below = {"xytext": (0, -15), "textcoords": "offset points", "ha": "center"}
    ax.annotate(f"{scores[best]:.2f}", (orders[best], scores[best]), color=BLUE, **below)
    lowest = min([*scores, *lines.values()])
    ax.set(xlabel="order n", ylabel=ylabel, xticks=orders, yscale="log", ylim=(0.8 * lowest, None))
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 4, 5, 7)))
    ax.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.grid(alpha=0.3)
    ax.legend()
    return ax


def _word_bars(ax, words, chances, longest):
    """Words below each other, on bars from 0 to 1."""
    rows = np.arange(len(words))
    ax.barh(
        rows,
        np.maximum(chances, 0.01),
        color=LIKELY(0.15 + 0.55 * np.round(5 * chances) / 5),
        height=0.9,
    )
    for row, word, chance in zip(rows, words, chances):
        ax.annotate(word, (0.03, row), va="center", fontsize=9)
        ax.annotate(f"{chance:.2f}", (1.2, row), va="center", ha="right", fontsize=8)
    ax.set(xlim=(0, 1.22), ylim=(longest - 0.4, -0.6), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _place(tree, beginning, leaves, places, chance=1.0):
    """Find a place for a beginning and all that follow it: one level a word, one line a leaf."""
    depth = len(beginning.split())
    row = tree.chances.get(beginning)
    if row is None:
        places[beginning] = depth, -float(len(leaves))
        leaves.append((beginning, chance))
        return
    following = [f"{beginning} {word}".strip() for word in row]
    for sentence, share in zip(following, row.values()):
        _place(tree, sentence, leaves, places, chance * share)
    places[beginning] = depth, float(np.mean([places[sentence][1] for sentence in following]))
