"""How good sentences about pictures are, counted: BLEU, ROUGE-L, CIDEr-D.

All take `candidates`, one sentence for each picture, and `references`, for each picture a list of
any number of sentences (one at least); a sentence is a list of words (see `tokenize`). Numbers of
another tokenisation, another set of pictures or another definition cannot be compared.
"""

import re

from cs231n.language.likeness import LONGEST, NgramWeights, length_penalty
from cs231n.language.sentence_scores import brevity_penalty, clipped_matches, longest_common

__all__ = ["bleu", "cider_d", "cider_d_each", "rouge_l", "tokenize"]

BETA = 1.2  # ROUGE-L counts recall so much more than precision
DROPPED = re.compile(r"''|``|--|\.\.\.|[.?!,:;'`()\[\]{}\-]")


def tokenize(sentence):
    """Cut a sentence into words: lower case, punctuation dropped, split at spaces.

    Parameters
    ----------
    sentence : str

    Returns
    -------
    list of str
    """
    return DROPPED.sub(" ", sentence.lower()).split()


def bleu(candidates, references):
    """Compute BLEU-1 to BLEU-4 of a whole set of sentences.

    BLEU-n = BP (p_1 ... p_n)^(1/n), where p_k is the share of the candidates' k-grams that stand in
    a reference, each counted at most as often as in the reference that has most of it; and
    BP = min(1, exp(1 - r / c)) with c words in all candidates and r in the references that come
    closest in length (of two equally close ones the shorter).

    Parameters
    ----------
    candidates : list of list of str
    references : list of list of list of str

    Returns
    -------
    list of float
        Four numbers from 0 to 1.

    Raises
    ------
    ValueError
        If there is not one candidate and at least one reference for every picture.

    References
    ----------
    K. Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002.
    """
    require_pairs(candidates, references)
    penalty, scores, product = brevity_penalty(candidates, references), [], 1.0
    for n in range(1, LONGEST + 1):
        counts = [clipped_matches(*pair, n) for pair in zip(candidates, references)]
        right, total = map(sum, zip(*counts))
        product *= right / max(1, total)
        scores.append(penalty * product ** (1 / n))
    return scores


def rouge_l(candidates, references):
    """Compute the mean ROUGE-L, by longest common subsequences.

    F = (1 + b^2) P R / (R + b^2 P) with b = 1.2, where P and R are the largest precision and the
    largest recall over the references, which may come from two of them, as in COCO's evaluation.

    Parameters
    ----------
    candidates : list of list of str
    references : list of list of list of str

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If there is not one candidate and at least one reference for every picture.

    References
    ----------
    C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", 2004.
    """
    require_pairs(candidates, references)
    total = 0.0
    for words, others in zip(candidates, references):
        common = [longest_common(words, other) for other in others]
        precision = max(common) / max(1, len(words))
        recall = max(c / max(1, len(other)) for c, other in zip(common, others))
        if precision and recall:
            total += (1 + BETA**2) * precision * recall / (recall + BETA**2 * precision)
    return total / len(candidates)


def cider_d(candidates, references):
    """Compute CIDEr-D, the mean of `cider_d_each`."""
    scores = cider_d_each(candidates, references)
    return sum(scores) / len(scores)


def cider_d_each(candidates, references):
    """Compute CIDEr-D of every candidate: how like its references it is, in rare n-grams.

    With g(s)[w] = count(w) (log N - log max(1, d(w))), where d(w) of the N pictures have the n-gram
    w in a reference, a reference r gives a candidate s

        sum_w min(g(s)[w], g(r)[w]) g(r)[w] / (|g(s)| |g(r)|) exp(-(l_s - l_r)^2 / (2 6^2)),

    lengths l in bigrams. The mean over references and over n = 1, ..., 4, times 10, is the score,
    from 0 to 10. N-grams that every picture has count nothing; so one picture alone scores 0.

    Parameters
    ----------
    candidates : list of list of str
    references : list of list of list of str

    Returns
    -------
    list of float

    Raises
    ------
    ValueError
        If there is not one candidate and at least one reference for every picture.

    References
    ----------
    R. Vedantam et al., "CIDEr: consensus-based image description evaluation", CVPR 2015, section 3
    and the supplement's CIDEr-D; the lengths in bigrams are those of COCO's evaluation.
    """
    require_pairs(candidates, references)
    weigh = NgramWeights(references)
    scores = []
    for words, others in zip(candidates, references):
        likeness = sum(_likeness(words, other, weigh) for other in others)
        scores.append(10 * likeness / (LONGEST * len(others)))
    return scores


def _likeness(words, other, weigh):
    """The sum over n of the similarity of two sentences."""
    (ours, lengths), (theirs, others) = weigh(words), weigh(other)
    products = [0.0] * LONGEST
    for gram, weight in ours.items():
        if gram in theirs:
            products[len(gram) - 1] += min(weight, theirs[gram]) * theirs[gram]
    both = zip(products, lengths, others)
    total = sum(product / (a * b) for product, a, b in both if a and b)
    return float(total * length_penalty(max(0, len(words) - 1) - max(0, len(other) - 1)))


def require_pairs(candidates, references):
    """Raise a ValueError unless there is a candidate, and a reference, for every picture."""
    if len(candidates) != len(references) or not candidates:
        msg = f"there are {len(candidates)} candidates and references of {len(references)} pictures"
        raise ValueError(f"{msg}; there should be one candidate for each picture, and one at least")
    for number, others in enumerate(references):
        if not others:
            raise ValueError(f"picture {number} has no reference; every one needs at least one")
