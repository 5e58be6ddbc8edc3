"""What the checks of the training recipe expect: definitions, number by number."""

import math
from collections import Counter

import numpy as np


def numbers_clipped(grad, bound):
    """Bring each number into -bound ... bound."""
    out = [max(-float(bound), min(float(bound), float(number))) for number in grad.ravel()]
    return np.array(out).reshape(grad.shape)


def length_of_all(grads):
    """The root of the sum of squares of all numbers of several arrays."""
    return math.sqrt(math.fsum(float(number) ** 2 for grad in grads for number in grad.ravel()))


def log_frequencies(captions, V, null):
    """Logarithms of how often each of V words is predicted; never counts as once."""
    counted = Counter()
    for row in captions.tolist():
        for word in row[1:]:
            if word != null:
                counted[word] += 1
    counts = [counted[word] or 1 for word in range(V)]
    return np.array([math.log(count) - math.log(sum(counts)) for count in counts])


def choices_per_word(logprobs, mask):
    """The root of the product of 1 / p over all words, as many as there are."""
    words = [float(value) for value, is_word in zip(logprobs.ravel(), mask.ravel()) if is_word]
    return math.prod(math.exp(-value / len(words)) for value in words)


ORACLES = [numbers_clipped, length_of_all, log_frequencies, choices_per_word]
