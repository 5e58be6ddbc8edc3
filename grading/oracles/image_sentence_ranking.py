"""What the checks of matching expect: loops over pairs, every way tried, fractions."""

import itertools
import math
from fractions import Fraction

import numpy as np

from grading.oracles._complex_step import slopes


def alignment_by_loops(regions, words, region_mask, word_mask, mean):
    """The sum, or mean, over a sentence's words of their best product with a region."""
    scores = np.zeros((len(regions), len(words)))
    for n, m in np.ndindex(scores.shape):
        terms = [products[best] for products, best in _chosen(regions[n], words[m], region_mask[n])]
        terms = [term for term, there in zip(terms, word_mask[m]) if there]
        scores[n, m] = math.fsum(terms) / (max(1, len(terms)) if mean else 1)
    return scores


def alignment_slopes(dscores, regions, words, region_mask, word_mask, mean):
    """Derivatives of sum(dscores * scores), each word's going to the first of its best regions."""
    dregions, dwords = np.zeros(regions.shape), np.zeros(words.shape)
    for n, m in np.ndindex(dscores.shape):
        count = max(1, int(np.sum(word_mask[m]))) if mean else 1
        for t, (_, best) in enumerate(_chosen(regions[n], words[m], region_mask[n])):
            if word_mask[m, t]:
                dregions[n, best] += dscores[n, m] / count * words[m, t]
                dwords[m, t] += dscores[n, m] / count * regions[n, best]
    return dregions, dwords


def _chosen(regions, words, there):
    """For each word its products with all regions, and the first of the best that are there."""
    for word in words:
        products = [math.fsum(a * b for a, b in zip(map(float, v), word)) for v in regions]
        most = max(p for p, ok in zip(products, there) if ok)
        yield products, [ok and p == most for p, ok in zip(products, there)].index(True)


def attention_by_loops(regions, words, region_mask, word_mask, mean, sharpness):
    """The same with means of products, weighed by exponentials of `sharpness` times them."""
    scores = np.zeros((len(regions), len(words)))
    for n, m in np.ndindex(scores.shape):
        terms = []
        for t in np.flatnonzero(word_mask[m]):
            products = [
                math.fsum(float(a) * float(b) for a, b in zip(v, words[m, t]))
                for v in regions[n][region_mask[n]]
            ]
            own = [
                1 / math.fsum(math.exp(min(700, sharpness * (other - p))) for other in products)
                for p in products
            ]
            terms.append(math.fsum(a * p for a, p in zip(own, products)))
        scores[n, m] = math.fsum(terms) / (max(1, len(terms)) if mean else 1)
    return scores


def unit_slopes(x, dy):
    """Derivative of sum(dy * x / |x|) with respect to x."""
    return slopes(lambda moved: (dy * moved / (moved**2).sum(-1, keepdims=True) ** 0.5).sum(), x)


def margin_loss_by_loops(scores, margin, hardest, fits):
    """The loss and its derivatives, pair by pair."""
    N, loss, dscores = len(scores), [], np.zeros(scores.shape)
    for n in range(N):
        for turned in (False, True):
            terms = {}
            for m in range(N):
                at = (m, n) if turned else (n, m)
                if m != n and not (fits is not None and fits[at]):
                    terms[at] = margin + float(scores[at]) - float(scores[n, n])
            terms = {at: term for at, term in terms.items() if term > 0}
            if hardest and terms:
                at = max(terms, key=terms.get)  # the first of equal ones
                terms = {at: terms[at]}
            loss += terms.values()
            for at in terms:
                dscores[at] += 1
                dscores[n, n] -= 1
    return math.fsum(loss), dscores


def turned_sentences(x, lengths):
    """Each sentence's words from the last to the first, and then what filled it up."""
    rows = [[*row[: int(k)][::-1], *row[int(k) :]] for row, k in zip(x, lengths)]
    return np.array(rows, dtype=x.dtype).reshape(x.shape)


def ranks_by_sorting(scores, right):
    """Where each query's first right answer stands, when among equal ones wrong ones come first."""
    ranks = []
    for row, fits in zip(scores, right):
        order = sorted(range(len(row)), key=lambda i: (-float(row[i]), bool(fits[i])))
        ranks.append(1 + [bool(fits[i]) for i in order].index(True))
    return np.array(ranks, dtype=np.int64)


def recalls_by_counting(ranks, ks):
    """Percentages of ranks that are among the first k, and the median."""
    order = sorted(int(rank) for rank in ranks)
    recalls = [float(Fraction(100 * sum(r <= k for r in order), len(order))) for k in ks]
    middle = order[(len(order) - 1) // 2], order[len(order) // 2]
    return np.array(recalls), float(Fraction(sum(middle), 2))


def ceiling_by_places(fits, k):
    """The mean chance that, of the answers that fit, a given one is at a place up to k."""
    chances = []
    for row in fits:
        places = range(1, int(np.sum(row)) + 1)
        chances.append(Fraction(sum(place <= k for place in places), len(places)))
    return float(100 * sum(chances) / len(chances))


def best_grounding(products, bonus):
    """The largest total of all ways there are."""
    T, R = products.shape
    return max(
        grounding_total(products, bonus, way) for way in itertools.product(range(R), repeat=T)
    )


def grounding_total(products, bonus, regions):
    """What one way to choose regions adds up to."""
    stays = sum(int(a) == int(b) for a, b in itertools.pairwise(regions))
    return math.fsum([*(float(products[t, r]) for t, r in enumerate(regions)), bonus * stays])


def iou_by_fractions(first, second):
    """Shared area over the area of both, in fractions."""
    return np.array([[float(_iou(a, b)) for b in second] for a in first]).reshape(
        len(first), len(second)
    )


def pointing_by_fractions(chosen, right, threshold):
    """The share of words with a box that overlaps one of its own enough; nan without words."""
    hits = [
        any(float(_iou(box, own)) >= threshold for own in boxes)
        for box, boxes in zip(chosen, right)
        if len(boxes)
    ]
    return float(Fraction(sum(hits), len(hits))) if hits else math.nan


def _iou(a, b):
    a, b = ([Fraction(float(number)) for number in box] for box in (a, b))
    shared = 1
    for low in (0, 1):
        shared *= max(0, min(a[low] + a[low + 2], b[low] + b[low + 2]) - max(a[low], b[low]))
    union = a[2] * a[3] + b[2] * b[3] - shared
    return shared / union if union else Fraction(0)


ORACLES = [
    *(alignment_by_loops, alignment_slopes, attention_by_loops, unit_slopes),
    *(margin_loss_by_loops, turned_sentences, ranks_by_sorting, recalls_by_counting),
    *(ceiling_by_places, best_grounding, grounding_total, iou_by_fractions),
    pointing_by_fractions,
]
