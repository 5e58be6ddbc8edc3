"""Sentences to learn word vectors from: lists of words of any corpus, those of scenes quickly."""

import itertools

from cs231n.data import downloads
from cs231n.drawn import sentences as scene_sentences
from cs231n.drawn import worlds
from cs231n.drawn.scenes import SEED, SIZES
from cs231n.text.corpora import SCENES, load_corpus

__all__ = ["EVERYDAY", "everyday_is_here", "read_sentences"]

EVERYDAY = "everyday-sentences"


def read_sentences(data, limit=None):
    """Read the sentences of a corpus that language models train on, too; none of those held out.

    Parameters
    ----------
    data : str or Path
        As of `load_corpus`.
    limit : int, optional
        How many to take at most.

    Returns
    -------
    list of list of str
        In lower case, without punctuation. Those of "scenes" are made without drawing these.

    Raises
    ------
    FileNotFoundError, LookupError, ValueError
        As of `load_corpus`.
    """
    if str(data) == SCENES:
        return list(itertools.islice(_of_scenes(), limit))
    return load_corpus(data, "words").train[:limit]


def everyday_is_here():
    """Whether the everyday sentences are in the cache or a mirror folder."""
    return downloads.prepare_from_mirror((EVERYDAY,)) is not None


def _of_scenes():
    """Sentences of the training scenes, one after the other."""
    for i in range(SIZES["train"]):
        scene = worlds.sample_scene(SEED, "train", i)
        for sentence in scene_sentences.describe(scene, SEED):
            yield list(sentence.words)
