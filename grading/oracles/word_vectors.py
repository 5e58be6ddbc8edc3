"""What the checks of word vectors expect: one pair at a time, and derivatives by complex steps."""

import cmath
import math
from fractions import Fraction

import numpy as np

from grading.oracles._complex_step import slopes


def window_pairs(words, window):
    """(centres, contexts), found by looking at the distance of every two places."""
    places = [
        (one, other)
        for one in range(len(words))
        for other in range(len(words))
        if 1 <= abs(one - other) <= window
    ]
    centres = [int(words[one]) for one, _ in places]
    contexts = [int(words[other]) for _, other in places]
    return np.array(centres, dtype=np.int64), np.array(contexts, dtype=np.int64)


def chances_to_stay(counts, threshold):
    """The probability of each word to stay, from one minus that of being left out."""
    total, chances = sum(int(count) for count in counts), []
    for count in counts:
        share = int(count) / total
        left_out = 1 - math.sqrt(threshold / share) if share > threshold else 0
        chances.append(1 - left_out)
    return np.array(chances)


def chances_of_noise(counts, power):
    """exp(power * log count) for each word that occurs, over their sum."""
    weights = [math.exp(power * math.log(count)) if count else 0.0 for count in counts]
    return np.array(weights) / math.fsum(weights)


def skipgram(V_in, V_out, centres, contexts, negatives):
    """(mean loss, dV_in, dV_out), the derivatives by complex steps through the loops."""
    V_in, V_out = (np.asarray(table, dtype=np.float64) for table in (V_in, V_out))
    pairs = list(zip(centres.tolist(), contexts.tolist(), negatives.tolist()))

    def mean_loss(inner, outer):
        total = 0
        for centre, context, others in pairs:
            total += _softplus(-_dot(inner[centre], outer[context]))
            for other in others:
                total += _softplus(_dot(inner[centre], outer[other]))
        return total / len(pairs)

    dV_in = slopes(lambda table: mean_loss(table.tolist(), V_out.tolist()), V_in)
    dV_out = slopes(lambda table: mean_loss(V_in.tolist(), table.tolist()), V_out)
    return float(mean_loss(V_in.tolist(), V_out.tolist()).real), dV_in, dV_out


def _dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def _softplus(x):
    """log(1 + exp(x)), without an exponential of anything above 0."""
    if isinstance(x, complex):
        rest = cmath.log(1 + cmath.exp(-x if x.real > 0 else x))
    else:
        rest = math.log1p(math.exp(-abs(x)))
    return rest + (x if x.real > 0 else 0)


def excess_of_pairs(pairs):
    """Positive pointwise mutual information, from exact fractions."""
    counts = [[int(count) for count in row] for row in pairs]
    total, table = sum(map(sum, counts)), np.zeros(pairs.shape)
    for w, row in enumerate(counts):
        for c, count in enumerate(row):
            column = sum(other[c] for other in counts)
            if count:
                ratio = Fraction(count * total, sum(row) * column)
                table[w, c] = math.log(ratio) if ratio > 1 else 0.0
    return table


def by_nearness(vectors, query, leave_out):
    """(words, cosines) of all words but those left out, sorted as `nearest` should."""
    query, found = [float(x) for x in query], []
    for word, row in enumerate(np.asarray(vectors, dtype=np.float64).tolist()):
        length = math.sqrt(math.fsum(x * x for x in row) * math.fsum(x * x for x in query))
        product = math.fsum(x * y for x, y in zip(row, query))
        if word not in [int(other) for other in leave_out]:
            found.append((-product / length if length else 0.0, word))
    found.sort()
    words, cosines = [word for _, word in found], [-negative for negative, _ in found]
    return np.array(words, dtype=np.int64), np.array(cosines, dtype=np.float64)


def by_offset(vectors, a, b, c):
    """(words, cosines) of all words but the three, the nearest to b - a + c first."""
    one, other, third = (
        [
            float(x) / math.sqrt(math.fsum(float(y) ** 2 for y in vectors[word]))
            for x in vectors[word]
        ]
        for word in (a, b, c)
    )
    offset = [y - x + z for x, y, z in zip(one, other, third)]
    return by_nearness(vectors, offset, [a, b, c])


ORACLES = [
    *(window_pairs, chances_to_stay, chances_of_noise, skipgram, excess_of_pairs),
    *(by_nearness, by_offset),
]
