"""Train a model of pictures and sentences, until it finds no more on the validation pictures."""

import time
from dataclasses import dataclass

import numpy as np

from cs231n import optim
from cs231n.matching.losses import margin_loss
from cs231n.matching.retrieval import best_ranks, owned_by, recall_summary

__all__ = ["Pairs", "Trainer", "batches", "recalls_of"]


@dataclass(frozen=True)
class Pairs:
    """Pictures with their sentences, as numbers.

    Attributes
    ----------
    regions : ndarray, shape (N, R, D), float32
    region_mask : ndarray, shape (N, R), bool
    words : ndarray, shape (M, T), int64
    lengths : ndarray, shape (M,), int64
    owners : ndarray, shape (M,), int64
        The picture of each sentence; those of a picture follow each other.
    """

    regions: np.ndarray
    region_mask: np.ndarray
    words: np.ndarray
    lengths: np.ndarray
    owners: np.ndarray

    @property
    def right(self):
        """Which sentences belong to which pictures, (N, M)."""
        return owned_by(self.owners, len(self.regions))

    def sentences(self, rows):
        """Words and lengths of some sentences, without columns that are empty for all of them."""
        lengths = self.lengths[rows]
        return self.words[rows, : max(1, lengths.max(initial=0))], lengths


class Trainer:
    """Adam on the margin loss, keeping the parameters of the best epoch.

    Parameters
    ----------
    model : MatchingModel
    train, val : Pairs
    seed : int
        Of the order of batches.
    report : callable, optional
        Is called with a line of text after each epoch.

    Attributes
    ----------
    losses : list of float
        Of each step, for a picture.
    history : list of float
        After each epoch, the sum of the six recalls of the validation pictures ("rsum").
    best : float
        The largest of them.
    """

    def __init__(self, model, train, val, seed=0, report=None):
        self.model, self.train_pairs, self.val_pairs = model, train, val
        self.rng, self.report = np.random.default_rng(seed), report or (lambda line: None)
        self.losses, self.history, self.best = [], [], -1.0
        self._configs = {name: {} for name in model.params}
        self._texts = _numbers_of_texts(train)

    def train(self):
        """Train until the last epoch, or until patience ends; the model is the best one then."""
        settings, start, best = self.model.settings, time.monotonic(), dict(self.model.params)
        for epoch in range(settings.epochs):
            rate = settings.learning_rate * settings.lr_decay**epoch
            for pictures, sentences in batches(self.train_pairs, settings.batch_size, self.rng):
                self._step(pictures, sentences, rate)
            self.history.append(sum(recalls_of(self.model, self.val_pairs)))
            if self.history[-1] > self.best:
                self.best, best = self.history[-1], dict(self.model.params)
            self.report(
                f"epoch {epoch + 1}: loss {np.mean(self.losses[-20:]):.3f}, rsum "
                f"{self.history[-1]:.1f}, {time.monotonic() - start:.0f} s"
            )
            if epoch - int(np.argmax(self.history)) >= settings.patience:
                break
        self.model.params = best

    def _step(self, pictures, sentences, rate):
        """Learn from pictures and a sentence of each."""
        pairs, model, settings = self.train_pairs, self.model, self.model.settings
        words, lengths = pairs.sentences(sentences)
        regions, mask = pairs.regions[pictures], pairs.region_mask[pictures]
        scores, cache = model.forward(regions, mask, words, lengths, train=True)
        texts = self._texts[sentences]
        same = texts[:, None] == texts
        loss, dscores = margin_loss(scores, settings.margin, settings.hardest, same)
        grads = model.backward(dscores / np.float32(len(scores)), cache)
        self.losses.append(loss / len(scores))
        for name, gradient in grads.items():
            config = self._configs[name] | {"learning_rate": rate}
            model.params[name], self._configs[name] = optim.adam(
                model.params[name], gradient, config
            )


def batches(pairs, size, rng):
    """Go through all sentences once, in batches that have no picture twice.

    Yields
    ------
    pictures, sentences : ndarray of int
        Their numbers, one sentence for each picture.
    """
    N = len(pairs.regions)
    of_picture = np.split(np.arange(len(pairs.owners)), np.searchsorted(pairs.owners, range(1, N)))
    shuffled = [rng.permutation(rows) for rows in of_picture]
    for turn in range(max(map(len, shuffled))):
        pictures = rng.permutation([n for n in range(N) if len(shuffled[n]) > turn])
        for low in range(0, len(pictures), size):
            chosen = pictures[low : low + size]
            if len(chosen) > 1 or N == 1:
                yield chosen, np.array([shuffled[n][turn] for n in chosen])


def recalls_of(model, pairs):
    """Recall at 1, 5 and 10 of pictures that look for sentences, then of the other direction."""
    scores = model.scores(pairs.regions, pairs.region_mask, pairs.words, pairs.lengths)
    right = pairs.right
    found = [recall_summary(best_ranks(scores, right))[0]]
    found.append(recall_summary(best_ranks(scores.T, right.T))[0])
    return np.concatenate(found)


def _numbers_of_texts(pairs):
    """A number for each sentence, the same for the same words."""
    known = {}
    return np.array([known.setdefault(row.tobytes(), len(known)) for row in pairs.words])
