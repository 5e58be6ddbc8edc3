"""Choose among sentences by asking the neighbours: pictures that look alike, described by people.

A model's likeliest sentences are compared (as CIDEr-D compares) with the sentences of the training
pictures nearest to the picture, and the one most like them all wins.

References
----------
J. Devlin et al., "Exploring nearest neighbor approaches for image captioning", 2015.
"""

from dataclasses import asdict, dataclass

import numpy as np

from cs231n import decoding
from cs231n.caption_vocabulary import END, START

__all__ = ["Memory", "by_consensus"]


@dataclass(frozen=True)
class Memory:
    """Pictures whose sentences are known.

    Attributes
    ----------
    features : ndarray, shape (M, D), float16
    sentences : list of list of list of str
        For each picture any number of sentences, cut into words.
    """

    features: np.ndarray
    sentences: list

    def tree(self):
        """What `checkpoint.save_tree` writes; Memory(**tree) makes it again."""
        return asdict(self)


def by_consensus(captioner, features, best=1, max_length=30):
    """Write sentences about one picture; see `Captioner.describe`."""
    return decoding.beam_search(captioner, features, START, END, 5, max_length, 1.0, best)
