"""Train word vectors on sentences: skip-gram with negative sampling, in minibatches.

What a step does is what students write in `language/word_vectors.py`.
"""

import sys
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from cs231n.language.vocabulary import SPECIAL, Vocabulary
from cs231n.language.word_vectors import (
    batch_loss,
    context_pairs,
    draw_negatives,
    keep_probabilities,
    noise_distribution,
)

__all__ = ["Settings", "SkipGram", "count_pairs", "expected_scores"]

LARGEST_BATCH = 2048
PAIRS_A_WORD = 8  # in a batch: more, and steps for common words would be too long
LONGEST_STEP = 0.5  # of a vector: one that is in hundreds of pairs of a batch would go too far
SLOWEST = 0.01  # share of the learning rate that is left at the end


@dataclass(frozen=True)
class Settings:
    """What training depends on, beside its sentences.

    Raises
    ------
    ValueError
        If a number is too small.
    """

    size: int = 100
    window: int = 3
    negatives: int = 5
    epochs: int = 8
    at_least: int = 5
    threshold: float = 1e-3
    learning_rate: float = 0.05
    seed: int = 231

    def __post_init__(self):
        for name in ("size", "window", "negatives", "epochs", "at_least"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, but should be 1 or more.")
        for name in ("threshold", "learning_rate"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is {getattr(self, name)}, but should be above 0.")


class SkipGram:
    """Words, their pairs, and two tables of vectors that learn from them.

    The pairs of all sentences are made once. In each epoch a pair stays if both of its words do, so
    that frequent words are thinned out; those that stay come in a new order.

    Parameters
    ----------
    sentences : list of list of str
    settings : Settings

    Attributes
    ----------
    words : list of str
        Those that come often enough, the commonest first.
    counts : ndarray, shape (V,), int64
    centres, contexts : ndarray, shape (P,), int32
        The pairs of all sentences; words that are too rare are left out before.
    V_in, V_out : ndarray, shape (V, D), float32
        The vectors of words as centres, which are what one keeps, and as contexts.
    losses : list of float
        The mean loss of each step.

    Raises
    ------
    ValueError
        If no word comes often enough, only one does, or no two stand together.
    """

    def __init__(self, sentences, settings):
        self.settings, self.losses = settings, []
        self.rng = np.random.default_rng(settings.seed)
        self.words = Vocabulary.count(sentences, settings.at_least).idx_to_word[len(SPECIAL) :]
        numbers = numbers_of(sentences, self.words)
        self.counts = np.bincount(np.concatenate(numbers), minlength=len(self.words))
        pairs = [context_pairs(words, settings.window) for words in numbers]
        self.centres, self.contexts = (
            np.concatenate(part).astype(np.int32) for part in zip(*pairs)
        )
        if len(self.words) < 2 or not len(self.centres):
            raise ValueError(
                f"skip-gram needs words that stand beside others, but of {len(sentences)} "
                f"sentences, words that come {settings.at_least} times or more make "
                f"{len(self.centres)} pairs of {len(self.words)} words; give more text."
            )
        shape = len(self.words), settings.size
        self.V_in = (self.rng.uniform(-0.5, 0.5, size=shape) / settings.size).astype(np.float32)
        self.V_out = np.zeros(shape, dtype=np.float32)

    def train(self, progress=True):
        """Go through the pairs `epochs` times, with steps that get shorter and shorter.

        Parameters
        ----------
        progress : bool
            Whether to show a bar on stderr.

        Returns
        -------
        list of float
            The mean loss of each epoch.
        """
        settings, means = self.settings, []
        keep = keep_probabilities(self.counts, settings.threshold)
        stays = keep[self.centres] * keep[self.contexts]
        noise = noise_distribution(self.counts)
        bar = tqdm(range(settings.epochs), "epochs", disable=not progress, file=sys.stderr)
        for epoch in bar:
            kept = np.flatnonzero(self.rng.random(len(stays)) < stays)
            kept, before = self.rng.permutation(kept), len(self.losses)
            size = min(LARGEST_BATCH, PAIRS_A_WORD * len(self.words))
            for start in range(0, len(kept), size):
                done = (epoch + start / len(kept)) / settings.epochs
                rate = settings.learning_rate * max(SLOWEST, 1 - done)
                self._step(kept[start : start + size], noise, rate)
            means.append(float(np.mean(self.losses[before:])) if len(kept) else float("nan"))
            bar.set_postfix(loss=f"{means[-1]:.3f}")
        return means

    def _step(self, pairs, noise, rate):
        """Draw negatives, and move all vectors of the batch against their derivatives."""
        centres, contexts = self.centres[pairs], self.contexts[pairs]
        negatives = draw_negatives(noise, contexts, self.settings.negatives, self.rng)
        loss, dV_in, dV_out = batch_loss(self.V_in, self.V_out, centres, contexts, negatives)
        for table, derivative in ((self.V_in, dV_in), (self.V_out, dV_out)):
            step = np.float32(rate * len(pairs)) * derivative  # as if the pairs came one by one
            lengths = np.sqrt(np.einsum("vd,vd->v", step, step))
            table -= step / np.maximum(1, lengths / np.float32(LONGEST_STEP))[:, None]
        self.losses.append(loss)


def numbers_of(sentences, words):
    """Sentences as arrays of numbers of words; words that are not among them are left out."""
    number = {word: i for i, word in enumerate(words)}
    return [
        np.array([number[word] for word in sentence if word in number], dtype=np.int64)
        for sentence in sentences
    ]


def count_pairs(sentences, words, window):
    """Count how often each word has each other one in its window.

    Parameters
    ----------
    sentences : list of list of str
    words : list of str
    window : int

    Returns
    -------
    ndarray, shape (V, V), int64
    """
    table = np.zeros((len(words), len(words)), dtype=np.int64)
    for numbers in numbers_of(sentences, words):
        np.add.at(table, context_pairs(numbers, window), 1)
    return table


def expected_scores(model, sentences, at_least=200):
    """Compute the scores that trained vectors would have if they had room for anything.

        v . u = log(p(w, c) / (p(w) K q(c)))

    where p is over the pairs that stay and q is the noise.

    Parameters
    ----------
    model : SkipGram
    sentences : list of list of str
        Those it was trained on.
    at_least : int
        How often a pair has to come; scores of rare ones are left to chance.

    Returns
    -------
    expected, learned : ndarray, shape (n,)
        For each such pair of a word and a context, that number and v . u.

    References
    ----------
    O. Levy, Y. Goldberg: Neural word embedding as implicit matrix factorization, 2014, equation 7.
    """
    pairs = count_pairs(sentences, model.words, model.settings.window)
    keep = keep_probabilities(model.counts, model.settings.threshold)
    stays, noise = pairs * keep[:, None] * keep, noise_distribution(model.counts)
    often = pairs >= at_least
    chance = stays.sum(axis=1, keepdims=True) * model.settings.negatives * noise
    return np.log(stays[often] / chance[often]), (model.V_in @ model.V_out.T)[often]
