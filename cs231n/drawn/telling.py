"""Whether sentences tell scenes apart: true of their own, and not of many others.

"a shape" is true of every scene, and says nothing. So a sentence that counts is true of its scene
and of fewer than one in ten of the others.
"""

from cs231n.drawn.truth import NotASentence, is_true, parse

__all__ = ["VERDICTS", "telling", "verdicts"]

VERDICTS = ("tells", "vague", "false", "ungrammatical")
OTHERS = 100  # scenes that a sentence is held against
MOST = 0.1  # of them, that it may be true of


def verdicts(sentences, scenes, others=OTHERS):
    """Judge one sentence for each scene.

    Parameters
    ----------
    sentences : list of (str or list of str)
    scenes : list of Scene
    others : int
        Hold a true sentence against the so many scenes that come next in the list, which goes on
        at its beginning; at most one fewer than there are.

    Returns
    -------
    list of str
        "tells" where it is true of its own scene and of fewer than a tenth of the others, "vague"
        where it is true of more, "false", or "ungrammatical".

    Raises
    ------
    ValueError
        If there are not as many sentences as scenes, or fewer than two.
    """
    N = len(scenes)
    if len(sentences) != N or N < 2:
        raise ValueError(
            f"verdicts: expected one sentence for each of {N} scenes (two scenes at least), but "
            f"got {len(sentences)}."
        )
    return [_verdict(sentence, scenes, at, others) for at, sentence in enumerate(sentences)]


def telling(sentences, scenes, others=OTHERS):
    """The share of sentences that tell their scene, from 0 to 1; see `verdicts`."""
    return verdicts(sentences, scenes, others).count("tells") / len(scenes)


def _verdict(sentence, scenes, at, others):
    try:
        meaning = parse(sentence)
    except NotASentence:
        return "ungrammatical"
    if not is_true(meaning, scenes[at]):
        return "false"
    N = len(scenes)
    next_ones = [scenes[(at + step) % N] for step in range(1, min(others, N - 1) + 1)]
    fits = sum(is_true(meaning, scene) for scene in next_ones)
    return "tells" if fits < MOST * len(next_ones) else "vague"
