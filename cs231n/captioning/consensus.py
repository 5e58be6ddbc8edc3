"""Choose among sentences by asking the neighbours: pictures that look alike, described by people.

A model proposes its likeliest sentences about a picture. How well each would do is predicted from
how well it would do for the training pictures, whose sentences are known: a mean over pictures that
look like this one, in which likelier ones weigh more. The mean log-probability of a word is added.

The weights are those of kernel ridge regression, k (K + ridge I)^-1 with kernels
exp((cosine - 1) / width): of ten pictures that are nearly the same, each counts a tenth, so that
crowds of neighbours do not outvote the right ones.

References
----------
J. Devlin et al., "Exploring nearest neighbor approaches for image captioning", 2015 (consensus);
C. Rasmussen and C. Williams, Gaussian Processes for Machine Learning, 2006, section 2.6 (weights).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cs231n.language import decoding
from cs231n.language.likeness import Likeness
from cs231n.language.vocabulary import END, START

__all__ = ["Memory", "by_consensus", "unit"]

NEIGHBOURS = 400  # pictures that are asked
KERNEL_WIDTH, RIDGE = 0.7, 0.1
PROPOSALS = 20  # sentences among which one is chosen
TRUST = 0.5  # in the model: points of CIDEr-D for one nat more a word


@dataclass(frozen=True)
class Memory:
    """Pictures whose sentences are known.

    Attributes
    ----------
    features : ndarray, shape (M, D), float16
        Standardised, as the models get them.
    sentences : list of list of list of str
        For each picture any number of sentences, cut into words.
    kinds : ndarray, shape (M,), int
        Which kind of place each shows; -1 for unknown.
    """

    features: np.ndarray
    sentences: list
    kinds: np.ndarray

    @classmethod
    def of(cls, data, features):
        """Remember a `CaptionSet` with these standardised features (M, D)."""
        return cls(features.astype(np.float16), list(data.sentences), data.kinds)

    def tree(self):
        """What `checkpoint.save_tree` writes; Memory(**tree) makes it again."""
        return {"features": self.features, "sentences": self.sentences, "kinds": self.kinds}

    @cached_property
    def likeness(self):
        """Compares any sentence with those of all pictures."""
        return Likeness(self.sentences)

    @cached_property
    def _units(self):
        return unit(self.features.astype(np.float32))

    def nearest(self, features, count):
        """Find the pictures most like one.

        Parameters
        ----------
        features : ndarray, shape (D,)
        count : int

        Returns
        -------
        rows : ndarray of int
            The most like one first; all, if there are fewer than count.
        cosines : ndarray
        """
        cosines = self._units @ unit(np.asarray(features, dtype=np.float32))
        rows = np.argsort(-cosines, kind="stable")[:count]
        return rows, cosines[rows]

    def weights(self, features):
        """How much each picture says about one.

        Parameters
        ----------
        features : ndarray, shape (D,)

        Returns
        -------
        ndarray, shape (M,)
            They can be negative, and add up to about 1; most are 0.
        """
        rows, cosines = self.nearest(features, NEIGHBOURS)
        units = self._units[rows].astype(np.float64)
        among = np.exp((units @ units.T - 1) / KERNEL_WIDTH) + RIDGE * np.eye(len(rows))
        weights = np.zeros(len(self._units))
        weights[rows] = np.linalg.solve(among, np.exp((cosines - 1.0) / KERNEL_WIDTH))
        return weights

    def expected(self, features, sentences):
        """Predict the CIDEr-D of sentences about a picture.

        Parameters
        ----------
        features : ndarray, shape (D,)
        sentences : list of list of str

        Returns
        -------
        ndarray, shape (len(sentences),)
        """
        each = np.zeros(len(self.likeness.known))
        for weight, rows in zip(self.weights(features), self.likeness.rows):
            if weight and len(rows):
                np.add.at(each, rows, weight / len(rows))
        return np.array([self.likeness(words) @ each for words in sentences])


def by_consensus(captioner, features, best=1, max_length=30):
    """Write sentences about one picture; see `Captioner.describe`."""
    count = max(PROPOSALS, best)
    proposals = decoding.beam_search(captioner, features, START, END, count, max_length, 1.0)
    words = [captioner.words(sentence).split() for sentence in proposals]
    seen = captioner.normalised(np.asarray(features)[None])[0]
    scores = captioner.memory.expected(seen, words)
    scores += TRUST * np.array([sentence.rank(1.0) for sentence in proposals])
    return [proposals[i] for i in np.argsort(-scores, kind="stable")[:best]]


def unit(rows):
    """Divide rows by their lengths; zeros stay."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)
