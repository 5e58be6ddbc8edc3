"""What a model of pictures and sentences reaches, beside what needs no model."""

import numpy as np

from cs231n.drawn.truth import is_true, parse
from cs231n.matching.grounding import box_iou, ground_phrase, pointing_accuracy
from cs231n.matching.retrieval import best_ranks, owned_by, recall_ceiling, recall_summary

__all__ = [
    "KS",
    "foil_rows",
    "ground_sentences",
    "grounding_rows",
    "retrieval_rows",
    "same_text",
    "true_of_scenes",
]

KS = (1, 5, 10)


def retrieval_rows(scores, owners, kinds=None, fits=None):
    """Sum up both directions, with rows beside that tell what the numbers are worth.

    Parameters
    ----------
    scores : ndarray, shape (N, M)
        Of N pictures and M sentences.
    owners : ndarray, shape (M,), int
        The picture of each sentence.
    kinds : ndarray, shape (N,), int, optional
        Kinds of places: with them there is a row of who knows the kind of each picture, of each
        sentence, and nothing else.
    fits : ndarray, shape (N, M), bool, optional
        Which sentences fit which pictures, their own among them; see `same_text`.

    Returns
    -------
    dict of str to (recalls, median, recalls, median)
        Of pictures that look for sentences, and of sentences that look for pictures; None where a
        row has no such number.
    """
    right = owned_by(owners, scores.shape[0])
    rows = {"model": _both(scores, right)}
    if fits is not None:
        rows["model, whatever fits is right"] = _both(scores, fits)
        ceiling = [recall_ceiling(fits.T, k) for k in KS]
        rows["perfect search"] = (np.full(3, 100.0), 1.0, np.array(ceiling), None)
    if kinds is not None and (kinds >= 0).all():
        same = kinds[:, None] == kinds[owners]
        rows["kind of place alone"] = _by_chance(right, same)
    rows["chance"] = _by_chance(right, np.ones_like(right))
    return rows


def same_text(sentences, owners, count):
    """Say which sentences were written, word by word, about which pictures, (N, M) of bool."""
    texts = [" ".join(words) for words in sentences]
    numbers = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    of_text = np.array([numbers[text] for text in texts])
    said = np.zeros((count, len(numbers)), dtype=bool)
    said[owners, of_text] = True
    return said[:, of_text]


def true_of_scenes(sentences, scenes):
    """Say which sentences are true of which scenes, (N, M) of bool."""
    meanings = [parse(words) for words in sentences]
    return np.array([[is_true(meaning, scene) for meaning in meanings] for scene in scenes])


def foil_rows(model, pairs, foils, lengths, kinds):
    """How often true sentences score above sentences that are nearly the same, and false.

    Parameters
    ----------
    model : MatchingModel
    pairs : Pairs
    foils : ndarray, shape (M, T), int
        For each sentence of the pairs a false one.
    lengths : ndarray, shape (M,), int
    kinds : sequence of str
        What was changed in each.

    Returns
    -------
    dict of str to float
        Kind -> percentage; a tie is a miss.
    """
    at = pairs.owners, np.arange(len(pairs.owners))
    true = model.scores(pairs.regions, pairs.region_mask, pairs.words, pairs.lengths)[at]
    false = model.scores(pairs.regions, pairs.region_mask, foils, lengths)[at]
    kinds = np.asarray(kinds)
    return {
        str(kind): 100 * float(np.mean((true > false)[kinds == kind])) for kind in np.unique(kinds)
    }


def ground_sentences(model, pairs, bonus=0.0):
    """Find the region that each word of each sentence is about, on the sentence's own picture.

    Returns
    -------
    list of ndarray of int
        For each sentence, a region for each word.
    """
    V, V_mask, _ = model.embed_regions(pairs.regions, pairs.region_mask)
    S, _, _ = model.embed_words(pairs.words, pairs.lengths)
    found = []
    for words, length, owner in zip(S, pairs.lengths, pairs.owners):
        products = np.where(V_mask[owner], words[:length] @ V[owner].T, -np.inf)
        found.append(ground_phrase(products, bonus)[0])
    return found


def grounding_rows(grounded, boxes, mask, owners, about, right_boxes, threshold=0.5):
    """How often words point at what they are about, beside rows that need no model.

    Parameters
    ----------
    grounded : list of ndarray of int
        For each sentence, a region for each word.
    boxes : ndarray, shape (N, R, 4)
        Of regions.
    mask : ndarray, shape (N, R), bool
    owners : ndarray, shape (M,), int
    about : list of list of list of int
        For each sentence and word, the numbers of objects.
    right_boxes : ndarray, shape (N, K, 4)
        Of objects.
    threshold : float
        Of `grounding.pointing_accuracy`.

    Returns
    -------
    dict of str to float
        "model"; "largest", which takes the largest region for every word; "chance", any region.
    """
    largest = np.where(mask, boxes[..., 2] * boxes[..., 3], -1).argmax(axis=1)
    chosen, big, right, chances = [], [], [], []
    for regions, picture, objects in zip(grounded, owners, about):
        for region, numbers in zip(regions, objects):
            own = right_boxes[picture][list(numbers)]
            chosen.append(boxes[picture, region])
            big.append(boxes[picture, largest[picture]])
            right.append(own)
            if len(own):
                reached = box_iou(boxes[picture][mask[picture]], own).max(axis=1) >= threshold
                chances.append(reached.mean())
    return {
        "model": pointing_accuracy(np.array(chosen), right, threshold),
        "largest": pointing_accuracy(np.array(big), right, threshold),
        "chance": float(np.mean(chances)),
    }


def _both(scores, right):
    """Recalls and medians of both directions."""
    return (
        *recall_summary(best_ranks(scores, right), KS),
        *recall_summary(best_ranks(scores.T, right.T), KS),
    )


def _by_chance(right, candidates):
    """Recalls of who puts the candidates first, in an order by chance."""
    return (_lucky(right, candidates), None, _lucky(right.T, candidates.T), None)


def _lucky(right, candidates):
    """The mean probability, in percent, that a right answer is among the first k candidates."""
    counts, good = candidates.sum(axis=1), (candidates & right).sum(axis=1)
    found = []
    for k in KS:
        miss = np.ones(len(right))
        for step in range(k):
            left = np.maximum(counts - step, 1)
            miss *= np.clip((left - good) / left, 0, 1)
        found.append(100 * float(np.mean(1 - miss)))
    return np.array(found)
