"""Judge a captioner that was handed in as a file: what it says of unseen scenes, by their truth.

The kit that runs the check makes the model from its description, computes the features, writes the
sentences and judges them: in the grader nothing of the student's has a part in it but numbers.
"""

import functools
from collections import Counter

import numpy as np

from cs231n.checks.asserts import assert_that
from cs231n.checks.runner import PUBLIC_SEED, public_resource
from cs231n.drawn.scenes import load_caption_scenes

from .handed_in import load_network
from .handed_in_convnet import Arrays

REMEDY = "run the last cells of lstm_captioning"
FILE = "best_captioner.npz"
SCENES = 500  # two times in three the share measured is within 2.2 points of the true one


@public_resource
def scenes(count):
    """Scenes of the embedded kind that no notebook shows; a grader draws secret ones.

    Returns
    -------
    X : ndarray, shape (count, 64, 64, 3), uint8
    scenes : list of Scene
        What is on them.
    """
    drawn = load_caption_scenes(count, "test", seed=PUBLIC_SEED, progress=False)
    return drawn.X, drawn.scenes


def require_telling(student, scenes, percent):
    """Require that so many per cent of the sentences about unseen scenes tell them."""
    from cs231n.drawn.telling import MOST  # the student's copy may not import

    arrays = load_network(student, FILE, REMEDY, _require_readable)
    sentences, verdicts = _judged(Arrays(arrays), scenes)
    counts = Counter(verdicts)
    share = 100 * counts["tells"] / len(verdicts)
    others = ", ".join(f"{n} are {name}" for name, n in counts.items() if name != "tells")
    msg = f"{share:.1f} per cent of {len(verdicts)} sentences about unseen scenes tell them: not "
    msg += f"there yet. Of the others, {others}; as vague counts what is true of {MOST:.0%} or "
    msg += f"more of other scenes. Such as: {' '.join(sentences[0])!s:.80}."
    assert_that(share >= percent, msg, f"at least {percent:g} per cent", f"{share:.1f} per cent")


def _require_readable(arrays):
    """Raise ValueError unless the arrays are a captioner that is taken."""
    from cs231n.handin.captioner import read_captioner

    read_captioner(arrays)


@functools.lru_cache(maxsize=2)
def _drawn(scenes):
    """Features of unseen scenes, and what is there; once for all steps and submissions."""
    from cs231n.drawn.features import scene_features

    X, worlds = scenes(SCENES)
    return scene_features(X), worlds


@functools.lru_cache(maxsize=4)
def _judged(handed_in, scenes):
    """What the captioner writes, and a verdict for each sentence."""
    from cs231n.drawn.telling import verdicts
    from cs231n.handin.captioner import read_captioner, write_sentences

    features, worlds = _drawn(scenes)
    with np.errstate(all="ignore"):  # what overflows gives words, if wrong ones
        sentences = write_sentences(read_captioner(handed_in.arrays), features)
    return sentences, verdicts(sentences, worlds)
