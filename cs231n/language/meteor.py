"""METEOR-exact+stem: words of a sentence paired with a reference's, by themselves or by stem.

This is METEOR's older form with the first two of its stages. Published scores of captions are
METEOR 1.5's, which also pairs synonyms and paraphrases from tables, weighs words and parts of
speech otherwise (alpha 0.85, beta 0.2, gamma 0.6), and adds up over the set before it divides. The
same sentences get about twice as much here: never put the one beside the other.
"""

from itertools import pairwise

from cs231n.language.metrics import require_pairs
from cs231n.language.porter import stem

__all__ = ["meteor"]

ALPHA, BETA, GAMMA = 0.9, 3.0, 0.5  # nltk's, and those of Lavie and Agarwal before they were tuned


def meteor(candidates, references):
    """Compute METEOR-exact+stem: the mean over sentences of the best score over references.

    With m words paired, in c chunks that stand together and in one order in both sentences, and
    with precision P and recall R,

        (1 - 0.5 (c / m)^3) P R / (0.9 P + 0.1 R).

    Parameters
    ----------
    candidates : list of list of str
        In lower case, as `metrics.tokenize` makes them.
    references : list of list of list of str

    Returns
    -------
    float
        From 0 to 1; a sentence of m words that is its own reference has 1 - 0.5 / m^3.

    Raises
    ------
    ValueError
        If there is not one candidate and at least one reference for every picture.

    References
    ----------
    A. Lavie and A. Agarwal, "METEOR: an automatic metric for MT evaluation with high levels of
    correlation with human judgments", WMT 2007, section 2; pairs are chosen as in
    nltk.translate.meteor_score, the last words first.
    """
    require_pairs(candidates, references)
    best = (
        max(_score(words, other) for other in others)
        for words, others in zip(candidates, references)
    )
    return sum(best) / len(candidates)


def _score(words, other):
    """METEOR of one sentence by one reference."""
    pairs = _pairs(words, other)
    if not pairs:
        return 0.0
    chunks = 1 + sum(after != (place + 1, target + 1) for (place, target), after in pairwise(pairs))
    precision, recall = len(pairs) / len(words), len(pairs) / len(other)
    mean = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall)
    return (1 - GAMMA * (chunks / len(pairs)) ** BETA) * mean


def _pairs(words, other):
    """Places of paired words in both sentences, first by the words and then by their stems."""
    ours, theirs, found = dict(enumerate(words)), dict(enumerate(other)), []
    for key in (str, stem):
        free = {}  # places in the reference, the last of them to be taken first
        for target, word in theirs.items():
            free.setdefault(key(word), []).append(target)
        for place in sorted(ours, reverse=True):
            targets = free.get(key(ours[place]))
            if targets:
                found.append((place, targets.pop()))
        for place, target in found:
            ours.pop(place, None)
            theirs.pop(target, None)
    return sorted(found)
